from __future__ import annotations

import re

from cilint.lint.comments import Marker, markers
from cilint.text.source import SourceFile, Span


def read(text: str) -> list[Marker]:
    comments = [Span(*match.span()) for match in re.finditer(r"#.*", text)]
    return markers(SourceFile("Dockerfile", text), comments)


def summary(text: str) -> list[tuple[str, str, list[str], str, int]]:
    return [(m.tool, m.scope, [name.text for name in m.names], m.reason, m.line) for m in read(text)]


def test_own_comments_behind_a_line_and_above_one() -> None:
    behind = "a: 1  # cilint: ignore[deploy/retry, docker] the platform retries\n"
    text = f"{behind}# cilint:ignore[x/y]: why\n\nb: 2\n"
    assert summary(text) == [
        ("cilint", "block", ["deploy/retry", "docker"], "the platform retries", 1),
        ("cilint", "block", ["x/y"], "why", 4),
    ]


def test_a_comment_stands_for_the_next_line_that_is_none() -> None:
    assert summary("# cilint: ignore-file[a/b] r\n# more\nFROM x\n")[0] == ("cilint", "file", ["a/b"], "r", 3)


def test_names_know_their_place() -> None:
    text = "x # cilint: ignore[a/b,  c] r\n"
    [marker] = read(text)
    assert [text[name.span.start : name.span.end] for name in marker.names] == ["a/b", "c"]
    assert text[marker.span.start : marker.span.end] == "# cilint: ignore[a/b,  c] r"


def test_without_brackets_or_names_nothing_is_named() -> None:
    assert summary("# cilint: ignore\n")[0][2] == []
    assert summary("# cilint: ignore[] x\n")[0][2:4] == ([], "x")


def test_peers_comments() -> None:
    assert summary("# hadolint ignore=DL3008, SC2086 # because\nRUN a\n") == [
        ("hadolint", "block", ["DL3008", "SC2086"], "", 2)
    ]
    assert summary("# hadolint global ignore=DL3008\n\nFROM x\n")[0][:3] == ("hadolint", "file", ["DL3008"])
    assert summary("# hadolint stage ignore=DL3008\nFROM x\n")[0][1] == "stage"
    assert summary("uses: a@1 # v1 # zizmor: ignore[unpinned-uses,x] y\n") == [
        ("zizmor", "span", ["unpinned-uses", "x"], "", 1)
    ]


def test_several_tools_in_one_comment() -> None:
    found = summary("a: 1 # cilint: ignore[a/b] mine # zizmor: ignore[c]\n")
    assert [(tool, names, reason) for tool, _, names, reason, _ in found] == [
        ("cilint", ["a/b"], "mine"),
        ("zizmor", ["c"], ""),
    ]


def test_a_pragma_of_hadolint_holds_for_the_very_next_line_only() -> None:
    assert summary("# hadolint ignore=DL3008\n\nRUN a\n")[0][4] == 2


def test_build_checks_are_skipped_by_a_directive_at_the_top() -> None:
    top = "# syntax=docker/dockerfile:1\n# check=skip=StageName,FromAsCasing;error=true\nFROM x\n"
    assert summary(top) == [("buildkit", "file", ["StageName", "FromAsCasing"], "", 3)]
    assert summary("# check=error=true\nFROM x\n")[0][2] == []


def test_build_checks_are_skipped_for_one_instruction_by_the_first_comment_above_it() -> None:
    text = "FROM x\n# hello\n# check=skip=A, B because C\n# check=skip=D\n\nCMD x\n# check=skip=all\nCMD y\n"
    assert summary(text) == [
        ("buildkit", "block", ["A", "B"], "", 6),
        ("buildkit", "block", ["all"], "", 8),
    ]


def test_other_comments_are_none() -> None:
    assert summary("# cilint ignores this\n# ignore[docker/x]\n# hadolint: x\n") == []
