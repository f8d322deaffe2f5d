"""From settings to the rules that are judged: who is on, at what level, with which options.

A rule's own id counts before its group, the configuration before the policy. ``--select`` leaves only what it
names: an id or a group also brings in rules that the policy does not list, and an id even one that is off;
ALL brings in rules that are off by default, but none of those that only a policy asks for.
What ``--ignore`` names as closely as ``--select`` is out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cilint.config.paths import matcher
from cilint.config.settings import ALL, Settings
from cilint.errors import CilintError
from cilint.findings.violation import Options
from cilint.rules.active import ActiveRule, Override, activate
from cilint.rules.names import suggestion
from cilint.rules.rule import DEFAULT_POLICY, NO_POLICY, Catalogue, Level, Policy, Rule
from cilint.text.hints import Any
from cilint.text.values import NamedTuple

RUNNER_LABELS = "runner_labels"
"""The option of those rules that take their default from the setting of the same name."""

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,), "integer": (int,), "number": (int, float), "boolean": (bool,),
    "list": (list, tuple), "mapping": (dict,),
}  # fmt: skip


def resolve(settings: Settings, catalogue: Catalogue) -> list[ActiveRule]:
    """The active rules, in the order of the catalogue. Raises CilintError for names that there are not."""
    check_names(settings, catalogue)
    policy = policy_of(settings, catalogue)
    parameters = parameters_of(settings, policy)
    scopes = [(matcher(scope.paths, settings.base), scope.rules) for scope in settings.overrides]
    shared = Options(**parameters)
    active = []
    for rule in catalogue.rules.values():
        choice = _choose(rule, settings, policy)
        if choice is None or (choice.off and not scopes):
            continue
        said = [(applies, _said(rule, rules)) for applies, rules in scopes]
        mentioned = tuple(Override(applies, _merged(levels)) for applies, levels in said if levels)
        if not choice.off or any(not override.level.off for override in mentioned):
            active.append(activate(rule, parameters, _labelled(rule, choice, settings), mentioned, shared))
    return active


def _labelled(rule: Rule, choice: Level, settings: Settings) -> Level:
    """The level with the settings' runners, for a rule that takes them and has been given none itself."""
    if not settings.runner_labels or RUNNER_LABELS not in rule.options:
        return choice
    return choice._replace(options={RUNNER_LABELS: list(settings.runner_labels), **choice.options})


def policy_of(settings: Settings, catalogue: Catalogue) -> Policy:
    """The policy that the settings name; ``none`` has no rules and the default policy's parameters.

    Raises CilintError for one that the catalogue does not have.
    """
    if settings.policy == NO_POLICY:
        default = catalogue.policies.get(DEFAULT_POLICY)
        return Policy(NO_POLICY, "No policy", "", default.parameters if default else {})
    if settings.policy not in catalogue.policies:
        names = [*catalogue.policies, NO_POLICY]
        hint = suggestion(settings.policy, names)
        raise _error(settings, "policy", f"unknown policy `{settings.policy}`", hint)
    return catalogue.policies[settings.policy]


def parameters_of(settings: Settings, policy: Policy) -> dict[str, Any]:
    """The value of every parameter. Raises CilintError for one that the policy does not have."""
    values = {name: parameter.default for name, parameter in policy.parameters.items()}
    for name, value in settings.parameters.items():
        key = f"parameters.{name}"
        if name not in policy.parameters:
            message = f"the policy {policy.name} has no parameter `{name}`"
            raise _error(settings, key, message, suggestion(name, policy.parameters))
        type_name = policy.parameters[name].type
        if not has_type(value, type_name):
            raise _error(settings, key, f"the parameter `{name}` must be of type {type_name}")
        values[name] = value
    return values


def has_type(value: object, type_name: str) -> bool:
    """Whether a plain value is of one of the types of options and parameters; null is of any."""
    if value is None:
        return True
    return isinstance(value, _TYPES[type_name]) and (type_name == "boolean" or not isinstance(value, bool))


def _choose(rule: Rule, settings: Settings, policy: Policy) -> Level | None:
    """The rule's level; None where the command line leaves the rule out."""
    said = _said(rule, policy.rules) + _said(rule, settings.rules)
    if not (said or settings.select or settings.ignore):
        return _OFF if rule.policy or not rule.enabled else _PLAIN
    by_id = [rules[rule.id] for rules in (policy.rules, settings.rules) if rule.id in rules]
    level = _merged(said)
    on = not level.off and (bool(said) or not rule.policy) and (rule.enabled or bool(by_id))
    if settings.select:
        closeness = _closeness(rule, settings.select)
        if closeness == 0 or closeness <= _closeness(rule, settings.ignore):
            return None
        if closeness == 3:
            on = True
        elif closeness == 2:
            on = (rule.enabled or on) and not (by_id and by_id[-1].off)
        elif not rule.policy:
            on = not level.off
    elif _closeness(rule, settings.ignore):
        return None
    return level._replace(off=not on)


def _closeness(rule: Rule, names: tuple[str, ...]) -> int:
    """How closely one of the names means the rule: 3 its id, 2 its group, 1 all rules, 0 not at all."""
    return 3 if rule.id in names else 2 if rule.group in names else 1 if ALL in names else 0


def _said(rule: Rule, rules: Mapping[str, Level]) -> list[Level]:
    """What a mapping of levels says of a rule: of its group first, then of itself."""
    return [rules[name] for name in (rule.group, rule.id) if name in rules] if rules else []


def _merged(levels: Sequence[Level]) -> Level:
    """One level of several, of which a later one counts before an earlier one."""
    result = Level()
    for level in levels:
        severity = result.severity if level.severity is None else level.severity
        result = Level(level.off, severity, {**result.options, **level.options})
    return result


_PLAIN, _OFF = Level(), Level(off=True)


class _Named(NamedTuple):
    key: str
    name: str
    level: Level | None


def check_names(settings: Settings, catalogue: Catalogue) -> None:
    """Raise CilintError for a rule, a group or an option that there is not."""
    groups = set(catalogue.groups)
    for key, name, level in _named(settings, catalogue):
        if name == ALL and key.startswith("--"):
            continue
        if name not in catalogue.rules and name not in groups:
            where = f" in {key}" if key.startswith("--") else ""
            message = f"unknown rule or group `{name}`{where}"
            hint = suggestion(name, {*catalogue.rules, *groups})
            raise level.error("", message, hint) if level else _error(settings, key, message, hint)
        if level is not None:
            _check_options(name, level, catalogue)


def _named(settings: Settings, catalogue: Catalogue) -> Iterator[_Named]:
    policy = catalogue.policies.get(settings.policy)
    for rules in (settings.rules, *(scope.rules for scope in settings.overrides)):
        yield from (_Named(f"rules.{name}", name, level) for name, level in rules.items())
    if policy is not None and any(level.places for level in policy.rules.values()):  # not a built-in one
        yield from (_Named("policy", name, level) for name, level in policy.rules.items())
    for index, name in enumerate(settings.suppressions.locked):
        yield _Named(f"suppressions.locked.{index}", name, None)
    yield from (_Named("--select", name, None) for name in settings.select)
    yield from (_Named("--ignore", name, None) for name in settings.ignore)


def _check_options(name: str, level: Level, catalogue: Catalogue) -> None:
    rule = catalogue.rules.get(name)
    for option, value in level.options.items():
        if rule is None:
            raise level.error(option, f"`{name}` is a group, which has no options")
        if option not in rule.options:
            message = f"the rule {name} has no option `{option}`"
            raise level.error(option, message, suggestion(option, rule.options))
        if not has_type(value, rule.options[option].type):
            raise level.error(option, f"the option `{option}` must be of type {rule.options[option].type}")


def _error(settings: Settings, key: str, message: str, hint: str | None = None) -> CilintError:
    place = settings.places.get(key)
    return place.error(message, hint) if place else CilintError(message, hint=hint)
