"""What is known of actions by their name and version: inputs, outputs, whether they still run."""

from __future__ import annotations

from functools import cache, lru_cache

from cilint.model.references import ActionReference
from cilint.text.source import SourceFile, Span
from cilint.text.values import NamedTuple

_FIRST_WORKING = {"actions/upload-artifact": 4, "actions/download-artifact": 4, "actions/cache": 3}
"""Actions whose service GitHub has switched off, with the first major version that speaks to the new one
(github.blog/changelog, 2024-04-16 and 2024-12-05)."""


class ActionSpec(NamedTuple):
    """Inputs by lower-case name, with their own spelling; which of them must be given, which are deprecated.

    ``any_input`` and ``any_output``: others are taken, or given, as well.
    """

    inputs: dict[str, str]
    required: tuple[str, ...]
    deprecated: frozenset[str]
    outputs: tuple[str, ...]
    any_input: bool = False
    any_output: bool = False


def version_of(action: ActionReference, source: SourceFile, span: Span) -> str:
    """The version that an action is used at: its ref, or what the comment says behind a commit's hash."""
    if not action.is_commit:
        return action.ref
    line = source.position(span.end).line
    rest = source.text[span.end : source.line_span(line).end]
    before, mark, comment = rest.partition("#")
    words = comment.replace("tag=", "").replace("@", " ").split()
    return words[0] if mark and words and not before.strip("'\" \t") else ""


def known_action(name: str, version: str) -> ActionSpec | None:
    """The action ``owner/repo[/path]`` (lower case) at a version such as ``v4``, ``v4.1.2`` or ``main``."""
    found = _spec_words(name, version)
    return None if found is None else _spec(*found)


def is_retired(name: str, version: str) -> bool:
    """Whether that version of an action is out of support, its Node.js gone from GitHub's machines."""
    exact, *release = _spellings(version)
    standing = (exact, *release, f"v{_major(version)}") if release else (exact,)
    return any(f"-{name}@{each}" in _lines() for each in standing)


def is_switched_off(name: str, version: str) -> bool:
    """Whether that version of an action fails wherever it is used, since GitHub refuses what it asks for."""
    number = _major(version)
    return number != "" and int(number[:4]) < _FIRST_WORKING.get(name, 0)


@cache
def _table() -> str:
    """The table as text: looking a line up in it is quicker than loading all of it as values."""
    with open(f"{__file__.removesuffix('.py')}.txt", encoding="utf-8") as file:
        return file.read()


@cache
def _lines() -> dict[str, str]:
    """The table's lines by what they begin with: an action at a version, or ``-`` and one that is retired."""
    return {line.partition("\t")[0]: line for line in _table().splitlines()}


def _spec_words(name: str, version: str) -> tuple[str, str] | None:
    lines = _lines()
    for each in _spellings(version):
        if f"{name}@{each}" in lines:
            _, inputs, outputs = lines[f"{name}@{each}"].split("\t")
            return inputs, outputs
    return None


def _spellings(version: str) -> tuple[str, ...]:
    """The version itself, and the major version that it belongs to: `1.96` may be the version of anything.

    Before 1.0.0 every minor version may be another, so that it takes the part of the major one.
    """
    lowered, number = version.lower(), _major(version)
    if number == "0":
        minor = lowered.removeprefix("v").split(".")[1:2]
        number = ".".join((number, *minor))
    released = lowered.startswith("v") or lowered.count(".") == 2
    return (lowered, f"v{number}") if number[:1].isdigit() and released else (lowered,)


def _major(version: str) -> str:
    """The number that a version begins with; empty for what is no version."""
    number = version.lower().removeprefix("v").partition(".")[0].partition("-")[0]
    return number if number.isdigit() else ""


@lru_cache(maxsize=256)
def _spec(inputs: str, outputs: str) -> ActionSpec:
    words = inputs.split()
    names = [word.rstrip("!~") for word in words if word != "*"]
    given = outputs.split()
    return ActionSpec(
        {name.lower(): name for name in names},
        tuple(word.rstrip("!~") for word in words if "!" in word),
        frozenset(word.rstrip("!~").lower() for word in words if word.endswith("~")),
        tuple(name for name in given if name != "*"),
        "*" in words,
        "*" in given,
    )
