"""``cilint simulate`` as a process."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.e2e.command import cilint
from tests.lint.folders import write

WORKFLOW = """\
name: CI
on:
  push: {branches: [main, 'feature/**']}
jobs:
  test: {runs-on: x, steps: [{name: Try it, run: a}]}
  ship:
    needs: test
    if: github.ref == 'refs/heads/main'
    runs-on: x
    steps:
      - {name: Ship it, run: b}
      - {name: Tell, if: vars.TELL == 'yes', run: c}
"""
FILES = {
    ".github/workflows/ci.yml": WORKFLOW,
    ".github/workflows/other.yml": "on: schedule\njobs: {a: {runs-on: x}}\n",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write(tmp_path / "p", FILES)


def test_the_table(project: Path) -> None:
    ran = cilint(project, "simulate", ".github/workflows/ci.yml", COLUMNS="90")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.splitlines() == [
        "CI  .github/workflows/ci.yml",
        "",
        "                      1    2",
        "  test              yes  yes",
        "    Try it          yes  yes",
        "  ship              yes   no",
        "    Ship it         yes   no",
        "    Tell              ?   no",
        "",
        "   1  a push to main",
        "   2  a push to feature/x; a push to feature/main",
        "",
        "  Why",
        "  test",
        "    yes  all  it has no condition",
        "  ship",
        "    yes  1  `github.ref == 'refs/heads/main'` holds: github.ref is 'refs/heads/main'",
        "    no   2  `github.ref == 'refs/heads/main'` does not hold; for one, github.ref is",
        "            'refs/heads/feature/x'",
        "    Tell",
        "      ?    1  `vars.TELL == 'yes'` cannot be told: vars.TELL is not known before the run",
        "      no   2  its job does not run",
        "",
        "  Does not start it",
        "    a push to main-2; a push to develop (`branches` leaves it out)",
        "    a push of the tag v1.0.0; a push of the tag main (`branches` alone leaves all tags",
        "    out)",
    ]


@pytest.mark.parametrize("width", ["40", "50", "70", "120"])
def test_lines_keep_to_the_width(project: Path, width: str) -> None:
    ran = cilint(project, "simulate", "--color", "always", COLUMNS=width)
    plain = ran.out.replace("\x1b[0m", "")
    assert "\x1b[32m" in ran.out
    for code in ("1", "2", "32", "33"):
        plain = plain.replace(f"\x1b[{code}m", "")
    assert max(map(len, plain.splitlines())) <= int(width)


def test_wishes(project: Path) -> None:
    ran = cilint(project, "simulate", "--event", "push", "--ref", "feature/cart", "--job", "ship")
    assert "a push to feature/cart" in ran.out
    assert "test" not in ran.out
    assert "other.yml" not in ran.out


def test_the_data(project: Path) -> None:
    ran = cilint(project / ".github", "simulate", "--report", "json", "--ref", "main")
    report = json.loads(ran.out)
    assert (report["version"], report["main"]) == (1, "main")
    first, second = report["workflows"]
    assert (first["path"], first["name"], second["scenarios"][0]["title"]) == (
        ".github/workflows/ci.yml", "CI", "schedule",
    )  # fmt: skip
    started = [each for each in first["scenarios"] if each["state"] == "yes"]
    assert [each["title"] for each in started] == ["a push to main"]
    [tell] = [row for row in first["rows"] if row["name"] == "Tell"]
    assert (tell["job"], tell["step"], tell["line"]) == ("ship", 2, 12)
    assert tell["cells"] == [
        {
            "scenario": "a push to main",
            "state": "unknown",
            "by": "condition",
            "reason": "`vars.TELL == 'yes'` cannot be told: vars.TELL is not known before the run",
            "at": {"path": ".github/workflows/ci.yml", "line": 12, "column": 26},
        }
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--event", "puhs"), "did you mean `push`?"),
        (("--job", "shipp"), "did you mean `ship`?"),
        (("nowhere.yml",), "nowhere.yml: does not exist"),
        ((".git",), ".git: is no workflow of this project"),
    ],
)
def test_mistakes(project: Path, arguments: tuple[str, ...], said: str) -> None:
    ran = cilint(project, "simulate", *arguments)
    assert ran.status == 2
    assert said in ran.err


def test_hostile_names_do_not_reach_the_terminal(tmp_path: Path) -> None:
    text = 'name: "\\e[31mred\\u202e"\non: push\njobs: {a: {name: "::error::x\\e]0;", runs-on: x}}\n'
    project = write(tmp_path / "p", {".github/workflows/a.yml": text})
    ran = cilint(project, "simulate", GITHUB_ACTIONS="true")
    assert ran.status == 0
    assert not set(ran.out) & {"\x1b", "\u202e"}
    assert not any(line.lstrip().startswith("::") for line in ran.out.splitlines())


def test_no_workflows(tmp_path: Path) -> None:
    ran = cilint(write(tmp_path / "p", {"Dockerfile": "FROM x\n"}), "simulate")
    assert (ran.status, ran.out) == (0, "No workflows.\n")
