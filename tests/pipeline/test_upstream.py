"""The workflows that ``workflow_run`` waits for."""

from __future__ import annotations

import pytest

from cilint.pipeline.pipeline import Pipeline
from tests.pipeline.repositories import BUILD, DEPLOY, repository


def waiting(trigger: str, **others: str) -> Pipeline:
    files = {f".github/workflows/{name}.yml": text for name, text in others.items()}
    return repository(
        {
            BUILD: "name: Backend Build\non: push\njobs: {}\n",
            DEPLOY: f"on: {{workflow_run: {trigger}}}\n",
            **files,
        }
    )


@pytest.mark.parametrize(
    ("written", "exists", "meant"),
    [
        ("Backend Build", True, "Backend Build"),
        ("backend build", False, "Backend Build"),
        ("backend-build.yml", False, "Backend Build"),
        ("backend-build", False, "Backend Build"),
        (BUILD, False, "Backend Build"),
        ("Backend Biuld", False, "Backend Build"),
        ("Backend *", True, "Backend Build"),
        ("*\\+*", False, "Backend Build"),
    ],
)
def test_names(written: str, exists: bool, meant: str) -> None:
    (name,) = waiting(f"{{workflows: ['{written}']}}").upstream_names
    assert (name.exists, name.meant) == (exists, meant)


@pytest.mark.parametrize(
    ("trigger", "names", "types"),
    [
        ("{workflows: [A, B], types: [completed]}", ["A", "B"], ("completed",)),
        ("{workflows: A, types: requested}", ["A"], ("requested",)),
        ("{workflows: []}", [], None),
        ("{workflows: {a: b}}", [], None),
        ("", [], None),
    ],
)
def test_triggers(trigger: str, names: list[str], types: tuple[str, ...] | None) -> None:
    (found,) = waiting(trigger).upstream_triggers
    assert [name.text for name in found.names] == names
    assert found.types == types


def test_a_workflow_never_waits_for_itself_and_nameless_ones_are_called_by_path() -> None:
    pipeline = waiting(
        f"{{workflows: ['{DEPLOY}', .github/workflows/plain.yml]}}", plain="on: push\njobs: {}\n"
    )
    assert [name.exists for name in pipeline.upstream_names] == [False, True]
