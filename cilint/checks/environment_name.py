"""Names in `env` that no environment variable can have."""

from __future__ import annotations

from collections.abc import Iterator

from cilint.findings.violation import Options, Violation
from cilint.model.workflow import mapping_at
from cilint.pipeline.pipeline import Pipeline
from cilint.syntax.yaml import Mapping, Scalar

_BAD = {"=": "a `=`", " ": "a space", "&": "a `&`", "\t": "a tab", "\n": "a line end"}


def run(pipeline: Pipeline, _options: Options) -> Iterator[Violation]:
    """Values: ``name``, ``what``."""
    for workflow in pipeline.target_workflows:
        steps = [step.node for job in workflow.jobs for step in job.steps]
        for owner in (workflow.root, *(job.node for job in workflow.jobs), *steps):
            yield from _of_env(workflow.path, mapping_at(owner, "env"))
    for action in pipeline.target_actions:
        for step in action.steps:
            yield from _of_env(action.path, mapping_at(step.node, "env"))


def _of_env(path: str, env: Mapping | None) -> Iterator[Violation]:
    for key, _ in env.pairs if env else ():
        if isinstance(key, Scalar) and "${{" not in key.text:
            bad = next((char for char in key.text if char in _BAD), None)
            if bad is not None:
                yield Violation(path, key.span, {"name": key.text, "what": _BAD[bad]})
