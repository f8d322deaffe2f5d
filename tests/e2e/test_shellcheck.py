"""ShellCheck as users meet it: on where its rule is named, missing, reported, fixed, remembered."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from cilint.__main__ import main
from cilint.syntax import shellcheck
from tests.e2e.command import cilint
from tests.lint.folders import write

FILES = {
    "Dockerfile": "FROM debian:13.1-slim\nRUN echo $GREETING\n",
    ".github/workflows/ci.yml": (
        "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n"
        '      - run: |\n          a=`b`\n          echo "$a" ${{ github.sha }}\n'
    ),
}
ON = ("--policy", "none", "--select", "shell/shellcheck", "--fail-on", "info")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write(tmp_path / "p", FILES)


def test_findings_carry_their_code_and_where_to_read_on(project: Path) -> None:
    ran = cilint(project, "check", *ON, "--report", "json")
    assert (ran.status, ran.err) == (1, "")
    found = json.loads(ran.out)["findings"]
    assert [(each["path"], each["line"], each["column"], each["fix"]) for each in found] == [
        (".github/workflows/ci.yml", 7, 13, "safe"), ("Dockerfile", 2, 10, "unsafe"),
    ]  # fmt: skip
    assert [each["equivalents"] for each in found] == [{"shellcheck": ["SC2006"]}, {"shellcheck": ["SC2086"]}]
    assert found[1]["message"] == (
        "SC2086: Double quote to prevent globbing and word splitting; see https://www.shellcheck.net/wiki/SC2086"
    )


@pytest.mark.parametrize(
    ("names", "config"),
    [
        (["ALL"], ""),
        (["shell"], ""),
        ([], "rules: {shell: warning}\n"),
        (["ALL"], "rules: {shell/shellcheck: off}\n"),
    ],
)
def test_it_is_off_unless_its_id_is_named(project: Path, names: list[str], config: str) -> None:
    write(project, {"cilint.yaml": f"policy: none\n{config}"})
    given = [word for name in names for word in ("--select", name)]
    assert "SC2086:" not in cilint(project, "check", *given).out


def test_a_line_of_the_configuration_switches_it_on(project: Path) -> None:
    write(project, {"cilint.yaml": "policy: none\nrules: {shell/shellcheck: {exclude: [SC2006]}}\n"})
    out = cilint(project, "check", "--report", "concise", "--ignore", "docker", "--ignore", "ci").out
    assert "Dockerfile:2:10: info shell/shellcheck SC2086:" in out
    assert "SC2006:" not in out


def test_where_it_is_missing_the_run_says_what_to_install(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(project)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(sys, "executable", str(project / "python"))
    assert main(["check", "--no-cache", *ON]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "ShellCheck, which is not installed here" in said.err
    assert "pip install 'cilint[shellcheck]'" in said.err
    assert main(["check", "--no-cache", "--policy", "none", "--select", "docker/syntax"]) == 0


def test_fixes_are_applied_and_leave_nothing_to_fix(project: Path) -> None:
    assert cilint(project, "fix", *ON).status == 1
    assert "a=$(b)" in (project / ".github/workflows/ci.yml").read_text()
    assert "echo $GREETING" in (project / "Dockerfile").read_text()
    assert cilint(project, "fix", "--unsafe", *ON).status == 0
    assert (project / "Dockerfile").read_text() == FILES["Dockerfile"].replace("$GREETING", '"$GREETING"')
    after = {path: (project / path).read_bytes() for path in FILES}
    assert cilint(project, "fix", "--unsafe", *ON).status == 0
    assert after == {path: (project / path).read_bytes() for path in FILES}


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")
def test_what_is_remembered_belongs_to_one_version_of_it(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tool = project.parent / "bin/shellcheck"
    tool.parent.mkdir()

    def install(message: str) -> None:
        finding = {"line": 9, "endLine": 9, "column": 1, "endColumn": 5, "level": "info", "code": 1}
        comment = json.dumps({**finding, "message": message, "fix": None})
        script = f"#!/bin/sh\nfor each; do :; done\nprintf '{{\"comments\":[%s]}}' '{comment}' "
        tool.write_text(
            script + f'| sed "s/{{/&\\"file\\": \\"$each\\", /2"; echo x >> {project.parent}/log\n'
        )
        tool.chmod(0o755)
        os.utime(tool, (1, len(message)))

    monkeypatch.chdir(project)
    monkeypatch.setenv("PATH", f"{tool.parent}:/usr/bin:/bin")
    monkeypatch.setenv("CILINT_CACHE_DIR", str(project.parent / "cache"))
    monkeypatch.setattr(sys, "executable", str(project / "python"))
    outputs: list[str] = []
    for message in ("one", "one", "another"):
        if not outputs or message == "another":
            install(message)
        shellcheck._answers.clear()
        assert main(["check", *ON, "Dockerfile"]) == 1
        outputs.append(capsys.readouterr().out)
    assert [("one;" in out, "another;" in out) for out in outputs] == [(True, False)] * 2 + [(False, True)]
    assert (project.parent / "log").read_text() == "x\nx\n"


def test_comments_of_a_dockerfile_reach_what_docker_takes_them_from(project: Path) -> None:
    text = (
        "FROM debian:13.1-slim\n# shellcheck disable=SC2086,SC2045\nRUN echo $GREETING\n"
        "RUN set -x; \\\n  # shellcheck disable=SC2086\n  echo $GREETING; \\\n  echo $GREETING\n"
    )
    write(project, {"Dockerfile": text, ".github/workflows/ci.yml": "on: push\njobs: {}\n"})
    ran = cilint(project, "check", *ON, "--select", "suppress/unused", "--report", "json")
    found = json.loads(ran.out)["findings"]
    assert [(each["rule"], each["line"], each["column"]) for each in found] == [
        ("suppress/unused", 2, 29), ("shell/shellcheck", 7, 8),
    ]  # fmt: skip
    assert "SC2045" in found[0]["message"]
