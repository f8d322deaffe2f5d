"""The text of a shell script as the grammar gets to see it, and the way back to the places in the script.

The grammar's offsets are bytes and GitHub's ``${{ }}`` is no shell, so every character that is not ASCII
and every such expression is replaced by ordinary word characters, one for one: offsets stay the same.
A script inside a script (``bash -c "…"``, a heredoc fed to a shell) is an input of its own whose offsets
lead back to the outermost text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cache
from typing import Literal, NamedTuple

from cilint.text.source import Span

HOLE = "\0"
"""Stands for a part of a text that nobody can know."""


class Opaque(NamedTuple):
    """A part of a word that is not to be read as shell; half-open range of offsets into the input."""

    start: int
    end: int
    kind: Literal["expression", "command"]


class Segment(NamedTuple):
    """Where a stretch of an inner script comes from: ``length`` characters made of ``size`` outer ones.

    ``length`` is ``size`` for a stretch taken as it is and 1 for an escaped character.
    """

    start: int
    length: int
    origin: int
    size: int


class Ending(NamedTuple):
    """The end of a substitution that the grammar found, and whether it runs commands or calculates."""

    end: int
    kind: Literal["command", "process", "arithmetic"]


class Input:
    """A script's text with what hides the parts that are no shell.

    ``masked`` has exactly the length of ``text``. ``endings`` maps the start of each substitution that
    the grammar found to its end; ``outer`` is the text that spans refer to.
    """

    __slots__ = ("endings", "masked", "opaque", "outer", "segments", "text")

    def __init__(
        self,
        text: str,
        *,
        outer: str | None = None,
        segments: tuple[Segment, ...] | None = None,
        opaque: tuple[Opaque, ...] = (),
    ) -> None:
        self.text = text
        self.outer = text if outer is None else outer
        self.segments = segments
        found = expressions(text, opaque)
        self.opaque = tuple(sorted((*found, *opaque)))
        self.masked = _mask(text, self.opaque)
        self.endings: dict[int, Ending] = {}

    def span(self, start: int, end: int) -> Span:
        """The place of a range of this input in the outermost text."""
        if self.segments is None:
            return Span(start, end)
        if not self.segments:
            return Span(0, 0)
        first = self._segment(start)
        begin = self._origin(first, start)
        if end <= start:
            return Span(begin, begin)
        last = self._segment(end - 1)
        stop = self._origin(last, end - 1) + 1 if last.length == last.size else last.origin + last.size
        return Span(begin, max(begin, stop))

    def _segment(self, offset: int) -> Segment:
        assert self.segments
        at = bisect_right(self.segments, offset, key=lambda segment: segment.start) - 1
        return self.segments[max(at, 0)]

    @staticmethod
    def _origin(segment: Segment, offset: int) -> int:
        if segment.length != segment.size:
            return segment.origin + (segment.size if offset > segment.start else 0)
        return segment.origin + min(offset - segment.start, segment.length)

    def opaque_within(self, start: int, end: int) -> tuple[Opaque, ...]:
        """The hidden parts that lie in a range or reach into it."""
        if not self.opaque:
            return ()
        first = bisect_right(self.opaque, start, key=lambda part: part.end)
        last = first
        while last < len(self.opaque) and self.opaque[last].start < end:
            last += 1
        return self.opaque[first:last]


def expressions(text: str, hidden: tuple[Opaque, ...] = ()) -> list[Opaque]:
    """The ``${{ … }}`` of a text outside what is hidden already; string literals in them are respected.

    One that never ends ends the search: GitHub refuses such a text as a whole.
    """
    found: list[Opaque] = []
    at = text.find("${{")
    while at >= 0:
        match = _expression().match(text, at)
        if match is None:
            break
        before = bisect_right(hidden, at, key=lambda part: part.start) - 1
        if before < 0 or hidden[before].end <= at:
            found.append(Opaque(at, match.end(), "expression"))
        at = text.find("${{", match.end())
    return found


@cache
def _expression() -> re.Pattern[str]:
    return re.compile(r"\$\{\{(?:[^'}]+|'[^']*'|\}(?!\}))*+\}\}")


def _mask(text: str, opaque: tuple[Opaque, ...]) -> str:
    if opaque:
        pieces, at = [], 0
        for part in opaque:
            before = text[part.start - 1 : part.start]
            # directly after a name as in `$FOO${{ x }}` the name must not grow
            first = "." if before.isalnum() or before == "_" else "_"
            pieces += [text[at : part.start], first, "_" * (part.end - part.start - 1)]
            at = part.end
        text = "".join([*pieces, text[at:]])
    if text.isascii() and "\0" not in text and "\r" not in text:
        return text
    return re.sub(r"[^\x01-\x7f]", ".", text).replace("\r", " ")
