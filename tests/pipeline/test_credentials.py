"""Credentials that are written into workflows."""

from __future__ import annotations

import pytest

from tests.pipeline.repositories import DEPLOY, deploy, repository, sliced

TOKEN = "q7Zt1_kPw9-LmX3vB8nRa"


@pytest.mark.parametrize(
    ("script", "found"),
    [
        (
            f"curl -X POST https://d.example.com/api/deploy/{TOKEN}",
            [("host", "d.example.com"), ("webhook token", TOKEN)],
        ),
        (f'curl "$URL/api/deploy/compose/{TOKEN}"', [("webhook token", TOKEN)]),
        (f"curl -H 'x-api-key: {TOKEN}' x", [("API key", TOKEN)]),
        (f'curl -H "X-API-Key:{TOKEN}" x', [("API key", TOKEN)]),
        (f"""curl -d '{{"applicationId":"{TOKEN}"}}' x""", [("application id", TOKEN)]),
        (f"""curl -d "{{\\"composeId\\": \\"{TOKEN}\\"}}" x""", [("application id", TOKEN)]),
        ('curl "$URL/api/deploy/$TOKEN"', []),
        ("curl https://d.example.com/api/deploy/${{ secrets.TOKEN }}", [("host", "d.example.com")]),
        ("curl https://HOST/api/deploy/YOUR_TOKEN_GOES_HERE_", []),
        ("curl https://HOST/api/deploy/xxxxxxxxxxxxxxxxxxxxx", []),
        ('curl -H "x-api-key: $DOKPLOY_API_KEY" x', []),
        ("curl -H 'x-api-key: short' x", []),
        (f"curl https://d.example.com/api/deployments/{TOKEN}", []),
    ],
)
def test_scripts(script: str, found: list[tuple[str, str]]) -> None:
    pipeline = deploy(script)
    seen = [(each.kind, sliced(pipeline, each.path, each.span)) for each in pipeline.credentials]
    assert sorted(seen) == sorted(found)


@pytest.mark.parametrize(
    ("uses", "inputs", "found"),
    [
        ("benbristow/dokploy-deploy-action@v0.2.2", f"{{api_token: {TOKEN}}}", ["API key"]),
        ("benbristow/dokploy-deploy-action@0.0.1", f"{{Auth_Token: '{TOKEN}'}}", ["API key"]),
        ("benbristow/dokploy-deploy-action@v0.2.2", f"{{application_id: {TOKEN}}}", ["application id"]),
        ("benbristow/dokploy-deploy-action@v0.2.2", "{dokploy_url: https://d.example.com}", ["host"]),
        ("benbristow/dokploy-deploy-action@v0.2.2", "{api_token: '${{ secrets.DOKPLOY_API_KEY }}'}", []),
        ("benbristow/dokploy-deploy-action@v0.2.2", "{api_token: YOUR_API_TOKEN_HERE}", []),
        ("benbristow/dokploy-deploy-action@v0.2.2", "{service_type: application_of_some_sort}", []),
        ("someone/other-action@v1", f"{{api_token: {TOKEN}}}", []),
        ("./dokploy", f"{{api_token: {TOKEN}}}", []),
    ],
)
def test_inputs_of_actions(uses: str, inputs: str, found: list[str]) -> None:
    pipeline = repository(
        f"on: push\njobs: {{a: {{runs-on: x, steps: [{{uses: '{uses}', with: {inputs}}}]}}}}\n"
    )
    assert [each.kind for each in pipeline.credentials] == found


def test_only_target_files_are_searched_and_environments_too() -> None:
    text = f"on: push\nenv: {{HOOK: 'https://d.example.com/api/deploy/{TOKEN}'}}\njobs: {{}}\n"
    pipeline = repository({DEPLOY: text, "docs/x.yml": text})
    assert [(each.path, each.is_secret) for each in pipeline.credentials] == [
        (DEPLOY, False),
        (DEPLOY, True),
    ]  # the host, then the token
