from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cilint.config.load import base_of, find, load, read
from cilint.config.settings import Settings
from cilint.errors import CilintError
from cilint.findings.finding import Severity

FULL = """\
policy: ghcr-dokploy
parameters:
  branch: trunk
rules:
  docker/slim-base: off
  build/platforms: {severity: warning, platforms: [linux/amd64]}
  ci: on
rule_files: [ci/rules]
runner_labels: [builder, gpu-*]
exclude: ["vendor/**"]
overrides:
  - paths: ["examples/**"]
    rules: {security: off}
suppressions: {reason: optional, locked: [deploy/main-only]}
"""
TOML = """\
[project]
name = "x"

[tool.cilint]
policy = "ghcr-dokploy"
rule_files = ["ci/rules"]
runner_labels = ["builder", "gpu-*"]
exclude = ["vendor/**"]
parameters = { branch = "trunk" }

[tool.cilint.rules]
"docker/slim-base" = "off"
"build/platforms" = { severity = "warning", platforms = ["linux/amd64"] }
ci = "on"

[[tool.cilint.overrides]]
paths = ["examples/**"]
rules = { security = "off" }

[tool.cilint.suppressions]
reason = "optional"
locked = ["deploy/main-only"]
"""


@pytest.mark.parametrize(("path", "text"), [("cilint.yaml", FULL), ("pyproject.toml", TOML)])
def test_everything_is_read(path: str, text: str) -> None:
    settings = read(path, text)
    assert settings.path == path
    assert settings.policy == "ghcr-dokploy"
    assert settings.parameters == {"branch": "trunk"}
    assert settings.rules["docker/slim-base"].off
    assert settings.rules["build/platforms"].severity is Severity.WARNING
    assert settings.rules["build/platforms"].options == {"platforms": ["linux/amd64"]}
    assert not settings.rules["ci"].off
    assert settings.rule_files == ("ci/rules",)
    assert settings.runner_labels == ("builder", "gpu-*")
    assert settings.exclude == ("vendor/**",)
    assert settings.overrides[0].paths == ("examples/**",)
    assert settings.overrides[0].rules["security"].off
    assert not settings.suppressions.reason_required
    assert settings.suppressions.locked == ("deploy/main-only",)


def test_places_are_kept() -> None:
    for text, path in ((FULL, "cilint.yaml"), (TOML, "pyproject.toml")):
        settings = read(path, text)
        lines = text.splitlines()
        for key in ("parameters.branch", "rules.ci", "suppressions.locked", "suppressions.reason", "exclude"):
            place = settings.places[key]
            name = key.rpartition(".")[2]
            assert lines[place.line - 1][place.column - 1 :].startswith(name), (path, key)
        place = settings.rules["build/platforms"].places["platforms"]
        assert lines[place.line - 1][place.column - 1 :].startswith("platforms")


def test_an_empty_file_and_no_table_are_the_defaults() -> None:
    assert read("cilint.yaml", "# nothing\n") == Settings(path="cilint.yaml")
    assert read("pyproject.toml", "[project]\n") == Settings(path="pyproject.toml")


@pytest.mark.parametrize(
    ("text", "line", "column", "said"),
    [
        ("polcy: x", 1, 1, "did you mean `policy`"),
        ("rules:\n  docker: wrning\n", 2, 11, "did you mean `warning`"),
        ("rules: [a]", 1, 8, "`rules` must be a mapping, not a list"),
        ("overrides:\n  - paths: [a]\n", 2, 5, "the override has no `rules`"),
        ("overrides:\n  - {paths: [a], rule: {}}\n", 2, 18, "did you mean `rules`"),
        ("suppressions: {reason: requird}", 1, 24, "did you mean `required`"),
        ("suppressions: {lockd: []}", 1, 16, "did you mean `locked`"),
        ("rule_files: [../x]", 1, 14, "outside the project"),
        ("rule_files: /etc", 1, 13, "outside the project"),
        ("policy: ../mine.yaml", 1, 9, "outside the project"),
        ("policy: 3", 1, 9, "must be text, not a number"),
        ("exclude: [1]", 1, 11, "must be text"),
        ("policy: a\npolicy: b", 2, 1, ""),
        ("a: [", None, None, ""),
        ("- a", 1, 1, "the configuration must be a mapping"),
    ],
)
def test_mistakes_are_told_with_their_place(
    text: str, line: int | None, column: int | None, said: str
) -> None:
    with pytest.raises(CilintError) as caught:
        read("cilint.yaml", text)
    assert caught.value.path == "cilint.yaml"
    assert said in str(caught.value)
    if line is not None:
        assert (caught.value.line, caught.value.column) == (line, column)


@pytest.mark.parametrize(
    ("text", "line", "column", "said"),
    [
        ("[tool.cilint]\npolcy = 'x'\n", 2, 1, "did you mean `policy`"),
        ("[tool.cilint.rules]\n'a/b' = 'wrning'\n", 2, 1, "did you mean `warning`"),
        ("[tool.cilint]\nsuppressions = { reason = 'x', lockd = [] }\n", 2, 32, "did you mean `locked`"),
        ("[tool.cilint]\npolicy = \n", 2, 10, "Invalid value"),
        ("[tool]\ncilint.polcy = 3\n", 2, 1, "did you mean `policy`"),
        ("[tool.cilint]\npolicy = 3\n", 2, 1, "must be text"),
    ],
)
def test_mistakes_in_toml_too(text: str, line: int, column: int, said: str) -> None:
    with pytest.raises(CilintError) as caught:
        read("pyproject.toml", text)
    assert said in str(caught.value)
    assert (caught.value.line, caught.value.column) == (line, column)


@given(st.sampled_from([("c.yaml", FULL), ("c.toml", TOML)]), st.integers(0, 600), st.integers(0, 30),
       st.text(" :{}[]'\"-=,|&*!#\n.ab0", max_size=5))  # fmt: skip
def test_any_damage_is_told_as_an_error(file: tuple[str, str], start: int, length: int, put: str) -> None:
    path, text = file
    damaged = text[:start] + put + text[start + length :]
    said = None
    try:
        read(path, damaged)
    except CilintError as error:
        said = error
    if said is not None:
        assert said.path == path
        assert 1 <= (said.line or 0) <= damaged.count("\n") + 2


def test_the_nearest_configuration_holds_up_to_the_root(tmp_path: Path) -> None:
    inner = tmp_path / "repository" / "a" / "b"
    inner.mkdir(parents=True)
    root = tmp_path / "repository"
    (tmp_path / "cilint.yaml").write_text("")
    assert find(str(inner), str(root)) is None
    (root / ".github").mkdir()
    (root / ".github" / "cilint.yaml").write_text("")
    assert find(str(inner), str(root)) == str(root / ".github" / "cilint.yaml")
    (root / "pyproject.toml").write_text("[project]\n")
    (root / "a" / "pyproject.toml").write_text("[tool.cilint]\n")
    assert find(str(inner), str(root)) == str(root / "a" / "pyproject.toml")
    (root / "a" / ".cilint.yaml").write_text("")
    assert find(str(inner), str(root)) == str(root / "a" / ".cilint.yaml")
    (root / "a" / "cilint.yaml").write_text("")
    assert find(str(inner), str(root)) == str(root / "a" / "cilint.yaml")
    assert find(str(root), str(root)) == str(root / ".github" / "cilint.yaml")


def test_paths_are_relative_to_the_configuration(tmp_path: Path) -> None:
    assert base_of(str(tmp_path / "cilint.yaml"), str(tmp_path)) == ""
    assert base_of(str(tmp_path / ".github" / "cilint.yaml"), str(tmp_path)) == ""
    assert base_of(str(tmp_path / "a" / "b" / "cilint.yaml"), str(tmp_path)) == "a/b/"
    assert base_of("/elsewhere/cilint.yaml", str(tmp_path)) == ""
    settings = read("a/cilint.yaml", "rule_files: [rules, ../b]\npolicy: ./mine.yaml\n", "a/")
    assert settings.rule_files == ("a/rules", "b")
    assert settings.policy == "a/mine.yaml"
    path = tmp_path / "cilint.yaml"
    path.write_text("\ufeffpolicy: none\n")
    assert load(str(path), str(tmp_path)).policy == "none"


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    for name, data in (("binary.yaml", b"\xff\xfe\x00"), ("long.yaml", b"#" * (1 << 21))):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(CilintError, match="configuration"):
            load(str(tmp_path / name), str(tmp_path))
    with pytest.raises(CilintError, match="cannot be read"):
        load(str(tmp_path / "missing.yaml"), str(tmp_path))


def test_the_command_line_comes_on_top() -> None:
    settings = read("cilint.yaml", FULL).with_command_line(policy="none", select=["a,b", "c"], ignore=["d"])
    assert (settings.policy, settings.select, settings.ignore) == ("none", ("a", "b", "c"), ("d",))
    assert "policy" not in settings.places
    assert read("cilint.yaml", FULL).with_command_line().policy == "ghcr-dokploy"
