"""A whole run: find the files and lint them, in several processes where there are many."""

from __future__ import annotations

from collections.abc import Iterator

from cilint import programs
from cilint.lint.cache import Trace
from cilint.lint.discover import Discovery
from cilint.lint.disk import DiskFiles
from cilint.lint.parallel import spread, workers
from cilint.lint.request import Group, GroupResult, Request, Run
from cilint.text.values import NamedTuple

CHUNK = 64  # files of one project from which on it is worth parting it


class Task(NamedTuple):
    """A part of a group to lint; ``overlay`` are contents that are not on disk."""

    group: Group
    request: Request
    overlay: tuple[tuple[str, bytes], ...] = ()


class Linted(NamedTuple):
    """The outcome of a task and what it asked for: its project's digests by path, whether the listing,
    files outside, programs.
    """

    outcome: GroupResult
    asked: dict[str, bytes | None]
    listed: bool
    outside: tuple[str, ...]
    programs: tuple[str, ...]


def run(request: Request, trace: Trace) -> Run:
    """Lint what the request names; what was looked at goes to ``trace``.

    Raises CilintError for wrong paths, configuration or rules.
    """
    found = Discovery(request, trace)
    groups = found.groups()
    outcomes = []
    for group, linted in zip(groups, _lint_all(groups, found, request), strict=True):
        outcomes.append(linted.outcome)
        trace.contents |= {(group.root, path): known for path, known in linted.asked.items()}
        if linted.listed:
            trace.listings[group.root] = found.files[group.root].listing_digest()
        for path in linted.outside:
            trace.read(path)
        for name in linted.programs:
            trace.programs[name] = programs.state(name)
    return Run(tuple(outcomes), tuple(found.notes))


def _lint_all(groups: list[Group], found: Discovery, request: Request) -> Iterator[Linted]:
    count = workers(request.jobs, sum(len(group.named) + len(group.found) for group in groups))
    if count <= 1:
        for group in groups:
            yield lint(Task(group, request), found.files[group.root])
        return
    parts = [
        [Task(part, request, found.files[group.root].overlaid()) for part in _parts(group, count)]
        for group in groups
    ]
    results = iter(spread(_lint, [task for tasks in parts for task in tasks], count))
    for tasks in parts:
        yield _merged([next(results) for _ in tasks])


def _parts(group: Group, count: int) -> list[Group]:
    """The group in parts that are worth a process each. Neighbours are parted: folders differ in files."""
    count = max(1, min(count, -(-len(group.named + group.found) // CHUNK)))
    parts = [
        group._replace(named=group.named[at::count], found=group.found[at::count]) for at in range(count)
    ]
    # What the project lacks is told once, by the first.
    beside = tuple(path for part in parts[1:] for path in (*part.named, *part.found))
    return [parts[0]._replace(beside=beside), *parts[1:]]


def _merged(parts: list[Linted]) -> Linted:
    """The outcome of a group whose files were linted in parts."""
    from cilint.rules.run import order

    first = parts[0].outcome
    outcomes = [part.outcome for part in parts]
    outcome = first._replace(
        findings=tuple(sorted((each for outcome in outcomes for each in outcome.findings), key=order)),
        suppressed=sum(outcome.suppressed for outcome in outcomes),
        checked=sum(outcome.checked for outcome in outcomes),
        unparsed=sum(outcome.unparsed for outcome in outcomes),
        equivalents={rule: ids for outcome in outcomes for rule, ids in outcome.equivalents.items()},
    )
    asked = {path: known for part in parts for path, known in part.asked.items()}
    return Linted(outcome, asked, any(part.listed for part in parts), parts[0].outside, parts[0].programs)


def lint(task: Task, files: DiskFiles) -> Linted:
    """Lint the task's files. What parses and judges is loaded here and not before: a cached run needs
    none of it.
    """
    from cilint.lint.check import check
    from cilint.lint.setup import outcome_of, setup

    group, request = task.group, task.request
    files.forget()
    prepared = setup(group, request, files)
    targets = prepared.targets(group, request.force_exclude)
    result = check(files, targets, prepared.judged, group.beside)
    outcome = outcome_of(group, request, prepared, result)
    return Linted(outcome, files.asked, files.listed, prepared.outside, prepared.programs)


def _lint(task: Task) -> Linted:
    files = DiskFiles(task.group.root)
    for path, data in task.overlay:
        files.overlay(path, data)
    return lint(task, files)
