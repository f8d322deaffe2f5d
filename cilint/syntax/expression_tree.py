"""The nodes of an expression: tuples with the offsets of their own text, without parentheses around it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

from cilint.syntax.expression_lexer import LiteralValue


class Literal(NamedTuple):
    """A constant; numbers are floats. Nodes of different types may be equal as tuples: compare types too."""

    value: LiteralValue
    start: int
    end: int


class Context(NamedTuple):
    """A named value such as ``github``, spelt as written (names are case-insensitive)."""

    name: str
    start: int
    end: int


class Property(NamedTuple):
    """``target.name``; the name is the last ``len(name)`` characters of the node."""

    target: Expr
    name: str
    start: int
    end: int


class Index(NamedTuple):
    """``target[key]``."""

    target: Expr
    key: Expr
    start: int
    end: int


class Filter(NamedTuple):
    """``target.*`` or ``target[*]``: all values of an array or object."""

    target: Expr
    start: int
    end: int


class Call(NamedTuple):
    """A function call; the name as written, at ``start``."""

    name: str
    args: tuple[Expr, ...]
    start: int
    end: int


class Not(NamedTuple):
    """``!operand``."""

    operand: Expr
    start: int
    end: int


class Binary(NamedTuple):
    """``left op right``; chains lean to the left and may be thousands long: loop over ``left``."""

    op: str
    left: Expr
    right: Expr
    start: int
    end: int


Expr: TypeAlias = Literal | Context | Property | Index | Filter | Call | Not | Binary


def walk(expr: Expr) -> Iterator[Expr]:
    """The node and all nodes below it, in the order of the source."""
    stack = [expr]
    while stack:
        node = stack.pop()
        yield node
        match node:
            case Binary():
                stack += (node.right, node.left)
            case Call():
                stack += reversed(node.args)
            case Property() | Filter():
                stack.append(node.target)
            case Index():
                stack += (node.key, node.target)
            case Not():
                stack.append(node.operand)
