"""What a group of files is judged by: its settings, the rules that hold, what is left out."""

from __future__ import annotations

import os
from collections.abc import Callable

from cilint.config.paths import matcher
from cilint.config.resolve import parameters_of, policy_of, resolve
from cilint.config.settings import Settings
from cilint.lint.check import Judged, Result
from cilint.lint.request import Group, GroupResult, Request
from cilint.model.files import Files
from cilint.rules.catalogue import builtin
from cilint.rules.rule import PROGRAM_CHECKS, Catalogue, is_path
from cilint.text.values import NamedTuple


class Setup(NamedTuple):
    """``excluded`` tells of a path whether it is left out; ``outside``: the absolute paths that all this
    comes from; ``programs``: the names of those that the rules ask.
    """

    settings: Settings
    judged: Judged
    excluded: Callable[[str], bool]
    outside: tuple[str, ...]
    programs: tuple[str, ...] = ()

    def targets(self, group: Group, force_exclude: bool) -> tuple[str, ...]:
        """The files of the group that are linted: those given by name even if they are excluded."""
        named = [path for path in group.named if not (force_exclude and self.excluded(path))]
        return tuple(sorted({*named, *(path for path in group.found if not self.excluded(path))}))


def settings_of(root: str, config: str | None, request: Request) -> Settings:
    """The settings of a configuration file, with what the command line says on top. Raises CilintError."""
    settings = Settings()
    if config is not None:
        from cilint.config.load import load

        settings = load(config, root, _shown(config))
    policy = request.policy
    if policy is not None and is_path(policy):
        policy = os.path.abspath(policy)
    return settings.with_command_line(policy=policy, select=request.select, ignore=request.ignore)


def catalogue_of(files: Files, settings: Settings) -> Catalogue:
    """The built-in rules and policies with those of the project itself. Raises CilintError."""
    if not settings.rule_files and not is_path(settings.policy):
        return builtin()
    from cilint.rules.user import with_user

    return with_user(builtin(), files, settings.rule_files, settings.policy)


def setup(group: Group, request: Request, files: Files) -> Setup:
    """All that a group is judged by; the project's own rules are read through ``files``.

    Raises CilintError for what is wrong in the configuration, the policy or a rule.
    """
    settings = settings_of(group.root, group.config, request)
    catalogue = catalogue_of(files, settings)
    judged = Judged(
        resolve(settings, catalogue),
        catalogue,
        parameters_of(settings, policy_of(settings, catalogue)),
        frozenset(settings.suppressions.locked),
        settings.suppressions.reason_required,
    )
    outside = [path for path in (group.config, settings.policy) if path and os.path.isabs(path)]
    checks = {each.rule.check for each in judged.active}
    programs = tuple(name for name in PROGRAM_CHECKS if name in checks)
    excluded = matcher(settings.exclude, settings.base)
    return Setup(settings, judged, excluded, tuple(outside), programs)


def outcome_of(group: Group, request: Request, prepared: Setup, result: Result) -> GroupResult:
    """What linting the group gave, with what reports need to know of its rules."""
    rules = prepared.judged.catalogue.rules
    return GroupResult(
        group.root,
        request.policy or prepared.settings.policy,
        tuple(result.findings),
        result.suppressed,
        len(result.checked),
        len(result.unparsed),
        {rule: rules[rule].equivalents for rule in sorted({each.rule for each in result.findings})},
    )


def _shown(path: str) -> str:
    """A configuration's path as the user would write it."""
    inside = os.path.relpath(path)
    return path if inside.startswith("..") else inside
