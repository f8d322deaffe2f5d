"""Writes cilint/model/schema_data.py from the schemas in GitHub's own parser, npm's @actions/workflow-parser.

    npm install @actions/workflow-parser
    python tools/workflow_schema.py node_modules/@actions/workflow-parser [--check]

``--check`` only says whether the module is what the package would give; its exit status is then 0 or 1.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

OUTPUT = Path(__file__).resolve().parent.parent / "cilint" / "model" / "schema_data.py"
ROOTS = {"workflow": "workflow-root-strict", "action": "action-root-strict"}
REQUIRED = {
    "container-mapping": ("image",),
    "service-container-mapping": ("image",),
    "container-registry-credentials": ("username", "password"),
}
SCALARS = {"null": "n", "boolean": "b", "number": "d"}

HEADER = '''"""What GitHub takes in workflows and actions, as tables; made by tools/workflow_schema.py.

From the schemas in npm's @actions/workflow-parser {version}:
Copyright (c) GitHub, Inc. and contributors, MIT License.

A shape is (scalars, constants, item, mappings, contexts). ``scalars`` has a letter for each kind:
``n`` null, ``b`` Boolean, ``d`` number, ``s`` string, ``S`` string that is not empty, ``*`` anything.
``constants`` are strings of which one must be given; ``item`` is the shape of a sequence's items;
``mappings`` names the mappings of which one must fit; ``contexts`` are the contexts and, as ``name()``,
special functions that expressions may use here besides those of the value around.

A mapping is (keys, required, others): the shape of each known key, the keys that must be there, the shape
of the values of all other keys or an empty string.
"""

# ruff: noqa: E501

from __future__ import annotations

Shape = tuple[str, tuple[str, ...], str, tuple[str, ...], str]
MappingShape = tuple[dict[str, str], tuple[str, ...], str]

'''


class Builder:
    """Collects the shapes and mappings that a root reaches."""

    def __init__(self, definitions: dict[str, Any]) -> None:
        self.definitions = definitions
        self.shapes: dict[str, tuple[Any, ...]] = {}
        self.mappings: dict[str, tuple[Any, ...]] = {}

    def shape(self, name: str) -> str:
        if name in self.shapes:
            return name
        self.shapes[name] = ()
        scalars = ""
        constants, items, mappings, contexts = list[str](), list[str](), list[str](), list[str]()
        for inner in self.alternatives(name):
            definition = self.definitions.get(inner, {})
            contexts += [_context(text) for text in definition.get("context", ())]
            if inner == "any":
                scalars += "*"
            elif "allowed-values" in definition:
                constants += definition["allowed-values"]
            elif "constant" in (text := definition.get("string", {})):
                constants.append(text["constant"])
            elif "string" in definition:
                scalars += "S" if text.get("require-non-empty") else "s"
            elif "sequence" in definition:
                items.append(self.shape(definition["sequence"].get("item-type", "any")))
            elif inner == "sequence":
                items.append(self.shape("any"))
            elif "mapping" in definition:
                mappings.append(inner)
                self.mapping(inner, definition["mapping"])
            else:
                scalars += next((letter for kind, letter in SCALARS.items() if kind in definition), "")
        if len(set(items)) > 1:
            raise ValueError(f"{name}: sequences of several kinds")
        unique = tuple(dict.fromkeys(contexts))
        letters = "".join(dict.fromkeys(scalars))
        item = items[0] if items else ""
        self.shapes[name] = (letters, tuple(constants), item, tuple(mappings), " ".join(unique))
        return name

    def alternatives(self, name: str) -> list[str]:
        """The definition itself, and what its ``one-of`` leads to."""
        definition = self.definitions.get(name, {})
        inner = definition.get("one-of", ())
        if name not in self.definitions and name in ("string", "null", "boolean", "number"):
            self.definitions[name] = {name: {}}
        return [name, *(each for choice in inner for each in self.alternatives(choice))]

    def mapping(self, name: str, body: dict[str, Any]) -> None:
        if name in self.mappings:
            return
        self.mappings[name] = ()
        keys, required = {}, []
        for key, value in body.get("properties", {}).items():
            kind = value if isinstance(value, str) else value["type"]
            keys[key] = self.shape(kind)
            if isinstance(value, dict) and value.get("required"):
                required.append(key)
        loose = body.get("loose-value-type")
        self.mappings[name] = (keys, tuple(required), self.shape(loose) if loose else "")


def _context(text: str) -> str:
    name = text.partition("(")[0]
    return f"{name.lower()}()" if "(" in text else name


def _mended(kind: str, definitions: dict[str, Any]) -> dict[str, Any]:
    """The definitions, where they are narrower than what is known to run taken as widely as that."""
    if kind == "workflow":
        # The published schema has another event's name here.
        definitions["repository-dispatch-string"]["string"]["constant"] = "repository_dispatch"
        # Newer than the published schema, and used by GitHub's own repositories.
        definitions["job-factory"]["mapping"]["properties"]["cache-mode"] = "string-strategy-context"
        # What the published schema leaves to the code that reads it.
        for owner, keys in REQUIRED.items():
            properties = definitions[owner]["mapping"]["properties"]
            for key in keys:
                known = properties[key]
                kind = known if isinstance(known, str) else known["type"]
                properties[key] = {"type": kind, "required": True}
        # Inputs, or an input, of which nothing is said.
        definitions["dispatch-inputs"] = definitions["workflow-dispatch-inputs"]
        definitions["workflow-dispatch-inputs"] = {"one-of": ["null", "dispatch-inputs"]}
        definitions["dispatch-input"] = definitions["workflow-dispatch-input"]
        definitions["workflow-dispatch-input"] = {"one-of": ["null", "dispatch-input"]}
    else:
        # Not used by the runner, and written in every way.
        definitions["input-strict"]["mapping"]["properties"]["required"] = "input-required"
        definitions["input-required"] = {"one-of": ["boolean", "string"]}
    return definitions


def module(package: Path) -> str:
    """The text of the generated module."""
    version = json.loads((package / "package.json").read_text())["version"]
    parts = [HEADER.format(version=version)]
    for kind, root in ROOTS.items():
        data = json.loads((package / "dist" / f"{kind}-v1.0.min.json").read_text())
        builder = Builder(_mended(kind, data["definitions"]))
        builder.shape(root)
        prefix = kind.upper()
        parts.append(f"{prefix}_ROOT = {json.dumps(root)}\n\n")
        parts.append(_table(f"{prefix}_SHAPES: dict[str, Shape]", builder.shapes))
        parts.append(_table(f"{prefix}_MAPPINGS: dict[str, MappingShape]", builder.mappings))
    return "".join(parts).rstrip("\n") + "\n"


def _table(name: str, rows: dict[str, tuple[Any, ...]]) -> str:
    body = "".join(f"    {_text(key)}: {_text(row)},\n" for key, row in rows.items())
    return f"{name} = {{\n{body}}}\n\n"


def _text(value: Any) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_text(key)}: {_text(item)}" for key, item in value.items()) + "}"
    return "(" + ", ".join(map(_text, value)) + ("," if len(value) == 1 else "") + ")"


def main(arguments: list[str]) -> int:
    package = Path(next(argument for argument in arguments if not argument.startswith("-")))
    text = module(package)
    if "--check" in arguments:
        return int(text != OUTPUT.read_text())
    OUTPUT.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
