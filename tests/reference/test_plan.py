"""The canonical files in every shape: valid, pinned, complete and the same each time."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from ruamel.yaml import YAML

from cilint.errors import CilintError
from cilint.model.files import MemoryFiles
from cilint.model.pins import PINS
from cilint.reference.plan import PRE_COMMIT, Plan, make_plan
from cilint.reference.shape import Choices
from tests.reference.shapes import SHAPES, STANDALONE, package, project, under

BUILD, DEPLOY, LINT = (
    f".github/workflows/{name}.yml" for name in ("backend-build", "backend-deploy", "cilint")
)


def plan_of(name: str) -> Plan:
    return make_plan(MemoryFiles(SHAPES[name].files), SHAPES[name].choices)


def texts(plan: Plan) -> dict[str, str]:
    return {file.path: file.text for file in plan.files}


def load(text: str) -> Any:
    return YAML(typ="safe", pure=True).load(text)


def steps(workflow: Any, job: str) -> list[Any]:
    return list(workflow["jobs"][job]["steps"])


def everything(shape: str) -> list[str]:
    return [text for path, text in texts(plan_of(shape)).items() if path != PRE_COMMIT]


every_shape = pytest.mark.parametrize("shape", SHAPES)


@every_shape
def test_no_mark_is_left_and_every_line_ends(shape: str) -> None:
    for path, text in texts(plan_of(shape)).items():
        assert not re.search("[«»]", text), path
        assert text.endswith("\n"), path
        assert not text.endswith("\n\n"), path
        assert "\n\n\n" not in text, path
        assert not re.search(r"[ \t]$", text, re.MULTILINE), path


@every_shape
def test_the_files_that_are_written(shape: str) -> None:
    written = set(texts(plan_of(shape)))
    assert {
        BUILD,
        DEPLOY,
        LINT,
        "cilint.yaml",
        "dokploy-swarm.json",
        "docs/deployment.md",
        PRE_COMMIT,
    } <= written
    assert sum(path.endswith("Dockerfile") for path in written) == 1
    assert sum(path.endswith(".dockerignore") for path in written) == 1


@every_shape
def test_writing_again_changes_nothing(shape: str) -> None:
    files, choices = SHAPES[shape]
    first = texts(make_plan(MemoryFiles(files), choices))
    second = texts(make_plan(MemoryFiles({**files, **first}), choices))
    assert {path: text for path, text in first.items() if path in second} == second


@every_shape
def test_every_action_is_pinned_by_a_full_commit_with_its_version(shape: str) -> None:
    known = {pin.uses for pin in PINS}
    for path in (BUILD, DEPLOY, LINT):
        used = re.findall(r"\buses: (.*)", texts(plan_of(shape))[path])
        assert set(used) <= known
        assert bool(used) is (path != DEPLOY)  # whoever holds the deploy's secrets is no third party
    assert all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", uses) for uses in known)


@every_shape
def test_triggers(shape: str) -> None:
    branch = SHAPES[shape].choices.branch
    build, deploy, lint = (load(texts(plan_of(shape))[path]) for path in (BUILD, DEPLOY, LINT))
    assert build["on"]["push"] == {"branches": ["**"]}
    assert build["on"]["pull_request"] == {"branches": [branch]}
    assert deploy["on"]["workflow_run"] == {
        "workflows": [build["name"]],
        "types": ["completed"],
        "branches": [branch],
    }
    inputs = deploy["on"]["workflow_dispatch"]["inputs"]
    assert inputs["tag"]["type"] == "string"
    assert inputs["environment"]["options"] == ["staging", "production"]
    assert inputs["environment"]["default"] == "production"
    assert set(lint["on"]) == {"push", "pull_request", "merge_group"}
    assert lint["on"]["pull_request"] is None


@every_shape
def test_every_job_is_bounded_and_asks_for_least(shape: str) -> None:
    granted = {}
    for path in (BUILD, DEPLOY, LINT):
        workflow = load(texts(plan_of(shape))[path])
        assert workflow["permissions"] == {}
        for name, job in workflow["jobs"].items():
            assert job["timeout-minutes"] <= 60
            assert job["runs-on"] == "ubuntu-latest"
            granted[name] = {scope for scope, level in job["permissions"].items() if level == "write"}
            for step in job["steps"]:
                assert "${{" not in step.get("run", "")
                if "checkout" in step.get("uses", ""):
                    assert step["with"]["persist-credentials"] is False
    writing = {name: scopes for name, scopes in granted.items() if scopes}
    assert writing == {"publish": {"packages"}, "deploy": {"statuses"}}


@every_shape
def test_what_is_published(shape: str) -> None:
    build = load(texts(plan_of(shape))[BUILD])
    branch = SHAPES[shape].choices.branch
    publish, validate = steps(build, "publish"), steps(build, "validate")
    assert (
        build["jobs"]["publish"]["if"]
        == f"github.event_name == 'push' && github.ref == 'refs/heads/{branch}'"
    )
    assert build["jobs"]["publish"]["needs"] == build["jobs"]["validate"]["needs"] == "check"
    names = [step.get("uses", "").partition("@")[0] for step in publish]
    order = [
        "checkout",
        "setup-qemu-action",
        "setup-buildx-action",
        "login-action",
        "metadata-action",
        "build-push-action",
    ]
    assert [name.rpartition("/")[2] for name in names] == order
    pushed, checked = publish[-1]["with"], validate[-1]["with"]
    assert pushed["push"] is True
    assert checked["push"] is False
    assert pushed["platforms"] == "linux/amd64,linux/arm64"
    assert "mode=max" in pushed["cache-to"]
    assert pushed["cache-from"].removeprefix("type=gha,") in pushed["cache-to"]
    tags = publish[-2]["with"]["tags"]
    assert "type=sha,format=long,prefix=" in tags
    assert "type=raw,value=latest" in tags


@every_shape
def test_the_checks_run_in_the_design_s_order(shape: str) -> None:
    build = load(texts(plan_of(shape))[BUILD])
    names = [step["name"] for step in steps(build, "check")]
    wanted = ["Check out the code", "Set up Node.js", "Install dependencies", "Run the linter", "Check types"]
    assert [name for name in names if name in wanted] == wanted
    assert names[-1] == "Run the tests"


@pytest.mark.parametrize(
    ("shape", "commands"),
    [
        ("single", ["npm ci", "npm run lint", "npx next typegen", "npx tsc --noEmit", "npm test"]),
        (
            "pnpm",
            [
                "corepack enable",
                "pnpm install --frozen-lockfile",
                "pnpm run lint",
                "pnpm exec next typegen",
                "pnpm exec tsc --noEmit",
                "pnpm test",
            ],
        ),
        (
            "bun",
            [
                "bun install --frozen-lockfile",
                "bun run lint",
                "bunx next typegen",
                "bunx tsc --noEmit",
                "bun run test",
            ],
        ),
        (
            "prisma",
            [
                "npm ci",
                "npm run lint",
                "npx prisma generate",
                "npx next typegen",
                "npx tsc --noEmit",
                "npm test",
            ],
        ),
    ],
)
def test_the_commands_of_the_package_manager(shape: str, commands: list[str]) -> None:
    build = load(texts(plan_of(shape))[BUILD])
    assert [step["run"] for step in steps(build, "check") if "run" in step] == commands


def test_the_frozen_install_of_yarn_depends_on_its_age() -> None:
    assert "yarn install --frozen-lockfile" in texts(plan_of("yarn"))["Dockerfile"]
    assert "yarn install --immutable" in texts(plan_of("berry"))["Dockerfile"]


def test_next_before_15_5_has_no_typegen() -> None:
    files = project("package-lock.json", dependencies={"next": "15.4.1"})
    assert "typegen" not in texts(make_plan(MemoryFiles(files)))[BUILD]


def test_an_application_in_a_folder_of_its_own() -> None:
    found = texts(plan_of("monorepo"))
    build = load(found[BUILD])
    check = build["jobs"]["check"]
    assert check["defaults"]["run"]["working-directory"] == "backend"
    assert check["steps"][1]["with"] == {
        "node-version-file": "backend/.nvmrc",
        "cache": "npm",
        "cache-dependency-path": "backend/package-lock.json",
    }
    pushed = steps(build, "publish")[-1]["with"]
    assert (pushed["context"], pushed["file"]) == ("backend", "backend/Dockerfile")
    assert "ghcr.io/${{ github.repository_owner }}/backend" in found[BUILD]
    assert "ghcr.io/${GITHUB_REPOSITORY_OWNER,,}/backend:$TAG" in found[DEPLOY]
    assert {"backend/Dockerfile", "backend/.dockerignore"} <= set(found)


def test_a_workspace_is_installed_and_built_from_its_root() -> None:
    found = texts(plan_of("workspace"))
    build = load(found[BUILD])
    install = next(step for step in steps(build, "check") if step["name"] == "Install dependencies")
    assert install["working-directory"] == "."
    pushed = steps(build, "publish")[-1]["with"]
    assert (pushed["context"], pushed["file"]) == (".", "apps/api/Dockerfile")
    dockerfile = found["apps/api/Dockerfile"]
    assert "COPY package.json pnpm-lock.yaml pnpm-workspace.yaml ./" in dockerfile
    assert "COPY packages/db/package.json packages/db/" in dockerfile
    assert "/app/apps/api/.next/standalone ./" in dockerfile
    assert 'CMD ["node", "apps/api/server.js"]' in dockerfile
    assert "FROM node:22-slim AS base" in dockerfile
    assert ".dockerignore" in found


@every_shape
def test_the_image(shape: str) -> None:
    text = next(text for path, text in texts(plan_of(shape)).items() if path.endswith("Dockerfile"))
    assert text.startswith("# syntax=docker/dockerfile:1\n")
    assert re.search(
        r"RUN --mount=type=cache,target=\S+ (npm ci|\w+ install --(frozen-lockfile|immutable))\n", text
    )
    final = text[text.rindex("FROM ") :]
    assert "install" not in final.replace("apt-get install", "")
    assert "node_modules" not in text
    assert re.search(r"^USER 1000:1000$", final, re.MULTILINE)
    probe = re.search(r"HEALTHCHECK .*\\\n  CMD (\[.*\])", final)
    assert probe
    assert "http://127.0.0.1:3000/api/health" in json.loads(probe[1])[2]
    assert "EXPOSE 3000" in final
    assert "ARG APP_VERSION" in final
    assert "--platform" not in text


@every_shape
def test_the_swarm_settings_follow_dokploys_schema(shape: str) -> None:
    settings = json.loads(texts(plan_of(shape))["dokploy-swarm.json"])
    assert set(settings) == {"healthCheckSwarm", "updateConfigSwarm", "rollbackConfigSwarm"}
    assert set(settings["healthCheckSwarm"]) == {"Test", "Interval", "Timeout", "StartPeriod", "Retries"}
    allowed = {"Parallelism", "Delay", "FailureAction", "Monitor", "MaxFailureRatio", "Order"}
    for name in ("updateConfigSwarm", "rollbackConfigSwarm"):
        assert {"Parallelism", "Order"} <= set(settings[name]) <= allowed
        assert settings[name]["Order"] == "start-first"


def test_the_webhook_serves_the_newest_image_and_the_api_a_chosen_tag() -> None:
    deploy = load(texts(plan_of("single"))[DEPLOY])
    by_name = {step["name"]: step for step in steps(deploy, "deploy")}
    assert (
        by_name["Deploy the newest image through the webhook"]["if"] == "github.event_name == 'workflow_run'"
    )
    assert (
        by_name["Deploy the chosen tag through the API"]["if"] == "github.event_name == 'workflow_dispatch'"
    )
    assert by_name["Post the result to the commit"]["if"] == "always()"


def test_with_the_api_alone_there_is_no_webhook() -> None:
    found = texts(plan_of("api-only"))
    assert not any("WEBHOOK" in text for text in found.values())
    step = next(step for step in steps(load(found[DEPLOY]), "deploy") if "API" in step["name"])
    assert "if" not in step


def test_settings_name_what_differs_from_the_default() -> None:
    files = project("package-lock.json")
    files["app/api/v1/health/route.ts"] = files.pop("app/api/health/route.ts")
    files["next.config.ts"] = 'export default { output: "standalone", basePath: "/shop" }'
    found = texts(make_plan(MemoryFiles(files)))
    assert load(found["cilint.yaml"])["parameters"]["health_path"] == "/shop/api/v1/health"
    assert "http://127.0.0.1:3000/shop/api/v1/health" in found["Dockerfile"]
    assert "app/api/health/route.ts" not in found


def test_what_a_bare_project_lacks_is_written() -> None:
    plan = plan_of("bare")
    found = texts(plan)
    assert found[".nvmrc"] == "24\n"
    assert "process.env.APP_VERSION" in found["src/app/api/health/route.ts"]
    assert "mkdir -p public" in found["Dockerfile"]
    told = "\n".join(plan.notes)
    assert "package-lock.json" in told
    assert "standalone" in told


def test_a_complete_project_is_left_with_its_settings_alone() -> None:
    assert len(plan_of("single").notes) == 1
    assert "HEALTH_URL" in plan_of("single").notes[0]


def test_what_is_left_to_do_is_told() -> None:
    files = project(
        "package-lock.json", scripts={"lint": "next lint", "start": "prisma migrate deploy && next start"}
    )
    files["app/api/health/route.ts"] = "export const GET = () => new Response('ok')"
    told = "\n".join(make_plan(MemoryFiles(files)).notes)
    for words in ("no `next lint`", "no `test` script", "migrations", "report the running version"):
        assert words in told


def test_an_existing_dockerfile_is_the_one_that_is_built() -> None:
    files = project("package-lock.json") | {
        "docker/Dockerfile.prod": "FROM node:20.11.1-alpine\nEXPOSE 3500\n"
    }
    del files[".nvmrc"]
    plan = make_plan(MemoryFiles(files))
    found = texts(plan)
    assert "Dockerfile" not in found
    assert "file: docker/Dockerfile.prod" in found[BUILD]
    assert ":3500/api/health" in found["dokploy-swarm.json"]
    assert found[".nvmrc"] == "20.11.1\n"
    assert any("ARG APP_VERSION" in note for note in plan.notes)


@pytest.mark.parametrize(
    ("version", "image"),
    [
        ("22.21.1", "22.21.1-slim"),
        ("v22", "22-slim"),
        ("lts/Jod", "jod-slim"),
        ("lts/*", "lts-slim"),
        ("$(x)", "lts-slim"),
    ],
)
def test_the_base_image_follows_the_version_file(version: str, image: str) -> None:
    files = project("package-lock.json") | {".nvmrc": version}
    assert f"FROM node:{image} AS base" in texts(make_plan(MemoryFiles(files)))["Dockerfile"]


def test_nothing_of_the_project_can_break_out_of_a_template() -> None:
    hostile = "x'; $(id) ${{ secrets.A }} #\n\"]"
    files = project("package-lock.json", name=hostile, packageManager=f"npm@1{hostile}") | {
        f"app/{hostile}/health/route.ts": "",
        "next.config.ts": 'export default { basePath: "/a\'); process.exit(0" }',
        f"docker/Dockerfile.{hostile}": "FROM scratch",
        ".nvmrc": hostile,
    }
    del files["app/api/health/route.ts"]
    for path, text in texts(make_plan(MemoryFiles(files))).items():
        assert "$(id)" not in text, path
        assert "secrets.A" not in text, path
        assert 'process.exit(0"' not in text, path


def test_choosing_among_several_applications() -> None:
    files = MemoryFiles(under("apps/a", project("yarn.lock")) | under("apps/b", project("yarn.lock")))
    with pytest.raises(CilintError, match="several"):
        make_plan(files)
    with pytest.raises(CilintError, match="apps/b"):
        make_plan(files, Choices(app="app/b"))
    assert "apps/b/Dockerfile" in texts(make_plan(files, Choices(app="./apps/b/")))


def test_without_an_application_there_is_nothing_to_write() -> None:
    with pytest.raises(CilintError, match="depends on next"):
        make_plan(MemoryFiles({"package.json": "{}"}))


def test_a_folder_that_no_template_can_hold_is_refused() -> None:
    files = {"a b/package.json": package(), "a b/next.config.ts": STANDALONE}
    with pytest.raises(CilintError, match="letters"):
        make_plan(MemoryFiles(files))
