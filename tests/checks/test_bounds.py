"""Hostile files do not make the checks of workflows slow: each of these was, or would be, quadratic."""

from __future__ import annotations

from cProfile import Profile
from importlib import import_module
from time import process_time

import pytest

from cilint.findings.violation import Options
from cilint.model.files import MemoryFiles
from cilint.model.project import Project
from cilint.pipeline.pipeline import Pipeline

JOB = "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n"
CASES = {
    "workflow_schema": "on: push\n" + "".join(f"kez{n}: x\n" for n in range(8000)),
    "job_needs": "on: push\njobs:\n"
    + "".join(f"  j{n}: {{needs: [j{n + 1}, k{n}], runs-on: x}}\n" for n in range(3000)),
    "expression_types": JOB
    + "".join(f"      - {{id: s{n}, run: '${{{{ steps.t{n}.outputs.x }}}}'}}\n" for n in range(3000)),
    "missing_action": JOB
    + "".join(
        f"      - {{uses: actions/checkout@v5, with: {{path: p{n}}}}}\n      - {{uses: ./a{n}}}\n"
        for n in range(2000)
    ),
    "action_inputs": JOB
    + "      - uses: actions/checkout@v5\n        with:\n"
    + "".join(f"          fetch_depth{n}: x\n" for n in range(8000)),
    "filter_pattern": "on:\n  push:\n    branches: ['" + "^ " * 50000 + "']\n",
    "schedule": "on:\n  schedule:\n    - cron: '" + ",".join(["*"] * 20000) + " * * * *'\n",
    "impossible_condition": "on: {push: {branches: ["
    + ", ".join(f"b{n}*" for n in range(39))
    + "]}}\n"
    + JOB.partition("\n")[2]
    + "".join(
        f'      - {{run: a, if: "{" || ".join(f"github.ref == {n}{m}" for m in range(100))}"}}\n'
        for n in range(300)
    ),
    "matrix_values": "on: push\njobs: {a: {runs-on: x, strategy: {matrix: {a: ["
    + ",".join(map(str, range(10000)))
    + "]}}}}\n",
}


@pytest.mark.parametrize("check", CASES)
def test_many_of_a_kind_take_little_time(check: str) -> None:
    pipeline = Pipeline(Project(MemoryFiles({".github/workflows/w.yml": CASES[check]})))
    assert not pipeline.target_workflows[0].document.errors
    began = process_time()
    list(import_module(f"cilint.checks.{check}").run(pipeline, Options()))
    assert process_time() - began < 30


def test_many_outputs_take_little_time() -> None:
    jobs = "".join(
        f"  j{n}: {{runs-on: x, outputs: {{a: b}}, env: {{A: '${{{{ needs.j{n}.outputs.b }}}}'}}, steps: []}}\n"
        for n in range(3000)
    )
    pipeline = Pipeline(Project(MemoryFiles({".github/workflows/w.yml": f"on: push\njobs:\n{jobs}"})))
    began = process_time()
    assert len(pipeline.unused_names) == 3000
    assert process_time() - began < 30


def test_many_patterns_of_paths_take_little_time() -> None:
    patterns = ", ".join(f"'{'*a' * 60}{number}'" for number in range(300))
    files = {f"{'a' * 100}{number}/{number % 300}": "" for number in range(3000)}
    workflow = f"on: {{push: {{paths: [{patterns}]}}}}\njobs: {{}}\n"
    pipeline = Pipeline(Project(MemoryFiles({**files, ".github/workflows/w.yml": workflow})))
    began = process_time()
    list(import_module("cilint.checks.unmatched_path").run(pipeline, Options()))
    assert process_time() - began < 30


def test_many_fixes_of_one_file_take_work_in_proportion() -> None:
    def calls(number: int) -> int:
        step = "      - uses: actions/checkout@v5\n"
        pipeline = Pipeline(Project(MemoryFiles({".github/workflows/w.yml": JOB + step * number})))
        check = import_module("cilint.checks.persisted_credentials").run
        profile = Profile()
        found = profile.runcall(list, check(pipeline, Options()))
        assert len(found) == number
        assert all(violation.edits for violation in found)
        return sum(entry.callcount for entry in profile.getstats())

    calls(1)  # loads what is loaded once
    assert calls(1600) < 5 * calls(400)
