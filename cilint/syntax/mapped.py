"""Texts that were put together from pieces of a file, with the way back to the file."""

from __future__ import annotations

from bisect import bisect_right

from cilint.text.source import Span
from cilint.text.values import NamedTuple


class Piece(NamedTuple):
    """From ``start`` of the made text on, it comes from ``[source_start, source_end)`` of the file.

    A piece as long as its source maps character by character; any other one maps as a whole.
    """

    start: int
    source_start: int
    source_end: int


class MappedText:
    """A text as a later reader sees it, and where in the file each of its characters stands."""

    __slots__ = ("_starts", "pieces", "text")

    def __init__(self, text: str, pieces: list[Piece]) -> None:
        self.text = text
        self.pieces = pieces
        self._starts: list[int] | None = None

    def _piece(self, offset: int) -> tuple[Piece, bool]:
        """The piece of the character at ``offset``, and whether it maps character by character."""
        pieces = self.pieces
        if len(pieces) == 1:
            at, end = 0, len(self.text)
        else:
            if self._starts is None:
                self._starts = [piece.start for piece in pieces]
            at = max(0, bisect_right(self._starts, offset) - 1)
            end = pieces[at + 1].start if at + 1 < len(pieces) else len(self.text)
        piece = pieces[at]
        return piece, end - piece.start == piece.source_end - piece.source_start

    def start(self, offset: int) -> int:
        """Where in the file the character at ``offset`` begins; at the end, where the last one ends."""
        if offset >= len(self.text) and self.text:
            return self.end(len(self.text))
        piece, linear = self._piece(offset)
        return piece.source_start + (offset - piece.start if linear else 0)

    def end(self, offset: int) -> int:
        """Where in the file the character before ``offset`` ends."""
        if offset <= 0:
            return self.start(0)
        piece, linear = self._piece(offset - 1)
        return piece.source_start + offset - piece.start if linear else piece.source_end

    def span(self, start: int, end: int) -> Span:
        """The place in the file of ``text[start:end]``; for an empty range, the place before ``start``."""
        first = self.start(start)
        return Span(first, max(first, self.end(end)) if end > start else first)

    def part(self, start: int, end: int) -> MappedText:
        """``text[start:end]`` as a mapped text of its own."""
        builder = MappedBuilder()
        builder.add_part(self, start, end)
        return builder.build(self.start(start))


class MappedBuilder:
    """Puts a MappedText together."""

    __slots__ = ("_length", "_pieces", "_texts")

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._pieces: list[Piece] = []
        self._length = 0

    def add(self, text: str, source_start: int, source_end: int) -> None:
        """Append ``text``, which stands for (or is) the file's ``[source_start, source_end)``."""
        if text:
            self._pieces.append(Piece(self._length, source_start, source_end))
            self._texts.append(text)
            self._length += len(text)

    def add_part(self, mapped: MappedText, start: int, end: int) -> None:
        """Append ``mapped.text[start:end]``."""
        pieces = mapped.pieces
        first = max(0, bisect_right(pieces, start, key=lambda piece: piece.start) - 1)
        for at in range(first, len(pieces)):
            piece = pieces[at]
            if piece.start >= end:
                break
            stop = pieces[at + 1].start if at + 1 < len(pieces) else len(mapped.text)
            low, high = max(start, piece.start), min(end, stop)
            if low < high:
                self.add(mapped.text[low:high], mapped.start(low), mapped.end(high))

    def build(self, origin: int = 0) -> MappedText:
        """The text so far; ``origin`` is the place in the file of an empty one."""
        return MappedText("".join(self._texts), self._pieces or [Piece(0, origin, origin)])
