"""``cilint init`` on a folder: what it writes, keeps, shows and tells."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from cilint.cli import init
from cilint.errors import CilintError
from tests.e2e.command import cilint
from tests.reference.shapes import SHAPES, project, under

BUILD = ".github/workflows/backend-build.yml"


def run(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    init.add_arguments(parser)
    return init.run(parser.parse_args(arguments))


def fill(root: Path, files: dict[str, str]) -> Path:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


@pytest.fixture
def single(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    return fill(tmp_path, dict(SHAPES["single"].files))


def contents(root: Path) -> dict[str, str]:
    return {str(path.relative_to(root)): path.read_text() for path in root.rglob("*") if path.is_file()}


def test_it_writes_at_the_repository_s_root_and_tells(
    single: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(str(single / "app" / "api")) == 0
    said = capsys.readouterr().out
    assert f"wrote     {BUILD}" in said
    assert "left to do by hand" in said
    assert (single / BUILD).read_text().startswith("# Checks the code")
    assert not list(single.rglob(".cilint-*"))


def test_a_second_run_changes_no_byte(single: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(str(single))
    before = contents(single)
    capsys.readouterr()
    assert run(str(single)) == 0
    assert contents(single) == before
    assert "Everything is in place already." in capsys.readouterr().out
    assert run(str(single), "--force") == 0
    assert contents(single) == before
    assert run(str(single), "--diff") == 0


@pytest.mark.parametrize("shape", ["single", "monorepo"])
def test_a_check_of_what_it_wrote_finds_nothing_and_a_fix_changes_nothing(tmp_path: Path, shape: str) -> None:
    folder = fill(tmp_path / "project", {".git/HEAD": "", **SHAPES[shape].files})
    run(str(folder))
    before = contents(folder)
    checked = cilint(folder, "check", "--fail-on", "info", "--ignore", "ci/documented")  # the README is yours
    assert (checked.status, checked.out) == (0, "No findings in 4 files.\n")
    assert cilint(folder, "fix", "--unsafe", "--diff").status == 0
    assert contents(folder) == before


@pytest.mark.parametrize(
    "files",
    [{}, {"package.json": "{}"}, {"package.json": '{"dependencies": {"next": "16.0.0"}}'}],
    ids=["empty", "another project", "a library"],
)
def test_a_project_without_an_application_is_told_so(tmp_path: Path, files: dict[str, str]) -> None:
    folder = fill(tmp_path / "project", {".git/HEAD": "", **files})
    ran = cilint(folder, "init")
    assert (ran.status, ran.out) == (2, "")
    assert "there is no Next.js application here" in ran.err
    assert contents(folder) == {".git/HEAD": "", **files}
    assert cilint(folder, "check").status == cilint(folder, "fix", "--unsafe").status == 0


def test_what_differs_is_kept_unless_forced(single: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill(single, {BUILD: "name: ours\n", "Dockerfile": "FROM node:22.21.1-slim\n"})
    assert run(str(single)) == 0
    assert (single / BUILD).read_text() == "name: ours\n"
    assert f"kept      {BUILD}" in capsys.readouterr().out
    assert run(str(single), "--force") == 0
    assert f"replaced  {BUILD}" in capsys.readouterr().out
    assert "Backend Build" in (single / BUILD).read_text()


def test_diff_shows_and_writes_nothing(single: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill(single, {"cilint.yaml": "policy: none\n"})
    before = contents(single)
    assert run(str(single), "--diff") == 1
    said = capsys.readouterr()
    assert f"--- /dev/null\n+++ b/{BUILD}\n" in said.out
    assert "cilint.yaml" not in said.out
    assert "cilint.yaml differs" in said.err
    assert run(str(single), "--diff", "--force") == 1
    assert "-policy: none\n" in capsys.readouterr().out
    assert contents(single) == before


def test_a_pre_commit_configuration_is_added_to(single: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill(single, {".pre-commit-config.yaml": "repos:\n  - repo: meta\n    hooks:\n      - id: identity\n"})
    run(str(single))
    assert "extended  .pre-commit-config.yaml" in capsys.readouterr().out
    assert (single / ".pre-commit-config.yaml").read_text().startswith("repos:\n  - repo: meta\n")
    assert "id: cilint" in (single / ".pre-commit-config.yaml").read_text()


def test_choices_are_heeded(tmp_path: Path) -> None:
    fill(tmp_path, under("a", project("yarn.lock")) | under("b", project("yarn.lock")))
    with pytest.raises(CilintError, match="--app: a, b"):
        run(str(tmp_path))
    assert run(str(tmp_path), "--app", "b", "--branch", "trunk", "--deploy", "api") == 0
    deploy = (tmp_path / ".github/workflows/backend-deploy.yml").read_text()
    assert "branches: [trunk]" in deploy
    assert "WEBHOOK" not in deploy
    assert (tmp_path / "b/Dockerfile").exists()


def test_nothing_is_written_outside_the_project(
    single: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (single / "docs").symlink_to(outside)
    with pytest.raises(CilintError, match="out of the project"):
        run(str(single))
    assert list(outside.iterdir()) == []


def test_wrong_places(tmp_path: Path) -> None:
    with pytest.raises(CilintError, match="no such folder"):
        run(str(tmp_path / "nowhere"))
    with pytest.raises(CilintError, match="depends on next"):
        run(str(tmp_path))


def test_the_deploy_waits_for_the_build_workflow_that_is_kept(single: Path) -> None:
    fill(single, {BUILD: "name: 'Checks, and image'\non: push\njobs: {}\n"})
    deploy = single / ".github/workflows/backend-deploy.yml"
    run(str(single))
    assert "workflows: ['Checks, and image']" in deploy.read_text()
    run(str(single), "--force")
    assert "workflows: [Backend Build]" in deploy.read_text()


@pytest.mark.parametrize(
    ("arguments", "branch"), [([], "trunk"), (["--branch", "release"], "release")], ids=["kept", "given"]
)
def test_the_branch_is_the_configuration_s(single: Path, arguments: list[str], branch: str) -> None:
    fill(single, {"cilint.yaml": "parameters:\n  branch: trunk\n"})
    run(str(single), *arguments)
    assert f"branches: [{branch}]" in (single / BUILD).read_text()


def test_a_wrong_configuration_is_told(single: Path) -> None:
    fill(single, {"cilint.yaml": "parameter:\n  branch: trunk\n"})
    with pytest.raises(CilintError):
        run(str(single))
