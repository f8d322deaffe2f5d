"""What every report shows: findings with places as people count them and paths as seen from a folder."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence

from cilint.findings.finding import Finding, Fix, Severity
from cilint.findings.fingerprint import fingerprints
from cilint.lint.disk import DiskFiles
from cilint.lint.request import GroupResult, Run
from cilint.text.source import Position, SourceFile, Span
from cilint.text.values import NamedTuple

START = Position(1, 1)


class Place(NamedTuple):
    """Where something is: lines and columns are 1-based code points, the end is exclusive.

    ``source`` is None for a file that does not exist; ``label`` tells what a related place has to do with
    the finding.
    """

    path: str
    start: Position
    end: Position
    source: SourceFile | None
    label: str = ""


class Item(NamedTuple):
    """A finding as a report shows it."""

    rule: str
    severity: Severity
    message: str
    place: Place
    related: tuple[Place, ...]
    fix: Fix | None
    fingerprint: str
    equivalents: Mapping[str, Sequence[str]]
    root: str  # of the project, absolute


class View:
    """A run as seen from the folder ``base`` (absolute).

    ``texts`` holds contents that are not on disk, by absolute path.
    """

    def __init__(self, run: Run, base: str, texts: Mapping[str, bytes] | None = None) -> None:
        self.run = run
        self.base = base
        self.texts = texts or {}
        self._files: dict[str, DiskFiles] = {}
        self._sources: dict[tuple[str, str], SourceFile | None] = {}
        self.items = [item for outcome in run.outcomes for item in self._items(outcome)]
        self.items.sort(key=lambda item: (item.place.path, item.place.start, item.rule))

    def counts(self) -> dict[Severity, int]:
        """How many findings of each severity, worst first."""
        return {level: sum(item.severity == level for item in self.items) for level in reversed(Severity)}

    @property
    def checked(self) -> int:
        return sum(outcome.checked for outcome in self.run.outcomes)

    @property
    def unparsed(self) -> int:
        return sum(outcome.unparsed for outcome in self.run.outcomes)

    @property
    def suppressed(self) -> int:
        return sum(outcome.suppressed for outcome in self.run.outcomes)

    def shown(self, root: str, path: str) -> str:
        """A project's path as seen from the base, with ``/``."""
        if root == self.base:
            return path
        full = f"{root.rstrip('/')}/{path}"
        inside = self.base.rstrip("/") + "/"
        return (
            full[len(inside) :]
            if full.startswith(inside)
            else os.path.relpath(full, self.base).replace(os.sep, "/")
        )

    def source(self, root: str, path: str) -> SourceFile | None:
        """The text that the finding's spans are of."""
        key = (root, path)
        if key not in self._sources:
            data = self.texts.get(f"{root.rstrip('/')}/{path}")
            if data is None:
                if root not in self._files:
                    self._files[root] = DiskFiles(root)
                data = self._files[root].peek(path)
            self._sources[key] = None if data is None else SourceFile.decode(path, data)
        return self._sources[key]

    def place(self, root: str, path: str, span: Span | None, label: str = "") -> Place:
        source = self.source(root, path)
        shown = self.shown(root, path)
        if source is None or span is None:
            return Place(shown, START, START, source, label)
        return Place(shown, source.position(span.start), source.position(span.end), source, label)

    def _items(self, outcome: GroupResult) -> Iterator[Item]:
        root = outcome.root
        identities = fingerprints(outcome.findings, lambda path: self.source(root, path))
        for finding, identity in zip(outcome.findings, identities, strict=True):
            related = tuple(self.place(root, label.path, label.span, label.text) for label in finding.related)
            yield Item(
                finding.rule, finding.severity, finding.message, self.place(root, finding.path,
                finding.span), related,
                finding.fix, identity, _equivalents(finding, outcome), root,
            )  # fmt: skip


def _equivalents(finding: Finding, outcome: GroupResult) -> Mapping[str, Sequence[str]]:
    """What the finding is called in other tools."""
    of_rule = outcome.equivalents.get(finding.rule, {})
    return {**of_rule, "shellcheck": [finding.code]} if finding.code else of_rule
