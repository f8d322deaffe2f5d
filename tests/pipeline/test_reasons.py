"""Why things run: the words, and that they never say another thing than reach."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cilint.pipeline.evaluate import Open, Status, condition
from cilint.pipeline.explain import explain
from cilint.pipeline.pipeline import Pipeline
from cilint.pipeline.reasons import Reason, job_reason, start_reason, step_reason
from cilint.pipeline.simulation import Table, Wish, calls_of, table
from tests.pipeline.repositories import DEPLOY, repository, sliced

MAIN, DEV = "a push to main", "a push to dev"
HEAD = "on: {push: {branches: [main, dev]}}\njobs:\n"
LAST = "    runs-on: x\n    steps: [{run: x}]\n"


def found(pipeline: Pipeline, wish: Wish | None = None) -> Table:
    workflow = pipeline.project.workflows[0]
    return table(pipeline.runs, workflow, wish or Wish())


def last(text: str, title: str = MAIN) -> tuple[Reason, Pipeline]:
    """The reason of the last row in a scenario."""
    pipeline = repository(text)
    every = found(pipeline)
    at = [start.scenario.title for start in every.scenarios].index(title)
    return every.rows[-1].reasons[at], pipeline


@pytest.mark.parametrize(
    ("jobs", "state", "by", "text"),
    [
        ("  a:\n" + LAST, True, "nothing", "it has no condition"),
        (
            "  a: {runs-on: x, steps: [{if: github.ref == 'refs/heads/main', run: x}]}\n",
            False, "condition",
            "`github.ref == 'refs/heads/main'` does not hold: github.ref is 'refs/heads/dev'",
        ),
        (
            "  a: {runs-on: x, steps: [{if: \"github.event_name == 'push' && github.ref_name == 'main'\", run: x}]}\n",
            False, "condition", "`github.ref_name == 'main'` does not hold: github.ref_name is 'dev'",
        ),
        (
            "  a: {runs-on: x, steps: [{if: \"${{ vars.X || github.ref_name == 'dev' }}\", run: x}]}\n",
            True, "condition", "`github.ref_name == 'dev'` holds: github.ref_name is 'dev'",
        ),
        (
            "  a: {runs-on: x, steps: [{if: \"vars.X == 'y' && github.ref_name == 'dev'\", run: x}]}\n",
            None, "condition", "`vars.X == 'y'` cannot be told: vars.X is not known before the run",
        ),
        (
            "  a: {runs-on: x, steps: [{if: \"!(github.ref_name == 'main' || github.ref_name == 'dev')\", run: x}]}\n",
            False, "condition", "`github.ref_name == 'dev'` holds: github.ref_name is 'dev'",
        ),
        ("  a: {runs-on: x, steps: [{if: failure(), run: x}]}\n", False, "condition",
         "`failure()` does not hold: everything before it succeeds"),
        ("  a: {runs-on: x, steps: [{if: always(), run: x}]}\n", True, "condition",
         "`always()` holds: that is so whatever happened before"),
        ("  a: {runs-on: x, steps: [{if: \"${{ github.ref_name == 'main' }} && x\", run: x}]}\n", True, "condition",
         "`${{ github.ref_name == 'main' }} && x` holds: what stands around `${{ }}` makes it a text, and a text is "
         "true"),
        ("  a: {runs-on: x, steps: [{if: github.ref ==, run: x}]}\n", None, "condition",
         "GitHub would refuse this condition"),
        ("  a: {runs-on: x, steps: [{name: Guard, run: exit 1}, {if: github.ref, run: x}]}\n", False, "step",
         "the step `Guard` before it fails"),
        ("  a: {runs-on: x, steps: [{run: exit 1}, {if: failure(), run: x}]}\n", True, "condition",
         "`failure()` holds: something before it fails"),
        ("  a: {runs-on: x, steps: [{run: exit 1}, {if: success(), run: x}]}\n", False, "condition",
         "`success()` does not hold: something before it fails or does not run"),
        ("  a: {if: github.ref_name == 'main', runs-on: x, steps: [{run: x}]}\n", False, "job",
         "its job does not run: `github.ref_name == 'main'` does not hold: github.ref_name is 'dev'"),
    ],
)  # fmt: skip
def test_steps(jobs: str, state: bool | None, by: str, text: str) -> None:
    reason, _ = last(HEAD + jobs, DEV)
    assert (reason.state, reason.by) == (state, by)
    assert reason.text.startswith(text)


@pytest.mark.parametrize(
    ("jobs", "state", "by", "text"),
    [
        ("  a: {runs-on: x}\n  b: {needs: a, runs-on: x}\n", True, "need", "`a`, which it needs, runs"),
        (
            "  a: {if: github.ref_name == 'main', runs-on: x}\n  b: {needs: a, runs-on: x}\n",
            False, "need",
            "`a`, which it needs, does not run: `github.ref_name == 'main'` does not hold: github.ref_name is 'dev'",
        ),
        (
            "  a: {if: github.ref_name == 'main', runs-on: x}\n  b: {needs: a, runs-on: x}\n"
            "  c: {needs: b, runs-on: x}\n",
            False, "need",
            "`b`, which it needs, does not run: `a` does not run, `github.ref_name == 'main'` does not hold",
        ),
        (
            "  a: {if: 'false', runs-on: x}\n  b: {needs: a, if: \"always() && needs.a.result == 'success'\", runs-on: x}\n",
            False, "need", "`needs.a.result == 'success'` does not hold: needs.a.result is 'skipped'",
        ),
        ("  a: {if: 'false', runs-on: x}\n  b: {needs: a, if: success(), runs-on: x}\n", False, "condition",
         "`success()` does not hold: something before it fails or does not run"),
        ("  a: {runs-on: x, steps: [{run: exit 1}]}\n  b: {needs: a, runs-on: x}\n", False, "need",
         "`a`, which it needs, fails"),
        (
            "  a: {runs-on: x, steps: [{run: exit 1}]}\n  b: {needs: a, runs-on: x}\n  c: {needs: b, runs-on: x}\n",
            False, "need", "`b`, which it needs, does not run: `a` fails, which `b` needs",
        ),
        ("  a: {runs-on: x, steps: [{run: exit 1}]}\n  b: {needs: a, if: failure(), runs-on: x}\n", True, "condition",
         "`failure()` holds: something before it fails"),
        ("  a: {needs: gone, runs-on: x}\n", None, "need", "`gone`, which it needs, is no job of this workflow"),
        ("  a: {needs: b, runs-on: x}\n  b: {needs: a, runs-on: x}\n", None, "need",
         "`a`, which it needs, may or may not run: the jobs wait for one another"),
        ("  a: {if: vars.X, runs-on: x}\n  b: {needs: a, runs-on: x}\n", None, "need",
         "`a`, which it needs, may or may not run: `vars.X` cannot be told: vars.X is not known before the run"),
    ],
)  # fmt: skip
def test_jobs(jobs: str, state: bool | None, by: str, text: str) -> None:
    reason, _ = last(HEAD + jobs, DEV)
    assert (reason.state, reason.by) == (state, by)
    assert reason.text.startswith(text)


def test_the_place_is_the_deciding_part() -> None:
    condition_ = "github.event_name == 'push' && github.ref_name == 'main'"
    reason, pipeline = last(HEAD + f'  a: {{runs-on: x, steps: [{{if: "{condition_}", run: x}}]}}\n', DEV)
    assert sliced(pipeline, *reason.place) == "github.ref_name == 'main'"


def test_an_input_of_the_caller_decides() -> None:
    pipeline = repository(
        {
            DEPLOY: "on: push\njobs: {a: {uses: ./.github/workflows/c.yml, with: {go: 'no'}}}\n",
            ".github/workflows/c.yml": """
                on: {workflow_call: {inputs: {go: {type: string}}}}
                jobs: {b: {if: inputs.go == 'yes', runs-on: x, steps: [{run: x}]}}
                """,
        }
    )
    every = found(pipeline)
    assert [(row.job, row.step, row.depth) for row in every.rows] == [
        ("a", None, 0),
        ("a/b", None, 1),
        ("a/b", 1, 2),
    ]
    reason = every.rows[1].reasons[0]
    assert (reason.state, reason.by, reason.because) == (False, "input", "inputs.go is 'no'")
    called = table(pipeline.runs, pipeline.project.workflows[1], Wish())
    assert (called.callers, called.rows) == ((DEPLOY,), ())


def test_a_caller_that_does_not_run_decides() -> None:
    pipeline = repository(
        {
            DEPLOY: "on: push\njobs: {a: {if: 'false', uses: ./.github/workflows/c.yml}}\n",
            ".github/workflows/c.yml": "on: workflow_call\njobs: {b: {runs-on: x, steps: [{run: x}]}}\n",
        }
    )
    reason = found(pipeline).rows[1].reasons[0]
    assert (reason.state, reason.by) == (False, "caller")
    assert reason.verdict == "the calling job `a` does not run"


@pytest.mark.parametrize(
    ("on", "title", "state", "text"),
    [
        ("{push: {branches: [main]}}", MAIN, True, "`branches` takes it: `main` fits main"),
        ("{push: {branches: [main]}}", "a push to develop", False, "`branches` leaves it out: no pattern fits develop"),
        ("{push: {branches: ['**', '!dev*']}}", "a push to develop", False,
         "`branches` leaves it out: `!dev*` fits develop"),
        ("{push: {branches-ignore: [dev*]}}", "a push to develop", False,
         "`branches-ignore` leaves it out: `dev*` fits develop"),
        ("{push: {tags: ['v*']}}", MAIN, False, "`tags` alone leaves all branches out"),
        ("push", "a push of the tag v1.0.0", True, "push has no filter for tags"),
        ("{push: {paths: [src/**]}}", MAIN, True,
         "push has no filter for branches, where the changed files fit `paths`"),
        ("{pull_request: {branches: [main]}}", "a pull request to another branch", False,
         "`branches` leaves it out: no pattern fits develop"),
        ("workflow_dispatch", "workflow_dispatch on main", True, "workflow_dispatch starts it"),
        ("{workflow_run: {workflows: [x], branches: [main]}}", "a successful build of a push to feature/x", False,
         "`branches` leaves it out: no pattern fits feature/x"),
    ],
)  # fmt: skip
def test_triggers(on: str, title: str, state: bool, text: str) -> None:
    every = found(repository(f"on: {on}\njobs: {{a: {{runs-on: x, steps: [{{run: x}}]}}}}\n"))
    starts = {start.scenario.title: start.reason for start in (*every.scenarios, *every.others)}
    assert (starts[title].state, starts[title].text) == (state, text)
    assert all(start.reason.state for start in every.scenarios)


def test_wishes() -> None:
    pipeline = repository("on: {push: {branches: [main]}}\njobs: {a: {runs-on: x}, b: {runs-on: x}}\n")
    every = found(pipeline, Wish(events=("pull_request",)))
    assert {start.reason.text for start in every.others} == {"pull_request is none of its events"}
    assert every.rows == ()
    every = found(pipeline, Wish(ref="main", jobs=("b",)))
    assert [start.scenario.title for start in every.scenarios] == [MAIN]
    assert [row.job for row in every.rows] == ["b"]
    every = found(pipeline, Wish(ref="refs/tags/v9"))
    assert [start.scenario.title for start in every.others] == ["a push of the tag v9"]


def test_long_chains_of_needs_end() -> None:
    count = 1200
    chain = "".join(f"  j{n}: {{needs: j{n + 1}, runs-on: x}}\n" for n in range(count))
    pipeline = repository(HEAD + chain + f"  j{count}: {{if: 'false', runs-on: x}}\n")
    workflow = pipeline.project.workflows[0]
    first = next(calls_of(pipeline.runs, workflow))
    scenario = pipeline.runs.scenarios(workflow)[0]
    reason = job_reason(pipeline.runs.reach(workflow), first, scenario)
    assert reason.state is False
    assert f"`j{count}` does not run" in reason.because


ATOMS = ["github.ref == 'refs/heads/main'", "github.event_name == 'push'", "vars.X", "vars.X == 'a'", "success()",
         "failure()", "always()", "true", "false", "needs.a.result == 'success'", "env.Y", "fromJSON('{')",
         "contains(github.ref, 'main')", "inputs.z", "!cancelled()", "''"]  # fmt: skip
EXPRESSIONS = st.recursive(
    st.sampled_from(ATOMS),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["&&", "||"]), inner).map(" ".join),
        inner.map(lambda text: f"!({text})"),
        inner.map(lambda text: f"({text})"),
    ),
    max_leaves=8,
)


@settings(max_examples=200)
@given(EXPRESSIONS, st.booleans())
def test_an_explanation_says_what_the_condition_decides(text: str, known: bool) -> None:
    status = Status(success=True, failure=False, cancelled=False)
    github = Open(ref="refs/heads/dev", event_name="push")
    contexts: dict[str, Any] = {"github": github, "needs": {}} | ({"vars": {"X": "a"}} if known else {})
    explanation = explain(text, contexts, status)
    assert explanation.holds is condition(text, contexts, status)
    assert explanation.parts or explanation.refusal
    assert all(text[part.start : part.end].split() == part.text.split() for part in explanation.parts)
    if explanation.holds is None and not explanation.refusal:
        assert all(part.holds is None for part in explanation.parts)


CONDITIONS = st.one_of(st.none(), EXPRESSIONS)


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(CONDITIONS, CONDITIONS, st.sets(st.integers(0, 4)), st.sampled_from(["x", "exit 1"])),
        min_size=1,
        max_size=4,
    )
)
def test_reasons_and_reach_agree(jobs: list[tuple[str | None, str | None, set[int], str]]) -> None:
    lines = [HEAD.rstrip("\n")]
    for number, (if_job, if_step, needs, script) in enumerate(jobs):
        quoted = [f'if: "{text}", ' if text is not None else "" for text in (if_job, if_step)]
        needed = ", ".join(f"j{need}" for need in sorted(needs))
        lines.append(
            f"  j{number}: {{{quoted[0]}needs: [{needed}], runs-on: x, "
            f"steps: [{{{quoted[1]}run: {script}}}, {{{quoted[1]}run: x}}]}}"
        )
    pipeline = repository("\n".join(lines) + "\n")
    workflow = pipeline.project.workflows[0]
    reach = pipeline.runs.reach(workflow)
    for scenario in pipeline.runs.scenarios(workflow):
        assert start_reason(workflow, scenario).state is True
        for call in calls_of(pipeline.runs, workflow):
            assert job_reason(reach, call, scenario).state is reach.job(call, scenario)
        for site in pipeline.runs.sites:
            assert step_reason(reach, site, scenario).state is reach.step(site, scenario)
