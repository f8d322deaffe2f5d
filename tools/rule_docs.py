"""Writes docs/rules/ from the rule files: a page a rule, an index, and which rules serve which line of the design.

With `--check` nothing is written; status 1 if a page is not as it would be written.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from cilint.rules.catalogue import builtin, folder
from cilint.rules.compile import read_folder
from cilint.rules.document import explained, markdown
from cilint.rules.load import RuleFile

DESIGN = Path(__file__).resolve().parent.parent / "docs" / "design.yaml"
TARGET = Path(__file__).resolve().parent.parent / "docs" / "rules"
NOTE = "<!-- Made from the rule files by `make docs`. -->\n"


def pages() -> dict[str, str]:
    """Every page by its path below docs/rules."""
    catalogue = builtin()
    files, _ = read_folder(folder())
    found = {f"{file.rule.id}.md": NOTE + "\n" + markdown(explained(file, catalogue)) for file in files}
    found["README.md"] = NOTE + "\n" + index(files)
    found["design.md"] = NOTE + "\n" + design(files)
    return found


def index(files: list[RuleFile]) -> str:
    """All rules, a table a group."""
    groups: dict[str, list[RuleFile]] = defaultdict(list)
    for file in files:
        groups[file.rule.group].append(file)
    parts = ["# Rules\n", "Which line of the design each rule serves: [design](design.md).\n"]
    for group, members in sorted(groups.items()):
        parts.append(f"## {group}\n\n| rule | severity | fix | what it finds |\n|---|---|---|---|")
        for file in sorted(members, key=lambda file: file.rule.id):
            rule = file.rule
            fix = (
                "–" if rule.fix is None else rule.fix.safety if isinstance(rule.fix.safety, str) else "either"
            )
            parts.append(f"| [`{rule.id}`]({rule.id}.md) | {rule.level.label} | {fix} | {rule.title} |")
        parts.append("")
    return "\n".join(parts)


def design(files: list[RuleFile]) -> str:
    """Every line of the design in its order, with the rules that hold the project to it or why none does."""
    serving: dict[str, list[str]] = defaultdict(list)
    for file in files:
        if file.decision:
            serving[file.decision].append(file.rule.id)
    parts = ["# The design and its rules\n", "| line of the design | rules |\n|---|---|"]
    for name, line in design_lines():
        rules = sorted({*serving.pop(name, ()), *line.get("also", ())})
        links = ", ".join(f"[`{rule}`]({rule}.md)" for rule in rules)
        parts.append(f"| {name} | {links or line['reason']} |")
    if serving:
        raise SystemExit(f"{DESIGN.name} has no such line: {', '.join(serving)}")
    return "\n".join(parts) + "\n"


def design_lines() -> list[tuple[str, dict[str, Any]]]:
    """The lines of docs/design.yaml as rules name them, each with its entry."""
    root = YAML(typ="safe").load(DESIGN)
    return [(f"{part['section']}: {line['line']}", line) for part in root for line in part["lines"]]


def main() -> int:
    wanted = pages()
    present = {str(path.relative_to(TARGET)) for path in TARGET.rglob("*.md")}
    stale = sorted(present - wanted.keys())
    changed = [
        name
        for name, text in sorted(wanted.items())
        if name not in present or (TARGET / name).read_text(encoding="utf-8") != text
    ]
    if "--check" in sys.argv[1:]:
        for name in changed + stale:
            print(f"docs/rules/{name} is not up to date: run `make docs`")
        return 1 if changed or stale else 0
    for name in stale:
        (TARGET / name).unlink()
    for name in changed:
        (TARGET / name).parent.mkdir(parents=True, exist_ok=True)
        (TARGET / name).write_text(wanted[name], encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
