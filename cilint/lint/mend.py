"""A run that fixes: each project by itself, in memory; what is to be written is given back."""

from __future__ import annotations

from functools import partial

from cilint.findings.finding import Finding
from cilint.lint.cache import Trace
from cilint.lint.check import check
from cilint.lint.discover import Discovery
from cilint.lint.disk import DiskFiles
from cilint.lint.fix import fix
from cilint.lint.overlay import Overlay
from cilint.lint.parallel import spread, workers
from cilint.lint.request import Group, GroupResult, Request
from cilint.lint.setup import outcome_of, setup
from cilint.text.values import NamedTuple


class Task(NamedTuple):
    """One project's groups; ``overlay`` are contents that are not on disk."""

    root: str
    groups: tuple[Group, ...]
    request: Request
    unsafe: bool
    overlay: tuple[tuple[str, bytes], ...] = ()


class Mended(NamedTuple):
    """What fixing a project came to. ``changes`` have None for a file that goes; ``before`` has what each
    changed path held, None for a new one.
    """

    root: str
    changes: dict[str, bytes | None]
    before: dict[str, bytes | None]
    mended: tuple[Finding, ...]
    taken_back: tuple[tuple[Finding, str], ...]
    left: tuple[GroupResult, ...]


def mend(request: Request, unsafe: bool) -> tuple[list[Mended], tuple[str, ...]]:
    """The fixes for what the request names, by project, and notes on paths that gave nothing.

    Nothing is written. Raises CilintError as ``lint.run.run``.
    """
    found = Discovery(request, Trace())
    groups = found.groups()
    roots = dict.fromkeys(group.root for group in groups)
    tasks = [
        Task(
            root,
            tuple(group for group in groups if group.root == root),
            request,
            unsafe,
            found.files[root].overlaid(),
        )
        for root in roots
    ]
    count = workers(request.jobs, sum(len(group.named) + len(group.found) for group in groups))
    return spread(_mend, tasks, count), tuple(found.notes)


def _mend(task: Task) -> Mended:
    files = DiskFiles(task.root)
    for path, data in task.overlay:
        files.overlay(path, data)
    changes: dict[str, bytes | None] = {}
    mended: list[Finding] = []
    taken_back: list[tuple[Finding, str]] = []
    left = []
    for group in task.groups:
        prepared = setup(group, task.request, files)
        targets = prepared.targets(group, task.request.force_exclude)
        lint = partial(check, judged=prepared.judged)
        fixed = fix(Overlay(files, changes), targets, lint, partial(_is_allowed, task.unsafe))
        changes |= fixed.changes
        mended += fixed.mended
        taken_back += fixed.taken_back
        left.append(outcome_of(group, task.request, prepared, fixed.left))
    before = {path: files.peek(path) for path in changes}
    changes = {path: data for path, data in changes.items() if data != before[path]}
    return Mended(task.root, changes, before, tuple(mended), tuple(taken_back), tuple(left))


def _is_allowed(unsafe: bool, finding: Finding) -> bool:
    return finding.fix is not None and (unsafe or finding.fix.safety == "safe")
