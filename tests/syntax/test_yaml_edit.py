"""Edits of YAML text: the data that was asked for, everything else as it was."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cilint.syntax import yaml_edit
from cilint.syntax.yaml import Alias, Document, Mapping, Node, Scalar, Sequence, Style, parse
from cilint.syntax.yaml_edit import EditRefused, quote
from cilint.text.edit import Edit, apply_edits
from cilint.text.source import Span


def mapping(doc: Document, *names: str | int) -> Mapping:
    found = at(doc, *names)
    assert isinstance(found, Mapping)
    return found


def sequence(doc: Document, *names: str | int) -> Sequence:
    found = at(doc, *names)
    assert isinstance(found, Sequence)
    return found


def scalar(doc: Document, *names: str | int) -> Scalar:
    found = at(doc, *names)
    assert isinstance(found, Scalar)
    return found


def at(doc: Document, *names: str | int) -> Node:
    node = doc.root
    for name in names:
        if isinstance(node, Sequence) and isinstance(name, int):
            node = node.items[name]
        else:
            assert isinstance(node, Mapping)
            node = node.get(str(name))
    assert node is not None
    return node


def data(node: Node | None) -> Any:
    node = node.resolved if node is not None else None
    if isinstance(node, Mapping):
        return {data(key): data(value) for key, value in node.pairs}
    if isinstance(node, Sequence):
        return [data(item) for item in node.items]
    assert not isinstance(node, Alias)
    return node.value if isinstance(node, Scalar) else None


def inserted(text: str, names: tuple[str | int, ...], key: str, lines: list[str], **place: str) -> str:
    doc = parse(text)
    target = at(doc, *names)
    assert isinstance(target, Mapping | Scalar)
    return apply_edits(text, yaml_edit.insert_pair(doc, target, key, lines, **place))


def appended(text: str, names: tuple[str | int, ...], lines: list[str], index: int | None = None) -> str:
    doc = parse(text)
    target = at(doc, *names)
    assert isinstance(target, Sequence | Scalar)
    return apply_edits(text, yaml_edit.append_item(doc, target, lines, index))


JOB = """\
on: push
jobs:
  build:
    runs-on: ubuntu-latest # pinned
    # the steps
    steps:
      - uses: actions/checkout@v4

      - name: Test
        run: |
          make
          make test

  # the next job
  deploy: {needs: build}
"""


def test_insert_at_the_end_stands_before_the_next_siblings_comment() -> None:
    text = inserted(JOB, ("jobs", "build"), "timeout-minutes", ["10"])
    assert text == JOB.replace("make test\n", "make test\n    timeout-minutes: 10\n")


def test_insert_after_and_before_keep_comments_with_their_lines() -> None:
    lines = ["contents: read"]
    after = inserted(JOB, ("jobs", "build"), "permissions", lines, after="runs-on")
    assert after == JOB.replace("# pinned\n", "# pinned\n    permissions:\n      contents: read\n")
    before = inserted(JOB, ("jobs", "build"), "permissions", lines, before="steps")
    assert before == JOB.replace("    # the steps", "    permissions:\n      contents: read\n    # the steps")


def test_insert_before_the_first_key_of_an_item() -> None:
    text = inserted(JOB, ("jobs", "build", "steps", 0), "name", ["Checkout"], before="uses")
    assert "      - name: Checkout\n        uses: actions/checkout@v4\n" in text


def test_insert_into_flow_and_empty_collections() -> None:
    assert "{needs: build, env: {A: '1, 2'}}" in inserted(JOB, ("jobs", "deploy"), "env", ["A: '1, 2'"])
    assert "{env: x, needs: build}" in inserted(JOB, ("jobs", "deploy"), "env", ["x"], before="needs")
    assert inserted("a: {} # c\nb: 1\n", ("a",), "k", ["v"]) == "a: # c\n  k: v\nb: 1\n"
    assert inserted("a:\nb: 1\n", ("a",), "k", ["v"]) == "a:\n  k: v\nb: 1\n"
    assert inserted("- {}\n", (0,), "k", ["v"]) == "- {k: v}\n"
    assert inserted("[{a: }]", (0,), "k", ["v"]) == "[{a: , k: v }]"
    assert appended("a: []\n", ("a",), ["x: 1", "y: 2"]) == "a:\n  - x: 1\n    y: 2\n"
    assert appended("a: [b]\n", ("a",), ["c"]) == "a: [b, c]\n"
    assert appended("a: [b]\n", ("a",), ["x: 1"], 0) == "a: [{x: 1}, b]\n"
    assert appended("a: [\n  b,\n  c # last\n]\n", ("a",), ["d"]) == "a: [\n  b,\n  c,\n  d # last\n]\n"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a:\n  b: c\n", "  new: ['*', \"it's\"]\n"),
        ("a:\n  b: 'c'\n", "  new: ['*', \"it's\"]\n"),
        ('a:\n  b: "c"\n', '  new: ["*", "it\'s"]\n'),
    ],
)
def test_new_quotes_are_those_of_the_file(text: str, line: str) -> None:
    assert inserted(text, ("a",), "new", ["['*', \"it's\"]"]) == text + line


def test_new_quotes_in_a_flow_collection_are_those_of_the_file() -> None:
    text = 'a: {b: "c"}\n'
    assert inserted(text, ("a",), "new", ["x,y"]) == 'a: {b: "c", new: "x,y"}\n'


def test_a_value_that_needs_quotes_gets_those_of_the_file_and_one_that_has_some_keeps_them() -> None:
    doc = parse('a: "b"\nc: d\ne: \'f\'\ng: "h"\n')
    for name, value in (("c", '"*"'), ("e", "'*'"), ("a", '"*"')):
        edits = yaml_edit.set_scalar(doc, scalar(doc, name), "*")
        assert f"{name}: {value}\n" in apply_edits(doc.text, edits)


def test_new_lines_take_the_files_indentation_and_line_ends() -> None:
    text = "on:\r\n    push:\r\njobs:\r\n    a:\r\n        steps:\r\n        - run: x\r\n"
    value = ["# why", "b:", "  # inner", "  - c: |", "      text", "    d: 1"]
    assert inserted(text, ("jobs", "a"), "new", value) == text + (
        "        new:\r\n            # why\r\n            b:\r\n            # inner\r\n            - c: |\r\n"
        "                  text\r\n              d: 1\r\n"
    )
    assert appended(text, ("jobs", "a", "steps"), ["run: y", "env:", "  A: 1"]) == text + (
        "        - run: y\r\n          env:\r\n              A: 1\r\n"
    )


def test_items_keep_the_blank_lines_between_them() -> None:
    text = appended(JOB, ("jobs", "build", "steps"), ["run: last"])
    assert "          make test\n\n      - run: last\n\n  # the next job" in text
    text = appended(JOB, ("jobs", "build", "steps"), ["run: first"], 0)
    assert "steps:\n      - run: first\n\n      - uses:" in text


def test_text_without_a_last_line_end() -> None:
    assert inserted("a: 1", (), "b", ["2"]) == "a: 1\nb: 2"
    assert appended("- a", (), ["b"]) == "- a\n- b"
    doc = parse("a: 1\nb: 2")
    assert apply_edits(doc.text, yaml_edit.remove_pair(doc, mapping(doc), "b")) == "a: 1"


def test_blank_lines_that_a_block_keeps_are_its_own() -> None:
    assert inserted("a: |+\n  x\n\n\n", (), "b", ["1"]) == "a: |+\n  x\n\n\nb: 1\n"
    assert inserted("a: |\n  x\n\n\nc: 1\n", (), "b", ["1"], after="a") == "a: |\n  x\n\n\nb: 1\n\nc: 1\n"


@pytest.mark.parametrize(
    ("text", "names", "key", "expected"),
    [
        ("a: 1 # one\n# two\nb: 2\n", (), "b", "a: 1 # one\n# two\n"),
        ("a: 1\nb:\n  - x\n\nc: 2\n", (), "b", "a: 1\n\nc: 2\n"),
        ("- a: 1 # c\n  # d\n  b: 2\n", (0,), "a", "- # d\n  b: 2\n"),
        ("- a:\n    x: 1\n  b: 2\n", (0,), "a", "- b: 2\n"),
        ("a:\n  b: 1\nc: 2\n", ("a",), "b", "a: {}\nc: 2\n"),
        ("- a: 1\n", (0,), "a", "- {}\n"),
        ("x: {a: 1, b: 2, c: 3}\n", ("x",), "a", "x: {b: 2, c: 3}\n"),
        ("x: {a: 1, b: 2, c: 3}\n", ("x",), "c", "x: {a: 1, b: 2}\n"),
    ],
)
def test_remove_pair(text: str, names: tuple[str | int, ...], key: str, expected: str) -> None:
    doc = parse(text)
    assert apply_edits(text, yaml_edit.remove_pair(doc, mapping(doc, *names), key)) == expected


@pytest.mark.parametrize(
    ("text", "index", "expected"),
    [
        ("a:\n- x # c\n# - no\n-\n- - y\n  - z\nb: 1\n", 1, "a:\n- x # c\n# - no\n- - y\n  - z\nb: 1\n"),
        ("a:\n- x # c\n# - no\n-\n- - y\n  - z\nb: 1\n", 2, "a:\n- x # c\n# - no\n-\nb: 1\n"),
        ("a:\n  - x\n", 0, "a: []\n"),
        ("a: [x, y , z]\n", 1, "a: [x, z]\n"),
    ],
)
def test_remove_item(text: str, index: int, expected: str) -> None:
    doc = parse(text)
    assert apply_edits(text, yaml_edit.remove_item(doc, sequence(doc, "a"), index)) == expected


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("a: x # c\n", "y", "a: y # c\n"),
        ("a: 'x'\n", "it's", "a: 'it''s'\n"),
        ('a: "x"\n', 'say "hi"\n', 'a: "say \\"hi\\"\\n"\n'),
        ("a: x\n", "true", "a: 'true'\n"),
        ("a: x\n", "1.10", "a: '1.10'\n"),
        ("a: 'x'\n", True, "a: true\n"),
        ("a: x\n", None, "a: null\n"),
        ("a: x\n", "b: c", "a: 'b: c'\n"),
        ("a: x\n", "${{ x }}", "a: ${{ x }}\n"),
        ("a: [x]\n", "${{ x }}", "a: ['${{ x }}']\n"),
        ("a: # c\n", "x", "a: x # c\n"),
        ("a: |\n    x\n    y\nb: 1\n", "p\n  q\n\nr\n", "a: |\n    p\n      q\n\n    r\nb: 1\n"),
        ("a: >-\n  x\n  y\nb: 1\n", "p\nq", "a: |-\n  p\n  q\nb: 1\n"),
        ("a: |\n  x\nb: 1\n", " p\n", 'a: " p\\n"\nb: 1\n'),
        ("a: |\r\n  x\r\nb: 1\r\n", "p\nq\n", "a: |\r\n  p\r\n  q\r\nb: 1\r\n"),
    ],
)
def test_set_scalar(text: str, value: str | bool | None, expected: str) -> None:
    doc = parse(text)
    target = parse(text).root
    assert isinstance(target, Mapping)
    node = doc.root.pairs[0].value if isinstance(doc.root, Mapping) else None
    node = node.items[0] if isinstance(node, Sequence) else node
    assert isinstance(node, Scalar)
    assert apply_edits(text, yaml_edit.set_scalar(doc, node, value)) == expected


def test_rename_key_keeps_place_and_quotes() -> None:
    doc = parse("a: 1 # c\n'b': 2\n")
    edits = [
        *yaml_edit.rename_key(doc, mapping(doc), "a", "x y"),
        *yaml_edit.rename_key(doc, mapping(doc), "b", "z"),
    ]
    assert apply_edits(doc.text, edits) == "x y: 1 # c\n'z': 2\n"


def test_refusals_say_why() -> None:
    doc = parse("a: &x {k: 1}\nb: *x\nc: 1\n")
    with pytest.raises(EditRefused, match="anchored and used elsewhere"):
        yaml_edit.insert_pair(doc, mapping(doc, "b"), "n", ["1"])
    with pytest.raises(EditRefused, match="&x"):
        yaml_edit.remove_pair(doc, mapping(doc), "a")
    with pytest.raises(EditRefused, match="key `c` already"):
        yaml_edit.insert_pair(doc, mapping(doc), "c", ["1"])
    with pytest.raises(EditRefused, match="already"):
        yaml_edit.rename_key(doc, mapping(doc), "c", "a")
    with pytest.raises(EditRefused, match="no key `z`"):
        yaml_edit.insert_pair(doc, mapping(doc), "d", ["1"], after="z")
    with pytest.raises(EditRefused, match="not valid YAML"):
        yaml_edit.insert_pair(doc, mapping(doc), "d", ["[1"])
    with pytest.raises(EditRefused, match="not part of this document"):
        yaml_edit.set_scalar(doc, scalar(parse("q: 1\n"), "q"), "x")
    broken = parse("a: 1\nb: [\n")
    with pytest.raises(EditRefused, match="not valid YAML"):
        yaml_edit.remove_pair(broken, mapping(broken), "a")
    commented = parse("a: [x, # why\n  y]\n")
    with pytest.raises(EditRefused, match="comment"):
        yaml_edit.remove_item(commented, sequence(commented, "a"), 0)


def test_an_alias_may_be_removed_and_replaced_nodes_stay_alone() -> None:
    doc = parse("a: &x 1\nb: *x\n")
    assert apply_edits(doc.text, yaml_edit.remove_pair(doc, mapping(doc), "b")) == "a: &x 1\n"


@given(st.text(max_size=30).filter(lambda text: not any(0xD800 <= ord(char) < 0xE000 for char in text)))
def test_quoted_text_reads_back(text: str) -> None:
    for flow, form in ((False, "k: {}\n"), (True, "[{}]\n"), (True, "{{k: {}}}\n"), (False, "- {}\n")):
        root = parse(form.format(quote(text, flow=flow))).root
        value = (
            root.items[0]
            if isinstance(root, Sequence)
            else at(parse(form.format(quote(text, flow=flow))), "k")
        )
        assert isinstance(value, Scalar)
        assert value.value == text


# Documents in many styles


class Looks(NamedTuple):
    step: int
    dash: int
    newline: str
    last: bool
    comments: bool
    blanks: bool


LOOKS = st.builds(
    Looks,
    st.sampled_from([2, 4, 3]),
    st.sampled_from([0, 2]),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
TEXTS = st.sampled_from(
    ["a", "b c", "it's", "x: y", "# no", "true", "12", "", "${{ x }}", "- z", "one\ntwo\n", "p\n\nq"]
)
NAMES = st.sampled_from(["on", "jobs", "k 1", "x", "'q'", "true", "z-9"])
TREES = st.recursive(
    TEXTS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(NAMES, inner, max_size=3),
        st.tuples(st.lists(TEXTS, max_size=3)),
    ),
    max_leaves=8,
)
ROOTS = st.dictionaries(NAMES, TREES, min_size=1, max_size=4)


def written(tree: Any, looks: Looks) -> str:
    lines = list(block(tree, looks, 0))
    if looks.comments:
        lines = [
            "# top",
            *(f"{line} # c{i}" if line.endswith(("'", '"')) else line for i, line in enumerate(lines)),
        ]
    text = looks.newline.join(lines)
    return text + looks.newline if looks.last or "|" in text else text


def block(tree: Any, looks: Looks, indent: int) -> list[str]:
    lines: list[str] = []
    pad = " " * indent
    children = (
        [(f"{quote(key)}:", value) for key, value in tree.items()]
        if isinstance(tree, dict)
        else [("-", v) for v in tree]
    )
    for number, (lead, value) in enumerate(children):
        if number and looks.blanks:
            lines.append("")
        if looks.comments and number:
            lines.append(f"{pad}# about {number}")
        if isinstance(value, (list, dict)) and value:
            if lead == "-":
                inner = block(value, looks, indent + 2)
                lines += [f"{pad}- {inner[0].strip()}", *inner[1:]]
            else:
                by = looks.dash if isinstance(value, list) else looks.step
                lines += [pad + lead, *block(value, looks, indent + by)]
        elif isinstance(value, str) and "\n" in value:
            body = [f"{pad}    {line}" if line else "" for line in value.rstrip("\n").split("\n")]
            lines += [f"{pad}{lead} |{'' if value.endswith(chr(10)) else '-'}", *body]
        else:
            lines.append(f"{pad}{lead} {flat(value)}")
    return lines


def flat(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{quote(k, flow=True)}: {flat(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        items = value[0] if isinstance(value, tuple) else value
        return "[" + ", ".join(flat(item) for item in items) + "]"
    return quote(value, flow=True, style="double" if len(value) % 2 else "plain")


def plain(tree: Any) -> Any:
    if isinstance(tree, dict):
        return {key: plain(value) for key, value in tree.items()}
    if isinstance(tree, tuple):
        return list(tree[0])
    return [plain(item) for item in tree] if isinstance(tree, list) else tree


def collections(node: Node | None) -> list[Mapping | Sequence]:
    if isinstance(node, Mapping):
        return [node, *(found for pair in node.pairs for found in collections(pair.value))]
    return (
        [node, *(f for item in node.items for f in collections(item))] if isinstance(node, Sequence) else []
    )


def comments(text: str) -> list[str]:
    doc = parse(text)
    return sorted(text[span.start : span.end] for span in doc.comments())


VALUES = st.sampled_from(
    [["x"], ["a: 1", "b:", "  - c", "  - d: e"], ["- p", "- q: r", "  s: t"], ["|", "  one", "  two"], []]
)


@given(ROOTS, LOOKS, VALUES, st.data())
def test_any_insertion_gives_the_data_and_touches_nothing_else(
    tree: dict[str, Any], looks: Looks, value: list[str], choose: st.DataObject
) -> None:
    text = written(tree, looks)
    doc = parse(text)
    assert data(doc.root) == plain(tree)
    target = choose.draw(st.sampled_from(collections(doc.root)))
    if isinstance(target, Mapping):
        names = target.keys()
        beside = choose.draw(
            st.sampled_from([{}, *({how: key} for key in names for how in ("after", "before"))])
        )
        edits = yaml_edit.insert_pair(doc, target, "new", value, **beside)
    else:
        index = choose.draw(st.integers(0, len(target.items)))
        edits = yaml_edit.append_item(doc, target, value, index)
    after = apply_edits(text, edits)
    assert comments(after) == comments(text)
    for edit in edits:
        assert text[edit.span.start : edit.span.end].strip(" ") in ("", "{}", "[]")
        assert "\r\n" not in text or edit.text.count("\n") == edit.text.count("\r\n")
    assert data(parse(after).root) != data(doc.root)


@given(ROOTS, LOOKS, st.data())
def test_any_removal_gives_the_data_and_keeps_the_comments_of_others(
    tree: dict[str, Any], looks: Looks, choose: st.DataObject
) -> None:
    text = written(tree, looks)
    doc = parse(text)
    target = choose.draw(
        st.sampled_from([node for node in collections(doc.root) if node.span.end - node.span.start > 2])
    )
    try:
        if isinstance(target, Mapping):
            edits = yaml_edit.remove_pair(doc, target, choose.draw(st.sampled_from(target.keys())))
        else:
            edits = yaml_edit.remove_item(doc, target, choose.draw(st.integers(0, len(target.items) - 1)))
    except EditRefused as refused:
        assert "comment" in refused.reason  # noqa: PT017
        return
    after = parse(apply_edits(text, edits))
    assert not after.errors
    (edit,) = edits
    assert edit.text.strip() in ("", "{}", "[]")
    assert "# top" in after.text or not looks.comments


@given(ROOTS, LOOKS, TEXTS, st.data())
def test_any_scalar_can_be_set(tree: dict[str, Any], looks: Looks, value: str, choose: st.DataObject) -> None:
    text = written(tree, looks)
    doc = parse(text)
    found = [
        each
        for node in collections(doc.root)
        for each in ([pair.value for pair in node.pairs] if isinstance(node, Mapping) else node.items)
        if isinstance(each, Scalar)
    ]
    if not found:
        return
    node = choose.draw(st.sampled_from(found))
    (edit,) = yaml_edit.set_scalar(doc, node, value)
    assert edit.span == node.span
    after = parse(apply_edits(text, [edit]))
    assert not after.errors
    assert comments(after.text) == comments(text)


def test_an_item_has_the_gap_of_those_beside_it() -> None:
    text = "steps:\n    -   run: a\n        id: b\n    -\n        run: c\n"
    assert appended(text, ("steps",), ["run: d", "id: e"], 0) == (
        "steps:\n    -   run: d\n        id: e\n" + text.removeprefix("steps:\n")
    )
    assert appended(text, ("steps",), ["run: d", "id: e"]) == text + "    - run: d\n      id: e\n"


def test_quotes_that_need_no_doubling_are_taken() -> None:
    assert quote("${{ a == 'b' }}", flow=True) == "\"${{ a == 'b' }}\""
    assert quote("'a' \\ \"b\"") == "'''a'' \\ \"b\"'"


@pytest.mark.parametrize(
    ("value", "edited"),
    [
        ("echo a b", 'echo "a": b'),
        ("'echo a b'", "'echo \"a\": b'"),
        ("'it''s a b'", "'it''s \"a\": b'"),
        ('"echo a b"', '"echo \\"a\\": b"'),
        ("|\n  echo a b", '|\n  echo "a": b'),
        (">-\n  echo a b\n", '>-\n  echo "a": b\n'),
    ],
)
def test_an_edit_within_a_value_is_written_in_its_quotes(value: str, edited: str) -> None:
    doc = parse(f"k: {value}")
    edit = Edit(Span(doc.text.index(" a ") + 1, doc.text.index(" a ") + 2), '"a":')
    if value.startswith("echo"):
        with pytest.raises(EditRefused):
            yaml_edit.within(doc, edit)
    else:
        assert apply_edits(doc.text, [yaml_edit.within(doc, edit)]) == f"k: {edited}"


@given(
    st.sampled_from(["plain", "single", "double"]),
    st.text("ab '\"\\:#$", min_size=1),
    st.text("ab '\"\\:#$\n", max_size=5),
    st.data(),
)
def test_an_edit_within_a_value_says_what_is_meant_or_is_refused(
    style: Style, text: str, new: str, data: st.DataObject
) -> None:
    doc = parse(f"k: {quote(text, style=style)}\n")
    assert isinstance(doc.root, Mapping)
    node = doc.root.pairs[0].value
    assert isinstance(node, Scalar)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    place = node.source_span(start, end)
    assume(place.start > node.span.start and place.end < node.span.end)
    try:
        edit = yaml_edit.within(doc, Edit(place, new))
    except EditRefused:
        assert node.style != "double"
        return
    after = parse(apply_edits(doc.text, [edit]))
    assert not after.errors
    assert isinstance(after.root, Mapping)
    value = after.root.pairs[0].value
    assert isinstance(value, Scalar)
    assert value.text == text[:start] + new + text[end:]


def test_an_edit_within_a_value_of_a_flow_collection_keeps_to_it() -> None:
    doc = parse("{k: echo a b}")
    assert yaml_edit.within(doc, Edit(Span(9, 10), "x")).text == "x"
    for new in ("{", "}", "a, c", "[", "]"):
        with pytest.raises(EditRefused):
            yaml_edit.within(doc, Edit(Span(9, 10), new))


def test_an_edit_within_what_aliases_repeat_is_refused() -> None:
    doc = parse("a: &x\n  run: echo a b\nb: *x\nc: echo a b\n")
    with pytest.raises(EditRefused):
        yaml_edit.within(doc, Edit(Span(18, 19), "c"))
    assert yaml_edit.within(doc, Edit(Span(40, 41), "c")).text == "c"
