from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.command import PROJECT, RULE, TEAM, TOP, cilint
from tests.lint.folders import write


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write(tmp_path / "p", PROJECT)


def test_findings_with_a_frame_and_status_1(project: Path) -> None:
    ran = cilint(project, "check", *TEAM)
    assert ran.status == 1
    assert ran.out.startswith(
        "error[team/named]: the stage is called bad\n --> Dockerfile:1:11\n"
        "  |\n1 | FROM x AS bad\n  |           ^^^\n"
    )
    assert "help: call it good (`cilint fix`)" in ran.out
    assert "2 findings (1 error, 1 info) in 2 files." in ran.out
    assert ran.err == ""


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ((), 1),
        (("--fail-on", "error"), 1),
        (("--ignore", "team/named"), 0),
        (("--ignore", "team/named", "--fail-on", "info"), 1),
        (("--select", "team/other"), 0),
    ],
)
def test_the_status_depends_on_the_worst_finding(
    project: Path, options: tuple[str, ...], status: int
) -> None:
    selected = options if "--select" in options else (*TEAM, *options)
    for report in ("text", "json", "github"):
        assert cilint(project, "check", *selected, "--report", report).status == status


def test_the_json_report(project: Path) -> None:
    ran = cilint(project / "own", "check", *TEAM, "--report", "json", "..")
    report = json.loads(ran.out)
    assert report["version"] == 1
    assert report["policy"] == "none"
    assert report["files"] == {"checked": 2, "unparsed": 0}
    assert report["summary"] == {"error": 1, "warning": 0, "info": 1}
    first = report["findings"][0]
    assert first["path"] == "../Dockerfile"
    assert (first["line"], first["column"], first["end_line"], first["end_column"]) == (1, 11, 1, 14)
    assert first["equivalents"] == {"hadolint": ["DL3006"]}
    assert [each["fix"] for each in report["findings"]] == ["safe", "unsafe"]


def test_annotations_have_paths_of_the_checkout(project: Path) -> None:
    folder = write(project / "sub", {"Dockerfile": "FROM x AS bad\n"}, git=False)
    ran = cilint(
        folder,
        "check",
        *TEAM,
        ".",
        "--report",
        "github",
        "--report",
        "concise",
        GITHUB_WORKSPACE=str(project),
    )
    annotation, line = ran.out.splitlines()
    assert annotation.startswith("::error file=sub/Dockerfile,line=1,")
    assert line.startswith("Dockerfile:1:11: ")


def test_several_reports_at_once(project: Path) -> None:
    reports = ("--report", "concise", "--report", "json:out.json", "--report", "sarif:out.sarif")
    ran = cilint(project, "check", *TEAM, *reports)
    assert ran.out.splitlines()[0] == "Dockerfile:1:11: error team/named the stage is called bad"
    assert len(json.loads((project / "out.json").read_text())["findings"]) == 2
    [sarif] = json.loads((project / "out.sarif").read_text())["runs"]
    assert {rule["id"] for rule in sarif["tool"]["driver"]["rules"]} == {"team/named", "team/other"}
    assert sorted(os.listdir(project)) == sorted(
        [".git", ".github", "Dockerfile", "cilint.yaml", "out.json", "out.sarif", "own"]
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("check", "none/Dockerfile"), "none/Dockerfile: does not exist"),
        (("check", "--select", "team/nmaed"), "team/named"),
        (("check", "--policy", "strict"), "unknown policy `strict`"),
        (("check", "--report", "jsn"), "did you mean `json`?"),
        (("check", "--report", "json:"), "names no file"),
        (("check", "--report", "json:none/out.json"), "none/out.json: cannot write the report"),
        (("check", "-"), "--stdin-filename"),
        (("check", "--jobs", "0"), "a number from 1 to 256"),
        (("chekc",), "did you mean `check`?"),
        ((), "usage: cilint"),
    ],
)
def test_wrong_usage_is_status_2_and_says_what(project: Path, arguments: tuple[str, ...], said: str) -> None:
    ran = cilint(project, *arguments)
    assert ran.status == 2
    assert said in ran.err
    assert "Traceback" not in ran.err


def test_wrong_configuration_is_told_with_its_place(project: Path) -> None:
    (project / "cilint.yaml").write_text("policy: none\nexcldue: [x]\n")
    ran = cilint(project, "check")
    assert ran.status == 2
    assert ran.err.startswith("error: cilint.yaml:2:1: unknown key `excldue`")
    assert "did you mean `exclude`?" in ran.err


def test_no_input_is_status_0(tmp_path: Path) -> None:
    ran = cilint(write(tmp_path / "p", {"README.md": ""}), "check")
    assert (ran.status, ran.out) == (0, "No findings in 0 files.\n")
    assert ran.err == "note: .: no workflows, actions, Dockerfiles or Compose files\n"
    report = json.loads(cilint(tmp_path / "p", "check", "--report", "json").out)
    assert (report["findings"], report["files"]) == ([], {"checked": 0, "unparsed": 0})


def test_a_file_that_does_not_parse_loses_no_other(project: Path) -> None:
    (project / ".github/workflows/broken.yml").write_text("on: [push\njobs: }\n")
    (project / "binary.Dockerfile").write_bytes(bytes(range(256)))
    (project / "empty.Dockerfile").write_bytes(b"")
    report = json.loads(cilint(project, "check", "--select", "ALL", "--report", "json").out)
    assert report["files"]["checked"] == 5
    assert report["files"]["unparsed"] >= 1
    assert "team/named" in {finding["rule"] for finding in report["findings"]}


def test_standard_input(project: Path) -> None:
    ran = cilint(
        project,
        "check",
        *TEAM,
        "-",
        "--stdin-filename",
        "Dockerfile",
        "--report",
        "concise",
        stdin=b"FROM z\nFROM x AS bad\n",
    )
    assert ran.out == "Dockerfile:2:11: error team/named the stage is called bad\n"


def test_excluded_files(project: Path) -> None:
    (project / "cilint.yaml").write_text("policy: none\nrule_files: [own]\nexclude: [Dockerfile]\n")
    assert cilint(project, "check", *TEAM).status == 0
    assert cilint(project, "check", *TEAM, "Dockerfile").status == 1
    assert cilint(project, "check", *TEAM, "Dockerfile", "--force-exclude").status == 0


def test_projects_below_have_their_own_configuration(project: Path) -> None:
    write(project / "sub", {**PROJECT, "own/team/named.yaml": RULE.format(severity="warning", safety="safe")})
    report = json.loads(cilint(project, "check", *TEAM, "--report", "json").out)
    found = {(each["path"], each["severity"]) for each in report["findings"] if each["rule"] == "team/named"}
    assert found == {("Dockerfile", "error"), ("sub/Dockerfile", "warning")}
    assert report["files"]["checked"] == 4


def test_several_processes_find_what_one_finds(project: Path) -> None:
    for number in range(150):
        write(project, {f"d{number}/Dockerfile": f"FROM x AS {'bad' if number % 7 == 0 else 'fine'}\n"})
    for number in range(3):
        write(project / f"q{number}", PROJECT)
    serial, parallel = (
        cilint(project, "check", *TEAM, "--report", "json", "--no-cache", "--jobs", jobs)
        for jobs in ("1", "2")
    )
    assert len(json.loads(serial.out)["findings"]) == 22 + 2 + 6
    assert serial == parallel


@pytest.mark.parametrize("by_name", [False, True])
def test_several_processes_tell_once_what_a_project_lacks(project: Path, by_name: bool) -> None:
    quiet = "on: push\njobs: {a: {runs-on: ubuntu-24.04, steps: [{run: ls}]}}\n"
    names = [f".github/workflows/w{number}.yml" for number in range(150)]
    write(project, {**dict.fromkeys(names, quiet), "package.json": "{}"})
    paths = sorted(str(path.relative_to(project)) for path in project.glob(".github/workflows/*.yml"))
    options = ("--policy", "ghcr-dokploy", "--report", "json", "--no-cache", *(paths if by_name else ()))
    serial, parallel = (cilint(project, "check", *options, "--jobs", jobs) for jobs in ("1", "2"))
    lacking = [each for each in json.loads(serial.out)["findings"] if each["rule"] == "ci/two-workflows"]
    assert len(lacking) == 2
    assert serial == parallel


def test_a_second_run_says_the_same_until_something_changes(project: Path) -> None:
    first = cilint(project, "check", *TEAM)
    assert cilint(project, "check", *TEAM) == first
    (project / "Dockerfile").write_text("FROM x AS good\n")
    assert cilint(project, "check", *TEAM).status == 0
    (project / "Dockerfile").write_text(PROJECT["Dockerfile"])
    assert cilint(project, "check", *TEAM) == first


def test_a_jobs_log_gets_no_commands(project: Path) -> None:
    (project / "Dockerfile").write_text("FROM x##[error] AS bad\n::error::x\n")
    ran = cilint(project, "check", "--select", "ALL", GITHUB_ACTIONS="true")
    assert "team/named" in ran.out
    assert "##[" not in ran.out
    assert not any(line.strip().startswith("::") for line in ran.out.splitlines())


def test_colours(project: Path) -> None:
    assert "\x1b[" not in cilint(project, "check", *TEAM).out
    assert "\x1b[" in cilint(project, "check", *TEAM, "--color", "always").out
    assert "\x1b[" in cilint(project, "check", *TEAM, FORCE_COLOR="1").out
    assert "\x1b[" not in cilint(project, "check", *TEAM, FORCE_COLOR="1", NO_COLOR="1").out


def test_a_closed_pipe_is_no_failure(project: Path) -> None:
    (project / "Dockerfile").write_text("FROM x AS bad\n" * 3000)
    command = f"{sys.executable} -m cilint check --select team | head -n 1; exit ${{PIPESTATUS[0]}}"
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": TOP, "CILINT_CACHE_DIR": str(project.parent / "cache")}
    ran = subprocess.run(
        ["bash", "-c", command], cwd=project, env=env, capture_output=True, timeout=60, check=False
    )
    assert ran.stderr == b""
    assert ran.returncode == 141


def test_hostile_names_and_links(project: Path) -> None:
    write(project, {"we\nird/Dockerfile": "FROM x AS bad\n"})
    (project / "link.Dockerfile").symlink_to("/etc/passwd")
    (project / "loop").symlink_to(".")
    report = json.loads(cilint(project, "check", *TEAM, "--report", "json").out)
    assert {each["path"] for each in report["findings"]} == {"Dockerfile", "we\nird/Dockerfile"}
    assert len(cilint(project, "check", *TEAM, "--report", "concise").out.splitlines()) == 3


def test_an_internal_error_is_short_and_status_2(project: Path, tmp_path: Path) -> None:
    broken = tmp_path / "sitecustomize.py"
    broken.write_text(
        "import cilint.lint.discover as d\n"
        "def f(*a): raise ZeroDivisionError('oops')\n"
        "d.Discovery.__init__ = f\n"
    )
    path = f"{tmp_path}{os.pathsep}{TOP}"
    ran = cilint(project, "check", PYTHONPATH=path)
    assert ran.status == 2
    assert "ZeroDivisionError: oops" in ran.err
    assert "Traceback" not in ran.err
    assert "Traceback" in cilint(project, "check", PYTHONPATH=path, CILINT_DEBUG="1").err


def test_help_and_version(tmp_path: Path) -> None:
    shown = cilint(tmp_path, "--help").out
    assert all(
        f"\n  {name}" in shown for name in ("check", "fix", "init", "explain", "rules", "config", "debug")
    )
    assert cilint(tmp_path, "--version").out.startswith("cilint ")
    for name in ("check", "fix", "init", "explain", "rules", "config", "debug"):
        ran = cilint(tmp_path, name, "--help")
        assert (ran.status, ran.out.startswith(f"usage: cilint {name}")) == (0, True)
