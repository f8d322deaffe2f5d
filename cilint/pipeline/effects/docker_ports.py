"""What EXPOSE names: one item a port or range of ports."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from cilint.model.dockerfile import Dockerfile
from cilint.pipeline.effects.docker_lines import Line, lines
from cilint.syntax.dockerfile import Word
from cilint.text.hole import HOLE
from cilint.text.source import Span


class Exposed:
    """One port of an EXPOSE; ``text`` has its variables filled in, ``written`` has not."""

    def __init__(self, line: Line, word: Word, text: str) -> None:
        self.line = line
        self.path = line.path
        self.word = word
        self.written: str = word.text
        self.text: str = text
        self.span: Span = word.span

    def __repr__(self) -> str:
        return f"<port {self.text}>"

    @property
    def onbuild(self) -> bool:
        return self.line.onbuild

    @property
    def is_mapping(self) -> bool:
        """Whether an address or a port of the host is named."""
        return ":" in self.text

    @cached_property
    def container_port(self) -> str:
        """Port and protocol without the host's part; a hole where the word has variables."""
        return self.written.rpartition(":")[2] if "$" not in self.written else HOLE

    @property
    def is_ssh(self) -> bool:
        """Whether it is, or includes, port 22 of TCP."""
        low, dash, high = self.text.rpartition(":")[2].partition("/")[0].partition("-")
        numbers = [low, high] if dash else [low]
        if self.protocol.lower() not in ("", "tcp") or not all(map(_is_number, numbers)):
            return False
        return _number(numbers[0]) <= 22 <= _number(numbers[-1])

    @property
    def protocol(self) -> str:
        return self.text.rpartition(":")[2].partition("/")[2]

    @property
    def lower_protocol(self) -> str:
        """The word with its protocol in small letters; a hole where a variable gives it."""
        before, slash, protocol = self.written.rpartition("/")
        return f"{before}/{protocol.lower()}" if slash and "$" not in protocol else HOLE

    @cached_property
    def is_too_high(self) -> bool:
        """Whether it is no port: they end at 65535."""
        ports = self.text.rpartition(":")[2].partition("/")[0].split("-")
        return any(_is_number(port) and _number(port) > 65535 for port in ports)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal()


def _number(text: str) -> int:
    return int(text[-9:]) if len(text.lstrip("0")) < 9 else 10**9


def exposed(dockerfile: Dockerfile) -> Iterator[Exposed]:
    """All ports of a file's EXPOSE instructions."""
    for line in lines(dockerfile):
        if line.name == "EXPOSE":
            for word in line.instruction.arguments:
                texts = line.state.expand(word.text, line.instruction.escape).split()
                yield from (Exposed(line, word, text) for text in texts)
