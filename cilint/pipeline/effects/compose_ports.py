"""Whether Docker understands a port: its ranges, its protocol, its numbers (go-connections, package nat)."""

from __future__ import annotations

import re

from cilint.syntax.yaml import Mapping, Node, Scalar

_HIGHEST = 65_535
_PROTOCOLS = ("tcp", "udp", "sctp")


def flaw_of(node: Node, *, exposed: bool) -> str:
    """Why an item of ``ports`` or ``expose`` cannot be published; empty where it can, or is not known."""
    if isinstance(node, Mapping):
        parts = {}
        for key in ("published", "target", "protocol"):
            value = node.get(key)
            parts[key] = value.text if isinstance(value, Scalar) else ""
        if "$" in "".join(parts.values()):
            return ""
        if not parts["target"]:
            return "`target`, the port of the container, is missing"
        return _flaw(parts["published"], parts["target"], parts["protocol"])
    if not isinstance(node, Scalar) or not node.text or "$" in node.text:
        return ""
    ports, _, protocol = node.text.partition("/")
    host, _, target = ports.rpartition(":")
    if exposed and host:
        return "`expose` publishes nothing, so it takes the port of the container alone"
    published = host.rpartition(":")[2]
    if not target:
        return "the port of the container is missing"
    return _flaw(published, target, protocol)


def _flaw(published: str, target: str, protocol: str) -> str:
    if protocol and protocol.lower() not in _PROTOCOLS:
        return f"`{protocol}` is no protocol; there are {', '.join(_PROTOCOLS)}"
    for text in filter(None, (published, target)):
        if problem := _flaw_of_range(text):
            return problem
    if not published or _length(target) == 1:
        return ""
    if _length(published) != _length(target):
        return f"{_length(published)} ports of the host cannot be led to {_length(target)} of the container"
    return ""


def _flaw_of_range(text: str) -> str:
    found = re.fullmatch(r"([0-9]{1,9})(?:-([0-9]{1,9}))?", text)
    if not found:
        return f"`{text[:60]}` is no port; it takes a number, or a range such as 3000-3005"
    first, last = int(found[1]), int(found[2] or found[1])
    if max(first, last) > _HIGHEST:
        return f"the highest port is {_HIGHEST}, and {max(first, last)} is beyond it"
    return f"the range {text} ends before it begins" if last < first else ""


def _length(text: str) -> int:
    first, _, last = text.partition("-")
    return int(last or first) - int(first) + 1
