from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cilint.model.files import MemoryFiles
from cilint.model.project import Project
from cilint.pipeline.evaluate import condition
from cilint.pipeline.filters import matches
from cilint.pipeline.partial import equal
from cilint.pipeline.possible_events import MAX_ALTERNATIVES, _opened, possible_events
from cilint.text.hole import HOLE

PATH = ".github/workflows/w.yml"


def events(on: str) -> tuple[dict[str, Any], ...]:
    workflow = Project(MemoryFiles({PATH: f"on: {on}\njobs: {{}}\n"})).workflow(PATH)
    assert workflow is not None
    return possible_events(workflow)


@pytest.mark.parametrize(
    ("on", "text", "states"),
    [
        ("push", "github.ref_type == 'branch'", {True, False}),
        ("{push: {branches: [main]}}", "github.ref == 'refs/heads/main'", {True}),
        ("{push: {branches-ignore: [main]}}", "startsWith(github.ref, 'refs/tags/')", {False}),
        ("{push: {tags: ['v*']}}", "github.ref_name == 'main'", {False}),
        ("{push: {tags: ['v*']}}", "github.ref_name == 'v1'", {None}),
        ("{push: {branches: ['!x', 'r?y', '[ab]c', 'a\\+']}}", "github.ref_name == 'main'", {False}),
        ("pull_request", "github.event.action == 'closed'", {False}),
        ("{pull_request: {types: closed}}", "github.ref == 'refs/heads/main'", {None}),
        ("pull_request_target", "github.ref == 'refs/heads/main'", {None}),
        ("issues", "github.event.action == 'opened'", {None}),
        ("[push, workflow_dispatch]", "inputs.tag", {False, None}),
        ("{schedule: [{cron: 1 2 * * *}]}", "github.event.schedule == '1 2 * * *'", {True}),
        ("workflow_run", "github.event.workflow_run.conclusion == 'success'", {None}),
        ("[push, workflow_call]", "github.event_name == 'issues'", {None}),
    ],
)
def test_what_events_make_of_a_condition(on: str, text: str, states: set[bool | None]) -> None:
    assert {condition(f"always() && ({text})", event) for event in events(on)} == states


def test_too_many_alternatives_are_any() -> None:
    names = ", ".join(f"b{number}" for number in range(MAX_ALTERNATIVES + 1))
    assert events(f"{{push: {{branches: [{names}]}}}}") == ({},)


@given(st.text("ab/*?+[]-\\", max_size=8), st.text("ab/-*", max_size=6))
def test_a_pattern_with_holes_is_never_narrower_than_the_pattern(pattern: str, name: str) -> None:
    if matches(pattern, name):
        assert equal(_opened(pattern), name) is not False, (pattern, _opened(pattern).replace(HOLE, "…"))
