"""Reading YAML: the data of the 1.2 core schema, and the exact place of everything."""

from __future__ import annotations

import io
import math
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from cilint.syntax.yaml import Alias, Mapping, Node, Scalar, Sequence, parse, plain_value, scalars


def data(node: Node | None) -> Any:
    node = None if node is None else node.resolved
    if isinstance(node, Mapping):
        return {data(key): data(value) for key, value in node.pairs}
    if isinstance(node, Sequence):
        return [data(item) for item in node.items]
    return node.value if isinstance(node, Scalar) else None


def root(text: str) -> Mapping:
    doc = parse(text)
    assert doc.errors == []
    assert isinstance(doc.root, Mapping)
    return doc.root


def source(text: str, node: Node | None) -> str:
    assert node is not None
    return text[node.span.start : node.span.end]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *[(text, None) for text in ("", "~", "null", "Null", "NULL")],
        *[(text, True) for text in ("true", "True", "TRUE")],
        *[(text, False) for text in ("false", "False", "FALSE")],
        *[
            (text, text)
            for text in (
                "on",
                "yes",
                "no",
                "off",
                "y",
                "nULL",
                "tRue",
                "1_000",
                "0o8",
                "0xg",
                "1:30",
                "+",
                ".",
            )
        ],
        *[
            ("12", 12),
            ("012", 12),
            ("-7", -7),
            ("+7", 7),
            ("0o17", 15),
            ("0x1F", 31),
            ("2026-01-01", "2026-01-01"),
        ],
        *[("1.50", 1.5), (".5", 0.5), ("1.", 1.0), ("1e3", 1000.0), ("-1.5E-1", -0.15), ("1.2.3", "1.2.3")],
        *[(".inf", math.inf), ("-.Inf", -math.inf), ("+.INF", math.inf), ("9" * 5000, math.inf)],
    ],
)
def test_core_schema(text: str, value: object) -> None:
    assert plain_value(text) == value
    assert type(plain_value(text)) is type(value)


def test_not_a_number_is_a_number() -> None:
    value = plain_value(".nan")
    assert isinstance(value, float)
    assert math.isnan(value)


def test_quotes_and_tags_decide_the_type() -> None:
    text = "a: '1'\nb: \"true\"\nc: !!str 1\nd: !!int '1'\ne: |\n  1\non: ! 1\n"
    assert data(root(text)) == {"a": "1", "b": "true", "c": "1", "d": 1, "e": "1\n", "on": "1"}


def test_lookups() -> None:
    found = root("a: &x {b: 1}\nc: *x\n? [k]\n: d\n")
    assert found.keys() == ["a", "c"]
    assert found.get("c") is found.get("a")
    assert found.get("d") is None
    pair = found.pair("c")
    assert pair is not None
    assert isinstance(pair.value, Alias)
    assert pair.value.name == "x"


DOCUMENT = """\
# head
on: push # why

jobs: &jobs !!map
  # inner
  b: |  # note
    echo # no

      bar\x20\x20

  c: >-
    a
    b
  # trailing
  d:
  e: "q # n" # c3
f: [a: b, {c, d: , e: *jobs}, 'x''y']
g:
- a
-
- - b
  - c:
h: &e
i: &s
  - 1
? k
? l
: m
j: |
k2: a
 b # c
"""


def test_spans_are_exact() -> None:
    found = root(DOCUMENT)
    jobs = found.get("jobs")
    assert isinstance(jobs, Mapping)
    assert source(DOCUMENT, found).startswith("on: push")
    assert source(DOCUMENT, found).endswith("k2: a\n b")
    assert source(DOCUMENT, jobs).startswith("b: |  # note\n")
    assert source(DOCUMENT, jobs).endswith('e: "q # n"')
    assert DOCUMENT[jobs.start :].startswith("&jobs !!map\n")
    assert (jobs.anchor, jobs.tag) == ("jobs", "tag:yaml.org,2002:map")
    assert source(DOCUMENT, jobs.get("b")) == "|  # note\n    echo # no\n\n      bar  "
    assert source(DOCUMENT, jobs.get("c")) == ">-\n    a\n    b"
    assert source(DOCUMENT, jobs.get("e")) == '"q # n"'
    for name, before in (("h", "h: &e"), ("j", "j: |"), ("l", ": m"), ("k", "? k")):
        node = found.get(name)
        assert node is not None
        assert DOCUMENT[: node.span.end].endswith(before)
    empty = jobs.get("d")
    assert empty is not None
    assert empty.span == (DOCUMENT.index("  d:") + 4,) * 2


def test_spans_of_lists() -> None:
    found = root(DOCUMENT)
    flow, plain, anchored = (found.get(name) for name in "fgi")
    assert isinstance(flow, Sequence)
    assert [source(DOCUMENT, item) for item in flow.items] == ["a: b", "{c, d: , e: *jobs}", "'x''y'"]
    inner = flow.items[1]
    assert isinstance(inner, Mapping)
    assert [inner.flow, flow.flow, found.flow] == [True, True, False]
    values = [(pair.value.span.start, source(DOCUMENT, pair.value)) for pair in inner.pairs]
    place = inner.span.start
    assert values == [(place + 2, ""), (place + 6, ""), (place + 12, "*jobs")]
    assert isinstance(plain, Sequence)
    assert source(DOCUMENT, plain) == "- a\n-\n- - b\n  - c:"
    assert [source(DOCUMENT, item) for item in plain.items] == ["a", "", "- b\n  - c:"]
    assert source(DOCUMENT, anchored) == "- 1"


def test_comments_are_exact() -> None:
    doc = parse(DOCUMENT)
    assert [DOCUMENT[start:end] for start, end in doc.comments()] == [
        "# head",
        "# why",
        "# inner",
        "# note",
        "# trailing",
        "# c3",
        "# c",
    ]
    text = "a: |\n  # no\n # no more\n\n# yes\nb: 'x # no\n  # no' # yes\nc: a#no\nd: [x, # yes\r\n y]\n#"
    found = [text[start:end] for start, end in parse(text).comments()]
    assert found == ["# no more", "# yes", "# yes", "# yes", "#"]


def test_flow_scalars_may_hold_colons() -> None:
    assert data(root("a: [x:y, :z, http://h:1/p, {\"k\":1, b: c:d}, 'e:f']\nb: c:d\n")) == {
        "a": ["x:y", ":z", "http://h:1/p", {"k": 1, "b": "c:d"}, "e:f"],
        "b": "c:d",
    }


@pytest.mark.parametrize("text", ["", "\n\n", "# c\n", "# c\r\n---\n# d\n...\n"])
def test_nothing_is_no_error(text: str) -> None:
    doc = parse(text)
    assert doc.errors == []
    assert data(doc.root) is None


def test_one_explicit_document_is_fine() -> None:
    assert data(parse("%YAML 1.2\n---\na: 1\n...\n# end\n").root) == {"a": 1}


def test_merge_keys_are_ordinary_pairs() -> None:
    assert root("a: &a {x: 1}\nb:\n  <<: *a\n").get("b").keys() == ["<<"]  # type: ignore[union-attr]


def test_aliased_nodes_are_known() -> None:
    doc = parse("a: &x 1\nb: &y 2\nc: *x\n")
    assert isinstance(doc.root, Mapping)
    assert doc.aliased == {id(doc.root.get("a"))}


def test_reading_loads_little() -> None:
    code = (
        "import sys\nimport cilint.syntax.yaml as y\ny.parse('a: [1, b]').root\n"
        "names = ('ruamel.yaml', 'cilint.syntax.yaml_repair', 'dataclasses', 'inspect', 'pathlib')\n"
        "print([n for n in names if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# Against ruamel.yaml's own YAML 1.2, which shares no code with the reader above

TEXTS = st.text(st.sampled_from("ab1:#-'\"\\ \n{}[],&*!|>%@`é\t😀"), max_size=12)
TREES = st.recursive(
    TEXTS | st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=10,
)


@given(TREES, st.booleans(), st.sampled_from([(2, 0), (4, 2), (6, 4)]), st.sampled_from(["\n", "\r\n"]))
def test_what_ruamel_writes_is_read(tree: Any, flow: bool, indents: tuple[int, int], newline: str) -> None:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    writer = YAML(typ="rt", pure=True)
    writer.default_flow_style = flow
    writer.indent(mapping=indents[0], sequence=indents[0], offset=indents[1])
    out = io.StringIO()
    writer.dump({"k": tree}, out)
    text = out.getvalue().replace("\n", newline)
    try:
        expected = data_of(YAML(typ="safe", pure=True).load(text))
    except YAMLError:  # it does not read the key `:1` in a flow mapping, which it writes
        reject()
    doc = parse(text)
    assert data(doc.root) == expected
    for node in scalars(doc.root):
        assert node.source_span(0, len(node.text)).start >= node.span.start
        if node.style in ("plain", "single", "double") and "\n" not in source(text, node):
            again = parse(source(text, node)).root
            assert data(again) == node.value


def data_of(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: data_of(each) for key, each in value.items()}
    return [data_of(each) for each in value] if isinstance(value, list) else value


PIECES = [
    *("a: 1", "- b", "  c: d", "\t", "'", '"', "[", "}", ": ", "&x ", "*x", "!t", "|", ">-", "#", " # c"),
    *("\n", "\r\n", "---\n", "%Y", "\\", "\x01", "\udc80", "\u2028", "? "),
]


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_any_text_is_read_without_an_exception(text: str) -> None:
    doc = parse(text)
    size = len(text)
    for error in doc.errors:
        assert 0 <= error.span.start <= error.span.end <= size
        assert error.message
    for node in scalars(doc.root):
        assert 0 <= node.start <= node.span.start <= node.span.end <= size
        place = node.source_span(0, len(node.text))
        assert node.span.start <= place.start <= place.end <= size
    for comment in doc.comments():
        assert text[comment.start] == "#"
        assert "\n" not in text[comment.start : comment.end]
