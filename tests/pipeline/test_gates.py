"""Linters, type checks and tests in every spelling, and what keeps a failure of them from counting."""

from __future__ import annotations

import json

import pytest

from cilint.model.files import MemoryFiles
from cilint.model.project import Project
from cilint.pipeline.pipeline import Pipeline

PACKAGE = {
    "scripts": {
        "lint": "eslint .",
        "lint:css": "stylelint .",
        "format": "prettier --check .",
        "typecheck": "tsc --noEmit",
        "check:types": "tsc -p tsconfig.build.json",
        "check:code": "npm run lint",
        "check": "run-p check:*",
        "all": "npm run check && npm test",
        "loop": "npm run loop",
        "test": "vitest run",
        "test:e2e": "dotenv -e .env.test -- playwright test",
        "placeholder": "echo nothing yet",
        "verify": "concurrently 'npm:lint' 'npx tsc'",
        "gen:types": "supabase gen types > types.ts",
        "prehooked": "eslint .",
        "hooked": "next build",
        "posthooked": "node --test",
    }
}
WEB = {"scripts": {"quality": "biome ci .", "unit": "cross-env NODE_ENV=test jest"}}


def gates(steps: str, **files: str) -> list[tuple[str, str]]:
    """Kind and text of the gates of a job with these steps."""
    text = f"on: push\njobs:\n  check:\n    runs-on: ubuntu-latest\n    steps:\n{steps}"
    given = {
        ".github/workflows/a.yml": text,
        "package.json": json.dumps(PACKAGE),
        "web/package.json": json.dumps(WEB),
        **files,
    }
    pipeline = Pipeline(Project(MemoryFiles(given)))
    sources = {gate.path: pipeline.project.source(gate.path) for gate in pipeline.gates}
    return [(gate.kind, sources[gate.path].slice(gate.span)) for gate in pipeline.gates]  # type: ignore[union-attr]


def kinds(command: str, **files: str) -> set[str]:
    return {kind for kind, _ in gates(f"      - run: |\n          {command}\n", **files)}


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("npm run lint", {"lint"}),
        ("npm run-script lint -- --quiet", {"lint"}),
        ("pnpm lint", {"lint"}),
        ("yarn lint", {"lint"}),
        ("bun run lint", {"lint"}),
        ("npx eslint .", {"lint"}),
        ("npx --yes eslint@9 .", {"lint"}),
        ("./node_modules/.bin/eslint src", {"lint"}),
        ("pnpm exec eslint .", {"lint"}),
        ("pnpm turbo run lint typecheck --filter=web", {"lint", "type-check"}),
        ("yarn nx affected -t lint,test", {"lint", "test"}),
        ("npm exec -- eslint .", {"lint"}),
        ("npx biome check .", {"lint"}),
        ("npx next lint", {"lint"}),
        ("npm run check", {"lint", "type-check"}),
        ("npm run all", {"lint", "type-check", "test"}),
        ("npm run verify", {"lint", "type-check"}),
        ("npx tsc --noEmit", {"type-check"}),
        ("npx -p typescript tsc -b", {"type-check"}),
        ("npx vue-tsc", {"type-check"}),
        ("npm test", {"test"}),
        ("npm t", {"test"}),
        ("npm run test:e2e", {"test"}),
        ("node --test", {"test"}),
        ("bun test", {"test"}),
        ("CI=1 npx vitest run", {"test"}),
        ("timeout 600 npm test", {"test"}),
        ("npm --prefix web run quality", {"lint"}),
        ("npm run unit -w web", {"test"}),
        ("pnpm --filter web quality", {"lint"}),
        ("pnpm -r unit", {"test"}),
        ("yarn workspace web lint", {"lint"}),
        ("cd web && npm run unit", {"test"}),
        ("npx turbo run lint typecheck test --filter=web", {"lint", "type-check", "test"}),
        ("npx nx run-many -t lint test", {"lint", "test"}),
        ("make lint", {"lint"}),
        ("poetry run pytest", {"test"}),
        ("python -m mypy .", {"type-check"}),
        ("go vet ./... && go test ./...", {"lint", "test"}),
        ("npm run missing:lint", set()),
        ("npm run missing:lint -ws", {"lint"}),
        ("yarn run eslint .", {"lint"}),
        ("bun run missing:lint", set()),
        ("node --run lint", {"lint"}),
        ("corepack pnpm lint", {"lint"}),
        ("mise exec -- npx tsc", {"type-check"}),
        ("npx nx run-many --targets=lint,typecheck", {"lint", "type-check"}),
        ("npx turbo run build --filter test", set()),
        ('docker run --rm -v "$PWD:/app" -w /app node:24 npm run lint', {"lint"}),
        ("docker run --entrypoint npx node:24 tsc --noEmit", {"type-check"}),
        ("docker compose -f ci.yml run --rm -T api npm test", {"test"}),
        ("docker compose exec -T api yarn lint", {"lint"}),
        ("docker compose up -d api", set()),
        ('for task in lint typecheck; do npm run "$task"; done', {"lint", "type-check"}),
        ('again() { "$@" || "$@"; }; again npm run lint', {"lint"}),
        ('say() { echo "$@"; }; say npm run lint', set()),
        ("npm run hooked", {"lint", "test"}),
        ("node --run hooked", set()),
    ],
)
def test_checks_are_found(command: str, expected: set[str]) -> None:
    assert kinds(command) == expected


@pytest.mark.parametrize(
    "command",
    [
        "npm run format",
        "npm run placeholder",
        "npm run gen:types",
        "npm run build:types",
        "npm run loop",
        "npm ci",
        "npm install -D eslint vitest",
        "npm run lint:missing --if-present",
        "npx biome format .",
        "npx eslint --version",
        "npx tsc --init",
        "npx nyc report",
        "npx cypress install",
        "echo npm test",
        "npx next build",
        "go build ./...",
    ],
)
def test_other_commands_are_no_checks(command: str) -> None:
    assert kinds(command) == set()


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("make", {"lint", "type-check"}),
        ("make -C . -j4 ci CI=1", {"lint", "type-check"}),
        ("make unit", {"test"}),
        ("make empty", set()),
        ("make --file=other.mk lint", {"lint"}),
        ("just ci", {"lint", "test"}),
        ("task ci", {"type-check", "test"}),
        ("./scripts/verify.sh", {"lint", "test"}),
        ("bash -e scripts/verify.sh", {"lint", "test"}),
        ("scripts/check.py", set()),
        ("./scripts/missing.sh", set()),
        ("make circle", set()),
    ],
)
def test_files_that_commands_run_are_followed(command: str, expected: set[str]) -> None:
    files = {
        "Makefile": "ci: a b\na:\n\tnpx eslint .\nb:\n\tnpx tsc\nunit:\n\tjust unit\nempty:\n\techo test\n"
        "circle: circle\n\tmake circle\n",
        "justfile": "ci: unit\n  npx eslint .\nunit:\n  npm test\n",
        "Taskfile.yml": "tasks: {ci: {cmds: [{task: types}, npm test]}, types: [npx tsc]}\n",
        "scripts/verify.sh": "#!/usr/bin/env bash\nset -e\nnpx eslint .\nnpm test\n",
        "scripts/check.py": "#!/usr/bin/env python3\nnpm test\n",
    }
    assert kinds(command, **files) == expected


def test_what_a_dockerfile_runs_in_the_stages_that_a_build_needs() -> None:
    dockerfile = (
        "FROM node:24 AS base\nRUN npm ci\nFROM base AS test\nRUN npm run lint && npm test\n"
        "FROM base AS types\nRUN npx tsc\nFROM base\nCOPY --from=types /app /app\n"
    )
    steps = (
        "      - run: docker build --target test .\n"
        "      - uses: docker/build-push-action@v7\n        with: {context: .}\n"
    )
    assert [kind for kind, _ in gates(steps, Dockerfile=dockerfile)] == ["type-check", "lint", "test"]


def test_each_leg_of_a_matrix() -> None:
    text = (
        "on: push\njobs:\n  check:\n    strategy: {matrix: {task: [lint, typecheck]}}\n"
        "    runs-on: ubuntu-latest\n    steps:\n      - run: npm run ${{ matrix.task }}\n"
    )
    files = {".github/workflows/a.yml": text, "package.json": json.dumps(PACKAGE)}
    assert [gate.kind for gate in Pipeline(Project(MemoryFiles(files))).gates] == ["lint", "type-check"]


def test_actions_that_are_called_after_a_tool() -> None:
    names = (
        "acme/run-eslint",
        "acme/reviewdog-action-tsc",
        "acme/setup-biome",
        "acme/jest-report",
        "acme/hadolint",
    )
    steps = "".join(f"      - uses: {name}@v1\n" for name in names)
    assert [kind for kind, _ in gates(steps)] == ["lint", "type-check"]


def test_a_failure_that_a_later_step_asks_for_counts() -> None:
    step = "      - {id: lint, run: npm run lint, continue-on-error: true}\n"
    later = "      - {if: steps.lint.outcome == 'failure', run: exit 1}\n"
    for steps, counts in ((step, False), (step + later, True)):
        files = {
            ".github/workflows/a.yml": f"on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n{steps}",
            "package.json": json.dumps(PACKAGE),
        }
        assert next(iter(Pipeline(Project(MemoryFiles(files))).gates)).can_fail is counts


def test_actions_and_what_they_are_told_to_run() -> None:
    steps = (
        "      - uses: cypress-io/github-action@v6\n"
        "      - uses: nick-fields/retry@v3\n        with: {command: npm run lint && npm test}\n"
        "      - uses: borales/actions-yarn@v5\n        with: {cmd: typecheck}\n"
    )
    assert [kind for kind, _ in gates(steps)] == ["test", "lint", "test", "type-check"]


def test_the_span_is_the_command_without_what_follows() -> None:
    assert gates("      - run: npm run lint || true\n") == [("lint", "npm run lint")]


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        ("run: npm test || true", "followed by `|| true`"),
        ("run: npm test | tee out", "in a pipeline without `pipefail`"),
        ("{run: npm test, continue-on-error: true}", "`continue-on-error`"),
        ("run: npm test --passWithNoTests", "no test is found"),
        ("run: set +e; npm test; echo", "`set +e`"),
        ("run: npm run soft", "the script `soft` of package.json"),
        ("run: npm run several", "the script `several` of package.json"),
    ],
)
def test_what_hides_a_failure(step: str, reason: str) -> None:
    scripts = {"test": "vitest run", "soft": "vitest run || true", "several": "vitest run; echo done"}
    pipeline = _pipeline(step, {"scripts": scripts})
    weakness = pipeline.gates[0].weakness
    assert weakness is not None
    assert reason in weakness.reason


@pytest.mark.parametrize(
    "step",
    [
        "run: npm test",
        "run: npm test && echo done",
        "run: npm test || exit 1",
        "run: npm test || { echo broken; exit 2; }",
        "{run: npm test | tee out, shell: bash}",
        "{run: npm test, continue-on-error: false}",
        '{run: npm test, continue-on-error: "${{ inputs.soft }}"}',
        "run: if ! npm test; then exit 1; fi",
    ],
)
def test_what_lets_a_failure_count(step: str) -> None:
    pipeline = _pipeline(step, {"scripts": {"test": "eslint . && vitest run"}})
    assert {gate.kind for gate in pipeline.gates} == {"lint", "test"}
    assert all(gate.weakness is None and gate.can_fail for gate in pipeline.gates)


def test_a_script_may_not_lead_in_circles_or_too_deep() -> None:
    scripts = {f"s{n}": f"npm run s{n + 1}" for n in range(40)} | {"s40": "eslint ."}
    assert _pipeline("run: npm run s0", {"scripts": scripts}).gates == ()


def _pipeline(step: str, package: object) -> Pipeline:
    text = f"on: push\njobs:\n  check:\n    runs-on: ubuntu-latest\n    steps:\n      - {step}\n"
    files = {".github/workflows/a.yml": text, "package.json": json.dumps(package)}
    return Pipeline(Project(MemoryFiles(files)))


def test_an_interpreter_that_reads_its_program_is_no_check() -> None:
    assert kinds("node <<< 'run()'") == set()
