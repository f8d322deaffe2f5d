"""The effective configuration: every value with its origin, as ``cilint config`` shows it."""

from __future__ import annotations

from collections.abc import Iterator

from cilint.config.resolve import RUNNER_LABELS, parameters_of, policy_of, resolve
from cilint.config.settings import Settings
from cilint.rules.active import ActiveRule
from cilint.rules.rule import Catalogue, Level, Policy
from cilint.text.hints import Any
from cilint.text.values import NamedTuple

DEFAULT = "default"


class Entry(NamedTuple):
    """One value. ``origin``: ``default``, ``command line``, a rule's or policy's file, or ``FILE:LINE``."""

    key: str
    value: Any
    origin: str


def effective(settings: Settings, catalogue: Catalogue) -> list[Entry]:
    """Policy, parameters, every active rule's severity and options, and the rest. Raises CilintError."""
    active = resolve(settings, catalogue)
    policy = policy_of(settings, catalogue)
    return [
        Entry("policy", settings.policy, _origin(settings, "policy", DEFAULT)),
        *_parameters(settings, policy),
        *(entry for rule in active for entry in _rule(rule, settings, policy)),
        *_lists(settings),
        *_suppressions(settings),
    ]


def _parameters(settings: Settings, policy: Policy) -> Iterator[Entry]:
    for name, value in parameters_of(settings, policy).items():
        key = f"parameters.{name}"
        yield Entry(key, value, _origin(settings, key, policy.path or DEFAULT))


def _rule(active: ActiveRule, settings: Settings, policy: Policy) -> Iterator[Entry]:
    rule = active.rule
    key = f"rules.{rule.id}"
    severity = "off" if active.off else (active.severity or rule.level).label
    chosen = [level for level in _levels(active, settings) if level.off or level.severity is not None]
    in_policy = [policy.rules[name] for name in (rule.id, rule.group) if name in policy.rules]
    decides = any(level.severity is not None or level.off for level in in_policy)
    yield Entry(key, severity, _written(chosen[-1], "") if chosen else policy.path if decides else rule.path)
    for name, value in vars(active.options).items():
        said = [level for level in _levels(active, settings) if name in level.options]
        in_default = policy.path if any(name in level.options for level in in_policy) else rule.path
        if name == RUNNER_LABELS:
            in_default = _origin(settings, name, in_default)
        yield Entry(f"{key}.{name}", value, _written(said[-1], name) if said else in_default)


def _levels(active: ActiveRule, settings: Settings) -> list[Level]:
    return [settings.rules[name] for name in (active.rule.group, active.rule.id) if name in settings.rules]


def _lists(settings: Settings) -> Iterator[Entry]:
    for key in ("rule_files", "runner_labels", "exclude"):
        yield Entry(key, list(getattr(settings, key)), _origin(settings, key, DEFAULT))
    overrides = [{"paths": list(each.paths), "rules": list(each.rules)} for each in settings.overrides]
    yield Entry("overrides", overrides, _origin(settings, "overrides", DEFAULT))
    for key in ("select", "ignore"):
        if getattr(settings, key):
            yield Entry(key, list(getattr(settings, key)), "command line")


def _suppressions(settings: Settings) -> Iterator[Entry]:
    reason = "required" if settings.suppressions.reason_required else "optional"
    yield Entry("suppressions.reason", reason, _origin(settings, "suppressions.reason", DEFAULT))
    locked = list(settings.suppressions.locked)
    yield Entry("suppressions.locked", locked, _origin(settings, "suppressions.locked", DEFAULT))


def _origin(settings: Settings, key: str, otherwise: str) -> str:
    place = settings.places.get(key)
    if place is not None:
        return f"{place.path}:{place.line}"
    return "command line" if key == "policy" and settings.policy != Settings().policy else otherwise


def _written(level: Level, name: str) -> str:
    place = level.places.get(name) or level.places.get("")
    return f"{place.path}:{place.line}" if place else DEFAULT
