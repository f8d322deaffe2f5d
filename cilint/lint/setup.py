"""What a group of files is judged by: its settings, the rules that hold, what is left out."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import NamedTuple

from cilint.config.load import base_of, is_path, load
from cilint.config.paths import matcher
from cilint.config.resolve import parameters_of, policy_of, resolve
from cilint.config.settings import Settings
from cilint.lint.check import Judged
from cilint.lint.request import Group, Request
from cilint.rules.catalogue import builtin
from cilint.rules.rule import Catalogue


class Setup(NamedTuple):
    """``excluded`` tells of a path whether it is left out; ``outside``: the absolute paths that all this
    comes from.
    """

    settings: Settings
    judged: Judged
    excluded: Callable[[str], bool]
    outside: tuple[str, ...]

    def targets(self, group: Group, force_exclude: bool) -> tuple[str, ...]:
        """The files of the group that are linted: those given by name even if they are excluded."""
        named = [path for path in group.named if not (force_exclude and self.excluded(path))]
        return tuple(sorted({*named, *(path for path in group.found if not self.excluded(path))}))


def settings_of(root: str, config: str | None, request: Request) -> Settings:
    """The settings of a configuration file, with what the command line says on top. Raises CilintError."""
    settings = Settings() if config is None else load(config, root, _shown(config))
    policy = request.policy
    if policy is not None and is_path(policy):
        policy = os.path.relpath(os.path.abspath(policy), root).replace(os.sep, "/")
    return settings.with_command_line(policy=policy, select=request.select, ignore=request.ignore)


def catalogue_of(root: str, settings: Settings) -> Catalogue:
    """The built-in rules and policies with those of the project itself. Raises CilintError."""
    own = bool(settings.rule_files) or is_path(settings.policy)
    if not own:
        return builtin()
    from cilint.rules.user import extend

    return extend(builtin(), root, settings.rule_files, settings.policy if is_path(settings.policy) else None)


def setup(group: Group, request: Request) -> Setup:
    """All that a group is judged by. Raises CilintError for what is wrong in it."""
    settings = settings_of(group.root, group.config, request)
    catalogue = catalogue_of(group.root, settings)
    judged = Judged(
        resolve(settings, catalogue),
        catalogue,
        parameters_of(settings, policy_of(settings, catalogue)),
        frozenset(settings.suppressions.locked),
        settings.suppressions.reason_required,
    )
    files = [path for path in (settings.policy,) if is_path(path)] + list(settings.rule_files)
    outside = [os.path.join(group.root, path) for path in files]
    if group.config is not None:
        outside.append(group.config)
    base = base_of(group.config, group.root) if group.config else ""
    return Setup(settings, judged, matcher(settings.exclude, base), tuple(outside))


def _shown(path: str) -> str:
    """A configuration's path as the user would write it."""
    inside = os.path.relpath(path)
    return path if inside.startswith("..") else inside
