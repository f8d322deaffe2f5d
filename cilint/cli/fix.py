"""``cilint fix``: apply fixes, or show them as a diff."""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from collections.abc import Sequence

from cilint.cli.check import texts_of
from cilint.cli.options import add_configuration, add_output, add_paths, failing, request_of
from cilint.cli.output import rendered, targets
from cilint.cli.put import put
from cilint.findings.finding import Finding
from cilint.lint.cache import Entry
from cilint.lint.disk import DiskFiles
from cilint.lint.mend import Mended, mend
from cilint.lint.request import Request, Run
from cilint.lint.write import write as write_files
from cilint.report.terminal import visible
from cilint.report.text import counted
from cilint.report.view import View
from cilint.text.edit import unified_diff
from cilint.text.source import SourceFile


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--unsafe", action="store_true", help="apply fixes too that may change what is built or deployed"
    )
    parser.add_argument("--diff", action="store_true", help="show what would change and write nothing")
    add_paths(parser)
    add_configuration(parser)
    add_output(parser)


def run(args: argparse.Namespace) -> int:
    """Fix and tell what was fixed and what is left.

    Status 1 where something at or above ``--fail-on`` is left, or with ``--diff`` where there is a
    difference;
    2 where a file could not be written.
    """
    reports = targets(args.report, default=None)
    request = request_of(args)
    projects, notes = mend(request, args.unsafe)
    for note in notes if not args.quiet else ():
        sys.stderr.write(f"note: {note}\n")
    result = Run(tuple(outcome for project in projects for outcome in project.left), notes)
    view = View(result, os.getcwd(), {**texts_of(request), **_texts(projects)})
    if args.diff:
        return _show(projects, view)
    failed = _pass_on(request, projects) if request.stdin else _write(projects, view)
    put(Entry(rendered(reports, view, args.color, args.quiet, list), "", 0))
    if not args.quiet:
        (sys.stderr if request.stdin else sys.stdout).write(_told(projects, view))
    worst = result.worst()
    return 2 if failed else int(worst is not None and worst >= failing(args))


def _texts(projects: Sequence[Mended]) -> dict[str, bytes]:
    """The new contents by absolute path: what is left is told with the places that it has now."""
    return {
        f"{each.root.rstrip('/')}/{path}": data
        for each in projects
        for path, data in each.changes.items()
        if data is not None
    }


def _show(projects: Sequence[Mended], view: View) -> int:
    differ = False
    for project in projects:
        for path, data in sorted(project.changes.items()):
            old = SourceFile.decode(path, project.before[path] or b"").text
            diff = unified_diff(
                view.shown(project.root, path), old, SourceFile.decode(path, data or b"").text
            )
            sys.stdout.buffer.write(diff.encode("utf-8", "surrogateescape"))
            differ = True
    return int(differ)


def _write(projects: Sequence[Mended], view: View) -> bool:
    failed = False
    for project in projects:
        errors = write_files(DiskFiles(project.root), project.changes, project.before)
        for path, reason in errors.items():
            sys.stderr.write(f"error: {view.shown(project.root, path)}: not written: {reason}\n")
            failed = True
    return failed


def _pass_on(request: Request, projects: Sequence[Mended]) -> bool:
    """Write what standard input held, fixed, to standard output."""
    assert request.stdin is not None
    full = os.path.abspath(request.stdin[0])
    sys.stdout.buffer.write(_texts(projects).get(full, request.stdin[1]))
    sys.stdout.buffer.flush()
    return False


def _told(projects: Sequence[Mended], view: View) -> str:
    """What was fixed, file by file, what was taken back, what is left."""
    lines = []
    for project in projects:
        by_file = Counter(
            (each.path, each.rule, each.fix.title if each.fix else "") for each in project.mended
        )
        for (path, rule, title), number in sorted(by_file.items()):
            times = f" ({number} times)" if number > 1 else ""
            lines.append(f"fixed {view.shown(project.root, path)}: {rule}: {visible(title)}{times}")
        for finding, reason in project.taken_back:
            shown = view.shown(project.root, finding.path)
            lines.append(f"taken back {shown}: {finding.rule}: {visible(reason)}")
    lines.append(_summary(projects, view))
    return "\n".join(lines) + "\n"


def _summary(projects: Sequence[Mended], view: View) -> str:
    fixed: list[Finding] = [finding for project in projects for finding in project.mended]
    changed = sum(len(project.changes) for project in projects)
    left = [f"{counted(number, level.label)}" for level, number in view.counts().items() if number]
    more = sum(item.fix is not None and item.fix.safety == "unsafe" for item in view.items)
    parts = [f"Fixed {counted(len(fixed), 'finding')} in {counted(changed, 'file')}"]
    parts.append(f"{len(view.items)} left ({', '.join(left)})" if left else "nothing left")
    if more:
        parts.append(f"{more} more fixable with `--unsafe`")
    return "; ".join(parts) + "."
