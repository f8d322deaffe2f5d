"""Jobs that are waited for twice over: what is needed besides needs them already, and nothing reads them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cilint.findings.violation import Options, Violation
from cilint.model.workflow import Job
from cilint.pipeline.pipeline import Pipeline

MAX_JOBS = 200  # whose paths are followed: a hostile file has thousands
_READ = re.compile(r"(?i)\bneeds\b(?:\s*\.\s*([\w-]+)|\s*\[\s*'([^']+)'\s*\])?")


def run(pipeline: Pipeline, _options: Options) -> Iterator[Violation]:
    """Values: ``name``, ``through`` (the job that waits for it)."""
    for workflow in pipeline.target_workflows:
        if len(workflow.jobs) <= MAX_JOBS:
            before = _ancestors(workflow.jobs)
            for job in workflow.jobs:
                yield from _of_job(job, before)


def _of_job(job: Job, before: dict[str, frozenset[str]]) -> Iterator[Violation]:
    needed = {need.text.lower() for need in job.needs}
    if len(needed) < 2 or job.id.lower() in before.get(job.id.lower(), ()):
        return
    read = _read(job)
    for need in job.needs:
        name = need.text.lower()
        through = next((each for each in sorted(needed) if name in before.get(each, ())), None)
        if through is not None and read is not None and name not in read:
            yield Violation(job.path, need.span, {"name": need.text, "through": through})


def _read(job: Job) -> set[str] | None:
    """The jobs whose results or outputs a job reads; None where it may be any."""
    text = job.workflow.source.slice(job.node.span)
    names = set()
    for found in _READ.finditer(text):
        name = found[1] or found[2]
        following = text[found.end() : found.end() + 1]
        if name is None and following == ":":
            continue  # the key itself
        if name is None:
            return None
        names.add(name.lower())
    return names


def _ancestors(jobs: tuple[Job, ...]) -> dict[str, frozenset[str]]:
    """All jobs that each job waits for, by lower-case id, the ones further off included."""
    direct = {job.id.lower(): {need.text.lower() for need in job.needs} for job in jobs}
    found: dict[str, frozenset[str]] = {}
    for name, needed in direct.items():
        seen: set[str] = set()
        waiting = [*needed]
        while waiting:
            each = waiting.pop()
            if each not in seen:
                seen.add(each)
                waiting += direct.get(each, ())
        found[name] = frozenset(seen)
    return found
