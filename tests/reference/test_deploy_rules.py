"""The canonical files in every shape leave the deploy rules nothing to say but advice."""

from __future__ import annotations

import pytest

from cilint.findings.finding import Finding, Severity
from cilint.model.files import MemoryFiles
from cilint.model.project import Project
from cilint.pipeline.pipeline import Pipeline
from cilint.reference.plan import make_plan
from cilint.rules.active import activate
from cilint.rules.catalogue import builtin
from cilint.rules.run import judge
from tests.reference.shapes import SHAPES

CATALOGUE = builtin()


def findings(shape: str) -> list[Finding]:
    given = SHAPES[shape]
    plan = make_plan(MemoryFiles(given.files), given.choices)
    files = {**given.files, **{file.path: file.text for file in plan.files}}
    defaults = CATALOGUE.policies["ghcr-dokploy"].parameters
    parameters = {name: parameter.default for name, parameter in defaults.items()}
    if given.choices.branch:
        parameters["branch"] = given.choices.branch
    rules = [rule for name, rule in CATALOGUE.rules.items() if name.startswith("deploy/")]
    pipeline = Pipeline(Project(MemoryFiles(files)), parameters)
    return judge(pipeline, [activate(rule, parameters) for rule in rules])


@pytest.mark.parametrize("shape", sorted(SHAPES))
def test_nothing_is_wrong(shape: str) -> None:
    found = findings(shape)
    assert [each for each in found if each.severity > Severity.INFO] == []
    assert {each.rule for each in found} <= set()
