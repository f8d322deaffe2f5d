"""The patterns of a .dockerignore (docs.docker.com, "Build context", and github.com/moby/patternmatcher)."""

from __future__ import annotations

from collections.abc import Iterable
from posixpath import normpath

from cilint.text.source import SourceFile, Span
from cilint.text.values import NamedTuple

MAX_PATTERNS = 500
MAX_STEPS = 40


class IgnorePattern(NamedTuple):
    """One line: ``text`` without ``!`` and slashes around it; ``takes_back``: it begins with ``!``."""

    text: str
    takes_back: bool
    span: Span

    def fits(self, path: str) -> bool:
        """Whether it means the path or a folder above it."""
        steps = path.split("/")[:MAX_STEPS]
        parts = tuple(self.text.split("/"))
        return any(_fits(parts, tuple(steps[:length])) for length in range(1, len(steps) + 1))


def read_patterns(source: SourceFile) -> tuple[IgnorePattern, ...]:
    """The patterns of a file, in order; at most MAX_PATTERNS."""
    found = []
    for number in range(1, min(len(source.line_starts), MAX_PATTERNS) + 1):
        line = source.line(number).strip()
        text = line.removeprefix("!").strip()
        if text and not line.startswith("#"):
            path = normpath(text).lstrip("/") or "/"
            found.append(IgnorePattern(path, line[0] == "!", source.line_span(number)))
    return tuple(found)


def _fits(parts: tuple[str, ...], steps: tuple[str, ...]) -> bool:
    """Whether a path fits part by part; ``**`` stands for any number of folders."""
    reached = {0}
    for part in parts:
        if part == "**":
            reached = set(range(min(reached), len(steps) + 1)) if reached else set()
        else:
            reached = {at + 1 for at in reached if at < len(steps) and _is(steps[at], part)}
    return len(steps) in reached


def _is(name: str, part: str) -> bool:
    if not any(char in part for char in "*?["):
        return name == part
    from fnmatch import fnmatchcase

    return fnmatchcase(name, part)


def ignored_by(path: str, patterns: Iterable[IgnorePattern]) -> IgnorePattern | None:
    """The pattern that leaves a path out: the last one that fits decides."""
    result = None
    for pattern in patterns:
        if pattern.fits(path):
            result = None if pattern.takes_back else pattern
    return result
