from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.e2e.command import PROJECT, cilint
from tests.lint.folders import write


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write(tmp_path / "p", PROJECT)


def test_the_catalogue_has_the_projects_own_rules(project: Path) -> None:
    lines = cilint(project, "rules").out.splitlines()
    [line] = [line for line in lines if line.startswith("team/named ")]
    assert line.split() == ["team/named", "error", "fix", "A", "stage", "is", "called", "bad"]
    rows = {row["rule"]: row for row in json.loads(cilint(project, "rules", "--report", "json").out)["rules"]}
    assert rows["team/other"]["fix"] == "unsafe"
    assert rows["suppress/unused"]["fix"] == "safe"


def test_a_new_rule_is_right_and_can_be_used_at_once(project: Path) -> None:
    assert cilint(project, "rules", "new", "own/team/fresh").status == 0
    assert cilint(project, "rules", "test", "own/team/fresh.yaml").out == "1 rules tried, 0 problems.\n"
    assert cilint(project, "rules", "new", "own/team/fresh").status == 2
    assert cilint(project, "rules", "new", "Fresh").status == 2
    assert "team/fresh" in cilint(project, "rules").out


def test_examples_that_are_wrong_are_told(project: Path) -> None:
    ran = cilint(project, "rules", "test", "own")
    assert ran.status == 1
    assert "the rule has no bad example" in ran.out


def test_explain(project: Path) -> None:
    assert "# suppress/unused" in cilint(project, "explain", "suppress/unused").out
    assert json.loads(cilint(project, "explain", "suppress/unused", "--report", "json").out)["fix"] == "safe"
    assert cilint(project, "explain", "suppress").out.count("\n# suppress/") == 2
    ran = cilint(project, "explain", "suppress/unsued")
    assert (ran.status, "did you mean `suppress/unused`?" in ran.err) == (2, True)


def test_config_tells_origins(project: Path) -> None:
    lines = cilint(project, "config", "--select", "team").out.splitlines()
    assert lines[0] == "# cilint.yaml"
    assert "policy: none  # cilint.yaml:1" in lines
    entries = json.loads(cilint(project, "config", "--report", "json").out)["configuration"]
    assert {entry["key"] for entry in entries} > {"policy", "exclude", "suppressions.reason"}
    assert json.loads(cilint(project, "config", "schema").out)["title"] == "cilint.yaml"


def test_debug_dockerfile(project: Path) -> None:
    (project / "Dockerfile").write_text("FROM --platform=linux/amd64 x AS Build\nRUN <<E\na\nE\n")
    [file] = json.loads(cilint(project, "debug", "dockerfile", "--report", "json", "Dockerfile").out)["files"]
    assert (file["path"], file["escape"], file["error"]) == ("Dockerfile", "\\", None)
    assert [each["instruction"] for each in file["instructions"]] == ["FROM", "RUN"]
    assert file["instructions"][0]["flags"] == ["--platform=linux/amd64"]
    assert (file["instructions"][1]["end_line"], file["instructions"][1]["heredocs"]) == (4, ["E"])
    assert file["stages"] == [{"name": "build", "line": 1}]
    text = cilint(project, "debug", "dockerfile", "Dockerfile").out
    assert "2-4  RUN <<E" in text
    assert cilint(project, "debug", "dockerfile", "none").status == 2
