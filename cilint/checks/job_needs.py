"""Whether the jobs that a job needs exist, are named once, and do not wait for it in turn."""

from __future__ import annotations

from collections.abc import Iterator

from cilint.errors import nearest
from cilint.findings.violation import Options, Violation
from cilint.model.edits import replace_scalar
from cilint.model.workflow import Job, Workflow
from cilint.pipeline.pipeline import Pipeline

MAX_JOBS = 100  # among which a better name is looked for


def run(pipeline: Pipeline, _options: Options) -> Iterator[Violation]:
    """Values: ``problem``, ``better`` (the right id, or empty)."""
    for workflow in pipeline.target_workflows:
        jobs = {job.id.lower(): job for job in workflow.jobs}
        for job in workflow.jobs:
            yield from _of_job(job, jobs)
        yield from _cycles(workflow, jobs)


def _of_job(job: Job, jobs: dict[str, Job]) -> Iterator[Violation]:
    seen: set[str] = set()
    for need in job.needs:
        name = need.text.lower()
        if name in seen:
            yield Violation(job.path, need.span, {"problem": f"`{need.text}` is needed twice", "better": ""})
        elif name not in jobs and need.text and "${{" not in need.text:
            few = jobs.values() if len(jobs) <= MAX_JOBS else ()
            others = {each.id for each in few if each is not job}
            better = nearest(need.text, others)
            hint = f"; did you mean `{better}`?" if better else ""
            edits = better and replace_scalar(job.path, job.workflow.document, need, better)
            values = {"problem": f"there is no job `{need.text}`{hint}", "better": better or ""}
            yield Violation(job.path, need.span, values, edits=edits or ())
        seen.add(name)


def _cycles(workflow: Workflow, jobs: dict[str, Job]) -> Iterator[Violation]:
    """One violation a circle, at the first of its jobs."""
    done: set[str] = set()
    for start in jobs:
        path = _walk(start, jobs, done)
        if path:
            first = min(path, key=lambda name: jobs[name].key.span)
            at = path.index(first)
            circle = [jobs[name].id for name in (*path[at:], *path[:at], first)]
            said = " → ".join(f"`{name}`" for name in circle)
            values = {"problem": f"these jobs wait for each other and never run: {said}", "better": ""}
            yield Violation(workflow.path, jobs[first].key.span, values)


def _walk(start: str, jobs: dict[str, Job], done: set[str]) -> list[str] | None:
    """A circle that can be reached from ``start`` through jobs that were not looked at, or None."""
    path: list[str] = []
    on_path: set[str] = set()
    waiting: list[tuple[str, bool]] = [(start, False)]
    while waiting:
        name, left = waiting.pop()
        if left:
            done.add(path.pop())
            on_path.discard(name)
        elif name in on_path:
            done.update(path)
            return path[path.index(name) :]
        elif name in jobs and name not in done:
            path.append(name)
            on_path.add(name)
            waiting.append((name, True))
            waiting += [(need.text.lower(), False) for need in reversed(jobs[name].needs)]
    return None
