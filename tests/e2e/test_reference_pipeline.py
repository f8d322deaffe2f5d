"""The canonical deploy workflow runs for real, against servers on loopback as Dokploy, GitHub and the app."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from cilint.model.files import MemoryFiles
from cilint.reference.plan import make_plan
from tests.reference.shapes import SHAPES

ACT = shutil.which("act")
NEEDED = [program for program in ("git", "curl", "jq", "bash") if shutil.which(program) is None]
pytestmark = pytest.mark.skipif(ACT is None or bool(NEEDED), reason=f"act is missing, or {NEEDED}")

NEW, OLD, HEAD = "a" * 40, "b" * 40, "c" * 40
TOKEN, KEY = "a-webhook-token-of-21", "an-api-key"
DOCKER = """#!/bin/sh
echo "$*" >> "$STAND_IN/calls"
case "$1" in
  login) cat > /dev/null ;;
  buildx) cat "$STAND_IN/image.json" ;;
esac
"""


class Request(NamedTuple):
    method: str
    path: str
    key: str | None
    body: Any


class World:
    """What the servers answer, and what they were asked."""

    def __init__(self) -> None:
        self.webhook, self.api, self.health = 200, 200, 200
        self.version: str | None = NEW
        self.header: str | None = None
        self.deployment = "done"
        self.unanswered = 0
        self.asked: list[Request] = []

    def paths(self) -> list[str]:
        return [request.path.partition("?")[0] for request in self.asked]

    def statuses(self) -> list[tuple[str, str, str]]:
        """(commit, state, context) of every status posted."""
        posted = [request for request in self.asked if "/statuses/" in request.path]
        return [(each.path.rpartition("/")[2], each.body["state"], each.body["context"]) for each in posted]

    def answer(self, request: Request) -> tuple[int, object, dict[str, str]]:
        self.asked.append(request)
        if request.path.startswith("/api/deploy/"):
            return self.webhook, {"message": "queued"}, {}
        if request.path.startswith("/api/deployment.all"):
            if self.unanswered > 0:
                self.unanswered -= 1
                return 502, {}, {}
            titles = [each.body["title"] for each in self.asked if each.path == "/api/application.deploy"]
            older = {"title": "before", "status": "done"}
            return 200, [{"title": title, "status": self.deployment} for title in titles] + [older], {}
        if request.path.startswith("/api/"):
            return self.api, {}, {}
        if request.path.startswith("/app/"):
            body = {"status": "ok"} | ({"version": self.version} if self.version else {})
            return self.health, body, {"X-App-Version": self.header} if self.header else {}
        return 201, {}, {}


@pytest.fixture
def world() -> Iterator[tuple[World, str]]:
    """The servers on a free port of loopback, and their address."""
    state = World()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            text = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            body = json.loads(text) if text else None
            code, answer, headers = state.answer(
                Request(self.command, self.path, self.headers.get("x-api-key"), body)
            )
            data = json.dumps(answer).encode()
            self.send_response(code)
            for name, value in {"Content-Length": str(len(data)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST  # noqa: N815  (the name that the base class asks for)

        def log_message(self, *args: object) -> None:
            """Keep the test's output clean."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield state, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


class Runner:
    """Runs backend-deploy.yml as GitHub would, on this machine."""

    def __init__(self, folder: Path, address: str) -> None:
        self.folder = folder
        self.address = address
        self.secrets = {
            "DOKPLOY_WEBHOOK_URL": f"{address}/api/deploy/{TOKEN}",
            "DOKPLOY_API_KEY": KEY,
            "GITHUB_TOKEN": "a-github-token",
        }
        self.calls = folder / "stand-in" / "calls"
        (folder / "stand-in").mkdir()
        self._stand_in("docker", DOCKER)
        self._stand_in("sleep", "#!/bin/sh\n")
        # act may lose what a step prints just before it ends.
        bash, sleep = shutil.which("bash"), shutil.which("sleep")
        self._stand_in("bash", f'#!/bin/sh\n{bash} "$@"\nstatus=$?\n{sleep} 0.1\nexit $status\n')
        (folder / "stand-in" / ".curlrc").write_text("retry-max-time = 1\n")
        self.image({"linux/amd64": {"config": {"Labels": {"org.opencontainers.image.revision": NEW}}}})

    def image(self, found: object) -> None:
        """What the registry holds under every tag; None: nothing."""
        place = self.folder / "stand-in" / "image.json"
        if found is None:
            place.unlink()
        else:
            place.write_text(json.dumps(found))

    def write(self, shape: str) -> None:
        files, choices = SHAPES[shape]
        plan = make_plan(MemoryFiles(files), choices)
        text = next(new.text for new in plan.files if new.path.endswith("backend-deploy.yml"))
        place = self.folder / "repository" / ".github" / "workflows" / "backend-deploy.yml"
        place.parent.mkdir(parents=True)
        place.write_text(text)
        git = [
            "git",
            "-c",
            "user.name=t",
            "-c",
            "user.email=t@example.org",
            "-C",
            str(self.folder / "repository"),
        ]
        for arguments in (
            ["init", "--quiet", "--initial-branch=main"],
            ["commit", "--quiet", "--allow-empty", "--message=first"],
            ["remote", "add", "origin", "https://github.com/Acme/Orders.git"],
        ):
            subprocess.run([*git, *arguments], check=True, timeout=30)

    def after_build(self, **changes: str) -> tuple[bool, str]:
        """The run that follows a build; ``changes`` of its payload."""
        run = {"conclusion": "success", "event": "push", "head_branch": "main", "head_sha": NEW} | changes
        return self._act("workflow_run", {"action": "completed", "workflow_run": run})

    def dispatch(
        self, tag: str, environment: str = "production", ref: str = "refs/heads/main"
    ) -> tuple[bool, str]:
        payload = {"ref": ref, "inputs": {"tag": tag, "environment": environment}}
        return self._act("workflow_dispatch", payload)

    def _act(self, event: str, payload: Mapping[str, object]) -> tuple[bool, str]:
        """Whether the run succeeded, and its output."""
        assert ACT is not None
        (self.folder / "event.json").write_text(json.dumps(payload))
        variables = {
            "HEALTH_URL": f"{self.address}/app/api/health",
            "HEALTH_TRIES": "2",
            "DOKPLOY_URL": self.address,
            "DOKPLOY_APPLICATION_ID": "an-application",
        }
        command = [
            ACT,
            event,
            "--eventpath",
            str(self.folder / "event.json"),
            "-P",
            "ubuntu-latest=-self-hosted",
        ]
        command += [
            "--env",
            f"GITHUB_API_URL={self.address}/github",
            "--env",
            f"CURL_HOME={self.folder}/stand-in",
        ]
        command += ["--env", f"STAND_IN={self.folder}/stand-in"]
        for name, value in self.secrets.items():
            command += ["--secret", f"{name}={value}"]
        for name, value in variables.items():
            command += ["--var", f"{name}={value}"]
        environment = {
            "HOME": str(self.folder),
            "XDG_CACHE_HOME": str(self.folder / "cache"),
            "PATH": f"{self.folder}/stand-in:{os.environ['PATH']}",
        }
        done = subprocess.run(
            command,
            cwd=self.folder / "repository",
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return done.returncode == 0, done.stdout + done.stderr

    def _stand_in(self, name: str, script: str) -> None:
        place = self.folder / "stand-in" / name
        place.write_text(script)
        place.chmod(0o755)


@pytest.fixture
def runner(tmp_path: Path, world: tuple[World, str]) -> Runner:
    found = Runner(tmp_path, world[1])
    found.write("single")
    return found


WEBHOOK = f"/api/deploy/{TOKEN}"
HEALTH = "/app/api/health"


def test_the_newest_image_is_deployed_and_proved(runner: Runner, world: tuple[World, str]) -> None:
    state = world[0]
    passed, output = runner.after_build()
    assert passed, output
    assert state.paths() == [WEBHOOK, HEALTH, f"/github/repos/Acme/Orders/statuses/{NEW}"]
    assert state.asked[0].method == "POST"
    assert state.statuses() == [(NEW, "success", "deploy/production")]
    login, inspect = runner.calls.read_text().splitlines()
    assert login.startswith("login ghcr.io")
    assert inspect.startswith(f"buildx imagetools inspect ghcr.io/acme/orders:{NEW}")
    for secret in (TOKEN, KEY, "a-github-token"):
        assert secret not in output + runner.calls.read_text()


@pytest.mark.parametrize("code", [204, 301, 400, 404])
def test_a_refused_webhook_fails_the_deploy(runner: Runner, world: tuple[World, str], code: int) -> None:
    state = world[0]
    state.webhook = code
    passed, output = runner.after_build()
    assert not passed
    assert f"HTTP {code}" in output
    assert HEALTH not in state.paths()
    assert state.statuses() == [(NEW, "failure", "deploy/production")]


def test_the_old_version_s_health_proves_nothing(runner: Runner, world: tuple[World, str]) -> None:
    state = world[0]
    state.version = OLD
    passed, output = runner.after_build()
    assert not passed
    assert "did not become healthy" in output
    assert state.paths().count(HEALTH) == 2
    assert state.statuses() == [(NEW, "failure", "deploy/production")]


def test_an_unhealthy_new_version_fails_the_deploy(runner: Runner, world: tuple[World, str]) -> None:
    state = world[0]
    state.health = 503
    passed, _ = runner.after_build()
    assert not passed
    assert state.statuses() == [(NEW, "failure", "deploy/production")]


def test_the_version_may_come_in_a_header(runner: Runner, world: tuple[World, str]) -> None:
    state = world[0]
    state.version, state.header = None, NEW
    passed, output = runner.after_build()
    assert passed, output


def test_an_answer_without_a_version_never_passes(runner: Runner, world: tuple[World, str]) -> None:
    state = world[0]
    state.version = None
    assert not runner.after_build()[0]


@pytest.mark.parametrize(
    "changes",
    [
        {"conclusion": "failure"},
        {"conclusion": "cancelled"},
        {"event": "pull_request"},
        {"head_branch": "feature/x"},
    ],
)
def test_nothing_else_deploys(runner: Runner, world: tuple[World, str], changes: dict[str, str]) -> None:
    passed, _ = runner.after_build(**changes)
    assert passed
    assert world[0].asked == []
    assert not runner.calls.exists()


def test_a_missing_secret_fails(runner: Runner, world: tuple[World, str]) -> None:
    del runner.secrets["DOKPLOY_WEBHOOK_URL"]
    passed, output = runner.after_build()
    assert not passed
    assert "DOKPLOY_WEBHOOK_URL is missing" in output
    assert world[0].statuses() == [(NEW, "failure", "deploy/production")]


def test_an_image_that_does_not_exist_is_not_deployed(runner: Runner, world: tuple[World, str]) -> None:
    runner.image(None)
    passed, _ = runner.after_build()
    assert not passed
    assert world[0].statuses() == [(NEW, "failure", "deploy/production")]
    assert len(world[0].asked) == 1
    assert runner.calls.read_text().count("imagetools inspect") == 5


@pytest.mark.parametrize("tag", [NEW, "v1.2.3", "latest"])
def test_a_chosen_tag_goes_through_the_api(runner: Runner, world: tuple[World, str], tag: str) -> None:
    state = world[0]
    passed, output = runner.dispatch(tag, "staging")
    assert passed, output
    update, deploy = state.asked[:2]
    assert update.path == "/api/application.update"
    assert update.body == {"applicationId": "an-application", "dockerImage": f"ghcr.io/acme/orders:{tag}"}
    assert deploy.path == "/api/application.deploy"
    assert deploy.body["applicationId"] == "an-application"
    assert {request.key for request in state.asked if request.path.startswith("/api/")} == {KEY}
    assert state.statuses() == [(NEW, "success", "deploy/staging")]
    assert WEBHOOK not in state.paths()


def test_an_unknown_key_fails_the_deploy(runner: Runner, world: tuple[World, str]) -> None:
    state = world[0]
    state.api = 401
    passed, output = runner.dispatch(NEW)
    assert not passed
    assert "401" in output
    assert "/api/application.deploy" not in state.paths()
    assert state.statuses() == [(NEW, "failure", "deploy/production")]


@pytest.mark.parametrize("ended", ["error", "cancelled"])
def test_a_deployment_that_ends_badly_fails(runner: Runner, world: tuple[World, str], ended: str) -> None:
    state = world[0]
    state.deployment = ended
    passed, output = runner.dispatch(NEW)
    assert not passed
    assert f"did not succeed: {ended}" in output, output
    assert state.paths().count("/api/deployment.all") == 1
    assert HEALTH not in state.paths()
    assert state.statuses() == [(NEW, "failure", "deploy/production")]


def test_a_question_without_an_answer_is_asked_again(runner: Runner, world: tuple[World, str]) -> None:
    state = world[0]
    state.unanswered = 3  # more often than curl itself asks here
    passed, output = runner.dispatch(NEW)
    assert passed, output
    assert state.statuses() == [(NEW, "success", "deploy/production")]


@pytest.mark.parametrize("tag", ["a b", "$(id)", "-x", "a/b", 'x" , "a": "'])
def test_what_is_no_tag_reaches_nobody(runner: Runner, world: tuple[World, str], tag: str) -> None:
    passed, _ = runner.dispatch(tag)
    assert not passed
    assert not runner.calls.exists()
    assert [state for _, state, _ in world[0].statuses()] == ["failure"]
    assert len(world[0].asked) == 1


def test_an_image_that_does_not_tell_its_commit_is_not_deployed(
    runner: Runner, world: tuple[World, str]
) -> None:
    runner.image({"config": {"Labels": None}})
    passed, output = runner.dispatch("v1")
    assert not passed
    assert "no label that names its commit" in output
    assert "/api/application.update" not in world[0].paths()


def test_a_dispatch_from_another_branch_deploys_nothing(runner: Runner, world: tuple[World, str]) -> None:
    assert runner.dispatch(NEW, ref="refs/heads/feature")[0]
    assert world[0].asked == []


def test_with_the_api_alone_a_push_deploys_its_own_image(tmp_path: Path, world: tuple[World, str]) -> None:
    runner = Runner(tmp_path, world[1])
    runner.write("api-only")
    passed, output = runner.after_build()
    assert passed, output
    assert world[0].asked[0].body["dockerImage"] == f"ghcr.io/acme/orders:{NEW}"
    assert world[0].statuses() == [(NEW, "success", "deploy/production")]
