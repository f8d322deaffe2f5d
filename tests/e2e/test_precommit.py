"""The hooks, tried by pre-commit itself on a real git repository."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from cilint.syntax.yaml import Mapping, Scalar, Sequence, parse

ROOT = Path(__file__).resolve().parents[2]
WORKFLOW = """\
on: {push: {branches: [main]}}
jobs:
  deploy:
    runs-on: ubuntu-latest
    steps:
      - run: curl -X POST "$DOKPLOY_WEBHOOK_URL"
"""
TAKEN = (
    ".github/workflows/ci.yml",
    ".github/workflows/ci.yaml",
    "action.yml",
    "actions/setup/action.yaml",
    "compose.yaml",
    "compose.prod.yml",
    "db/docker-compose.yml",
    "docker-compose-dev.yaml",
    "compose-dev.yaml",
    "local.compose.yml",
    "Dockerfile",
    "api/dockerfile",
    "Dockerfile.prod",
    "Dockerfile-dev",
    "prod.Dockerfile",
    "Containerfile",
    "x.containerfile",
)
LEFT = (
    "README.md",
    "src/dockerfile.py",
    "Dockerfile.tmpl",
    "Dockerfile.md",
    "Dockerfile.dockerignore",
    ".github/workflows/sub/x.yml",
    "my-action.yml",
    "mycompose.yml",
    "docker-composer.yml",
)


def hooks() -> list[Mapping]:
    root = parse((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")).root
    assert isinstance(root, Sequence)
    return [item for item in root.items if isinstance(item, Mapping)]


def text(hook: Mapping, key: str) -> str:
    value = hook.get(key)
    assert isinstance(value, Scalar)
    return value.text


@pytest.mark.parametrize("hook", hooks(), ids=lambda hook: text(hook, "id"))
def test_the_hooks_take_the_files_that_cilint_understands(hook: Mapping) -> None:
    taken, left = re.compile(text(hook, "files")), re.compile(text(hook, "exclude"))

    def wanted(name: str) -> bool:
        return bool(taken.search(name)) and not left.search(name)

    assert [name for name in TAKEN if not wanted(name)] == []
    assert [name for name in LEFT if wanted(name)] == []


def git(folder: Path, *words: str) -> None:
    identity = ("-c", "user.name=cilint", "-c", "user.email=cilint@example.com")
    subprocess.run(["git", *identity, *words], cwd=folder, check=True, capture_output=True)


def try_repo(folder: Path, hook: str, home: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pre_commit", "try-repo", str(ROOT), hook, "--all-files", "--verbose"]
    environment = {**os.environ, "PRE_COMMIT_HOME": str(home)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="pre-commit tries a repository, not a folder")
def test_pre_commit_runs_both_hooks(tmp_path: Path) -> None:
    project, home = tmp_path / "project", tmp_path / "home"
    workflow = project / ".github/workflows/backend-deploy.yml"
    workflow.parent.mkdir(parents=True)
    workflow.write_text(WORKFLOW)
    (project / "cilint.yaml").write_text("policy: ghcr-dokploy\nrules: {ci: off, security: off}\n")
    git(project, "init", "--quiet")
    git(project, "add", ".")
    git(project, "commit", "--quiet", "--message", "begin")

    checked = try_repo(project, "cilint", home)
    assert checked.returncode == 1, checked.stdout + checked.stderr
    assert "deploy/http-failure" in checked.stdout

    fixed = try_repo(project, "cilint-fix", home)
    assert fixed.returncode == 1, fixed.stdout + fixed.stderr
    assert "files were modified by this hook" in fixed.stdout
    assert "--fail-with-body" in workflow.read_text()
