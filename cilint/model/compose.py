"""A Compose file and its services, over the nodes of its YAML (github.com/compose-spec/compose-spec)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import cached_property
from itertools import islice

from cilint.findings.finding import FileEdit
from cilint.model.references import ImageReference
from cilint.model.yaml_file import YamlFile
from cilint.syntax.yaml import Dialect, Document, Mapping, Node, Pair, Scalar, Sequence, parse
from cilint.text.edit import Edit
from cilint.text.hole import HOLE
from cilint.text.source import Span

DIALECT = Dialect(("!reset", "!override"), several=True)
"""The tags by which one file takes back or replaces what another says; documents of a file are merged."""
_CERTAIN = re.compile(r"(?:^|/)(?:docker-compose[^/]*|compose)\.ya?ml$")
_BASE = re.compile(r"(?:^|/)(?:docker-)?compose\.ya?ml$")
_BARE = frozenset(
    """
    adminer caddy cassandra clickhouse consul couchdb eclipse-mosquitto elasticsearch haproxy httpd influxdb
    kibana logstash mariadb memcached mongo mysql nats neo4j nginx node percona php postgres python rabbitmq
    redis registry solr traefik valkey vault wordpress zookeeper
    """.split()  # noqa: SIM905 -- a list would be as many lines as words
)
"""Official images, none of which brings a health check (docker-library/faq)."""
_DEPTH, _MERGED = 5, 100  # merge keys that lead to one another, mappings that they bring in


class Compose(YamlFile):
    """One ``compose.yaml``."""

    @cached_property
    def document(self) -> Document:
        return parse(self.source.text, dialect=DIALECT)

    @cached_property
    def roots(self) -> tuple[Mapping, ...]:
        """The documents that are mappings; each is laid over those before it."""
        found = (root.resolved for root in self.document.roots)
        return tuple(root for root in found if isinstance(root, Mapping))

    @cached_property
    def root(self) -> Mapping | None:
        return self.roots[0] if self.roots else None

    @property
    def is_meant(self) -> bool:
        """Whether this is a Compose file by its name, or by what it holds."""
        named = _CERTAIN.search(self.path) is not None
        return named or any(root.pair(key) for root in self.roots for key in ("services", "include"))

    @property
    def is_base(self) -> bool:
        """Whether Compose reads the file where none is named; others may be laid over one.

        Those of development containers mostly are, whatever their name.
        """
        return _BASE.search(self.path) is not None and ".devcontainer" not in self.path.split("/")

    @cached_property
    def sections(self) -> dict[str, tuple[Pair, ...]]:
        """The entries of each top-level mapping, over all documents."""
        found: dict[str, tuple[Pair, ...]] = {}
        for root in self.roots:
            for pair in root.pairs:
                value = pair.value.resolved
                if isinstance(pair.key, Scalar) and isinstance(value, Mapping):
                    entries = (each for layer in merged(value) for each in layer.pairs)
                    found[pair.key.text] = (*found.get(pair.key.text, ()), *entries)
        return found

    @cached_property
    def version(self) -> Pair | None:
        """The key that the specification has given up."""
        return self.root.pair("version") if self.root else None

    def has(self, key: str) -> bool:
        """Whether the top level has a key."""
        return any(root.pair(key) for root in self.roots)

    @property
    def has_version(self) -> bool:
        return self.version is not None and bool(self.services)

    @property
    def without_version(self) -> tuple[FileEdit, ...] | None:
        """The edits that take it out, from the top of the file with the blank lines below it."""
        from cilint.model.edits import remove_entry

        edits = remove_entry(self.path, self.document, self.root, "version") if self.root else None
        if edits is None or len(edits) != 1 or edits[0].edit.span.start:
            return edits
        edit, text = edits[0].edit, self.source.text
        end = len(text) - len(text[edit.span.end :].lstrip("\r\n"))
        return (FileEdit(self.path, Edit(Span(0, end), edit.text)),)

    @property
    def version_span(self) -> Span:
        return self.version.key.span if self.version else self.span

    @cached_property
    def services(self) -> tuple[Service, ...]:
        """The services that are mappings."""
        keys: dict[str, Scalar] = {}
        nodes: dict[str, list[Mapping]] = {}
        for pair in self.sections.get("services", ()):
            value = pair.value.resolved
            if isinstance(pair.key, Scalar) and isinstance(value, Mapping):
                keys.setdefault(pair.key.text, pair.key)
                nodes.setdefault(pair.key.text, []).append(value)
        return tuple(Service(self, key, tuple(nodes[name])) for name, key in keys.items())

    @cached_property
    def built(self) -> frozenset[str]:
        """The images that services are built as."""
        return frozenset(each.text("image") for each in self.services if each.has("build"))

    @cached_property
    def waits(self) -> dict[str, set[str]]:
        """For each service that others start after: what they wait for."""
        found: dict[str, set[str]] = {}
        for service in self.services:
            for name, condition in _needs(service):
                found.setdefault(name, set()).add(condition)
        return found

    @cached_property
    def containers(self) -> dict[str, Service]:
        """The first service of each container name; without those that only run with some profile."""
        found: dict[str, Service] = {}
        for service in self.services:
            if not service.has("profiles"):
                found.setdefault(service.text("container_name"), service)
        return found


class Service:
    """One service; ``nodes`` is what each document says of it, ``entry`` also looks through merge keys."""

    def __init__(self, file: Compose, key: Scalar, nodes: tuple[Mapping, ...]) -> None:
        self.file = file
        self.path = file.path
        self.name: str = key.text
        self.span: Span = key.span
        self.nodes = nodes

    def __repr__(self) -> str:
        return f"<service {self.name}>"

    @cached_property
    def layers(self) -> tuple[Mapping, ...]:
        """What is written of the service, and what is merged into it."""
        return tuple(each for node in reversed(self.nodes) for each in merged(node))

    def pair(self, key: str) -> Pair | None:
        """The pair of this key, in the service or in what is merged into it."""
        return next((found for each in self.layers if (found := each.pair(key))), None)

    def entry(self, key: str) -> Node | None:
        pair = self.pair(key)
        return pair.value.resolved if pair else None

    def text(self, key: str) -> str:
        """The scalar of this key as text; empty where there is none."""
        node = self.entry(key)
        return node.text if isinstance(node, Scalar) and node.value is not None else ""

    def items(self, key: str) -> list[Node]:
        """The items of the list of this key; lists of several documents are joined."""
        found: list[Node] = []
        for node in self.nodes:
            value = next((pair.value.resolved for each in merged(node) if (pair := each.pair(key))), None)
            found += value.items if isinstance(value, Sequence) else []
        return found

    def has(self, key: str) -> bool:
        return self.pair(key) is not None

    @cached_property
    def image(self) -> ImageReference | None:
        """The image that is named; what comes from variables is a hole."""
        text = self.text("image")
        return ImageReference.parse(re.sub(r"\$\{[^}]{0,200}\}|\$\w+", HOLE, text)) if text else None

    @property
    def place(self) -> Span:
        """The image as it is written, else the service's name."""
        node = self.entry("image")
        return node.span if node else self.span

    def is_loose(self, tags: Collection[str]) -> bool:
        """Whether the image may be another one tomorrow: it has no tag, or one of those given.

        Not that of a service which is built here.
        """
        image = self.image
        if image is None or image.digest or not (image.tag is None or image.tag in tags):
            return False
        return self.text("image") not in self.file.built

    @cached_property
    def is_waited_for(self) -> bool:
        """Whether other services start after this one, and do not wait for its end."""
        ways = self.file.waits.get(self.name, ())
        return bool(ways) and "service_completed_successfully" not in ways

    @property
    def lacks_probe(self) -> bool:
        """Whether others wait for a ready-made image that nothing here tells to be healthy."""
        return self.may_lack_probe and self.is_waited_for and not self.awaits_health

    @property
    def awaits_health(self) -> bool:
        """Whether another service waits until this one is healthy."""
        return "service_healthy" in self.file.waits.get(self.name, ())

    @cached_property
    def probe_is_off(self) -> bool:
        """Whether a health check is written to be none."""
        check = self.entry("healthcheck")
        off, test = looked_up(check, "disable"), looked_up(check, "test")
        first = test.items[0].resolved if isinstance(test, Sequence) and test.items else test
        none = isinstance(first, Scalar) and first.text == "NONE"
        return none or (isinstance(off, Scalar) and off.value is True)

    @property
    def is_never_healthy(self) -> bool:
        """Whether it has no health check: it is off, or the image is known to bring none."""
        bare = self.image is not None and self.image.official in _BARE
        return self.probe_is_off or (bare and self.may_lack_probe)

    @property
    def may_lack_probe(self) -> bool:
        """Whether a ready-made image alone decides about its health check."""
        return self.image is not None and not any(map(self.has, ("healthcheck", "build", "extends")))

    @property
    def probe_span(self) -> Span:
        pair = self.pair("healthcheck") if self.probe_is_off else None
        return pair.key.span if pair else self.span

    @property
    def is_privileged(self) -> bool:
        node = self.entry("privileged")
        return isinstance(node, Scalar) and node.value is True

    @property
    def privileged_span(self) -> Span:
        pair = self.pair("privileged")
        return Span(pair.key.span.start, pair.value.span.end) if pair else self.span

    @property
    def links_span(self) -> Span:
        pair = self.pair("links")
        return pair.key.span if pair else self.span

    @property
    def container_name(self) -> str | None:
        """The name given to the container; None where there is none, or where a variable tells."""
        name = self.text("container_name")
        return name if name and "$" not in name else None

    @property
    def container_span(self) -> Span:
        node = self.entry("container_name")
        return node.span if node else self.span

    @cached_property
    def namesake(self) -> Service | None:
        """The service before this one that gives its container the same name, though both may run."""
        name = self.text("container_name")
        first = self.file.containers.get(name)
        known = name and "$" not in name and not self.has("profiles")
        return first if known and first is not self else None


def merged(node: Mapping) -> tuple[Mapping, ...]:
    """A mapping and, after it, those that its merge key brings in, the first of which counts most."""
    return tuple(islice(_merged(node, 0), _MERGED))


def entries(node: Node | None) -> Iterator[tuple[Scalar, Node]]:
    """The keys of a mapping with what they hold, those that are merged in included, each once."""
    seen = {"<<"}
    for layer in merged(node) if isinstance(node, Mapping) else ():
        for pair in layer.pairs:
            if isinstance(pair.key, Scalar) and pair.key.text not in seen:
                seen.add(pair.key.text)
                yield pair.key, pair.value.resolved


def looked_up(node: Node | None, key: str) -> Node | None:
    """What a mapping holds under a key, by itself or by a merge; None where it is no mapping."""
    layers = merged(node) if isinstance(node, Mapping) else ()
    return next((value for each in layers if (value := each.get(key))), None)


def _merged(node: Mapping, depth: int) -> Iterator[Mapping]:
    yield node
    merge = node.get("<<")
    values = merge.items if isinstance(merge, Sequence) else [merge] if merge else []
    for value in values if depth < _DEPTH else ():
        target = value.resolved
        if isinstance(target, Mapping):
            yield from _merged(target, depth + 1)


def _needs(service: Service) -> Iterator[tuple[str, str]]:
    """The services that one starts after, each with the condition that it waits for."""
    node = service.entry("depends_on")
    for item in node.items if isinstance(node, Sequence) else ():
        if isinstance(item.resolved, Scalar):
            yield item.resolved.text, "service_started"
    for key, value in entries(node):
        condition = looked_up(value, "condition")
        yield key.text, condition.text if isinstance(condition, Scalar) else "service_started"
