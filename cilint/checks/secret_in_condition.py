"""Whether a condition reads secrets, which GitHub refuses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cilint.findings.finding import FileEdit
from cilint.findings.violation import Options, Violation
from cilint.model.edits import set_env
from cilint.model.workflow import Step
from cilint.pipeline.pipeline import Pipeline
from cilint.syntax.yaml import Scalar
from cilint.text.edit import Edit
from cilint.text.source import Span

# String literals are matched first, so that what stands in them is passed over.
_SECRET = re.compile(r"'(?:[^']|'')*'|(?<![\w.])secrets(?:\.([\w-]+)|\[\s*'([^']+)'\s*\])", re.IGNORECASE)


def run(pipeline: Pipeline, options: Options) -> Iterator[Violation]:
    """One violation a secret; values: ``advice``."""
    for workflow in pipeline.target_workflows:
        for job in workflow.jobs:
            for name, found in _secrets(job.condition):
                advice = f"test {name} in a step, and hand the result on as an output"
                assert job.condition is not None
                yield Violation(job.path, job.condition.source_span(*found), {"advice": advice})
            for step in job.steps:
                yield from _of_step(step)


def _of_step(step: Step) -> Iterator[Violation]:
    condition = step.condition
    for name, found in _secrets(condition):
        assert condition is not None
        span = condition.source_span(*found)
        advice = f"give it to the step's `env` and test `env.{name}`"
        yield Violation(step.path, span, {"advice": advice}, edits=_edits(step, name, span))


def _edits(step: Step, name: str, span: Span) -> tuple[FileEdit, ...]:
    given = step.env.get(name)
    renamed = FileEdit(step.path, Edit(span, f"env.{name}"))
    if given is not None:
        return (renamed,) if f"secrets.{name}" in given.text else ()
    added = set_env(step, name, f"${{{{ secrets.{name} }}}}")
    return (renamed, *added) if added else ()


def _secrets(condition: Scalar | None) -> Iterator[tuple[str, tuple[int, int]]]:
    """The secrets of an ``if``, with their places in its text."""
    for found in _SECRET.finditer(condition.text) if condition else ():
        name = found[1] or found[2]
        if name:
            yield name, found.span()
