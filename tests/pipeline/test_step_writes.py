"""What scripts write for later steps and jobs, in the scenario that decides it."""

from __future__ import annotations

import pytest

from cilint.pipeline.evaluate import UNKNOWN
from cilint.text.hole import HOLE
from tests.pipeline.repositories import DEPLOY, repository

MAIN, PULL = "a push to main", "a pull request to main"


def values(script: str, use: str, *, step: str = "", title: str = MAIN) -> str:
    """What the expressions in ``use`` come to in the step after the script."""
    lines = "\n".join("          " + line for line in script.split("\n"))
    text = (
        "on: [push, pull_request]\njobs:\n  a:\n    runs-on: x\n    steps:\n      - id: s\n"
        f"{step}        run: |\n{lines}\n      - run: echo {use}\n        env: {{USE: '{use}'}}\n"
    )
    pipeline = repository(text)
    site = pipeline.steps[-1]
    scenario = next(each for each in pipeline.runs.scenarios(site.call.entry) if each.title == title)
    env = pipeline.runs.reach(site.call.entry).contexts(site, scenario)["env"]
    found = env.get("USE", "")
    return HOLE if found is UNKNOWN else str(found)


OUT = "${{ steps.s.outputs.v }}"


@pytest.mark.parametrize(
    ("script", "value"),
    [
        ('echo "v=1" >> "$GITHUB_OUTPUT"', "1"),
        ("echo v=1 >> $GITHUB_OUTPUT\necho v=2 >> $GITHUB_OUTPUT", "2"),
        ('printf "v=%s\\n" "$GITHUB_REF_NAME" >> "${GITHUB_OUTPUT}"', "main"),
        ('{ echo "u=0"; echo "v=a=b"; } >> "$GITHUB_OUTPUT"', "a=b"),
        ('echo "v=1" | tee -a "$GITHUB_OUTPUT"', "1"),
        ('cat >> "$GITHUB_OUTPUT" <<END\nu=0\nv=$GITHUB_REF\nEND', "refs/heads/main"),
        ('{\necho "v<<END"\necho one\necho two\necho END\n} >> "$GITHUB_OUTPUT"', "one\ntwo"),
        ("case $GITHUB_REF in refs/heads/main) echo v=1 ;; *) echo v=2 ;; esac >> $GITHUB_OUTPUT", "1"),
        ('if [ "$GITHUB_EVENT_NAME" = push ]; then echo v=1 >> "$GITHUB_OUTPUT"; fi', "1"),
        ('if [ "$GITHUB_EVENT_NAME" != push ]; then echo v=1 >> "$GITHUB_OUTPUT"; fi', ""),
        ('x=${{ github.ref_name }}\necho "v=$x" >> "$GITHUB_OUTPUT"', "main"),
        ('if curl x; then echo v=1 >> "$GITHUB_OUTPUT"; fi', HOLE),
        ('echo "v=$(date)" >> "$GITHUB_OUTPUT"', HOLE),
        ('echo "v=$UNHEARD_OF" >> "$GITHUB_OUTPUT"', HOLE),
        ("echo v=1 >> other", HOLE),
        ("node write.js >> $GITHUB_OUTPUT", HOLE),
        ("x=$(echo v=1 >> $GITHUB_OUTPUT)", HOLE),
    ],
)
def test_outputs(script: str, value: str) -> None:
    assert values(script, OUT) == value


def test_the_scenario_decides() -> None:
    script = 'v=no\n[ "$GITHUB_REF" = refs/heads/main ] && v=yes\necho "v=$v" >> "$GITHUB_OUTPUT"'
    assert values(script, OUT) == "yes"
    assert values(script, OUT, title=PULL) == "no"


def test_a_step_that_does_not_run_leaves_nothing() -> None:
    condition = "        if: github.event_name == 'push'\n"
    script = 'echo "v=1" >> "$GITHUB_OUTPUT"\necho "W=1" >> "$GITHUB_ENV"'
    assert values(script, OUT, step=condition) == "1"
    assert values(script, OUT, step=condition, title=PULL) == ""
    assert values(script, "${{ env.W }}", step=condition) == "1"


def test_a_variable_that_is_left_unset_is_empty() -> None:
    script = 'if [ "$GITHUB_REF" = refs/heads/main ]; then echo "W=1" >> "$GITHUB_ENV"; fi'
    assert values(script, "${{ env.W }}") == "1"
    assert values(script, "${{ env.W }}", title=PULL) == ""


def test_variables_come_after_those_of_the_job() -> None:
    text = (
        "on: push\nenv: {A: 1, B: 1, C: 1}\njobs:\n  a:\n    runs-on: x\n    steps:\n"
        '      - run: printf "B=2\\nC=2\\n" >> $GITHUB_ENV\n      - run: x\n        env: {C: 3}\n'
    )
    pipeline = repository(text)
    first, last = pipeline.steps
    assert (last.env["A"], last.env["B"], last.env["C"]) == ("1", "2", "3")
    assert first.env["B"] == "1"


def test_outputs_of_jobs_and_what_workflows_are_given() -> None:
    files = {
        DEPLOY: """\
            on: [push, pull_request]
            jobs:
              plan:
                runs-on: x
                outputs: {go: "${{ steps.s.outputs.go }}"}
                steps:
                  - id: s
                    run: |
                      go=false
                      if [ "$GITHUB_REF" = refs/heads/main ]; then go=true; fi
                      echo "go=$go" >> "$GITHUB_OUTPUT"
              call:
                needs: plan
                uses: ./.github/workflows/called.yml
                with: {go: "${{ needs.plan.outputs.go == 'true' }}"}
            """,
        ".github/workflows/called.yml": """\
            on: {workflow_call: {inputs: {go: {type: boolean}}}}
            jobs:
              b:
                if: inputs.go
                runs-on: x
                steps: [{uses: ./act, with: {go: "${{ inputs.go }}"}}]
            """,
        "act/action.yml": """\
            name: act
            inputs: {go: {default: "false"}}
            runs:
              using: composite
              steps: [{run: x, shell: bash, if: inputs.go == 'true'}]
            """,
    }
    pipeline = repository(files)
    site = pipeline.steps[-1]
    states = {
        each.title: pipeline.runs.step_state(site, each) for each in pipeline.runs.scenarios(site.call.entry)
    }
    assert [title for title, state in states.items() if state is not False] == [MAIN]


def test_many_steps_that_write_take_no_time() -> None:
    steps = "".join(
        f"      - id: s{n}\n        if: steps.s{n - 1}.outputs.v == '1'\n"
        f"        run: echo v=${{{{ steps.s{n - 1}.outputs.v }}}} >> $GITHUB_OUTPUT\n"
        for n in range(400)
    )
    pipeline = repository(f"on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n{steps}")
    site = pipeline.steps[-1]
    for scenario in pipeline.runs.scenarios(site.call.entry):
        assert pipeline.runs.step_state(site, scenario) in (None, False)
