"""Reordering what a collection holds: the same data in another order, and not a character lost."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cilint.syntax.yaml import Alias, Mapping, Node, Scalar, Sequence, parse
from cilint.syntax.yaml_edit import EditRefused, reorder
from cilint.text.edit import apply_edits


def data(node: Node) -> Any:
    """What a node says, with the order of keys."""
    node = node.resolved
    if isinstance(node, Mapping):
        return [(data(key), data(value)) for key, value in node.pairs]
    if isinstance(node, Sequence):
        return [data(item) for item in node.items]
    assert not isinstance(node, Alias)
    return node.value if isinstance(node, Scalar) else None


def reordered(text: str, order: list[int], key: str = "") -> str:
    doc = parse(text)
    node = doc.root.get(key) if key and isinstance(doc.root, Mapping) else doc.root
    assert isinstance(node, Mapping | Sequence)
    return apply_edits(text, reorder(doc, node, order))


VALUES = (
    "1",
    "'two' # said",
    '"${{A}}:80"',
    "&{key} x",
    "|\n{in}one\n{in}# no comment\n\n{in}two",
    ">-\n{in}folded",
    "\n{in}a: 1\n{in}# inner\n{in}b:\n{in}  - c",
    "\n{in}- x\n{in}- y",
    "{{a: 1, b: [c, d]}}",
    "",
)


@st.composite
def entries(draw: st.DrawFn) -> tuple[str, list[int]]:
    """The text of a mapping or list below ``top``, and an order for what it holds."""
    count = draw(st.integers(2, 6))
    indent = draw(st.sampled_from(["  ", "    "]))
    listed = draw(st.booleans())
    lines = ["# the file", "", "top:"]
    for number in range(count):
        if draw(st.booleans()):
            lines.append(f"{indent}# about {number}")
        value = draw(st.sampled_from(VALUES)).format(key=f"k{number}", **{"in": indent + "    "})
        begin = f"- n{number}: " if listed else f"key{number}: "
        lines += (indent + begin + value).rstrip(" ").split("\n")
        if draw(st.booleans()):
            lines.append(f"{indent}  {indent}# below {number}")
        if draw(st.booleans()):
            lines.append("")
    text = "\n".join([*lines, "after: 1" if draw(st.booleans()) else "", ""])
    return text, draw(st.permutations(range(count)))


@given(entries(), st.sampled_from(["\n", "\r\n"]))
def test_the_same_data_in_another_order_and_every_line_kept(drawn: tuple[str, list[int]], end: str) -> None:
    text, order = drawn
    text = text.replace("\n", end)
    before = parse(text)
    assert before.errors == []
    assert isinstance(before.root, Mapping)
    old = before.root.get("top")
    try:
        after = reordered(text, order, "top")
    except EditRefused:
        return
    root = parse(after).root
    assert isinstance(root, Mapping)
    new = root.get("top")
    assert old is not None
    assert new is not None
    held = data(old)
    assert data(new) == [held[place] for place in order]
    assert Counter(after.split(end)) == Counter(text.split(end))
    back = [order.index(place) for place in range(len(order))]
    assert data(parse(reordered(after, back, "top")).root or new) == data(before.root)


@given(st.permutations(range(4)))
def test_plain_entries_are_never_refused(order: list[int]) -> None:
    lines = ["# a\na: 1\n", "b:\n  - x # y\n", "# c\n# c\nc: {d: e}\n", "d: |\n  text\n"]
    assert reordered("x: 0\n" + "".join(lines), [0, *(place + 1 for place in order)]) == "x: 0\n" + "".join(
        lines[place] for place in order
    )


def test_comments_go_with_what_they_stand_above_and_gaps_stay() -> None:
    text = "a:\n  # of z\n  z: 1 # one\n    # in z\n\n\n  y: 2"
    assert reordered(text, [1, 0], "a") == "a:\n  y: 2\n\n\n  # of z\n  z: 1 # one\n    # in z"


def test_flow_collections() -> None:
    assert reordered("a: [z,  'y', {x: 1} ]\n", [2, 1, 0], "a") == "a: [{x: 1},  'y', z ]\n"
    assert reordered("a: {z: 1,\n    y: 2}\n", [1, 0], "a") == "a: {y: 2,\n    z: 1}\n"


def test_documents_are_told_apart() -> None:
    from cilint.syntax.yaml import Dialect

    doc = parse("a: 1\n---\nc: 1\nb: 2\n", dialect=Dialect(several=True))
    second = doc.roots[1]
    assert isinstance(second, Mapping)
    assert apply_edits(doc.text, reorder(doc, second, [1, 0])) == "a: 1\n---\nb: 2\nc: 1\n"


@pytest.mark.parametrize(
    "text",
    [
        "# the file, or the key\na: 1\nb: 2\n",
        "a: &x 1\nb: *x\n",
        "x: &x 1\na: *x\nb: &x 2\n",
        "a: 1\n# loose\n\nb: 2\n",
        "a: 1\n# a comment\n\n# another one\nb: 2\n",
        "{a: 1, # one\n b: 2}\n",
        "? a\n: 1\n? b\n: 2\n",
    ],
)
def test_what_is_not_certain_is_refused(text: str) -> None:
    doc = parse(text)
    assert isinstance(doc.root, Mapping)
    order = list(reversed(range(len(doc.root.pairs))))
    with pytest.raises(EditRefused):
        reorder(doc, doc.root, order)


def test_nothing_to_do() -> None:
    assert reordered("b: 1\na: 2\n", [0, 1]) == "b: 1\na: 2\n"
