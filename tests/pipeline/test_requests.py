"""HTTP requests of steps: what they ask for, and what becomes of a refusal."""

from __future__ import annotations

import pytest

from cilint.pipeline.effects.requests import ClientRequest, Request
from tests.pipeline.repositories import deploy, repository, sliced

HOOK = '"$DOKPLOY_WEBHOOK_URL"'
CODE = f"code=$(curl -s -o /dev/null -w '%{{http_code}}' -X POST {HOOK})\n"


def only(script: str, **changes: str) -> Request:
    (request,) = deploy(script, **changes).requests
    return request


@pytest.mark.parametrize(
    ("command", "url", "method"),
    [
        ("curl https://a.example/x", "https://a.example/x", "GET"),
        ("curl -fsSL -o out.txt https://a.example/x", "https://a.example/x", "GET"),
        ("curl --url https://a.example/x -d a=b", "https://a.example/x", "POST"),
        ("curl -XPUT https://a.example/x", "https://a.example/x", "PUT"),
        ("curl --request=post https://a.example/x", "https://a.example/x", "POST"),
        ("curl -I https://a.example/x", "https://a.example/x", "HEAD"),
        ("curl --json '{}' https://a.example/x", "https://a.example/x", "POST"),
        ("wget -qO- https://a.example/x", "https://a.example/x", "GET"),
        ("wget --post-data= https://a.example/x", "https://a.example/x", "POST"),
        ("wget --method PUT https://a.example/x", "https://a.example/x", "PUT"),
        ("http POST https://a.example/x a=b", "https://a.example/x", "POST"),
        ("xh https://a.example/x a=b", "https://a.example/x", "POST"),
        ("sudo -E timeout 5 /usr/bin/curl https://a.example/x", "https://a.example/x", "GET"),
        ('BASE=https://a.example\ncurl "$BASE/x"', "https://a.example/x", "GET"),
        ('curl "${BASE:-https://a.example}/x"', "\0/x", "GET"),
        ("curl", "", "GET"),
        ("curl -X", "", ""),
    ],
)
def test_address_and_method(command: str, url: str, method: str) -> None:
    request = only(command)
    assert (request.url, request.method) == (url, method)


@pytest.mark.parametrize(
    ("script", "detects", "exactly"),
    [
        (f"curl -X POST {HOOK}", False, False),
        (f"curl -f -X POST {HOOK}", True, False),
        (f"curl --fail-with-body -X POST {HOOK}", True, False),
        (f"curl -f -X POST {HOOK} || true", False, False),
        (f"curl -f -X POST {HOOK} &", False, False),
        (f"curl -f -X POST {HOOK} | tee log", False, False),
        (f"set -o pipefail\ncurl -f -X POST {HOOK} | tee log", True, False),
        (f"set +e\ncurl -f -X POST {HOOK}\necho done", False, False),
        (f"if ! curl -f -X POST {HOOK}; then exit 1; fi", True, False),
        (f"if curl -f -X POST {HOOK}; then echo ok; fi", False, False),
        (f"curl -X POST {HOOK}\nexit 1", True, True),
        (CODE + '[ "$code" = 200 ]', True, True),
        (CODE + 'test "$code" -eq 200 || exit 1', True, True),
        (CODE + "[[ $code == 2* ]]", True, False),
        (CODE + 'if [ "$code" -ge 400 ]; then exit 1; fi', True, False),
        (CODE + 'case "$code" in 200) ;; *) exit 1 ;; esac', True, True),
        (CODE + 'echo "$code"', False, False),
        (CODE + '[ "$code" = "$EXPECTED" ]', None, None),
        (f"wget --post-data= {HOOK}", True, False),
        (f"http --check-status POST {HOOK}", True, False),
        (f"http POST {HOOK}", False, False),
        (f"trigger() {{ curl -f -X POST {HOOK}; }}\ntrigger", True, False),
        (f"trigger() {{ curl -f -X POST {HOOK}; }}\ntrigger || echo no", False, False),
        (f"bash -c 'curl -f -X POST {HOOK}'", True, False),
    ],
)
def test_outcome(script: str, detects: bool | None, exactly: bool | None) -> None:
    outcome = only(script).outcome
    assert (outcome.detects, outcome.exactly_200) == (detects, exactly)
    assert bool(outcome.reason) == (detects is not True)


def test_tolerance_of_step_and_job() -> None:
    script = f"curl -f -X POST {HOOK}"
    assert only(script, step="continue-on-error: true").outcome.detects is False
    assert only(script, step="continue-on-error: false").outcome.detects is True


@pytest.mark.parametrize(
    ("source", "method", "detects"),
    [
        (
            "const r = await fetch(process.env.DOKPLOY_URL, {method: 'POST'}); if (r.status !== 200) throw 1",
            "POST",
            True,
        ),
        ("await fetch(process.env.DOKPLOY_URL, {method: 'POST'})", "POST", False),
        ("const r = await fetch('https://a.example/api/health'); if (!r.ok) process.exit(1)", "GET", True),
    ],
)
def test_programs(source: str, method: str, detects: bool) -> None:
    request = only(f'node --input-type=module -e "{source}"')
    assert (request.method, request.outcome.detects, request.tool) == (method, detects, "fetch")


def test_programs_of_other_shells_and_of_github_script() -> None:
    found = repository(
        """
        on: push
        jobs:
          a:
            runs-on: ubuntu-latest
            steps:
              - shell: python
                run: |
                  import requests, os
                  requests.post(os.environ["HOOK"]).raise_for_status()
                env: {HOOK: "${{ secrets.DOKPLOY_WEBHOOK_URL }}"}
              - uses: actions/github-script@v8
                with: {script: "await fetch('https://b.example/api/deploy/x')"}
              - uses: actions/github-script@v8
                with: {script: "core.info('nothing')"}
        """
    ).requests
    assert [(each.method, each.outcome.detects, each.speaks_of_dokploy) for each in found] == [
        ("POST", True, True),
        ("GET", False, True),
    ]


def test_where_it_stands_and_what_it_is_made_of() -> None:
    pipeline = deploy('curl -f \\\n  "$HOOK"', step="env: {HOOK: '${{ secrets.DOKPLOY_WEBHOOK_URL }}'}")
    (request,) = pipeline.requests
    assert sliced(pipeline, request.path, request.url_span) == '"$HOOK"'
    assert request.speaks_of_dokploy


def test_bounds() -> None:
    request = only("curl --retry 3 -m 5 https://a.example")
    assert isinstance(request, ClientRequest)
    assert request.bounds == {"retry", "total"}


@pytest.mark.parametrize(
    "script", ["curl '", "curl $(", "${{ }}", "curl ${{ secrets.X", "(((((", "\\", "curl -w"]
)
def test_broken_scripts_raise_nothing(script: str) -> None:
    for request in deploy(script).requests:
        assert request.outcome.detects in (True, False, None)
