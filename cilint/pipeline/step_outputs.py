"""The outputs of steps and of called workflows, as far as files and the table of known actions tell."""

from __future__ import annotations

from cilint.model.action import Action
from cilint.model.known_actions import known_action, version_of
from cilint.model.project import Project
from cilint.model.references import ActionReference
from cilint.model.workflow import Job, Workflow, mapping_at, scalar_at
from cilint.pipeline.expression_types import OPEN, STRING, TEXTS, Object, Type
from cilint.syntax.yaml import Mapping
from cilint.text.source import SourceFile


def outputs_of(project: Project, source: SourceFile, step: Mapping) -> Type:
    """The ``outputs`` of a step; open where a script or an unknown action sets them."""
    uses = scalar_at(step, "uses")
    if uses is None or "${{" in uses.text:
        return TEXTS
    if local := local_action(project, uses.text):
        return declared_outputs(local)
    reference = ActionReference.parse(uses.text)
    spec = known_action(reference.name, version_of(reference, source, uses.span)) if reference.name else None
    if spec is None or spec.any_output:
        return TEXTS
    return Object(dict.fromkeys(spec.outputs, STRING))


def local_action(project: Project, uses: str) -> Action | None:
    """The action of this repository that a step uses (``./`` and ``$/`` forms)."""
    return project.local_action(f"./{uses[2:]}") if uses.startswith(("./", "$/")) else None


def declared_outputs(action: Action) -> Type:
    """What an action's metadata declares. A Docker or Node.js action may set others, but they are its own."""
    if action.root is None or action.document.errors:
        return TEXTS
    node = action.root.get("outputs")
    if node is not None and not isinstance(node, Mapping):
        return TEXTS
    return Object(dict.fromkeys(node.keys() if node else (), STRING))


def called_workflow(project: Project, job: Job) -> Workflow | None:
    """The workflow of this repository that a job calls (``./`` and ``$/`` forms)."""
    if job.uses is None or not job.uses.text.startswith(("./.github/workflows/", "$/.github/workflows/")):
        return None
    return project.workflow(job.uses.text[2:])


def workflow_outputs(project: Project, job: Job) -> Type:
    """The outputs of a job that calls a workflow; open for one that cannot be read."""
    called = called_workflow(project, job)
    if called is None or called.root is None or called.document.errors:
        return OPEN
    trigger = called.triggers.get("workflow_call")
    declared = mapping_at(trigger.node, "outputs") if trigger else None
    if declared is None:
        return Object() if trigger else OPEN
    return Object(dict.fromkeys(declared.keys(), STRING))
