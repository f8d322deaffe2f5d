"""What one build of an image does, read from whatever describes it."""

from __future__ import annotations

from cilint.pipeline.effects.tags import Tag
from cilint.pipeline.effects.views import View
from cilint.text.hints import Protocol
from cilint.text.hole import HOLE
from cilint.text.source import Span
from cilint.text.values import NamedTuple

_ARCHITECTURES = {
    "x86_64": "amd64",
    "x86-64": "amd64",
    "aarch64": "arm64",
    "armhf": "arm/v7",
    "armel": "arm/v6",
}


class Recipe(NamedTuple):
    """A build in one scenario and leg. Texts may hold HOLE; ``push`` and ``load`` are None where not known.

    ``platforms`` is a list with commas or line ends, empty where the build names none: then it is the
    ``runner``'s, whose architecture is None where not known. ``cached``: the builder caches by itself.
    """

    push: bool | None = False
    load: bool | None = False
    tags: tuple[Tag, ...] = ()
    platforms: str = ""
    by_digest: bool = False
    cache_from: str = ""
    cache_to: str = ""
    no_cache: bool | None = False
    context: str | None = None
    file: str | None = None
    target: str | None = None
    labels: str = ""
    runner: str | None = None
    cached: bool = False

    @property
    def named_platforms(self) -> tuple[str, ...]:
        """The platforms that the build names, as BuildKit normalises them."""
        names = self.platforms.replace("\n", ",").split(",")
        return tuple(dict.fromkeys(normalise_platform(name) for name in names if name.strip()))

    @property
    def effective_platforms(self) -> tuple[str, ...] | None:
        """The platforms that the image has; None where they are not known."""
        if HOLE in self.platforms:
            return None
        if self.named_platforms:
            return self.named_platforms
        return (f"linux/{self.runner}",) if self.runner else None

    @property
    def cache_kinds(self) -> tuple[str, ...]:
        """The types of cache that it reads and writes: ``gha``, ``registry``, ``inline`` …"""
        found = []
        for line in (self.cache_from + "\n" + self.cache_to).split("\n"):
            kind = next(
                (f.partition("=")[2] for f in line.replace(" ", "").split(",") if f.startswith("type=")), None
            )
            if line.strip():
                found.append(kind or ("registry" if HOLE not in line else HOLE))
        return tuple(dict.fromkeys(found))


class Reader(Protocol):
    """What describes a build. ``tool`` is the action or program that builds."""

    tool: str

    def read(self, view: View) -> Recipe: ...

    def state(self, view: View) -> bool | None:
        """Whether the build runs where its step does."""
        ...

    def place(self, name: str) -> Span | None:
        """Where ``platforms``, ``push``, ``cache-to`` … are given, in the file of the step."""
        ...


def normalise_platform(text: str) -> str:
    """As BuildKit writes it: ``x86_64`` is ``linux/amd64``, ``linux/arm64/v8`` is ``linux/arm64``."""
    system, slash, machine = text.strip().lower().partition("/")
    if not slash:
        system, machine = "linux", system
    machine = machine.removesuffix("/v8") if machine.startswith(("arm64", "aarch64")) else machine
    return f"{system}/{_ARCHITECTURES.get(machine, machine)}"


def output_pushes(text: str) -> bool | None:
    """Whether an ``--output`` or ``outputs`` pushes: ``type=registry`` is ``type=image,push=true``."""
    fields = text.replace(" ", "").replace('"', "").replace("\n", ",").lower().split(",")
    if "type=registry" in fields or "push=true" in fields:
        return True
    return None if HOLE in text else False


def output_loads(text: str) -> bool:
    """Whether an ``--output`` or ``outputs`` makes an image for Docker itself."""
    return "type=docker" in text.replace(" ", "").replace('"', "").replace("\n", ",").lower().split(",")


def either(*states: bool | None) -> bool | None:
    """Three-valued or."""
    if any(state is True for state in states):
        return True
    return None if any(state is None for state in states) else False
