"""Steps that use an action of this repository which is not there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from posixpath import normpath

from cilint.findings.violation import Options, Violation
from cilint.model.project import Project
from cilint.model.workflow import Step
from cilint.pipeline.pipeline import Pipeline
from cilint.pipeline.step_outputs import local_action


def run(pipeline: Pipeline, _options: Options) -> Iterator[Violation]:
    """Values: ``uses``."""
    for job in pipeline.jobs:
        yield from _of_steps(pipeline.project, job.path, job.steps)
    for action in pipeline.target_actions:
        yield from _of_steps(pipeline.project, action.path, action.steps)


def _of_steps(project: Project, path: str, steps: Sequence[Step]) -> Iterator[Violation]:
    made: set[str] = set()
    for step in steps:
        uses = step.uses
        if uses is not None and uses.text.startswith(("./", "$/")) and not set("@$") & set(uses.text[2:]):
            folder = normpath(uses.text[2:] or ".")
            known = folder.startswith("..") or any(each in made for each in _above(folder))
            if not known and project.files.listing() and local_action(project, uses.text) is None:
                yield Violation(path, uses.span, {"uses": uses.text})
        written = _written(step)
        if written is not None:
            made.add(written)


def _above(folder: str) -> Iterator[str]:
    """The folder and all that it lies in."""
    yield "."
    while folder:
        yield folder
        folder = folder.rpartition("/")[0]


def _written(step: Step) -> str | None:
    """The folder in which a step may make others: by another checkout, a script, a download."""
    if step.action is None or step.action.repository != "actions/checkout":
        return "." if step.run is not None or (step.action and "artifact" in step.action.name) else None
    into = step.inputs.get("path")
    if into is not None:
        return "." if "${{" in into.text else normpath(into.text)
    return "." if "repository" in step.inputs or "ref" in step.inputs else None
