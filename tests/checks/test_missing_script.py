"""Scripts of package.json that commands of steps ask for."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cilint.checks.missing_script import run
from cilint.findings.violation import Options
from cilint.model.files import MemoryFiles
from cilint.model.project import Project
from cilint.pipeline.effects.script_calls import read_call
from cilint.pipeline.pipeline import Pipeline
from cilint.syntax.shell import parse

FILES = {
    "package.json": json.dumps(
        {"scripts": {"build": "tsc", "type-check": "tsc"}, "dependencies": {"dev": "1"}}
    ),
    "web/package.json": json.dumps({"name": "@acme/web", "scripts": {"lint": "eslint", "g:fix": "eslint"}}),
    "web/server.js": "",
    "web/src/index.js": "",
    "broken/package.json": "{",
}


def missing(script: str) -> list[str]:
    step = {"run": script}
    workflow = {"on": "push", "jobs": {"a": {"runs-on": "ubuntu-latest", "steps": [step]}}}
    files = {**FILES, ".github/workflows/w.yml": json.dumps(workflow)}
    violations = run(Pipeline(Project(MemoryFiles(files))), Options())
    return [f"{each.values['package']} {each.values['name']}" for each in violations]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("npm run build", []),
        ("npm run lint", ["package.json lint"]),
        ("npm --silent run-script lint -- --fix", ["package.json lint"]),
        ("npm run lint --if-present", []),
        ("npm run", []),
        ("npm run env", []),
        ("npm t", ["package.json test"]),
        ("npm start", ["package.json start"]),
        ("npm stop", ["package.json stop"]),
        ("npm restart", []),
        ("npm install lint", []),
        ("npm ci && npm lint", []),
        ("npm run $WHICH", []),
        ('npm run "lint"', ["package.json lint"]),
        ("(cd web && npm start); npm start", ["package.json start"]),
        ("cd web/src; npm run build", ["web/package.json build"]),
        ("cd dist; npm run lint", []),
        ("cd broken; npm run lint", []),
        ("cd .. && npm run lint", []),
        ("if [ -d web ]; then cd web; fi; npm run check", []),
        ("npm --prefix web run build", ["web/package.json build"]),
        ("npm --prefix=$DIR run build", []),
        ("npm run lint -w web", []),
        ("npm run build --workspace=@acme/web", ["web/package.json build"]),
        ("npm run build -w unknown", []),
        ("npm run build --workspaces", []),
        ("npm run check --workspaces", ["package.json check"]),
        ("pnpm -C web build", ["web/package.json build"]),
        ("pnpm --filter @acme/web build", []),
        ("pnpm --filter '@acme/*' run check", ["package.json check"]),
        ("pnpm -r test", []),
        ("pnpm -w run build", []),
        ("pnpm run -w check", ["package.json check"]),
        ("pnpm run eslint", ["package.json eslint"]),
        ("pnpm eslint", []),
        ("pnpm run '/^lint:.*/'", []),
        ("yarn tsc", []),
        ("yarn run eslint", []),
        ("yarn lint", ["package.json lint"]),
        ("yarn dev", []),
        ("yarn g:fix", []),
        ("yarn g:lint", ["package.json g:lint"]),
        ("yarn workspace @acme/web build", ["web/package.json build"]),
        ("yarn --cwd web build", ["web/package.json build"]),
        ("bun test && bun build ./a.ts", []),
        ("bun run lint", ["package.json lint"]),
        ("node --run lint", ["package.json lint"]),
        ("node --run=build", []),
        ("node --run=lint", ["package.json lint"]),
        ("node run lint --run=x", []),
        ("corepack pnpm run lint", ["package.json lint"]),
        ("npm pkg set scripts.lint=eslint; npm run lint", []),
        ("if grep -q lint package.json; then npm run lint; fi", []),
        ("docker run --rm app npm run lint", []),
        ("ssh host npm run lint", []),
        ("docker exec app sh -c 'npm run lint'", []),
        ("bash -c 'npm run lint'", ["package.json lint"]),
    ],
)
def test_missing(script: str, expected: list[str]) -> None:
    assert missing(script) == expected


WORDS = (
    "run",
    "lint",
    "-w",
    "--filter",
    "web",
    "--",
    "--prefix",
    "-ws",
    "--run",
    "workspace",
    "$A",
    "start",
    "=",
)


@given(st.sampled_from(("npm", "pnpm", "yarn", "bun", "node", "corepack")), st.lists(st.sampled_from(WORDS)))
def test_every_command_is_read(program: str, words: list[str]) -> None:
    """What is asked for stands in the command."""
    (command,) = parse(" ".join((program, *words))).commands
    call = read_call(program, command.arguments({}).items)
    assert call is None or (call.name in words and call.word in command.words)
