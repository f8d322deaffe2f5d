"""GitHub's filter patterns."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cilint.pipeline.filters import examples, matches, selected


@pytest.mark.parametrize(
    ("pattern", "taken", "left"),
    [
        ("main", ["main"], ["Main", "main2", "a/main", ""]),
        ("*", ["main", "v1.0"], ["feature/x"]),
        ("**", ["main", "feature/x/y"], []),
        ("feature/*", ["feature/x"], ["feature/x/y", "feature"]),
        ("feature/**", ["feature/x", "feature/x/y"], ["feature", "features/x"]),
        ("**/main", ["main", "a/main", "a/b/main"], ["amain"]),
        ("*main*", ["main", "a-main-b"], ["a/main"]),
        ("v[12].[0-9]+", ["v1.10", "v2.0"], ["v3.0", "v1."]),
        ("v1.?", ["v1", "v1."], ["v1.0"]),
        ("[abc", ["[abc"], ["a"]),
        ("a\\*", ["a*"], ["ab"]),
        ("", [""], ["a"]),
        ("+", ["+"], [""]),
        ("x+", ["x", "xxx"], ["", "y"]),
    ],
)
def test_patterns(pattern: str, taken: list[str], left: list[str]) -> None:
    assert [name for name in (*taken, *left) if matches(pattern, name)] == taken


@pytest.mark.parametrize(
    ("patterns", "name", "taken"),
    [
        (("**", "!main"), "main", False),
        (("**", "!main", "main"), "main", True),
        (("!main", "**"), "main", True),
        (("!main",), "other", False),
        ((), "main", False),
    ],
)
def test_the_last_pattern_that_matches_decides(patterns: tuple[str, ...], name: str, taken: bool) -> None:
    assert selected(patterns, name) is taken


def test_hostile_patterns_take_no_time() -> None:
    start = time.process_time()
    assert not matches("*a" * 100, "a" * 99)
    assert not matches("[\0-\U0010ffff]" * 5, "a")
    assert time.process_time() - start < 30


@given(st.text("ab*?+[]!-\\/", max_size=12), st.text("ab/", max_size=8))
def test_any_pattern_gives_an_answer(pattern: str, name: str) -> None:
    assert matches(pattern, name) in (True, False)


def test_examples_of_a_pattern() -> None:
    assert examples("m?ain+") == ("ain", "mainn")
    assert examples("release/**") == ("release/x",)
    assert examples("v[1-3]?.*") == ("v.x", "v1.x")
    assert examples("") == ()


@given(st.text("ab*?+[]/-\\\\", max_size=12))
def test_patterns_take_their_examples(pattern: str) -> None:
    assert all(matches(pattern, name) for name in examples(pattern))
