"""The nodes of an expression. Plain classes: eight NamedTuples would cost every start 2 ms."""

from __future__ import annotations

from collections.abc import Iterator

from cilint.syntax.expression_lexer import LiteralValue
from cilint.text.hints import TypeAlias


class Node:
    """``start`` and ``end`` are the offsets of the node's own text, without parentheses around it.

    Nodes never change, since trees are shared.
    """

    __slots__ = ("end", "start")
    __match_args__: tuple[str, ...] = ()

    def __init__(self, start: int, end: int) -> None:
        self.start = start
        self.end = end

    def __repr__(self) -> str:
        fields = ", ".join(repr(getattr(self, name)) for name in (*self.__match_args__, "start", "end"))
        return f"{type(self).__name__}({fields})"


class Literal(Node):
    """A constant: null, Boolean, string or number (always a float)."""

    __slots__ = ("value",)
    __match_args__ = ("value",)

    def __init__(self, value: LiteralValue, start: int, end: int) -> None:
        super().__init__(start, end)
        self.value = value


class Context(Node):
    """A named value such as ``github``, spelt as written (names are case-insensitive)."""

    __slots__ = ("name",)
    __match_args__ = ("name",)

    def __init__(self, name: str, start: int, end: int) -> None:
        super().__init__(start, end)
        self.name = name


class Property(Node):
    """``target.name``; the name is the last ``len(name)`` characters of the node."""

    __slots__ = ("name", "target")
    __match_args__ = ("target", "name")

    def __init__(self, target: Expr, name: str, start: int, end: int) -> None:
        super().__init__(start, end)
        self.target = target
        self.name = name


class Index(Node):
    """``target[index]``."""

    __slots__ = ("index", "target")
    __match_args__ = ("target", "index")

    def __init__(self, target: Expr, index: Expr, start: int, end: int) -> None:
        super().__init__(start, end)
        self.target = target
        self.index = index


class Filter(Node):
    """``target.*`` or ``target[*]``: all values of an array or object."""

    __slots__ = ("target",)
    __match_args__ = ("target",)

    def __init__(self, target: Expr, start: int, end: int) -> None:
        super().__init__(start, end)
        self.target = target


class Call(Node):
    """A function call; its name as written begins at ``start``."""

    __slots__ = ("args", "name")
    __match_args__ = ("name", "args")

    def __init__(self, name: str, args: tuple[Expr, ...], start: int, end: int) -> None:
        super().__init__(start, end)
        self.name = name
        self.args = args


class Not(Node):
    """``!operand``."""

    __slots__ = ("operand",)
    __match_args__ = ("operand",)

    def __init__(self, operand: Expr, start: int, end: int) -> None:
        super().__init__(start, end)
        self.operand = operand


class Binary(Node):
    """``left op right``, op one of `&& || == != < <= > >=`. Chains lean to the left and may be thousands
    long: loop over ``left`` instead of recursing."""

    __slots__ = ("left", "op", "right")
    __match_args__ = ("op", "left", "right")

    def __init__(self, op: str, left: Expr, right: Expr, start: int, end: int) -> None:
        super().__init__(start, end)
        self.op = op
        self.left = left
        self.right = right

    def __repr__(self) -> str:
        return f"Binary({self.op!r}, …, {self.right!r}, {self.start!r}, {self.end!r})"


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
                stack += (node.index, node.target)
            case Not():
                stack.append(node.operand)
