"""What services of a Compose file publish, mount and are told: ports, mounts and variables, one by one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from cilint.findings.finding import FileEdit
from cilint.model.compose import Compose, Service, merged
from cilint.syntax.yaml import Mapping, Node, Scalar
from cilint.text.edit import Edit
from cilint.text.source import Span
from cilint.text.values import NamedTuple

_EVERYWHERE = ("", "0.0.0.0", "::", "[::]")  # noqa: S104 -- compared, not listened on
_DATABASES = {
    1433: "SQL Server", 3306: "MySQL", 5432: "PostgreSQL", 5984: "CouchDB", 6379: "Redis", 7687: "Neo4j",
    8086: "InfluxDB", 9042: "Cassandra", 9200: "Elasticsearch", 11211: "Memcached", 27017: "MongoDB",
}  # fmt: skip
_ANYWHERE = "*"  # some address or other
_MOST_PORTS = 200_000
_SHORT = re.compile(
    r"(?:(?P<host>\[[^\]]*\]|[^:]*):)?(?P<published>\d+(?:-\d+)?):(?P<target>\d+(?:-\d+)?)(?:/(?P<protocol>\w+))?"
)
_SECRET = re.compile(
    r"(?:(?:^|_)(?:password|passwd|passphrase|pass|secret|token|apikey|secret_key_base)|_pwd"
    r"|(?:^|_)(?:api|secret|access|private|encryption|signing|master|app|auth|ssh)_key)$",
    re.IGNORECASE,
)
_IN_URL = re.compile(r"://[^:/@\s]{0,99}:([^@/\s]{1,99})@")
_SAMPLE = re.compile(
    r"change|example|dummy|test|local|dev|placeholder|your|xxx|pass|secret|postgres|root|admin|user|guest|^.{1,3}$",
    re.IGNORECASE,
)
_NO_SECRET = frozenset({"true", "false", "yes", "no", "on", "off", "none", "null"})


class Binding(NamedTuple):
    """Ports of the host, from ``first`` to ``last``."""

    host: str
    first: int
    last: int
    protocol: str


class Port:
    """One item of a service's ``ports``; ``rival`` is one before it that takes the same of the host.

    ``is_exposed``: it is one of ``expose``, which takes nothing of the host.
    """

    def __init__(self, service: Service, node: Node, *, is_exposed: bool = False) -> None:
        self.service = service
        self.path = service.path
        self.node = node.resolved
        self.span: Span = self.node.span
        self.rival: Port | None = None
        self.is_exposed: bool = is_exposed

    @property
    def text(self) -> str:
        return self.node.text if isinstance(self.node, Scalar) else ""

    @property
    def is_bare(self) -> bool:
        """Whether it is a scalar without quotes."""
        return isinstance(self.node, Scalar) and self.node.style == "plain" and self.node.value is not None

    @property
    def is_mapping(self) -> bool:
        """Whether it says in one text where a port leads."""
        return ":" in self.text and not self.is_exposed

    @property
    def is_sexagesimal(self) -> bool:
        """Whether YAML 1.1 reads it as a number to the base of 60."""
        return bool(re.fullmatch(r"[1-9][0-9]*(:[0-5]?[0-9])+", self.text, re.ASCII))

    @cached_property
    def flaw(self) -> str:
        """Why Docker cannot publish it; empty where it can, or where a variable tells."""
        from cilint.pipeline.effects.compose_ports import flaw_of

        return flaw_of(self.node, exposed=self.is_exposed)

    @property
    def is_open(self) -> bool:
        """Whether all addresses of the host listen."""
        return not self.is_exposed and self.address is not None and self.address in _EVERYWHERE

    @cached_property
    def address(self) -> str | None:
        """The address of the host that listens, empty for all; None where a variable tells."""
        if isinstance(self.node, Mapping):
            given = self.node.get("host_ip")
            text = given.text if isinstance(given, Scalar) else ""
            return None if "$" in text else text
        host = self.text.rpartition(":")[0].rpartition(":")[0]
        return None if "$" in host or self.text.startswith("$") or not self.text else host

    @cached_property
    def target(self) -> int | None:
        """The port of the container; None for a range, and where a variable tells."""
        if isinstance(self.node, Mapping):
            given = self.node.get("target")
            text = given.text if isinstance(given, Scalar) else ""
        else:
            text = self.text.partition("/")[0].rpartition(":")[2]
        found = _range(text)
        return found[0] if found and found[0] == found[1] else None

    @property
    def database(self) -> str:
        """The database that usually listens on the port of the container; empty for any other port."""
        return _DATABASES.get(self.target or 0, "")

    @property
    def closed(self) -> tuple[FileEdit, ...] | None:
        """The edit that lets this machine alone connect; None where it cannot be told."""
        if not isinstance(self.node, Scalar) or not self.text or self.address is None:
            return None
        host = f"{self.address}:" if self.address else ""
        span = self.node.source_span(0, len(host))
        return (FileEdit(self.path, Edit(span, "127.0.0.1:" if ":" in self.text else "127.0.0.1::")),)

    @cached_property
    def binding(self) -> Binding | None:
        """The ports of the host that it takes; None where it takes any, or where a variable tells."""
        if self.is_exposed:
            return None
        if isinstance(self.node, Mapping):
            return _long(self.node)
        found = _SHORT.fullmatch(self.text)
        return _binding(*found.group("host", "published", "target", "protocol")) if found else None

    @property
    def published(self) -> str:
        taken = self.binding
        if taken is None:
            return ""
        return str(taken.first) if taken.first == taken.last else f"{taken.first}-{taken.last}"


def _long(node: Mapping) -> Binding | None:
    parts = {}
    for key in ("host_ip", "published", "target", "protocol"):
        value = node.get(key)
        parts[key] = value.text if isinstance(value, Scalar) else None
    return _binding(parts["host_ip"], parts["published"], parts["target"], parts["protocol"])


def _binding(
    host: str | None, published: str | None, target: str | None, protocol: str | None
) -> Binding | None:
    span, inside = _range(published), _range(target)
    if span is None or inside is None or not span[0] or span[1] - span[0] != inside[1] - inside[0]:
        return None  # 0 is any port, and of a range for one port any will do
    return Binding(host or "", *span, (protocol or "tcp").lower())


def _range(text: str | None) -> tuple[int, int] | None:
    first, _, last = (text or "").partition("-")
    if not all(part.isascii() and part.isdecimal() and len(part) < 6 for part in (first, last or first)):
        return None
    return int(first), int(last or first)


class Mount:
    """One item of a service's ``volumes``; ``source`` is the host's path or a volume's name."""

    def __init__(self, service: Service, node: Node) -> None:
        self.service = service
        self.path = service.path
        resolved = node.resolved
        place = resolved.get("source") if isinstance(resolved, Mapping) else resolved
        self.node = resolved
        self.span: Span = place.span if place else resolved.span
        self.source: str = place.text.partition(":/")[0] if isinstance(place, Scalar) else ""

    @property
    def is_docker_socket(self) -> bool:
        """Whether it hands over Docker's own socket, or that of what runs containers in its place."""
        return self.source.rstrip("}").endswith(("/docker.sock", "/containerd.sock", "/podman.sock"))

    @cached_property
    def is_read_only(self) -> bool:
        if isinstance(self.node, Mapping):
            given = self.node.get("read_only")
            return isinstance(given, Scalar) and given.value is True
        options = self.node.text.rpartition(":")[2] if isinstance(self.node, Scalar) else ""
        return "ro" in options.split(",")

    @property
    def folder(self) -> str:
        """The folder of the host, without a ``/`` at its end; empty for volumes and paths of the project."""
        return (self.source.rstrip("/") or "/") if self.source.startswith("/") else ""

    @property
    def is_needlessly_quoted(self) -> bool:
        """Whether its quotes could go without changing what is read."""
        node = self.node
        if not isinstance(node, Scalar) or node.style not in ("single", "double"):
            return False
        from cilint.syntax.yaml_quote import quote

        return "\n" not in node.text and quote(node.text, flow=True) == node.text

    @property
    def text(self) -> str:
        return self.node.text if isinstance(self.node, Scalar) else ""


class Variable:
    """One variable of a service's ``environment`` with a value; ``span`` is that of the value."""

    def __init__(self, service: Service, name: str, value: str, span: Span) -> None:
        self.service = service
        self.path = service.path
        self.name: str = name
        self.value: str = value
        self.span: Span = span

    @cached_property
    def secret(self) -> str:
        """The literal secret in the value: all of it, or the password of a URL; empty where there is none."""
        value = self.value.strip()
        in_url = _IN_URL.search(value)
        if in_url:
            return "" if "$" in in_url.group(1) else in_url.group(1)
        if (
            "$" in value
            or value.lower() in _NO_SECRET
            or value.isdecimal()
            or value.startswith(("/", "file:"))
        ):
            return ""
        return value if _SECRET.search(self.name) else ""

    @property
    def is_sample(self) -> bool:
        """Whether the secret looks like one that nobody uses in earnest."""
        return bool(_SAMPLE.search(self.secret[:200]))


def ports(file: Compose) -> list[Port]:
    """All ports, each with its rival."""
    found = []
    for service in file.services:
        found += [Port(service, node) for node in service.items("ports")]
        found += [Port(service, node, is_exposed=True) for node in service.items("expose")]
    taken: dict[tuple[str, int, str], Port] = {}
    numbers = 0
    for port in found:
        binding = port.binding
        if binding is None or port.service.has("profiles"):  # services with profiles may take turns
            continue
        numbers += binding.last - binding.first
        if numbers > _MOST_PORTS:
            break
        for number in range(binding.first, binding.last + 1):
            port.rival = _take(taken, port, binding, number) or port.rival
    return found


def _take(taken: dict[tuple[str, int, str], Port], port: Port, binding: Binding, number: int) -> Port | None:
    """Note that a port of the host is taken; the one that has it already, if there is one."""
    host = "" if binding.host in _EVERYWHERE else binding.host
    same = (taken.get((binding.protocol, number, each)) for each in ("", host or _ANYWHERE))
    rival = next((each for each in same if each), None)
    for each in (host, _ANYWHERE):
        taken.setdefault((binding.protocol, number, each), port)
    return rival


def mounts(file: Compose) -> list[Mount]:
    return [Mount(service, node) for service in file.services for node in service.items("volumes")]


def variables(file: Compose) -> Iterator[Variable]:
    """The variables that are given values in the file itself."""
    for service in file.services:
        node = service.entry("environment")
        layers = merged(node) if isinstance(node, Mapping) else ()
        for pair in (pair for layer in layers for pair in layer.pairs):
            value = pair.value.resolved
            if isinstance(pair.key, Scalar) and isinstance(value, Scalar) and value.value is not None:
                yield Variable(service, pair.key.text, value.text, value.span)
        for item in service.items("environment"):
            listed = item.resolved
            name, equals, text = listed.text.partition("=") if isinstance(listed, Scalar) else ("", "", "")
            if equals:
                yield Variable(service, name, text, listed.span)
