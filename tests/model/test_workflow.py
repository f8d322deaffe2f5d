"""Workflows as GitHub understands them, whatever form they are written in."""

from __future__ import annotations

import pytest

from cilint.model.action import Action
from cilint.model.kinds import kind_of
from cilint.model.workflow import Workflow
from cilint.text.source import SourceFile


def workflow(text: str) -> Workflow:
    return Workflow(SourceFile(".github/workflows/x.yml", text))


@pytest.mark.parametrize(
    ("text", "events"),
    [
        ("on: push", ["push"]),
        ("on: [push, pull_request]", ["push", "pull_request"]),
        ("on:\n  - push\n", ["push"]),
        ("on:\n  push:\n  pull_request: {branches: [main]}\n", ["push", "pull_request"]),
        ("on: 5", ["5"]),
        ("on:\n  push: [a]\n", ["push"]),
        ("name: x", []),
        ("", []),
        ("- on", []),
    ],
)
def test_triggers_in_every_form(text: str, events: list[str]) -> None:
    assert sorted(workflow(text).triggers) == sorted(events)


def test_filters_tell_absent_from_empty() -> None:
    trigger = workflow("on:\n  push:\n    branches: main\n    tags: []\n").triggers["push"]
    assert trigger.filter("branches") == ("main",)
    assert trigger.filter("tags") == ()
    assert trigger.filter("paths") is None


def test_the_first_of_two_equal_keys_counts() -> None:
    assert workflow("on: {push: {branches: [a]}, push: {branches: [b]}}").triggers["push"].filter(
        "branches"
    ) == ("a",)


@pytest.mark.parametrize(
    ("block", "scope", "level"),
    [
        ("permissions: write-all", "packages", "write"),
        ("permissions: read-all", "packages", "read"),
        ("permissions: {}", "packages", "none"),
        ("permissions: {packages: write}", "packages", "write"),
        ("permissions: {contents: read}", "packages", "none"),
    ],
)
def test_permissions(block: str, scope: str, level: str) -> None:
    permissions = workflow(block).permissions
    assert permissions is not None
    assert permissions.level(scope) == level


def test_a_job_block_replaces_the_workflow_one_wholly() -> None:
    text = "permissions: {packages: write}\njobs:\n  a:\n    permissions: {contents: read}\n  b: {}\n"
    first, second = workflow(text).jobs
    assert first.permissions is not None
    assert first.permissions.level("packages") == "none"
    assert second.permissions is not None
    assert second.permissions.level("packages") == "write"
    assert workflow("jobs: {a: {}}").jobs[0].permissions is None


def test_steps_of_every_kind() -> None:
    text = """\
defaults: {run: {shell: bash}}
jobs:
  a:
    runs-on: {group: big, labels: [linux, x64]}
    environment: {name: production}
    needs: b
    steps:
      - uses: Docker/Build-Push-Action@v6
        with: {PUSH: true, tags: "a:b"}
      - id: two
        run: echo
      - not a step of a mapping: [1]
      - parallel:
          - run: one
          - run: other
      - null
"""
    job = workflow(text).jobs[0]
    assert [step.name for step in job.steps] == [
        "Docker/Build-Push-Action@v6",
        "two",
        "step 3",
        "Run one",
        "Run other",
    ]
    assert job.steps[0].action is not None
    assert job.steps[0].action.name == "docker/build-push-action"
    assert {name: value.text for name, value in job.steps[0].inputs.items()} == {
        "push": "true",
        "tags": "a:b",
    }
    assert [label.text for label in job.runs_on] == ["linux", "x64"]
    assert job.environment is not None
    assert job.environment.text == "production"
    assert [need.text for need in job.needs] == ["b"]
    assert job.default("shell") == "bash"


def test_anchors_are_followed() -> None:
    text = "x: &steps\n  - run: make\njobs:\n  a: {steps: *steps}\n  b: &b {steps: *steps}\n  c: *b\n"
    assert [[step.run.text for step in job.steps if step.run] for job in workflow(text).jobs] == [
        ["make"]
    ] * 3


@pytest.mark.parametrize(
    "text",
    [
        "jobs: 5",
        "jobs: [a]",
        "jobs: {a: 5}",
        "jobs: {a: {steps: 5, needs: {}, env: [1], strategy: x}}",
        "on: {push: 1}\njobs:\n",
    ],
)
def test_wrong_shapes_are_absent(text: str) -> None:
    for job in workflow(text).jobs:
        assert (job.steps, job.needs, job.env, job.matrix, job.runs_on) == ((), (), {}, None, ())


def test_a_nameless_workflow_is_called_by_its_path() -> None:
    assert workflow("on: push").name == ".github/workflows/x.yml"
    assert workflow("name: CI").name == "CI"


def test_composite_actions_have_steps_and_defaults() -> None:
    text = """\
inputs:
  tag: {default: latest}
  other: {required: true}
runs:
  using: composite
  steps: [{run: make, shell: bash}]
"""
    action = Action(SourceFile("action.yml", text))
    assert action.using == "composite"
    assert action.defaults == {"tag": "latest", "other": ""}
    assert len(action.steps) == 1
    assert Action(SourceFile("action.yml", "runs: {using: node24}")).steps == ()


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        (".github/workflows/ci.yml", "workflow"),
        (".github/workflows/a/ci.yml", None),
        ("x/.github/workflows/ci.yml", None),
        ("action.yaml", "action"),
        (".github/workflows/action.yml", "workflow"),
        ("Dockerfile", "dockerfile"),
        ("a/Dockerfile.dev", "dockerfile"),
        ("api.Dockerfile", "dockerfile"),
        ("Containerfile", "dockerfile"),
        ("Dockerfile.md", None),
        ("Dockerfile.dockerignore", None),
        ("MyDockerfile", None),
        ("cilint/model/dockerfile.py", None),
        ("dockerfile_words.py", None),
        ("Dockerfile.tmpl", None),
        ("Dockerfile.node-22.04", "dockerfile"),
        ("docker-compose.yml", "compose"),
    ],
)
def test_kinds_of_files(path: str, kind: str | None) -> None:
    assert kind_of(path) == kind


def test_aliases_that_make_too_much_of_a_file() -> None:
    doubled = "".join(f"x{n}: &x{n} [*x{n - 1}, *x{n - 1}]\n" for n in range(1, 17))
    bomb = "x0: &x0 [a]\n" + doubled + "on: push\n"
    assert workflow(bomb).is_overgrown
    assert workflow(bomb).root is None
    few = "on: push\nenv: &e {A: b}\njobs: {a: {env: *e}, b: {env: *e}}\n"
    assert not workflow(few).is_overgrown
    assert [job.id for job in workflow(few).jobs] == ["a", "b"]


def test_a_script_is_called_after_its_first_line() -> None:
    steps = "[{run: 'npm ci'}, {run: ' '}, {run: \"\\n  a\\n  b\"}, {run: '" + "x" * 50 + "'}]"
    names = [step.name for step in workflow("jobs: {a: {steps: " + steps + "}}").jobs[0].steps]
    assert names == ["Run npm ci", "step 2", "Run a", "Run " + "x" * 39 + "…"]
