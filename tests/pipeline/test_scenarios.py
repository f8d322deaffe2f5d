"""The events that triggers let through, over-broad filters included."""

from __future__ import annotations

import pytest

from cilint.pipeline.evaluate import Open
from cilint.pipeline.scenarios import HEAD_SHA, SHA, Scenario, github_context
from tests.pipeline.repositories import DEPLOY, repository


def titles(on: str, body: str = "jobs: {}", main: str = "main") -> dict[str, Scenario]:
    pipeline = repository(f"on: {on}\n{body}\n", branch=main)
    workflow = pipeline.project.workflow(DEPLOY)
    assert workflow is not None
    return {scenario.title: scenario for scenario in pipeline.runs.scenarios(workflow)}


@pytest.mark.parametrize(
    ("on", "there", "missing"),
    [
        (
            "push",
            ["a push to main", "a push to feature/x", "a push of the tag v1.0.0", "a push of the tag main"],
            [],
        ),
        ("{push: {branches: [main]}}", ["a push to main"], ["a push to main-2", "a push of the tag main"]),
        ("{push: {branches: ['main*']}}", ["a push to main-2"], ["a push to feature/main"]),
        ("{push: {branches: ['*']}}", ["a push to main-2"], ["a push to feature/x"]),
        ("{push: {branches: ['release/**']}}", ["a push to release/x"], ["a push to main"]),
        ("{push: {branches-ignore: [main]}}", ["a push to develop"], ["a push to main"]),
        (
            "{push: {tags: ['v*']}}",
            ["a push of the tag v1.0.0"],
            ["a push to main", "a push of the tag main"],
        ),
        (
            "{push: {tags-ignore: ['v*']}}",
            ["a push of the tag main"],
            ["a push to main", "a push of the tag v1.0.0"],
        ),
        ("{push: {branches: ['**', '!main']}}", ["a push to feature/x"], ["a push to main"]),
        ("{push: {branches: []}}", [], ["a push to main"]),
        (
            "{push: {tags: ['api@*', 'v*']}}",
            ["a push of the tag api@x", "a push of the tag v1.0.0"],
            ["a push of the tag vx", "a push to main"],
        ),
        (
            "pull_request",
            ["a pull request to main", "a pull request to main from a fork"],
            ["a push to main"],
        ),
        ("{pull_request: {branches: [dev]}}", [], ["a pull request to main"]),
        ("pull_request_target", ["a pull request to main from a fork (pull_request_target)"], []),
        ("[schedule, repository_dispatch]", ["schedule", "repository dispatch"], []),
        ("merge_group", ["a merge queue entry"], []),
        ("release", ["a release"], []),
        ("workflow_call", [], ["workflow call"]),
        (
            "{workflow_run: {workflows: [B], branches: [main]}}",
            [
                "a successful build of a push to main",
                "a timed_out build of a push to main",
                "a successful build of a pull request from a fork's branch main",
            ],
            ["a successful build of a push to main-2", "a successful build of a pull request"],
        ),
        ("", [], ["a push to main"]),
        ("{push: nonsense}", ["a push to main"], []),
        ("3", [], []),
    ],
)
def test_triggers(on: str, there: list[str], missing: list[str]) -> None:
    found = titles(on)
    assert [title for title in there if title not in found] == []
    assert [title for title in missing if title in found] == []


def test_names_in_conditions_and_lists_become_examples() -> None:
    body = """jobs:
  a: {if: "github.ref == 'refs/heads/hotfix' || github.ref == 'refs/tags/nightly'", runs-on: x}
  b: {if: "contains(fromJSON('[\\"staging\\"]'), github.ref_name)", runs-on: x}
"""
    assert {"a push to hotfix", "a push to staging", "a push of the tag nightly"} <= set(titles("push", body))


def test_only_the_main_branch_is_main() -> None:
    found = titles("push", main="trunk")
    assert [title for title, scenario in found.items() if scenario.main] == ["a push to trunk"]


def test_examples_are_bounded() -> None:
    patterns = ", ".join(f"b{each}" for each in range(500))
    assert len(titles(f"{{push: {{branches: [{patterns}]}}}}")) < 60


@pytest.mark.parametrize(
    ("on", "title", "expected"),
    [
        (
            "push",
            "a push of the tag main",
            {"ref": "refs/tags/main", "ref_name": "main", "ref_type": "tag", "sha": SHA},
        ),
        (
            "pull_request",
            "a pull request to main",
            {"ref": "refs/pull/1/merge", "ref_name": "1/merge", "head_ref": "feature/x", "base_ref": "main"},
        ),
        ("workflow_dispatch", "workflow_dispatch on main", {"ref": "refs/heads/main", "head_ref": ""}),
    ],
)
def test_contexts(on: str, title: str, expected: dict[str, str]) -> None:
    context = github_context(titles(on)[title], "main", "o/r")
    assert {key: context[key] for key in expected} == expected


def test_the_context_of_a_forks_upstream_run() -> None:
    scenario = titles("{workflow_run: {workflows: [B]}}")[
        "a failed build of a pull request from a fork's branch main"
    ]
    context = github_context(scenario, "main", "o/r")
    run = context["event"]["workflow_run"]
    assert isinstance(run, Open)
    assert (context["sha"], run["head_sha"], run["head_branch"], run["conclusion"]) == (
        SHA,
        HEAD_SHA,
        "main",
        "failure",
    )
    assert run["head_repository"]["full_name"] != "o/r"


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("jobs: {a: {steps: [{run: 'case $GITHUB_REF_NAME in main|trunk) x ;; esac'}]}}", "a push to trunk"),
        ("jobs: {a: {steps: [{run: 'test $GITHUB_REF = refs/heads/old'}]}}", "a push to old"),
        (
            "jobs:\n  a:\n    strategy: {matrix: {b: [main, next]}}\n    if: github.ref_name == matrix.b\n",
            "a push to next",
        ),
    ],
)
def test_names_that_scripts_and_matrices_speak_of(body: str, found: str) -> None:
    assert found in titles("push", body)


def test_the_ref_of_the_payload() -> None:
    found = titles("[push, pull_request]")
    contexts = {title: github_context(found[title], "main", "a/b")["event"]["ref"] for title in found}
    assert contexts["a push to main"] == "refs/heads/main"
    assert contexts["a pull request to main"] is None


@pytest.mark.parametrize(
    ("types", "action", "ends"),
    [
        (": null", "synchronize", False),
        (": {types: [opened, synchronize, closed]}", "synchronize", True),
        (": {types: [opened, closed]}", "opened", True),
        (": {types: [closed]}", "closed", False),
        (": {types: [labeled, unlabeled]}", None, False),
    ],
)
def test_what_has_happened_to_a_pull_request(types: str, action: str | None, ends: bool) -> None:
    found = titles(f"{{pull_request{types}}}")
    assert found["a pull request to main"].action == action
    assert ("the end of a pull request to main" in found) is ends
