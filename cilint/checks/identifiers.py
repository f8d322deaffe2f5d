"""Whether the ids of jobs and steps are ids, and each is there once.

Facts: npm's @actions/workflow-parser, converter/id-builder; GitHub tells ids apart without case.
"""

from __future__ import annotations

from collections.abc import Iterator

from cilint.findings.finding import Label
from cilint.findings.violation import Options, Violation
from cilint.model.action import Action
from cilint.model.workflow import Step, Workflow, scalar_at
from cilint.pipeline.pipeline import Pipeline
from cilint.syntax.yaml import Scalar

MAX_LENGTH = 100
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_")
_LEGAL = _LETTERS | frozenset("0123456789-")


def run(pipeline: Pipeline, _options: Options) -> Iterator[Violation]:
    """Values: ``problem``."""
    for workflow in pipeline.target_workflows:
        for job in workflow.jobs:
            if problem := _flaw(job.id):
                said = f"`{job.id[:60]}` is no id of a job: {problem}"
                yield Violation(workflow.path, job.key.span, {"problem": said})
            yield from _of_steps(workflow, job.steps)
    for action in pipeline.target_actions:
        yield from _of_steps(action, action.steps)


def _of_steps(file: Workflow | Action, steps: tuple[Step, ...]) -> Iterator[Violation]:
    first: dict[str, Scalar] = {}
    for step in steps:
        scalar = scalar_at(step.node, "id")
        if scalar is None or not scalar.text or "${{" in scalar.text:
            continue
        if problem := _flaw(scalar.text):
            said = f"`{scalar.text[:60]}` is no id of a step: {problem}"
            yield Violation(file.path, scalar.span, {"problem": said})
        before = first.setdefault(scalar.text.lower(), scalar)
        if before is not scalar and before.span != scalar.span:
            said = f"the id `{scalar.text}` is taken by a step before: ids are told apart without case"
            related = (Label(file.path, before.span, "the step before"),)
            yield Violation(file.path, scalar.span, {"problem": said}, related)


def _flaw(name: str) -> str | None:
    """Why GitHub would refuse a name as an id."""
    if not name:
        return "it is empty"
    if name.startswith("__"):
        return "ids that begin with `__` are GitHub's own"
    if len(name) >= MAX_LENGTH:
        return f"it has {len(name)} characters, and {MAX_LENGTH - 1} are the most"
    if name[0] not in _LETTERS:
        return "it begins with no letter and no `_`"
    wrong = next((char for char in name if char not in _LEGAL), None)
    return f"`{wrong}` is no letter, digit, `-` or `_`" if wrong else None
