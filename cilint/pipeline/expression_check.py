"""Working out the type of an expression, and what in it cannot be meant: a property that is not there, a
comparison that is always false, arguments that a function cannot use.

Facts: GitHub's documentation of expressions, and npm's @actions/expressions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from cilint.errors import nearest
from cilint.pipeline.expression_functions import check_call
from cilint.pipeline.expression_types import (
    ANY,
    BOOLEAN,
    NULL,
    NUMBER,
    STRING,
    Array,
    Object,
    Type,
    merged,
    type_of,
)
from cilint.syntax.expression import (
    Binary,
    Call,
    Context,
    Expr,
    Filter,
    Index,
    Literal,
    Not,
    Property,
)
from cilint.text.values import NamedTuple

MAX_NAMES = 100  # among which a better one is looked for

Contexts = Callable[[str], Type]


class Mistake(NamedTuple):
    """What is wrong between two offsets of the source, and the word that would be right there.

    ``fails``: GitHub ends the run there; of any other mistake it makes nothing.
    """

    start: int
    end: int
    message: str
    better: str | None = None
    fails: bool = False


def check(expr: Expr, contexts: Contexts) -> tuple[Type, list[Mistake]]:
    """The type of an expression and its mistakes; ``contexts`` gives a context's type by lower-case name."""
    checker = Checker(contexts)
    return checker.infer(expr), checker.mistakes


class Checker:
    """One walk over one expression."""

    __slots__ = ("contexts", "mistakes")

    def __init__(self, contexts: Contexts) -> None:
        self.contexts = contexts
        self.mistakes: list[Mistake] = []

    def report(self, node: Expr, message: str, *, fails: bool = False) -> None:
        self.mistakes.append(Mistake(node.start, node.end, message, fails=fails))

    def infer(self, node: Expr) -> Type:
        match node:
            case Literal(value):
                return type_of(value)
            case Context(name):
                return self.contexts(name.lower())
            case Property(target, name):
                start = node.end - len(name)
                return self.property(self.infer(target), name, _text(target), start, node.end)
            case Index():
                return self.index(node)
            case Filter(target):
                return self.filter(self.infer(target), node)
            case Call(_, args):
                types = [self.infer(argument) for argument in args]
                return check_call(node, types, self.report)
            case Not(operand):
                self.infer(operand)
                return BOOLEAN
            case Binary():
                return self.binary(node)

    def property(self, target: Type, name: str, path: str, start: int, end: int) -> Type:
        if isinstance(target, Object):
            found = target.get(name)
            if found is None:
                self.absent(target, name, path, start, end)
            return found or ANY
        if isinstance(target, Array) and target.filtered:
            inner = target.item.get(name) if isinstance(target.item, Object) else ANY
            return Array(inner or ANY, filtered=True)
        if target in (STRING, NUMBER, BOOLEAN) or isinstance(target, Array):
            said = f"`{path}` is {target.name}: it has no `{name}`, and this is always empty"
            self.mistakes.append(Mistake(start, end, said))
        return ANY

    def absent(self, target: Object, name: str, path: str, start: int, end: int) -> None:
        better = nearest(name, tuple(target.props)) if 0 < len(target.props) <= MAX_NAMES else None
        known = ", ".join(f"`{each}`" for each in target.props)
        others = f"; there is {known}" if 0 < len(known) < 90 else ""
        hint = f"; did you mean `{better}`?" if better else others
        said = f"`{path}` has no `{name}` here, so this is always empty{hint}"
        self.mistakes.append(Mistake(start, end, said, better))

    def index(self, node: Index) -> Type:
        target, index = self.infer(node.target), self.infer(node.index)
        path, place = _text(node.target), node.index
        if isinstance(place, Literal) and isinstance(place.value, str) and not isinstance(target, Array):
            return self.property(target, place.value, path, place.start + 1, place.end - 1)
        if isinstance(target, Object):
            if index in (NUMBER, BOOLEAN, NULL) or isinstance(index, Object | Array):
                self.report(place, f"`{path}` is an object: its keys are texts, and this is {index.name}")
            values = [*target.props.values(), *([target.rest] if target.rest else [])]
            return merged(values)
        if isinstance(target, Array):
            if index in (STRING, BOOLEAN) or isinstance(index, Object | Array):
                self.report(place, f"`{path}` is a list: its items have numbers, and this is {index.name}")
            return target.item
        if target in (STRING, NUMBER, BOOLEAN):
            self.report(place, f"`{path}` is {target.name}: it has no items, and this is always empty")
        return ANY

    def filter(self, target: Type, node: Filter) -> Type:
        if isinstance(target, Array):
            inner = target.item.item if target.filtered and isinstance(target.item, Array) else target.item
            return Array(inner, filtered=True)
        if isinstance(target, Object):
            values = [*target.props.values(), *([target.rest] if target.rest else [])]
            return Array(merged(values), filtered=True)
        if target in (STRING, NUMBER, BOOLEAN):
            self.report(node, f"`{_text(node.target)}` is {target.name}: it has no items for `*`")
        return Array(ANY, filtered=True)

    def binary(self, node: Binary) -> Type:
        if node.op in ("&&", "||"):
            return merged([self.infer(operand) for operand in _operands(node)])
        left, right = self.infer(node.left), self.infer(node.right)
        self.compare(node, left, right)
        return BOOLEAN

    def compare(self, node: Binary, left: Type, right: Type) -> None:
        if node.op in ("==", "!="):
            self.equal(node, left, right)
            return
        for operand, found in ((node.left, left), (node.right, right)):
            if isinstance(found, Object | Array) or found in (BOOLEAN, NULL):
                self.report(operand, f"`{node.op}` orders numbers and texts, and this is {found.name}")
                return

    def equal(self, node: Binary, left: Type, right: Type) -> None:
        scalars = (STRING, NUMBER, BOOLEAN)
        for one, other in ((left, right), (right, left)):
            if isinstance(one, Object | Array) and other in scalars:
                outcome = "false" if node.op == "==" else "true"
                said = f"{one.name} is compared with {other.name}: the comparison is always {outcome}"
                self.report(node, said)
                return
        for one, value in ((left, node.right), (right, node.left)):
            literal = isinstance(node.left, Literal) and isinstance(node.right, Literal)
            if isinstance(value, Literal) and not literal and value.value in (True, False, "true", "false"):
                self.truth(node, one, value)

    def truth(self, node: Binary, found: Type, value: Literal) -> None:
        """`'true'` and `true` are not equal: both are compared as numbers, and the text is none."""
        outcome = "false" if node.op == "==" else "true"
        if found is BOOLEAN and isinstance(value.value, str):
            mend = f"so this is always {outcome}: write `{value.value}` without the quotes"
            self.report(node, f"a Boolean never equals the text '{value.value}', {mend}")
        elif found is STRING and value.value is True:
            self.report(node, f"no text such as 'true' equals `true`, so this is {outcome}: write `'true'`")


def _operands(node: Binary) -> Iterator[Expr]:
    """The operands of a chain of && and ||, which may be thousands long, by no recursion along it."""
    stack: list[Expr] = [node]
    while stack:
        each = stack.pop()
        if isinstance(each, Binary) and each.op in ("&&", "||"):
            stack += (each.right, each.left)
        else:
            yield each


def _text(node: Expr) -> str:
    """A path such as ``steps.build.outputs`` as it was written, parts that are computed as `…`."""
    names: list[str] = []
    while True:
        match node:
            case Property(target, name):
                names.append(name)
                node = target
            case Index(target, Literal(str() as name)):
                names.append(name)
                node = target
            case Index(target) | Filter(target):
                names.append("*")
                node = target
            case Context(name):
                return ".".join([name, *reversed(names)])
            case _:
                return ".".join(["…", *reversed(names)]) if names else "this value"
