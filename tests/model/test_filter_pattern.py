"""Patterns of branches, tags and paths: what is wrong with them, and what is not."""

from __future__ import annotations

import pytest

from cilint.model.filter_pattern import flaws


def wrong(pattern: str, *, of_path: bool = False) -> list[str]:
    """The parts of a pattern that are wrong."""
    return [pattern[flaw.start : flaw.end] for flaw in flaws(pattern, of_path=of_path)]


@pytest.mark.parametrize(
    ("pattern", "parts"),
    [
        ("^main", ["^"]),
        ("a b:c", [" ", ":"]),
        ("+a", ["+"]),
        ("a**?", ["?"]),
        ("[ab", ["[ab"]),
        ("[]", ["[]"]),
        ("[z-a]x", ["z-a"]),
        ("v[0-]", ["0-"]),
        ("[x]", ["[x]"]),
        ("!", ["!"]),
        ("!/x/", ["/", "/"]),
        ("a//b..c", ["//", ".."]),
        ("a\\d", ["\\d"]),
        ("a\\?", ["\\?"]),
        ("a\\", ["\\"]),
        ("refs/tags/v*", ["refs/tags/v*"]),
    ],
)
def test_names(pattern: str, parts: list[str]) -> None:
    assert wrong(pattern) == parts


@pytest.mark.parametrize(
    "pattern", ["main", "**", "*", "!v[0-9]+.x", "a?b+c", "release/**/x", "a\\+b", "[a-z0-9_]*", "[!a]b"]
)
def test_names_that_are_right(pattern: str) -> None:
    assert wrong(pattern) == []


@pytest.mark.parametrize(
    ("pattern", "bad"),
    [
        ("./a", True),
        ("a/../b", True),
        ("/a", True),
        (" a", True),
        ("a\n", True),
        ("a b/**.c", False),
        ("!.github/**", False),
    ],
)
def test_paths(pattern: str, bad: bool) -> None:
    assert bool(wrong(pattern, of_path=True)) is bad
