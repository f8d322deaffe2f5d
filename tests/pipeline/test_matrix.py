"""The combinations of a matrix."""

from __future__ import annotations

from typing import Any

import pytest

from cilint.pipeline.evaluate import UNKNOWN
from cilint.pipeline.matrix import MAX_LEGS, legs
from cilint.syntax.yaml import Mapping, parse


def read(text: str) -> tuple[dict[str, Any], ...]:
    root = parse(text).root
    assert isinstance(root, Mapping)
    return legs(root)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a: [x, y]", [{"a": "x"}, {"a": "y"}]),
        ("a: [x, y]\nb: [1]", [{"a": "x", "b": 1.0}, {"a": "y", "b": 1.0}]),
        ("a: [x, y]\nexclude: [{a: x}]", [{"a": "y"}]),
        ("a: [x, y]\nexclude: [{a: x}, {a: y}]", []),
        ("a: [x]\nb: [1, 2]\nexclude: [{a: x, b: 2}]", [{"a": "x", "b": 1.0}]),
        ("a: [x, y]\ninclude: [{a: x, n: 1}]", [{"a": "x", "n": 1.0}, {"a": "y"}]),
        ("a: [x]\ninclude: [{n: 1}]", [{"a": "x", "n": 1.0}]),
        ("a: [x]\ninclude: [{a: z}]", [{"a": "x"}, {"a": "z"}]),
        ("include: [{a: x}, {a: y}]", [{"a": "x"}, {"a": "y"}]),
        # GitHub's own example
        (
            "fruit: [apple, pear]\nanimal: [cat, dog]\n"
            "include:\n- color: green\n- {color: pink, animal: cat}\n"
            "- {fruit: apple, shape: circle}\n- {fruit: banana}\n- {fruit: banana, animal: cat}\n",
            [
                {"fruit": "apple", "animal": "cat", "color": "pink", "shape": "circle"},
                {"fruit": "apple", "animal": "dog", "color": "green", "shape": "circle"},
                {"fruit": "pear", "animal": "cat", "color": "pink"},
                {"fruit": "pear", "animal": "dog", "color": "green"},
                {"fruit": "banana"},
                {"fruit": "banana", "animal": "cat"},
            ],
        ),
        ("a: ${{ fromJSON(x) }}", []),
        ("a: [x]\ninclude: ${{ fromJSON(x) }}", []),
        ("a: [x]\nexclude: 3", []),
        ("a: x", []),
        ("include: []", []),
        ("a: []", []),
    ],
)
def test_legs(text: str, found: list[dict[str, Any]]) -> None:
    assert list(read(text)) == found


def test_a_leg_that_an_expression_gives_is_unknown() -> None:
    assert read("a: ['${{ vars.A }}', y]") == ({"a": UNKNOWN}, {"a": "y"})


def test_huge_matrices_are_cut_off() -> None:
    axis = "[" + ", ".join(str(each) for each in range(200)) + "]"
    assert len(read("\n".join(f"a{each}: {axis}" for each in range(20)))) == MAX_LEGS


def test_anchors_and_aliases_are_followed() -> None:
    assert read("a: &axis [x]\nb: *axis") == ({"a": "x", "b": "x"},)
