"""Whether an event has a filter and the opposite of it, of which GitHub takes only one."""

from __future__ import annotations

from collections.abc import Iterator

from cilint.findings.finding import Label
from cilint.findings.violation import Options, Violation
from cilint.pipeline.pipeline import Pipeline


def run(pipeline: Pipeline, _options: Options) -> Iterator[Violation]:
    """At the later one of the two; values: ``event``, ``filter``."""
    for workflow in pipeline.target_workflows:
        for trigger in workflow.triggers.values():
            for name in ("branches", "tags", "paths"):
                one, other = trigger.pair(name), trigger.pair(f"{name}-ignore")
                if one and other:
                    first, second = sorted((one.key.span, other.key.span))
                    values = {"event": trigger.event, "filter": name}
                    related = (Label(workflow.path, first, "the other one"),)
                    yield Violation(workflow.path, second, values, related)
