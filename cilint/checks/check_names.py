"""Whether the checks of pull requests have names that branch protection can require."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cilint.findings.finding import Label
from cilint.findings.violation import Options, Violation
from cilint.model.workflow import Job, Workflow, scalar_at
from cilint.pipeline.pipeline import Pipeline
from cilint.text.source import Span

_CHANGING = re.compile(r"\$\{\{[^}]*\b(github|inputs|vars|needs|steps|env)\b", re.IGNORECASE)


def run(pipeline: Pipeline, options: Options) -> Iterator[Violation]:
    """One violation a name that changes or that another job has; values: ``problem``."""
    seen: dict[str, Job] = {}
    for workflow in pipeline.project.workflows:
        if not _checks_pull_requests(workflow):
            continue
        for job in workflow.jobs:
            if _CHANGING.search(job.name):
                problem = (
                    "the name of this check is another one in each run, so that it can never be required"
                )
                yield Violation(job.path, _name(job), {"problem": problem})
            elif job.uses is None and job.name in seen:
                other = seen[job.name]
                problem = (
                    f"another job is called `{job.name}` too: branch protection cannot tell the two apart"
                )
                label = Label(other.path, _name(other), "the other one")
                yield Violation(job.path, _name(job), {"problem": problem}, (label,))
            elif job.uses is None and "${{" not in job.name:
                seen[job.name] = job


def _checks_pull_requests(workflow: Workflow) -> bool:
    return bool({"pull_request", "merge_group"} & set(workflow.triggers))


def _name(job: Job) -> Span:
    given = scalar_at(job.node, "name")
    return given.span if given else job.span
