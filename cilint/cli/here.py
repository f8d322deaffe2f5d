"""The project that the working folder lies in, for commands that tell of rules and settings."""

from __future__ import annotations

import os
from collections.abc import Sequence

from cilint.config.settings import Settings
from cilint.errors import CilintError, nearest
from cilint.lint.cache import Trace
from cilint.lint.discover import Discovery
from cilint.lint.disk import DiskFiles
from cilint.lint.request import Request
from cilint.lint.setup import catalogue_of, settings_of
from cilint.rules.rule import Catalogue
from cilint.text.hints import TYPE_CHECKING
from cilint.text.values import NamedTuple

if TYPE_CHECKING:
    from cilint.report.sarif import Description
    from cilint.rules.load import RuleFile


class Here(NamedTuple):
    """``root`` is absolute; ``catalogue`` has the project's own rules too."""

    root: str
    files: DiskFiles
    settings: Settings
    catalogue: Catalogue


def here(request: Request) -> Here:
    """The project around the working folder, as the request's options configure it. Raises CilintError."""
    discovery = Discovery(request._replace(paths=(), stdin=None), Trace())
    folder = os.getcwd()
    root = discovery.project_root(folder)
    files = DiskFiles(root)
    settings = settings_of(root, discovery.configuration(root, folder), request)
    return Here(root, files, settings, catalogue_of(files, settings))


def rule_file(place: Here, identity: str) -> RuleFile:
    """The file of a rule with its texts. Raises CilintError for a rule that there is not."""
    from cilint.rules.document import builtin_file

    own = own_files(place)
    if identity in own:
        return own[identity]
    if identity not in place.catalogue.rules:
        close = nearest(identity, list(place.catalogue.rules))
        hint = f"did you mean `{close}`?" if close else "`cilint rules` lists them"
        raise CilintError(f"no rule `{identity}`", hint=hint)
    return builtin_file(identity, place.catalogue)


def own_files(place: Here) -> dict[str, RuleFile]:
    """The files of the project's own rules, by id."""
    if not place.settings.rule_files:
        return {}
    from cilint.rules.compile import builtin_setting
    from cilint.rules.user import read_user_rules

    setting = builtin_setting(place.catalogue.policies.values(), bounded=True)
    return {file.rule.id: file for file in read_user_rules(place.files, place.settings.rule_files, setting)}


def descriptions(request: Request) -> Sequence[Description]:
    """The rules that hold here, as reports tell of them."""
    from cilint.config.resolve import resolve
    from cilint.report.sarif import Description
    from cilint.rules.document import explained, markdown

    place = here(request)
    found = []
    for active in resolve(place.settings, place.catalogue):
        file = rule_file(place, active.rule.id)
        page = markdown(explained(file, place.catalogue))
        severity = active.severity or active.rule.level
        found.append(Description(active.rule.id, active.rule.title, file.why, severity, page))
    return found
