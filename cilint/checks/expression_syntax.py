"""Whether expressions can be read: what GitHub's parser refuses."""

from __future__ import annotations

from collections.abc import Iterator

from cilint.findings.violation import Options, Violation
from cilint.model.action import Action
from cilint.model.workflow import Workflow
from cilint.pipeline.expressions import parts_of
from cilint.pipeline.pipeline import Pipeline


def run(pipeline: Pipeline, _options: Options) -> Iterator[Violation]:
    """One violation an error; values: ``problem``."""
    files: tuple[Workflow | Action, ...] = (*pipeline.target_workflows, *pipeline.target_actions)
    for file in files:
        for slot in file.reading.slots:
            for part in parts_of(slot):
                if part.error is not None:
                    span = slot.node.source_span(part.error.start, max(part.error.end, part.error.start + 1))
                    yield Violation(file.path, span, {"problem": part.error.message})
