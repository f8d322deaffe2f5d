"""The lines of a Dockerfile: directives, comments, blank lines, and the logical lines of instructions."""

from __future__ import annotations

import re
from functools import cache

from cilint.syntax.expansion import SPACES
from cilint.syntax.mapped import MappedText, Piece
from cilint.text.hints import Literal
from cilint.text.source import Span
from cilint.text.values import NamedTuple

MAX_LINE_BYTES = 65535
"""The longest line that BuildKit reads, without its line end."""

DIRECTIVES = frozenset({"syntax", "escape", "check"})


class DockerfileError(NamedTuple):
    """What is wrong at a place. ``fatal``: BuildKit's parser refuses the file, not a later step."""

    span: Span
    message: str
    fatal: bool = True


class Directive(NamedTuple):
    """``# name=value`` at the top of the file; ``name`` in lower case."""

    name: str
    value: str
    span: Span
    value_span: Span
    line: int


class Comment(NamedTuple):
    """A comment from its ``#`` to the line's end; ``text`` is what follows the ``#``, stripped."""

    text: str
    span: Span
    line: int


class Part(NamedTuple):
    """A piece of the file in whole lines; the parts of a file cover it without gaps."""

    kind: Literal["directive", "comment", "blank", "instruction"]
    span: Span


class LogicalLine(NamedTuple):
    """An instruction's lines without continuations and comments: ``text`` maps back to the file.

    ``span`` has the lines without the last one's line end; ``next_offset`` is where the next line begins.
    """

    text: MappedText
    span: Span
    line: int
    end_line: int
    next_offset: int
    comments: tuple[Comment, ...]
    blanks: tuple[Span, ...]
    errors: tuple[DockerfileError, ...]


@cache
def _directive_pattern() -> re.Pattern[str]:
    blank = r"[\t\n\f\r ]*"
    return re.compile(rf"#[{re.escape(SPACES)}]*([a-zA-Z][a-zA-Z0-9]*){blank}={blank}(.+)")


def line_end(text: str, start: int) -> tuple[int, int]:
    """Where the line at ``start`` ends without and with its line end."""
    end = text.find("\n", start)
    end = following = len(text) if end < 0 else end
    if following < len(text):
        following += 1
    while end > start and text[end - 1] in "\r\n":
        end -= 1
    return end, following


def line_error(text: str, start: int, end: int) -> DockerfileError | None:
    """The error for a line that is too long to be read."""
    if (end - start) * 4 <= MAX_LINE_BYTES:
        return None
    newline = text.find("\n", start)
    size = len(text[start : len(text) if newline < 0 else newline].encode("utf-8", "surrogateescape"))
    if size <= MAX_LINE_BYTES:
        return None
    return DockerfileError(Span(start, end), f"line longer than the {MAX_LINE_BYTES} bytes that are allowed")


def read_directive(text: str, start: int, end: int, line: int) -> Directive | None:
    """The directive in ``text[start:end]``, which is a comment from its ``#`` on."""
    found = _directive_pattern().fullmatch(text, start, end)
    if not found or found.group(1).lower() not in DIRECTIVES:
        return None
    written = found.group(2)
    value = written.rstrip("\t\f\r ") or written[-1:]
    at = found.start(2)
    return Directive(found.group(1).lower(), value, Span(start, end), Span(at, at + len(value)), line)


def continuation(text: str, start: int, end: int, escape: str) -> int | None:
    """Where the content ends of a line that goes on in the next one; None if it does not."""
    while end > start and text[end - 1] in " \t":
        end -= 1
    if end == start or text[end - 1] != escape:
        return None
    if end - 1 > start and text[end - 2] == escape:
        return None
    return end - 1


class LineReader:
    """Reads the logical line that begins at an offset."""

    __slots__ = ("_blanks", "_comments", "_errors", "_escape", "_pieces", "_text", "_texts")

    def __init__(self, text: str, escape: str) -> None:
        self._text = text
        self._escape = escape

    def read(self, start: int, end: int, following: int, line: int) -> LogicalLine:
        """``start`` and ``end`` are those of the first line's content."""
        text = self._text
        cut = continuation(text, start, end, self._escape)
        if cut is None:
            mapped = MappedText(text[start:end], [Piece(0, start, end)])
            return LogicalLine(mapped, Span(start, end), line, line, following, (), (), ())
        self._texts = [text[start:cut]]
        self._pieces = [Piece(0, start, cut)] if cut > start else []
        self._comments: list[Comment] = []
        self._blanks: list[Span] = []
        self._errors: list[DockerfileError] = []
        at, last, count = following, end, 0
        while cut is not None and at < len(text):
            last, after = line_end(text, at)
            count += 1
            cut = self._continued(at, last, line + count, cut)
            at = after
        mapped = MappedText("".join(self._texts), self._pieces or [Piece(0, start, start)])
        return LogicalLine(
            mapped, Span(start, last), line, line + count, at,
            tuple(self._comments), tuple(self._blanks), tuple(self._errors),
        )  # fmt: skip

    def _continued(self, start: int, end: int, line: int, cut: int) -> int | None:
        """Take in one more line; None when it is the last one."""
        text = self._text
        error = line_error(text, start, end)
        if error:
            self._errors.append(error)
        first = start
        while first < end and text[first] in SPACES:
            first += 1
        if first == end:
            self._blanks.append(Span(start, end))
            return cut
        if text[first] == "#":
            self._comments.append(Comment(text[first + 1 : end].strip(), Span(first, end), line))
            return cut
        next_cut = continuation(text, start, end, self._escape)
        stop = end if next_cut is None else next_cut
        if stop > start:
            length = self._pieces[-1].start + len(self._texts[-1]) if self._pieces else 0
            self._pieces.append(Piece(length, start, stop))
            self._texts.append(text[start:stop])
        return next_cut
