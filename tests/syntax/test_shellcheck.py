"""How ShellCheck is asked: places, what it is not shown, and that nothing of a script can do harm."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cilint.errors import CilintError
from cilint.programs import find
from cilint.syntax import shellcheck
from cilint.syntax.shellcheck import Comment, Text, comments

PROGRAM = find("shellcheck") or ""


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    shellcheck._answers.clear()
    yield
    shellcheck._answers.clear()


def found(text: str, shell: str = "bash", **more: Any) -> list[tuple[str, str]]:
    """Code and text of each comment."""
    return [
        (each.code, text[each.start : each.end]) for each in comments(PROGRAM, [Text(text, shell, **more)])[0]
    ]


def test_places_are_offsets_whatever_the_line_holds() -> None:
    text = "\techo 'é😀'\t$a\necho \"x\" $b`c`\n"
    assert ("SC2086", "$a") in found(text)
    assert ("SC2086", "$b") in found(text)
    assert ("SC2006", "`c`") in found(text)


def test_a_fix_is_told_in_offsets_too() -> None:
    text = 'x=1\na=`b`; echo "$a$x"'
    [[comment]] = comments(PROGRAM, [Text(text, "sh")])
    fix = comment.replacements
    assert [(text[part.start : part.end], part.text) for part in fix] == [("`", "$("), ("`", ")")]


@pytest.mark.parametrize(
    ("shell", "text", "code", "expected"),
    [
        ("sh", "[[ a = $b ]]", "SC3010", True),
        ("bash", "[[ a = $b ]]", "SC3010", False),
        ("ksh", "[[ a = $b ]]", "SC3010", False),
        ("busybox sh", "[[ a = $b ]]", "SC3010", False),
        ("busybox sh", "cat <(ls)", "SC3001", True),
        ("busybox sh", "cat <(ls)", "SC2187", False),
    ],
)
def test_each_script_is_read_as_its_shell_reads_it(shell: str, text: str, code: str, expected: bool) -> None:
    assert (code in [each for each, _ in found(text, shell)]) is expected


def test_errexit_and_what_is_set_already_are_known() -> None:
    assert found("cd a\nb") == [("SC2164", "cd a")]
    assert found("cd a\nb", errexit=True) == []
    assert found("echo $release") == [("SC2154", "$release"), ("SC2086", "$release")]
    assert found("echo $release", known=("release", "no name", "été")) == []


def test_a_first_line_of_its_own_is_a_comment() -> None:
    assert found("#!/usr/bin/env python\n# shellcheck disable=SC2086\necho $A\nc `b`") == [
        ("SC2046", "`b`"),
        ("SC2006", "`b`"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "echo ${{ a }} '${{ b }}' \"${{ c }}\"",
        "if [ ${{ a }} = b ] || [ -n '${{ c }}' ]; then d; fi",
        "[ '${{ a }}' = b ] && c",
        "case ${{ a }} in ${{ b }}) c ;; esac",
        'for each in ${{ a }}; do b "$each"; done',
        "[[ $A == ${{ b }} ]] && printf ${{ c }}",
        "printf '%s' $(( ${{ a }} + 1 ))",
        "rm -rf ${{ a }}/*",
        "cat <<EOF\n${{ a }}\nEOF",
        "${{ a }} b",
        "x=${{ a }} b",
        "echo ${{ a\n && b }}",
    ],
)
def test_nothing_is_said_of_what_github_puts_in(text: str) -> None:
    assert found(text) == []


def test_what_stands_beside_it_is_judged() -> None:
    assert found("[ a = b ]\n${{ c }}") == [("SC2050", "=")]
    assert found("echo ${{ a }}$B '$C ${{ d }}' ${{ e }} `f`") == [
        ("SC2086", "$B"),
        ("SC2016", "'$C ${{ d }}'"),
        ("SC2046", "`f`"),
        ("SC2006", "`f`"),
    ]


def test_no_fix_changes_an_expression() -> None:
    [[comment]] = comments(PROGRAM, [Text('a=`${{ b }} c`; echo "$a"', "bash")])
    assert comment.code == "SC2006"
    assert [part.text for part in comment.replacements] == ["$(", ")"]


def asked(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The command lines from now on."""
    lines: list[list[str]] = []
    run: Callable[..., Any] = subprocess.run

    def noting(command: list[str], **more: Any) -> Any:
        lines.append(command)
        return run(command, **more)

    monkeypatch.setattr(subprocess, "run", noting)
    return lines


def test_all_scripts_go_to_one_process_and_each_only_once(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = asked(monkeypatch)
    texts = [Text(f"echo ${name}", shell) for name in "ABC" for shell in ("sh", "bash", "busybox sh")]
    first = comments(PROGRAM, [*texts, *texts])
    assert [len(each) for each in first] == [1] * 18
    assert comments(PROGRAM, texts) == first[:9]
    assert comments(PROGRAM, []) == []
    assert len(lines) == 1


def test_more_than_a_command_line_holds_go_to_several(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = asked(monkeypatch)
    monkeypatch.setattr(shellcheck, "BATCH", 2)
    given = [Text(f"echo ${name}", "sh") for name in "ABCDE"]
    assert [each[0].start for each in comments(PROGRAM, given)] == [5] * 5
    assert len(lines) == 3


def test_a_script_that_is_too_long_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = asked(monkeypatch)
    long = "#" * shellcheck.MAX_LENGTH + "\necho $A"
    assert comments(PROGRAM, [Text(long, "sh")]) == [()]
    assert lines == []


def test_neither_files_nor_settings_change_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".shellcheckrc").write_text("disable=all\nexternal-sources=true\n")
    (tmp_path / "other.sh").write_text("echo $A `b`\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setenv("SHELLCHECK_OPTS", "--exclude=SC2086 -x")
    text = f"# shellcheck source={tmp_path}/other.sh\n. {tmp_path}/other.sh\necho $A"
    assert found(text) == [("SC1091", f"{tmp_path}/other.sh"), ("SC2086", "$A")]
    assert sorted(os.listdir(tmp_path)) == [".shellcheckrc", "other.sh"]


def test_a_script_cannot_bring_in_another_one() -> None:
    answers = comments(
        PROGRAM, [Text("echo $A", "sh"), *(Text(f". {at}; . ./{at}", "sh") for at in range(3))]
    )
    assert {each.code for answer in answers[1:] for each in answer} == {"SC1091"}


def program(folder: Path, script: str) -> str:
    path = folder / "shellcheck"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (
            "echo 'unrecognized option --norc' >&2; echo more; exit 3",
            "failed with status 3: unrecognized option",
        ),
        ("echo hello", "is not ShellCheck's json1"),
        ("echo '[]'", "is not ShellCheck's json1"),
        ('echo \'{"comments": [{"file": "other"}]}\'', "is not ShellCheck's json1"),
    ],
)
def test_a_program_that_fails_is_told(tmp_path: Path, script: str, said: str) -> None:
    with pytest.raises(CilintError, match=said):
        comments(program(tmp_path, script), [Text("a", "sh")])


def test_a_program_that_cannot_be_started_is_told(tmp_path: Path) -> None:
    with pytest.raises(CilintError, match="cannot be run"):
        comments(str(tmp_path / "none"), [Text("a", "sh")])


def test_a_script_that_keeps_it_busy_ends_with_a_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shellcheck, "SECONDS", 1)
    with pytest.raises(CilintError, match="did not end within 1 seconds"):
        comments(PROGRAM, [Text("echo $(" * 60 + "b" + ")" * 60, "bash")])


WORDS = st.sampled_from([
    "echo ", "$A", '"', "'", "`b`", "${{ a }}", "${{ 'b' }}", "\n", "\t", "é", "😀", "; ", " && ", "$(", ")", "[ ",
    " ]", "\\", "if ", "then ", "fi", "for x in ", "do ", "done", "<<EOF\n", "EOF\n", "\r", "\udc80", "#!", "{", "}",
])  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(WORDS, max_size=12).map("".join), max_size=20))
def test_any_text_gives_places_inside_of_it(texts: list[str]) -> None:
    for text, answer in zip(texts, comments(PROGRAM, [Text(each, "bash") for each in texts]), strict=True):
        for comment in answer:
            assert isinstance(comment, Comment)
            assert 0 <= comment.start <= comment.end <= len(text)
            for part in comment.replacements:
                assert 0 <= part.start <= part.end <= len(text)
                assert "${{" not in text[part.start : part.end]
