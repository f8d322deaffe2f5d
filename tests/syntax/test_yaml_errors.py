"""Broken YAML: every mistake once, in plain words and at its place; the rest of the file is still read."""

from __future__ import annotations

import time

import pytest

from cilint.syntax.yaml import Dialect, Document, Limits, Mapping, Scalar, Sequence, parse


def told(doc: Document) -> list[tuple[int, str, str]]:
    """(line, marked text, message) of each error."""
    text = doc.text
    return [
        (text.count("\n", 0, span.start) + 1, text[span.start : span.end], message)
        for span, message, _ in doc.errors
    ]


@pytest.mark.parametrize(
    ("text", "line", "marked", "message"),
    [
        ("a:\n\tb: 1\n\tc: 2\nd: 3\n", 2, "\tb: 1", "a tab cannot indent"),
        ("a: |\n  x\n\ty\nd: 3\n", 3, "\ty", "a tab cannot indent"),
        ('a: "b\nd: "x"\n', 1, '"', "quote is never closed"),
        ("a: 'b\nd: 3\n", 1, "'", "quote is never closed"),
        ("a: [b,\n  c\nd: 3\n", 1, "[", "`[` is not closed"),
        ("a: {b: c\nd: 3\n", 1, "{", "`{` is not closed"),
        ("a: b: c\nd: 3\n", 1, ": c", "quote the value"),
        ("a: 'b' c\nd: 3\n", 1, "c", "behind the closing `'`"),
        ("a: [b]]\nd: 3\n", 1, "]", "behind the closing `]`"),
        ("a:\n  - b\n c: 1\nd: 3\n", 3, "c: 1", "fits no block above"),
        ("a: 1\nb\nd: 3\n", 2, "b", "a colon is missing"),
        ("a: 1\nb:c\nd: 3\n", 2, "b:c", "a colon is missing"),
        ("a: @b\nd: 3\n", 1, "@b", "cannot begin with `@`"),
        ("a: `b`\nd: 3\n", 1, "`b`", "cannot begin with a backtick"),
        ("a: %b\nd: 3\n", 1, "%b", "cannot begin with `%`"),
        ("a: *b\nd: 3\n", 1, "*b", "no anchor `&b`"),
        ("a: * c\nd: 3\n", 1, "* c", "`*` starts an alias"),
        ("a: & c\nd: 3\n", 1, "& c", "`&` starts an anchor"),
        ('a: "\\d"\nd: 3\n', 1, '\\d"', "unknown escape"),
        ("a: |x\n  b\nd: 3\n", 1, "|x", "behind `|` or `>`"),
        ("a: - b\nd: 3\n", 1, "- b", "a list item"),
        ("a: !t b\nd: 3\n", 1, "!t ", "tag `!t` is not known"),
        ("a: \x01\nd: 3\n", 1, "\x01", "U+0001"),
        ("a: \udcff\nd: 3\n", 1, "\udcff", "not UTF-8"),
        ("a: 1\nd: 3\nd: 4\n", 3, "d", "duplicate key `d`, first used in line 2"),
        ("a: &x [*x]\nd: 3\n", 1, "*x", "contains itself"),
        ("d: 3\n---\nb: 1\n", 2, "---", "second document"),
        ("%YAML 3.0\n---\nd: 3\n", 1, "%YAML 3.0", "%YAML"),
    ],
)
def test_one_mistake(text: str, line: int, marked: str, message: str) -> None:
    doc = parse(text)
    ((found, place, words),) = told(doc)
    assert (found, place) == (line, marked)
    assert message in words
    assert isinstance(doc.root, Mapping)
    assert isinstance(doc.root.get("d"), Scalar)


def test_several_mistakes_in_one_file() -> None:
    text = (
        "name: a: b\n"
        "on:\n  push:\n    branches: [main\n"
        "jobs:\n  x:\n    steps:\n      - run: 'it's'\n        id: one\n     bad: 1\n"
        "  y:\n    steps: 2\n    steps: 3\n"
    )
    doc = parse(text)
    assert [line for line, _, _ in told(doc)] == [1, 4, 8, 10, 13]
    assert isinstance(doc.root, Mapping)
    assert doc.root.keys() == ["name", "on", "jobs"]
    jobs = doc.root.get("jobs")
    assert isinstance(jobs, Mapping)
    assert jobs.keys() == ["x", "y"]
    steps = jobs.get("x").get("steps")  # type: ignore[union-attr]
    assert isinstance(steps, Sequence)
    assert steps.items[0].keys() == ["run", "id"]  # type: ignore[attr-defined]


def test_a_wrong_line_takes_what_is_nested_in_it() -> None:
    doc = parse("a:\n  - b\n c:\n   d: 1\n   e: 2\nf: 3\n")
    assert [line for line, _, _ in told(doc)] == [3]
    assert isinstance(doc.root, Mapping)
    assert doc.root.keys() == ["a", "f"]


def test_allowed_tags() -> None:
    assert parse("a: !reset []\n", dialect=Dialect(("!reset",))).errors == []
    assert len(parse("a: !reset []\n").errors) == 1


def test_several_documents_only_where_they_are_allowed() -> None:
    text = "a: &x 1  # one\n---\nb: 2  # two\n"
    doc = parse(text, dialect=Dialect(several=True))
    assert doc.errors == []
    assert [root.keys() for root in doc.roots if isinstance(root, Mapping)] == [["a"], ["b"]]
    assert [text[slice(*span)] for span in doc.comments()] == ["# one", "# two"]
    assert [error.span.start for error in parse(text).errors] == [text.index("---")]


def test_anchors_end_with_their_document() -> None:
    [error] = parse("a: &x 1\n---\nb: *x\n", dialect=Dialect(several=True)).errors
    assert "no anchor" in error.message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x" * (1024 * 1024 + 1), "more than 1,048,576 characters"),
        ("a\0b", "NUL"),
        ("[" * 51 + "]" * 51, "more than 50 levels"),
        ("- " * 51 + "a", "more than 50 levels"),
        ("- a\n" * 50_001, "more than 50,000 values"),
        ("[" + "[]," * 60_000 + "]", "more than 50,000 values"),
        ("a: &a [" + "x," * 500 + "]\nb:\n" + "- *a\n" * 100, "more than 50,000 values"),
    ],
)
def test_limits(text: str, message: str) -> None:
    (error,) = parse(text).errors
    assert message in error.message


def test_limits_are_not_passed_too_early() -> None:
    assert parse("[" * 50 + "]" * 50).errors == []
    assert parse("a: &a [" + "x," * 400 + "]\nb:\n" + "- *a\n" * 100).errors == []
    assert parse("- a\n- b\n", limits=Limits(nodes=3)).errors == []
    assert len(parse("- a\n- b\n", limits=Limits(nodes=2)).errors) == 1


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(20)
)


@pytest.mark.parametrize(
    "text",
    [
        BOMB,
        "a: b: c\n" * 50_000,
        "\ta: 1\n" * 50_000,
        "[" * 500_000,
        "? " * 500_000,
        "'" * 500_001,
        'a: "' + " " * 500_000,
        "a: &a" + "\n" * 500_000,
        "- [a:b]\n" * 50_000,
        "\x01" * 100_000,
        "# a\n" * 100_000,
        "a: [\n" * 100_000,
        "!a " * 200_000,
    ],
    ids=range(13),
)
def test_hostile_files_take_bounded_time(text: str) -> None:
    start = time.process_time()
    doc = parse(text)
    doc.comments()
    assert time.process_time() - start < 30
    assert len(doc.errors) <= 100
