"""A project's files with changes that are not written yet."""

from __future__ import annotations

from collections.abc import Mapping

from cilint.model.files import Files


class Overlay:
    """``base`` with other contents for some paths, None for a file that goes; a path that ``base`` does not
    have is a new file.
    """

    def __init__(self, base: Files, changes: Mapping[str, bytes | None]) -> None:
        self.base = base
        self.changes = dict(changes)

    def read(self, path: str) -> bytes | None:
        return self.changes[path] if path in self.changes else self.base.read(path)

    def listing(self) -> tuple[str, ...]:
        known = self.base.listing()
        gone = {path for path, data in self.changes.items() if data is None}
        new = set(self.changes).difference(known, gone)
        return tuple(sorted({*known, *new} - gone)) if new or gone else known

    def with_changes(self, changes: Mapping[str, bytes | None]) -> Overlay:
        return Overlay(self.base, {**self.changes, **changes})
