"""``cilint debug``: how cilint reads a file."""

from __future__ import annotations

import argparse
import sys

from cilint.errors import CilintError
from cilint.text.hints import Any


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=("dockerfile",), help="the kind of file")
    parser.add_argument("paths", metavar="FILE", nargs="+")
    parser.add_argument("--report", choices=("text", "json"), default="text")


def run(args: argparse.Namespace) -> int:
    """Print the instructions and stages of Dockerfiles; status 0 also for files that do not parse."""
    from cilint.syntax.dockerfile_debug import describe
    from cilint.text.source import SourceFile

    files = [describe(SourceFile.decode(path, _read(path))) for path in args.paths]
    if args.report == "json":
        from cilint.report.json import dumps, lines_of

        sys.stdout.write(f'{dumps({"version": 1})[:-1]}, "files": {lines_of(files, "")}}}\n')
    else:
        sys.stdout.write("".join(map(_text, files)))
    return 0


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise CilintError(f"cannot be read: {error.strerror}", path=path) from None


def _text(file: dict[str, Any]) -> str:
    lines = [f"{file['path']}"]
    if file["error"]:
        lines.append(f"  error in line {file['error']['line']}: {file['error']['message']}")
    starts = {stage["line"]: stage["name"] for stage in file["stages"]}
    for each in file["instructions"]:
        span = f"{each['line']}-{each['end_line']}" if each["end_line"] > each["line"] else str(each["line"])
        stage = f"  stage {starts[each['line']] or '(unnamed)'}" if each["line"] in starts else ""
        extra = " ".join([*each["flags"], *(f"<<{name}" for name in each["heredocs"])])
        lines.append(f"  {span:>9}  {each['instruction']} {extra}{stage}".rstrip())
    return "\n".join(lines) + "\n"
