"""What comes after a deploy: the commit that it is told of, waits, and records of its end."""

from __future__ import annotations

import pytest

from cilint.pipeline.effects.commit_records import commit_records
from tests.pipeline.repositories import deploy, job, repository, sliced

HOOK = 'curl -f -X POST "$DOKPLOY_WEBHOOK_URL"'
UPSTREAM = "{workflow_run: {workflows: [B], types: [completed], branches: [main]}}"
BOTH = "{workflow_dispatch: {inputs: {tag: {}}}, workflow_run: {workflows: [B], branches: [main]}}"


@pytest.mark.parametrize(
    ("line", "env", "found"),
    [
        ("run", "github.sha", ["github.sha"]),
        ("run", "github.event.workflow_run.head_sha", []),
        ("run", "github.event.workflow_run.head_sha || github.sha", []),
        ("run", "inputs.tag || github.sha", ["github.sha"]),
        ("run", "github.event_name == 'push' && github.sha || 'x'", []),
        ("run", "format('sha-{0}', github.sha)", ["github.sha"]),
        ("run", "github.ref_name", ["github.ref_name"]),
        ("run", "'github.sha'", []),
        ("run ${{ github.sha }}", "1", ["github.sha"]),
        ('run "$GITHUB_SHA"', "1", ["$GITHUB_SHA"]),
        ('run "${GITHUB_SHA:0:7}"', "1", ["${GITHUB_SHA:0:7}"]),
        ('run "${X:-$GITHUB_SHA}"', "github.event.workflow_run.head_sha", []),
        ('run "${X:-$GITHUB_SHA}"', "inputs.tag", ["${X:-$GITHUB_SHA}"]),
        ("run '$GITHUB_SHA'", "1", []),
        ('if [ "$GITHUB_EVENT_NAME" = push ]; then run "$GITHUB_SHA"; fi', "1", []),
    ],
)
@pytest.mark.parametrize("on", [UPSTREAM, BOTH])
def test_wrong_commits(line: str, env: str, found: list[str], on: str) -> None:
    pipeline = deploy(f"{line}\n{HOOK}", on=on, step=f'env: {{X: "${{{{ {env} }}}}"}}')
    assert [sliced(pipeline, each.path, each.span) for each in pipeline.wrong_commits] == found


def test_other_events_have_the_right_commit() -> None:
    assert deploy(f'run "$GITHUB_SHA"\n{HOOK}', on="push").wrong_commits == ()
    assert deploy('run "$GITHUB_SHA"', on=UPSTREAM).wrong_commits == ()


@pytest.mark.parametrize(
    ("line", "scope"),
    [
        ('gh api "repos/$R/statuses/$SHA" -f state=success', "statuses"),
        ('gh api --method POST "/repos/$R/deployments/$ID/statuses" -f state=success', "statuses"),
        ('curl -X POST -d "{}" "https://api.github.com/repos/o/r/statuses/$SHA"', "statuses"),
        ('curl -X POST -d "{}" "$GITHUB_API_URL/repos/o/r/deployments"', "deployments"),
        ('curl "https://api.github.com/repos/o/r/statuses/$SHA"', None),
        ('gh pr comment -b "done"', None),
        ('curl -X POST "$DOKPLOY_URL/api/deployments"', None),
    ],
)
def test_records(line: str, scope: str | None) -> None:
    assert [each.scope for each in commit_records(deploy(line))] == ([scope] if scope else [])


@pytest.mark.parametrize(
    ("condition", "failed", "succeeded"),
    [
        ("always()", True, True),
        ("failure()", True, False),
        ("success()", False, True),
        ("'!cancelled()'", True, True),
        ("always() && job.status == 'success'", False, None),
    ],
)
def test_when_records_are_made(condition: str, failed: bool, succeeded: bool | None) -> None:
    step = f"      - if: {condition}\n        run: gh api repos/o/r/statuses/$SHA -f state=$S\n"
    pipeline = repository(job(HOOK) + step)
    (record,) = commit_records(pipeline)
    assert record.after(pipeline.deploys[0], failed=True) is failed
    assert record.after(pipeline.deploys[0], failed=False) is succeeded


@pytest.mark.parametrize(
    ("script", "seconds"),
    [
        (f"{HOOK}\nsleep 60", [60]),
        (f"{HOOK}\nsleep 1m 30s", [90]),
        (f"{HOOK}\nsleep $WAIT", [None]),
        (f"sleep 60\n{HOOK}", []),
        (f"{HOOK}\nfor i in 1 2; do sleep 5; done", [10]),
        (f"{HOOK}\nfor i in 1 2; do ask && break; sleep 5; done", []),
        (f"{HOOK}\npython3 -c 'import time; time.sleep(60)'", [None]),
        ("sleep 60", []),
    ],
)
def test_sleeps(script: str, seconds: list[float | None]) -> None:
    assert [each.seconds for each in deploy(script).sleeps] == seconds
