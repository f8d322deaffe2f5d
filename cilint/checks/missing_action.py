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
    for index, step in enumerate(steps):
        uses = step.uses
        if uses is None or not uses.text.startswith(("./", "$/")) or set("@$") & set(uses.text[2:]):
            continue
        folder = normpath(uses.text[2:] or ".")
        made = folder.startswith("..") or any(_writes(before, folder) for before in steps[:index])
        if not made and project.files.listing() and local_action(project, uses.text) is None:
            yield Violation(path, uses.span, {"uses": uses.text})


def _writes(step: Step, folder: str) -> bool:
    """Whether a step may make the folder: another checkout, a script, a download."""
    if step.action is None or step.action.repository != "actions/checkout":
        return step.run is not None or (step.action is not None and "artifact" in step.action.name)
    into = step.inputs.get("path")
    if "repository" not in step.inputs and "ref" not in step.inputs and into is None:
        return False
    made = normpath(into.text) if into else "."
    return made == "." or "${{" in made or f"{folder}/".startswith(f"{made}/")
