"""The table of scenarios by jobs and steps, each cell with its reason."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from cilint.model.workflow import Workflow
from cilint.pipeline.reasons import Reason, job_reason, start_reason, step_reason
from cilint.pipeline.runs import Place, Runs
from cilint.pipeline.scenarios import Scenario, scenarios
from cilint.pipeline.sites import Call, Site
from cilint.text.source import SourceFile
from cilint.text.values import NamedTuple


class Wish(NamedTuple):
    """What is asked for; what is empty stands for everything. ``ref``: a branch or tag, maybe in full."""

    events: tuple[str, ...] = ()
    ref: str = ""
    jobs: tuple[str, ...] = ()


class Row(NamedTuple):
    """A job, or one of its steps: ``step`` counts from 1 and is None for the job itself. ``job`` is the id,
    behind those of the jobs that call it; ``depth`` how far inside it lies. One reason a scenario."""

    job: str
    step: int | None
    name: str
    depth: int
    place: Place
    reasons: tuple[Reason, ...]


class Start(NamedTuple):
    """A scenario and why it starts the workflow or does not."""

    scenario: Scenario
    reason: Reason


class Table(NamedTuple):
    """One workflow. ``scenarios`` are those that start it, as the reasons of ``rows`` go; ``others`` do not.
    ``callers`` are the workflows that call one which nothing else starts."""

    workflow: Workflow
    scenarios: tuple[Start, ...]
    others: tuple[Start, ...]
    rows: tuple[Row, ...]
    callers: tuple[str, ...] = ()


def table(runs: Runs, workflow: Workflow, wish: Wish) -> Table:
    """What runs in each scenario that is wished for."""
    starts = [Start(each, start_reason(workflow, each)) for each in _examples(runs, workflow, wish)]
    taken = tuple(start for start in starts if start.reason.state)
    found = tuple(start.scenario for start in taken)
    calls = [call for call in calls_of(runs, workflow) if not wish.jobs or set(wish.jobs) & set(ids(call))]
    steps: dict[str, list[Site]] = {}
    for site in runs.sites:
        if site.call.entry is workflow:
            steps.setdefault("/".join(ids(site.call)), []).append(site)
    rows = tuple(row for call in calls for row in _rows(runs, call, steps, found))
    others = tuple(start for start in starts if not start.reason.state)
    return Table(workflow, taken, others, rows if taken else (), tuple(_callers(runs, workflow)))


def calls_of(runs: Runs, workflow: Workflow) -> Iterator[Call]:
    """Every job of a run of the workflow, those of the local workflows that it calls after their callers."""
    inner: dict[int, dict[str, Call]] = {}
    for site in runs.sites:
        if site.call.entry is workflow:
            call: Call | None = site.call
            while call and call.caller:
                inner.setdefault(id(call.caller), {}).setdefault(call.job.id, call)
                call = call.caller
    outer = [call.caller for calls in inner.values() for call in calls.values() if call.caller]
    callers = {caller.job.id: caller for caller in outer if caller.caller is None}
    pending = [callers.get(job.id) or Call(workflow, job, None, None) for job in reversed(workflow.jobs)]
    while pending:
        call = pending.pop()
        yield call
        known = inner.get(id(call), {})
        first = next(iter(known.values()), None)
        for job in reversed(first.workflow.jobs if first else ()):
            following = known.get(job.id) or (first.sibling(job.id) if first else None)
            pending += [following] if following else []


def ids(call: Call) -> list[str]:
    """The job's id behind those of the jobs through which it is called."""
    found = [call.job.id]
    while call.caller:
        call = call.caller
        found.insert(0, call.job.id)
    return found


def _rows(
    runs: Runs, call: Call, steps: Mapping[str, Sequence[Site]], found: Sequence[Scenario]
) -> Iterator[Row]:
    reach, job, depth = runs.reach(call.entry), "/".join(ids(call)), len(ids(call)) - 1
    reasons = tuple(job_reason(reach, call, scenario) for scenario in found)
    yield Row(job, None, call.job.name, depth, Place(call.job.path, call.job.span), reasons)
    for number, site in enumerate(steps.get(job, ()), 1):
        reasons = tuple(step_reason(reach, site, scenario) for scenario in found)
        below = depth + 1 + _nesting(site)
        yield Row(job, number, site.step.name, below, Place(site.path, site.span), reasons)


def _nesting(site: Site) -> int:
    return 1 + _nesting(site.parent) if site.parent else 0


def _callers(runs: Runs, workflow: Workflow) -> Iterator[str]:
    if set(workflow.triggers) == {"workflow_call"}:
        for other in runs.project.workflows:
            if any(job.uses and job.uses.text[2:] == workflow.path for job in other.jobs):
                yield other.path


# -- which scenarios -----------------------------------------------------------------------------------------


def _examples(runs: Runs, workflow: Workflow, wish: Wish) -> list[Scenario]:
    """The workflow's own scenarios, and those that its filters may leave out."""
    found = {each.title: each for each in runs.scenarios(workflow)}
    refs = _refs(wish.ref)
    triggers = sorted(workflow.triggers.values(), key=lambda trigger: trigger.span)
    order = {trigger.event: place for place, trigger in enumerate(triggers)}
    for event in wish.events or order:
        for names in (((), ()), refs):
            for scenario in scenarios(_unfiltered(event), runs.main, names):
                found.setdefault(scenario.title, scenario)
    ordered = sorted(found.values(), key=lambda each: order.get(each.event, len(order)))
    return [
        each
        for each in ordered
        if (not wish.events or each.event in wish.events)
        and (not wish.ref or ref_of(each) in _full(wish.ref))
    ]


def _unfiltered(event: str) -> Workflow:
    """A workflow that every example of the event starts."""
    return Workflow(SourceFile.decode("", f"on: {event}\n".encode()))


def ref_of(scenario: Scenario) -> str:
    """The branch or tag that the event is about: that of the upstream run, the base of a pull request."""
    if scenario.upstream:
        return f"refs/heads/{scenario.upstream.branch}"
    return f"refs/heads/{scenario.base}" if scenario.base else scenario.ref


def _full(ref: str) -> Collection[str]:
    return (ref,) if ref.startswith("refs/") else (f"refs/heads/{ref}", f"refs/tags/{ref}")


def _refs(ref: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The wished ref as branches and tags."""
    full = _full(ref) if ref else ()
    branches = tuple(each.removeprefix("refs/heads/") for each in full if each.startswith("refs/heads/"))
    return branches, tuple(each.removeprefix("refs/tags/") for each in full if each.startswith("refs/tags/"))
