"""What gives a service of a Compose file power over its host: shared namespaces, capabilities, labels."""

from __future__ import annotations

from collections.abc import Iterator

from cilint.model.compose import Compose, Service
from cilint.syntax.yaml import Node, Scalar
from cilint.text.source import Span

_NAMESPACES = ("network_mode", "pid", "ipc", "uts", "userns_mode", "cgroup")
_LISTS = ("cap_add", "security_opt")


class Grant:
    """One value of ``key``; ``text`` is in lower case, a capability without its ``CAP_``."""

    def __init__(self, service: Service, key: str, node: Scalar) -> None:
        self.service = service
        self.path = service.path
        self.key: str = key
        self.span: Span = node.span
        text = node.text.strip().lower()
        if key == "cap_add":
            text = text.removeprefix("cap_")
        self.text: str = text.replace("=", ":", 1) if key == "security_opt" else text

    @property
    def is_namespace(self) -> bool:
        """Whether the service lives in a namespace of the host."""
        return self.key in _NAMESPACES and self.text == "host"


def grants(file: Compose) -> Iterator[Grant]:
    for service in file.services:
        for key in _NAMESPACES:
            yield from _of(service, key, service.entry(key))
        for key in _LISTS:
            for item in service.items(key):
                yield from _of(service, key, item.resolved)


def _of(service: Service, key: str, node: Node | None) -> Iterator[Grant]:
    if isinstance(node, Scalar) and node.value is not None:
        yield Grant(service, key, node)
