"""Whether filters for paths keep checks that a merge waits for from being reported."""

from __future__ import annotations

from collections.abc import Iterator

from cilint.findings.violation import Options, Violation
from cilint.pipeline.pipeline import Pipeline
from cilint.pipeline.triggers import takes_every_path


def run(pipeline: Pipeline, options: Options) -> Iterator[Violation]:
    """One violation a filter of a workflow that builds or checks."""
    builds = [build.workflow for build in pipeline.build_workflows]
    checking = [gate.site.call.entry for gate in pipeline.gates]
    for workflow in dict.fromkeys((*builds, *checking)):
        for event in ("pull_request", "pull_request_target"):
            trigger = workflow.triggers.get(event)
            for key in ("paths", "paths-ignore"):
                pair = trigger.pair(key) if trigger else None
                if trigger and pair and not takes_every_path(trigger, key):
                    yield Violation(workflow.path, pair.key.span)
