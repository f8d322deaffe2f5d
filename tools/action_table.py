"""Writes cilint/model/known_actions.txt: inputs, outputs and standing of well-known actions.

    python tools/action_table.py actions.json
    python tools/action_table.py actions.json --from FOLDER

``actions.json`` has ``actions``: {repository: {"specs": {path: {version: spec}}}}, ``more``: {name: {version:
spec}} and ``outdated``: [name@version]; a spec is {"inputs": {name: {"required", "default", "deprecated"}},
"outputs": [name], "using"}. FOLDER holds newer metadata as OWNER/REPOSITORY/VERSION/[PATH/]action.yml.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

OUTPUT = Path(__file__).resolve().parent.parent / "cilint" / "model" / "known_actions.txt"

# Their outputs depend on their inputs or on the script they run, besides those that they declare.
ANY_OUTPUT = ("actions/github-script", "dorny/paths-filter", "tj-actions/changed-files", "docker/bake-action")

HEADER = """\
# Inputs and outputs of well-known actions, and versions that no longer run; made by tools/action_table.py.
#
# Facts read from the action.yml of each action (April to August 2026) and, for the rest, from the tables of
# rhysd/actionlint 1.7.12, Copyright (c) 2021 rhysd, MIT License.
#
# A line is NAME@VERSION, inputs and outputs with tabs between; the name is in lower case. An input that must
# be given ends with "!", one that is deprecated with "~"; "*" stands for any name. A line that begins with "-"
# is an action of which that version no longer runs: its Node.js is gone from GitHub's runners, or it is at its
# end.
"""


def collected(facts: dict[str, Any]) -> dict[str, dict[str, tuple[str, str]]]:
    """Specs by lower-case name and version; what was read from an action itself counts first."""
    found: dict[str, dict[str, tuple[str, str]]] = {}
    for name, versions in facts["more"].items():
        for version, spec in versions.items():
            found.setdefault(name.lower(), {})[version] = words(spec)
    for repository, action in facts["actions"].items():
        for path, versions in action["specs"].items():
            name = (repository + ("" if path == "." else path)).lower()
            for version, spec in versions.items():
                found.setdefault(name, {})[release(version, action["pins"])] = words(spec)
    return found


def release(version: str, pins: Iterable[str]) -> str:
    """The major version that was read; before 1.0.0 every minor one may be another, so ``v0`` gets its own."""
    minors = [pin.split(".")[1] for pin in pins if re.match(r"v?0\.\d", pin)]
    return f"v0.{minors[0]}" if version == "v0" and minors else version


def words(spec: dict[str, Any]) -> tuple[str, str]:
    """A spec as its two lines of words."""
    inputs = []
    for name, entry in spec.get("inputs", {}).items():
        required = entry.get("required") and "default" not in entry
        marks = ("!" if required else "") + ("~" if entry.get("deprecated") else "")
        inputs.append(name.replace(" ", "_") + marks)
    outputs = list(spec.get("outputs", ()))
    if spec.get("any_input"):
        inputs.append("*")
    if spec.get("any_output"):
        outputs.append("*")
    return " ".join(inputs), " ".join(outputs)


def read_folder(folder: Path, found: dict[str, dict[str, tuple[str, str]]]) -> None:
    """Put in what the action.yml files below ``folder`` say."""
    for path in sorted([*folder.rglob("action.yml"), *folder.rglob("action.yaml")]):
        owner, repository, version, *rest = path.relative_to(folder).parent.parts
        metadata = YAML(typ="safe").load(path)
        inputs = {
            name: {
                "required": entry.get("required") is True,
                "deprecated": "deprecationMessage" in entry,
                **({"default": 1} if "default" in entry else {}),
            }
            for name, entry in (metadata.get("inputs") or {}).items()
        }
        spec = {"inputs": inputs, "outputs": list(metadata.get("outputs") or {})}
        found.setdefault("/".join((owner, repository, *rest)).lower(), {})[version] = words(spec)


def module(facts: dict[str, Any], folder: Path | None) -> str:
    found = collected(facts)
    if folder is not None:
        read_folder(folder, found)
    lines = [HEADER]
    for name, versions in sorted(found.items()):
        for version, (inputs, outputs) in versions.items():
            others = " *" if name in ANY_OUTPUT else ""
            lines.append(f"{name}@{version.lower()}\t{inputs}\t{outputs}{others}\n")
    lines += [f"-{name}\n" for name in sorted(map(str.lower, facts["outdated"]))]
    return "".join(lines)


def main(arguments: list[str]) -> int:
    folder = Path(arguments[arguments.index("--from") + 1]) if "--from" in arguments else None
    OUTPUT.write_text(module(json.loads(Path(arguments[0]).read_text()), folder))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
