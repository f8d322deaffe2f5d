"""Whether the metadata of actions is right, and whether steps use actions whose metadata is not."""

from __future__ import annotations

from collections.abc import Iterator

from cilint.checks.schema_problems import edits_of
from cilint.findings.finding import Label, Severity
from cilint.findings.violation import Options, Violation
from cilint.model.action import Action
from cilint.model.workflow import Step
from cilint.pipeline.action_problems import action_problems
from cilint.pipeline.pipeline import Pipeline
from cilint.pipeline.step_outputs import local_action
from cilint.text.source import Span


def run(pipeline: Pipeline, _options: Options) -> Iterator[Violation]:
    """Values: ``problem``, ``better`` (the right word, or empty)."""
    for action in pipeline.target_actions:
        yield from _of_action(pipeline, action)
    for job in pipeline.jobs:
        for step in job.steps:
            yield from _of_use(pipeline, step)


def _of_action(pipeline: Pipeline, action: Action) -> Iterator[Violation]:
    schema = {(problem.span, problem.message): problem for problem in action.reading.problems}
    for problem in action_problems(action, pipeline.project):
        wrong = schema.get((problem.span, problem.message))
        values = {"problem": problem.message, "better": (wrong.better if wrong else None) or ""}
        edits = edits_of(action, wrong) if wrong else ()
        severity = Severity.ERROR if problem.fatal else Severity.WARNING
        yield Violation(action.path, problem.span, values, edits=edits, severity=severity)


def _of_use(pipeline: Pipeline, step: Step) -> Iterator[Violation]:
    """A step that uses an action whose metadata is wrong."""
    action = local_action(pipeline.project, step.uses.text) if step.uses else None
    if action is None or step.uses is None:
        return
    fatal, others = _reasons(pipeline, action)
    reasons = fatal or others
    if reasons:
        more = f", and {len(reasons) - 1} more" if len(reasons) > 1 else ""
        said = "cannot be used" if fatal else "may not work"
        values = {"problem": f"`{step.uses.text}` {said}: {reasons[0][1]}{more}", "better": ""}
        related = tuple(Label(action.path, span, message) for span, message in reasons[:5])
        severity = Severity.ERROR if fatal else Severity.INFO
        yield Violation(step.path, step.uses.span, values, related, severity=severity)


Reasons = list[tuple[Span, str]]


def _reasons(pipeline: Pipeline, action: Action) -> tuple[Reasons, Reasons]:
    """Why no step can use the action; what else is wrong with it."""
    if action.document.errors:
        return [(error.span, error.message) for error in action.document.errors], []
    if action.root is None:
        return [(Span(0, 0), "its metadata is no mapping")], []
    fatal: Reasons = []
    others: Reasons = []
    for problem in action_problems(action, pipeline.project):
        (fatal if problem.fatal else others).append((problem.span, problem.message))
    return fatal, others
