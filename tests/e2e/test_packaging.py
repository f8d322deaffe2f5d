"""The wheel and the source distribution, built, installed in an empty environment and run."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BROKEN = "FROM node:22-slim\nRUN npm ci --only=production\n"


def run(*command: str | Path, cwd: Path, status: int = 0) -> str:
    done = subprocess.run(
        [str(word) for word in command], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The wheel made from the source distribution, as a publisher makes it."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT, cwd=ROOT)
    return {path.suffix: path for path in folder.iterdir()}


def test_the_wheel_has_the_rules_and_their_compilation(distributions: dict[str, Path]) -> None:
    names = zipfile.ZipFile(distributions[".whl"]).namelist()
    assert "cilint/rules/builtin/deploy/main-only.yaml" in names
    assert "cilint/rules/builtin/policies/ghcr-dokploy.yaml" in names
    assert "cilint/rules/_compiled.py" in names
    assert any(name.startswith("cilint/reference/templates/") for name in names)
    assert not any(name.startswith(("tests/", "bench/")) for name in names)


def test_the_source_distribution_can_be_tested(distributions: dict[str, Path]) -> None:
    with tarfile.open(distributions[".gz"]) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"rules/deploy/main-only.yaml", "tests/conftest.py", "README.md", "LICENSE", "Makefile"} <= names


def test_the_wheel_works_in_an_empty_environment(distributions: dict[str, Path], tmp_path: Path) -> None:
    venv.create(tmp_path / "env", with_pip=True)
    scripts = tmp_path / "env" / ("Scripts" if sys.platform == "win32" else "bin")
    pip = (scripts / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    run(*pip, distributions[".whl"], cwd=tmp_path)
    project = tmp_path / "project"
    (project / ".git").mkdir(parents=True)
    (project / "Dockerfile").write_text(BROKEN)
    output = run(scripts / "cilint", "check", "--report", "concise", "Dockerfile", cwd=project, status=1)
    assert "Dockerfile:2:12: warning docker/omit-dev" in output
    again = run(
        scripts / "python",
        "-m",
        "cilint",
        "check",
        "--report",
        "concise",
        "Dockerfile",
        cwd=project,
        status=1,
    )
    assert again == output
    run(scripts / "cilint", "rules", "test", cwd=project)
