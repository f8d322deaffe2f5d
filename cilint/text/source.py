"""A file's text with its line index; byte order mark, line ends and undecodable bytes are kept."""

from __future__ import annotations

from bisect import bisect_right

from cilint.text.values import NamedTuple

BOM = "\ufeff"


class Position(NamedTuple):
    """A place as people and reports name it: 1-based line, 1-based column in code points."""

    line: int
    column: int


class Span(NamedTuple):
    """Half-open range of code point offsets into ``SourceFile.text``."""

    start: int
    end: int

    def shift(self, by: int) -> Span:
        return Span(self.start + by, self.end + by)

    def covers(self, other: Span) -> bool:
        return self.start <= other.start and other.end <= self.end


class SourceFile:
    """One file as read: ``text`` has no byte order mark but its line ends as they are.

    Bytes that are not UTF-8 become lone surrogates and are written back unchanged. ``path`` is
    relative to the project's root, with ``/``.
    """

    __slots__ = ("_line_starts", "bom", "path", "text")

    def __init__(self, path: str, text: str, *, bom: bool = False) -> None:
        self.path = path
        self.text = text
        self.bom = bom
        self._line_starts: list[int] | None = None

    @classmethod
    def decode(cls, path: str, data: bytes) -> SourceFile:
        text = data.decode("utf-8", "surrogateescape")
        bom = text.startswith(BOM)
        return cls(path, text[1:] if bom else text, bom=bom)

    def encode(self, text: str | None = None) -> bytes:
        """The bytes to write for ``text`` (default: this file's own), with the byte order mark it had."""
        body = self.text if text is None else text
        return (BOM + body if self.bom else body).encode("utf-8", "surrogateescape")

    @property
    def line_starts(self) -> list[int]:
        """Offset of the first code point of each line; lines end at ``\\n``."""
        if self._line_starts is None:
            starts, at = [0], self.text.find("\n")
            while at >= 0:
                starts.append(at + 1)
                at = self.text.find("\n", at + 1)
            self._line_starts = starts
        return self._line_starts

    def position(self, offset: int) -> Position:
        starts = self.line_starts
        line = bisect_right(starts, offset)
        return Position(line, offset - starts[line - 1] + 1)

    def line(self, number: int) -> str:
        """Text of the 1-based line without its line end; empty beyond the last one."""
        starts = self.line_starts
        if not 1 <= number <= len(starts):
            return ""
        end = starts[number] if number < len(starts) else len(self.text)
        return self.text[starts[number - 1] : end].rstrip("\r\n")

    def line_span(self, number: int) -> Span:
        """The 1-based line with its line end."""
        starts = self.line_starts
        start = starts[min(number, len(starts)) - 1]
        return Span(start, starts[number] if number < len(starts) else len(self.text))

    def slice(self, span: Span) -> str:
        return self.text[span.start : span.end]

    @property
    def newline(self) -> str:
        """The line end that the file uses (that of its first line)."""
        first = self.text.find("\n")
        return "\r\n" if first > 0 and self.text[first - 1] == "\r" else "\n"
