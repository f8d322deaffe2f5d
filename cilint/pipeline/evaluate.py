"""Three-valued evaluation of expressions: a result that is known is what GitHub would compute.

Values that are unknown, objects with unknown keys (`Open`) and strings with unknown parts (HOLE) go in and
come out; everything else is exactly GitHub's (actions/runner, npm @actions/expressions).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from cilint.pipeline.coercion import (
    FALSY,
    TRUTHY,
    UNKNOWN,
    Filtered,
    Open,
    Unknown,
    Value,
    equal,
    fold,
    known,
    less,
    lookup,
    to_number,
    to_string,
    truth,
)
from cilint.pipeline.functions import IMPLEMENTED, MAX_STRING, FunctionError
from cilint.syntax.expression import (
    HOLE,
    Binary,
    Call,
    Context,
    Expr,
    ExpressionError,
    Filter,
    Index,
    Literal,
    Not,
    Property,
    parse,
    parse_template,
    uses_status,
)

__all__ = [
    "HOLE",
    "UNKNOWN",
    "EvaluationError",
    "Open",
    "Status",
    "Unknown",
    "Value",
    "condition",
    "evaluate",
    "evaluate_truth",
    "interpolate",
    "resolve",
    "to_string",
    "truth",
]


class EvaluationError(ExpressionError):
    """What makes GitHub fail while it computes an expression that it could parse."""


class Status(NamedTuple):
    """What success(), failure() and cancelled() give where the expression stands."""

    success: bool | Unknown
    failure: bool | Unknown
    cancelled: bool | Unknown


def evaluate(expr: Expr, contexts: Mapping[str, Value], status: Status | None = None) -> Value:
    """The value of an expression, UNKNOWN where it cannot be told.

    A context that is not in ``contexts`` is UNKNOWN, and so are the status functions but always() without
    ``status``. Raises EvaluationError where GitHub would fail, whatever the unknown values are.
    """
    value = _Evaluation(contexts, status).value(expr)
    if isinstance(value, Unknown) or (isinstance(value, Filtered) and not value.complete):
        return UNKNOWN
    return value


def evaluate_truth(expr: Expr, contexts: Mapping[str, Value], status: Status | None = None) -> bool | None:
    """`truth` of the expression; known of some whose value is UNKNOWN. Raises EvaluationError."""
    return truth(_Evaluation(contexts, status).value(expr))


def condition(text: str, contexts: Mapping[str, Value], status: Status | None = None) -> bool | None:
    """What an `if:` decides; None: unknown, or GitHub would refuse or fail.

    It may stand in `${{ }}` or not. Unless a status function occurs in it, success() is required as well.
    Text around `${{ }}` makes it a string, which is true.
    """
    try:
        parts = parse_template(text) if "${{" in text else ()
        bare = None if parts else parse(text)
        exprs = [bare] if bare else [part[1] for part in parts if not isinstance(part, str)]
        succeeded = True if any(map(uses_status, exprs)) else truth(status.success if status else UNKNOWN)
        if succeeded is False:
            return False
        if not text.strip():
            return succeeded
        if bare or len(parts) == 1:
            holds = evaluate_truth(exprs[0], contexts, status)
        else:
            holds = truth(_text_of(parts, contexts, status))
    except ExpressionError:
        return None
    return False if holds is False else None if holds is None or succeeded is None else True


def interpolate(text: str, contexts: Mapping[str, Value], status: Status | None = None) -> str:
    """The string with its `${{ }}` computed; HOLE for each one that is unknown or that GitHub would refuse."""
    if "${{" not in text:
        return text
    try:
        return _text_of(parse_template(text), contexts, status)
    except ExpressionError:
        return HOLE


def resolve(text: str, contexts: Mapping[str, Value], status: Status | None = None) -> Value:
    """Like `interpolate`, but a string that is one `${{ }}` and nothing else keeps the kind of its value."""
    if not text.startswith("${{"):
        return interpolate(text, contexts, status)
    try:
        parts = parse_template(text)
        if len(parts) == 1 and not isinstance(parts[0], str):
            return evaluate(parts[0][1], contexts, status)
        return _text_of(parts, contexts, status)
    except ExpressionError:
        return UNKNOWN


def _text_of(parts: tuple[Any, ...], contexts: Mapping[str, Value], status: Status | None) -> str:
    pieces: list[str] = []
    for part in parts:
        if isinstance(part, str):
            pieces.append(part)
            continue
        try:
            pieces.append(to_string(evaluate(part[1], contexts, status)))
        except EvaluationError:
            pieces.append(HOLE)
    return "".join(pieces)


class _Evaluation:
    __slots__ = ("contexts", "made", "status")

    def __init__(self, contexts: Mapping[str, Value], status: Status | None) -> None:
        self.contexts = contexts
        self.status = status
        self.made = 0

    def value(self, expr: Expr) -> Value:
        return _VISITS[type(expr)](self, expr)

    def literal(self, node: Literal) -> Value:
        return node.value

    def context(self, node: Context) -> Value:
        if node.name in self.contexts:
            return self.contexts[node.name]
        folded = fold(node.name)
        return next((value for name, value in self.contexts.items() if fold(name) == folded), UNKNOWN)

    def property_(self, node: Property) -> Value:
        return _access(self.value(node.target), node.name)

    def index(self, node: Index) -> Value:
        key = self.value(node.key)
        return _access(self.value(node.target), key)

    def filter(self, node: Filter) -> Value:
        target = self.value(node.target)
        if isinstance(target, Unknown):
            return UNKNOWN
        found = Filtered([], complete=True)
        _spread(found, target if isinstance(target, Filtered) else [target])
        return found

    def not_(self, node: Not) -> Value:
        holds = truth(self.value(node.operand))
        return UNKNOWN if holds is None else not holds

    def binary(self, node: Binary) -> Value:
        """Loops over the left side: a chain may be thousands of operators long."""
        chain = [node]
        while isinstance(left := chain[-1].left, Binary):
            chain.append(left)
        value = self.value(left)
        for link in reversed(chain):
            if link.op in ("&&", "||"):
                value = self.logical(value, link)
            else:
                value = known(_compare(link.op, value, self.value(link.right)))
        return value

    def logical(self, left: Value, node: Binary) -> Value:
        """The left operand where it decides, else the right one; an error that may not be reached is none."""
        deciding = node.op == "||"
        holds = truth(left)
        if holds is not None:
            return left if holds is deciding else self.value(node.right)
        try:
            right = truth(self.value(node.right))
        except EvaluationError:
            return UNKNOWN
        return UNKNOWN if right is not deciding else TRUTHY if deciding else FALSY

    def call(self, node: Call) -> Value:
        name = node.name.lower()
        if name == "case":
            return self.case(node)
        args = [self.value(arg) for arg in node.args]
        if name not in IMPLEMENTED:
            return self.status_function(name, args)
        if self.made > MAX_STRING:
            raise EvaluationError("the texts that this makes are longer than 1 MiB", node.start, node.end)
        try:
            value = IMPLEMENTED[name](*args)
        except FunctionError as error:
            self.made += MAX_STRING if "1 MiB" in str(error) else 0
            raise EvaluationError(str(error), node.start, node.end) from None
        self.made += len(value) if isinstance(value, str) else 0
        return value

    def status_function(self, name: str, args: list[Value]) -> Value:
        if name == "always":
            return True
        if self.status is None or args:
            return UNKNOWN
        result: bool | Unknown = getattr(self.status, name)
        return result

    def case(self, node: Call) -> Value:
        """The value after the first condition that holds, else the last one."""
        for condition_, value in zip(node.args[::2], node.args[1::2], strict=False):
            holds = self.value(condition_)
            if isinstance(holds, Unknown):
                return UNKNOWN
            if not isinstance(holds, bool):
                message = "a condition of `case` is neither true nor false"
                raise EvaluationError(message, condition_.start, condition_.end)
            if holds:
                return self.value(value)
        return self.value(node.args[-1])


_VISITS: dict[type, Callable[[_Evaluation, Any], Value]] = {
    Literal: _Evaluation.literal,
    Context: _Evaluation.context,
    Property: _Evaluation.property_,
    Index: _Evaluation.index,
    Filter: _Evaluation.filter,
    Not: _Evaluation.not_,
    Binary: _Evaluation.binary,
    Call: _Evaluation.call,
}


def _compare(op: str, left: Value, right: Value) -> bool | None:
    if op == "<":
        return less(left, right)
    if op == ">":
        return less(right, left)
    same = equal(left, right)
    if op == "==":
        return same
    if op == "!=":
        return None if same is None else not same
    ordered = less(left, right) if op == "<=" else less(right, left)
    return True if same or ordered else None if same is None or ordered is None else False


def _access(target: Value, key: Value) -> Value:
    """``target[key]``; of what `.*` gave: of each item, without those that have no such key."""
    if isinstance(target, Unknown):
        return UNKNOWN
    if not isinstance(target, Filtered):
        return _entry(target, key)[1]
    if isinstance(key, Unknown):
        return UNKNOWN
    found = Filtered([], complete=target.complete)
    for item in target:
        exists, value = _entry(item, key)
        if exists:
            found.append(value)
        elif exists is None:
            found.complete = False
    return found


def _entry(target: Value, key: Value) -> tuple[bool | None, Value]:
    """Whether an entry exists, and its value or what stands for a missing one."""
    if isinstance(target, Unknown):
        return None, UNKNOWN
    if not isinstance(target, (list, dict)) or isinstance(key, (list, dict)):
        return False, None
    if isinstance(key, Unknown):
        return None, UNKNOWN
    if isinstance(target, list):
        return _item(target, key)
    return lookup(target, to_string(key))


def _item(items: list[Any], key: Value) -> tuple[bool | None, Value]:
    number = to_number(key)
    if number is None:
        return None, UNKNOWN
    return (True, items[int(number)]) if 0 <= number < len(items) else (False, None)


def _spread(found: Filtered, targets: list[Any]) -> None:
    """Adds all values of each array and object."""
    if isinstance(targets, Filtered) and not targets.complete:
        found.complete = False
    for target in targets:
        if isinstance(target, list):
            found.extend(target)
        elif isinstance(target, dict):
            found.extend(target.values())
        if isinstance(target, (Open, Unknown)):
            found.complete = False
