"""Outputs of local composite actions and of called workflows, in the scenario that decides them."""

from __future__ import annotations

import pytest

from cilint.pipeline.evaluate import UNKNOWN
from cilint.pipeline.pipeline import Pipeline
from cilint.pipeline.scenarios import SHA
from cilint.pipeline.sites import MAX_SITES
from cilint.text.hole import HOLE
from tests.pipeline.repositories import DEPLOY, repository

MAIN, PULL = "a push to main", "a pull request to main"
CALLED = ".github/workflows/called.yml"
ACTION = """
    inputs: {name: {default: api}}
    outputs:
      tag: {description: a tag, value: "${{ inputs.name }}:${{ steps.t.outputs.tag }}"}
      main: {value: "${{ github.ref == 'refs/heads/main' }}"}
      date: {value: "${{ steps.t.outputs.date }}"}
    runs:
      using: composite
      steps:
        - id: t
          shell: bash
          run: |
            echo "tag=${GITHUB_SHA::7}" >> "$GITHUB_OUTPUT"
            echo "date=$(date)" >> "$GITHUB_OUTPUT"
            echo "FROM_ACTION=${{ inputs.name }}" >> "$GITHUB_ENV"
    """
SHORT_SHA = SHA[:7]


def value(pipeline: Pipeline, expression_name: str = "USE", title: str = MAIN) -> str:
    """What a variable of the last step comes to; a HOLE for what is not known."""
    site = pipeline.steps[-1]
    scenario = next(each for each in pipeline.runs.scenarios(site.call.entry) if each.title == title)
    found = pipeline.runs.reach(site.call.entry).contexts(site, scenario)["env"].get(expression_name, "")
    return HOLE if found is UNKNOWN else str(found)


def after_action(use: str, step: str = "", action: str = ACTION) -> Pipeline:
    text = f"""
        on: [push, pull_request]
        jobs:
          a:
            runs-on: x
            steps:
              - id: act
                uses: ./act
                {step}
              - run: x
                env: {{USE: "{use}"}}
        """
    return repository({DEPLOY: text, "act/action.yml": action})


@pytest.mark.parametrize(
    ("use", "found"),
    [
        ("${{ steps.act.outputs.tag }}", f"api:{SHORT_SHA}"),
        ("${{ steps.act.outputs.main }}", "true"),
        ("${{ steps.act.outputs.date }}", HOLE),
        ("${{ env.FROM_ACTION }}", "api"),
        ("${{ steps.t.outputs.tag }}", HOLE),
    ],
)
def test_outputs_of_a_composite_action(use: str, found: str) -> None:
    assert value(after_action(use)) == found


def test_they_follow_the_event_and_what_the_action_is_given() -> None:
    used = "${{ steps.act.outputs.tag }}"
    assert value(after_action(used, "with: {name: web}")) == f"web:{SHORT_SHA}"
    assert value(after_action("${{ steps.act.outputs.main }}"), title=PULL) == "false"
    skipped = after_action(used, "if: github.event_name == 'push'")
    assert value(skipped) == f"api:{SHORT_SHA}"
    assert value(skipped, title=PULL) == ""
    assert value(after_action(used, "if: vars.X == 'y'")) == HOLE


def test_a_step_inside_may_not_run() -> None:
    action = ACTION.replace("shell: bash", "shell: bash\n          if: github.event_name == 'push'")
    assert value(after_action("${{ env.FROM_ACTION }}", action=action)) == "api"
    assert value(after_action("${{ env.FROM_ACTION }}", action=action), title=PULL) == HOLE


def test_actions_inside_actions_and_jobs() -> None:
    files = {
        DEPLOY: """
            on: [push, pull_request]
            jobs:
              plan:
                runs-on: x
                outputs: {go: "${{ steps.o.outputs.main }}", tag: "${{ steps.o.outputs.tag }}"}
                steps: [{id: o, uses: ./outer}]
              ship:
                needs: plan
                if: needs.plan.outputs.go == 'true'
                runs-on: x
                steps: [{run: x, env: {USE: "${{ needs.plan.outputs.tag }}"}}]
            """,
        "outer/action.yml": """
            outputs:
              main: {value: "${{ steps.inner.outputs.main }}"}
              tag: {value: "v-${{ steps.inner.outputs.tag }}"}
            runs:
              using: composite
              steps: [{id: inner, uses: ./act, with: {name: deep}}]
            """,
        "act/action.yml": ACTION,
    }
    found = repository(files)
    site = found.steps[-1]
    states = {each.title: found.runs.step_state(site, each) for each in found.runs.scenarios(site.call.entry)}
    assert [title for title, state in states.items() if state is not False] == [MAIN]
    assert value(found) == f"v-deep:{SHORT_SHA}"


def called(text: str, use: str = "${{ needs.call.outputs.tag }}", given: str = "{}") -> Pipeline:
    """A job that takes what a called workflow gives."""
    entry = f"""
        on: [push, pull_request]
        jobs:
          call:
            uses: ./.github/workflows/called.yml
            with: {given}
          use:
            needs: call
            runs-on: x
            steps: [{{run: x, env: {{USE: "{use}"}}}}]
        """
    return repository({DEPLOY: entry, CALLED: text, "act/action.yml": ACTION})


WORKFLOW = """
    on:
      workflow_call:
        inputs: {name: {type: string, default: api}}
        outputs:
          tag: {value: "${{ jobs.plan.outputs.tag }}"}
          go: {value: "${{ jobs.plan.outputs.go }}"}
          name: {value: "${{ inputs.name }}"}
    jobs:
      plan:
        runs-on: x
        outputs: {tag: "${{ steps.t.outputs.tag }}", go: "${{ github.event_name == 'push' }}"}
        steps:
          - id: t
            uses: ./act
            with: {name: "${{ inputs.name }}"}
    """


def test_outputs_of_a_called_workflow() -> None:
    assert value(called(WORKFLOW)) == f"api:{SHORT_SHA}"
    assert value(called(WORKFLOW, given="{name: web}")) == f"web:{SHORT_SHA}"
    assert value(called(WORKFLOW, "${{ needs.call.outputs.go }}")) == "true"
    assert value(called(WORKFLOW, "${{ needs.call.outputs.go }}"), title=PULL) == "false"
    assert value(called(WORKFLOW, "${{ needs.call.outputs.name }}", "{name: web}")) == "web"
    assert value(called(WORKFLOW, "${{ needs.call.outputs.other }}")) == HOLE


def test_what_is_published_by_names_from_outputs() -> None:
    push = "docker push ghcr.io/acme/${{ needs.call.outputs.tag }}"
    text = """
        on: {push: {branches: [main]}}
        jobs:
          call: {uses: ./.github/workflows/called.yml}
          ship: {needs: call, runs-on: x, steps: [{run: "%s"}]}
        """
    files = {DEPLOY: text.replace("%s", push), CALLED: WORKFLOW, "act/action.yml": ACTION}
    (pushed,) = repository(files, branch="main").image_pushes
    assert pushed.image_in(pushed.scenarios[0]).text == f"ghcr.io/acme/api:{SHORT_SHA}"  # type: ignore[union-attr]


def test_circles_of_calls_end() -> None:
    again = "jobs: {plan: {uses: ./.github/workflows/called.yml}}"
    circle = WORKFLOW.partition("    jobs:")[0] + f"    {again}\n"
    assert value(called(circle)) == HOLE
    action = "outputs: {tag: {value: '${{ steps.s.outputs.tag }}'}}\n"
    action += "runs: {using: composite, steps: [{id: s, uses: ./act}]}\n"
    assert value(after_action("${{ steps.act.outputs.tag }}", action=action)) == HOLE


def test_many_actions_inside_one_another_take_no_time() -> None:
    depth, width = 8, 12
    files = {
        f"a{level}/action.yml": "outputs: {v: {value: '${{ steps.s0.outputs.v }}${{ steps.s1.outputs.v }}'}}\n"
        "runs:\n  using: composite\n  steps:\n"
        + "".join(f"    - {{id: s{number}, uses: ./a{level + 1}}}\n" for number in range(width))
        for level in range(depth)
    }
    files[f"a{depth}/action.yml"] = ACTION
    steps = '[{id: s, uses: ./a0}, {run: x, env: {USE: "${{ steps.s.outputs.v }}"}}]'
    found = repository({DEPLOY: f"on: push\njobs: {{a: {{runs-on: x, steps: {steps}}}}}\n", **files})
    assert len(found.steps) <= MAX_SITES
    assert value(found) in ("", HOLE)
