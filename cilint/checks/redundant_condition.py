"""Conditions that are true in every run of their workflow."""

from __future__ import annotations

from collections.abc import Iterator

from cilint.findings.violation import Options, Violation
from cilint.model.workflow import Workflow
from cilint.pipeline.evaluate import Status, condition
from cilint.pipeline.pipeline import Pipeline
from cilint.pipeline.possible_events import possible_events
from cilint.syntax.expression import STATUS_FUNCTIONS
from cilint.syntax.yaml import Scalar
from cilint.text.hints import Any

MAX_TRIALS = 20_000  # evaluations of 40 characters in one workflow; of what is left nothing is said
_SUCCESS = Status(True, False, False)


def run(pipeline: Pipeline, _options: Options) -> Iterator[Violation]:
    """Values: ``what`` (job or step)."""
    for workflow in pipeline.target_workflows:
        if not workflow.document.errors and not workflow.reading.problems:
            yield from _of_workflow(workflow)


def _of_workflow(workflow: Workflow) -> Iterator[Violation]:
    conditions = [
        (each, what)
        for job in workflow.jobs
        for each, what in ((job.condition, "job"), *((step.condition, "step") for step in job.steps))
        if each is not None and _asks_of_the_event(each)
    ]
    events = possible_events(workflow) if conditions else ()
    left = MAX_TRIALS
    for scalar, what in conditions:
        left -= len(events) * (1 + len(scalar.text) // 40)
        if left >= 0 and _always(scalar, events):
            yield Violation(workflow.path, scalar.span, {"what": what})


def _asks_of_the_event(scalar: Scalar) -> bool:
    """Whether it speaks of the event, and of no outcome: `always()` changes more than it asks."""
    text = scalar.text.lower()
    return "github." in text and not any(f"{name}(" in text for name in STATUS_FUNCTIONS)


def _always(scalar: Scalar, events: tuple[dict[str, Any], ...]) -> bool:
    holds = all(condition(scalar.text, event, _SUCCESS) is True for event in events)
    return holds and condition(scalar.text, {}, _SUCCESS) is not True  # constants have a rule of their own
