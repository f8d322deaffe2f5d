"""Long files of one thing again and again: the work of all rules together grows no faster than the file.

Work is counted in calls of functions, so that no machine is too slow for it. A file of four times the length
may take a little more than four times the work; where each thing is held against each other, it takes up to
sixteen times.
"""

from __future__ import annotations

from collections.abc import Callable
from cProfile import Profile

import pytest

from cilint.lint.check import Judged, check
from cilint.model.files import MemoryFiles
from cilint.rules.active import activate
from cilint.rules.catalogue import builtin

WORKFLOW = ".github/workflows/w.yml"
STEPS = "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n"
SCRIPT = f"{STEPS}      - run: |\n          true\n"
DEPLOY = "curl -fsS https://x/api/deploy/a"
BUILD = "uses: docker/build-push-action@v6, with: {push: true, tags"

Unit = Callable[[int], str]
Shape = tuple[str, str, Unit]  # path, beginning, what comes again and again


def dockerfile(unit: Unit, head: str = "FROM node:22 AS s0\n") -> Shape:
    return "Dockerfile", head, unit


def step(unit: Unit) -> Shape:
    return WORKFLOW, STEPS, lambda n: f"      - {unit(n)}\n"


def line(unit: Unit) -> Shape:
    return WORKFLOW, SCRIPT, lambda n: f"          {unit(n)}\n"


def job(unit: Unit) -> Shape:
    return WORKFLOW, "on: push\njobs:\n", lambda n: f"  j{n}: {{runs-on: ubuntu-24.04, {unit(n)}}}\n"


SHAPES: dict[str, Shape] = {
    "installs": dockerfile(lambda _: "RUN npm ci\n"),
    "variables before installs": dockerfile(lambda n: f"ENV V{n}=v\nRUN npm ci\n"),
    "owners of copies": dockerfile(lambda n: f"COPY a{n} /b/{n}\nRUN chown -R a /b\n"),
    "comments on nothing": dockerfile(lambda _: "# hadolint ignore=DL3000\n"),
    "comments on a whole file": dockerfile(lambda _: "# hadolint global ignore=DL3002\nUSER root\n"),
    "steps that deploy": step(lambda n: f"run: {DEPLOY}{n}"),
    "lines that deploy": line(lambda n: f"{DEPLOY}{n}"),
    "lines that build and push": line(lambda _: "docker build -t a/b . && docker push a/b"),
    "steps that build and push": step(lambda n: f"run: docker build -t a/b:{n} . && docker push a/b:{n}"),
    "steps that push": step(lambda n: f"run: docker push ghcr.io/a/b:{n}"),
    "steps that log in and push": step(
        lambda n: f"run: docker login -u a -p b r{n}.io\n      - run: docker push r{n}.io/a/b"
    ),
    "actions that build": step(lambda n: f"{{{BUILD}: 'ghcr.io/a/b:{n}'}}}}"),
    "expressions of a script": line(lambda n: f"echo ${{{{ env.A{n} }}}}"),
    "jobs that deploy in a row": job(lambda n: f"needs: j{n - 1}, steps: [{{run: '{DEPLOY}{n}'}}]"),
    "labels of a machine": (
        WORKFLOW,
        "on: push\njobs:\n  a:\n    steps: [{run: a}]\n    runs-on:\n",
        lambda n: f"    - l{n}\n",
    ),
    "names of one image": (
        WORKFLOW,
        f"{STEPS}      - uses: docker/build-push-action@v6\n        with:\n          push: true\n          tags: |\n",
        lambda n: f"            ghcr.io/a/b:{n}\n",
    ),
    "services that are missing": (
        "compose.yaml",
        "services:\n",
        lambda n: f"  s{n}: {{image: x, depends_on: [t{n}]}}\n",
    ),
}  # fmt: skip


CHEAP = ("installs", "owners of copies", "labels of a machine")
"""Of which it takes more to tell work that grows with the square from what each thing takes by itself."""


@pytest.fixture(scope="module")
def judged() -> Judged:
    known = builtin()
    declared = known.policies["ghcr-dokploy"].parameters
    parameters = {name: parameter.default for name, parameter in declared.items()}
    return Judged([activate(rule, parameters) for rule in known.rules.values()], known, parameters)


def work(shape: Shape, number: int, judged: Judged) -> int:
    """How many functions are called to lint a file of so many."""
    path, head, unit = shape
    text = head + "".join(unit(n) for n in range(1, number + 1)) + "\n"
    profile = Profile()
    result = profile.runcall(check, MemoryFiles({path: text}), [path], judged)
    assert result.checked == (path,)
    return sum(entry.callcount for entry in profile.getstats())


@pytest.mark.parametrize("name", SHAPES)
def test_the_work_grows_with_the_file(name: str, judged: Judged) -> None:
    work(SHAPES[name], 5, judged)  # loads what is loaded once
    number = 250 if name in CHEAP else 60
    less, more = work(SHAPES[name], number, judged), work(SHAPES[name], 4 * number, judged)
    assert more < 5.5 * less
