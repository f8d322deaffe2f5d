"""Whether GitHub can keep the schedules of `on.schedule`."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from cilint.errors import nearest
from cilint.findings.finding import Severity
from cilint.findings.violation import Options, Violation
from cilint.model.cron import problem_of, shortfall_of
from cilint.model.workflow import Workflow, scalar_at
from cilint.pipeline.pipeline import Pipeline
from cilint.syntax.yaml import Mapping, Sequence

MAX_HINTS = 5  # zones that are looked up for a better one: a hostile file has thousands


def run(pipeline: Pipeline, _options: Options) -> Iterator[Violation]:
    """Values: ``problem``."""
    for workflow in pipeline.target_workflows:
        trigger = workflow.triggers.get("schedule")
        if trigger is not None and isinstance(trigger.value, Sequence):
            yield from _of_entries(workflow, trigger.value)
        elif trigger is not None and trigger.value is None:
            said = "`schedule` has no `cron`: nothing is ever started by it"
            yield Violation(workflow.path, trigger.span, {"problem": said})


def _of_entries(workflow: Workflow, entries: Sequence) -> Iterator[Violation]:
    for index, entry in enumerate(entries.items):
        node = entry.resolved
        if not isinstance(node, Mapping):
            continue
        cron, zone = scalar_at(node, "cron"), scalar_at(node, "timezone")
        problem = problem_of(cron.text) if cron and cron.text else None
        shortfall = shortfall_of(cron.text) if cron and cron.text and not problem else None
        if cron and (problem or shortfall):
            severity = None if problem else Severity.WARNING
            yield Violation(workflow.path, cron.span, {"problem": problem or shortfall}, severity=severity)
        problem = _zone_problem(zone.text, hinted=index < MAX_HINTS) if zone and zone.text else None
        if zone and problem:
            yield Violation(workflow.path, zone.span, {"problem": problem})


@cache
def _zones() -> set[str]:
    """The time zones that this machine knows; finding them out means reading many folders."""
    import zoneinfo  # rarely needed

    return zoneinfo.available_timezones()


def _zone_problem(name: str, *, hinted: bool) -> str | None:
    """Why that is no time zone; None as well where this machine has no list of them."""
    known = _zones()
    if not known or name in known:
        return None
    better = nearest(name, known) if hinted else None
    hint = f"; did you mean `{better}`?" if better else ""
    return f"there is no time zone `{name}`: its name is one such as `Europe/Vienna`{hint}"
