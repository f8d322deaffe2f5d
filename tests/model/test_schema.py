"""GitHub's schema: what is told of a file, where expressions stand, and that the table is GitHub's own."""

from __future__ import annotations

import os
from pathlib import Path
from runpy import run_path

import pytest

from cilint.model import schema_data
from cilint.model.action import Action
from cilint.model.workflow import Workflow
from cilint.text.source import SourceFile

PARSER = Path(os.environ.get("ACTIONS_PACKAGES", "."), "node_modules/@actions/workflow-parser")
JOB = "jobs:\n  a:\n    runs-on: x\n"


def workflow(text: str) -> Workflow:
    return Workflow(SourceFile(".github/workflows/w.yml", text))


def told(text: str) -> list[tuple[str, str, str]]:
    """Topic, place and message of each problem."""
    file = workflow(text)
    return [
        (problem.topic, file.source.slice(problem.span), problem.message) for problem in file.reading.problems
    ]


@pytest.mark.skipif(not PARSER.exists(), reason="needs npm's @actions/workflow-parser below ACTIONS_PACKAGES")
def test_the_table_is_what_github_publishes() -> None:
    generator = run_path("tools/workflow_schema.py")
    assert generator["module"](PARSER) == Path(schema_data.__file__).read_text()


def test_every_name_in_the_tables_leads_somewhere() -> None:
    for shapes, mappings in (
        (schema_data.WORKFLOW_SHAPES, schema_data.WORKFLOW_MAPPINGS),
        (schema_data.ACTION_SHAPES, schema_data.ACTION_MAPPINGS),
    ):
        for _, _, item, choices, _ in shapes.values():
            assert not item or item in shapes
            assert set(choices) <= set(mappings)
        for keys, required, others in mappings.values():
            assert set(keys.values()) <= set(shapes)
            assert set(required) <= set(keys)
            assert not others or others in shapes


@pytest.mark.parametrize(
    ("text", "topic", "place", "message"),
    [
        ("on: push\nenvs: {}\n" + JOB, "schema", "envs", "a workflow has no `envs`; did you mean `env`?"),
        ("on: push\n", "schema", "on", "a workflow needs `jobs`"),
        ("on: [push, pusch]\n" + JOB, "event", "pusch", "there is no event `pusch`; did you mean `push`?"),
        ("on: {zzz: }\n" + JOB, "event", "zzz", "there is no event `zzz`"),
        ("on: push\n" + JOB + "    permissions: {x-y: read}\n", "permission", "x-y",
         "there is no permission `x-y`"),
        ("on: push\n" + JOB + "    steps: [{name: x}]\n", "schema", "name",
         "a step needs `run` or `uses` or `wait` or `wait-all` or `cancel` or `parallel`"),
        ("on: push\n" + JOB + "    with: {x: y}\n", "schema", "with",
         "a job takes no `with`: it has `runs-on`"),
        ("on: push\n" + JOB + "    env:\n", "schema", "", "`env` is empty: it must be a mapping"),
        ("on: push\n" + JOB + "    needs: {a: b}\n", "schema", "a",
         "`needs` must be a text or a list, not a mapping"),
    ],
)  # fmt: skip
def test_problems_are_told_where_they_are(text: str, topic: str, place: str, message: str) -> None:
    assert told(text) == [(topic, place, message)]


def test_slots_know_what_they_may_use() -> None:
    steps = "    if: always()\n    steps: [{run: 'a ${{ env.X }}'}]\n"
    text = "on: push\nrun-name: ${{ github.sha }}\n" + JOB + steps
    name, condition, run = workflow(text).reading.slots
    assert name.available == {"github", "inputs", "vars"}
    assert condition.bare
    assert condition.trail == ("jobs", "a", "if")
    assert {"needs", "always()"} < condition.available
    assert run.trail == ("jobs", "a", "steps", 0, "run")
    assert {"secrets", "hashfiles()"} < run.available
    assert "always()" not in run.available


def test_aliases_are_read_where_they_are_used() -> None:
    text = (
        "on: push\nenv: &e {A: '${{ secrets.A }}'}\n" + JOB + "    env: *e\n    steps: [{run: x, env: *e}]\n"
    )
    assert [slot.trail for slot in workflow(text).reading.slots] == [
        ("env", "A"),
        ("jobs", "a", "env", "A"),
        ("jobs", "a", "steps", 0, "env", "A"),
    ]


def test_groups_within_groups_end() -> None:
    steps = "".join(f"      - &s{n} {{parallel: [*s{n - 1}]}}\n" for n in range(1, 2000))
    text = "on: push\n" + JOB + "    steps:\n      - &s0 {run: '${{ github.sha }}'}\n" + steps
    assert not told(text)


def test_an_action_is_read_by_what_it_runs_in() -> None:
    source = SourceFile("action.yml", "name: x\ndescription: y\nruns: {using: node24, steps: []}\n")
    problems = Action(source).reading.problems
    assert [problem.message for problem in problems] == [
        "an action that runs in Node takes no `steps`: it has `using`",
        "an action that runs in Node needs `main`",
    ]
