"""Versions and ranges of Node.js against what Next.js needs."""

from __future__ import annotations

import json

import pytest

from cilint.checks.node_version import run
from cilint.findings.finding import Severity
from cilint.findings.violation import Options
from cilint.model.files import MemoryFiles
from cilint.model.project import Project
from cilint.pipeline.pipeline import Pipeline


def found(next_version: str, files: dict[str, str], **package: object) -> list[Severity | None]:
    text = json.dumps({"dependencies": {"next": next_version}, "scripts": {"build": "next build"}, **package})
    pipeline = Pipeline(Project(MemoryFiles({"package.json": text, **files})))
    return [each.severity for each in run(pipeline, Options())]


@pytest.mark.parametrize(
    ("next_version", "version", "count"),
    [
        ("16.1.0", "20.8", 1),
        ("16.1.0", "20.9.0", 0),
        ("16.1.0", "20", 0),
        ("^17.0.0", "18", 1),
        ("16.1.0", "lts/iron", 0),
        ("16.1.0", "lts/hydrogen", 1),
        ("16.1.0", "node", 0),
        ("15.0.0", "18.17.1", 1),
        ("14.0.0", "v18.17.1 # old", 0),
        ("13.0.0", "12", 0),
        ("latest", "12", 0),
    ],
)
def test_version_file(next_version: str, version: str, count: int) -> None:
    assert len(found(next_version, {".nvmrc": f"{version}\n"})) == count
    assert len(found(next_version, {".node-version": version})) == count


@pytest.mark.parametrize(
    ("range_", "severities"),
    [
        ("18.x", [None]),
        ("^18.17.0", [None]),
        ("16 || 18", [None]),
        (">=16 <19", [None]),
        (">=16 <=20.8", [None]),
        ("<20.9", [None]),
        ("~20.8.1", [None]),
        ("20.x", []),
        ("^20.1.0", []),
        ("18 || 20", []),
        (">=18", [Severity.INFO]),
        (">=20.9.0", []),
        (">=18 <=20", [Severity.INFO]),
        ("*", []),
        ("", []),
        ("nonsense <", []),
    ],
)
def test_engines(range_: str, severities: list[Severity | None]) -> None:
    assert found("16.1.0", {}, engines={"node": range_}) == severities
