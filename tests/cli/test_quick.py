"""The quick reader of command lines says what argparse says, or nothing."""

from __future__ import annotations

import argparse
import contextlib
import io
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cilint.cli import check
from cilint.cli.parser import parser_for
from cilint.cli.quick import Quick

WORDS = [
    "Dockerfile", "-", "a b", "--policy", "--policy=none", "none", "--select", "--select=a,b", "--ignore", "-q",
    "-v", "-qv", "--no-cache", "--no-cache=1", "--jobs", "--jobs=2", "3", "0", "--report", "json", "--fail-on",
    "--fail-on=error", "error", "worse", "--color", "never", "--pol", "--help", "--", "--config=x", "--stdin-filename",
    "--force-exclude", "", "--unknown", "-x",
]  # fmt: skip


def quick(argv: list[str]) -> dict[str, Any] | None:
    reader: Any = Quick()
    check.add_arguments(reader)
    values = reader.read(argv)
    return None if values is None else vars(values)


def exact(argv: list[str]) -> dict[str, Any] | None:
    parser: argparse.ArgumentParser = parser_for("check", "lint")
    check.add_arguments(parser)
    with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
        try:
            return vars(parser.parse_intermixed_args(argv))
        except SystemExit:
            return None


@given(st.lists(st.sampled_from(WORDS), max_size=7))
def test_it_agrees_with_argparse_or_leaves_it_to_it(argv: list[str]) -> None:
    values = quick(argv)
    assert values is None or values == exact(argv)


def test_ordinary_command_lines_need_no_argparse() -> None:
    for argv in (
        [],
        ["."],
        ["Dockerfile", "--policy", "none", "--report", "json"],
        ["--policy", "none", "--select", "ALL", "--report", "json", "--fail-on", "error", "--no-cache", "."],
        ["--force-exclude", "a.yml", "b.yml", "--report=sarif:x.sarif", "--report", "github", "-q"],
    ):
        assert quick(argv) == exact(argv) is not None


def test_what_is_wrong_or_asks_for_help_is_left_to_argparse() -> None:
    for argv in (
        ["--help"],
        ["--pol", "none"],
        ["--jobs", "0"],
        ["--fail-on", "worse"],
        ["--report"],
        ["--no-cache=1"],
    ):
        assert quick(argv) is None
