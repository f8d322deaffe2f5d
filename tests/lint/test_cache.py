from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from cilint import programs
from cilint.lint import cache
from cilint.lint.cache import Entry, Trace, load, store
from cilint.lint.request import Request
from cilint.lint.run import run
from tests.lint.folders import write

CI = ".github/workflows/ci.yml"
ENTRY = Entry([(None, "said\n"), ("out.json", "{}")], "note\n", 1)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CILINT_CACHE_DIR", str(tmp_path / "cache"))
    root = write(
        tmp_path / "p",
        {
            CI: "on: push\njobs: {a: {runs-on: x, steps: [{uses: ./act}]}}\n", "act/action.yml": "name: a\n",
            "Dockerfile": "FROM x\n", "cilint.yaml": "rule_files: [own]\npolicy: ci/policy.yaml\n",
            "own/team/x.yaml": RULE, "ci/policy.yaml": "title: p\nrules: {team: on}\n", "README.md": "",
        },
    )  # fmt: skip
    monkeypatch.chdir(root)
    return root


RULE = """\
title: t
severity: error
why: w
select: workflow
deny: "True"
message: m
examples: [{bad: "on: push", flags: []}]
"""


def remember(*arguments: str) -> None:
    trace = Trace()
    run(Request(arguments or (".",)), trace)
    store(arguments or (".",), trace, ENTRY)


def test_a_run_comes_back_as_it_was(project: Path) -> None:
    assert load(["."]) is None
    remember(".")
    known = load(["."])
    assert known is not None
    assert (known.outputs, known.errors, known.status) == (ENTRY.outputs, ENTRY.errors, ENTRY.status)
    assert load([".", "--quiet"]) is None


CHANGES: list[Callable[[Path], object]] = [
    lambda root: (root / CI).write_text("on: pull_request\n"),
    lambda root: (root / CI).unlink(),
    lambda root: (root / ".github/workflows/new.yml").write_text(""),
    lambda root: (root / "cilint.yaml").write_text("policy: none\n"),
    lambda root: (root / "own/team/x.yaml").write_text(RULE.replace("error", "info")),
    lambda root: (root / "ci/policy.yaml").write_text("title: p\nrules: {team: off}\n"),
    lambda root: (root / "own/team/y.yaml").write_text(RULE),
    lambda root: (root / ".git").rmdir(),
    lambda root: (root / "act/.git").mkdir(),
]


@pytest.mark.parametrize("change", CHANGES)
def test_any_change_of_what_was_looked_at_ends_it(project: Path, change: Callable[[Path], object]) -> None:
    remember(".")
    assert load(["."]) is not None
    change(project)
    assert load(["."]) is None


def test_a_nearer_configuration_ends_it(project: Path) -> None:
    remember("Dockerfile")
    assert load(["Dockerfile"]) is not None
    (project / "cilint.yaml").rename(project / ".cilint.yaml")
    assert load(["Dockerfile"]) is None


def test_what_nobody_looked_at_may_change(project: Path) -> None:
    remember(".")
    (project / "README.md").write_text("new")
    assert load(["."]) is not None


def test_another_folder_and_another_way_to_print_are_other_runs(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remember(".")
    for name in cache.ENVIRONMENT:
        with monkeypatch.context() as context:
            context.setenv(name, "other")
            assert load(["."]) is None
    monkeypatch.chdir(project / "act")
    assert load(["."]) is None


@pytest.mark.parametrize("option", ["--no-cache", "-", "-v", "--verbose"])
def test_some_runs_are_never_remembered(project: Path, option: str) -> None:
    store([".", option], Trace(), ENTRY)
    assert load([".", option]) is None
    assert not (project.parent / "cache").exists()


def test_a_torn_or_foreign_entry_counts_as_none(project: Path) -> None:
    remember(".")
    [path] = (project.parent / "cache").iterdir()
    whole = path.read_bytes()
    for data in (
        b"",
        whole[:-1],
        whole[:40],
        b"x" + whole[1:],
        whole[:-1] + bytes([whole[-1] ^ 1]),
        whole + b"x",
    ):
        path.write_bytes(data)
        assert load(["."]) is None
    path.write_bytes(whole)
    assert load(["."]) is not None


def test_another_version_counts_as_none(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    remember(".")
    monkeypatch.setattr(cache, "__version__", "9.9.9")
    assert load(["."]) is None


def test_a_cache_that_cannot_be_written_is_no_error(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "file").write_text("")
    monkeypatch.setenv("CILINT_CACHE_DIR", str(project / "file/below"))
    remember(".")
    assert load(["."]) is None


def test_the_older_half_goes_when_there_are_too_many(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "ENTRIES", 5)
    folder = project.parent / "cache"
    folder.mkdir()
    for age in range(5):
        (folder / f"old{age}").write_text("")
        os.utime(folder / f"old{age}", (1000 - age, 1000 - age))
    remember(".")
    assert load(["."]) is not None
    assert {path.name for path in folder.glob("old*")} == {"old0", "old1"}


def test_where_the_cache_lies(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CILINT_CACHE_DIR", str(tmp_path / "own"))
    assert cache.folder() == str(tmp_path / "own")
    monkeypatch.delenv("CILINT_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache.folder() == str(tmp_path / "cilint")
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache.folder() == str(tmp_path / ".cache/cilint")


def test_another_version_of_a_program_that_was_asked_ends_it(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    states = {"tool": "1"}
    monkeypatch.setattr(programs, "state", states.__getitem__)
    trace = Trace()
    run(Request((".",)), trace)
    trace.programs["tool"] = "1"
    store((".",), trace, ENTRY)
    assert load(["."]) is not None
    states["tool"] = "2"
    assert load(["."]) is None
