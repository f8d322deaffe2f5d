"""Health probes: what asks the application after a deploy."""

from __future__ import annotations

import pytest

from tests.pipeline.repositories import deploy, repository

SENT = 'curl -f -X POST "$DOKPLOY_WEBHOOK_URL"\n'


@pytest.mark.parametrize(
    ("script", "can_fail"),
    [
        (SENT + 'curl -f "$APP_URL/api/health"', [True]),
        (SENT + 'curl "$APP_URL/api/health"', [False]),
        (SENT + 'for i in 1 2 3; do curl -f "$APP_URL" && exit 0; sleep 1; done; exit 1', [True]),
        (SENT + 'for i in 1 2 3; do curl -f "$APP_URL" && break; sleep 1; done', [False]),
        (SENT + 'until curl -f "$APP_URL"; do sleep 1; done', [True]),
        (SENT + 'n=0; until curl -f "$APP_URL"; do n=$((n+1)); [ $n -lt 9 ] || exit 1; done', [True]),
        (SENT + 'wget --spider "$APP_URL"', [True]),
        (
            SENT + """timeout 9 bash -c 'until curl -sf "$APP_URL" | grep -q "$SHA"; do sleep 1; done'""",
            [True],
        ),
        (SENT + """timeout 9 bash -c 'until curl -s "$APP_URL" | grep -q ok; do sleep 1; done'""", [None]),
        (
            SENT + 'n=0; until curl -s "$APP_URL" | grep -q ok || [ $n = 9 ]; do n=$((n+1)); done; echo',
            [False],
        ),
        (
            SENT
            + 'for i in 1 2; do case $(curl -so x -w "%{http_code}" "$APP_URL") in 200) exit 0 ;; esac; done',
            [False],
        ),
        (
            SENT
            + "python3 - <<'X'\nimport os, requests\nrequests.get(os.environ['APP_URL']).raise_for_status()\nX",
            [True],
        ),
        (SENT + 'curl -f "https://d.example/api/application.deploy?applicationId=a"', []),
        ('curl -f "$APP_URL"\n' + SENT, []),
        (SENT + 'curl -f "$DOKPLOY_URL/api/health"', []),
        (SENT + 'curl -f -X POST "$APP_URL/warm"', []),
        (SENT + 'curl -f "https://api.github.com/repos/o/r"', []),
        ('curl -f "$APP_URL"', []),
    ],
)
def test_probes(script: str, can_fail: list[bool]) -> None:
    assert [probe.can_fail for probe in deploy(script).probes] == can_fail


def jobs(second: str) -> str:
    return f"""
on: push
jobs:
  deploy:
    runs-on: ubuntu-latest
    steps: [{{run: 'curl -X POST "$DOKPLOY_WEBHOOK_URL"'}}]
  check:
    runs-on: ubuntu-latest
{second}
"""


@pytest.mark.parametrize(
    ("second", "found"),
    [
        ("    needs: deploy\n    steps: [{run: 'curl -f $APP_URL'}]", 1),
        ("    needs: [deploy]\n    steps: [{uses: jtalk/url-health-check-action@v4}]", 1),
        ("    steps: [{run: 'curl -f $APP_URL'}]", 0),
        ("    needs: check\n    steps: [{run: 'curl -f $APP_URL'}]", 0),
        ("    needs: gone\n    steps: [{run: 'curl -f $APP_URL'}]", 0),
    ],
)
def test_across_jobs(second: str, found: int) -> None:
    assert len(repository(jobs(second)).probes) == found


def test_tolerated_actions_cannot_fail() -> None:
    second = (
        "    needs: deploy\n    steps: [{uses: jtalk/url-health-check-action@v4, continue-on-error: true}]"
    )
    (probe,) = repository(jobs(second)).probes
    assert probe.can_fail is False
    assert "continue-on-error" in probe.reason
