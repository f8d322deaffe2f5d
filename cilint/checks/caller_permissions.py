"""Whether a job that calls a workflow has the permissions that the workflow's jobs ask for."""

from __future__ import annotations

from collections.abc import Iterator

from cilint.findings.finding import Label
from cilint.findings.violation import Options, Violation
from cilint.model.workflow import Job, Permissions
from cilint.pipeline.pipeline import Pipeline
from cilint.pipeline.step_outputs import called_workflow
from cilint.syntax.yaml import Mapping, Scalar

MAX_DEPTH = 10  # of calls within calls; GitHub's own limit
MAX_JOBS = 200  # looked at below one call
_RANKS = {"none": 0, "read": 1, "write": 2}


def run(pipeline: Pipeline, _options: Options) -> Iterator[Violation]:
    """Values: ``job`` (the called one), ``scope``, ``wanted``, ``given``. Where the caller says nothing, the
    repository's settings decide, which are not known."""
    for job in pipeline.jobs:
        if job.uses is not None and job.permissions is not None:
            yield from _of_call(pipeline, job, job.permissions)


def _of_call(pipeline: Pipeline, job: Job, given: Permissions) -> Iterator[Violation]:
    assert job.uses is not None
    told: set[str] = set()
    for called, scope, wanted in _asked(pipeline, job):
        level = given.level(scope)
        if _RANKS.get(wanted, 0) > _RANKS.get(level, 2) and scope not in told:
            told.add(scope)
            permissions = called.permissions
            related = [Label(job.path, given.span, "what the caller has")]
            if permissions is not None:
                related.append(Label(called.path, permissions.span, "what is asked for"))
            values = {"job": called.id, "scope": scope, "wanted": wanted, "given": level}
            yield Violation(job.path, job.uses.span, values, tuple(related))


def _asked(pipeline: Pipeline, job: Job) -> Iterator[tuple[Job, str, str]]:
    """Each scope and level that a job of the called workflows asks for."""
    waiting, seen = [(job, 0)], 0
    while waiting and seen < MAX_JOBS:
        caller, depth = waiting.pop()
        called = called_workflow(pipeline.project, caller)
        for inner in called.jobs if called and depth < MAX_DEPTH else ():
            seen += 1
            if inner.permissions is not None:
                for scope, level in _levels(inner.permissions):
                    yield inner, scope, level
            if inner.uses is not None and inner.permissions is None:
                waiting.append((inner, depth + 1))


def _levels(permissions: Permissions) -> Iterator[tuple[str, str]]:
    node = permissions.node
    for key, value in node.pairs if isinstance(node, Mapping) else ():
        level = value.resolved
        if isinstance(key, Scalar) and isinstance(level, Scalar) and level.text in _RANKS:
            yield key.text, level.text
