"""Types of contexts and expressions: what is told, and above all what is not."""

from __future__ import annotations

import pytest

from cilint.model.files import MemoryFiles
from cilint.model.known_actions import is_retired, known_action
from cilint.model.project import Project
from cilint.pipeline.expression_check import check
from cilint.pipeline.expression_functions import placeholders
from cilint.pipeline.expression_scopes import Scopes
from cilint.pipeline.expression_types import (
    ANY,
    BOOLEAN,
    NUMBER,
    STRING,
    Array,
    Object,
    Type,
    merged,
    type_of,
)
from cilint.pipeline.expressions import parts_of
from cilint.syntax.expression import parse

CONTEXTS: dict[str, Type] = {
    "github": Object({"sha": STRING, "event": Object(rest=ANY)}),
    "inputs": Object({"push": BOOLEAN, "count": NUMBER}),
    "list": Array(Object({"name": STRING})),
    "env": Object(rest=STRING),
}


def mistakes(source: str) -> list[str]:
    """The words of the source that are wrong."""
    found = check(parse(source), lambda name: CONTEXTS.get(name, ANY))[1]
    return [source[mistake.start : mistake.end] for mistake in found]


@pytest.mark.parametrize(
    ("source", "wrong"),
    [
        ("github.shaa", ["shaa"]),
        ("github['shaa']", ["shaa"]),
        ("github.sha.short", ["short"]),
        ("list.name", ["name"]),
        ("list['name']", ["'name'"]),
        ("list[0].nam", ["nam"]),
        ("github.sha.*", ["github.sha.*"]),
        ("inputs.push == 'true'", ["inputs.push == 'true'"]),
        ("env.X == true", ["env.X == true"]),
        ("inputs.push < 3", ["inputs.push"]),
        ("github == 'x' || github.event != 1", ["github == 'x'", "github.event != 1"]),
        ("format('{0}', 1, 2)", ["2"]),
        ("format('{1}', 1)", ["'{1}'", "1"]),
        ("format('{', 1)", ["'{'"]),
        ("contains(github, 'a') && startsWith(list, 'b')", ["github", "list"]),
        ("fromJSON('{\"a\": 1}').b", ["b"]),
        ("fromJSON('[1')", ["'[1'"]),
    ],
)
def test_what_cannot_be_meant(source: str, wrong: list[str]) -> None:
    assert mistakes(source) == wrong


@pytest.mark.parametrize(
    "source",
    [
        "unknown.anything[0].x == 'y'",
        "github.event.any.thing == 'x'",
        "list.*.name",
        "list.*.any",
        "GITHUB.Sha == github['SHA']",
        "inputs.push == true && inputs.count > 3 && 'a' < 'b'",
        "inputs.push && 'a' || 'b'",
        "env.X == 'true' || env.X == false || true == 'true'",
        "format('{{0}} {0} {1:x}', 1, 2)",
        "fromJSON(env.X).a.b",
        "github.event == null",
        "case(inputs.push, github, list).x",
    ],
)
def test_what_may_be_meant(source: str) -> None:
    assert mistakes(source) == []


def test_long_chains_need_no_stack() -> None:
    assert mistakes(" || ".join(["github.sha"] * 1500)) == []


def test_types_of_values() -> None:
    found = type_of({"a": [1, 2.5], "b": ["x", True], "c": ...})
    assert isinstance(found, Object)
    numbers, mixed = found.props["a"], found.props["b"]
    assert isinstance(numbers, Array)
    assert isinstance(mixed, Array)
    assert (numbers.item, mixed.item, found.props["c"]) == (NUMBER, ANY, ANY)


def test_what_is_true_of_several_objects() -> None:
    both = merged([Object({"a": STRING, "b": STRING}), Object({"a": NUMBER}, rest=STRING)])
    assert isinstance(both, Object)
    assert (both.props["a"], both.props["b"], both.rest) == (ANY, STRING, STRING)


def test_placeholders() -> None:
    assert placeholders("{0} {{1}} {12:d}") == ({0, 12}, None)
    assert placeholders("a } b")[1]
    assert placeholders("{x}")[1]


FILES = {
    ".github/workflows/w.yml": """\
on: {workflow_call: {inputs: {a: {type: boolean}, b: {type: string}}, secrets: {token: {}}}}
jobs:
  one:
    strategy: {matrix: {os: [a], node: [{v: 1}, {v: 2, w: x}], include: [{os: a, extra: true}]}}
    runs-on: x
    outputs: {digest: x}
    steps:
      - {id: first, uses: ./act}
      - parallel: [{id: left, run: x}, {id: right, run: x}]
      - {id: last, uses: actions/cache@v4}
  two: {uses: ./.github/workflows/called.yml}
  three: {uses: o/r/.github/workflows/x.yml@v1}
  four: {needs: [one, two, three], runs-on: x, strategy: {matrix: "${{ fromJSON(x) }}"}}
""",
    ".github/workflows/called.yml": "on: {workflow_call: {outputs: {image: {value: x}}}}\njobs: {}\n",
    "act/action.yml": "name: a\ndescription: b\noutputs: {out: {}}\nruns: {using: node24, main: x}\n",
}


def context(name: str, *trail: str | int) -> Type:
    project = Project(MemoryFiles(FILES))
    workflow = project.workflow(".github/workflows/w.yml")
    assert workflow is not None
    return Scopes(workflow, project).at(trail)(name)


def props(found: Type | None) -> list[str]:
    assert isinstance(found, Object)
    return list(found.props)


def test_matrices() -> None:
    found = context("matrix", "jobs", "one", "steps", 0, "run")
    assert isinstance(found, Object)
    assert (list(found.props), found.rest) == (["os", "node", "extra"], None)
    assert props(found.props["node"]) == ["v", "w"]
    assert context("matrix", "jobs", "four", "name") is ANY
    assert props(context("matrix", "jobs", "two", "name")) == []


def test_steps_before_and_their_outputs() -> None:
    assert props(context("steps", "jobs", "one", "steps", 0, "run")) == []
    assert props(context("steps", "jobs", "one", "steps", 1, "parallel", 0, "run")) == [
        "first",
        "left",
        "right",
    ]
    found = context("steps", "jobs", "one", "outputs", "x")
    assert isinstance(found, Object)
    assert set(found.props) == {"first", "left", "right", "last"}
    outputs = {name: step.get("outputs") for name, step in found.props.items() if isinstance(step, Object)}
    assert props(outputs["first"]) == ["out"]
    assert props(outputs["last"]) == ["cache-hit"]
    assert isinstance(outputs["left"], Object)
    assert outputs["left"].rest is STRING


def test_jobs_that_are_needed() -> None:
    found = context("needs", "jobs", "four", "name")
    assert isinstance(found, Object)
    outputs = {name: job.get("outputs") for name, job in found.props.items() if isinstance(job, Object)}
    assert props(outputs["one"]) == ["digest"]
    assert props(outputs["two"]) == ["image"]
    assert isinstance(outputs["three"], Object)
    assert outputs["three"].rest is ANY


def test_inputs_and_secrets_of_a_called_workflow() -> None:
    found = context("inputs", "jobs", "one", "name")
    assert isinstance(found, Object)
    assert found.props == {"a": BOOLEAN, "b": STRING}
    assert props(context("inputs", "on", "workflow_call", "inputs", "b", "default")) == ["a"]
    assert "token" in props(context("secrets", "jobs", "one", "env", "A"))


def test_every_expression_of_a_value_is_read_alone() -> None:
    text = "on: push\njobs: {a: {runs-on: x, steps: [{run: '${{ 1 + 1 }} ${{ github.sha }} ${{ github'}]}}\n"
    workflow = Project(MemoryFiles({".github/workflows/a.yml": text})).workflow(".github/workflows/a.yml")
    assert workflow is not None
    parts = [part for slot in workflow.reading.slots for part in parts_of(slot)]
    assert [part.error is None for part in parts] == [False, True, False]
    assert workflow.source.slice(parts[1].span(0, 11)) == " github.sha"


def test_known_actions_by_their_versions() -> None:
    exact, minor = known_action("actions/cache", "v4"), known_action("actions/cache", "v4.2.1")
    assert exact is not None
    assert exact == minor
    assert set(exact.required) == {"path", "key"}
    assert known_action("actions/cache", "a-branch") is None
    assert known_action("nobody/nothing", "v1") is None


def test_before_its_first_release_every_minor_version_of_an_action_may_be_another() -> None:
    name = "benbristow/dokploy-deploy-action"
    assert known_action(name, "0.2.2") is not None
    assert known_action(name, "0.0.1") is None
    assert is_retired("azure/container-scan", "v0.1")
    assert is_retired("actions/checkout", "v3.6.0")
    assert not is_retired("actions/checkout", "v4")
