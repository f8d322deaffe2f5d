"""What counts as a deploy, to Dokploy or by other means, and the events that bring it about."""

from __future__ import annotations

import pytest

from tests.pipeline.repositories import DEPLOY, deploy, job, repository, sliced

GUARDED = "if: github.event.workflow_run.conclusion == 'success' && github.event.workflow_run.event == 'push'"
STEPS = """
on: push
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - uses: {uses}
        with: {{url: "{url}"}}
"""


@pytest.mark.parametrize(
    ("script", "kind", "endpoint"),
    [
        ('curl -X POST "$DOKPLOY_WEBHOOK_URL"', "webhook", ""),
        ('curl "$DOKPLOY_WEBHOOK_URL"', "webhook", ""),
        ("curl -X POST https://d.example/api/deploy/abc", "webhook", "deploy"),
        ("curl -X POST https://d.example/api/deploy/compose/abc", "webhook", "deploy/compose"),
        ('curl -X POST "$DOKPLOY_URL/api/application.deploy"', "api", "application.deploy"),
        ('curl -X POST "${DOKPLOY_URL%/}/api/compose.redeploy"', "api", "compose.redeploy"),
        ('curl -X POST "$DOKPLOY_URL/api/application/deploy"', "api", "application/deploy"),
        ('curl -X POST "$DOKPLOY_URL/api/trpc/application.deploy"', "api", "application.deploy"),
        (
            'wget --post-data= "${{ secrets.DOKPLOY_URL }}/api/deploy/${{ secrets.TOKEN }}"',
            "webhook",
            "deploy",
        ),
        (
            'call() { curl -X POST "$DOKPLOY_URL/api/$1"; }\ncall application.deploy',
            "api",
            "application.deploy",
        ),
        (
            'for p in compose.update compose.deploy; do curl -X POST "$DOKPLOY_URL/api/$p"; done',
            "api",
            "compose.deploy",
        ),
        ("dokploy app deploy", "command", ""),
        ("uvx dokploy-ctl@1 deploy x compose.yml", "command", ""),
        ("uvx --from 'dokploy-ctl @ git+https://x' dokploy-ctl deploy x", "command", ""),
        ("npx --yes @dokploy/cli@latest application deploy", "command", ""),
        ("pnpm dlx @dokploy/cli compose deploy", "command", ""),
        ("ssh me@host docker pull x", "other", ""),
        ("kubectl apply -f x.yaml", "other", ""),
    ],
)
def test_kinds(script: str, kind: str, endpoint: str) -> None:
    (found,) = deploy(script).deploys
    assert (found.kind, found.endpoint) == (kind, endpoint)


@pytest.mark.parametrize(
    ("script", "target"),
    [
        ("ssh h docker compose up -d", "compose"),
        ("ssh h bash -s <<END\ncd /srv\ndocker compose up -d\nEND", "compose"),
        ("ssh h uptime", "other"),
        ("docker -H ssh://h compose up -d --wait", "compose"),
    ],
)
def test_what_a_remote_script_deploys(script: str, target: str) -> None:
    (found,) = deploy(script).deploys
    assert found.target == target


def test_a_script_that_an_action_tries_again_and_again() -> None:
    text = """
        on: push
        jobs:
          a:
            steps:
              - uses: nick-fields/retry@v3
                env: {HOOK: "${{ secrets.DOKPLOY_WEBHOOK_URL }}"}
                with:
                  max_attempts: 3
                  command: |
                    curl -sS -X POST "$HOOK"
                    echo asked
        """
    (found,) = repository(text).deploys
    assert (found.kind, found.outcome.detects) == ("webhook", False)  # the last command alone counts there


@pytest.mark.parametrize(
    "script",
    [
        'curl "$DOKPLOY_URL/api/deployment.all?applicationId=1"',
        'curl "$DOKPLOY_URL/api/application.one?applicationId=1"',
        'curl -X POST "$DOKPLOY_URL/api/application.update" -d "{}"',
        'curl "$DOKPLOY_URL/api/health"',
        'curl -X POST "$SLACK_WEBHOOK_URL"',
        "curl -X POST https://ci.example/api/deployments",
        "echo curl -X POST https://d.example/api/deploy/abc",
        "# curl -X POST $DOKPLOY_WEBHOOK_URL",
    ],
)
def test_no_deploys(script: str) -> None:
    assert deploy(script).deploys == ()


@pytest.mark.parametrize(
    ("uses", "url", "kind"),
    [
        ("benbristow/dokploy-deploy-action@v0.2.2", "", "action"),
        ("distributhor/workflow-webhook@v3", "https://d.example/api/deploy/x", "action"),
        ("joelwmale/webhook-action@2", "${{ secrets.DOKPLOY_WEBHOOK_URL }}", "action"),
        ("joelwmale/webhook-action@2", "https://hooks.example", None),
        ("nick-fields/retry@v3", "", None),
        ("appleboy/ssh-action@v1", "", "other"),
        ("actions/checkout@v7", "https://d.example/api/deploy/x", None),
        ("./dokploy", "", None),
        ("docker://dokploy/cli", "", None),
    ],
)
def test_actions(uses: str, url: str, kind: str | None) -> None:
    found = repository(STEPS.format(uses=uses, url=url)).deploys
    assert [each.kind for each in found] == ([kind] if kind else [])


def test_those_in_functions_composite_actions_and_called_workflows() -> None:
    pipeline = repository(
        {
            DEPLOY: """
                on: {push: {branches: [main]}}
                jobs:
                  a: {uses: ./.github/workflows/called.yml, with: {base: "https://d.example"}}
                  b:
                    runs-on: ubuntu-latest
                    steps: [{uses: ./.github/actions/send, with: {Hook: "${{ secrets.HOOK }}"}}]
                """,
            ".github/workflows/called.yml": job(
                'curl -X POST "${{ inputs.base }}/api/deploy/$TOKEN"',
                on="{workflow_call: {inputs: {base: {type: string}}}}",
            ),
            ".github/actions/send/action.yml": """
                inputs: {hook: {required: true}}
                runs:
                  using: composite
                  steps:
                    - run: curl -X POST "$DOKPLOY_HOOK"
                      shell: bash
                      env: {DOKPLOY_HOOK: "${{ inputs.hook }}"}
                """,
        }
    )
    found = [
        (each.path.rpartition("/")[2], sliced(pipeline, each.path, each.span)) for each in pipeline.deploys
    ]
    assert found == [
        ("called.yml", '"${{ inputs.base }}/api/deploy/$TOKEN"'),
        ("action.yml", '"$DOKPLOY_HOOK"'),
    ]
    assert all([run.scenario.title for run in each.runs] == ["a push to main"] for each in pipeline.deploys)


@pytest.mark.parametrize(
    ("on", "condition", "off_main", "dispatched", "fork", "failed", "other"),
    [
        ("push", "", True, False, False, False, False),
        ("{push: {branches: [main]}}", "", False, False, False, False, False),
        ("push", "if: github.ref == 'refs/heads/main'", False, False, False, False, False),
        ("push", "if: github.ref_name == 'main'", True, False, False, False, False),  # a tag called main
        ("push", "if: startsWith(github.ref, 'refs/heads/main')", True, False, False, False, False),
        ("push", "if: endsWith(github.ref, '/main')", True, False, False, False, False),
        ("push", "if: ${{ github.ref == 'refs/heads/main' }} && x", True, False, False, False, False),
        ("push", "if: vars.DEPLOY == 'yes'", False, False, False, False, False),
        ("workflow_dispatch", "", False, True, False, False, False),
        ("{workflow_run: {workflows: [B], branches: [main]}}", "", False, False, True, True, False),
        (
            "{workflow_run: {workflows: [B], branches: [main]}}",
            GUARDED,
            False,
            False,
            False,
            False,
            False,
        ),
        (
            "{workflow_run: {workflows: [B]}}",
            GUARDED,
            True,
            False,
            False,
            False,
            True,
        ),
    ],
)
def test_scenarios(  # noqa: PLR0917
    on: str, condition: str, off_main: bool, dispatched: bool, fork: bool, failed: bool, other: bool
) -> None:
    (found,) = deploy('curl -X POST "$DOKPLOY_WEBHOOK_URL"', on=on, head=condition).deploys
    assert bool(found.off_main) == off_main
    assert bool(found.dispatched_off_main) == dispatched
    assert bool(found.after_fork) == fork
    assert bool(found.after_failure) == failed
    assert bool(found.after_other_branch) == other


def test_conditions_inside_the_script_count() -> None:
    script = """
        if [ "$GITHUB_REF" = refs/heads/main ]; then
          curl -f -X POST "$DOKPLOY_WEBHOOK_URL"
        fi
        """
    (found,) = deploy(script, on="push").deploys
    assert {run.scenario.title for run in found.runs} == {"a push to main"}


@pytest.mark.parametrize(
    ("command", "path", "text", "found"),
    [
        ("./ship.sh", "ship.sh", 'curl -d "" "$HOOK"', True),
        ("bash tools/ship.sh production", "tools/ship.sh", 'curl -d "" "$HOOK"', True),
        ("python3 tools/ship.py", "tools/ship.py", "requests.post(os.environ['HOOK'])", True),
        ("node tools/ship.mjs", "tools/ship.mjs", "await fetch(process.env.HOOK)", True),
        ("./ship.sh", "ship.sh", 'echo "$HOOK"', False),
        ("./ship.sh", "ship.sh", "curl https://example.org", False),
        ("./ship.sh", "other.sh", 'curl -d "" "$HOOK"', False),
        ("cat ship.sh", "ship.sh", 'curl -d "" "$HOOK"', False),
    ],
)
def test_a_script_of_the_repository_may_deploy(command: str, path: str, text: str, found: bool) -> None:
    step = "env: {HOOK: '${{ secrets.DOKPLOY_WEBHOOK_URL }}'}"
    deploys = repository({DEPLOY: job(command, step=step), path: text}).deploys
    assert [each.kind for each in deploys] == (["script"] if found else [])


CALLED = """
on: {workflow_call: {secrets: {hook: {required: true}}}}
jobs:
  call:
    runs-on: ubuntu-latest
    steps:
      - run: curl -f -X POST "$TO"
        env: {TO: "${{ secrets.hook }}"}
"""
ACTION = """
runs:
  using: composite
  steps:
    - shell: bash
      run: curl -f -X POST "$TO"
      env: {TO: "${{ inputs.to }}"}
"""


@pytest.mark.parametrize("secret", ["DOKPLOY_WEBHOOK_URL", "SLACK_WEBHOOK_URL"])
def test_what_is_called_is_known_by_what_it_is_given(secret: str) -> None:
    caller = "on: push\njobs:\n  a:\n    uses: ./.github/workflows/b.yml\n    secrets: {hook: '${{ secrets.%s }}'}\n"
    user = (
        "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n"
        "      - uses: ./.github/actions/b\n        with: {to: '${{ secrets.%s }}'}\n"
    )
    called = repository({DEPLOY: caller % secret, ".github/workflows/b.yml": CALLED})
    used = repository({DEPLOY: user % secret, ".github/actions/b/action.yml": ACTION})
    expected = ["webhook"] if "DOKPLOY" in secret else []
    assert [each.kind for each in called.deploys] == expected
    assert [each.kind for each in used.deploys] == expected


def test_an_endpoint_given_to_a_function_of_a_program_is_the_api() -> None:
    program = (
        "python3 - <<'END'\ndef call(name):\n    urlopen(f\"{os.environ['DOKPLOY_URL']}/api/{name}\", b'{}')\n"
        "call('application.deploy')\nEND"
    )
    (found,) = deploy(program).deploys
    assert (found.kind, found.endpoint) == ("api", "application.deploy")


@pytest.mark.parametrize(
    ("name", "deploys"),
    [
        ("acme/dokploy-deploy-action", True),
        ("acme/dokploy", True),
        ("acme/dokploy-suite/actions/redeploy", True),
        ("acme/platform/deploy", True),
        ("acme/platform/deployment-status", False),
        ("acme/dokploy-suite/actions/health-check", False),
        ("acme/dokploy-suite/actions/cleanup-containers", False),
        ("acme/setup-dokploy-cli", False),
    ],
)
def test_an_action_deploys_unless_its_name_tells_of_other_work(name: str, deploys: bool) -> None:
    found = repository(STEPS.format(uses=f"{name}@v1", url="${{ secrets.DOKPLOY_URL }}")).deploys
    assert [deploy.kind for deploy in found] == (["action"] if deploys else [])


@pytest.mark.parametrize(
    ("job", "deploys"),
    [
        ("uses: acme/ci/.github/workflows/dokploy.yml@v1", True),
        ("{uses: acme/ci/.github/workflows/ship.yml@v1, secrets: {DOKPLOY_API_KEY: x}}", True),
        ("{uses: acme/ci/.github/workflows/ship.yml@v1, with: {key: '${{ secrets.DOKPLOY_KEY }}'}}", True),
        ("{uses: acme/ci/.github/workflows/cleanup.yml@v1, secrets: {DOKPLOY_API_KEY: x}}", False),
        ("{uses: acme/ci/.github/workflows/ship.yml@v1, secrets: inherit}", False),
    ],
)
def test_a_job_hands_the_deploy_to_a_workflow_of_another_repository(job: str, deploys: bool) -> None:
    text = job if job.startswith("{") else f"{{{job}}}"
    found = repository(f"on: push\njobs:\n  a: {text}\n").deploys
    assert [deploy.kind for deploy in found] == (["workflow"] if deploys else [])
