"""Whether secrets are given to more steps, or to other workflows, than need them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from cilint.findings.finding import FileEdit
from cilint.findings.violation import Options, Violation
from cilint.model.edits import remove_entry, set_env
from cilint.model.workflow import Job, Step, Workflow, mapping_at, scalar_at
from cilint.pipeline.effects.injections import origins_of
from cilint.pipeline.pipeline import Pipeline
from cilint.syntax.expression import embedded
from cilint.syntax.yaml import Mapping, Scalar

_ALL = re.compile(r"\btojson\(\s*secrets\s*\)", re.IGNORECASE)
_ADVICE = "name it in the `env` of the step that uses it"


def run(pipeline: Pipeline, options: Options) -> Iterator[Violation]:
    """One violation a place; values: ``problem``, ``advice``."""
    for workflow in pipeline.target_workflows:
        every = [step for job in workflow.jobs for step in job.steps]
        yield from _of_env(workflow, workflow.root, workflow.env, every, "every step of every job")
        for job in workflow.jobs:
            yield from _of_env(workflow, job.node, job.env, job.steps, "every step of the job")
            yield from _inherited(job)
            for step in job.steps:
                yield from _all_secrets(step)


def _of_env(
    workflow: Workflow, owner: Mapping | None, env: dict[str, Scalar], steps: Sequence[Step], whom: str
) -> Iterator[Violation]:
    for name, value in env.items():
        found = [each for part in embedded(value.text) for each in origins_of(part.source)]
        if not any(each.startswith("secrets.") and each != "secrets.github_token" for each in found):
            continue
        using = [step for step in steps if _uses(step, name)]
        if len(steps) < 2 or len(using) == len(steps):
            continue
        problem = f"{name} is given to {whom}, and to the actions and installs in them"
        edits = _moved(workflow, owner, name, value, using)
        yield Violation(workflow.path, value.span, {"problem": problem, "advice": _ADVICE}, edits=edits)


def _uses(step: Step, name: str) -> bool:
    """Whether the step speaks of a variable."""
    pattern = re.compile(rf"(?<![\w.]){re.escape(name)}\b|\benv\.{re.escape(name)}\b")
    texts = [step.run, step.condition, *step.inputs.values(), *step.env.values()]
    return any(text and pattern.search(text.text) for text in texts)


def _moved(
    workflow: Workflow, owner: Mapping | None, name: str, value: Scalar, using: list[Step]
) -> tuple[FileEdit, ...]:
    """The variable in the one step that uses it; nothing where several do, or none that is seen."""
    env = mapping_at(owner, "env")
    if len(using) != 1 or env is None or len(env.pairs) < 2 or name in using[0].env:
        return ()
    removed = remove_entry(workflow.path, workflow.document, env, name)
    added = set_env(using[0], name, value.text)
    return (*removed, *added) if removed and added else ()


def _inherited(job: Job) -> Iterator[Violation]:
    given = scalar_at(job.node, "secrets")
    if given is not None and given.text == "inherit" and job.uses and "@" in job.uses.text:
        values = {
            "problem": "all secrets are handed to a workflow of another repository",
            "advice": "name those that it needs in `secrets`",
        }
        yield Violation(job.path, given.span, values)


def _all_secrets(step: Step) -> Iterator[Violation]:
    for scalar in (*step.env.values(), *step.inputs.values()):
        if _ALL.search(scalar.text):
            values = {
                "problem": "all secrets are given to this step as one text",
                "advice": "name those that it needs",
            }
            yield Violation(step.path, scalar.span, values)
