"""Calls of Dokploy: what they send, judged as the shell hands it over."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cilint.pipeline.effects.dokploy_calls import DokployCall
from cilint.pipeline.effects.request_parts import UNKNOWN, read_json
from cilint.text.hole import HOLE
from tests.pipeline.repositories import deploy

API = '"$DOKPLOY_URL/api/application.deploy"'


def only(script: str, **changes: str) -> DokployCall:
    (call,) = deploy(script, **changes).dokploy_calls
    return call


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ('-d "{\\"applicationId\\":\\"$ID\\"}"', None),
        ("-d '{\"applicationId\":\"'$ID'\"}'", None),
        ('-d \'{"applicationId":"\'"${ID}"\'"}\'', None),
        ('-d \'{"applicationId":"$ID"}\'', "single quotes"),
        ('--data-raw \'{"applicationId":"${ID}"}\'', "single quotes"),
        ('--json \'{"applicationId":"${{ vars.ID }}"}\'', None),
        ('--json "{"applicationId":"$ID"}"', "no JSON"),
        ('--json "{\\"applicationId\\":\\"$ID\\""', "no JSON"),
        ('--json "{\\"applicationId\\": $ID}"', None),
        ('--json "$BODY"', None),
        ("--json @body.json", None),
        ("--json ''", "empty"),
        ("--json '[]'", "object"),
        ('--json \'{"composeId":"x"}\'', "composeId"),
        ('--json \'{"id":"x"}\'', "lacks `applicationId`"),
        ("-F applicationId=x", None),
        ("--data-urlencode applicationId=x", None),
        ("-X POST", "no body"),
        ("-K curl.conf", None),
        ('"${OPTIONS[@]}"', None),
        ("$OPTIONS", None),
        ("-d a=b -d c=d", None),
        ('--json @- <<< \'{"applicationId":"x"}\'', None),
        ("--json @- <<< '{\"x\":1}'", "lacks"),
        ('--json @- <<\'E\'\n{"applicationId": "$ID"}\nE', "single quotes"),
        ('--json @- <<E\n{"applicationId": "$ID"}\nE', None),
    ],
)
def test_bodies(body: str, problem: str | None) -> None:
    found = only(f"curl -f {body} {API}" if "<<" not in body else f"curl -f {API} {body}").body_problem
    assert (problem is None and found is None) or (problem is not None and problem in (found or ""))


@pytest.mark.parametrize(
    ("script", "problem"),
    [
        (f"echo '{{\"x\":1}}' | curl -f --json @- {API}", "lacks"),
        (f"jq -n --arg id \"$ID\" '{{applicationId: $id}}' | curl -f --json @- {API}", None),
        (f'BODY=\'{{"applicationId":"$ID"}}\'\ncurl -f --json "$BODY" {API}', "single quotes"),
        (f'curl -f --json "$(printf \'{{"applicationId":"%s"}}\' "$ID")" {API}', None),
        (f'http POST {API} applicationId="$ID"', None),
        (f'http POST {API} composeId="$ID"', "composeId"),
        (f"wget --post-data='{{}}' {API}", "lacks"),
    ],
)
def test_bodies_from_elsewhere(script: str, problem: str | None) -> None:
    found = only(script).body_problem
    assert (problem is None and found is None) or (problem is not None and problem in (found or ""))


@pytest.mark.parametrize(
    ("options", "lacks"),
    [
        ('-H "x-api-key: $K"', False),
        ('-H"X-API-KEY:$K"', False),
        ('--header="x-api-key: $K"', False),
        ("-H @headers.txt", False),
        ('-H "$AUTH"', False),
        ("-b cookies.txt", False),
        ('-H "Authorization: Bearer $K"', True),
        ('-u "$K:"', True),
        ("", True),
    ],
)
def test_keys(options: str, lacks: bool) -> None:
    assert only(f'curl -f --json "$BODY" {options} {API}').lacks_key is lacks


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("$URL/api/deploy/$TOKEN", False),
        ("$URL/api/deploy/", True),
        ("$URL/api/deploy?x=1", True),
        ("$URL/api/deploy/compose/$TOKEN", False),
        ("$DOKPLOY_URL/api/application.deploy", False),
        ("$DOKPLOY_URL/api/deployment.deploy", True),
        ("$DOKPLOY_URL/api/applications/deploy", True),
        ("$DOKPLOY_URL/api/trpc/application.deploy", True),
        ("$DOKPLOY_URL/api/$PROCEDURE", False),
        ("$DOKPLOY_URL/api/deployment.all", False),
        ("$DOKPLOY_URL/api/server.remove", False),
    ],
)
def test_endpoints(url: str, problem: bool) -> None:
    calls = deploy(
        f'curl -f --json "$BODY" "{url}"', step="env: {URL: 'https://dokploy.example'}"
    ).dokploy_calls
    assert any(call.endpoint_problem for call in calls) is problem


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": 1}', {"a": 1}),
        (f'{{"a": "x{HOLE}"}}', {"a": f"x{HOLE}"}),
        (f'{{"a": {HOLE}}}', {"a": None}),
        (f"{HOLE}", None),
        (f"{HOLE}}}", UNKNOWN),
        (f'{{"a": "{HOLE}\\""}}', {"a": f'{HOLE}"'}),
    ],
)
def test_json_with_holes(text: str, value: object) -> None:
    assert read_json(text) == value


@given(st.text('{}[]":,\\0a' + HOLE, max_size=30))
def test_any_text_is_json_or_is_not(text: str) -> None:
    try:
        read_json(text)
    except ValueError:
        assert text != "{}"


@pytest.mark.parametrize(
    ("script", "lacks", "endless"),
    [
        (f"curl -f {API}", ("--retry", "--max-time"), False),
        (f"curl -f --retry 3 -m 9 {API}", (), False),
        (f"for i in 1 2; do curl -f -m 9 {API} && break; done", (), False),
        (f"while ! curl -f -m 9 {API}; do sleep 1; done", (), True),
        (
            f"send() {{ curl -f -m 9 {API}; }}\nuntil send; do n=$((n+1)); [ $n -gt 3 ] && exit; done",
            (),
            False,
        ),
        (f"send() {{ curl -f -m 9 {API}; }}\nsend", ("--retry",), False),
        (f'curl "${{FLAGS[@]}}" -f {API}', (), False),
    ],
)
def test_patience(script: str, lacks: tuple[str, ...], endless: bool) -> None:
    call = only(script)
    assert (call.lacks, call.endless) == (lacks, endless)
