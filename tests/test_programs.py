from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from cilint.programs import find, state


def program(folder: Path, text: str = "") -> str:
    folder.mkdir(exist_ok=True)
    path = folder / ("tool.exe" if sys.platform == "win32" else "tool")
    path.write_text(text)
    path.chmod(0o755)
    return str(path)


@pytest.fixture
def apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place with a Python of its own and an empty PATH."""
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python/bin/python"))
    monkeypatch.setenv("PATH", "")
    (tmp_path / "python").mkdir()
    return tmp_path


def test_what_an_extra_brings_comes_before_path(apart: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert find("tool") is None
    assert state("tool") == ""
    other = program(apart / "other")
    monkeypatch.setenv("PATH", f"{apart}/none{os.pathsep}{apart}/other")
    assert find("tool") == other
    assert find("tool") != program(apart / "python/bin")
    assert find("tool") == str(apart / "python/bin/tool")


def test_a_folder_of_what_is_linted_does_not_count(apart: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(apart / "bin")
    monkeypatch.chdir(apart)
    monkeypatch.setenv("PATH", os.pathsep.join(["bin", ".", "", "./bin"]))
    assert find("tool") is None


def test_only_a_program_counts(apart: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(apart / "bin"))
    os.chmod(program(apart / "bin"), 0o644)
    assert find("tool") is None
    os.remove(apart / "bin/tool")
    (apart / "bin/tool").mkdir()
    assert find("tool") is None


def test_another_version_is_another_state(apart: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(apart / "bin"))
    program(apart / "bin", "1")
    first = state("tool")
    assert first == state("tool") != ""
    program(apart / "bin", "1.1")
    assert state("tool") != first
