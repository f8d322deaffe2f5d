"""The changes that rules propose, in the style of the file they are made in."""

from __future__ import annotations

import pytest

from cilint.model import edits
from cilint.model.edits import Edits, conjoin
from cilint.model.workflow import Workflow
from cilint.text.edit import apply_edits
from cilint.text.source import SourceFile

STEP = ["name: New", "run: make"]


def workflow(text: str) -> Workflow:
    return Workflow(SourceFile(".github/workflows/x.yml", text))


def applied(text: str, changes: Edits) -> str:
    assert changes is not None
    return apply_edits(text, [change.edit for change in changes])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a == b", "a == b && x"),
        ("a || b", "(a || b) && x"),
        ("${{ a }}", "${{ a && x }}"),
        ("${{ a || b }}", "${{ (a || b) && x }}"),
        ("${{ a }} && b", "a && b && x"),
        ("always()", "always() && x"),
        ("(a || b) && c", "(a || b) && c && x"),
        ("a && (b || c) || d", "(a && (b || c) || d) && x"),
    ],
)
def test_conditions_are_joined_inside_their_braces(old: str, new: str) -> None:
    assert conjoin(old, "x") == new


RUN, DISPATCH = (
    "github.event.workflow_run.conclusion == 'success'",
    "github.event_name == 'workflow_dispatch'",
)
OTHER = "github.event_name != 'workflow_run'"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a == b", f"a == b && ({OTHER} || {RUN})"),
        (f"{DISPATCH} || a", f"{DISPATCH} || (a && {RUN})"),
        (f"a && ({OTHER} || b)", f"a && ({OTHER} || (b && {RUN}))"),
        (f"a && ({OTHER} || (b && c))", f"a && ({OTHER} || (b && c && {RUN}))"),
        (f"({OTHER} || b) && a", f"({OTHER} || b) && a && ({OTHER} || {RUN})"),
        (f"a && ({OTHER} || b) || (c)", f"(a && ({OTHER} || b) || (c)) && ({OTHER} || {RUN})"),
        (f"{OTHER} || (a && b)", f"{OTHER} || (a && b && {RUN})"),
        (f"${{{{ {DISPATCH} || (a) }}}}", f"${{{{ {DISPATCH} || (a && {RUN}) }}}}"),
        (f"{DISPATCH} || (a) && (b)", f"{DISPATCH} || ((a) && (b) && {RUN})"),
        (f"{DISPATCH} || a || b", f"({DISPATCH} || a || b) && ({OTHER} || {RUN})"),
    ],
)
def test_what_holds_for_other_events_goes_on_to_hold(old: str, new: str) -> None:
    assert conjoin(old, RUN, OTHER) == new


@pytest.mark.parametrize(
    ("old", "new"),
    [("a", "c || a"), ("a && b", "c || (a && b)"), ("${{ a || b }}", "${{ c || a || b }}")],
)
def test_a_job_is_allowed_to_run_under_another_condition(old: str, new: str) -> None:
    text = f"jobs:\n  a:\n    if: {old}\n"
    assert applied(text, edits.allow(workflow(text).jobs[0], "c")) == text.replace(f"if: {old}", f"if: {new}")


def test_an_alternative_gets_parentheses_when_joined() -> None:
    assert conjoin("a", "x || y") == "a && (x || y)"
    assert conjoin("a", "(x || y) == z") == "a && (x || y) == z"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("jobs:\n  a:\n    runs-on: x\n", "jobs:\n  a:\n    if: c\n    runs-on: x\n"),
        (
            "jobs:\n  a:\n    name: A\n    runs-on: x\n",
            "jobs:\n  a:\n    name: A\n    if: c\n    runs-on: x\n",
        ),
        ("jobs:\n  a:\n    if: b # why\n", "jobs:\n  a:\n    if: b && c # why\n"),
        ('jobs:\n  a:\n    if: "b"\n', 'jobs:\n  a:\n    if: "b && c"\n'),
        ("jobs:\r\n  a:\r\n    runs-on: x\r\n", "jobs:\r\n  a:\r\n    if: c\r\n    runs-on: x\r\n"),
    ],
)
def test_a_condition_for_a_job(text: str, expected: str) -> None:
    assert applied(text, edits.require(workflow(text).jobs[0], "c")) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("on: push\n", "on:\n  push:\n  workflow_dispatch:\n"),
        ("on: push # all\n", "on: # all\n  push:\n  workflow_dispatch:\n"),
        ("on: [push]\n", "on: [push, workflow_dispatch]\n"),
        ("on:\n  - push\n", "on:\n  - push\n  - workflow_dispatch\n"),
        (
            "on:\n  push:\n    branches: [main]\n",
            "on:\n  push:\n    branches: [main]\n  workflow_dispatch:\n",
        ),
    ],
)
def test_a_trigger_in_every_form(text: str, expected: str) -> None:
    changed = applied(text, edits.set_trigger(workflow(text), "workflow_dispatch"))
    assert set(workflow(changed).triggers) == {"push", "workflow_dispatch"}
    assert changed == expected


def test_triggers_are_written_in_the_indentation_of_the_file() -> None:
    text = "on: [push]\njobs:\n    a: {}\n"
    changed = applied(text, edits.set_trigger(workflow(text), "pull_request", ["branches:", "  - main"]))
    assert changed == (
        "on:\n    push:\n    pull_request:\n        branches:\n            - main\njobs:\n    a: {}\n"
    )


@pytest.mark.parametrize(
    "value", ["\n  - push # always\n", "\n  # both\n  - push\n", " &on [push]\nx: *on\n"]
)
def test_a_list_of_triggers_stays_where_a_comment_or_an_alias_would_be_lost(value: str) -> None:
    assert edits.set_trigger(workflow(f"on:{value}"), "pull_request", ["branches: [main]"]) is None


def test_a_trigger_with_filters_turns_a_list_into_a_mapping() -> None:
    text = "on: [push]\njobs: {}\n"
    changed = applied(text, edits.set_trigger(workflow(text), "pull_request", ["branches: [main]"]))
    assert changed == "on:\n  push:\n  pull_request:\n    branches: [main]\njobs: {}\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("on:\n  push:\n    branches: [a]\n", "on:\n  push:\n    branches: ['**']\n"),
        ("on:\n  push:\n    branches:\n      - a\n      - b\n", "on:\n  push:\n    branches: ['**']\n"),
        ("on:\n  push:\n    tags: [v1]\n", "on:\n  push:\n    tags: [v1]\n    branches: ['**']\n"),
        ("on:\n  push:\n", "on:\n  push:\n    branches: ['**']\n"),
        ("on: push\n", "on:\n  push:\n    branches: ['**']\n"),
    ],
)
def test_a_filter_in_every_form(text: str, expected: str) -> None:
    before = workflow(text)
    changed = applied(text, edits.set_filter(before, before.triggers["push"], "branches", ["**"]))
    assert workflow(changed).triggers["push"].filter("branches") == ("**",)
    assert changed.replace('"', "'") == expected


def test_a_filter_with_comments_is_left_to_its_author() -> None:
    before = workflow("on:\n  push:\n    branches:\n      # the old ones\n      - a\n")
    assert edits.set_filter(before, before.triggers["push"], "branches", ["b"]) is None


def test_inputs_of_a_step() -> None:
    text = (
        "jobs:\n  a:\n    steps:\n      - uses: a/b@c\n      - uses: d/e@f\n        with:\n          x: 'y'\n"
    )
    first, second = workflow(text).jobs[0].steps
    assert "- uses: a/b@c\n        with:\n          z: new\n" in applied(
        text, edits.set_input(first, "z", "new")
    )
    assert "          x: 'new'\n" in applied(text, edits.set_input(second, "x", "new"))
    lines = applied(text, edits.set_input(second, "z", "one\ntwo"))
    assert "          z: |\n            one\n            two\n" in lines


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("with: {x: a}", "with: {x: a, y: b, z: c}"),
        ("with: {}", "with:\n          y: b\n          z: c"),
        ("with:\n          x: a", "with:\n          x: a\n          y: b\n          z: c"),
        ("name: n", "with:\n          y: b\n          z: c\n        name: n"),
    ],
)
def test_several_inputs_of_a_step(given: str, expected: str) -> None:
    text = "jobs:\n  a:\n    steps:\n      - uses: a/b@c\n        "
    step = workflow(text + given + "\n").jobs[0].steps[0]
    assert (
        applied(text + given + "\n", edits.set_inputs(step, {"y": "b", "z": "c"})) == text + expected + "\n"
    )


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("with:\n          x: a", "with:\n          x: |\n            a\n            b\n"),
        ("with:\n          x: 'a' # why", "with:\n          x: | # why\n            a\n            b\n"),
        ("with:\n          x: |-\n            a", "with:\n          x: |-\n            a\n            b"),
        ("with: {x: a, w: v}", 'with: {x: "a\\nb", w: v}'),
    ],
)
def test_a_line_is_added_to_an_input(given: str, expected: str) -> None:
    text = "jobs:\n  a:\n    steps:\n      - uses: a/b@c\n        "
    step = workflow(text + given + "\n").jobs[0].steps[0]
    changed = applied(text + given + "\n", edits.append_line(step, "x", "b"))
    assert changed.rstrip("\n") == (text + expected).rstrip("\n")
    assert workflow(changed).jobs[0].steps[0].inputs["x"].text.splitlines() == ["a", "b"]


@pytest.mark.parametrize("after", [False, True])
def test_a_step_beside_another(after: bool) -> None:
    text = "jobs:\n  a:\n    steps:\n      - run: one\n\n      - run: two # b\n"
    step = workflow(text).jobs[0].steps[1]
    changed = workflow(applied(text, edits.insert_step(step, STEP, after=after)))
    names = [step.name for step in changed.jobs[0].steps]
    assert names == (["Run one", "Run two", "New"] if after else ["Run one", "New", "Run two"])


def test_permissions_go_where_they_count() -> None:
    text = "permissions:\n  contents: read\njobs:\n  a:\n    runs-on: x\n"
    changed = applied(text, edits.set_permission(workflow(text).jobs[0], "packages", "write"))
    assert changed == "permissions:\n  contents: read\n  packages: write\njobs:\n  a:\n    runs-on: x\n"
    bare = "jobs:\n  a:\n    runs-on: x\n"
    changed = applied(bare, edits.set_permission(workflow(bare).jobs[0], "packages", "write"))
    assert "    permissions:\n      contents: read\n      packages: write\n    runs-on: x\n" in changed


def test_what_an_alias_repeats_is_left_alone() -> None:
    text = "x: &j\n  runs-on: x\njobs:\n  a: *j\n  b: *j\n"
    assert edits.require(workflow(text).jobs[0], "c") is None


def test_a_step_has_a_name_where_its_neighbour_has_one() -> None:
    text = "jobs:\n  a:\n    steps:\n      - name: One\n        run: one\n      - run: two\n"
    one, two = workflow(text).jobs[0].steps
    for step, name in ((one, "New"), (two, "Run make")):  # the latter is what GitHub calls it
        changed = workflow(applied(text, edits.insert_step(step, ["run: make"], name="New"))).jobs[0].steps
        assert changed[step.index].name == name
