"""Whether steps run in scenarios: conditions, needs, outputs, environments."""

from __future__ import annotations

from textwrap import dedent

import pytest

from tests.pipeline.repositories import DEPLOY, repository


def states(text: str) -> dict[str, bool | None]:
    """For the last step: whether it runs, by scenario."""
    pipeline = repository(text)
    site = pipeline.steps[-1]
    return {
        each.title: pipeline.runs.step_state(site, each) for each in pipeline.runs.scenarios(site.call.entry)
    }


def runs_in(text: str) -> set[str]:
    return {title for title, state in states(text).items() if state}


HEAD = "on: {push: {branches: [main, dev]}}\njobs:\n"
SKIPPED = "  a: {if: 'false', runs-on: x}\n  b:\n    needs: a\n"
MAIN, DEV = "a push to main", "a push to dev"
LAST = "    runs-on: x\n    steps: [{run: x}]\n"


@pytest.mark.parametrize(
    ("jobs", "found"),
    [
        ("  a:\n" + LAST, {MAIN, DEV}),
        ("  a:\n    if: github.ref == 'refs/heads/main'\n" + LAST, {MAIN}),
        ("  a:\n    if: ${{ 'REFS/heads/MAIN' == github.ref }}\n" + LAST, {MAIN}),
        ("  a:\n    if: contains(fromJSON('[\"refs/heads/main\"]'), github.ref)\n" + LAST, {MAIN}),
        (
            "  a:\n    if: github.ref == format('refs/heads/{0}', github.event.repository.default_branch)\n"
            + LAST,
            {MAIN},
        ),
        ("  a:\n    if: github.event_name != 'push'\n" + LAST, set()),
        ("  a:\n    if: always() && false\n" + LAST, set()),
        ("  a: {if: 'false', runs-on: x}\n  b:\n    needs: a\n" + LAST, set()),
        ("  a: {if: 'false', runs-on: x}\n  b:\n    needs: a\n    if: always()\n" + LAST, {MAIN, DEV}),
        (
            "  a: {if: 'false', runs-on: x}\n  b:\n    needs: a\n    if: \"!cancelled()\"\n" + LAST,
            {MAIN, DEV},
        ),
        (
            SKIPPED + "    if: always() && needs.a.result == 'success'\n" + LAST,
            set(),
        ),
        (
            "  a: {if: github.ref_name == 'main', runs-on: x}\n  b: {needs: a, runs-on: x}\n"
            "  c:\n    needs: [b]\n" + LAST,
            {MAIN},
        ),
        (
            "  a: {runs-on: x, outputs: {m: \"${{ github.ref_name == 'main' }}\"}}\n  b:\n    needs: a\n"
            "    if: needs.a.outputs.m == 'true'\n" + LAST,
            {MAIN},
        ),
        (
            "  a:\n    runs-on: x\n    env: {IS: \"${{ github.ref_name == 'main' }}\"}\n"
            "    steps: [{if: env.IS == 'true', run: x}]\n",
            {MAIN},
        ),
        ("  a:\n    runs-on: x\n    steps: [{if: failure(), run: x}]\n", set()),
        ("  a:\n    runs-on: x\n    steps: [{if: success(), run: x}]\n", {MAIN, DEV}),
        (
            "  a:\n    runs-on: x\n    steps: [{if: \"${{ github.ref_name == 'main' }} && x\", run: x}]\n",
            {MAIN, DEV},
        ),
        (
            "  a:\n    if: >-\n      github.ref_name == 'main' &&\n      github.event_name == 'push'\n"
            + LAST,
            {MAIN},
        ),
    ],
)
def test_certain(jobs: str, found: set[str]) -> None:
    assert runs_in(HEAD + jobs) == found


@pytest.mark.parametrize(
    "jobs",
    [
        "  a:\n    if: vars.X == 'y'\n" + LAST,
        "  a:\n    runs-on: x\n    steps: [{id: s, run: x}, {if: steps.s.outputs.y == 'z', run: x}]\n",
        "  a:\n    needs: b\n    runs-on: x\n  b:\n    needs: a\n" + LAST,
        "  a:\n    needs: a\n" + LAST,
        "  a:\n    needs: gone\n" + LAST,
        "  a:\n    if: github.ref ==\n" + LAST,
        "  a:\n    if: unheard(github.ref)\n" + LAST,
    ],
)
def test_unknown(jobs: str) -> None:
    assert set(states(HEAD + jobs).values()) == {None}


def test_long_chains_and_wide_fans_of_needs_end() -> None:
    chain = "".join(f"  j{n}: {{needs: j{n + 1}, runs-on: x, steps: [{{run: x}}]}}\n" for n in range(300))
    assert set(states(HEAD + chain + "  j300:\n" + LAST).values()) == {True}
    fan = "".join(
        f"  j{n}: {{needs: [{', '.join(f'j{m}' for m in range(n))}], runs-on: x}}\n" for n in range(40)
    )
    assert set(states(HEAD + fan + "  z:\n    needs: j39\n" + LAST).values()) == {True}


def test_conditions_of_callers_and_composite_steps_hold_inside() -> None:
    pipeline = repository(
        {
            DEPLOY: "on: push\njobs: {a: {if: github.ref_name == 'main', uses: ./.github/workflows/c.yml}}\n",
            ".github/workflows/c.yml": """
                on: workflow_call
                jobs: {b: {runs-on: x, steps: [{if: "github.ref_type == 'branch'", uses: ./a}]}}
                """,
            "a/action.yml": "runs: {using: composite, steps: [{run: x, shell: bash}]}\n",
        }
    )
    inner = pipeline.steps[-1]
    reached = [
        s.title for s in pipeline.runs.scenarios(inner.call.entry) if pipeline.runs.step_state(inner, s)
    ]
    assert inner.path == "a/action.yml"
    assert reached == ["a push to main"]


def test_what_runs_before_and_after() -> None:
    pipeline = repository(
        """
        on: push
        jobs:
          a: {runs-on: x, steps: [{run: one}, {run: two}]}
          b: {needs: a, runs-on: x, steps: [{run: three}]}
          c: {needs: b, runs-on: x, steps: [{run: four}]}
        """
    )
    one, two, three, four = pipeline.steps
    runs = pipeline.runs
    assert (runs.earlier(two), runs.later(one), runs.earlier(one)) == ((one,), (two,), ())
    assert runs.needs(four.call, one.call)
    assert not runs.needs(one.call, four.call)
    assert not runs.needs(three.call, three.call)


def after(*steps: str, condition: str = "", files: dict[str, str] | None = None, head: str = "") -> set[str]:
    """The pushes in which a step runs after others."""
    lines = "".join(f"      - {step}\n" for step in steps)
    last = f"      - {{run: last{f', if: {condition}' if condition else ''}}}\n"
    text = f"{HEAD}  a:\n    runs-on: x\n{head}    steps:\n{lines}{last}"
    pipeline = repository({DEPLOY: text, **(files or {})})
    site = pipeline.steps[-1]
    every = pipeline.runs.scenarios(site.call.entry)
    return {each.title for each in every if pipeline.runs.step_state(site, each)}


OFF_MAIN = "if: github.ref != 'refs/heads/main'"


@pytest.mark.parametrize(
    ("step", "found"),
    [
        (f"{{run: exit 1, {OFF_MAIN}}}", {MAIN}),
        (f"{{run: 'echo no && exit 1', {OFF_MAIN}}}", {MAIN, DEV}),  # who knows what a program does
        (f"{{run: 'echo no; exit 1', {OFF_MAIN}}}", {MAIN}),
        (f"{{run: 'false', {OFF_MAIN}}}", {MAIN}),
        ("{run: 'if [ $GITHUB_REF_NAME != main ]; then echo no; exit 2; fi'}", {MAIN}),
        ("{run: '[ $GITHUB_REF_NAME = main ] || exit 1'}", {MAIN}),
        ('{run: "[[ ${{ github.ref_name }} == main ]] || { echo no; exit 1; }"}', {MAIN}),
        ("{run: 'case $GITHUB_REF in refs/heads/main) ;; *) exit 1;; esac'}", {MAIN}),
        (
            "{uses: actions/github-script@v8, with: {script: 'core.setFailed(1)'}, if: github.ref_name == 'dev'}",
            {MAIN},
        ),
        (f"{{uses: ./guard, {OFF_MAIN}}}", {MAIN}),
        ("{uses: ./guard}", set()),
        # none of these is sure to fail
        ("{run: exit 0}", {MAIN, DEV}),
        (f"{{run: exit 1, {OFF_MAIN}, continue-on-error: true}}", {MAIN, DEV}),
        ("{run: exit 1, if: vars.X == 'y'}", {MAIN, DEV}),
        ("{run: exit 1, if: failure()}", {MAIN, DEV}),
        ("{run: '[ -n \"$SECRET\" ] || exit 1'}", {MAIN, DEV}),
        ("{run: 'npm test || exit 1'}", {MAIN, DEV}),
        ("{run: 'grep -q x y && exit 1'}", {MAIN, DEV}),
        ("{run: 'for i in 1 2; do curl x && exit 0; done; exit 1'}", {MAIN, DEV}),
        ("{run: '[ \"$A\" ] && exit 0; exit 1'}", {MAIN, DEV}),
        ("{run: '(exit 1) || true'}", {MAIN, DEV}),
        ("{run: 'stop() { exit 1; }'}", {MAIN, DEV}),
        ("{run: 'false || true'}", {MAIN, DEV}),
        ("{run: 'false', shell: 'bash {0}'}", {MAIN, DEV}),
        ("{run: 'x=$(exit 1) || true'}", {MAIN, DEV}),
        ("{run: exit 1, shell: pwsh}", {MAIN, DEV}),
        ("{uses: actions/github-script@v8, with: {script: 'if (bad) core.setFailed(1)'}}", {MAIN, DEV}),
    ],
)
def test_after_a_step_that_is_meant_to_fail(step: str, found: set[str]) -> None:
    guard = "runs: {using: composite, steps: [{run: exit 1, shell: bash}]}"
    assert after(step, files={"guard/action.yml": guard}) == found


def test_status_functions_see_the_failure() -> None:
    guard = f"{{run: exit 1, {OFF_MAIN}}}"
    assert after(guard, condition="always()") == {MAIN, DEV}
    assert after(guard, condition="failure()") == {DEV}
    assert after(guard, condition="success()") == {MAIN}
    assert after(guard, condition='"!cancelled()"') == {MAIN, DEV}
    assert after(guard, "{run: echo, if: failure()}", "{run: exit 1, if: success()}") == set()


FAILING = "  a: {runs-on: x, steps: [{run: exit 1, if: github.ref_name == 'dev'}]}\n"


@pytest.mark.parametrize(
    ("jobs", "found"),
    [
        (FAILING + "  b:\n    needs: a\n" + LAST, {MAIN}),
        (FAILING + "  b:\n    needs: a\n    if: always()\n" + LAST, {MAIN, DEV}),
        (FAILING + "  b:\n    needs: a\n    if: failure()\n" + LAST, {DEV}),
        (FAILING + "  b:\n    needs: a\n    if: always() && needs.a.result == 'failure'\n" + LAST, {DEV}),
        (FAILING + "  b: {needs: a, runs-on: x}\n  c:\n    needs: b\n    if: failure()\n" + LAST, {DEV}),
        (FAILING + "  b:\n    needs: a\n    if: always() && needs.a.result == 'skipped'\n" + LAST, set()),
        (
            FAILING.replace("a: {", "a: {continue-on-error: true, ") + "  b:\n    needs: a\n" + LAST,
            {MAIN, DEV},
        ),
    ],
)
def test_jobs_after_one_that_fails(jobs: str, found: set[str]) -> None:
    assert runs_in(HEAD + jobs) == found


def test_a_called_workflow_may_be_what_fails() -> None:
    called = "on: workflow_call\njobs:\n" + FAILING
    entry = "on: push\njobs:\n  call: {uses: ./.github/workflows/c.yml}\n  b:\n    needs: call\n" + LAST
    files = {DEPLOY: entry, ".github/workflows/c.yml": called.replace("'dev'", "'main'")}
    pipeline = repository(files)
    site = pipeline.steps[-1]
    states = {
        each.title: pipeline.runs.step_state(site, each) for each in pipeline.runs.scenarios(site.call.entry)
    }
    assert states[MAIN] is False
    assert any(states.values())


def test_a_gate_job_by_script_lets_only_what_it_tests_for_pass() -> None:
    text = """
        on: {workflow_run: {workflows: [Build], types: [completed]}, workflow_dispatch: {}}
        jobs:
          gate:
            runs-on: x
            steps:
              - if: github.event_name == 'workflow_run'
                run: |
                  if [ "${{ github.event.workflow_run.conclusion }}" != success ]; then echo no; exit 1; fi
                  if [ "${{ github.event.workflow_run.event }}" != push ]; then exit 1; fi
                  [ "${{ github.event.workflow_run.head_branch }}" = main ] || exit 1
              - if: github.event_name != 'workflow_run' && github.ref != 'refs/heads/main'
                run: exit 1
          deploy: {needs: gate, runs-on: x, steps: [{run: x}]}
        """
    assert runs_in(dedent(text)) == {"a successful build of a push to main", "workflow_dispatch on main"}
