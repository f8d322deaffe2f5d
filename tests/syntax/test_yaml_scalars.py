"""From decoded text back to the file, character by character."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cilint.syntax.yaml import Scalar, parse, scalars
from cilint.text.source import Span


def only(text: str) -> Scalar:
    doc = parse(text)
    assert doc.errors == []
    return max(scalars(doc.root), key=lambda node: node.span.start)


def written(text: str, decoded: str) -> str:
    """What is written in ``text`` for ``decoded``, a part of its last scalar."""
    node = only(text)
    start = node.text.index(decoded)
    span = node.source_span(start, start + len(decoded))
    return text[span.start : span.end]


@pytest.mark.parametrize(
    ("text", "decoded", "expected"),
    [
        ("a: one two\n", "two", "two"),
        ("a: one\n  two\n", "two", "two"),
        ("a: one\n  two\n", "e t", "e\n  t"),
        ("a: one\n\n  two\n", "e\nt", "e\n\n  t"),
        ("a: 'it''s so'\n", "'", "''"),
        ("a: 'it''s so'\n", "so", "so"),
        ("a: 'one\n\n  two'\n", "\ntwo", "\n\n  two"),
        ('a: "x\\ty \\u00e9 \\\\z"\n', "é", "\\u00e9"),
        ('a: "x\\ty \\u00e9 \\\\z"\n', "z", "z"),
        ('a: "x\\ty \\u00e9 \\\\z"\n', "y é", "y \\u00e9"),
        ('a: "one \\\n  two\n  three"\n', "two three", "two\n  three"),
        ('a: "one \\\n  two"\n', "one two", "one \\\n  two"),
        ("a: |\n  one\n    two\n\n  three\n", "  two", "  two"),
        ("a: |\n  one\n    two\n\n  three\n", "two\n\nth", "two\n\n  th"),
        ("a: |2-\n    one\n  two\n", "  one", "  one"),
        ("a: |\r\n  one\r\n  two\r\n", "e\ntw", "e\r\n  tw"),
        ("a: |+ # c\n  one\n\n\n", "e\n\n\n", "e\n\n\n"),
        ("a: >\n  one\n  two\n\n  three\n    more\n", "two\nthree", "two\n\n  three"),
        ("a: >\n  one\n  two\n\n  three\n    more\n", "more", "more"),
        ("a: >-\r\n  one\r\n  two\r\n", "one two", "one\r\n  two"),
        ("a: >\n\n  one\n", "one", "one"),
        ("k: &a !!str\n  |\n  one\n", "one", "one"),
        ("a: 😀 'x'\n", "'x'", "'x'"),
        ("[x, [p:q, r]]", "r", "r"),
    ],
)
def test_places(text: str, decoded: str, expected: str) -> None:
    assert written(text, decoded) == expected


def test_empty_and_outlying_ranges() -> None:
    node = only("a: 'bc'\n")
    assert node.source_span(1, 1) == Span(5, 5)
    assert node.source_span(0, 99) == Span(4, 6)
    assert node.source_span(2, 2) == Span(6, 6)
    empty = only("a:\n")
    assert empty.source_span(0, 0) == Span(2, 2)


LINES = st.lists(st.text(st.sampled_from("ab #:'\"\\é😀-"), max_size=6), min_size=1, max_size=6)
STYLES = st.sampled_from(["|", "|-", "|+", ">", ">-", ">+", "'", '"', ""])


@given(LINES, STYLES, st.sampled_from([1, 2, 4]), st.sampled_from(["\n", "\r\n"]))
def test_every_letter_is_where_it_says(lines: list[str], style: str, indent: int, newline: str) -> None:
    pad = " " * indent
    if style in ("'", '"'):
        body = (newline + pad).join(lines).replace("\\", "\\\\" if style == '"' else "\\")
        body = body.replace(style, "''" if style == "'" else '\\"')
        text = f"a: {style}{body}{style}{newline}"
    elif style:
        text = newline.join([f"a: {style}", *(pad + line for line in lines), ""])
    else:
        text = f"a: {(newline + pad).join(lines)}{newline}"
    doc = parse(text)
    if doc.errors:
        return
    node = max(scalars(doc.root), key=lambda each: each.span.start)
    behind = node.span.start
    for index, char in enumerate(node.text):
        span = node.source_span(index, index + 1)
        assert span.start >= behind or char in " \n"
        if char not in " \n":
            assert text[span.start : span.end] in (char, "''" if char == "'" else "\\" + char)
            behind = span.end
