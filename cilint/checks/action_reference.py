"""Whether the `uses` of steps name something that can be found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cilint.findings.violation import Options, Violation
from cilint.model.project import Project
from cilint.model.references import ActionReference
from cilint.model.workflow import Step
from cilint.pipeline.pipeline import Pipeline
from cilint.pipeline.step_outputs import local_action


def run(pipeline: Pipeline, _options: Options) -> Iterator[Violation]:
    """Values: ``problem``."""
    project = pipeline.project
    for workflow in pipeline.target_workflows:
        for job in workflow.jobs:
            yield from _of_steps(project, workflow.path, job.steps)
    for action in pipeline.target_actions:
        yield from _of_steps(project, action.path, action.steps)


def _of_steps(project: Project, path: str, steps: Sequence[Step]) -> Iterator[Violation]:
    for step in steps:
        uses = step.uses
        if uses is None or not uses.text or "${{" in uses.text:
            continue
        if uses.text.startswith(("./", "$/")):
            if "@" in uses.text and local_action(project, uses.text) is None:
                said = f"`{uses.text}` has a version: an action of this repository is used as checked out"
                yield Violation(path, uses.span, {"problem": said})
        elif problem := _problem(uses.text):
            yield Violation(path, uses.span, {"problem": problem})


def _problem(text: str) -> str | None:
    reference = ActionReference.parse(text)
    if text.startswith("docker://"):
        image = text.removeprefix("docker://")
        name = image.partition("@")[0]
        if not name.rpartition("/")[2].rpartition(":")[2] and image:
            return f"`{text}` has an empty tag: leave out the `:`, or name a tag"
        return None if image else "`docker://` names no image"
    if reference.kind == "repository" and reference.path.startswith(".github/workflows/"):
        return f"`{text}` is a workflow: a job calls it by a `uses` of its own, no step does"
    if text.count("@") > 1:
        return f"`{text}` has two `@`: one parts the action from its version"
    if reference.kind != "invalid":
        return None
    name, at, ref = text.partition("@")
    parts = [part for part in name.split("/") if part]
    if text.startswith(("/", ".")) or (not at and len(parts) > 2):
        hint = "one of this repository begins with `./`, others are owner/name@version"
        return f"`{text}` is no action: {hint}"
    if not at or not ref:
        return f"`{text}` names no version: write one behind an `@`"
    return f"`{text}` names no repository: an action is owner/name@version"
