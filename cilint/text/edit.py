"""Edits of a text: replace a span, apply many at once, show the difference."""

from __future__ import annotations

from collections.abc import Iterable

from cilint.text.source import Span
from cilint.text.values import NamedTuple


class Edit(NamedTuple):
    """Replace the text under ``span`` by ``text``; an empty span inserts."""

    span: Span
    text: str


def overlap(a: Span, b: Span) -> bool:
    """Whether edits of two places cannot both be applied: they share text, or insert at the same place."""
    return a == b or (a.start < b.end and b.start < a.end)


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """The text after all edits, given in any order. Raises ValueError where two overlap."""
    pieces, at = [], 0
    ordered = sorted(edits, key=lambda edit: edit.span)
    for edit in ordered:
        if edit.span.start < at:
            raise ValueError(f"overlapping edits at offset {edit.span.start}")
        pieces += [text[at : edit.span.start], edit.text]
        at = edit.span.end
    return "".join([*pieces, text[at:]])


def unified_diff(path: str, old: str, new: str) -> str:
    """A unified diff with ``a/`` and ``b/`` paths, or ``/dev/null`` for a file that is not there; a missing
    last line end is marked as git does.
    """
    import difflib  # slow to import, and only needed for `--diff`

    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    source, target = f"a/{path}" if old else "/dev/null", f"b/{path}" if new else "/dev/null"
    return "".join(
        line if line.endswith("\n") else line + "\n\\ No newline at end of file\n"
        for line in difflib.unified_diff(before, after, source, target)
    )
