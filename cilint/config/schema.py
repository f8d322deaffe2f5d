"""The JSON Schema of the configuration, from the description that also reads it."""

from __future__ import annotations

from collections.abc import Iterable

from cilint.config.settings import KEYS, OVERRIDE_KEYS, REASONS, SUPPRESSION_KEYS, Key
from cilint.rules.rule import NO_POLICY, Catalogue, Policy, Rule
from cilint.text.hints import Any

SEVERITIES = ["off", "info", "warning", "error"]
_TYPES = {"list": "array", "mapping": "object"}


def schema(catalogue: Catalogue) -> dict[str, Any]:
    """A schema (draft 2020-12) that knows the catalogue's rules, options and parameters."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "cilint.yaml",
        **_object(KEYS, catalogue),
    }


def _object(keys: Iterable[Key], catalogue: Catalogue, required: bool = False) -> dict[str, Any]:
    properties = {key.name: {"description": key.description, **_type(key, catalogue)} for key in keys}
    found: dict[str, Any] = {"type": "object", "additionalProperties": False, "properties": properties}
    return {**found, "required": list(properties)} if required else found


def _type(key: Key, catalogue: Catalogue) -> dict[str, Any]:
    names = [*catalogue.rules, *catalogue.groups]
    texts = {"type": "array", "items": {"type": "string"}}
    types: dict[str, dict[str, Any]] = {
        "string": {"type": "string", "examples": [*catalogue.policies, NO_POLICY]},
        "strings": {"anyOf": [{"type": "string"}, texts]},
        "paths": {"anyOf": [{"type": "string"}, texts]},
        "rules": {"type": "array", "items": {"enum": names}},
        "reason": {"enum": list(REASONS)},
    }
    if key.type == "parameters":
        return _parameters(catalogue.policies.values())
    if key.type == "levels":
        return _levels(catalogue)
    if key.type == "overrides":
        return {"type": "array", "items": _object(OVERRIDE_KEYS, catalogue, required=True)}
    if key.type == "suppressions":
        return _object(SUPPRESSION_KEYS, catalogue)
    return types[key.type]


def _parameters(policies: Iterable[Policy]) -> dict[str, Any]:
    properties = {}
    for policy in policies:
        for name, parameter in policy.parameters.items():
            described = {"description": parameter.description, "default": parameter.default}
            properties[name] = {**described, "type": [_TYPES.get(parameter.type, parameter.type), "null"]}
    return {"type": "object", "properties": properties}


def _levels(catalogue: Catalogue) -> dict[str, Any]:
    groups = {group: _level({}) for group in catalogue.groups}
    rules = {
        name: {"description": rule.title, **_level(_options(rule))} for name, rule in catalogue.rules.items()
    }
    return {"type": "object", "additionalProperties": False, "properties": {**groups, **rules}}


def _level(options: dict[str, Any]) -> dict[str, Any]:
    properties = {"severity": {"enum": SEVERITIES}, **options}
    mapping = {"type": "object", "additionalProperties": False, "properties": properties}
    return {"anyOf": [{"enum": ["on", *SEVERITIES]}, mapping]}


def _options(rule: Rule) -> dict[str, Any]:
    return {name: {"type": [_TYPES.get(each.type, each.type), "null"]} for name, each in rule.options.items()}
