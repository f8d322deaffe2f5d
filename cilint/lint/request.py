"""What a run is asked to do and what it gave, as plain values that travel between processes."""

from __future__ import annotations

from collections.abc import Mapping

from cilint.findings.finding import Finding, Severity
from cilint.text.values import NamedTuple


class Request(NamedTuple):
    """What to lint and how.

    A path of None is the project that the working folder lies in. ``stdin``: name and content of standard
    input;
    ``jobs`` 0 means: choose.
    """

    paths: tuple[str | None, ...]
    config: str | None = None
    policy: str | None = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    force_exclude: bool = False
    stdin: tuple[str, bytes] | None = None
    jobs: int = 0


class Group(NamedTuple):
    """Files of one project that share a configuration.

    ``root`` and ``config`` are absolute; ``named`` (given by name) and ``found`` (in a folder) lie in the
    root, and so does what another process lints ``beside`` them.
    """

    root: str
    config: str | None
    named: tuple[str, ...]
    found: tuple[str, ...]
    beside: tuple[str, ...] = ()


class GroupResult(NamedTuple):
    """What linting a group gave. ``equivalents``: rule → peer → the peer's ids, of the rules in
    ``findings``.
    """

    root: str
    policy: str | None
    findings: tuple[Finding, ...]
    suppressed: int
    checked: int
    unparsed: int
    equivalents: Mapping[str, Mapping[str, tuple[str, ...]]]


class Run(NamedTuple):
    """What a whole run gave; ``notes`` are for people, about paths that gave nothing."""

    outcomes: tuple[GroupResult, ...]
    notes: tuple[str, ...] = ()

    @property
    def policy(self) -> str | None:
        return self.outcomes[0].policy if self.outcomes else None

    def worst(self) -> Severity | None:
        """The highest severity found, or None."""
        return max(
            (finding.severity for outcome in self.outcomes for finding in outcome.findings), default=None
        )
