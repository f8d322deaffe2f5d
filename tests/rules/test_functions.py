from __future__ import annotations

import pytest

from cilint.rules import functions as f


def test_nothing_gives_nothing() -> None:
    assert (f.first(None), f.count(None), f.unique(None), f.join(",", None)) == (None, 0, [], "")
    assert (f.lower(None), f.basename(None), f.size(None), f.get(None, "x"), f.call(None, "x", 1)) == (
        "", "", 0, None, None,
    )  # fmt: skip
    assert not f.startswith(None, "a")
    assert not f.endswith(None, "a")
    assert not f.matches("a", None)
    assert f.at([], 3) is None
    assert f.at(None, "a") is None
    assert not f.ordered(None, "<", 3)


def test_least_and_greatest_of_several_or_of_one_collection() -> None:
    assert (f.least(3, 1, None), f.greatest([3, 1, None]), f.least([])) == (1, 3, None)


@pytest.mark.parametrize(("operator", "expected"), [("<", False), ("<=", True), (">", False), (">=", True)])
def test_ordered(operator: str, expected: bool) -> None:
    assert f.ordered(2, operator, 2) is expected


def test_a_message_is_one_line_of_bounded_length() -> None:
    assert f.said("a\0b\n  c") == "a…b c"
    assert f.said(["x", None, True]) == "x, nothing, true"
    assert f.said({"b", "a"}) == "a, b"
    assert f.said(()) == "none"
    assert len(f.said("x" * 500)) == f.MAX_SAID


def test_a_fix_writes_nothing_that_is_not_known() -> None:
    assert f.written(["a", 3, True]) == "a, 3, true"
    for value in (None, "a\0", ["a", None]):
        with pytest.raises(f.NoValueError):
            f.written(value)


def test_join_is_bounded() -> None:
    assert len(f.join("", ("x" * 100_000 for _ in range(1000)))) < 2 * f.MAX_TEXT
