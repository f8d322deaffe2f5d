"""``workflow_run``: the workflows that a trigger waits for, and whether they exist under that name.

GitHub matches the upstream workflow's ``name``, or its path where it has none; a wrong name is no error,
the workflow just never starts.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from cilint.errors import nearest
from cilint.findings.finding import FileEdit
from cilint.model.edits import set_filter
from cilint.model.workflow import Trigger, Workflow, scalars
from cilint.pipeline.filters import matches
from cilint.syntax import yaml_edit
from cilint.syntax.yaml import Scalar
from cilint.text.hints import TYPE_CHECKING

if TYPE_CHECKING:
    from cilint.pipeline.pipeline import Pipeline


class UpstreamTrigger:
    """The ``workflow_run`` trigger of one workflow; ``span`` is the event's name."""

    def __init__(self, pipeline: Pipeline, workflow: Workflow, trigger: Trigger) -> None:
        self._pipeline = pipeline
        self.workflow = workflow
        self.trigger = trigger
        self.path = workflow.path
        self.span = trigger.span

    @property
    def types(self) -> tuple[str, ...] | None:
        return self.trigger.filter("types")

    @property
    def at(self) -> object:
        """The value of ``types``, or the event where it has none."""
        pair = self.trigger.pair("types")
        return pair.value if pair else self

    @property
    def completed_edits(self) -> tuple[FileEdit, ...] | None:
        return set_filter(self.workflow, self.trigger, "types", ["completed"])

    @cached_property
    def names(self) -> tuple[UpstreamName, ...]:
        node = self.trigger.node.get("workflows") if self.trigger.node else None
        return tuple(UpstreamName(self._pipeline, self.workflow, scalar) for scalar in scalars(node))


class UpstreamName:
    """One entry of ``workflow_run.workflows``."""

    def __init__(self, pipeline: Pipeline, workflow: Workflow, scalar: Scalar) -> None:
        self._pipeline = pipeline
        self.workflow = workflow
        self.scalar = scalar
        self.path = workflow.path
        self.span = scalar.span
        self.text = scalar.text

    @property
    def _others(self) -> list[Workflow]:
        return [each for each in self._pipeline.project.workflows if each.path != self.path]

    @property
    def exists(self) -> bool:
        """Whether a workflow of the repository has this name; GitHub takes it as a pattern."""
        return any(self.text == each.name or matches(self.text, each.name) for each in self._others)

    @cached_property
    def meant(self) -> str | None:
        """The name that is most likely meant: of the workflow with this file name, or the nearest one."""
        others = self._others
        for each in others:
            file = each.path.rpartition("/")[2]
            if self.text in (file, file.rpartition(".")[0], each.path):
                return each.name
        names = {each.name for each in others if each.name_node}
        return nearest(self.text, names) or (others[0].name if len(others) == 1 else None)

    @property
    def rename_edits(self) -> tuple[FileEdit, ...] | None:
        """Write the name that is meant."""
        if self.meant is None:
            return None
        edits = yaml_edit.set_scalar(self.workflow.document, self.scalar, self.meant)
        return tuple(FileEdit(self.path, edit) for edit in edits)


def upstream_triggers(pipeline: Pipeline) -> Iterator[UpstreamTrigger]:
    for workflow in pipeline.target_workflows:
        trigger = workflow.triggers.get("workflow_run")
        if trigger:
            yield UpstreamTrigger(pipeline, workflow, trigger)
