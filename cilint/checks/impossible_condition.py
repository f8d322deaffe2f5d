"""Conditions that no event of the workflow, no leg of the matrix and no outcome makes true."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cilint.findings.finding import Severity
from cilint.findings.violation import Options, Violation
from cilint.model.workflow import Job, Workflow
from cilint.pipeline.evaluate import Open, Status, condition
from cilint.pipeline.pipeline import Pipeline
from cilint.pipeline.possible_events import possible_events
from cilint.pipeline.sites import Call
from cilint.syntax.yaml import Scalar
from cilint.text.hints import Any

MAX_TRIALS = 20_000  # evaluations of 40 characters in one workflow; of what is left nothing is said
_OUTCOMES = tuple(
    Status(success, failure, cancelled)
    for success, failure in ((True, False), (False, True), (False, False))
    for cancelled in (False, True)
)


def run(pipeline: Pipeline, _options: Options) -> Iterator[Violation]:
    """Values: ``what`` (job or step), ``cause``."""
    for workflow in pipeline.target_workflows:
        if _has_conditions(workflow) and not workflow.document.errors and not workflow.reading.problems:
            yield from _Look(workflow).found()


def _has_conditions(workflow: Workflow) -> bool:
    return any(job.condition or any(step.condition for step in job.steps) for job in workflow.jobs)


class _Look:
    """Looks at one workflow, as long as it takes no more trials than are allowed."""

    def __init__(self, workflow: Workflow) -> None:
        self.workflow = workflow
        self.left = MAX_TRIALS

    def found(self) -> Iterator[Violation]:
        events = possible_events(self.workflow)
        for job in self.workflow.jobs:
            possible = [event for event in events if self.may(job.condition, [event])]
            if possible:
                yield from self.of_steps(job, possible)
            elif job.condition and not _constant(job.condition):
                yield self.violation(job.condition, "job")

    def of_steps(self, job: Job, events: list[dict[str, Any]]) -> Iterator[Violation]:
        conditions = [step.condition for step in job.steps if step.condition]
        legs = Call(self.workflow, job, None, None).legs if conditions else ()
        for each in conditions:
            if not self.may(each, events):
                if not _constant(each):
                    yield self.violation(each, "step")
            elif legs and "matrix" in each.text:
                contexts = ({**event, "matrix": Open(leg)} for event in events for leg in legs)
                if not self.may(each, contexts):
                    yield self.violation(each, "step", "no combination of the matrix", Severity.INFO)

    def may(self, scalar: Scalar | None, contexts: Iterable[dict[str, Any]]) -> bool:
        """Whether the condition may be true in one of the contexts."""
        if scalar is None:
            return True
        for context in contexts:
            for status in _OUTCOMES:
                self.left -= 1 + len(scalar.text) // 40
                if self.left < 0 or condition(scalar.text, context, status) is not False:
                    return True
        return False

    def violation(
        self,
        scalar: Scalar,
        what: str,
        cause: str = "no event that starts the workflow",
        severity: Severity = Severity.WARNING,
    ) -> Violation:
        values = {"what": what, "cause": cause}
        return Violation(self.workflow.path, scalar.span, values, severity=severity)


def _constant(scalar: Scalar) -> bool:
    """Whether it is false whatever it reads: another rule's business."""
    return condition(scalar.text, {}) is not None
