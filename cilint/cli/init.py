"""``cilint init``: write the canonical pipeline for this project."""

from __future__ import annotations

import argparse
import os
import sys

from cilint.errors import CilintError
from cilint.findings.finding import NewFile
from cilint.lint.disk import DiskFiles
from cilint.reference.plan import Plan, make_plan
from cilint.reference.shape import Choices
from cilint.text.values import NamedTuple


class Outcome(NamedTuple):
    """The planned files by what happens to them."""

    create: tuple[NewFile, ...]
    replace: tuple[NewFile, ...]
    keep: tuple[str, ...]
    same: tuple[str, ...]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "path", metavar="PATH", nargs="?", default=".", help="a folder of the project (default: .)"
    )
    parser.add_argument("--app", metavar="FOLDER", help="the Next.js application, where there are several")
    parser.add_argument(
        "--branch", help="the branch that is published (default: that of the configuration, else main)"
    )
    parser.add_argument(
        "--deploy",
        choices=("webhook", "api"),
        default="webhook",
        help="how a push is deployed: the webhook deploys the newest image, the API this very one",
    )
    parser.add_argument("--force", action="store_true", help="replace files that differ")
    parser.add_argument("--diff", action="store_true", help="show what would change and write nothing")


def run(args: argparse.Namespace) -> int:
    """Write the files, or show them. Status 1 with ``--diff`` where there is something to write."""
    root = _root(args.path)
    files = DiskFiles(root)
    branch = args.branch or _configured_branch(root) or Choices().branch
    plan = make_plan(files, Choices(branch, args.deploy, args.app, replace=args.force))
    found = _sort(files, plan, force=args.force)
    if args.diff:
        return _show(files, found)
    _write(files, found)
    _report(plan, found)
    return 0


def _configured_branch(root: str) -> str | None:
    """The main branch that the project's configuration names. Raises CilintError where it is wrong."""
    from cilint.config.load import find, load  # only an existing configuration is read

    path = find(root, root)
    found = load(path, root).parameters.get("branch") if path else None
    return found if isinstance(found, str) else None


def _root(path: str) -> str:
    """The repository's root: the nearest folder upwards that holds ``.git``, else the folder itself."""
    start = os.path.abspath(path)
    if not os.path.isdir(start):
        raise CilintError("no such folder", path=path)
    folder = start
    while not os.path.lexists(os.path.join(folder, ".git")):
        if os.path.dirname(folder) == folder:
            return start
        folder = os.path.dirname(folder)
    return folder


def _sort(files: DiskFiles, plan: Plan, *, force: bool) -> Outcome:
    create, replace, keep, same = [], [], [], []
    for planned in plan.files:
        data = files.read(planned.path)
        if data is None:
            create.append(planned)
        elif data == planned.text.encode():
            same.append(planned.path)
        elif force or planned.path in plan.extended:
            replace.append(planned)
        else:
            keep.append(planned.path)
    return Outcome(tuple(create), tuple(replace), tuple(keep), tuple(same))


def _show(files: DiskFiles, found: Outcome) -> int:
    from cilint.text.edit import unified_diff  # only needed to show

    for planned in sorted((*found.create, *found.replace)):
        old = (files.read(planned.path) or b"").decode("utf-8", "replace")
        sys.stdout.write(unified_diff(planned.path, old, planned.text))
    for path in found.keep:
        sys.stderr.write(f"{path} differs and would be kept; --force replaces it\n")
    return 1 if found.create or found.replace else 0


def _write(files: DiskFiles, found: Outcome) -> None:
    """Write every file whole or not at all. Raises CilintError for the first that cannot be written."""
    from cilint.lint.write import write

    planned = (*found.create, *found.replace)
    before = {new.path: files.read(new.path) for new in planned}
    failed = write(files, {new.path: new.text.encode() for new in planned}, before)
    for path, reason in failed.items():
        raise CilintError(f"cannot be written: {reason}", path=path)


def _report(plan: Plan, found: Outcome) -> None:
    lines = [f"wrote     {new.path}" for new in found.create]
    lines += [
        f"{'extended' if new.path in plan.extended else 'replaced'}  {new.path}" for new in found.replace
    ]
    lines += [
        f"kept      {path} (it differs; --diff --force shows how, --force replaces it)" for path in found.keep
    ]
    if not lines:
        lines.append("Everything is in place already.")
    lines += ["", "What is left to do by hand:", *(f"- {note}" for note in plan.notes)]
    sys.stdout.write("\n".join(lines) + "\n")
