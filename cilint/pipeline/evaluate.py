"""Three-valued evaluation of expressions: a result that is known is what GitHub would compute.

Values that are unknown, objects with unknown keys (`Open`) and strings with unknown parts (HOLE) go in and
come out; everything else is exactly GitHub's (actions/runner, npm @actions/expressions).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache

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
from cilint.pipeline.functions import IMPLEMENTED, MAX_STRING, FunctionError, TooLongError
from cilint.syntax.expression import (
    Binary,
    Call,
    Context,
    Embedded,
    Expr,
    ExpressionError,
    Filter,
    Index,
    Literal,
    Not,
    Property,
    Template,
    parse,
    parse_template,
    uses_status,
)
from cilint.text.hints import Any
from cilint.text.hole import HOLE
from cilint.text.values import NamedTuple

__all__ = [
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

_MAX_READ = 1 << 23
"""Code points that the functions of one expression may read: no file may keep the program busy for long."""


class EvaluationError(ExpressionError):
    """What makes GitHub fail while it computes an expression that it could parse."""


class Status(NamedTuple):
    """What success(), failure() and cancelled() give where the expression stands."""

    success: bool | Unknown
    failure: bool | Unknown
    cancelled: bool | Unknown


SUCCEEDS = Status(success=True, failure=False, cancelled=False)
"""What the status functions give a step."""
FAILED = Status(success=False, failure=True, cancelled=False)
"""What they give a step after one that fails in any case."""


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

    It may stand in `${{ }}` or not. Unless a status function occurs in it, success() is required as well
    (unknown without ``status``). Text around `${{ }}` makes it a string, which is true.
    """
    try:
        parts, implied = _condition_parts(text)
        succeeded = truth(status.success if status else UNKNOWN) if implied else True
        if succeeded is False:
            return False
        holds = _holds(parts, contexts, status)
    except ExpressionError:
        return None
    return None if holds and succeeded is None else holds


@lru_cache(maxsize=4096)
def _condition_parts(text: str) -> tuple[Template, bool]:
    """The parts of an `if:` and whether success() is implied."""
    text = text if text.strip() else "success()"
    parts = parse_template(text) if "${{" in text else ((Embedded(0, len(text), 0, text), parse(text)),)
    return parts, not any(uses_status(part[1]) for part in parts if not isinstance(part, str))


def _holds(parts: Template, contexts: Mapping[str, Value], status: Status | None) -> bool | None:
    if len(parts) == 1 and not isinstance(parts[0], str):
        return evaluate_truth(parts[0][1], contexts, status)
    pieces = (
        part if isinstance(part, str) else to_string(evaluate(part[1], contexts, status)) for part in parts
    )
    return truth("".join(pieces))


def interpolate(text: str, contexts: Mapping[str, Value], status: Status | None = None) -> str:
    """The string with its `${{ }}` computed; HOLE for each one that is unknown or on which GitHub would fail.

    All of it is a HOLE when GitHub would refuse to parse it.
    """
    if "${{" not in text:
        return text
    try:
        parts = parse_template(text)
    except ExpressionError:
        return HOLE
    return "".join(to_string(_part_value(part, contexts, status)) for part in parts)


def resolve(text: str, contexts: Mapping[str, Value], status: Status | None = None) -> Value:
    """Like `interpolate`, but a string that is one `${{ }}` and nothing else keeps the kind of its value."""
    if text.startswith("${{"):
        try:
            parts = parse_template(text)
        except ExpressionError:
            return UNKNOWN
        if len(parts) == 1:
            return _part_value(parts[0], contexts, status)
    return interpolate(text, contexts, status)


def _part_value(
    part: str | tuple[Embedded, Expr], contexts: Mapping[str, Value], status: Status | None
) -> Value:
    if isinstance(part, str):
        return part
    try:
        return evaluate(part[1], contexts, status)
    except EvaluationError:
        return UNKNOWN


class _Evaluation:
    __slots__ = ("contexts", "held", "read", "status")

    def __init__(self, contexts: Mapping[str, Value], status: Status | None) -> None:
        self.contexts = contexts
        self.status = status
        self.held = 0  # code points of the texts that functions made and others still use
        self.read = 0

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
        key = self.value(node.index)
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
        chain, held = [node], self.held
        while isinstance(left := chain[-1].left, Binary):
            chain.append(left)
        value = self.value(left)
        for link in reversed(chain):
            if link.op in ("&&", "||"):
                value = self.logical(value, link)
            else:
                value = known(_compare(link.op, value, self.value(link.right)))
                self.held = held
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
        name, held = node.name.lower(), self.held
        if name == "case":
            return self.case(node)
        args = [self.value(arg) for arg in node.args]
        if name not in IMPLEMENTED:
            return self.status_function(name, args)
        self.read += sum(len(arg) for arg in args if isinstance(arg, str))
        if self.held > MAX_STRING or self.read > _MAX_READ:
            raise EvaluationError("this expression handles too much text", node.start, node.end)
        try:
            value = IMPLEMENTED[name](*args)
        except FunctionError as error:
            self.read += _MAX_READ if isinstance(error, TooLongError) else 0
            raise EvaluationError(str(error), node.start, node.end) from None
        self.held = held + (len(value) if isinstance(value, str) else 0)
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
