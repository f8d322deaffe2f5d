"""The ports of EXPOSE."""

from __future__ import annotations

from cilint.model.dockerfile_state import State
from cilint.syntax.dockerfile import Instruction
from cilint.text.source import Span
from cilint.text.values import NamedTuple

MAX_PORT = 65535


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


def port_problem(text: str) -> str:
    """Why BuildKit refuses a port of EXPOSE, ``[[ip:]host:]container[/protocol]``; empty if it does not.

    A container port beyond 65535 is left to the rule about these.
    """
    before, colon, last = text.rpartition(":")
    address, _, host = before.rpartition(":")
    container, _, protocol = last.partition("/")
    if protocol.lower() not in ("", "tcp", "udp", "sctp"):
        return f"invalid port {text}: the protocol {protocol} is none of tcp, udp and sctp"
    if address and not _is_address(address):
        return f"invalid port {text}: {address} is no IP address"
    ports, published = _range(container), _range(host) if colon and host else None
    if ports is None or ports[0] > ports[1]:
        return f"invalid port {text}"
    if host and (published is None or published[0] > published[1] or published[1] > MAX_PORT):
        return f"invalid port {text}: {host} is no port of the host"
    if published and ports[0] != ports[1] and ports[1] - ports[0] != published[1] - published[0]:
        return f"invalid port {text}: the two ranges have different lengths"
    return ""


def _range(text: str) -> tuple[int, int] | None:
    """The first and last number of ``8000-9000`` or ``8000``; None if it is neither."""
    numbers = text.split("-")
    if len(numbers) > 2 or not all(each.isascii() and each.isdecimal() for each in numbers):
        return None
    first, last = (int(each.lstrip("0")[:6] or "0") for each in (numbers[0], numbers[-1]))
    return first, last


def _is_address(text: str) -> bool:
    from ipaddress import ip_address  # only for the rare mapping with an address

    bare = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    try:
        return bool(ip_address(bare))
    except ValueError:
        return False
