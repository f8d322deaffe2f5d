"""The layout: nothing overlaps, edges run from left to right, the same input gives the same picture."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cilint.report.graph_layout import GAP_X, GAP_Y, layout, ranks_of

NAMES = [f"n{number}" for number in range(9)]
EDGES = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), max_size=16)
SIZES = st.fixed_dictionaries({name: st.tuples(st.integers(40, 200), st.integers(20, 90)) for name in NAMES})


def test_columns_by_the_longest_path() -> None:
    edges = [("a", "b"), ("b", "c"), ("a", "c"), ("d", "c")]
    assert ranks_of(["a", "b", "c", "d"], edges) == {"a": 0, "b": 1, "c": 2, "d": 1}


def test_a_straight_chain_is_straight() -> None:
    sizes = {"a": (50.0, 20.0), "b": (50.0, 60.0), "c": (50.0, 30.0)}
    found = layout(sizes, [("a", "b"), ("b", "c")])
    assert {box.middle for box in found.boxes.values()} == {30.0}
    assert (found.width, found.height) == (150 + 2 * GAP_X, 60.0)


def test_order_avoids_crossings() -> None:
    sizes = dict.fromkeys(["a", "b", "c", "d"], (50.0, 20.0))
    boxes = layout(sizes, [("a", "d"), ("b", "c")]).boxes
    assert (boxes["a"].y < boxes["b"].y) == (boxes["d"].y < boxes["c"].y)


def test_a_long_edge_goes_around_the_boxes_between() -> None:
    sizes = dict.fromkeys(["a", "b", "c"], (50.0, 20.0))
    found = layout(sizes, [("a", "b"), ("b", "c"), ("a", "c")])
    middle = found.routes[2][1:-1]
    box = found.boxes["b"]
    assert len(middle) == 2
    assert all(y <= box.y - GAP_Y / 2 or y >= box.y + box.height + GAP_Y / 2 for _, y in middle)


@settings(max_examples=150)
@given(SIZES, EDGES)
def test_nothing_overlaps(sizes: dict[str, tuple[float, float]], edges: list[tuple[str, str]]) -> None:
    found = layout(sizes, edges)
    boxes = list(found.boxes.values())
    assert set(found.boxes) == set(sizes)
    for at, one in enumerate(boxes):
        assert one.x >= 0
        assert one.y >= -0.001
        assert one.x + one.width <= found.width + 0.001
        assert one.y + one.height <= found.height + 0.001
        for other in boxes[at + 1 :]:
            beside = one.x + one.width < other.x or other.x + other.width < one.x
            above = one.y + one.height < other.y or other.y + other.height < one.y
            assert beside or above
    for (source, target), route in zip(edges, found.routes, strict=True):
        one, other = found.boxes[source], found.boxes[target]
        assert route[0] == pytest.approx((one.x + one.width, one.middle))
        assert route[-1] == pytest.approx((other.x, other.middle))
    assert layout(sizes, edges) == found


def test_hundreds_of_boxes_are_no_matter() -> None:
    names = [f"n{number}" for number in range(400)]
    edges = list(pairwise(names)) + [(names[0], name) for name in names[1:]]
    assert len(layout(dict.fromkeys(names, (50.0, 20.0)), edges).boxes) == 400
