"""The only way the core reads a project: a bounded listing and bounded reads."""

from __future__ import annotations

from collections.abc import Mapping

from cilint.text.hints import Protocol


class Files(Protocol):
    """The files of one project; paths are relative to its root, with ``/``."""

    def read(self, path: str) -> bytes | None:
        """The file's bytes; None where there is no such file inside the project."""
        ...

    def listing(self) -> tuple[str, ...]:
        """Every file's path, sorted; without ``.git`` and ``node_modules``."""
        ...


class MemoryFiles:
    """A project held in memory: what tests, editors and rule examples use."""

    __slots__ = ("_files",)

    def __init__(self, files: Mapping[str, str | bytes]) -> None:
        self._files = {
            path: data.encode("utf-8", "surrogateescape") if isinstance(data, str) else data
            for path, data in files.items()
        }

    def read(self, path: str) -> bytes | None:
        return self._files.get(path)

    def listing(self) -> tuple[str, ...]:
        return tuple(sorted(self._files))
