"""The parser of Dockerfiles: what BuildKit reads, with exact places."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cilint.syntax.dockerfile import Document, Instruction, parse
from cilint.syntax.dockerfile_debug import describe
from cilint.text.source import SourceFile, Span

LINES = [
    "FROM node:22 AS build",
    "RUN npm ci && \\",
    "  npm test",
    "# a comment",
    "  # another",
    "",
    "   \t",
    "\\",
    "\\\\",
    "COPY --from=build --chown=1:1 a /b/",
    "RUN <<EOF",
    "EOF",
    "COPY <<-'A' <<B /x",
    "\tA",
    "B",
    "ENV A=1 B='x y'",
    'CMD ["node", "a\\u0041.js"]',
    "CMD [1]",
    "# escape=`",
    "# syntax=docker/dockerfile:1",
    "ONBUILD RUN ls",
    "ENV x",
    "RUN dir `",
    "HEALTHCHECK CMD curl x",
    "LABEL a=b \\ \t",
    "\ufeffFROM x",
    "nonsense \x85 é",
    "ARG A=${B:-\\",
    "RUN <<",
    'RUN --mount=type=cache,target="/x y" ls',
    "-- RUN",
    "ENTRYPOINT []",
]
FILES = st.lists(st.sampled_from(LINES), max_size=14).flatmap(
    lambda lines: st.sampled_from(["\n", "\r\n"]).map(lambda end: end.join(lines))
)
TEXTS = (
    FILES
    | st.text(alphabet="FROMRUN \t\n\r\\`#=-<>EOF\"'[]{}$,:aé\x85\0", max_size=80)
    | st.text(max_size=60)
)


def only(text: str) -> Instruction:
    document = parse(text)
    assert document.errors == []
    [instruction] = document.instructions
    return instruction


def cut(text: str, span: Span | None) -> str:
    assert span is not None
    return text[span.start : span.end]


def lines(document: Document) -> list[tuple[str, int, int]]:
    return [(each.name, each.line, each.end_line) for each in document.instructions]


def spans(instruction: Instruction) -> list[Span]:
    found = [instruction.span, instruction.keyword_span, instruction.arguments_span]
    for flag in instruction.flags:
        found += [flag.span, flag.name_span, flag.value_span or flag.span]
    found += [word.span for word in instruction.arguments]
    for pair in instruction.pairs:
        found += [pair.span, pair.name_span, pair.value_span or pair.span]
    for mount in instruction.mounts:
        found += [mount.span, *(option.span for option in mount.options)]
    return found + [heredoc.span for heredoc in instruction.heredocs]


@given(TEXTS)
def test_any_text_is_covered_and_read_without_an_exception(text: str) -> None:
    document = parse(text)
    assert "".join(cut(text, part.span) for part in document.parts) == text
    assert all(part.span.start < part.span.end for part in document.parts)
    for instruction in document.instructions:
        for each in filter(None, (instruction, instruction.nested)):
            assert all(each.lines_span.covers(span) for span in spans(each))
            script = each.script()
            for end in range(len(script.text) + 1 if script else 0):
                assert script
                assert each.lines_span.covers(script.span(0, end))
    describe(SourceFile("Dockerfile", text))


@given(FILES)
def test_the_removed_lines_and_the_logical_text_make_up_the_instruction(text: str) -> None:
    for instruction in parse(text).instructions:
        if instruction.heredocs:
            continue
        pieces = [(piece.source_start, piece.source_end) for piece in instruction.mapped.pieces]
        assert instruction.mapped.text == "".join(text[start:end] for start, end in pieces)
        dropped, at = "", instruction.lines_span.start
        for start, end in [*pieces, (instruction.lines_span.end,) * 2]:
            dropped += text[at:start]
            at = end
        for comment in instruction.inner_comments:
            dropped = dropped.replace(cut(text, comment.span), "", 1)
        assert not dropped.strip(" \t\r\n\v\f\x85\\`")


@given(FILES)
def test_lines_number_the_lines_of_the_file(text: str) -> None:
    source = SourceFile("Dockerfile", text)
    for instruction in parse(text).instructions:
        assert source.position(instruction.lines_span.start).line == instruction.line
        assert source.position(max(instruction.lines_span.end - 1, 0)).line == instruction.end_line


def test_instructions_with_continuations_comments_and_blank_lines() -> None:
    text = "FROM a\nRUN one \\\n  # why\n\n  two \\\t\n  three\nUSER 1\n"
    document = parse(text)
    assert lines(document) == [("FROM", 1, 1), ("RUN", 2, 6), ("USER", 7, 7)]
    run = document.instructions[1]
    assert run.text == "one   two   three"
    assert [comment.text for comment in run.inner_comments] == ["why"]
    assert len(run.blank_lines) == 1
    assert cut(text, run.span).endswith("three")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("RUN a \\\\\nUSER b", [("RUN", 1, 1), ("USER", 2, 2)]),
        ("RUN a \\", [("RUN", 1, 1)]),
        ("RUN a \\\n\n# c\n", [("RUN", 1, 3)]),
        ("\\\nRUN a", [("RUN", 1, 2)]),
        ("RUN a # \\\n b", [("RUN", 1, 2)]),
        ("# c \\\nRUN a", [("RUN", 2, 2)]),
        ("# escape=`\nRUN a `\n b \\\nUSER c", [("RUN", 2, 3), ("USER", 4, 4)]),
        ("# Syntax = x\n# escape = `\nRUN a `\n b", [("RUN", 3, 4)]),
        ("# no directive\n# escape=`\nRUN a `\nUSER b", [("RUN", 3, 3), ("USER", 4, 4)]),
        ("\n# escape=`\nRUN a `\nUSER b", [("RUN", 3, 3), ("USER", 4, 4)]),
        ("RUN a \\\r\n b\r\nUSER c", [("RUN", 1, 2), ("USER", 3, 3)]),
        ("RUN <<A && <<-B\nUSER x\nA\n\tb\n\tB\nUSER y", [("RUN", 1, 5), ("USER", 6, 6)]),
        ("ONBUILD COPY <<A /x\nUSER x\nA\nUSER y", [("ONBUILD", 1, 3), ("USER", 4, 4)]),
        ("RUN echo '<<A'\nUSER y", [("RUN", 1, 1), ("USER", 2, 2)]),
        ("RUN cat<<A\nUSER y", [("RUN", 1, 1), ("USER", 2, 2)]),
        ('RUN ["<<A"]\nUSER y', [("RUN", 1, 1), ("USER", 2, 2)]),
        ("CMD <<A\nUSER y", [("CMD", 1, 1), ("USER", 2, 2)]),
        ("RUN <<A \\\n cat\nx\nA\nUSER y", [("RUN", 1, 4), ("USER", 5, 5)]),
    ],
)
def test_where_instructions_begin_and_end(text: str, expected: list[tuple[str, int, int]]) -> None:
    document = parse(text)
    assert lines(document) == expected
    assert document.errors == []


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("", "", "no instructions"),
        ("# only\n", "# only", "no instructions"),
        ('FROM a\nCMD ["a", 1]', 'CMD ["a", 1]', "strings only"),
        ("ENV A", "ENV A", "two arguments"),
        ("LABEL a=b c", "LABEL a=b c", "can't find ="),
        ("ONBUILD ENV A", "ONBUILD ENV A", "two arguments"),
        ("RUN <<A\nx", "<<A", "unterminated heredoc A"),
        ("# escape=x\nRUN a", "x", "invalid escape"),
        ("# syntax=a\n# syntax=b\nRUN a", "# syntax=a\n# syntax=b", "only one syntax"),
        ("RUN " + "é" * 40_000, "RUN " + "é" * 40_000, "65535 bytes"),
        ("RUN a \\\n" + "x" * 70_000, "x" * 70_000, "65535 bytes"),
    ],
)
def test_what_the_parser_of_buildkit_refuses(text: str, place: str, message: str) -> None:
    document = parse(text)
    assert document.fatal
    assert message in document.fatal.message
    assert cut(text, document.fatal.span) == place


def test_reading_goes_on_after_an_error() -> None:
    assert lines(parse("ENV A\nUSER b")) == [("ENV", 1, 1), ("USER", 2, 2)]


@pytest.mark.parametrize(
    ("line", "flags", "arguments"),
    [
        ("COPY --link\u00a0a b", ["--link"], "a b"),
        ("COPY --chown=\u00e0b c d", ["--chown="], "b c d"),
        ("COPY --chown=\u00e9:1 c d", ["--chown=\u00e9:1"], "c d"),
        ("COPY --link \u2003--chown=1 c d", ["--link"], "--chown=1 c d"),
        ("RUN\u2003", [], ""),
        ("RUN \u2003x\u2003", [], "x"),
    ],
)
def test_blanks_beyond_ascii_count_where_buildkit_takes_bytes_for_characters(
    line: str, flags: list[str], arguments: str
) -> None:
    instruction = parse(f"FROM a\n{line}\n").instructions[1]
    assert instruction.name == line[: len(instruction.name)]
    assert [flag.content.text for flag in instruction.flags] == flags
    assert instruction.text == arguments


def test_flags_have_names_values_and_places() -> None:
    text = 'COPY --from=build \\\n  --chown="a b" --link -- --x /y'
    copy = only(text)
    assert [(flag.name, flag.value) for flag in copy.flags] == [
        ("from", "build"),
        ("chown", "a b"),
        ("link", None),
    ]
    assert [cut(text, flag.span) for flag in copy.flags] == ["--from=build", '--chown="a b"', "--link"]
    assert [cut(text, flag.name_span) for flag in copy.flags] == ["from", "chown", "link"]
    assert cut(text, copy.flags[0].value_span) == "build"
    assert [word.text for word in copy.arguments] == ["--x", "/y"]
    assert copy.flag("chown") is copy.flags[1]
    assert copy.flag("nothing") is None


def test_mounts_have_options_and_places() -> None:
    text = (
        'RUN --mount=type=cache,dst=/a,ro --mount="type=secret,id=b" --mount=type=tmpfs,\\"target=/c,d\\" ls'
    )
    run = only(text)
    assert [(m.type, m.target, m.id) for m in run.mounts] == [
        ("cache", "/a", None),
        ("secret", None, "b"),
        ("tmpfs", "/c,d", None),
    ]
    assert [cut(text, option.span) for option in run.mounts[0].options] == ["type=cache", "dst=/a", "ro"]
    dst = run.mounts[0].option("target", "dst")
    assert dst
    assert cut(text, dst.value_span) == "/a"
    identity = run.mounts[1].option("id")
    assert identity
    assert cut(text, identity.span) == "id=b"
    assert run.text == "ls"


def test_a_mount_that_is_no_csv() -> None:
    assert [mount.error is None for mount in only('RUN --mount=a\\"b --mount=\\"a ls').mounts] == [
        False,
        False,
    ]


def test_json_members_are_decoded_and_have_places() -> None:
    text = 'CMD [ "a\\"b" , "\\u00e9\\ud83d\\ude00", "" ]'
    command = only(text)
    assert command.form == "json"
    assert [word.text for word in command.arguments] == ['a"b', "é\U0001f600", ""]
    assert [cut(text, word.span) for word in command.arguments] == [
        '"a\\"b"',
        '"\\u00e9\\ud83d\\ude00"',
        '""',
    ]


@pytest.mark.parametrize("arguments", ["['a']", '["a"', '["a",]', '[ "a" ] b', '["\t"]', "[NaN]", "[" * 9000])
def test_what_is_no_json_is_shell(arguments: str) -> None:
    command = only(f"CMD {arguments}")
    assert command.form == "shell"
    assert command.text == arguments


def test_pairs() -> None:
    text = "ENV A=1 \\\n  B=\"x y\" C=a\\ b 'D'="
    assert [(p.name, p.value) for p in only(text).pairs] == [
        ("A", "1"),
        ("B", '"x y"'),
        ("C", "a\\ b"),
        ("'D'", ""),
    ]
    assert [cut(text, pair.value_span) for pair in only(text).pairs[:2]] == ["1", '"x y"']
    legacy = only("LABEL a  b  c=d").pairs
    assert [(p.name, p.value, p.separator) for p in legacy] == [("a", "b  c=d", " ")]
    assert [(p.name, p.value) for p in only("ARG a b=1").pairs] == [("a", None), ("b", "1")]


def test_healthchecks() -> None:
    shell, none, exec_ = parse(
        'HEALTHCHECK --interval=5s  cmd  a b\nHEALTHCHECK NONE\nHEALTHCHECK CMD ["a"]'
    ).instructions
    assert (shell.health_type, [word.text for word in shell.arguments]) == ("CMD", ["a b"])
    assert (none.health_type, none.arguments) == ("NONE", ())
    assert (exec_.form, [word.text for word in exec_.arguments]) == ("json", ["a"])


def test_heredocs() -> None:
    text = 'COPY --chmod=1 <<A 3<<-"B" /x\na$b\nA\n\tc\n\tB\nUSER x'
    copy = parse(text).instructions[0]
    a, b = copy.heredocs
    assert (a.name, a.expand, a.strip_tabs, a.body, cut(text, a.span)) == ("A", True, False, "a$b\n", "<<A")
    assert (b.name, b.expand, b.strip_tabs, b.descriptor) == ("B", False, True, 3)
    assert cut(text, b.body_span) == "\tc\n"
    assert cut(text, b.terminator_span) == "B"
    assert cut(text, copy.span).endswith("\tB")


def test_comments_above_an_instruction() -> None:
    document = parse("# syntax=x\n# gone\n#\n# kept\n\n# too\nUSER a\nUSER b")
    assert [comment.text for comment in document.instructions[0].comments] == ["kept", "too"]
    assert document.instructions[1].comments == ()
    assert [directive.name for directive in document.directives] == ["syntax"]
    assert [comment.text for comment in document.comments] == ["gone", "", "kept", "too"]


def test_the_instruction_under_onbuild() -> None:
    onbuild = only("ONBUILD COPY --from=a b /c")
    assert onbuild.flags == ()
    assert onbuild.nested
    assert [flag.name for flag in onbuild.nested.flags] == ["from"]
    assert [word.text for word in onbuild.nested.arguments] == ["b", "/c"]


def test_the_description_of_a_file() -> None:
    text = "# escape=`\nFROM --platform=x a AS B\nRUN --mount=type=ssh <<E\nE\n"
    assert describe(SourceFile("d", text)) == {
        "path": "d",
        "escape": "`",
        "error": None,
        "instructions": [
            {"instruction": "FROM", "line": 2, "end_line": 2, "flags": ["--platform=x"], "heredocs": []},
            {
                "instruction": "RUN",
                "line": 3,
                "end_line": 4,
                "flags": ["--mount=type=ssh"],
                "heredocs": ["E"],
            },
        ],
        "stages": [{"name": "b", "line": 2}],
    }
    assert describe(SourceFile("d", "FROM a\nENV b"))["error"]["line"] == 2


@pytest.mark.parametrize(
    "text",
    [
        "RUN a && \\\n" * 30_000,
        "ENV a=1\n" * 30_000,
        "RUN <<A\n" * 30_000,
        "# syntax=" + " " * 60_000 + "x\nRUN a",
        "ENV a=" + "\\" * 60_000,
        "ENV " + '"' * 60_001,
        "CMD [" + '"a",' * 15_000,
        "RUN " + "<<A " * 15_000,
        "COPY --" + "a" * 60_000 + "=" + "'" * 3000 + " a b",
        "\\\n" * 60_000,
        "RUN --mount=" + "a," * 30_000 + " ls",
        "RUN " + "${a:-" * 10_000 + " <<A",
    ],
    ids=range(12),
)
def test_hostile_files_take_no_time(text: str) -> None:
    start = time.process_time()
    for instruction in parse(text).instructions:
        spans(instruction)
    assert time.process_time() - start < 30
