"""A rule and a policy as values, ready to be judged by; their texts for people stay in their files."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cilint.errors import CilintError
from cilint.findings.finding import Safety, Severity
from cilint.findings.violation import Options
from cilint.rules.late import compiled
from cilint.text.hints import Any
from cilint.text.values import NamedTuple

DEFAULT_POLICY = "ghcr-dokploy"
NO_POLICY = "none"
LINT_CHECKS = ("suppressions",)
"""Checks that look at the findings of all others, so that ``lint`` runs them and not ``judge``."""

PROGRAM_CHECKS = ("shellcheck",)
"""Checks that ask the program of their name, so that what it says depends on which one is installed."""


class Expression(NamedTuple):
    """A condition or template as code, and the 1-based place of its text in the rule's file.

    ``source`` is the text of a lambda; ``function`` is None where it is compiled when first called.
    """

    function: Callable[[Any, Options, Options], Any] | None
    line: int
    column: int
    source: str = ""

    def call(self, item: Any, options: Options, parameters: Options) -> Any:
        """The value; for a rule with ``check`` the item is the mapping of a violation's values."""
        return (self.function or compiled(self.source))(item, options, parameters)


class Option(NamedTuple):
    """``default`` may name parameters of the policy: ``{parameters.branch}``."""

    type: str
    default: Any


class Related(NamedTuple):
    at: Expression
    label: Expression
    when: Expression | None


class EditTemplate(NamedTuple):
    """``action``: ``replace``, ``delete``, or insert ``before`` or ``after`` the place."""

    action: str
    place: Expression
    text: Expression | None


class FixTemplate(NamedTuple):
    """How a finding is mended; ``edits`` is empty for a rule whose check gives them itself."""

    title: Expression
    safety: Safety | Expression
    edits: tuple[EditTemplate, ...] | Expression


class Rule(NamedTuple):
    """One rule. It has either ``select`` and ``deny``, or ``check``.

    ``severity`` is one level, or levels with conditions of which the first that is true counts; where none
    is, the finding is an info. ``policy`` rules hold only where a policy or a person asks for them.
    ``path`` is the rule's file, ``equivalents`` the ids of the same thing in other tools.
    """

    id: str
    title: str
    path: str
    severity: Severity | tuple[tuple[Severity, Expression], ...]
    message: Expression
    select: str | None = None
    check: str | None = None
    when: Expression | None = None
    deny: Expression | None = None
    at: Expression | None = None
    related: tuple[Related, ...] = ()
    options: Mapping[str, Option] = {}
    fix: FixTemplate | None = None
    equivalents: Mapping[str, tuple[str, ...]] = {}
    enabled: bool = True
    policy: bool = False

    @property
    def group(self) -> str:
        return self.id.partition("/")[0]

    @property
    def level(self) -> Severity:
        """The severity of the rule's plainest findings: the highest that it knows."""
        if isinstance(self.severity, Severity):
            return self.severity
        return max(level for level, _ in self.severity)


class Place(NamedTuple):
    """Where something is written: path as the user knows it, 1-based line and column."""

    path: str
    line: int
    column: int

    def error(self, message: str, hint: str | None = None) -> CilintError:
        return CilintError(message, path=self.path, line=self.line, column=self.column, hint=hint)


class Level(NamedTuple):
    """What a policy or a configuration says of a rule or a group: off, a severity, options.

    ``places`` tells where the options are named and, under the empty name, the rule itself; none are kept in
    the compiled catalogue.
    """

    off: bool = False
    severity: Severity | None = None
    options: Mapping[str, Any] = {}
    places: Mapping[str, Place] = {}

    def error(self, name: str, message: str, hint: str | None = None) -> CilintError:
        """An error at the place of the option called ``name``, or of the rule."""
        place = self.places.get(name)
        return place.error(message, hint) if place else CilintError(message, hint=hint)


class Parameter(NamedTuple):
    """A value that a policy lets projects choose; a default of None means that any will do."""

    type: str
    default: Any
    description: str = ""


class Policy(NamedTuple):
    """Which rules and groups hold, at which level, with which parameters."""

    name: str
    title: str
    path: str
    parameters: Mapping[str, Parameter] = {}
    rules: Mapping[str, Level] = {}


class Catalogue(NamedTuple):
    """All rules by id and all policies by name."""

    rules: Mapping[str, Rule]
    policies: Mapping[str, Policy]

    @property
    def groups(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(rule.group for rule in self.rules.values()))


def is_path(policy: str) -> bool:
    """Whether a policy is given by its file's path rather than by its name."""
    return "/" in policy or "\\" in policy or policy.endswith((".yaml", ".yml"))
