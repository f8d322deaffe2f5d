"""Concurrency that GitHub refuses, or in which a run waits for itself."""

from __future__ import annotations

from collections.abc import Iterator

from cilint.findings.violation import Options, Violation
from cilint.model.workflow import Workflow, group_of, mapping_at, scalar_at
from cilint.pipeline.pipeline import Pipeline
from cilint.pipeline.step_outputs import called_workflow
from cilint.syntax.yaml import Scalar


def run(pipeline: Pipeline, _options: Options) -> Iterator[Violation]:
    """Values: ``problem``."""
    for workflow in pipeline.target_workflows:
        outer = group_of(workflow.root)
        for owner in (workflow.root, *(job.node for job in workflow.jobs)):
            concurrency = mapping_at(owner, "concurrency")
            queue, cancel = scalar_at(concurrency, "queue"), scalar_at(concurrency, "cancel-in-progress")
            if queue and queue.text == "max" and cancel and cancel.value is True:
                said = "`queue: max` lets runs wait, `cancel-in-progress` ends them: GitHub takes one of them"
                yield Violation(workflow.path, queue.span, {"problem": said})
        for job in workflow.jobs:
            own = group_of(job.node)
            if outer and own and _same(own, outer):
                said = f"the workflow holds the group `{own.text}` already: this job waits for it for ever"
                yield Violation(workflow.path, own.span, {"problem": said})
            called = called_workflow(pipeline.project, job)
            inner = _called_group(called)
            held = next((each for each in (own, outer) if each and inner and _same(each, inner)), None)
            if held is not None and job.uses is not None:
                said = f"the called workflow waits for the group `{held.text}`, which its caller holds"
                yield Violation(workflow.path, job.uses.span, {"problem": said})


def _called_group(called: Workflow | None) -> Scalar | None:
    return group_of(called.root) if called else None


def _same(one: Scalar, other: Scalar) -> bool:
    """Whether two groups are one in every run: the same text, of which nothing varies within a run."""
    varying = ("matrix", "strategy", "needs", "inputs", "github.job", "job.")
    text = one.text.strip().lower()
    return bool(text) and text == other.text.strip().lower() and not any(each in text for each in varying)
