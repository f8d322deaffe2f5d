"""A whole run: find the files, take what the cache knows, lint the rest, in several processes where
there is much.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from cilint.lint import cache
from cilint.lint.cache import Depends
from cilint.lint.discover import Discovery
from cilint.lint.disk import DiskFiles
from cilint.lint.parallel import spread, workers
from cilint.lint.request import Group, Outcome, Request, Run

CHUNK = 64  # files of one project from which on it is worth parting it


class Task(NamedTuple):
    """A part of a group to lint; ``overlay`` are contents that are not on disk."""

    group: Group
    request: Request
    overlay: tuple[tuple[str, bytes], ...] = ()


class Linted(NamedTuple):
    """The outcome of a task and all that it depends on."""

    outcome: Outcome
    depends: Depends


def run(request: Request) -> Run:
    """Lint what the request names. Raises CilintError for wrong paths, configuration or rules."""
    found = Discovery(request)
    groups = found.groups()
    outcomes: dict[Group, Outcome] = {}
    for group in groups if request.cache else ():
        known = cache.load(found.files[group.root], group, request)
        if known is not None:
            outcomes[group] = known
    missing = [group for group in groups if group not in outcomes]
    for group, linted in zip(missing, _lint_all(missing, found, request), strict=True):
        outcomes[group] = linted.outcome
        if request.cache:
            cache.store(found.files[group.root], group, request, linted.depends, linted.outcome)
    return Run(tuple(outcomes[group] for group in groups), tuple(found.notes))


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
    """The group in parts that are worth a process each."""
    size = max(CHUNK, -(-len(group.found) // count))
    starts = range(0, max(len(group.found), 1), size)
    return [
        group._replace(found=group.found[start : start + size], named=() if start else group.named)
        for start in starts
    ]


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
    asked = {path: known for part in parts for path, known in part.depends.asked.items()}
    return Linted(
        outcome, Depends(asked, any(part.depends.listed for part in parts), parts[0].depends.outside)
    )


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
    result = check(files, targets, prepared.judged)
    outcome = outcome_of(group, request, prepared, result)
    return Linted(outcome, Depends(files.asked, files.listed, prepared.outside))


def _lint(task: Task) -> Linted:
    files = DiskFiles(task.group.root)
    for path, data in task.overlay:
        files.overlay(path, data)
    return lint(task, files)
