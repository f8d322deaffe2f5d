"""Whether every job has a time limit that is one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cilint.findings.violation import Options, Violation
from cilint.model.edits import insert_entry, set_entry
from cilint.model.workflow import Job, scalar_at
from cilint.pipeline.evaluate import Open, interpolate
from cilint.pipeline.matrix import legs
from cilint.pipeline.pipeline import Pipeline
from cilint.syntax.yaml import Scalar

_KEY = "timeout-minutes"


def run(pipeline: Pipeline, options: Options) -> Iterator[Violation]:
    """One violation a job that has no limit, or one above ``options.max`` minutes; values: ``problem``."""
    for job in pipeline.jobs:
        if job.uses is None and job.node.get("steps") is not None:
            yield from _violations(job, options.max, options.minutes)


def _violations(job: Job, most: int, minutes: int) -> Iterator[Violation]:
    given = scalar_at(job.node, _KEY)
    document = job.workflow.document
    if given is None:
        if job.node.get(_KEY) is not None:
            return
        after = "runs-on" if job.node.get("runs-on") else None
        edits = insert_entry(job.path, document, job.node, _KEY, str(minutes), after=after)
        yield Violation(job.path, job.span, {"problem": "this job may run for six hours"}, edits=edits or ())
        return
    value = _minutes(job, given)
    if value is not None and value > most:
        edits = set_entry(job.path, document, job.node, _KEY, minutes)
        yield Violation(
            job.path, given.span, {"problem": f"this job may hang for {value:g} minutes"}, edits=edits or ()
        )


def _minutes(job: Job, given: Scalar) -> float | None:
    """The longest that any leg may take; None where it is not known."""
    if "${{" not in given.text:
        return given.value if isinstance(given.value, int | float) else None
    found = [interpolate(given.text, {"matrix": Open(leg)}) for leg in legs(job.matrix) or ({},)]
    return (
        max(map(float, found)) if all(re.fullmatch(r"\d{1,9}(\.\d{1,9})?", text) for text in found) else None
    )
