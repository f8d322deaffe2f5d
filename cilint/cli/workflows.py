"""The workflows that a command is about, within their pipeline."""

from __future__ import annotations

import os
from collections.abc import Sequence

from cilint.cli.here import Here
from cilint.config.resolve import parameters_of, policy_of
from cilint.errors import CilintError
from cilint.model.kinds import kind_of
from cilint.model.project import Project
from cilint.model.workflow import Workflow
from cilint.pipeline.pipeline import Pipeline
from cilint.text.values import NamedTuple


class Selection(NamedTuple):
    """``workflows``: those that were named, or all of the project."""

    pipeline: Pipeline
    workflows: tuple[Workflow, ...]


def selected(place: Here, paths: Sequence[str]) -> Selection:
    """The workflow files at ``paths`` (as seen from the working folder) in the project's pipeline.

    Raises CilintError for a path that is no workflow of the project.
    """
    pipeline = Pipeline(
        Project(place.files), parameters_of(place.settings, policy_of(place.settings, place.catalogue))
    )
    if not paths:
        return Selection(pipeline, pipeline.project.workflows)
    found = [_workflow(pipeline.project, place.root, path) for path in paths]
    return Selection(pipeline, tuple(dict.fromkeys(found)))


def _workflow(project: Project, root: str, path: str) -> Workflow:
    full = os.path.abspath(path)
    if not os.path.exists(full):
        raise CilintError("does not exist", path=path)
    inside = os.path.relpath(full, root).replace(os.sep, "/")
    workflow = project.workflow(inside) if kind_of(inside) == "workflow" else None
    if workflow is None:
        raise CilintError(
            "is no workflow of this project", path=path, hint="workflows lie in .github/workflows"
        )
    return workflow
