"""``cilint graph`` as a process."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.e2e.command import PROJECT, cilint
from tests.lint.folders import write

CI = """\
on: push
jobs:
  image:
    runs-on: x
    steps: [{run: docker build -t ghcr.io/o/n . && docker push ghcr.io/o/n}]
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write(
        tmp_path / "p", {**PROJECT, ".github/workflows/ci.yml": CI, "other/Dockerfile": "FROM x AS bad\n"}
    )


def test_mermaid_is_the_usual_format(project: Path) -> None:
    ran = cilint(project, "graph", "--select", "team")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith(
        "flowchart LR\n  %% Marked: 2 errors, 1 info; 1 of them in files that are not pictured"
    )
    assert "Dockerfile<br/>2 findings, worst: error" in ran.out
    assert "class w1dockerfile1 error" in ran.out


def test_the_picture_goes_to_a_file(project: Path) -> None:
    ran = cilint(project / "own", "graph", "--format", "svg", "--output", "p.svg", "--select", "team")
    assert (ran.status, ran.out, ran.err) == (0, "", "")
    root = ET.parse(project / "own/p.svg").getroot()
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    again = cilint(project, "graph", "--format", "svg", "--select", "team")
    assert again.out == (project / "own/p.svg").read_text()


def test_files_that_are_not_asked_for_are_not_drawn(project: Path) -> None:
    write(
        project, {".github/workflows/more.yml": "name: More\non: push\njobs: {b: {runs-on: x}}\n"}, git=False
    )
    ran = cilint(project, "graph", "--format", "dot", "--policy", "none", ".github/workflows/more.yml")
    assert ran.status == 0
    assert "More" in ran.out
    assert "image" not in ran.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--format", "png"), "invalid choice"),
        (("--output", "no/such/folder.svg"), "no/such/folder.svg"),
        (("cilint.yaml",), "is no workflow of this project"),
        (("--policy", "strict"), "unknown policy"),
    ],
)
def test_mistakes(project: Path, arguments: tuple[str, ...], said: str) -> None:
    ran = cilint(project, "graph", *arguments)
    assert ran.status == 2
    assert said in ran.err
