"""The ports of EXPOSE."""

from __future__ import annotations

from cilint.model.dockerfile_state import State
from cilint.syntax.dockerfile import Instruction
from cilint.text.source import Span
from cilint.text.values import NamedTuple


class Port(NamedTuple):
    """A port or a range of them; ``first`` and ``last`` are None where there is no known number."""

    text: str
    first: int | None
    last: int | None
    protocol: str
    span: Span
    instruction: Instruction

    def covers(self, number: int) -> bool | None:
        """Whether it is or includes that port; None if unknown."""
        if self.first is None or self.last is None:
            return None
        return self.first <= number <= self.last


def read_ports(instruction: Instruction, state: State) -> list[Port]:
    """The ports of one EXPOSE; a mapping ``ip:host:container`` counts as its last part."""
    found = []
    for word in instruction.arguments:
        for text in state.expand(word.text, instruction.escape).split() or [""]:
            number, _, protocol = text.rpartition(":")[2].partition("/")
            low, dash, high = number.partition("-")
            first = _number(low)
            found.append(
                Port(
                    text,
                    first,
                    _number(high) if dash else first,
                    protocol.lower() or "tcp",
                    word.span,
                    instruction,
                )
            )
    return found


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else None
