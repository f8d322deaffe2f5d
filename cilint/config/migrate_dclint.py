"""From the settings of dclint to what they mean here: its levels are numbers, and all its rules are on."""

from __future__ import annotations

from collections.abc import Mapping

from cilint.config.draft import Draft
from cilint.findings.finding import Severity
from cilint.rules.reader import Value
from cilint.rules.rule import Rule

PLACES = (".dclintrc", ".dclintrc.json", ".dclintrc.yaml", ".dclintrc.yml")
"""Where dclint looks for its settings, among others."""

_KEYS = ("$schema", "debug", "exclude", "quiet", "rules")
_NOTES = {
    "exclude": "`exclude` belongs into `exclude` of cilint.yaml, as patterns like those of .gitignore",
    "quiet": "`quiet` belongs on the command line: `--fail-on error`",
}
_LEVELS = {1: Severity.WARNING, 2: Severity.ERROR}
_OPTIONS = {
    ("no-build-and-image", "checkPullPolicy"): "allow_pull_policy",
    ("service-image-require-explicit-tag", "prohibitedTags"): "tags",
    ("top-level-properties-order", "customOrder"): "order",
}
_NUMBERS = "require-quotes-in-ports"  # which also asks for quotes around single numbers


def read(value: Value, draft: Draft, rules: Mapping[str, Rule]) -> None:
    """Add to ``draft`` what a file of settings says. Raises CilintError for what dclint does not take."""
    entries = value.mapping("the file", _KEYS) if value.data is not None else {}
    for key, note in _NOTES.items():
        if key in entries and entries[key].data:
            draft.note(value.keys[key], note)
    given = entries.get("rules")
    levels = given.mapping("`rules`") if given and given.data is not None else {}
    for identity, entry in levels.items():
        _one(identity, entry, draft)
    for name, rule in rules.items():
        for identity in rule.equivalents.get("dclint", ()):
            off = identity in levels and _level(levels[identity]) == 0
            if identity not in levels and not rule.enabled:
                draft.entry(name, f"dclint {identity}")
            if identity == _NUMBERS and not off:
                draft.entry(name, f"dclint {identity}").options["numbers"] = True


def _one(identity: str, entry: Value, draft: Draft) -> None:
    level = _level(entry)
    if level == 0:
        draft.turn_off("dclint", identity, entry.place)
        return
    draft.grade("dclint", identity, _LEVELS[level], entry.place)
    parts = entry.items("a rule") if isinstance(entry.data, list) else []
    for given in parts[1:2]:
        for key, option in given.mapping("the options of a rule").items():
            name = _OPTIONS.get((identity, key))
            if name is None:
                draft.note(given.keys[key], f"the option `{key}` of dclint's {identity} has no counterpart")
                continue
            for rule in draft.counterparts("dclint", identity):
                draft.entry(rule, f"dclint {identity}").options[name] = _option(option, name)


def _option(option: Value, name: str) -> bool | list[str]:
    if name == "allow_pull_policy":
        return option.boolean("`checkPullPolicy`")
    return ["x-" if each == "x-properties" else each for each in option.texts("the option")]


def _level(entry: Value) -> int:
    """0 is off, 1 a warning and 2 an error; alone, or before the options."""
    first = entry.items("a rule")[:1] if isinstance(entry.data, list) else [entry]
    for value in first:
        if type(value.data) is int and value.data in (0, *_LEVELS):
            return value.data
    raise entry.error("the level of a rule is 0, 1 or 2, alone or first in a list")
