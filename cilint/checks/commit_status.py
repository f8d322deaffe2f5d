"""Whether the end of a deploy, good or bad, is recorded on the commit that was deployed."""

from __future__ import annotations

from collections.abc import Iterator

from cilint.findings.violation import Options, Violation
from cilint.model.edits import require, set_permission
from cilint.model.workflow import Job, scalar_at
from cilint.pipeline.effects.commit_records import CommitRecord, commit_records
from cilint.pipeline.effects.deploys import Deploy
from cilint.pipeline.pipeline import Pipeline
from cilint.pipeline.roles import DeployWorkflow
from cilint.syntax.yaml import Mapping


def run(pipeline: Pipeline, options: Options) -> Iterator[Violation]:
    """Violations by workflow; values: ``problem``, ``title`` (of the fix)."""
    records = tuple(commit_records(pipeline))
    for workflow in pipeline.deploy_workflows:
        if workflow.deploys:
            own = [
                each
                for each in records
                if each.site.call.entry is workflow.workflow and not each.is_beginning
            ]
            yield from _judged(pipeline, workflow, own)


def _judged(pipeline: Pipeline, workflow: DeployWorkflow, records: list[CommitRecord]) -> Iterator[Violation]:
    deploy = workflow.deploys[0]
    yield from _forbidden(records)
    yield from _elsewhere(pipeline, records)
    if any(_has_environment(each.site.job) for each in workflow.deploys):
        return  # GitHub records the deployment of such a job by itself, however it ends
    if not records and all(each.site.job.uses for each in workflow.deploys):
        return  # the workflows of others that deploy may well record it
    if not records:
        problem = (
            "nothing records on the commit whether the deploy succeeded; "
            "post a status, or name an `environment`"
        )
        yield Violation(deploy.command.path, deploy.command.span, {"problem": problem, "title": ""})
        return
    yield from _one_sided(deploy, records)


def _has_environment(job: Job) -> bool:
    if job.environment is None:
        return False
    node = job.node.get("environment")
    kept = scalar_at(node, "deployment") if isinstance(node, Mapping) else None
    return kept is None or kept.text != "false"


def _forbidden(records: list[CommitRecord]) -> Iterator[Violation]:
    for record in records:
        if record.lacks_permission:
            problem = f"the job's token may not do this; give the job `{record.scope}: write`"
            edits = set_permission(record.site.job, record.scope, "write") or ()
            values = {"problem": problem, "title": f"give the job `{record.scope}: write`"}
            yield Violation(record.path, record.span, values, edits=edits, safety="safe")


def _elsewhere(pipeline: Pipeline, records: list[CommitRecord]) -> Iterator[Violation]:
    """Records on the newest commit of the default branch instead of the one that was built."""
    for record in records:
        whole = record.site.step.node.span
        for wrong in pipeline.wrong_commits:
            if (
                wrong.path == record.path
                and whole.covers(wrong.span)
                and wrong.certain
                and "sha" in wrong.text.lower()
            ):
                problem = (
                    f"{wrong.text} is not the commit that was deployed; record it on `workflow_run.head_sha`"
                )
                values = {"problem": problem, "title": "take the commit that was built"}
                yield Violation(wrong.path, wrong.span, values, edits=wrong.edits, safety="unsafe")


def _one_sided(deploy: Deploy, records: list[CommitRecord]) -> Iterator[Violation]:
    for failed in (True, False):
        found = [record for record in records if record.after(deploy, failed=failed) is not False]
        if failed and found and all(record.says_success_only for record in found):
            problem = "this says success after a deploy that has failed too; take the state from `job.status`"
            yield Violation(found[0].path, found[0].span, {"problem": problem, "title": ""})
            return
        if found:
            continue
        record = records[0]
        end = "failed" if failed else "succeeded"
        problem = f"this is left out when the deploy has {end}, so the commit never tells; use `if: always()`"
        owner = record.site.top.step if record.site.call is deploy.site.call else record.site.job
        edits = require(owner, "always()") if failed and owner.condition is None else None
        values = {"problem": problem, "title": "record failures too"}
        yield Violation(record.path, record.span, values, edits=edits or (), safety="unsafe")
