"""Logins, where their passwords come from, and when they happen."""

from __future__ import annotations

import pytest

from tests.pipeline.repository import pipeline, steps


@pytest.mark.parametrize(
    ("step", "hosts"),
    [
        ("uses: docker/login-action@v4", ["docker.io"]),
        ("uses: docker/login-action@v4\n  with: {registry: ''}", ["docker.io"]),
        ("uses: docker/login-action@v4\n  with: {registry: https://ghcr.io/v2/}", ["ghcr.io"]),
        ("uses: docker/login-action@v4\n  with: {registry: '${{ vars.X }}'}", ["\0"]),
        ("uses: azure/docker-login@v2\n  with: {login-server: a.azurecr.io}", ["a.azurecr.io"]),
        ("run: docker login", ["docker.io"]),
        ("run: docker login -u a --password-stdin GHCR.io", ["ghcr.io"]),
        ("run: crane auth login ghcr.io -u a --password-stdin", ["ghcr.io"]),
        ("run: sudo podman login registry-1.docker.io", ["docker.io"]),
        ("run: az acr login --name a", ["azure container registry"]),
        ("run: npm login && gh auth login && helm login", []),
    ],
)
def test_hosts(step: str, hosts: list[str]) -> None:
    assert [login.host for login in steps("- " + step).logins] == hosts


@pytest.mark.parametrize(
    ("step", "own"),
    [
        ("uses: docker/login-action@v4\n  with: {password: '${{ secrets.GITHUB_TOKEN }}'}", True),
        ("uses: docker/login-action@v4\n  with: {password: '${{ github.token }}'}", True),
        ("uses: docker/login-action@v4\n  with: {password: '${{ secrets.PAT || github.token }}'}", True),
        ("uses: docker/login-action@v4\n  with: {password: '${{ secrets.PAT }}'}", False),
        (
            "uses: docker/login-action@v4\n  with: {password: '${{ env.P }}'}\n  env: {P: '${{ secrets.X}}'}",
            False,
        ),
        ("run: docker login -p ${{ secrets.PAT }} ghcr.io", False),
        ("run: echo $P | docker login ghcr.io --password-stdin\n  env: {P: '${{ secrets.PAT }}'}", False),
        (
            "run: echo $P | docker login ghcr.io --password-stdin\n  env: {P: '${{ secrets.GITHUB_TOKEN }}'}",
            True,
        ),
        ("run: cat token | docker login ghcr.io --password-stdin", True),
        ("run: T=${{ secrets.PAT }}; echo $T | docker login ghcr.io --password-stdin", False),
        ("run: echo ${{ secrets.PAT }} > t; docker login ghcr.io --password-stdin < t", False),
        ("run: echo ${{ secrets.PAT }} > t; cat t | docker login ghcr.io --password-stdin", False),
        ('run: echo ${{ secrets.PAT }} > ~/t; docker login ghcr.io -p "$(cat $HOME/t)"', False),
        ("run: echo ${{ secrets.PAT }} > ./t; docker login ghcr.io -p $(<t)", False),
        ("run: echo ${{ secrets.PAT }} | tee t; docker login ghcr.io --password-stdin < t", False),
        (
            "env: {P: '${{ secrets.PAT }}'}\n  run: printf %s \"$P\" > t; docker login ghcr.io "
            "--password-stdin < t",
            False,
        ),
        (
            "run: |\n    cat > t <<END\n    ${{ secrets.PAT }}\n    END\n    docker login x --password-stdin < t",
            False,
        ),
        ("run: echo ${{ github.token }} > t; docker login ghcr.io --password-stdin < t", True),
        ("run: echo ${{ secrets.PAT }} > other; docker login ghcr.io --password-stdin < t", True),
        ("run: docker login ghcr.io --password-stdin < t; echo ${{ secrets.PAT }} > t", True),
    ],
)
def test_tokens(step: str, own: bool) -> None:
    assert [login.uses_github_token for login in steps("- " + step).logins] == [own]


def test_shell_conditions_decide() -> None:
    script = 'if [ "$GITHUB_EVENT_NAME" = push ]; then docker login ghcr.io; fi'
    login = steps(
        f"- run: {script!r}".replace("'if", "|\n    if").rstrip("'"), "[push, pull_request]"
    ).logins[0]
    assert {scenario.event for scenario in login.scenarios} == {"push"}
    assert not login.on_forks


def test_matrix_of_registries() -> None:
    found = steps(
        "- uses: docker/login-action@v4\n  with: {registry: '${{ matrix.r }}'}",
        job="strategy: {matrix: {r: [ghcr.io, quay.io]}}\n",
    )
    assert [login.host for login in found.logins] == ["ghcr.io", "quay.io"]


def test_secrets_of_a_composite_action() -> None:
    action = """\
runs:
  using: composite
  steps:
    - uses: docker/login-action@v4
      with: {registry: ghcr.io, password: "${{ inputs.token }}"}
inputs: {token: {required: true}}
"""
    text = """
        on: push
        jobs:
          a:
            runs-on: ubuntu-latest
            steps:
              - uses: ./login
                with: {token: "${{ secrets.MINE }}"}
        """
    login = pipeline(text, {"login/action.yml": action}).logins[0]
    assert (login.secrets, login.uses_github_token, login.path) == (("MINE",), False, "login/action.yml")


def test_files_that_steps_before_have_written() -> None:
    text = """
        - env: {TOKEN: "${{ secrets.PAT }}"}
          run: echo "$TOKEN" > ~/token.txt
        - run: cat ~/token.txt | docker login ghcr.io -u me --password-stdin
        """
    (login,) = steps(text).logins
    assert login.secrets == ("PAT",)
    (other,) = steps(text.replace("~/token.txt |", "token.txt |")).logins
    assert other.secrets == ()


def test_variables_that_steps_before_have_set() -> None:
    text = """
        - run: echo "TOKEN=${{ secrets.PAT }}" >> "$GITHUB_ENV"
        - run: echo "$TOKEN" | docker login ghcr.io -u me --password-stdin
        """
    assert [login.secrets for login in steps(text).logins] == [("PAT",)]


@pytest.mark.parametrize("given", ["${{ secrets.LOGINS }}", "''", "registry: ghcr.io"])
def test_lists_of_logins_that_are_none(given: str) -> None:
    assert not steps(f'- uses: docker/login-action@v4\n  with: {{registry-auth: "{given}"}}').logins
