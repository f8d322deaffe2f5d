"""Reading policies: which rules hold, at what level, with which parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cilint.errors import CilintError
from cilint.findings.finding import Severity
from cilint.rules.reader import SEVERITIES, TYPES, Value, read_yaml
from cilint.rules.rule import Level, Parameter, Place, Policy

KEYS = ("title", "description", "extends", "parameters", "rules")


def load_policy(name: str, path: str, text: str, base: Callable[[str], Policy]) -> Policy:
    """The policy in ``text``; ``base`` gives the one that it extends. Raises CilintError with the place."""
    value = read_yaml(path, text)
    entries = value.mapping("a policy", KEYS)
    if "title" not in entries:
        raise value.error("the policy has no `title`")
    parent = _parent(entries, base)
    own = entries["parameters"].mapping("`parameters`") if "parameters" in entries else {}
    parameters = dict(parent.parameters) if parent else {}
    parameters |= {each: _parameter(entry, parameters.get(each)) for each, entry in own.items()}
    rules = dict(parent.rules) if parent else {}
    for identity, level in read_levels(entries["rules"]).items() if "rules" in entries else ():
        rules.pop(identity, None)  # what is said last counts, and comes last
        rules[identity] = level
    return Policy(name, entries["title"].text("`title`").strip(), path, parameters, rules)


def _parent(entries: Mapping[str, Value], base: Callable[[str], Policy]) -> Policy | None:
    if "extends" not in entries:
        return None
    value = entries["extends"]
    try:
        return base(value.text("`extends`"))
    except CilintError as error:
        raise value.error(error.message, error.hint) if error.line is None else error from None


def _parameter(value: Value, inherited: Parameter | None) -> Parameter:
    """A declared parameter; of an inherited one a new default is enough."""
    if inherited and not isinstance(value.data, dict):
        return inherited._replace(default=value.typed("the parameter", inherited.type))
    fields = value.mapping("a parameter", ("type", "default", "description"))
    for key in ("type", "default"):
        if key not in fields:
            raise value.error(f"the parameter has no `{key}`")
    type_name = fields["type"].choice("`type`", TYPES)
    default = fields["default"].typed("`default`", type_name)
    description = fields["description"].text("`description`").strip() if "description" in fields else ""
    return Parameter(type_name, default, description)


def read_levels(value: Value) -> dict[str, Level]:
    """The entries of ``rules``: ``off``, ``on`` (as the rule says), a severity, or that and options."""
    levels = value.mapping("`rules`")
    return {identity: _level(entry, value.keys[identity]) for identity, entry in levels.items()}


def _level(value: Value, place: Place) -> Level:
    if not isinstance(value.data, dict):
        if value.raw == "on":
            return Level(places={"": place})
        name = value.choice("a rule's level", ("on", "off", *SEVERITIES))
        off = name == "off"
        return Level(off, None if off else Severity.of(name), places={"": place})
    entries = dict(value.data)
    severity = entries.pop("severity", None)
    off = severity is not None and severity.raw == "off"
    level = severity.severity("`severity`") if severity is not None and not off else None
    options = {name: option.plain() for name, option in entries.items()}
    return Level(off, level, options, {**value.keys, "": place})
