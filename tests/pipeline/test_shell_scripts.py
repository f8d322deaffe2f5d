"""Shell scripts of Dockerfiles and steps: what splits, what fails unnoticed, what is never set."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cilint.model.files import MemoryFiles
from cilint.model.project import Project
from cilint.pipeline.effects.shell_calls import ShellCall
from cilint.pipeline.effects.shell_expansions import Expansion
from cilint.pipeline.pipeline import Pipeline
from cilint.syntax.shell import parse
from cilint.syntax.shell_spaces import splitting
from cilint.text.edit import apply_edits

HEAD = "FROM debian:13.1-slim\n"
WORKFLOW = """\
on: push
jobs:
  a:
    runs-on: {runner}
    steps:
      - run: |
          {script}
{rest}"""


def split(script: str, *known: str) -> list[str]:
    """The expansions of a script that may be split, as written."""
    return [script[use.part.span.start : use.part.span.end] for use in splitting(parse(script).root, known)]


def pipeline(files: dict[str, str]) -> Pipeline:
    return Pipeline(Project(MemoryFiles(files)))


def docker(text: str) -> Pipeline:
    return pipeline({"Dockerfile": HEAD + text})


def workflow(script: str, runner: str = "ubuntu-24.04", rest: str = "") -> Pipeline:
    text = WORKFLOW.format(script=script, runner=runner, rest=rest)
    return pipeline({".github/workflows/a.yml": text})


@pytest.mark.parametrize(
    "script",
    [
        "echo \"$a\" '$b' ${#c} $? $# $$",
        "x=$a; [[ $x == $y ]]; case $x in b) ;; esac; for i in $x; do :; done",
        "x=1; echo $x; y=$x-2; echo $y",
        "for i in a b; do echo $i; done",
        "if t; then x=1; else x=2; fi; echo $x",
        "if t; then exit 1; else x=2; fi; echo $x",
        "x=1 && y=2 && echo $x $y",
        "t || exit; x=1; echo $x",
        "case $a in b) x=1;; *) x=2;; esac; echo $x",
        "n=0; while t; do n=$((n + 1)); echo $n; done; echo $n",
        "for ((i = 0; i < 3; i++)); do echo $i; done",
        "f() { local l=1; echo $l $g; }; g=1; f",
        "bash -c 'echo $a'",
        'x=a${b:+c}; echo ${z:+"$y"} ${z:+word}',
        "echo ${{ github.sha }} $(( a + b ))",
        "exit; echo $a",
        "export a=$b; local c=$d",
        "cat <<EOF\n$a\nEOF",
        "$program",
    ],
)
def test_what_stays_one_word(script: str) -> None:
    assert split(script) == []


@pytest.mark.parametrize(
    ("script", "found"),
    [
        ("echo $a ${b} ${c%x} ${d:-e} $1 ${f[0]}", ["$a", "${b}", "${c%x}", "${d:-e}", "$1", "${f[0]}"]),
        ("echo a$b/c >$d <$e", ["$b", "$d", "$e"]),
        ("[ $a = b ] && test -n $c", ["$a", "$c"]),
        ("x='a b'; echo $x; y=a*; echo $y", ["$x", "$y"]),
        ("if t; then x=1; fi; echo $x", ["$x"]),
        ("case $a in b) x=1;; esac; echo $x", ["$x"]),
        ("t && x=1; echo $x", ["$x"]),
        ("x=1; x=$(t); echo $x", ["$x"]),
        ("x=1; x+=$y; echo $x", ["$x"]),
        ("x=1; read -r x; echo $x; y=1; unset y; echo $y; printf -v z %s a; echo $z", ["$x", "$y", "$z"]),
        ("x=1 | echo $x; (y=1); echo $y", ["$x", "$y"]),
        ("x=1; while t; do echo $x; x=$(t); done", ["$x"]),
        ("x=1; while t; do if u; then x=$(t); break; fi; done; echo $x", ["$x"]),
        ("x=1; f() { x=$(t); }; f; echo $x", ["$x"]),
        ("f() { echo $1 $x; }; x=$a", ["$1", "$x"]),
        ("for i in $(t); do echo $i; done", ["$i"]),
        ("echo `t` $(u $v)", ["`t`", "$(u $v)", "$v"]),
        ('echo "$(echo $a)" ${b:+$c}', ["$a", "${b:+$c}"]),
        ("export $a; sudo rm $b; eval $c", ["$a", "$b", "$c"]),
        ("x=(a); echo $x", ["$x"]),
        ("{ t; } >$a", ["$a"]),
    ],
)  # fmt: skip
def test_what_may_be_split(script: str, found: list[str]) -> None:
    assert split(script) == found


def test_what_is_known_from_outside_is_one_word() -> None:
    assert split("echo $a $b", "a") == ["$b"]
    text = "ARG a=1\nENV b='c d'\nRUN echo $a $b $c\nONBUILD RUN echo $a $b\n"
    assert [each.text for each in docker(text).shell_expansions] == ["$c", "$a"]


def test_only_scripts_of_the_targets_kinds_are_read() -> None:
    assert [each.text for each in workflow("echo $a").select("shell_expansion")] == ["$a"]
    assert [each.text for each in docker("RUN echo $a\n").select("shell_expansion")] == ["$a"]
    assert list(pipeline({"compose.yaml": "services: {}\n"}).select("shell_expansion")) == []
    action = "runs:\n  using: composite\n  steps:\n    - run: echo $a\n      shell: bash\n"
    assert [each.text for each in pipeline({"action.yml": action}).select("shell_expansion")] == ["$a"]


@pytest.mark.parametrize(
    ("runner", "rest"),
    [
        ("windows-2025", ""),
        ("ubuntu-24.04", "        shell: pwsh\n"),
        ("ubuntu-24.04", "        shell: python\n"),
    ],
)
def test_scripts_of_other_shells_are_left_alone(runner: str, rest: str) -> None:
    assert workflow("echo $a", runner, rest).shell_scripts == ()
    assert docker('SHELL ["pwsh", "-c"]\nRUN echo $a\n').shell_scripts == ()
    assert (
        docker('RUN ["echo", "$a"]\nRUN <<EOF\n#!/usr/bin/env python\nprint("$a")\nEOF\n').shell_scripts == ()
    )


def test_what_runs_on_windows_is_no_script_of_a_shell() -> None:
    assert docker("RUN powershell -Command $a = 1; Write-Host $a\n").shell_scripts == ()
    assert pipeline({"Dockerfile": "# escape=`\nFROM a\nRUN dir $a\n"}).shell_scripts == ()


@pytest.mark.parametrize(
    ("matrix", "read"),
    [
        ("[ubuntu-24.04, macos-15]", 1),
        ("[ubuntu-24.04, windows-2025]", 0),
        ("${{ fromJSON(inputs.all) }}", 0),
    ],
)
def test_a_matrix_may_choose_windows(matrix: str, read: int) -> None:
    runner = "${{ matrix.os }}\n    strategy: {matrix: {os: " + matrix + "}}"
    assert len(workflow("echo $a", runner).shell_scripts) == read


def test_endless_scripts_are_not_followed() -> None:
    assert len(split("echo " + "$a " * 3000)) == 2000
    assert docker("RUN " + "echo $a; " * 2001 + "\n").shell_expansions == ()
    calls_of_one = "f() { " + "x=$y; " * 500 + "}\n" + "f\n" * 500 + "x=1; echo $x $x; f; echo $x"
    assert split(calls_of_one) == ["$x"]


def mended(text: str, found: Expansion) -> str:
    return apply_edits(text, found.quoted)


def test_quotes_are_put_where_they_end_no_others() -> None:
    text = HEAD + "RUN rm a$b/c \\\n  && echo `echo $d`\n"
    first, second, third = pipeline({"Dockerfile": text}).shell_expansions
    assert mended(text, first).splitlines()[1] == 'RUN rm a"$b"/c \\'
    assert (first.is_risky, second.is_risky) == (True, False)
    assert (second.text, mended(text, second)) == ("`echo $d`", text.replace("`echo $d`", '"`echo $d`"'))
    assert third.quoted == ()


def calls(made: Pipeline) -> list[ShellCall]:
    return list(made.shell_calls)


@pytest.mark.parametrize(
    ("script", "unguarded"),
    [
        ("cd a; b", True),
        ("b && cd a; c", True),
        ("{ cd a; b; }", True),
        ("pushd a; b", True),
        ("cd a", False),
        ("cd a && b", False),
        ("cd a || exit; b", False),
        ("b || cd a || exit; c", False),
        ("if ! cd a; then exit; fi; b", False),
        ("cd /; b", False),
        ("cd ../..; b", False),
        ("set -eux; cd a; b", False),
        ("set -o errexit; cd a; b", False),
    ],
)
def test_unguarded_moves(script: str, unguarded: bool) -> None:
    assert any(call.is_unguarded_move for call in calls(docker(f"RUN {script}\n"))) is unguarded
    assert not any(call.is_unguarded_move for call in calls(workflow(script)))


def test_a_step_may_run_without_e() -> None:
    given = workflow("cd a; b", rest="        shell: bash {0}\n")
    assert [call.name for call in calls(given) if call.is_unguarded_move] == ["cd"]


@pytest.mark.parametrize(
    ("script", "name", "after"),
    [
        ("export a=$(b); c", "a", "a=$(b); export a; c"),
        ("export a=x$(b) && c", "a", "a=x$(b) && export a && c"),
        ("export a=$(b) || c", "a", None),
        ("export a=$(b) d=1", "a", None),
        ("readonly a=$(b)", "a", None),
        ("f() { local a=`b`; }", "a", None),
        ("f() { local -r a=$(b); }", "", None),
        ("export a=$b; a=$(b)", "", None),
    ],
)
def test_masked_failures(script: str, name: str, after: str | None) -> None:
    text = HEAD + f"RUN {script}\n"
    found = [call for call in calls(pipeline({"Dockerfile": text})) if call.masked_status]
    assert [call.masked_name for call in found] == ([name] if name else [])
    edits = [call.in_two_steps for call in found if call.in_two_steps]
    assert [apply_edits(text, each) for each in edits] == ([HEAD + f"RUN {after}\n"] if after else [])


@pytest.mark.parametrize(
    ("script", "names"),
    [
        ("echo $a $B $1 $@", ["a"]),
        ("a=1; echo $a; for b in x; do echo $b; done; read -r c; echo $c", []),
        ("echo ${a:-b} $a ${c+d}", []),
        ("export a; local b=1; echo $a $b", []),
        ("(( a = 1 )); echo $a; printf -v b x; echo $b", []),
        (". ./env; echo $a", []),
        ("cat <<EOF\n$a\nEOF", ["a"]),
        ('x=$a; [ "$b" ]; echo >$c; case $d in x) ;; esac', ["a", "b", "c", "d"]),
        ("a=1 bash -c 'echo $b'", []),
    ],
)  # fmt: skip
def test_unassigned_variables(script: str, names: list[str]) -> None:
    text = f"RUN <<'END'\n{script}\nEND\n"
    assert sorted(each.name for each in docker(text).unassigned_variables) == names
    assert workflow("echo $a").unassigned_variables == ()


def test_what_only_bash_knows() -> None:
    run = "RUN [[ a ]]; echo -n $RANDOM; source x; set -o pipefail; /bin/echo -e a; declare b\n"
    expected = {"`[[ … ]]`", "`echo -n`", "`$RANDOM`", "`source`", "`set -o pipefail`", "`declare`"}
    assert {each.what for each in docker(run).shell_extensions} == expected
    assert docker('SHELL ["/bin/bash", "-c"]\n' + run).shell_extensions == ()
    assert pipeline({"Dockerfile": "FROM alpine:3.22.1\n" + run}).shell_extensions == ()
    assert {each.what for each in docker("ENV RANDOM=1\nRUN echo $RANDOM\n").shell_extensions} == set()


@given(st.text(alphabet="ab$(){}`'\" \n;|&=<>[]*?#!\\x01fidonethlsc", max_size=60))
def test_any_text_is_read(script: str) -> None:
    for use in splitting(parse(script).root, ()):
        assert 0 <= use.part.span.start < use.part.span.end <= len(script)


@pytest.mark.parametrize(
    ("run", "program", "errexit"),
    [
        ('RUN ["bash", "-c", "echo $a"]', "bash", False),
        ('RUN ["/bin/bash", "-euo", "pipefail", "-c", "echo $a"]', "bash", True),
        ('RUN ["/usr/bin/env", "-i", "A=1", "bash", "-c", "echo $a"]', "bash", False),
        ('RUN ["/bin/sh", "-ec", "echo $a"]', "sh", True),
        ('RUN ["busybox", "ash", "-c", "echo $a"]', "ash", False),
        ('RUN ["zsh", "-c", "echo $a"]', "zsh", False),
        ('ONBUILD RUN ["ksh", "-c", "echo $a"]', "ksh", False),
        ('SHELL ["/usr/bin/env", "bash", "-e", "-c"]\nRUN echo $a', "bash", True),
        ('SHELL ["env", "-u", "HOME", "sh", "-c"]\nRUN echo $a', "sh", False),
        ('SHELL ["pwsh", "-c"]\nRUN ["sh", "-c", "echo $a"]', "sh", False),
    ],
)
def test_the_shell_that_a_command_line_names(run: str, program: str, errexit: bool) -> None:
    (script,) = docker(f"{run}\n").shell_scripts
    assert (script.program, script.errexit, script.parsed.text) == (program, errexit, "echo $a")
    (found,) = docker(f"{run}\n").shell_expansions
    assert (HEAD + run)[found.span.start : found.span.end] == "$a"


@pytest.mark.parametrize(
    "run",
    [
        'RUN ["bash", "build.sh"]',
        'RUN ["bash", "-c"]',
        'RUN ["pwsh", "-c", "echo $a"]',
        'RUN ["cmd.exe", "/c", "echo $a"]',
        'RUN ["/app", "-c", "echo $a"]',
        'SHELL ["env", "pwsh", "-c"]\nRUN echo $a',
        'SHELL ["C:\\\\Windows\\\\cmd.exe", "/S", "/C"]\nRUN echo $a',
    ],
)
def test_what_no_posix_shell_reads(run: str) -> None:
    assert docker(f"{run}\n").shell_scripts == ()


def test_what_bash_alone_knows_in_a_json_form() -> None:
    test = "[[ $a == b ]]"
    assert docker(f'RUN ["bash", "-c", "{test}"]\n').shell_extensions == ()
    (found,) = docker(f'RUN ["sh", "-c", "{test}"]\n').shell_extensions
    assert (HEAD + f'RUN ["sh", "-c", "{test}"]')[found.span.start :].startswith("[[")


def test_escapes_of_json_lead_back_to_the_file() -> None:
    text = r'RUN ["bash", "-c", "x=\"$a\"; echo it\u0027s\u0027 $b"]' + "\n"
    (found,) = docker(text).shell_expansions
    assert (HEAD + text)[found.span.start : found.span.end] == "$b"


@pytest.mark.parametrize(
    ("text", "programs"),
    [
        ("# hadolint shell=bash\nFROM a\nRUN x\nFROM b\nRUN y\n", ["bash", "bash"]),
        ("FROM a\n# hadolint shell=bash\nRUN x\nFROM b\nRUN y\n", ["bash", "sh"]),
        ("FROM a\nRUN x\n# hadolint shell = /bin/ash\nRUN y\n", ["sh", "ash"]),
        ('# hadolint shell=bash\nFROM a\nSHELL ["sh", "-c"]\nRUN x\n', ["sh"]),
        ('FROM a\nSHELL ["sh", "-c"]\n# hadolint shell=zsh\nRUN x\n', ["zsh"]),
        ("# hadolint shell=powershell.exe\nFROM a\nRUN x | y\nONBUILD RUN y\n", []),
        ("FROM a\nRUN <<EOF\n# hadolint shell=bash\nx\nEOF\n", ["sh"]),
        ("# hadolint shell=bash and more\nFROM a\nRUN x\n", ["sh"]),
        ("# hadolint shell=bash\nFROM a\nRUN <<EOF\n#!/bin/dash\nx\nEOF\n", ["dash"]),
    ],
)
def test_the_shell_that_a_comment_for_hadolint_names(text: str, programs: list[str]) -> None:
    found = pipeline({"Dockerfile": text})
    assert [script.program for script in found.shell_scripts] == programs
    if not programs:
        assert not any(run.calls or run.unguarded_pipe for run in found.run_instructions)
