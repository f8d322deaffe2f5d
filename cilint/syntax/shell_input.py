"""The text of a shell script as the grammar gets to see it, and the way back to the places in the script.

The grammar's offsets are bytes and GitHub's ``${{ }}`` is no shell, so every character that is not ASCII
and every such expression is replaced by ordinary word characters, one for one: offsets stay the same.
A script inside a script (``bash -c "…"``, a heredoc fed to a shell) is an input of its own whose offsets
lead back to the outermost text.
"""

from __future__ import annotations

import re
from bisect import bisect_right

from cilint.text.hints import TYPE_CHECKING, Literal
from cilint.text.source import Span
from cilint.text.values import NamedTuple

if TYPE_CHECKING:
    from cilint.syntax.mapped import MappedText


class Opaque(NamedTuple):
    """A part of a word that is not to be read as shell; half-open range of offsets into the input."""

    start: int
    end: int
    kind: Literal["expression", "command"]


class Ending(NamedTuple):
    """The end of a substitution that the grammar found, and whether it runs commands or calculates."""

    end: int
    kind: Literal["command", "process", "arithmetic"]


class Input:
    """A script's text with what hides the parts that are no shell.

    ``masked`` has exactly the length of ``text``. ``endings`` maps the start of each substitution that
    the grammar found to its end; ``outer`` is the text that spans refer to. ``mapped`` leads there from
    the text of an inner script; it is None for the outermost.
    """

    __slots__ = ("endings", "mapped", "masked", "opaque", "outer", "text")

    def __init__(
        self,
        text: str,
        *,
        outer: str | None = None,
        mapped: MappedText | None = None,
        opaque: tuple[Opaque, ...] = (),
    ) -> None:
        self.text = text
        self.outer = text if outer is None else outer
        self.mapped = mapped
        self.opaque = tuple(sorted((*_expressions(text, opaque), *opaque)))
        self.masked = _mask(text, self.opaque)
        self.endings: dict[int, Ending] = {}

    def span(self, start: int, end: int) -> Span:
        """The place of a range of this input in the outermost text."""
        return Span(start, end) if self.mapped is None else self.mapped.span(start, end)

    def opaque_within(self, start: int, end: int) -> tuple[Opaque, ...]:
        """The hidden parts that lie in a range or reach into it."""
        if not self.opaque:
            return ()
        first = bisect_right(self.opaque, start, key=lambda part: part.end)
        last = first
        while last < len(self.opaque) and self.opaque[last].start < end:
            last += 1
        return self.opaque[first:last]


def _expressions(text: str, hidden: tuple[Opaque, ...]) -> list[Opaque]:
    """The ``${{ … }}`` of a text outside what is hidden already."""
    if "${{" not in text:
        return []
    from cilint.syntax.expression import embedded

    found: list[Opaque] = []
    for part in embedded(text):
        before = bisect_right(hidden, part.start, key=lambda one: one.start) - 1
        if before < 0 or hidden[before].end <= part.start:
            found.append(Opaque(part.start, part.end, "expression"))
    return found


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
