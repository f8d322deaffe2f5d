from __future__ import annotations

import os
from pathlib import Path

import pytest

from cilint.lint import disk
from cilint.lint.disk import DiskFiles
from tests.lint.folders import write


def test_reading_stays_inside_the_project(tmp_path: Path) -> None:
    write(tmp_path, {"out/secret": "s"}, git=False)
    root = write(tmp_path / "in", {"a/Dockerfile": "FROM x", "b": "b"})
    (root / "link").symlink_to(tmp_path / "out/secret")
    (root / "folder").symlink_to(tmp_path / "out")
    (root / "inner").symlink_to(root / "b")
    (root / "loop").symlink_to(root / "loop")
    files = DiskFiles(str(root))
    assert files.read("a/Dockerfile") == b"FROM x"
    assert files.read("inner") == b"b"
    absolute = str(root / "b")
    for path in ("link", "folder/secret", "../out/secret", "a/../b", "loop", "a", "none", absolute, "\0", ""):
        assert files.read(path) is None
    assert files.listing() == ("a/Dockerfile", "b", "inner")


def test_what_was_asked_is_noted(tmp_path: Path) -> None:
    files = DiskFiles(str(write(tmp_path, {"a": "1"})))
    files.peek("a")
    assert files.asked == {}
    files.read("a")
    files.read("b")
    assert set(files.asked) == {"a", "b"}
    assert files.asked["b"] is None
    assert files.asked["a"] == files.peek_digest("a")
    assert not files.listed
    files.listing_digest()
    assert not files.listed
    files.listing()
    assert files.listed
    files.forget()
    assert (files.asked, files.listed) == ({}, False)


def test_git_dependencies_and_projects_of_their_own_are_not_listed(tmp_path: Path) -> None:
    root = write(
        tmp_path, {".git/config": "", "node_modules/x/Dockerfile": "", "a/node_modules/y": "", "b/c": ""}
    )
    write(root / "sub/own", {"Dockerfile": ""})
    write(root / "module", {"Dockerfile": ""}, git=False)
    (root / "module/.git").write_text("gitdir: ../.git/modules/module\n")
    files = DiskFiles(str(root))
    assert files.listing() == ("b/c",)
    assert files.nested() == ("module", "sub/own")


def test_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = write(tmp_path, {f"f{n:02}": "x" * 100 for n in range(30)})
    monkeypatch.setattr(disk, "LISTING_LIMIT", 10)
    monkeypatch.setattr(disk, "READ_LIMIT", 10)
    files = DiskFiles(str(root))
    assert len(files.listing()) <= 10
    assert files.cut_off
    assert files.read("f00") == b"x" * 10


def test_of_too_many_files_the_upper_ones_are_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    many = {f"a/f{n:02}": "" for n in range(30)}
    root = write(tmp_path, {"Dockerfile": "", ".github/workflows/ci.yml": "", **many})
    monkeypatch.setattr(disk, "LISTING_LIMIT", 20)
    files = DiskFiles(str(root))
    assert {"Dockerfile", ".github/workflows/ci.yml"} <= set(files.listing())
    assert len(files.listing()) < len(many)
    assert files.cut_off


def test_only_regular_files(tmp_path: Path) -> None:
    write(tmp_path, {"a": ""})
    os.mkfifo(tmp_path / "Dockerfile")
    files = DiskFiles(str(tmp_path))
    assert files.read("Dockerfile") is None
    assert files.listing() == ("a",)


def test_an_overlay_stands_for_what_is_on_disk(tmp_path: Path) -> None:
    files = DiskFiles(str(write(tmp_path, {"a": "1"})))
    files.overlay("a", b"2")
    files.overlay("new", b"3")
    assert (files.read("a"), files.read("new")) == (b"2", b"3")
    assert files.listing() == ("a", "new")


def test_the_digest_of_a_listing_tells_changes(tmp_path: Path) -> None:
    root = write(tmp_path, {"a/b": "1"})
    before = DiskFiles(str(root)).listing_digest()
    (root / "a/b").write_text("2")
    assert DiskFiles(str(root)).listing_digest() == before
    (root / "a/.git").mkdir()
    assert DiskFiles(str(root)).listing_digest() != before
