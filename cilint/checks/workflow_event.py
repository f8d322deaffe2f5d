"""Whether the events of ``on``, and their ``types``, exist."""

from __future__ import annotations

from collections.abc import Iterator

from cilint.checks.schema_problems import violations
from cilint.findings.finding import Severity
from cilint.findings.violation import Options, Violation
from cilint.pipeline.pipeline import Pipeline

_CLASSIC = "GitHub's classic projects were switched off in 2024"
GONE = {
    "project": _CLASSIC,
    "project_card": _CLASSIC,
    "project_column": _CLASSIC,
    "pull_request_comment": "comments on pull requests are events `issue_comment`",
}
"""Events that GitHub's schema still names."""


def run(pipeline: Pipeline, _options: Options) -> Iterator[Violation]:
    """Values: ``problem``, ``better`` (the right word, or empty)."""
    yield from violations(pipeline.target_workflows, "event")
    for workflow in pipeline.target_workflows:
        for event, why in GONE.items():
            gone = workflow.triggers.get(event)
            if gone is not None:
                said = f"`{event}` starts nothing: {why}"
                yield Violation(
                    workflow.path, gone.span, {"problem": said, "better": ""}, severity=Severity.WARNING
                )
        trigger = workflow.triggers.get("workflow_run")
        if trigger is not None and trigger.pair("workflows") is None:
            said = "`workflow_run` names no `workflows`: no run of any ever starts this one"
            yield Violation(workflow.path, trigger.span, {"problem": said, "better": ""})
