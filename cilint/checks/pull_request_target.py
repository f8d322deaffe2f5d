"""Whether workflows that hold secrets are started by strangers, or run what strangers propose."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cilint.findings.violation import Options, Violation
from cilint.model.workflow import Step, Workflow
from cilint.pipeline.pipeline import Pipeline
from cilint.text.source import Span

_PROPOSED = re.compile(
    r"pull_request\.head\.(sha|ref)|pull_request\.(number|merge_commit_sha)|github\.head_ref|refs/pull/"
    r"|workflow_run\.(head_sha|head_branch|pull_requests)",
    re.IGNORECASE,
)
_FETCHES = re.compile(
    r"refs/pull/|pull/\$|\bgh pr checkout\b|pull_request\.head\.(sha|ref)|github\.head_ref", re.IGNORECASE
)


def run(pipeline: Pipeline, options: Options) -> Iterator[Violation]:
    """One violation a trigger, one a step that fetches what is proposed; values: ``problem``, ``advice``."""
    for workflow in pipeline.target_workflows:
        trigger = workflow.triggers.get("pull_request_target")
        if trigger:
            problem = "pull requests of strangers start this workflow with the repository's secrets"
            yield _violation(workflow.path, trigger.span, problem, "use `pull_request`, which has none")
        if trigger or "issue_comment" in workflow.triggers:
            yield from _fetching(workflow)


def _fetching(workflow: Workflow) -> Iterator[Violation]:
    for step in (step for job in workflow.jobs for step in job.steps):
        span = _proposed(step)
        if span:
            problem = "this fetches what a stranger proposes into a job that holds the repository's secrets"
            yield _violation(step.path, span, problem, "do not run any of it here")


def _proposed(step: Step) -> Span | None:
    """The words that fetch a pull request's code."""
    if step.action and step.action.name == "actions/checkout":
        unsafe, ref = step.inputs.get("allow-unsafe-pr-checkout"), step.inputs.get("ref")
        if unsafe and unsafe.text.lower() == "true":
            return unsafe.span
        repository = step.inputs.get("repository")
        given = next((each for each in (ref, repository) if each and _PROPOSED.search(each.text)), None)
        return given.span if given else None
    for command in step.script.named("gh", "git") if step.script and step.run else ():
        words = " ".join(command.argv()[:3])
        takes = words.startswith("gh pr checkout") or command.argv()[1:2] in (
            ["fetch"],
            ["checkout"],
            ["pull"],
        )
        if takes and _FETCHES.search(command.raw) and step.run:
            return step.run.source_span(*command.span)
    return None


def _violation(path: str, span: Span, problem: str, advice: str) -> Violation:
    values = {"problem": problem, "advice": advice}
    return Violation(path, span, values)
