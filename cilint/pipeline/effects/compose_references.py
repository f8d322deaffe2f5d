"""What services of a Compose file name: other services, volumes, networks, secrets, configs and models.

A file may be laid over others, so a name counts as known where any file that may go with it has it. What is
included or extended is read where it lies in the project; where one does not, nothing is said to be missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from posixpath import dirname, isabs, join, normpath

from cilint.errors import nearest
from cilint.model.compose import Compose, Service, entries, looked_up
from cilint.model.kinds import kind_of
from cilint.model.project import Project
from cilint.syntax.yaml import Mapping, Node, Pair, Scalar, Sequence
from cilint.text.hints import Literal
from cilint.text.source import Span

Thing = Literal["service", "volume", "network", "secret", "config", "model"]

MAX_FILES = 100
MAX_NAMES = 100  # among which a better one is looked for
SECTIONS: dict[Thing, str] = {
    "service": "services", "volume": "volumes", "network": "networks", "secret": "secrets",
    "config": "configs", "model": "models",
}  # fmt: skip
_NAMED_VOLUME = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]+):")


class Reference:
    """One name; ``loop`` are the services that wait for one another because of it."""

    def __init__(self, service: Service, scope: Scope, thing: Thing, name: str, span: Span) -> None:
        self.service = service
        self.path = service.path
        self.thing: Thing = thing
        self.name: str = name
        self.span: Span = span
        self.loop: tuple[str, ...] = ()
        self._scope = scope

    @property
    def is_undefined(self) -> bool:
        return not self._scope.has_itself(self.thing, self.name) and self._scope.lacks(self.thing, self.name)

    @property
    def section(self) -> str:
        return SECTIONS[self.thing]

    @property
    def nearest(self) -> str | None:
        """The name that is meant, if one is like it."""
        names = self._scope.names(self.thing)
        return nearest(self.name, names) if len(names) <= MAX_NAMES else None


class Scope:
    """The files that a file's names may be defined in."""

    def __init__(self, project: Project, file: Compose) -> None:
        self.project = project
        self.file = file

    @cached_property
    def files(self) -> tuple[list[Compose], bool]:
        """The files, and whether there is one that cannot be read."""
        found: dict[str, Compose] = {self.file.path: self.file}
        waiting, closed = [self.file, *self._companions()], True
        for file in waiting:
            found[file.path] = file
            for path in included(file):
                other = self.project.compose(path) if path else None
                closed = closed and other is not None and len(waiting) < MAX_FILES
                if other and other.path not in found and other not in waiting and closed:
                    waiting.append(other)
        return list(found.values()), closed

    def _companions(self) -> list[Compose]:
        """The files that may be laid over this one, or under it."""
        paths = [path for path in self.project.files.listing() if kind_of(path) == "compose"]
        near = paths if not self.file.is_base else [path for path in paths if self._is_above(path)]
        found = (self.project.compose(path) for path in near[:MAX_FILES])
        return [file for file in found if file and file is not self.file]

    def _is_above(self, path: str) -> bool:
        """Whether a file lies in the folder of this one, or in one that holds it."""
        folder = dirname(path)
        return not folder or self.file.path.startswith(folder + "/")

    def has_itself(self, thing: Thing, name: str) -> bool:
        """Whether the file itself has the name: then no other need be read."""
        return name in self._own.get(SECTIONS[thing], ())

    @cached_property
    def _own(self) -> dict[str, set[str]]:
        return {section: set(_keys(pairs)) for section, pairs in self.file.sections.items()}

    def lacks(self, thing: Thing, name: str) -> bool:
        """Whether no file has the name, and all have been read."""
        files, closed = self.files
        return closed and bool(files) and name not in self.names(thing)

    @cached_property
    def _names(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, dict[str, None]] = {}
        for file in self.files[0]:
            for section, pairs in file.sections.items():
                names = found.setdefault(section, {})
                names.update(dict.fromkeys(_keys(pairs)))
        return {section: tuple(names) for section, names in found.items()}

    def names(self, thing: Thing) -> tuple[str, ...]:
        found = self._names.get(SECTIONS[thing], ())
        return (*found, "default") if thing == "network" else found


def _keys(pairs: tuple[Pair, ...]) -> list[str]:
    return [pair.key.text for pair in pairs if isinstance(pair.key, Scalar)]


def included(file: Compose) -> Iterator[str | None]:
    """The paths in the project of the files that one includes; None for one that lies elsewhere."""
    for root in file.roots:
        listed = root.get("include")
        for entry in listed.items if isinstance(listed, Sequence) else ():
            given = entry.resolved
            paths = given.get("path") if isinstance(given, Mapping) else given
            for path in paths.items if isinstance(paths, Sequence) else [paths]:
                yield inside(file.path, path.text) if isinstance(path, Scalar) else None


def inside(path: str, relative: str) -> str | None:
    """A path in the file at ``path``, from the project's root; None where it leads out or is unknown."""
    if not relative or "$" in relative or "://" in relative or relative.startswith(("~", "git@", "oci:")):
        return None
    found = normpath(join(dirname(path), relative))
    return None if isabs(relative) or found.startswith("..") else found


def references(project: Project, file: Compose) -> list[Reference]:
    """All names that services use, each with the loop that it closes."""
    scope = Scope(project, file)
    found = []
    for service in file.services:
        for thing, name, span in named(service):
            if name and "$" not in name:
                found.append(Reference(service, scope, thing, name, span))
    _find_loops(file, [each for each in found if each.thing == "service"])
    found += [Reference(service, scope, "service", name, span) for service, name, span in _extended(file)]
    return found


def named(service: Service) -> Iterator[tuple[Thing, str, Span]]:
    """What a service uses, each with its name and where that is written; without what it extends."""
    for name, span in needed(service):
        yield "service", name, span
    for item in service.items("volumes"):
        yield from _volume(item)
    for name, span in _listed(service.entry("networks"), ()):
        yield "network", name, span
    for thing, key in (("secret", "secrets"), ("config", "configs")):
        for name, span in _listed(service.entry(key), ("source",)):
            yield thing, name, span  # type: ignore[misc]
    for name, span in _listed(service.entry("models"), ()):
        yield "model", name, span
    build = service.entry("build")
    if isinstance(build, Mapping):
        for name, span in _listed(build.get("secrets"), ("source",)):
            yield "secret", name, span


def _extended(file: Compose) -> Iterator[tuple[Service, str, Span]]:
    """The services of the file itself that others extend, for which these need not wait."""
    for service in file.services:
        base = service.entry("extends")
        if isinstance(base, Mapping):
            base = None if base.get("file") else base.get("service")
        if isinstance(base, Scalar) and "$" not in base.text:
            yield service, base.text, base.span


def needed(service: Service) -> Iterator[tuple[str, Span]]:
    """The services that one cannot start without."""
    node = service.entry("depends_on")
    for name, span in _listed(node, ()):
        required = looked_up(looked_up(node, name), "required")
        if not (isinstance(required, Scalar) and required.value is False):
            yield name, span
    for key in ("links", "volumes_from"):
        for item in service.items(key):
            if isinstance(item.resolved, Scalar) and not item.resolved.text.startswith("container:"):
                yield item.resolved.text.partition(":")[0], item.span
    for key in ("network_mode", "ipc", "pid"):
        shared = service.entry(key)
        if isinstance(shared, Scalar) and shared.text.startswith("service:"):
            yield shared.text.removeprefix("service:"), shared.span


def _listed(node: Node | None, keys: tuple[str, ...]) -> Iterator[tuple[str, Span]]:
    """The names of a list, or the keys of a mapping; in a list's mappings the value of one of ``keys``."""
    for key, _ in entries(node):
        if not key.text.startswith("x-"):
            yield key.text, key.span
    for item in node.items if isinstance(node, Sequence) else ():
        given = item.resolved
        values = [given] if isinstance(given, Scalar) else []
        if isinstance(given, Mapping):
            values = [value for key in keys if isinstance(value := given.get(key), Scalar)]
        for value in values:
            yield value.text, value.span


def _volume(item: Node) -> Iterator[tuple[Thing, str, Span]]:
    given = item.resolved
    if isinstance(given, Scalar):
        named = _NAMED_VOLUME.match(given.text)
        if named and not re.match(r"[A-Za-z]:[\\/]", given.text):
            yield "volume", named[1], given.source_span(0, named.end(1))
    elif isinstance(given, Mapping):
        kind, source = given.get("type"), given.get("source")
        if isinstance(kind, Scalar) and kind.text == "volume" and isinstance(source, Scalar):
            yield "volume", source.text, source.span


def _find_loops(file: Compose, references: list[Reference]) -> None:
    """Give each reference that closes a loop the services of it, walking from every service once."""
    uses: dict[str, list[Reference]] = {}
    for reference in references:
        uses.setdefault(reference.service.name, []).append(reference)
    done: set[str] = set()
    for service in file.services:
        way: dict[str, Iterator[Reference]] = {}
        name: str | None = service.name
        if name in done:
            continue
        way[service.name] = iter(uses.get(service.name, ()))
        while way:
            name = next(reversed(way))
            following = next(way[name], None)
            if following is None:
                done.add(name)
                del way[name]
            elif following.name in way:
                names = [*way]
                following.loop = (*names[names.index(following.name) :], following.name)
            elif following.name not in done and following.name in uses:
                way[following.name] = iter(uses[following.name])
