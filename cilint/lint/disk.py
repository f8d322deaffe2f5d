"""A project's files on disk: bounded reads that stay inside the project, and a log of what was asked."""

from __future__ import annotations

import os
import stat

from cilint.text.digest import digest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

READ_LIMIT = 4 * (1 << 20) + 4  # bytes: more characters than the syntax takes, so that it says "too large"
LISTING_LIMIT = 100_000
SKIPPED = frozenset({".git", "node_modules"})


class DiskFiles:
    """The files under ``root`` (absolute). What lies outside, if only by a link, or is no regular file,
    is not there.

    ``asked`` holds, for each path read, the digest of its bytes (None: not there); ``listing_digest`` that
    of the
    listing if it was asked for. Both are what a cached result depends on.
    """

    def __init__(self, root: str) -> None:
        self.root = root
        self.asked: dict[str, bytes | None] = {}
        self._real_root = os.path.realpath(root)
        self._real_folders: dict[str, str] = {}
        self._overlay: dict[str, bytes] = {}
        self._listing: tuple[str, ...] | None = None
        self._nested: tuple[str, ...] = ()
        self.cut_off = False  # whether the listing stops at its limit
        self.listed = False

    def overlay(self, path: str, data: bytes) -> None:
        """Let ``path`` have this content, whatever is on disk."""
        self._overlay[path] = data
        self._listing = None

    def overlaid(self) -> tuple[tuple[str, bytes], ...]:
        """The paths with contents that are not on disk."""
        return tuple(self._overlay.items())

    def read(self, path: str) -> bytes | None:
        data = self.peek(path)
        self.asked[path] = None if data is None else digest(data)
        return data

    def peek_digest(self, path: str) -> bytes | None:
        """The digest that reading ``path`` would note; leaves no trace."""
        data = self.peek(path)
        return None if data is None else digest(data)

    def listing(self) -> tuple[str, ...]:
        self.listed = True
        return self._walked()

    def nested(self) -> tuple[str, ...]:
        """Folders below, relative to the root, that are projects of their own."""
        self._walked()
        return self._nested

    def listing_digest(self) -> bytes:
        """What stands for the listing; asking for it leaves no trace."""
        return digest("\0".join((*self._walked(), "", *self._nested)).encode("utf-8", "surrogateescape"))

    def forget(self) -> None:
        """Begin a new log: what was asked before does not count."""
        self.asked, self.listed = {}, False

    def peek(self, path: str) -> bytes | None:
        """As ``read``, without leaving a trace."""
        if path in self._overlay:
            return self._overlay[path]
        full = self.locate(path)
        if full is None:
            return None
        try:
            with open(full, "rb") as file:
                return file.read(READ_LIMIT)
        except OSError:
            return None

    def locate(self, path: str) -> str | None:
        """The real path of a regular file of the project, links followed; None for anything else."""
        if path.startswith("/") or "\0" in path or ".." in path.split("/"):
            return None
        full = f"{self._real_root.rstrip('/')}/{path}"
        try:
            mode = os.lstat(full).st_mode
            if stat.S_ISLNK(mode):
                real = os.path.realpath(full)
                mode = os.stat(real).st_mode
            else:
                folder, _, name = full.rpartition("/")
                real = f"{self._real_folder(folder)}/{name}"
            if not self._inside(real) or not stat.S_ISREG(mode):
                return None
        except (OSError, ValueError):
            return None
        return real

    def _real_folder(self, folder: str) -> str:
        if folder not in self._real_folders:
            self._real_folders[folder] = os.path.realpath(folder).rstrip("/")
        return self._real_folders[folder]

    def _inside(self, real: str) -> bool:
        return real.startswith(self._real_root.rstrip("/") + "/")

    def _walked(self) -> tuple[str, ...]:
        if self._listing is None:
            nested: list[str] = []
            paths = {*self._walk(nested), *self._overlay}
            self._listing, self._nested = tuple(sorted(paths)), tuple(sorted(nested))
        return self._listing

    def _walk(self, nested: list[str]) -> Iterator[str]:
        count, pending = 0, [""]
        for folder in pending:  # it grows: the upper folders come first
            limit = LISTING_LIMIT * (2 if folder.startswith(".github/") else 1)
            for entry in self._entries(folder):
                count += 1
                if count > limit:
                    self.cut_off = True
                    break
                path = folder + entry.name
                if entry.is_dir(follow_symlinks=False):
                    if entry.name not in SKIPPED:
                        if os.path.lexists(f"{entry.path}/.git"):
                            nested.append(path)
                        else:
                            pending.append(path + "/")
                elif entry.is_file(follow_symlinks=False) or self.locate(path):
                    yield path

    def _entries(self, folder: str) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(f"{self._real_root.rstrip('/')}/{folder}") as entries:
                return sorted(entries, key=lambda entry: entry.name)
        except OSError:
            return []
