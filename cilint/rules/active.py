"""A rule as it is to be judged by: with the level, the options and the exceptions that somebody chose."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cilint.errors import CilintError
from cilint.findings.finding import Severity
from cilint.findings.violation import Options
from cilint.rules.rule import Level, Rule
from cilint.text.hints import Any
from cilint.text.values import NamedTuple

_NO_OPTIONS = Options()


class Override(NamedTuple):
    """What holds of a rule for some paths only."""

    applies: Callable[[str], bool]
    level: Level


class ActiveRule(NamedTuple):
    """``severity`` None: as the rule says. ``off``: only an override may switch it on for some paths."""

    rule: Rule
    severity: Severity | None
    options: Options
    parameters: Options = Options()
    off: bool = False
    overrides: tuple[Override, ...] = ()

    def at(self, path: str) -> ActiveRule:
        """The rule as it holds for the file at ``path``."""
        active = self
        for override in self.overrides:
            if override.applies(path):
                active = active.changed(override.level)
        return active

    def changed(self, level: Level) -> ActiveRule:
        options = Options(**{**vars(self.options), **level.options}) if level.options else self.options
        severity = self.severity if level.severity is None else level.severity
        return self._replace(off=level.off, severity=severity, options=options)

    def severity_of(self, own: Severity) -> Severity:
        """The severity of a finding that the rule itself holds to be of severity ``own``.

        A chosen level replaces that of the rule's plain findings; what the rule calls lower stays lower.
        """
        if self.severity is None:
            return own
        return self.severity if own >= self.rule.level else min(own, self.severity)


def with_parameters(default: Any, parameters: Mapping[str, Any]) -> Any:
    """An option's default with the policy's parameters filled in. Raises KeyError for one that is missing."""
    if not isinstance(default, str) or "{parameters." not in default:
        return default
    head, _, rest = default.partition("{parameters.")
    name, _, tail = rest.partition("}")
    if not head and not tail:
        return parameters[name]
    return f"{head}{parameters[name]}{with_parameters(tail, parameters)}"


def activate(
    rule: Rule,
    parameters: Mapping[str, Any],
    level: Level = Level(),  # noqa: B008
    overrides: tuple[Override, ...] = (),
    shared: Options | None = None,
) -> ActiveRule:
    """The rule with its options: those of ``level``, else their defaults.

    ``shared`` are the parameters as attributes, where they have been made for all rules already. Raises
    CilintError where a default needs a parameter that the policy does not have.
    """
    options = {}
    for name, option in rule.options.items():
        try:
            options[name] = level.options.get(name, with_parameters(option.default, parameters))
        except KeyError as error:
            message = f"the policy has no parameter `{error.args[0]}`, which the rule {rule.id} needs"
            raise CilintError(message, hint=f"give the rule's option `{name}` a value") from None
    given = Options(**parameters) if shared is None else shared
    chosen = Options(**options) if options else _NO_OPTIONS
    return ActiveRule(rule, level.severity, chosen, given, level.off, overrides)
