"""What FROM says: the image, the platform and the name of a stage."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property

from cilint.model.dockerfile import Dockerfile, Stage
from cilint.model.project import Project
from cilint.model.references import ImageReference
from cilint.syntax.dockerfile import Flag, Instruction
from cilint.syntax.expansion import Expansion, ExpansionError, expand
from cilint.text.edit import Edit
from cilint.text.hole import HOLE
from cilint.text.remember import remembered
from cilint.text.source import Span
from cilint.text.values import NamedTuple

RESERVED = ("context", "scratch")
_ARCHITECTURES = {
    "x86_64": "amd64", "x86-64": "amd64", "i386": "386", "i486": "386", "i586": "386", "i686": "386",
    "aarch64": "arm64", "armhf": "arm", "armel": "arm",
}  # fmt: skip
_FAMILIES = {
    "amd64": "amd64", "i386": "386", "arm32v5": "arm", "arm32v6": "arm", "arm32v7": "arm", "arm64v8": "arm64",
    "ppc64le": "ppc64le", "s390x": "s390x", "riscv64": "riscv64", "mips64le": "mips64le",
    "winamd64": "amd64",
}  # fmt: skip
"""The organisations of Docker Hub that hold the official images of one architecture each."""


class From:
    """One FROM. ``words`` are its arguments: the image, ``AS``, the name."""

    def __init__(self, project: Project, stage: Stage) -> None:
        self._project = project
        self.stage = stage
        self.path = stage.path
        self.instruction: Instruction = stage.from_
        self.span: Span = stage.from_.span

    def __repr__(self) -> str:
        return f"<{self.stage.from_.text}>"

    # -- the name ----------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """The stage's name as written; empty without one."""
        return self.instruction.arguments[2].text if self.stage.name is not None else ""

    @property
    def name_span(self) -> Span | None:
        return self.stage.name_span

    @property
    def as_word(self) -> str:
        return self.instruction.arguments[1].text if self.stage.name is not None else ""

    @property
    def as_span(self) -> Span | None:
        return self.instruction.arguments[1].span if self.stage.name is not None else None

    @property
    def cased_as(self) -> str:
        """``AS`` in the case of FROM, which must be all lower or all upper; else as it is written."""
        keyword = self.instruction.keyword
        if keyword == keyword.lower():
            return self.as_word.lower()
        return self.as_word.upper() if keyword == keyword.upper() else self.as_word

    @property
    def same_name(self) -> Stage | None:
        """The first stage that has the same name, in any case; None if that is this one."""
        first = _first_named(self.stage.dockerfile).get(self.stage.name or "")
        return None if first is self.stage else first

    @property
    def name_is_reserved(self) -> bool:
        return self.stage.name in RESERVED

    @cached_property
    def lower_name(self) -> tuple[Edit, ...]:
        """The edits that write the name, and all that refers to it, in lower case."""
        name, span = self.name, self.name_span
        lowered = name.lower()
        if span is None or not name.isascii():
            return ()
        places = _references(self.stage.dockerfile).get(name, ())
        return (Edit(span, lowered), *(Edit(place, lowered) for place in places))

    # -- the image ---------------------------------------------------------------------------------

    @property
    def image(self) -> ImageReference | None:
        """The image; None for an earlier stage and for ``scratch``."""
        return self.stage.image

    @property
    def image_span(self) -> Span | None:
        return self.stage.base_span

    @property
    def image_text(self) -> str:
        """The image as written."""
        words = self.instruction.arguments
        return words[0].text if words else ""

    @property
    def names_an_image(self) -> bool:
        """Whether an image is named there, however it is called: no earlier stage, no lone variable."""
        return (
            self.image is not None
            and self.image.path != HOLE
            and HOLE not in self.image.text.partition(":")[0]
        )

    @property
    def is_untagged(self) -> bool:
        """Whether neither a tag nor a digest says which image it is."""
        image = self.image
        return self.names_an_image and image is not None and image.tag is None and image.digest is None

    @property
    def is_latest(self) -> bool:
        image = self.image
        return self.names_an_image and image is not None and image.tag == "latest" and image.digest is None

    @cached_property
    def with_known_tag(self) -> tuple[Edit, ...]:
        """The edit that writes the tag that the image has elsewhere in the project."""
        from cilint.pipeline.effects.known_tags import known_tag

        name, span = self.image_text.removesuffix(":latest"), self.image_span
        if self.image is None or span is None or "$" in name or "@" in name:
            return ()
        tag = known_tag(self._project, self.image, self.path)
        return (Edit(span, f"{name}:{tag}"),) if tag else ()

    @cached_property
    def default_is_invalid(self) -> bool:
        """Whether the image's name is empty or none at all as long as nobody passes arguments."""
        words = self.instruction.arguments
        if not words or "$" not in words[0].text:
            return False
        known = self.stage.dockerfile.global_args
        named = re.findall(r"\w+", words[0].text)
        arguments = {name: known[name] or "" for name in named if name in known}
        try:
            text = expand(words[0].text, arguments, escape=self.instruction.escape).text
        except ExpansionError:
            return False
        return not ImageReference.parse(text).valid

    def missing_labels(self, names: Iterable[str]) -> tuple[str, ...]:
        """Those of the names that no LABEL of the stage, or of one that it is built on, sets."""
        stages = (self.stage, *self.stage.chain)
        return tuple(name for name in names if not any(name in _labels(stage) for stage in stages))

    # -- the platform ------------------------------------------------------------------------------

    @property
    def platform_flag(self) -> Flag | None:
        return self.instruction.flag("platform")

    @property
    def platform(self) -> str:
        """The value of ``--platform`` as written; empty without it."""
        flag = self.platform_flag
        return flag.value or "" if flag else ""

    @property
    def platform_span(self) -> Span | None:
        flag = self.platform_flag
        return flag.value_span or flag.span if flag else None

    @cached_property
    def _platform(self) -> Expansion | None:
        try:
            return expand(self.platform, self.stage.dockerfile.global_args, escape=self.instruction.escape)
        except ExpansionError:
            return None

    @property
    def platform_is_redundant(self) -> bool:
        """Whether it is the platform that is built for anyway, by the variable alone."""
        expansion = self._platform
        return expansion is not None and (
            expansion.matched == ("TARGETPLATFORM",) and not expansion.unmatched and expansion.text == HOLE
        )

    @property
    def platform_is_constant(self) -> bool:
        """Whether one fixed platform is named, and the stage is not called after it."""
        expansion = self._platform
        if not self.platform or expansion is None or expansion.matched or expansion.unmatched:
            return False
        system, architecture = _platform_parts(expansion.text)
        name = self.stage.name or ""
        return bool(system) and system not in name and architecture not in name

    @property
    def platform_is_of_the_build(self) -> bool:
        """Whether it speaks of the platform that is built on or for."""
        return "BUILDPLATFORM" in self.platform or "TARGETPLATFORM" in self.platform

    @property
    def image_architecture(self) -> str:
        """The architecture that the image's name tells (``arm64v8/node``); empty for any other."""
        image = self.image
        if image is None or image.host != "docker.io" or "/" not in image.path:
            return ""
        return _FAMILIES.get(image.path.partition("/")[0], "")

    @property
    def platform_is_of_another_image(self) -> bool:
        """Whether the image's name tells another architecture than the platform."""
        architecture = self.image_architecture
        expansion = self._platform
        if not architecture or not self.platform or expansion is None or HOLE in expansion.text:
            return False
        return _platform_parts(expansion.text)[1] not in ("", architecture)

    @cached_property
    def without_platform(self) -> tuple[Edit, ...]:
        from cilint.syntax.dockerfile_edit import remove_flag

        flag = self.platform_flag
        return tuple(remove_flag(self.stage.dockerfile.document, self.instruction, flag)) if flag else ()


def _platform_parts(text: str) -> tuple[str, str]:
    """System and architecture of a platform as containerd reads it (its platforms package)."""
    first, slash, rest = text.lower().partition("/")
    system = first.partition("(")[0]
    if slash:
        architecture = rest.partition("/")[0]
        return system, _ARCHITECTURES.get(architecture, architecture)
    if system in ("linux", "windows", "darwin", "freebsd"):
        return system, "amd64"
    known = {*_ARCHITECTURES, *_ARCHITECTURES.values(), "ppc64le", "s390x", "riscv64"}
    return ("linux", _ARCHITECTURES.get(first, first)) if first in known else ("", "")


@remembered
def _labels(stage: Stage) -> frozenset[str]:
    """The names of the labels that the instructions of a stage set."""
    pairs = (pair for each in stage.instructions if each.name == "LABEL" for pair in each.pairs)
    return frozenset(pair.name.strip("'\"") for pair in pairs)


@remembered
def _first_named(dockerfile: Dockerfile) -> dict[str, Stage]:
    return {stage.name: stage for stage in reversed(dockerfile.stages) if stage.name}


@remembered
def _references(dockerfile: Dockerfile) -> dict[str, list[Span]]:
    """Where instructions name stages, by what they write."""
    found: dict[str, list[Span]] = {}
    for instruction in dockerfile.instructions:
        for name, span in _named_by(instruction):
            found.setdefault(name, []).append(span)
    return found


def _named_by(instruction: Instruction) -> Iterator[tuple[str, Span]]:
    flag = instruction.flag("from") if instruction.name == "COPY" else None
    if flag and flag.value and flag.value_span:
        yield flag.value, flag.value_span
    for mount in instruction.mounts:
        option = mount.option("from")
        if option and option.value and option.value_span:
            yield option.value, option.value_span
    if instruction.name == "FROM" and instruction.arguments:
        yield instruction.arguments[0]


def froms(project: Project, dockerfile: Dockerfile) -> Iterator[From]:
    """The FROMs, in order."""
    return (From(project, stage) for stage in dockerfile.stages)


class ImageUse(NamedTuple):
    """An image that FROM, COPY or a mount names; ``image`` has its ARGs filled in."""

    path: str
    span: Span
    image: ImageReference

    def comes_from(self, registries: Iterable[str]) -> bool:
        """Whether its registry is one of these; ``*`` at the beginning or the end stands for any text."""
        host = self.image.host
        hosts = ("docker.io", "hub.docker.com") if host == "docker.io" else (host,)
        return HOLE in host or any(_matches(each, pattern) for pattern in registries for each in hosts)


def _matches(host: str, pattern: str) -> bool:
    if pattern.startswith("*"):
        return host.endswith(pattern[1:])
    return host.startswith(pattern[:-1]) if pattern.endswith("*") else host == pattern


def image_uses(dockerfile: Dockerfile) -> Iterator[ImageUse]:
    """The images that a file uses; earlier stages and ``scratch`` are none."""
    for stage in dockerfile.stages:
        if stage.image and stage.base_span:
            yield ImageUse(stage.path, stage.base_span, stage.image)
        for instruction in stage.instructions:
            for name, span in _named_by(instruction):
                if instruction.name in ("COPY", "RUN") and dockerfile.stage(name) is None and "$" not in name:
                    yield ImageUse(stage.path, span, ImageReference.parse(name))
