from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.command import PROJECT, TEAM, cilint
from tests.lint.folders import write


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write(tmp_path / "p", PROJECT)


def test_safe_fixes_and_what_is_left(project: Path) -> None:
    ran = cilint(project, "fix", *TEAM)
    assert (project / "Dockerfile").read_text() == "FROM x AS good\nFROM y AS worse\n"
    assert ran.status == 0
    assert ran.out == (
        "fixed Dockerfile: team/named: call it good\n"
        "Fixed 1 finding in 1 file; 1 left (1 info); 1 more fixable with `--unsafe`.\n"
    )
    assert cilint(project, "fix", *TEAM, "--fail-on", "info").status == 1


def test_unsafe_fixes_and_a_second_time(project: Path) -> None:
    ran = cilint(project, "fix", "--unsafe", *TEAM)
    assert (project / "Dockerfile").read_text() == "FROM x AS good\nFROM y AS good\n"
    assert ran.out.endswith("Fixed 2 findings in 1 file; nothing left.\n")
    assert cilint(project, "fix", "--unsafe", *TEAM).out == "Fixed 0 findings in 0 files; nothing left.\n"


def test_select(project: Path) -> None:
    cilint(project, "fix", "--unsafe", "--select", "team/other")
    assert (project / "Dockerfile").read_text() == "FROM x AS bad\nFROM y AS good\n"


def test_a_diff_writes_nothing(project: Path) -> None:
    ran = cilint(project, "fix", "--diff", *TEAM)
    assert ran.status == 1
    assert ran.out == (
        "--- a/Dockerfile\n+++ b/Dockerfile\n@@ -1,2 +1,2 @@\n"
        "-FROM x AS bad\n+FROM x AS good\n FROM y AS worse\n"
    )
    assert (project / "Dockerfile").read_text() == PROJECT["Dockerfile"]
    assert cilint(project, "fix", "--diff", "--select", "team/other").status == 0


def test_line_ends_the_mark_of_order_and_bytes_stay(project: Path) -> None:
    data = b"\xef\xbb\xbfFROM x AS bad\r\nRUN \xff\r\n"
    (project / "Dockerfile").write_bytes(data)
    cilint(project, "fix", *TEAM)
    assert (project / "Dockerfile").read_bytes() == data.replace(b"bad", b"good")


def test_many_projects_in_several_processes(project: Path) -> None:
    for number in range(70):
        write(project / f"q{number}", {**PROJECT, "Dockerfile": "FROM x AS bad\n"})
    ran = cilint(project, "fix", *TEAM, "--jobs", "2")
    assert "Fixed 71 findings in 71 files" in ran.out
    assert all((project / f"q{number}/Dockerfile").read_text() == "FROM x AS good\n" for number in range(70))


def test_standard_input_is_passed_on_fixed(project: Path) -> None:
    ran = cilint(project, "fix", *TEAM, "-", "--stdin-filename", "Dockerfile", stdin=b"FROM x AS bad\n")
    assert ran.out == "FROM x AS good\n"
    assert (project / "Dockerfile").read_text() == PROJECT["Dockerfile"]


def test_what_is_left_can_be_reported(project: Path) -> None:
    ran = cilint(project, "fix", *TEAM, "--report", "concise")
    assert ran.out.startswith("Dockerfile:2:11: info team/other the stage is called worse\n")


def test_only_files_of_the_project_are_written(project: Path) -> None:
    outside = write(project.parent, {"outside": "FROM x AS bad\n"}, git=False) / "outside"
    (project / "x.Dockerfile").symlink_to(outside)
    cilint(project, "fix", *TEAM)
    assert outside.read_text() == "FROM x AS bad\n"


def test_a_misplaced_workflow_is_moved(project: Path) -> None:
    text = "on: push\njobs: {a: {runs-on: ubuntu-latest, steps: [{run: a}]}}\n"
    write(project, {"api/.github/workflows/test.yml": text}, git=False)
    moving = ("--unsafe", "--select", "ci/workflow-location")
    shown = cilint(project, "fix", *moving, "--diff").out
    assert "--- /dev/null\n+++ b/.github/workflows/test.yml\n" in shown
    assert "--- a/api/.github/workflows/test.yml\n+++ /dev/null\n" in shown
    assert (project / "api/.github/workflows/test.yml").read_text() == text
    assert "Fixed 1 finding in 2 files; nothing left." in cilint(project, "fix", *moving).out
    assert not (project / "api/.github/workflows/test.yml").exists()
    assert (project / ".github/workflows/test.yml").read_text() == text
