"""Finding and reading the configuration. Every mistake is a CilintError with line, column and right name."""

from __future__ import annotations

import os
from collections.abc import Mapping

from cilint.config.settings import (
    KEYS,
    OVERRIDE_KEYS,
    REASONS,
    SUPPRESSION_KEYS,
    PathRules,
    Settings,
    Suppressions,
)
from cilint.errors import CilintError
from cilint.rules.policy import read_levels
from cilint.rules.reader import Value, read_yaml
from cilint.rules.rule import Place, is_path
from cilint.text.hints import Any

NAMES = ("cilint.yaml", ".cilint.yaml", ".github/cilint.yaml")
PYPROJECT = "pyproject.toml"
MAX_SIZE = 1 << 20


def find(start: str, root: str) -> str | None:
    """Path of the configuration that holds for the folder ``start``: the nearest, up to ``root``."""
    folder = os.path.abspath(start)
    root = os.path.abspath(root)
    while True:
        for name in NAMES:
            path = os.path.join(folder, *name.split("/"))
            if os.path.isfile(path):
                return path
        path = os.path.join(folder, PYPROJECT)
        if os.path.isfile(path) and "[tool.cilint" in read_text(path):
            return path
        parent = os.path.dirname(folder)
        if folder in (root, parent):
            return None
        folder = parent


def load(path: str, root: str, shown: str | None = None) -> Settings:
    """The settings in the file at ``path``; errors call it ``shown``. Raises CilintError."""
    return read(shown or path, read_text(path), base_of(path, root))


def base_of(path: str, root: str) -> str:
    """The folder that a configuration's patterns are relative to, relative to the project's root."""
    folder = os.path.dirname(os.path.abspath(path))
    if os.path.basename(folder) == ".github":
        folder = os.path.dirname(folder)
    inside = os.path.relpath(folder, os.path.abspath(root)).replace(os.sep, "/")
    return "" if inside == "." or inside.startswith("..") else f"{inside}/"


def read_text(path: str) -> str:
    """The text of a configuration file. Raises CilintError for one that cannot be read."""
    try:
        with open(path, encoding="utf-8-sig") as file:
            text = file.read(MAX_SIZE + 1)
    except (OSError, UnicodeDecodeError) as error:
        raise CilintError(f"the configuration cannot be read: {error}", path=path) from error
    if len(text) > MAX_SIZE:
        raise CilintError("the configuration is longer than a million characters", path=path)
    return text


def read(path: str, text: str, base: str = "") -> Settings:
    """The settings in a configuration's text. Raises CilintError; rule names are checked in ``resolve``."""
    if path.endswith(".toml"):
        from cilint.config.toml import read_toml

        value = read_toml(path, text) or Value({}, Place(path, 1, 1))
    else:
        value = read_yaml(path, text)
        if value.data is None:
            value = Value({}, value.place)
    return _settings(value, path, base)


def _settings(value: Value, path: str, base: str) -> Settings:
    entries = value.mapping("the configuration", [key.name for key in KEYS])
    default = Settings()
    return Settings(
        path=path,
        base=base,
        policy=_policy(entries["policy"], base) if "policy" in entries else default.policy,
        parameters=_parameters(entries.get("parameters")),
        rules=read_levels(entries["rules"]) if "rules" in entries else {},
        rule_files=_inside(entries["rule_files"], base) if "rule_files" in entries else (),
        runner_labels=entries["runner_labels"].texts("`runner_labels`") if "runner_labels" in entries else (),
        exclude=entries["exclude"].texts("`exclude`") if "exclude" in entries else (),
        overrides=_overrides(entries.get("overrides")),
        suppressions=_suppressions(entries.get("suppressions")),
        places=_places(value),
    )


def _policy(value: Value, base: str) -> str:
    """A policy's name as it is, its path relative to the project's root."""
    name = value.text("`policy`")
    return _joined(value, base, name) if is_path(name) else name


def _inside(value: Value, base: str) -> tuple[str, ...]:
    items = [value] if isinstance(value.data, str) else value.items("`rule_files`")
    return tuple(_joined(item, base, item.text("each of `rule_files`")) for item in items)


def _joined(value: Value, base: str, path: str) -> str:
    joined = os.path.normpath(base + path).replace(os.sep, "/")
    if os.path.isabs(path) or joined == ".." or joined.startswith("../"):
        raise value.error(f"`{path}` lies outside the project")
    return joined


def _parameters(value: Value | None) -> dict[str, Any]:
    return {name: entry.plain() for name, entry in value.mapping("`parameters`").items()} if value else {}


def _overrides(value: Value | None) -> tuple[PathRules, ...]:
    found = []
    for item in value.items("`overrides`") if value else ():
        entries = item.mapping("an override", [key.name for key in OVERRIDE_KEYS])
        for key in OVERRIDE_KEYS:
            if key.name not in entries:
                raise item.error(f"the override has no `{key.name}`")
        found.append(PathRules(entries["paths"].texts("`paths`"), read_levels(entries["rules"])))
    return tuple(found)


def _suppressions(value: Value | None) -> Suppressions:
    entries: Mapping[str, Value] = {}
    if value:
        entries = value.mapping("`suppressions`", [key.name for key in SUPPRESSION_KEYS])
    required = "reason" not in entries or entries["reason"].choice("`reason`", REASONS) == "required"
    return Suppressions(required, entries["locked"].texts("`locked`") if "locked" in entries else ())


def _places(value: Value) -> dict[str, Place]:
    """Where each key is written, and each entry of the mappings and lists below it."""
    places = dict(value.keys)
    for key, entry in value.data.items():
        places |= {f"{key}.{name}": place for name, place in entry.keys.items()}
        if isinstance(entry.data, list):
            places |= {f"{key}.{index}": item.place for index, item in enumerate(entry.data)}
        elif isinstance(entry.data, dict):
            for name, inner in entry.data.items():
                listed = inner.data if isinstance(inner.data, list) else ()
                places |= {f"{key}.{name}.{index}": item.place for index, item in enumerate(listed)}
    return places
