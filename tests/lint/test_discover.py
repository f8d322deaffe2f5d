from __future__ import annotations

from pathlib import Path

import pytest

from cilint.errors import CilintError
from cilint.lint.cache import Trace
from cilint.lint.discover import Discovery
from cilint.lint.request import Request
from tests.lint.folders import write

CI = ".github/workflows/ci.yml"


def found(
    *paths: str | Path | None, **options: object
) -> dict[tuple[str, str | None], tuple[list[str], list[str]]]:
    """(Root's name, name of the configuration) → (files named, files found)."""
    request = Request(tuple(None if path is None else str(path) for path in paths), **options)  # type: ignore[arg-type]
    groups = Discovery(request, Trace()).groups()
    return {
        (Path(each.root).name, each.config and str(Path(each.config).relative_to(each.root))): (
            list(each.named),
            list(each.found),
        )
        for each in groups
    }


def test_a_folder_has_all_that_cilint_understands(tmp_path: Path) -> None:
    root = write(
        tmp_path / "p",
        {CI: "", "Dockerfile": "", "x/app.Dockerfile": "", "x/action.yml": "", "x/ci.yml": "", f"x/{CI}": ""},
    )
    assert found(root) == {("p", None): ([], [CI, "Dockerfile", "x/action.yml", "x/app.Dockerfile"])}
    assert found(root / "x") == {("p", None): ([], ["x/action.yml", "x/app.Dockerfile"])}


def test_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(write(tmp_path / "p", {"Dockerfile": ""}))
    assert found(".") == {("p", None): ([], ["Dockerfile"])}


def test_no_path_is_the_project_around_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = write(tmp_path / "p", {"Dockerfile": "", "a/b/Dockerfile": ""})
    monkeypatch.chdir(root / "a/b")
    assert found(None) == {("p", None): ([], ["Dockerfile", "a/b/Dockerfile"])}
    assert found(".") == {("p", None): ([], ["a/b/Dockerfile"])}


def test_a_named_file_belongs_to_its_project(tmp_path: Path) -> None:
    root = write(tmp_path / "p", {CI: "", "Dockerfile": ""})
    assert found(root / CI) == {("p", None): ([CI], [])}
    assert found(root / CI, root) == {("p", None): ([CI], ["Dockerfile"])}


def test_folders_with_git_below_are_projects_of_their_own(tmp_path: Path) -> None:
    root = write(tmp_path / "p", {"Dockerfile": "", "cilint.yaml": ""})
    inner = write(root / "sub/q", {CI: "", "Dockerfile": ""})
    write(inner / "r", {"Dockerfile": "", "cilint.yaml": ""})
    assert found(root) == {
        ("p", "cilint.yaml"): ([], ["Dockerfile"]),
        ("q", None): ([], [CI, "Dockerfile"]),
        ("r", "cilint.yaml"): ([], ["Dockerfile"]),
    }
    assert set(found(root / "sub")) == {("q", None), ("r", "cilint.yaml")}


def test_the_nearest_configuration_counts(tmp_path: Path) -> None:
    root = write(
        tmp_path / "p",
        {
            "Dockerfile": "", ".github/cilint.yaml": "", CI: "",
            "a/Dockerfile": "", "a/.cilint.yaml": "", "a/b/Dockerfile": "",
            "c/Dockerfile": "", "c/pyproject.toml": "[tool.cilint]\n",
            "d/Dockerfile": "", "d/pyproject.toml": "[tool.other]\n",
        },
    )  # fmt: skip
    assert found(root) == {
        ("p", ".github/cilint.yaml"): ([], [CI, "Dockerfile", "d/Dockerfile"]),
        ("p", "a/.cilint.yaml"): ([], ["a/Dockerfile", "a/b/Dockerfile"]),
        ("p", "c/pyproject.toml"): ([], ["c/Dockerfile"]),
    }
    assert set(found(root, config=str(root / "d/pyproject.toml"))) == {("p", "d/pyproject.toml")}


def test_a_configuration_above_the_project_does_not_count(tmp_path: Path) -> None:
    write(tmp_path, {"cilint.yaml": ""}, git=False)
    assert set(found(write(tmp_path / "p", {"Dockerfile": ""}))) == {("p", None)}


def test_without_a_repository(tmp_path: Path) -> None:
    root = write(tmp_path / "p", {CI: "", "x/Dockerfile": ""}, git=False)
    assert found(root) == {("p", None): ([], [CI, "x/Dockerfile"])}
    assert found(root / CI) == {("p", None): ([CI], [])}
    assert found(root / ".github/workflows") == {("p", None): ([], [CI])}
    assert found(root / "x/Dockerfile") == {("x", None): (["Dockerfile"], [])}


def test_what_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CilintError, match="does not exist"):
        found(tmp_path / "none/Dockerfile")


def test_what_is_no_input_is_noted(tmp_path: Path) -> None:
    root = write(tmp_path / "p", {"README.md": ""})
    discovery = Discovery(Request((str(root), str(root / "README.md"))), Trace())
    assert discovery.groups() == []
    assert len(discovery.notes) == 2


def test_standard_input_has_the_place_of_its_name(tmp_path: Path) -> None:
    root = write(tmp_path / "p", {"Dockerfile": "old"})
    discovery = Discovery(Request((), stdin=(str(root / "Dockerfile"), b"new")), Trace())
    [group] = discovery.groups()
    assert group.named == ("Dockerfile",)
    assert discovery.files[group.root].read("Dockerfile") == b"new"
