"""The settings of a project as values, and the one description of the configuration file's keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cilint.rules.rule import DEFAULT_POLICY, Level, Place
from cilint.text.hints import Any
from cilint.text.values import NamedTuple

ALL = "ALL"
REASONS = ("required", "optional")


class Key(NamedTuple):
    """A key of the configuration; ``type`` names how it is read and how the JSON Schema describes it."""

    name: str
    type: str
    description: str


SUPPRESSION_KEYS = (
    Key("reason", "reason", "Whether a suppression has to say why: required (the default) or optional."),
    Key("locked", "rules", "Rules and groups that no comment may suppress."),
)
OVERRIDE_KEYS = (
    Key("paths", "paths", "Patterns, as in .gitignore, of the files that this is about."),
    Key("rules", "levels", "What holds of rules and groups in these files."),
)
KEYS = (
    Key("policy", "string", "A built-in policy's name, the path of a policy file, or none."),
    Key("parameters", "parameters", "Values for the policy's parameters."),
    Key("rules", "levels", "For a rule or a group: off, on, info, warning, error, or a rule's options."),
    Key("rule_files", "strings", "Folders or files of the project's own rules."),
    Key("runner_labels", "strings", "Labels, or patterns such as gpu-*, of runners other than GitHub's."),
    Key("exclude", "paths", "Patterns, as in .gitignore, of files that are not linted."),
    Key("overrides", "overrides", "Other levels and options for some files; the last that fits counts."),
    Key("suppressions", "suppressions", "What comments that suppress findings may do."),
)


class PathRules(NamedTuple):
    paths: tuple[str, ...]
    rules: Mapping[str, Level]


class Suppressions(NamedTuple):
    reason_required: bool = True
    locked: tuple[str, ...] = ()


class Settings(NamedTuple):
    """``path`` is the configuration's file as the user knows it (None: there is none).

    ``base`` is the folder that its paths and patterns are relative to, itself relative to the root of the
    project (empty, or with a slash at its end). ``select`` and ``ignore`` come from the command line.
    ``places`` tells where ``policy``, ``parameters.NAME``, ``rule_files.INDEX`` … are written.
    """

    path: str | None = None
    base: str = ""
    policy: str = DEFAULT_POLICY
    parameters: Mapping[str, Any] = {}
    rules: Mapping[str, Level] = {}
    rule_files: tuple[str, ...] = ()
    runner_labels: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    overrides: tuple[PathRules, ...] = ()
    suppressions: Suppressions = Suppressions()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    places: Mapping[str, Place] = {}

    def with_command_line(
        self, *, policy: str | None = None, select: Sequence[str] = (), ignore: Sequence[str] = ()
    ) -> Settings:
        """These settings with what the command line says on top; ``--select a,b`` counts as two."""
        places = dict(self.places)
        if policy is not None:
            places.pop("policy", None)
        return self._replace(
            policy=self.policy if policy is None else policy,
            select=(*self.select, *_split(select)),
            ignore=(*self.ignore, *_split(ignore)),
            places=places,
        )


def _split(values: Sequence[str]) -> tuple[str, ...]:
    return tuple(part.strip() for value in values for part in value.split(",") if part.strip())
