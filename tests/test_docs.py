"""What the hand-written pages show works as they say."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[1]


def blocks(page: str, language: str) -> list[str]:
    text = (ROOT / page).read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def cilint(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cilint", *words], cwd=folder, capture_output=True, text=True, check=False
    )


def test_the_rule_of_the_guide_passes_its_examples_and_is_part_of_a_check(tmp_path: Path) -> None:
    rule, configuration, *_ = blocks("docs/writing-rules.md", "yaml")
    (tmp_path / ".git").mkdir()
    folder = tmp_path / "ci/rules/deploy"
    folder.mkdir(parents=True)
    (folder / "fixed-runner.yaml").write_text(rule)
    (tmp_path / "cilint.yaml").write_text("policy: none\n" + configuration)
    tested = cilint(tmp_path, "rules", "test", "ci/rules")
    assert tested.returncode == 0, tested.stdout + tested.stderr

    workflow = tmp_path / ".github/workflows/deploy.yml"
    workflow.parent.mkdir(parents=True)
    step = "    steps: [{run: curl -f -X POST $DOKPLOY_WEBHOOK_URL}]\n"
    workflow.write_text("on: push\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n" + step)
    checked = cilint(tmp_path, "check", "--report", "concise")
    assert "deploy.yml:4:14: error deploy/fixed-runner" in checked.stdout, checked.stdout + checked.stderr


def test_the_policy_of_the_guide_is_one(tmp_path: Path) -> None:
    policy = blocks("docs/writing-rules.md", "yaml")[-1]
    (tmp_path / ".git").mkdir()
    (tmp_path / "policy.yaml").write_text(policy)
    shown = cilint(tmp_path, "config", "--policy", "policy.yaml")
    assert shown.returncode == 0, shown.stderr
    assert "registry.example.com" in shown.stdout


def test_the_commands_of_the_readme_exist() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for command in sorted(set(re.findall(r"^    cilint (\w+)", text, re.MULTILINE))):
        assert cilint(ROOT, command, "--help").returncode == 0, command


def test_what_the_page_on_migrating_shows_is_what_comes_out(tmp_path: Path) -> None:
    settings, configuration = blocks("docs/migrating.md", "yaml")
    (tmp_path / ".git").mkdir()
    body = settings.partition("\n")[2]
    (tmp_path / ".hadolint.yaml").write_text(body)
    ran = cilint(tmp_path, "migrate")
    assert ran.returncode == 0, ran.stderr
    assert configuration.partition("\n")[2] in (tmp_path / "cilint.yaml").read_text()
    assert ran.stderr.strip() in (ROOT / "docs/migrating.md").read_text(encoding="utf-8")


def test_every_line_of_the_design_has_rules_or_a_reason() -> None:
    table = (ROOT / "docs/rules/design.md").read_text(encoding="utf-8").split("\n")
    rows = [line.strip("| ").rpartition(" | ") for line in table if line.startswith("| ")][1:]
    named = [line for line, _, _ in rows]
    assert len(named) == len(set(named)) > 50
    design = YAML(typ="safe").load(ROOT / "docs/design.yaml")
    lines = {f"{part['section']}: {line['line']}": line for part in design for line in part["lines"]}
    assert named == list(lines)
    for line, _, rules in rows:
        ids = re.findall(r"\[`([\w/-]+)`\]", rules)
        assert bool(ids) != ("reason" in lines[line]), line
        assert all((ROOT / f"rules/{id_}.yaml").exists() for id_ in ids)
