"""Whether checkouts leave the job's token on the machine."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from cilint.findings.violation import Options, Violation
from cilint.model.edits import set_input
from cilint.model.workflow import Step
from cilint.pipeline.pipeline import Pipeline

_INPUT = "persist-credentials"
_SERVER = re.compile(
    r"\bgit\b[^\n]*\b(push|fetch|pull|submodule|clone|ls-remote)\b|semantic-release|\blerna (publish|version)"
)
_PUSHING = (
    "commit-action",
    "auto-commit",
    "create-pull-request",
    "add-and-commit",
    "gh-pages",
    "semantic-release",
)


def run(pipeline: Pipeline, options: Options) -> Iterator[Violation]:
    """One violation a checkout; values: ``hint``."""
    for workflow in pipeline.target_workflows:
        for job in workflow.jobs:
            yield from _violations(job.steps)
    for action in pipeline.target_actions:
        yield from _violations(action.steps)


def _violations(steps: Sequence[Step]) -> Iterator[Violation]:
    last_use = max((step.index for step in steps if _uses_git(step)), default=-1)
    for step in steps:
        if not step.action or step.action.name != "actions/checkout":
            continue
        given = step.inputs.get(_INPUT)
        if given is not None and (given.text.strip().lower() == "false" or "${{" in given.text):
            continue
        needed = last_use > step.index
        hint = "; a later step here uses git with it, which then needs a token of its own" if needed else ""
        edits = set_input(step, _INPUT, False)
        span = given.span if given is not None else step.span
        safety = "unsafe" if needed else "safe"
        yield Violation(step.path, span, {"hint": hint}, edits=edits or (), safety=safety)  # type: ignore[arg-type]


def _uses_git(step: Step) -> bool:
    """Whether a step talks to the server with git."""
    if step.run:
        return _SERVER.search(step.run.text) is not None
    return step.action is not None and any(word in step.action.name for word in _PUSHING)
