"""Whether the patterns of `branches`, `tags`, `paths` and `versions` can match anything."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from cilint.findings.violation import Options, Violation
from cilint.model.filter_pattern import flaws
from cilint.model.workflow import Workflow, mapping_at, scalar_at, scalars
from cilint.pipeline.pipeline import Pipeline
from cilint.syntax.yaml import Scalar

MAX_FLAWS = 20  # of one pattern
FILTERS = {"branches": False, "tags": False, "paths": True, "versions": False}


def run(pipeline: Pipeline, _options: Options) -> Iterator[Violation]:
    """Values: ``problem``, ``pattern``."""
    for workflow in pipeline.target_workflows:
        for trigger in workflow.triggers.values():
            for key in (key for name in FILTERS for key in (name, f"{name}-ignore")):
                pair = trigger.pair(key)
                for scalar in scalars(pair.value.resolved) if pair else ():
                    yield from _of_pattern(workflow, scalar, of_path=FILTERS[key.removesuffix("-ignore")])
        for job in workflow.jobs:
            version = scalar_at(mapping_at(job.node, "snapshot"), "version")
            if version and "${{" not in version.text:
                yield from _of_pattern(workflow, version, of_path=False)


def _of_pattern(workflow: Workflow, scalar: Scalar, *, of_path: bool) -> Iterator[Violation]:
    for flaw in islice(flaws(scalar.text, of_path=of_path), MAX_FLAWS) if scalar.text else ():
        whole = flaw.end - flaw.start == len(scalar.text)
        span = scalar.span if whole else scalar.source_span(flaw.start, flaw.end)
        yield Violation(workflow.path, span, {"problem": flaw.message, "pattern": scalar.text})
