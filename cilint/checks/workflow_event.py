"""Whether the events of ``on``, and their ``types``, exist."""

from __future__ import annotations

from collections.abc import Iterator

from cilint.checks.schema_problems import violations
from cilint.findings.violation import Options, Violation
from cilint.pipeline.pipeline import Pipeline


def run(pipeline: Pipeline, _options: Options) -> Iterator[Violation]:
    """Values: ``problem``, ``better`` (the right word, or empty)."""
    yield from violations(pipeline.target_workflows, "event")
    for workflow in pipeline.target_workflows:
        trigger = workflow.triggers.get("workflow_run")
        if trigger is not None and trigger.pair("workflows") is None:
            said = "`workflow_run` names no `workflows`: no run of any ever starts this one"
            yield Violation(workflow.path, trigger.span, {"problem": said, "better": ""})
