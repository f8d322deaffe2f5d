"""What passes between a rule and a check: the violations that a check yields, the options it is given."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType, SimpleNamespace

from cilint.findings.finding import FileEdit, Label, NewFile, Safety, Severity
from cilint.text.edit import Edit
from cilint.text.source import Span
from cilint.text.values import NamedTuple

Change = Edit | FileEdit | NewFile
"""One part of a fix; a bare ``Edit`` lies in the file of the violation."""


class Options(SimpleNamespace):
    """The options of a rule, or the parameters of a policy, as attributes: ``options.host``."""


class Violation(NamedTuple):
    """One place that breaks a rule, as found by a check; the rule's file says how it is told.

    ``values`` fill the ``{name}`` places of the rule's message and of its fix's title. ``span`` is None for
    a file that does not exist. ``severity`` and ``safety`` replace the rule's own where a check knows better;
    without ``edits`` the violation has no fix. ``code`` is what ShellCheck calls what it found.
    """

    path: str
    span: Span | None
    values: Mapping[str, object] = MappingProxyType({})
    related: tuple[Label, ...] = ()
    edits: tuple[Change, ...] = ()
    severity: Severity | None = None
    safety: Safety | None = None
    code: str | None = None
