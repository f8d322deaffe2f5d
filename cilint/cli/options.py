"""The options that commands share, and what they ask for as plain values."""

from __future__ import annotations

import sys

from cilint.errors import CilintError
from cilint.findings.finding import Severity
from cilint.lint.request import Request
from cilint.text.hints import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

SEVERITIES = ("error", "warning", "info")


def add_configuration(parser: argparse.ArgumentParser) -> None:
    """Options that say which rules are judged and how."""
    group = parser.add_argument_group("configuration")
    group.add_argument("--config", metavar="FILE", help="use this configuration file")
    group.add_argument("--policy", metavar="POLICY", help="a policy's name, a policy file, or none")
    group.add_argument(
        "--select", metavar="RULES", action="append", default=[], help="ids, groups or ALL, with commas"
    )
    group.add_argument(
        "--ignore", metavar="RULES", action="append", default=[], help="ids or groups, with commas"
    )


def add_paths(parser: argparse.ArgumentParser) -> None:
    """Paths and how they are found and read."""
    parser.add_argument(
        "paths", metavar="PATH", nargs="*", help="files or folders (default: the current project)"
    )
    group = parser.add_argument_group("files")
    group.add_argument("--stdin-filename", metavar="NAME", help="the file that the path - stands for")
    group.add_argument(
        "--force-exclude", action="store_true", help="leave excluded files out even if they are named"
    )
    group.add_argument("--no-cache", action="store_true", help="look at every file again")
    group.add_argument(
        "--jobs",
        metavar="N",
        type=_jobs,
        default=0,
        help="processes (default: chosen by the number of files)",
    )


def add_output(parser: argparse.ArgumentParser) -> None:
    """What is printed, and what counts as a failure."""
    group = parser.add_argument_group("output")
    group.add_argument(
        "--report", metavar="FORMAT[:FILE]", action="append", default=[],
        help="text, concise, json, sarif, github, gitlab, junit or markdown; repeatable",
    )  # fmt: skip
    group.add_argument(
        "--fail-on", choices=SEVERITIES, default="warning", help="lowest severity that makes the status 1"
    )
    group.add_argument("--color", choices=("auto", "always", "never"), default="auto")
    group.add_argument("-q", "--quiet", action="store_true", help="print findings only")
    group.add_argument("-v", "--verbose", action="store_true", help="print timings")


def _jobs(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 256:
        import argparse

        raise argparse.ArgumentTypeError("a number from 1 to 256")
    return int(text)


def names(values: list[str]) -> tuple[str, ...]:
    """Rule ids of a repeatable option whose values may hold commas."""
    return tuple(name.strip() for value in values for name in value.split(",") if name.strip())


def request_of(args: argparse.Namespace) -> Request:
    """What the shared options ask to be linted. Reads standard input where it is named."""
    paths = tuple(args.paths) or (None,)
    return Request(
        paths=tuple(path for path in paths if path != "-"),
        config=args.config,
        policy=args.policy,
        select=names(args.select),
        ignore=names(args.ignore),
        force_exclude=args.force_exclude,
        stdin=_standard_input(args.stdin_filename) if "-" in paths else None,
        jobs=args.jobs,
    )


def configuration_of(args: argparse.Namespace) -> Request:
    """The request of a command that lints nothing but asks for the configuration."""
    given = vars(args)
    return Request(
        paths=(),
        config=args.config,
        policy=given.get("policy"),
        select=names(given.get("select", [])),
        ignore=names(given.get("ignore", [])),
    )


def _standard_input(name: str | None) -> tuple[str, bytes]:
    if not name:
        raise CilintError("the path - needs --stdin-filename: the name tells what kind of file it is")
    return name, sys.stdin.buffer.read()


def failing(args: argparse.Namespace) -> Severity:
    """The lowest severity that makes the exit status 1."""
    return Severity.of(args.fail_on)
