from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from cilint.lint.disk import DiskFiles
from cilint.lint.write import write
from tests.lint.folders import write as make


def test_a_file_is_replaced_and_keeps_its_mode(tmp_path: Path) -> None:
    root = make(tmp_path, {"a/run": "old"})
    (root / "a/run").chmod(0o750)
    assert write(DiskFiles(str(root)), {"a/run": b"new"}, {"a/run": b"old"}) == {}
    assert (root / "a/run").read_bytes() == b"new"
    assert stat.S_IMODE((root / "a/run").stat().st_mode) == 0o750
    assert os.listdir(root / "a") == ["run"]


def test_a_file_that_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    root = make(tmp_path, {"a": "other"})
    assert write(DiskFiles(str(root)), {"a": b"new"}, {"a": b"old"}) == {
        "a": "it has changed in the meantime"
    }
    assert (root / "a").read_text() == "other"


def test_new_files_and_their_folders_are_made(tmp_path: Path) -> None:
    root = make(tmp_path, {"a": ""})
    os.umask(mask := os.umask(0o022))
    assert write(DiskFiles(str(root)), {"x/y/new": b"n"}, {"x/y/new": None}) == {}
    assert (root / "x/y/new").read_text() == "n"
    assert stat.S_IMODE((root / "x/y/new").stat().st_mode) == 0o666 & ~mask


def test_a_new_file_never_replaces_another(tmp_path: Path) -> None:
    root = make(tmp_path, {"new": "mine"})
    assert set(write(DiskFiles(str(root)), {"new": b"n"}, {"new": None})) == {"new"}
    assert (root / "new").read_text() == "mine"
    assert sorted(os.listdir(root)) == [".git", "new"]


def test_links_are_followed_inside_the_project_only(tmp_path: Path) -> None:
    make(tmp_path, {"out/a": "out"}, git=False)
    root = make(tmp_path / "p", {"real": "old"})
    (root / "inside").symlink_to("real")
    (root / "outside").symlink_to(tmp_path / "out/a")
    (root / "folder").symlink_to(tmp_path / "out")
    changes = {"inside": b"new", "outside": b"new", "folder/new": b"new"}
    before = {"inside": b"old", "outside": b"out", "folder/new": None}
    assert set(write(DiskFiles(str(root)), changes, before)) == {"outside", "folder/new"}
    assert (root / "inside").is_symlink()
    assert (root / "real").read_text() == "new"
    assert (tmp_path / "out/a").read_text() == "out"
    assert os.listdir(tmp_path / "out") == ["a"]


def test_an_interrupted_replacement_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make(tmp_path, {"a": "old"})

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    assert write(DiskFiles(str(root)), {"a": b"new"}, {"a": b"old"}) == {"a": "No space left on device"}
    assert (root / "a").read_text() == "old"
    assert sorted(os.listdir(root)) == [".git", "a"]
