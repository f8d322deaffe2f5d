"""Handing expressions over by ``env``: the script reads the same text."""

from __future__ import annotations

import pytest

from cilint.pipeline.effects.script_expressions import ScriptExpression
from cilint.text.edit import apply_edits
from tests.pipeline.repositories import DEPLOY, deploy, job, repository

SECRET = "${{ secrets.A }}"


def only(script: str, **changes: str) -> ScriptExpression:
    return deploy(script, **changes).script_expressions[0]


@pytest.mark.parametrize(
    ("script", "replaced"),
    [
        (f"run {SECRET}", 'run "$A"'),
        (f'run "{SECRET}"', 'run "$A"'),
        (f"run '{SECRET}'", "run ''\"$A\"''"),
        (f'run "x{SECRET}y"', 'run "x${A}y"'),
        (f"run x{SECRET}/y", 'run x"$A"/y'),
        (f"X={SECRET} run", 'X="$A" run'),
        (f"run <<< {SECRET}", 'run <<< "$A"'),
        (f"run > {SECRET}.txt", 'run > "$A".txt'),
        (f"if [[ {SECRET} == x ]]; then run; fi", 'if [[ "$A" == x ]]; then run; fi'),
        (f"for i in {SECRET}; do run; done", 'for i in "$A"; do run; done'),
        (f"cat <<E\n{SECRET}\nE", "cat <<E\n$A\nE"),
        (f"run \"$(other '{SECRET}')\"", "run \"$(other ''\"$A\"'')\""),
        ("run ${{ secrets['A'] }}", 'run "$A"'),
        ("run ${{secrets.A}}", 'run "$A"'),
        (f"A=1\nrun {SECRET}", 'A=1\nrun "$INPUT_A"'),
        (f"A={SECRET}", 'A="$A"'),
    ],
)
def test_scripts(script: str, replaced: str) -> None:
    expression = only(script)
    edits = expression.hoist_edits
    assert edits is not None
    text = job(script)
    changed = apply_edits(text, [each.edit for each in edits])
    (site,) = repository(changed).steps
    assert site.step.run is not None
    assert site.step.run.text == replaced + "\n"
    assert len(site.step.env) == 1


@pytest.mark.parametrize(
    "script",
    [
        f"cat <<'E'\n{SECRET}\nE",  # nothing is expanded here
        f"# {SECRET}",
        f"ssh host 'run {SECRET}'",  # the variable is not there
        f"ssh host <<E\nrun {SECRET}\nE",
    ],
)
def test_what_cannot_be_handed_over(script: str) -> None:
    assert only(script).hoist_edits is None


@pytest.mark.parametrize(
    ("source", "on", "found"),
    [
        ("inputs.tag", "{workflow_dispatch: {inputs: {tag: {}}}}", "tag"),
        ("github.event.inputs.tag", "{workflow_dispatch: {inputs: {tag: {type: string}}}}", "tag"),
        ("inputs['tag']", "{workflow_call: {inputs: {tag: {type: string}}}}", "tag"),
        ("inputs.tag", "{workflow_dispatch: {inputs: {tag: {type: choice}}}}", None),
        ("inputs.tag", "{workflow_dispatch: {inputs: {tag: {type: number}}}}", None),
        ("steps.inputs.outputs.tag", "push", None),
        ("github.sha", "push", None),
    ],
)
def test_inputs(source: str, on: str, found: str | None) -> None:
    assert only(f"run ${{{{ {source} }}}}", on=on).input == found


def test_a_variable_that_is_there_is_used() -> None:
    expression = only(f"run {SECRET}", head=f"env: {{OTHER: '{SECRET}'}}")
    edits = expression.hoist_edits
    assert edits is not None
    assert [(each.path, each.edit.text) for each in edits] == [(DEPLOY, '"$OTHER"')]
