"""``cilint migrate``: a cilint.yaml from the settings of hadolint, zizmor, actionlint and dclint."""

from __future__ import annotations

import argparse
import os
import sys

from cilint.config.load import find, read_text
from cilint.config.migrate import PLACES, migrate
from cilint.errors import CilintError
from cilint.lint.cache import Trace
from cilint.lint.discover import Discovery
from cilint.lint.disk import DiskFiles
from cilint.lint.request import Request
from cilint.lint.write import write
from cilint.report.terminal import visible
from cilint.rules.catalogue import builtin

NAME = "cilint.yaml"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths", metavar="PATH", nargs="*", help="settings files, or a folder of the project (default: .)"
    )
    parser.add_argument("--force", action="store_true", help=f"replace a {NAME} that is there")
    parser.add_argument("--diff", action="store_true", help="show what would change and write nothing")


def run(args: argparse.Namespace) -> int:
    """Write the configuration, or show it. Status 1 with ``--diff`` where there is something to write."""
    paths = args.paths or ["."]
    root = _root(paths)
    found = [file for path in paths for file in _settings_files(path, root)]
    if not found:
        sys.stdout.write("There are no settings of hadolint, zizmor, actionlint or dclint.\n")
        return 0
    made = migrate([(path, read_text(path)) for path in found], builtin())
    for note in made.notes:
        sys.stderr.write(f"note: {visible(note)}\n")
    files = DiskFiles(root)
    before = files.read(NAME)
    if args.diff:
        return _show(before or b"", made.text)
    if before == made.text.encode():
        sys.stdout.write(f"{NAME} says all that already.\n")
        return 0
    there = find(root, root)
    if there is not None and not args.force:
        shown = os.path.relpath(there)
        raise CilintError(
            "there is a configuration already", path=shown, hint="--diff shows, --force replaces"
        )
    for path, reason in write(files, {NAME: made.text.encode()}, {NAME: before}).items():
        raise CilintError(f"cannot be written: {reason}", path=path)
    sys.stdout.write(f"wrote {NAME} from {', '.join(found)}\n")
    return 0


def _root(paths: list[str]) -> str:
    """The root of the one project that the paths lie in."""
    discovery = Discovery(Request(paths=()), Trace())
    roots = set()
    for path in paths:
        if not os.path.exists(path):
            raise CilintError("no such file or folder", path=path)
        folder = os.path.abspath(path)
        roots.add(discovery.project_root(folder if os.path.isdir(folder) else os.path.dirname(folder)))
    if len(roots) > 1:
        raise CilintError("the paths lie in several projects, each of which has a configuration of its own")
    return roots.pop()


def _settings_files(path: str, root: str) -> list[str]:
    """A file itself; for a folder the settings of its project, the first of each linter."""
    if not os.path.isdir(path):
        return [path]
    places = [[os.path.relpath(os.path.join(root, name)) for name in names] for names in PLACES.values()]
    present = [[name for name in names if os.path.isfile(name)] for names in places]
    return [names[0] for names in present if names]


def _show(before: bytes, text: str) -> int:
    from cilint.text.edit import unified_diff

    diff = unified_diff(NAME, before.decode("utf-8", "replace"), text)
    sys.stdout.write(diff)
    return int(bool(diff))
