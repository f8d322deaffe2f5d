"""Which parts of a condition decide it, and what they read: the words behind a yes, no or unknown.

Whether the condition holds is ``evaluate.condition``'s alone; here the same evaluation is asked for the
operands, down to those without which the answer would be another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from cilint.pipeline.evaluate import (
    EvaluationError,
    Status,
    Unknown,
    Value,
    condition,
    evaluate,
    evaluate_truth,
    to_string,
)
from cilint.pipeline.scenarios import HEAD_SHA, SHA
from cilint.syntax.expression import (
    STATUS_FUNCTIONS,
    Binary,
    Call,
    Context,
    Expr,
    ExpressionError,
    Filter,
    Index,
    Not,
    Property,
    parse,
    parse_template,
)
from cilint.text.hole import HOLE
from cilint.text.values import NamedTuple

_MAX_DEPTH = 8  # levels of && and || that are looked into; each is evaluated once more
_MAX_WORDS = 100  # of a sub-expression that is quoted
_MAX_VALUE = 60

_VERBS = {True: "holds", False: "does not hold", None: "cannot be told"}
_STATUS_WORDS = {
    ("success", True): "everything before it succeeds",
    ("success", False): "something before it fails or does not run",
    ("success", None): "it cannot be told whether the jobs that it needs run",
    ("failure", True): "something before it fails",
    ("failure", False): "everything before it succeeds",
    ("cancelled", False): "nothing is cancelled",
    ("always", True): "that is so whatever happened before",
}


class Part(NamedTuple):
    """A sub-expression that decides: its words, its range in the condition's text, whether it holds (None:
    cannot be told) and what is behind that. ``roots`` are the contexts that it reads."""

    text: str
    start: int
    end: int
    holds: bool | None
    because: tuple[str, ...]
    roots: frozenset[str]

    @property
    def verdict(self) -> str:
        return f"`{self.text}` {_VERBS[self.holds]}"


class Explanation(NamedTuple):
    """Why a condition holds, does not, or cannot be told. ``refusal``: why GitHub would not take it."""

    holds: bool | None
    parts: tuple[Part, ...] = ()
    refusal: str = ""


class _Text(NamedTuple):
    """An expression with its own source, and where that begins in the condition's text."""

    expr: Expr
    source: str
    at: int


def explain(text: str, contexts: Mapping[str, Value], status: Status) -> Explanation:
    """Why an ``if:`` decides as it does. What is implied where no status function occurs does not count."""
    try:
        found = _expression(text)
        if found is None:
            holds = condition(f"{text}${{{{ always() && '' }}}}", contexts, status)
            words = " ".join(text.split())[:_MAX_WORDS]
            because = ("what stands around `${{ }}` makes it a text, and a text is true",) if holds else ()
            return Explanation(holds, (Part(words, 0, len(text), holds, because, frozenset()),))
        holds = evaluate_truth(found.expr, contexts, status)
    except ExpressionError as error:
        return Explanation(None, refusal=error.message)
    judge = _judge(contexts, status)
    deciding = _deciding(found.expr, holds, judge, _MAX_DEPTH)
    return Explanation(holds, tuple(_part(found, each, judge(each), contexts, status) for each in deciding))


def _expression(text: str) -> _Text | None:
    """The one expression that the text is; None where it is a text with expressions in it."""
    if not text.strip():
        return _Text(parse("success()"), "success()", 0)
    if "${{" not in text:
        return _Text(parse(text), text, 0)
    first, *others = parse_template(text)
    if others or isinstance(first, str):
        return None
    return _Text(first[1], first[0].source, first[0].source_start)


Judge = Callable[[Expr], "bool | None"]


def _judge(contexts: Mapping[str, Value], status: Status) -> Judge:
    def judge(expr: Expr) -> bool | None:
        try:
            return evaluate_truth(expr, contexts, status)
        except EvaluationError:
            return None

    return judge


def _deciding(expr: Expr, holds: bool | None, judge: Judge, depth: int) -> Iterator[Expr]:
    """The operands that make the expression what it is: the first that decides alone, else all that count."""
    if isinstance(expr, Not) and isinstance(expr.operand, (Not, Binary)) and depth:
        yield from _deciding(expr.operand, judge(expr.operand), judge, depth - 1)
    elif isinstance(expr, Binary) and expr.op in ("&&", "||") and depth:
        alone = expr.op == "||"
        for operand, state in _that_count(_operands(expr), holds, alone, judge):
            yield from _deciding(operand, state, judge, depth - 1)
    else:
        yield expr


def _that_count(
    operands: list[Expr], holds: bool | None, alone: bool, judge: Judge
) -> list[tuple[Expr, bool | None]]:
    counting = []
    for operand in operands:
        state = judge(operand)
        if holds is alone and state is alone:
            return [(operand, state)]
        if state is holds:
            counting.append((operand, state))
    return counting or [(operand, judge(operand)) for operand in operands]


def _operands(expr: Binary) -> list[Expr]:
    """The operands of a chain of one operator, in order."""
    found: list[Expr] = []
    node: Expr = expr
    while isinstance(node, Binary) and node.op == expr.op:
        found.append(node.right)
        node = node.left
    return [node, *reversed(found)]


def _part(
    found: _Text, expr: Expr, holds: bool | None, contexts: Mapping[str, Value], status: Status
) -> Part:
    because, roots = [], set()
    for read in _reads(expr):
        roots.add(_root(read))
        words = _told(read, found.source, contexts, status)
        if holds is not None or words.endswith(_UNKNOWN) or isinstance(read, Call):
            because.append(words)
    text = _quoted(found.source[expr.start : expr.end], _MAX_WORDS)
    start, end = found.at + expr.start, found.at + expr.end
    return Part(text, start, end, holds, tuple(dict.fromkeys(because)), frozenset(roots))


def _reads(expr: Expr) -> Iterator[Expr]:
    """The values that an expression reads, each as far as its accesses go, and the status functions."""
    pending = [expr]
    while pending:
        node = pending.pop()
        if _is_access(node) or (isinstance(node, Call) and node.name.lower() in STATUS_FUNCTIONS):
            yield node
        else:
            pending += reversed(_children(node))


def _is_access(node: Expr) -> bool:
    while isinstance(node, (Property, Index, Filter)):
        node = node.target
    return isinstance(node, Context)


def _children(node: Expr) -> tuple[Expr, ...]:
    match node:
        case Binary():
            return (*_operands(node),)
        case Call():
            return node.args
        case Not():
            return (node.operand,)
        case Index():
            return node.target, node.index
        case Property() | Filter():
            return (node.target,)
    return ()


def _root(node: Expr) -> str:
    """What kind of thing is read: the context's name, ``inputs`` also for those of the event."""
    names = []
    while isinstance(node, (Property, Index, Filter)):
        names.append(node.name.lower() if isinstance(node, Property) else "")
        node = node.target
    if isinstance(node, Context):
        inputs = names[-2:] == ["inputs", "event"]
        return "inputs" if inputs else node.name.lower()
    return "status"


_UNKNOWN = "is not known before the run"


def _told(node: Expr, source: str, contexts: Mapping[str, Value], status: Status) -> str:
    """What a read gives, in words."""
    try:
        value = evaluate(node, contexts, status)
    except EvaluationError as error:
        return error.message
    if isinstance(node, Call):
        given = None if isinstance(value, Unknown) else bool(value)
        return _STATUS_WORDS.get((node.name.lower(), given), _UNKNOWN)
    name = _quoted(source[node.start : node.end], _MAX_VALUE)
    return f"{name} {_UNKNOWN}" if isinstance(value, Unknown) else f"{name} is {_value(value)}"


def _value(value: Value) -> str:
    if isinstance(value, str):
        known = {SHA: "the commit of the run", HEAD_SHA: "the commit that the event is about", "": "empty"}
        return known.get(value) or f"'{_quoted(value.replace(HOLE, '…'), _MAX_VALUE)}'"
    if isinstance(value, (list, dict)):
        return "a list" if isinstance(value, list) else "an object"
    return "not given" if value is None else to_string(value)


def _quoted(text: str, most: int) -> str:
    """The words in one line, at most so many code points."""
    words = " ".join(text.split())
    return words if len(words) <= most else f"{words[: most - 1]}…"
