"""Which jobs wait for which, against a search from each job, and without such a search."""

from __future__ import annotations

from cProfile import Profile

from hypothesis import given
from hypothesis import strategies as st

from cilint.model.files import MemoryFiles
from cilint.model.project import Project
from cilint.pipeline.runs import Runs


def runs_of(needs: list[list[int]]) -> Runs:
    jobs = "".join(
        f"  j{number}: {{needs: [{', '.join(f'j{each}' for each in named)}], runs-on: x, steps: [{{run: a}}]}}\n"
        for number, named in enumerate(needs)
    )
    files = MemoryFiles({".github/workflows/w.yml": f"on: push\njobs:\n{jobs}"})
    return Runs(Project(files), "main")


@given(st.lists(st.lists(st.integers(0, 11), max_size=3), min_size=1, max_size=12))
def test_a_job_waits_for_all_that_it_needs_directly_or_not(named: list[list[int]]) -> None:
    needs = [[each for each in named[number] if each < number] for number in range(len(named))]
    runs = runs_of(needs)
    above: list[set[int]] = []
    for direct in needs:
        above.append({*direct, *(far for near in direct for far in above[near])})
    calls = [site.call for site in runs.sites]
    for number, call in enumerate(calls):
        assert {other for other in range(len(calls)) if runs.needs(call, calls[other])} == above[number]


def test_many_needs_take_work_in_proportion() -> None:
    def calls(number: int) -> int:
        runs = runs_of([list(range(max(each - 20, 0), each)) for each in range(number)])
        sites = runs.sites
        profile = Profile()
        assert all(profile.runcall(runs.needs, site.call, sites[0].call) for site in sites[1:])
        return sum(entry.callcount for entry in profile.getstats())

    assert calls(400) < 5 * calls(100)
