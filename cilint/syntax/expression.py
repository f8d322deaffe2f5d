"""GitHub's `${{ }}` expression language: a parser with exact offsets, and the expressions inside a string.

Grammar, limits and function signatures are those of GitHub's own parser (npm @actions/expressions,
actions/runner). Which contexts and functions a key may use is for `unavailable`, not for `parse`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import lru_cache

from cilint.syntax.expression_lexer import ExpressionError, Token, parse_number, tokens
from cilint.syntax.expression_tree import (
    Binary,
    Call,
    Context,
    Expr,
    Filter,
    Index,
    Literal,
    Not,
    Property,
    walk,
)
from cilint.text.hints import TypeAlias
from cilint.text.values import NamedTuple

__all__ = [
    "FUNCTIONS",
    "MAX_DEPTH",
    "MAX_LENGTH",
    "STATUS_FUNCTIONS",
    "Binary",
    "Call",
    "Context",
    "Embedded",
    "Expr",
    "ExpressionError",
    "Filter",
    "Index",
    "Literal",
    "Not",
    "Property",
    "Template",
    "embedded",
    "parse",
    "parse_number",
    "parse_template",
    "unavailable",
    "uses_status",
    "walk",
]

MAX_DEPTH = 50
MAX_LENGTH = 21_000
"""Code points of one expression."""

FUNCTIONS: dict[str, tuple[str, int, int]] = {
    name.lower(): (name, least, most)
    for name, least, most in (
        ("contains", 2, 2),
        ("startsWith", 2, 2),
        ("endsWith", 2, 2),
        ("format", 1, 255),
        ("join", 1, 2),
        ("toJSON", 1, 1),
        ("fromJSON", 1, 1),
        ("case", 3, 255),
        ("hashFiles", 1, 255),
        ("success", 0, 255),
        ("failure", 0, 255),
        ("always", 0, 0),
        ("cancelled", 0, 0),
    )
}
"""Lower-case name → its usual spelling, least and most arguments."""
STATUS_FUNCTIONS = frozenset({"success", "failure", "always", "cancelled"})

_PRECEDENCE = {"||": 1, "&&": 2, "==": 3, "!=": 3, "<": 4, "<=": 4, ">": 4, ">=": 4}


_Operand: TypeAlias = tuple[Expr, int, int]
"""A node with the extent of its text including parentheses."""


class Embedded(NamedTuple):
    """One `${{ … }}` of a string: ``start`` to ``end`` with its braces; ``source`` is the text between
    them, which begins at ``source_start``."""

    start: int
    end: int
    source_start: int
    source: str


class _Parser:
    """Operator precedence by explicit stacks, so that three Python frames serve one level of nesting."""

    __slots__ = ("at", "depth", "tokens")

    def __init__(self, found: list[Token]) -> None:
        self.tokens = found
        self.at = 0
        self.depth = 0

    def whole(self) -> Expr:
        node = self.expression()[0]
        if self.tokens[self.at][0] != "end":
            raise self.unexpected()
        return node

    def expression(self) -> _Operand:
        outer = self.depth
        self.set_depth(outer + 1)
        operands, operators = [self.operand()], list[str]()
        while (precedence := _PRECEDENCE.get(op := self.tokens[self.at][0])) is not None:
            while operators and _PRECEDENCE[operators[-1]] >= precedence:
                _reduce(operands, operators)
            self.at += 1
            operators.append(op)
            # As GitHub counts: one level for an || chain, one more for the && chain inside it.
            self.set_depth(outer + 1 + ("||" in operators) + ("&&" in operators))
            operands.append(self.operand())
        while operators:
            _reduce(operands, operators)
        self.depth = outer
        return operands[0]

    def operand(self) -> _Operand:
        outer, starts = self.depth, list[int]()
        while self.tokens[self.at][0] == "!":
            starts.append(self.tokens[self.at][2])
            self.at += 1
            self.set_depth(self.depth + 1)
        node, start, end = self.postfix()
        for start in reversed(starts):
            node = Not(node, start, end)
        self.depth = outer
        return node, start, end

    def postfix(self) -> _Operand:
        kind, value, start, end = self.tokens[self.at]
        if kind == "literal":
            self.at += 1
            return Literal(value, start, end), start, end
        node: Expr
        if kind == "(":
            node, start, end = self.group()
        elif kind == "name" and self.tokens[self.at + 1][0] == "(":
            node = self.call()
            end = node.end
        elif kind == "name":
            self.at += 1
            node = Context(str(value), start, end)
        else:
            raise self.unexpected()
        return self.accesses(node, start, end)

    def accesses(self, node: Expr, start: int, end: int) -> _Operand:
        outer = self.depth
        while (kind := self.tokens[self.at][0]) in (".", "["):
            self.at += 1
            inner, value, _, end = self.tokens[self.at]
            if inner == "*":
                self.at += 1
                end = end if kind == "." else self.close("]")
                node = Filter(node, start, end)
            elif kind == "[":
                index = self.expression()[0]
                end = self.close("]")
                node = Index(node, index, start, end)
            elif inner == "name":
                self.at += 1
                node = Property(node, str(value), start, end)
            else:
                raise self.unexpected()
            self.set_depth(self.depth + 1)
        self.depth = outer
        return node, start, end

    def group(self) -> _Operand:
        start = self.tokens[self.at][2]
        self.at += 1
        node = self.expression()[0]
        return node, start, self.close(")")

    def call(self) -> Call:
        _, name, start, name_end = self.tokens[self.at]
        self.at += 2
        args: list[Expr] = []
        while self.tokens[self.at][0] != ")":
            args.append(self.expression()[0])
            if self.tokens[self.at][0] == "," and self.tokens[self.at + 1][0] != ")":
                self.at += 1
            elif self.tokens[self.at][0] != ")":
                raise self.unexpected(")")
        node = Call(str(name), tuple(args), start, self.close(")"))
        _check_signature(node, name_end)
        return node

    def close(self, kind: str) -> int:
        """Steps over a token of that kind and gives its end."""
        if self.tokens[self.at][0] != kind:
            raise self.unexpected(kind)
        self.at += 1
        return self.tokens[self.at - 1][3]

    def set_depth(self, depth: int) -> None:
        self.depth = depth
        if depth > MAX_DEPTH:
            _, _, start, end = self.tokens[self.at]
            raise ExpressionError(f"the expression is nested more than {MAX_DEPTH} levels deep", start, end)

    def unexpected(self, wanted: str = "") -> ExpressionError:
        kind, value, start, end = self.tokens[self.at]
        missing = f": `{wanted}` is missing" if wanted else ""
        if kind == "end":
            start = self.tokens[self.at - 1][2] if self.at else start
            return ExpressionError(f"the expression ends too early{missing}", start, end)
        shown = {"name": f"`{value}`", "literal": "a value"}.get(kind, f"`{kind}`")
        return ExpressionError(f"{shown} is not expected here{missing}", start, end)


def _reduce(operands: list[_Operand], operators: list[str]) -> None:
    right, _, end = operands.pop()
    left, start, _ = operands.pop()
    operands.append((Binary(operators.pop(), left, right, start, end), start, end))


def _check_signature(call: Call, name_end: int) -> None:
    signature = FUNCTIONS.get(call.name.lower())
    if signature is None:
        raise ExpressionError(f"there is no function `{call.name}`", call.start, name_end)
    name, least, most = signature
    count = len(call.args)
    if not least <= count <= most:
        wanted = f"{least}" if least == most else f"at least {least}" if count < least else f"at most {most}"
        message = f"`{name}` wants {wanted} argument(s) but is given {count}"
        raise ExpressionError(message, call.start, call.end)
    if name == "case" and count % 2 == 0:
        message = "`case` takes pairs of condition and value, then a default: an odd number of arguments"
        raise ExpressionError(message, call.start, call.end)


@lru_cache(maxsize=4096)
def parse(source: str) -> Expr:
    """The tree of the text between `${{` and `}}`; blank text is null.

    Raises ExpressionError and nothing else; an unknown function and a wrong number of arguments are errors.
    """
    if len(source) > MAX_LENGTH:
        raise ExpressionError(f"the expression is longer than {MAX_LENGTH:,} characters", 0, len(source))
    found = tokens(source)
    return _Parser(found).whole() if len(found) > 1 else Literal(None, 0, 0)


def uses_status(expr: Expr) -> bool:
    """Whether success, failure, always or cancelled is called anywhere in it."""
    return any(type(node) is Call and node.name.lower() in STATUS_FUNCTIONS for node in walk(expr))


def unavailable(
    expr: Expr, contexts: Collection[str], functions: Collection[str] | None = None
) -> Iterator[ExpressionError]:
    """One error for each context, and each function, that may not be used where only those given may
    (lower-case names; ``functions`` None: all)."""
    for node in walk(expr):
        if type(node) is Context and node.name.lower() not in contexts:
            yield ExpressionError(f"there is no `{node.name}` here", node.start, node.end)
        elif type(node) is Call and functions is not None and node.name.lower() not in functions:
            message = f"the function `{node.name}` may not be called here"
            yield ExpressionError(message, node.start, node.start + len(node.name))


Template: TypeAlias = tuple[str | tuple[Embedded, Expr], ...]
"""A string as its literal parts (never empty) and its expressions, in order. The offsets of nodes are into
``Embedded.source``."""


def _next_embedded(text: str, start: int) -> Embedded | None:
    """The `${{ … }}` that begins at ``start``; None when it is not closed."""
    at, end = start + 3, -1
    while True:
        if end < at and (end := text.find("}}", at)) < 0:
            return None
        quote = text.find("'", at, end)
        if quote < 0:
            return Embedded(start, end + 2, start + 3, text[start + 3 : end])
        closing = text.find("'", quote + 1)
        if closing < 0:
            return None
        at = closing + 1


def _scan(text: str) -> tuple[list[Embedded], int]:
    """All closed `${{ }}` and the offset of one that is not closed, or -1."""
    found: list[Embedded] = []
    start = text.find("${{")
    while start >= 0:
        part = _next_embedded(text, start)
        if part is None:
            return found, start
        found.append(part)
        start = text.find("${{", part.end)
    return found, -1


def embedded(text: str) -> list[Embedded]:
    """Every `${{ … }}` of a string; braces inside quoted strings do not end one. An unclosed one is left
    out: `parse_template` tells of it."""
    return _scan(text)[0] if "${{" in text else []


@lru_cache(maxsize=4096)
def parse_template(text: str) -> Template:
    """The parts of a string.

    Raises ExpressionError, whose offsets are into ``text``, for a `${{` that is not closed, an empty one,
    and whatever `parse` refuses.
    """
    found, unclosed = _scan(text)
    if unclosed >= 0:
        raise ExpressionError("`${{` without its closing `}}`", unclosed, len(text))
    parts: list[str | tuple[Embedded, Expr]] = []
    at = 0
    for part in found:
        if at < part.start:
            parts.append(text[at : part.start])
        parts.append((part, _parse_embedded(part)))
        at = part.end
    if at < len(text):
        parts.append(text[at:])
    return tuple(parts)


def _parse_embedded(part: Embedded) -> Expr:
    if not part.source.strip():
        raise ExpressionError("there is no expression inside `${{ }}`", part.start, part.end)
    try:
        return parse(part.source)
    except ExpressionError as error:
        raise error.shifted(part.source_start) from None
