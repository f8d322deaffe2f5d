"""The expressions of a workflow or action: each one parsed once, with its place in the file."""

from __future__ import annotations

from collections.abc import Iterator

from cilint.model.action import Action
from cilint.model.schema import Slot
from cilint.model.workflow import Workflow
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
    embedded,
    parse,
)
from cilint.text.remember import remembered
from cilint.text.source import Span
from cilint.text.values import NamedTuple


class Part(NamedTuple):
    """One expression of a value. ``base`` is where its source begins in the value's text; ``error`` says why
    there is no ``expr``, with offsets into that text; ``whole`` says that the value is nothing else."""

    slot: Slot
    base: int
    expr: Expr | None
    error: ExpressionError | None
    whole: bool

    def span(self, start: int, end: int) -> Span:
        """Where a range of the expression's source is written in the file."""
        return self.slot.node.source_span(self.base + start, self.base + end)


@remembered
def parts(file: Workflow | Action) -> tuple[Part, ...]:
    """All expressions of a file; of a value with one that is broken the others as well."""
    return tuple(part for slot in file.reading.slots for part in parts_of(slot))


def parts_of(slot: Slot) -> Iterator[Part]:
    text = slot.node.text
    if slot.bare and "${{" not in text:
        yield _parsed(slot, 0, text, True)
        return
    found = embedded(text)
    for part in found:
        yield _embedded(slot, part)
    at = text.find("${{", found[-1].end if found else 0)
    if at >= 0:
        error = ExpressionError("`${{` without its closing `}}`", at, min(len(text), at + 3))
        yield Part(slot, 0, None, error, whole=False)


def _embedded(slot: Slot, part: Embedded) -> Part:
    if not part.source.strip():
        error = ExpressionError("there is no expression inside `${{ }}`", part.start, part.end)
        return Part(slot, 0, None, error, whole=False)
    text = slot.node.text
    alone = not text[: part.start].strip() and not text[part.end :].strip()
    return _parsed(slot, part.source_start, part.source, alone)


def _parsed(slot: Slot, base: int, source: str, whole: bool) -> Part:
    try:
        return Part(slot, base, parse(source), None, whole)
    except ExpressionError as error:
        return Part(slot, base, None, error.shifted(base), whole)


def path_of(node: Expr) -> tuple[str, ...] | None:
    """The names of a chain of properties, indexes and filters, in lower case; what is not known is ``*``."""
    names: list[str] = []
    while not isinstance(node, Context):
        if isinstance(node, Property):
            names.append(node.name.lower())
        elif isinstance(node, Filter):
            names.append("*")
        elif isinstance(node, Index):
            index = node.index
            known = isinstance(index, Literal) and isinstance(index.value, str)
            names.append(str(index.value).lower() if known else "*")  # type: ignore[union-attr]
        else:
            return None
        node = node.target
    return (node.name.lower(), *reversed(names))


def paths_read(expr: Expr) -> Iterator[tuple[str, ...]]:
    """Every path that an expression reads: ``toJSON(needs)`` reads ``("needs",)``, all that is below it."""
    pending: list[Expr] = [expr]
    while pending:
        node = pending.pop()
        if isinstance(node, Binary):
            pending += [node.left, node.right]
        elif isinstance(node, Call):
            pending += node.args
        elif isinstance(node, Not):
            pending.append(node.operand)
        elif not isinstance(node, Literal):
            path = path_of(node)
            if path is not None:
                yield path
            while isinstance(node, Property | Index | Filter):
                if isinstance(node, Index):
                    pending.append(node.index)
                node = node.target
            if path is None:
                pending.append(node)
