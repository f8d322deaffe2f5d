"""Where steps run: jobs, composite actions, reusable workflows; hostile ones end."""

from __future__ import annotations

import pytest

from cilint.text.hole import HOLE
from tests.pipeline.repositories import DEPLOY, repository

CALLED = ".github/workflows/called.yml"
ACTION = ".github/actions/a/action.yml"


def test_recursion_ends() -> None:
    pipeline = repository(
        {
            DEPLOY: "on: push\njobs: {a: {uses: ./.github/workflows/called.yml}}\n",
            CALLED: """
                on: workflow_call
                jobs:
                  again: {uses: ./.github/workflows/called.yml}
                  work: {runs-on: x, steps: [{uses: ./.github/actions/a}]}
                """,
            ACTION: "runs: {using: composite, steps: [{uses: ./.github/actions/a}, {run: x, shell: bash}]}\n",
        }
    )
    assert 0 < len(pipeline.steps) < 500


def test_branching_recursion_ends_soon() -> None:
    doubling = "on: workflow_call\njobs:\n" + "".join(
        f"  j{each}: {{uses: ./.github/workflows/called.yml}}\n" for each in range(20)
    )
    pipeline = repository(
        {DEPLOY: "on: push\njobs: {a: {uses: ./.github/workflows/called.yml}}\n", CALLED: doubling}
    )
    assert len(pipeline.steps) == 0
    steps = ", ".join(["{uses: ./.github/actions/a}"] * 20)
    pipeline = repository(
        {
            DEPLOY: "on: push\njobs: {a: {runs-on: x, steps: [{uses: ./.github/actions/a}]}}\n",
            ACTION: f"runs: {{using: composite, steps: [{steps}]}}\n",
        }
    )
    assert len(pipeline.steps) < 20_000


@pytest.mark.parametrize(
    "uses", ["./gone", "./../../etc", "./", ".", "./.github/actions/a/", "", "@", "a/b@"]
)
def test_odd_references_are_steps_like_others(uses: str) -> None:
    pipeline = repository(f"on: push\njobs: {{a: {{runs-on: x, steps: [{{uses: '{uses}'}}]}}}}\n")
    assert len(pipeline.steps) == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "on: push",
        "on: push\njobs: 3",
        "on: push\njobs: {a: 3}",
        "jobs: {a: {steps: {b: c}}}",
        "on: push\njobs: {a: {steps: [3, null, [], {run: [1]}, {uses: {a: b}}]}}",
        "on: [push, push, {a: b}]\njobs: {}",
        "on: push\njobs: {a: {uses: 3}}",
        "jobs: {a: {needs: {b: c}, if: [x], env: 3, steps: [{run: x}]}}",
    ],
)
def test_shapes_that_make_no_sense(text: str) -> None:
    pipeline = repository(text)
    assert len(pipeline.steps) <= 2
    assert not pipeline.deploys
    assert not pipeline.requests


def test_inputs_reach_composite_actions_and_called_workflows() -> None:
    pipeline = repository(
        {
            DEPLOY: """
                on: push
                env: {HOST: d.example}
                jobs:
                  a: {uses: ./.github/workflows/called.yml, with: {to: staging}}
                """,
            CALLED: """
                on: {workflow_call: {inputs: {to: {type: string}, size: {default: small}}}}
                env: {WHERE: "${{ inputs.to }}-${{ inputs.size }}"}
                jobs:
                  b: {runs-on: x, steps: [{uses: ./.github/actions/a, with: {Name: "${{ env.WHERE }}"}}]}
                """,
            ACTION: """
                inputs: {name: {}, other: {default: o}}
                runs:
                  using: composite
                  steps: [{run: "${{ inputs.name }} ${{ inputs.other }} ${{ inputs.x }}"}]
                """,
        }
    )
    site = pipeline.steps[-1]
    assert site.text(site.step.run) == "staging-small o "
    assert "HOST" not in site.env  # a caller's environment does not reach the workflow that it calls
    assert site.top.path == CALLED


def test_matrix_values_and_environment_layers() -> None:
    (site,) = repository(
        """
        on: push
        env: {A: one, B: "${{ env.A }}/x", S: "${{ secrets.S }}"}
        jobs:
          a:
            runs-on: x
            strategy: {matrix: {to: [p, q], same: [z]}}
            env: {A: two}
            steps: [{run: x, env: {C: "${{ env.A }}-${{ matrix.same }}-${{ matrix.to }}"}}]
        """
    ).steps
    assert (site.env["A"], site.env["C"], site.env["S"]) == ("two", f"two-z-{HOLE}", HOLE)
    assert site.each("${{ matrix.to }}") == ("p", "q")
