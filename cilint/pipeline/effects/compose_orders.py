"""The order of what Compose files name: services, their keys, ports and dependencies, top-level keys."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from cilint.findings.finding import FileEdit
from cilint.model.compose import Compose, Service
from cilint.syntax import yaml_edit
from cilint.syntax.yaml import Mapping, Node, Scalar
from cilint.syntax.yaml import Sequence as YamlSequence
from cilint.text.hints import Literal
from cilint.text.source import Span
from cilint.text.values import NamedTuple

Part = Literal["top", "services", "keys", "ports", "depends_on"]
Key = tuple[float, str]

_EXTENSION = "x-"


class Stray(NamedTuple):
    """An entry that stands behind one that it belongs before."""

    path: str
    span: Span
    name: str
    before: str


class Order:
    """The entries of one mapping or list, whose order means nothing to Compose."""

    def __init__(self, file: Compose, part: Part, node: Mapping | YamlSequence) -> None:
        self.file = file
        self.path = file.path
        self.part: Part = part
        self.node = node
        self.span: Span = node.span
        self.entries: list[Node] = (
            [pair.key for pair in node.pairs] if isinstance(node, Mapping) else node.items
        )

    def stray(self, order: Sequence[str]) -> Stray | None:
        """The first entry out of place: ``order`` names what comes first, the rest stays as it is.

        Where it is empty, ports are to be in the order of their numbers and all else in the alphabet's.
        """
        keys = self._keys(order)
        for place in range(1, len(keys)):
            if keys[place] < keys[place - 1]:
                other = next(each for each in range(place) if keys[place] < keys[each])
                return Stray(
                    self.path,
                    self.entries[place].span,
                    _name(self.entries[place]),
                    _name(self.entries[other]),
                )
        return None

    def sorted(self, order: Sequence[str]) -> tuple[FileEdit, ...] | None:
        """The edits that put the entries in order; None where that cannot be done safely."""
        keys = self._keys(order)
        wanted = sorted(range(len(keys)), key=keys.__getitem__)
        try:
            edits = yaml_edit.reorder(self.file.document, self.node, wanted)
        except yaml_edit.EditRefused:
            return None
        return tuple(FileEdit(self.path, edit) for edit in edits)

    def _keys(self, order: Sequence[str]) -> list[Key]:
        """What each entry is sorted by."""
        if order:
            places = {name: float(place) for place, name in enumerate(order)}
            rest = float(len(places))
            return [(places.get(_group(_name(each), places), rest), "") for each in self.entries]
        if self.part == "ports":
            return [(_number(each.resolved), "") for each in self.entries]
        return [(0.0, _name(each).lower()) for each in self.entries]


def _group(name: str, places: dict[str, float]) -> str:
    return _EXTENSION if name.startswith(_EXTENSION) and name not in places else name


def _name(node: Node) -> str:
    """The entry as a message calls it."""
    resolved = node.resolved
    if isinstance(resolved, Mapping):
        shown = resolved.get("published") or resolved.get("target")
        return shown.text if isinstance(shown, Scalar) else "this entry"
    return resolved.text if isinstance(resolved, Scalar) else "this entry"


def _number(port: Node) -> float:
    """The port of the host, else that of the container; what a variable tells comes first."""
    if isinstance(port, Mapping):
        given = [port.get(key) for key in ("published", "target")]
        text = next((each.text for each in given if isinstance(each, Scalar)), "")
    else:
        text = port.text.partition("/")[0] if isinstance(port, Scalar) else ""
        parts = text.rpartition("]:")[2].split(":")
        text = parts[-2] or parts[-1] if len(parts) > 1 else parts[0]
    found = re.match(r"[0-9]{1,6}", text)
    return float(found[0]) if found else -1.0


def orders(file: Compose) -> Iterator[Order]:
    """All that may be put in order, from the outside in."""
    for root in file.roots:
        yield Order(file, "top", root)
        services = root.get("services")
        if isinstance(services, Mapping):
            yield Order(file, "services", services)
    for service in file.services:
        yield from _of_service(file, service)


def _of_service(file: Compose, service: Service) -> Iterator[Order]:
    parts: tuple[Part, ...] = ("ports", "depends_on")
    for node in service.nodes:
        yield Order(file, "keys", node)
        for part in parts:
            value = node.pair(part)
            if value is not None and isinstance(value.value, Mapping | YamlSequence):
                yield Order(file, part, value.value)
