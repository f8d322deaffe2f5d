"""The expressions of a workflow or action: each one parsed once, with its place in the file."""

from __future__ import annotations

from collections.abc import Iterator

from cilint.model.schema import Slot
from cilint.syntax.expression import Embedded, Expr, ExpressionError, embedded, parse
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


def parts_of(slot: Slot) -> Iterator[Part]:
    """All expressions of a value; of one that is broken the others as well."""
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
