"""Environments and concurrency of the jobs that deploy, and their manual starts."""

from __future__ import annotations

import pytest

from cilint.pipeline.effects.deploy_jobs import DeployJob
from tests.pipeline.repositories import deploy

HOOK = 'curl -f -X POST "$DOKPLOY_WEBHOOK_URL"'
CHOICE = "{push: , workflow_dispatch: {inputs: {to: {type: choice, options: [a, b]}, other: {}}}}"


def only(head: str, on: str = "workflow_dispatch", script: str = HOOK) -> DeployJob:
    (found,) = deploy(script, on=on, head=head).deploy_jobs
    return found


@pytest.mark.parametrize(
    ("environment", "on", "names"),
    [
        ("production", "push", {"production"}),
        ("{name: staging}", "push", {"staging"}),
        ("${{ inputs.to || 'production' }}", CHOICE, {"a", "b", "production"}),
        ("${{ inputs.other || 'x' }}", CHOICE, {"x"}),
        ("${{ vars.X }}", "push", set()),
        ("${{ github.ref_name }}", "{push: {branches: [main]}}", {"main"}),
        ("${{ github.ref_name == 'main' && 'production' || 'staging' }}", "{push: {branches: [main, dev]}}",
         {"production", "staging"}),
        ("${{ matrix.e }}\nstrategy: {matrix: {e: [p, q]}}", "push", {"p", "q"}),
        ("{url: x}", "push", set()),
    ],
)  # fmt: skip
def test_environment_names(environment: str, on: str, names: set[str]) -> None:
    assert set(only(f"environment: {environment}", on).environment_names) == names


@pytest.mark.parametrize(
    ("head", "problem"),
    [
        ("", "at once"),
        ("concurrency: deploy", None),
        ("concurrency: {group: deploy}", None),
        ("concurrency: {group: deploy, cancel-in-progress: false}", None),
        ("concurrency: {group: deploy, cancel-in-progress: true}", "half-way"),
        ("concurrency: {group: deploy, cancel-in-progress: \"${{ github.event_name == 'push' }}\"}", None),
        (
            "concurrency: {group: deploy, cancel-in-progress: \"${{ github.ref == 'refs/heads/main' }}\"}",
            "half-way",
        ),
        ("concurrency: {group: 'deploy-${{ github.run_id }}'}", "for itself"),
        ("concurrency: 'deploy-${{ github.event.workflow_run.head_sha }}'", "for itself"),
        ("concurrency: 'deploy-${{ github.ref }}'", None),
        ("concurrency: [a]", None),
    ],
)
def test_concurrency(head: str, problem: str | None) -> None:
    found = only(head).concurrency_problem
    assert (problem is None and found is None) or (problem is not None and problem in (found or ""))


TAG = "{workflow_dispatch: {inputs: {tag: {type: string}}}}"
SET = 'curl -f --json "{\\"dockerImage\\":\\"%s\\"}" "$DOKPLOY_URL/api/application.update"\n'


@pytest.mark.parametrize(
    ("script", "step", "ignored"),
    [
        (HOOK, "", True),
        (SET % "ghcr.io/o/n:latest" + HOOK, "", True),
        (SET % "ghcr.io/o/n:$TAG" + HOOK, "env: {TAG: '${{ inputs.tag }}'}", False),
        (SET % "ghcr.io/o/n:${{ github.event.inputs.tag }}" + HOOK, "", False),
        (SET % "$IMAGE" + HOOK, "env: {IMAGE: '${{ steps.x.outputs.y }}'}", False),
        (SET % "ghcr.io/o/n:${TAG:-latest}" + HOOK, "env: {TAG: '${{ inputs.tag }}'}", False),
        ('image="ghcr.io/o/n:$T"\n' + SET % "$image" + HOOK, "env: {T: '${{ inputs.tag }}'}", False),
        ("crane tag ghcr.io/o/n:$TAG latest\n" + HOOK, "env: {TAG: '${{ inputs.tag }}'}", False),
        ("node deploy.mjs saveDockerProvider\n" + HOOK, "", False),
    ],
)
def test_tags_that_never_arrive(script: str, step: str, ignored: bool) -> None:
    (workflow,) = deploy(script, on=TAG, step=step).deploy_workflows
    assert bool(workflow.dispatch.ignores_tag) is ignored


@pytest.mark.parametrize(
    ("condition", "blocked"),
    [
        ("", False),
        ("if: github.event.workflow_run.conclusion == 'success'", True),
        ("if: github.event_name == 'push'", True),
        (
            "if: github.event_name != 'workflow_run' || github.event.workflow_run.conclusion == 'success'",
            False,
        ),
        ("if: vars.DEPLOY == 'yes'", False),
    ],
)
def test_manual_starts(condition: str, blocked: bool) -> None:
    on = "{workflow_dispatch: , workflow_run: {workflows: [B]}, push: }"
    (workflow,) = deploy(HOOK, on=on, head=condition).deploy_workflows
    assert workflow.dispatch.exists
    assert bool(workflow.dispatch.blocked) is blocked


@pytest.mark.parametrize(
    ("on", "offered"),
    [
        ("push", True),
        ("{push: {tags: ['v*']}}", True),
        ("pull_request", False),
        ("{push: {branches: [dev]}}", False),
    ],
)
def test_only_what_deploys_main_or_a_tag_is_called_production(on: str, offered: bool) -> None:
    job = only("", on=on)
    assert (job.environment_edits is not None) is offered
    assert (job.concurrency_edits is not None) is offered
