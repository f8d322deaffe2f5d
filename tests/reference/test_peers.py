"""What other linters say of the canonical files; each is asked where it is installed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from cilint.model.files import MemoryFiles
from cilint.reference.plan import make_plan
from tests.reference.shapes import SHAPES


@pytest.fixture(scope="module", params=sorted(SHAPES))
def written(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds a shape's files and what was written for it."""
    files, choices = SHAPES[request.param]
    root = tmp_path_factory.mktemp(request.param)
    planned = {new.path: new.text for new in make_plan(MemoryFiles(files), choices).files}
    for path, text in {**files, **planned}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


def says(root: Path, program: str, *arguments: str) -> str:
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"{program} is not installed")
    done = subprocess.run(
        [found, *arguments], cwd=root, capture_output=True, text=True, timeout=60, check=False
    )
    return done.stdout + (done.stderr if done.returncode else "")


def workflows(root: Path) -> list[str]:
    return [str(path.relative_to(root)) for path in sorted(root.glob(".github/workflows/*.yml"))]


def test_actionlint_with_shellcheck(written: Path) -> None:
    assert says(written, "actionlint", "-no-color", *workflows(written)) == ""


def test_zizmor_ignores_one_trigger_and_finds_nothing_else(written: Path) -> None:
    said = says(written, "zizmor", "--offline", "--quiet", "--color=never", *workflows(written))
    assert "No findings to report" in said
    assert "1 ignored" in said


def test_hadolint(written: Path) -> None:
    dockerfiles = [str(path.relative_to(written)) for path in written.rglob("*Dockerfile")]
    # DL3060 wants a cache cleaned that is a mount, and so no part of the image.
    assert says(written, "hadolint", "--no-color", "--ignore", "DL3060", *dockerfiles) == ""
