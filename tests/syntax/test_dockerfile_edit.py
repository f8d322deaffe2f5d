"""Edits of Dockerfiles, as text before and after."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cilint.syntax import dockerfile_edit as edit
from cilint.syntax.dockerfile import Document, parse
from cilint.text.edit import Edit, apply_edits
from cilint.text.source import Span

TEXT = """\
# syntax=docker/dockerfile:1
FROM a

# the files
COPY a b
# the modules
RUN npm ci

# both
COPY c d
USER e
"""


def applied(document: Document, edits: list[Edit]) -> str:
    return apply_edits(document.text, edits)


def without(text: str, *numbers: int) -> str:
    document = parse(text)
    return applied(
        document, edit.delete_instructions(document, [document.instructions[at] for at in numbers])
    )


def test_an_instruction_goes_with_the_comment_that_is_its_own() -> None:
    assert without(TEXT, 2) == TEXT.replace("# the modules\nRUN npm ci\n", "")
    assert without(TEXT, 1, 2) == TEXT.replace("# the files\nCOPY a b\n# the modules\nRUN npm ci\n\n", "")


def test_a_comment_for_several_instructions_stays() -> None:
    assert without(TEXT, 3) == TEXT.replace("COPY c d\n", "")
    assert without(TEXT, 3, 4) == TEXT.replace("\n# both\nCOPY c d\nUSER e\n", "")


@pytest.mark.parametrize(
    ("text", "number", "expected"),
    [
        ("FROM a\nUSER b", 1, "FROM a\n"),
        ("USER b\n\nFROM a\n", 0, "FROM a\n"),
        ("FROM a\r\n\r\n# c\r\nRUN x \\\r\n y\r\n\r\nUSER b\r\n", 1, "FROM a\r\n\r\nUSER b\r\n"),
        ("FROM a\nRUN <<E\n\nE\nUSER b\n", 1, "FROM a\nUSER b\n"),
        ("FROM a\nUSER b\n\n\n", 1, "FROM a\n\n\n"),
    ],
)
def test_deleting(text: str, number: int, expected: str) -> None:
    assert without(text, number) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("RUN npm ci", "RUN --x=1 npm ci"),
        ("RUN \\\n npm ci", "RUN --x=1 \\\n npm ci"),
        ("run --a=b \\\r\n npm ci", "run --a=b --x=1 \\\r\n npm ci"),
        ("RUN --x=0 npm ci", "RUN --x=1 npm ci"),
        ('RUN --x="0 1" npm ci', "RUN --x=1 npm ci"),
    ],
)
def test_setting_a_flag(text: str, expected: str) -> None:
    document = parse(text)
    assert applied(document, edit.set_flag(document.instructions[0], "x", "1")) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("RUN --x=0 npm ci", "RUN npm ci"),
        ("RUN --a=b   --x npm ci", "RUN --a=b npm ci"),
        ("RUN --a=b \\\n  --x \\\n npm ci", "RUN --a=b \\\n npm ci"),
        ("RUN --a=b \\\n# why\n  --x \\\n npm ci", "RUN --a=b \\\n# why\n \\\n npm ci"),
    ],
)
def test_removing_a_flag(text: str, expected: str) -> None:
    document = parse(text)
    run = document.instructions[0]
    flag = run.flag("x")
    assert flag
    changed = applied(document, edit.remove_flag(document, run, flag))
    assert changed.replace("\n  \\", "\n \\") == expected
    assert [each.name for each in parse(changed).instructions[0].flags] == [
        f.name for f in run.flags if f.name != "x"
    ]
    assert parse(changed).instructions[0].text.strip() == "npm ci"


def test_inserting_instructions() -> None:
    document = parse("FROM a\r\n# why\r\nRUN b")
    run = document.instructions[1]
    assert (
        applied(document, edit.insert_before(document, run, ["USER x"]))
        == "FROM a\r\nUSER x\r\n# why\r\nRUN b"
    )
    assert applied(
        document, edit.insert_after(document, run, ["HEALTHCHECK --retries=3", "  CMD y"])
    ).endswith("RUN b\r\nHEALTHCHECK --retries=3 \\\r\n  CMD y")
    first = document.instructions[0]
    assert applied(document, edit.insert_after(document, first, ["USER x"])).startswith(
        "FROM a\r\nUSER x\r\n# why"
    )


def test_what_is_inserted_is_written_like_its_neighbour() -> None:
    document = parse("# escape=`\nfrom a\n  run b\n")
    run = document.instructions[1]
    assert applied(document, edit.insert_before(document, run, ["HEALTHCHECK --retries=3", "  CMD y"])) == (
        "# escape=`\nfrom a\n  healthcheck --retries=3 `\n    CMD y\n  run b\n"
    )
    assert applied(document, edit.insert_after(document, run, ["USER x"])).endswith("  run b\n  user x\n")


@pytest.mark.parametrize("text", ["RUN <<A\nb", "RUN a \\", "RUN a \\\n", "RUN a \\\n# c", "RUN a \\\n\n"])
def test_inserting_where_the_last_line_is_open(text: str) -> None:
    document = parse(text)
    with pytest.raises(edit.EditRefused):
        edit.insert_after(document, document.instructions[0], ["USER x"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FROM a", "# syntax=s\nFROM a"),
        ("# c\r\nFROM a", "# syntax=s\r\n# c\r\nFROM a"),
        ("# escape=`\nFROM a", "# syntax=s\n# escape=`\nFROM a"),
        ("#SYNTAX = old \nFROM a", "#SYNTAX = s \nFROM a"),
        ("", "# syntax=s\n"),
    ],
)
def test_setting_a_directive(text: str, expected: str) -> None:
    document = parse(text)
    changed = applied(document, edit.set_directive(document, "syntax", "s"))
    assert changed == expected
    directive = parse(changed).directive("syntax")
    assert directive
    assert directive.value == "s"
    assert parse(changed).escape == document.escape


def dropped(text: str, *numbers: int) -> str:
    document = parse(text)
    run = document.instructions[0]
    script = run.script()
    assert script
    chain, at = [], 0
    for part in script.text.replace("&&", "\n").replace(";", "\n").split("\n"):
        words = part.strip()
        if words and not words.startswith("#"):
            at = script.text.index(words, at)
            chain.append(Span(at, at + len(words)))
            at += len(words)
    return applied(document, edit.drop_commands(document, run, script, chain, numbers))


CHAIN = "RUN npm ci && \\\n    # tidy\n    npm cache clean --force && \\\n    echo ok\n"


@pytest.mark.parametrize(
    ("text", "numbers", "expected"),
    [
        (CHAIN, [1], "RUN npm ci && \\\n    echo ok\n"),
        (CHAIN, [2], "RUN npm ci && \\\n    # tidy\n    npm cache clean --force\n"),
        (CHAIN, [0, 1], "RUN echo ok\n"),
        (CHAIN, [0], "RUN npm cache clean --force && \\\n    echo ok\n"),
        (CHAIN, [0, 2], "RUN npm cache clean --force\n"),
        (CHAIN, [0, 1, 2], ""),
        ("RUN --x=y a \\\r\n && b \\\r\n && c\r\nUSER d", [1], "RUN --x=y a \\\r\n && c\r\nUSER d"),
        ("RUN <<E\na\nb\nc\nE\n", [1], "RUN <<E\na\nc\nE\n"),
        ("RUN <<-E\n\ta\n\tb\n\tE\n", [0], "RUN <<-E\n\tb\n\tE\n"),
        ("RUN a; b", [1], "RUN a"),
    ],
)
def test_dropping_commands_of_a_chain(text: str, numbers: list[int], expected: str) -> None:
    assert dropped(text, *numbers) == expected


@pytest.mark.parametrize("text", ["RUN a || b && c", "RUN (a && b)", "RUN a | b; c"])
def test_what_is_more_than_a_chain_stays(text: str) -> None:
    document = parse(text)
    run = document.instructions[0]
    script = run.script()
    assert script
    chain = [Span(at, at + 1) for at, char in enumerate(script.text) if char.isalpha()]
    with pytest.raises(edit.EditRefused):
        edit.drop_commands(document, run, script, chain, [0])


LINES = [
    "FROM a",
    "RUN b \\",
    " c",
    "# d",
    "",
    "COPY <<E /f",
    "E",
    "USER g",
    "RUN --h=i j && \\",
    "# escape=`",
]


@given(
    st.lists(st.sampled_from(LINES), max_size=12),
    st.sampled_from(["\n", "\r\n"]),
    st.sets(st.integers(0, 11)),
)
def test_deleting_leaves_the_other_instructions_alone(
    lines: list[str], newline: str, numbers: set[int]
) -> None:
    document = parse(newline.join(lines) + newline)
    gone = [each for at, each in enumerate(document.instructions) if at in numbers]
    kept = [each.mapped.text for each in document.instructions if each not in gone]
    if document.escape == "\\":
        changed = applied(document, edit.delete_instructions(document, gone))
        assert [each.mapped.text for each in parse(changed).instructions] == kept


def test_json_arrays() -> None:
    assert edit.json_array(["node", 'a"b é']) == '["node", "a\\"b é"]'
