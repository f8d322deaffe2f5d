from __future__ import annotations

import os
import shutil
import subprocess
import sys
import types
from pathlib import Path

import pytest

from cilint.rules import catalogue as catalogue_module
from cilint.rules.active import activate
from cilint.rules.compile import compile_folder, module_text, rule_paths
from cilint.rules.rule import Catalogue
from cilint.rules.run import judge
from tests.rules.test_run import FILES
from tests.rules.things import RULE, Lines, rule

ROOT = Path(__file__).resolve().parents[2]


def loaded(text: str) -> Catalogue:
    module = types.ModuleType("compiled")
    exec(compile(text, "compiled", "exec"), module.__dict__)
    found: Catalogue = module.CATALOGUE
    return found


def test_the_compiled_module_judges_as_the_file_does() -> None:
    file = rule(
        RULE.replace("severity: warning", "severity: {error: item.says('you'), warning: item.says('say')}")
    )
    compiled = loaded(module_text(Catalogue({file.rule.id: file.rule}, {}), ""))
    again = compiled.rules["talk/loud"]
    assert judge(Lines(FILES), [activate(again, {})]) == judge(Lines(FILES), [activate(file.rule, {})])
    assert again.options == file.rule.options
    assert again.deny is not None
    assert file.rule.deny is not None
    assert (again.deny.line, again.deny.column) == (file.rule.deny.line, file.rule.deny.column)


def test_the_built_in_catalogue_survives_compilation() -> None:
    catalogue = compile_folder(catalogue_module.CHECKOUT)
    again = loaded(module_text(catalogue, ""))
    assert again.policies == catalogue.policies
    assert list(again.rules) == list(catalogue.rules)
    for identity, compiled in again.rules.items():
        assert compiled.options == catalogue.rules[identity].options
        assert compiled.severity == catalogue.rules[identity].severity or isinstance(compiled.severity, tuple)


def test_rule_paths_leave_out_policies_and_other_files(tmp_path: Path) -> None:
    for name in ("a/b.yaml", "policies/p.yaml", "a/readme.md", ".hidden/x.yaml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    assert rule_paths(str(tmp_path)) == ["a/b.yaml"]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the program with one rule, whose compiled catalogue is its own."""
    shutil.copytree(
        ROOT / "cilint", tmp_path / "cilint", ignore=shutil.ignore_patterns("_compiled*", "__pycache__")
    )
    shutil.copytree(ROOT / "rules" / "policies", tmp_path / "rules" / "policies")
    shutil.copytree(ROOT / "rules" / "suppress", tmp_path / "rules" / "suppress")
    return tmp_path


def titles(folder: Path) -> str:
    code = "from cilint.rules.catalogue import builtin\nprint([r.title for r in builtin().rules.values()])\n"
    code += "import sys; print('cilint.rules.load' in sys.modules)"
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": ""}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout


def test_a_checkout_compiles_at_first_use_and_after_a_change(checkout: Path) -> None:
    first = titles(checkout)
    assert first.endswith("True\n")
    assert (checkout / "cilint/rules/_compiled.py").exists()
    assert titles(checkout) == first.replace("True", "False")
    path = checkout / "rules/suppress/unused.yaml"
    path.write_text(path.read_text().replace("A suppression suppresses nothing", "A suppression is idle"))
    changed = titles(checkout)
    assert "A suppression is idle" in changed
    assert changed.endswith("True\n")
    assert titles(checkout) == changed.replace("True", "False")


def test_a_damaged_or_foreign_compilation_is_made_anew(checkout: Path) -> None:
    (checkout / "cilint/rules/_compiled.py").write_text("LISTING = 'x'\nCATALOGUE = (\n")
    assert "A suppression suppresses nothing" in titles(checkout)


def test_an_installed_package_trusts_its_compilation(checkout: Path) -> None:
    titles(checkout)
    compiled = checkout / "cilint/rules/_compiled.py"
    lines = compiled.read_text().splitlines(keepends=True)
    compiled.write_text("".join("LISTING = ''\n" if line.startswith("LISTING") else line for line in lines))
    shutil.move(checkout / "rules", checkout / "cilint/rules/builtin")
    assert titles(checkout).endswith("False\n")


def test_a_folder_that_cannot_be_written_is_no_obstacle(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    missing = tmp_path / "missing" / "_compiled.py"
    monkeypatch.setattr(catalogue_module, "COMPILED", str(missing))
    monkeypatch.setattr(catalogue_module, "_compiled", lambda: None)
    catalogue_module.builtin.cache_clear()
    assert "suppress/unused" in catalogue_module.builtin().rules
    assert not missing.exists()
    catalogue_module.builtin.cache_clear()
