"""What Compose files declare for their services to use: volumes, networks, secrets, configs, models."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from cilint.model.compose import Compose, looked_up
from cilint.model.kinds import kind_of
from cilint.model.project import Project
from cilint.pipeline.effects.compose_references import MAX_FILES, SECTIONS, Thing, included, named
from cilint.syntax.yaml import Node, Scalar
from cilint.text.hole import HOLE
from cilint.text.source import Span

Name = tuple[Thing, str]

_VARIABLE = re.compile(r"\$\{[^}]{0,200}\}|\$\w+")


class Usage:
    """The names that services of any Compose file of the project use."""

    def __init__(self, project: Project) -> None:
        self.project = project

    @cached_property
    def names(self) -> frozenset[Name] | None:
        """None where not all can be told: files lie elsewhere or are too many, or a variable gives a name."""
        found: set[Name] = set()
        paths = [path for path in self.project.files.listing() if kind_of(path) == "compose"]
        for path in paths:  # which grow by what is included
            file = self.project.compose(path)
            own = names_of(file) if file else set()
            others = [*included(file)] if file else []
            if own is None or None in others or len(paths) > MAX_FILES:
                return None
            found |= own
            paths += [other for other in dict.fromkeys(others) if other and other not in paths]
        return frozenset(found)


class Declaration:
    """One entry of a top-level section; ``others`` is None where the file itself uses it, or may."""

    def __init__(self, file: Compose, thing: Thing, key: Scalar, others: Usage | None) -> None:
        self.file = file
        self.path = file.path
        self.thing: Thing = thing
        self.name: str = key.text
        self.span: Span = key.span
        self._others = others

    @property
    def is_unused(self) -> bool:
        """Whether no service of the project uses it."""
        used = self._others.names if self._others else None
        return used is not None and (self.thing, self.name) not in used


def declarations(file: Compose, usage: Usage) -> Iterator[Declaration]:
    own = names_of(file)
    for thing, section in SECTIONS.items():
        for pair in file.sections.get(section, ()) if thing != "service" else ():
            if isinstance(pair.key, Scalar) and not pair.key.text.startswith(("x-", "<<")):
                used = own is None or (thing, pair.key.text) in own
                yield Declaration(file, thing, pair.key, None if used else usage)


def names_of(file: Compose) -> set[Name] | None:
    """The names that the services of one file use; None where a variable or another file gives one."""
    found: set[Name] = {("network", "default")}
    for service in file.services:
        if service.has("credential_spec") or looked_up(service.entry("extends"), "file"):
            return None
        for thing, name, _ in named(service):
            if "$" in name:
                return None
            found.add((thing, name))
        if any(_is_open(item.resolved) for item in service.items("volumes")):
            return None
    return found


def _is_open(volume: Node) -> bool:
    """Whether a variable may give the name of a volume, and not a path."""
    text = _VARIABLE.sub(HOLE, volume.text) if isinstance(volume, Scalar) else ""
    source = text.partition(":")[0]
    return HOLE in source and "/" not in source
