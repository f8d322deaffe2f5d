"""Flags, options and operands."""

from __future__ import annotations

import pytest

from cilint.syntax.shell import Arguments, parse


def arguments(text: str) -> Arguments:
    return parse(text).commands[0].arguments()


@pytest.mark.parametrize(
    ("text", "flag", "there"),
    [
        ("curl -fsSL x", "-f", True),
        ("curl -sSLf x", "-f", True),
        ("curl -Xf x", "-f", False),
        ("curl -o -f x", "-f", False),
        ("curl --fail-with-body x", "--fail", False),
        ("curl -- -f", "-f", False),
        ("curl -H 'x: -f' x", "-f", False),
        ("curl --data -f x", "-f", False),
        ("docker run -it x", "-t", True),
        ("set -euo pipefail", "-e", True),
        ("wget -nv -O- x", "-nv", True),
    ],
)
def test_flags(text: str, flag: str, there: bool) -> None:
    assert parse(text).commands[0].has_flag(flag) is there


@pytest.mark.parametrize(
    "text",
    ["curl -X POST u", "curl -XPOST u", "curl -sXPOST u", "curl --request POST u", "curl u --request=POST"],
)
def test_options_with_values(text: str) -> None:
    command = parse(text).commands[0]
    option = command.option("-X", "--request")
    assert option is not None
    assert option.value == "POST"
    assert option.value_word is not None
    assert "POST" in option.value_word.raw
    assert [operand.value for operand in command.operands()] == ["u"]


def test_the_last_option_counts_and_all_are_there() -> None:
    found = arguments("curl -H a -H b -d x")
    assert [option.value for option in found.options("-H", "--header")] == ["a", "b"]
    last = found.option("-H", "--header")
    assert last is not None
    assert last.value == "b"
    assert found.option("-X") is None


def test_operands_of_unknown_programs_need_to_know_what_takes_a_value() -> None:
    assert [one.value for one in arguments("tool -o out in").operands("-o")] == ["in"]
    assert [one.value for one in arguments("tool -o out in").operands()] == ["out", "in"]


def test_docker_flags_depend_on_the_subcommand() -> None:
    build = arguments("docker build -t img -f Dockerfile .")
    assert [one.value for one in build.operands()] == ["build", "."]
    run = arguments("docker run -t -p 80:80 img")
    assert [one.value for one in run.operands()] == ["run", "img"]


def test_variables_and_arrays_are_put_in() -> None:
    script = parse('args=(-f -X POST)\nargs+=(-H "a: $T")\nO="-s -S"\ncurl $O "${args[@]}" "$URL/x"')
    found = script.arguments(script.named("curl")[0], {"URL": "https://h"})
    assert found.has_flag("-f")
    assert found.has_flag("-S")
    assert [one.value for one in found.options("-H")] == ["a: \0"]
    assert [one.value for one in found.operands()] == ["https://h/x"]
    assert not found.open


def test_an_unknown_unquoted_variable_may_be_anything() -> None:
    assert arguments("curl $OPTS x").open
    assert not arguments('curl "$OPTS" x').open
