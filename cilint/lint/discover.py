"""Which files are linted: projects, their files and the configuration that each file has."""

from __future__ import annotations

import os
import stat

from cilint.errors import CilintError
from cilint.lint.cache import Trace
from cilint.lint.disk import LISTING_LIMIT, DiskFiles
from cilint.lint.request import Group, Request
from cilint.model.kinds import kind_of

CONFIG_NAMES = ("cilint.yaml", ".cilint.yaml", ".github/cilint.yaml")
WORKFLOWS = "/.github/workflows"


class Discovery:
    """The groups that a request's paths come to, with the projects' files.

    ``files`` maps a project's absolute root to its files; ``notes`` tells of paths that gave nothing.
    What was looked at goes to ``trace``. Raises CilintError for a named path that cannot be read.
    """

    def __init__(self, request: Request, trace: Trace) -> None:
        self.trace = trace
        self.files: dict[str, DiskFiles] = {}
        self.notes: list[str] = []
        self._config = os.path.abspath(request.config) if request.config else None
        self._configs: dict[str, str | None] = {}
        self._roots: dict[str, str | None] = {}
        self._named: dict[tuple[str, str], None] = {}
        self._found: dict[tuple[str, str], None] = {}
        for path in request.paths:
            self._add(path)
        if request.stdin is not None:
            self._add_standard_input(*request.stdin)

    def groups(self) -> list[Group]:
        """The files by project and configuration, in a stable order."""
        named: dict[tuple[str, str | None], list[str]] = {}
        found: dict[tuple[str, str | None], list[str]] = {}
        for root, path in self._named:
            named.setdefault((root, self._configuration(root, path)), []).append(path)
        for root, path in self._found:
            if (root, path) not in self._named:
                found.setdefault((root, self._configuration(root, path)), []).append(path)
        keys = sorted({*named, *found}, key=lambda key: (key[0], key[1] or ""))
        return [
            Group(*key, named=tuple(sorted(named.get(key, ()))), found=tuple(sorted(found.get(key, ()))))
            for key in keys
        ]

    def _add(self, path: str | None) -> None:
        if path is None:
            root = self.project_root(os.getcwd())
            self._add_folder(root, os.path.relpath(root))
            return
        full = os.path.abspath(path)
        kind = self.trace.probe(full)
        if stat.S_ISDIR(kind):
            self._add_folder(full, path)
        elif stat.S_ISREG(kind):
            self._add_file(full, path)
        else:
            raise CilintError("is neither a file nor a folder" if kind else "does not exist", path=path)

    def _add_folder(self, folder: str, shown: str) -> None:
        if not os.access(folder, os.R_OK | os.X_OK):
            raise CilintError("cannot be read: permission denied", path=shown)
        before = len(self._found)
        pending = [(self.project_root(folder), folder)]
        while pending:
            root, under = pending.pop()
            files = self._project(root)
            self.trace.listings[root] = files.listing_digest()
            if files.cut_off:
                said = f"more than {LISTING_LIMIT:,} files: those of upper folders and .github are seen"
                self.notes.append(f"{shown}: {said}")
            inside = "" if under == root else os.path.relpath(under, root).replace(os.sep, "/") + "/"
            for path in files.listing():
                if path.startswith(inside) and kind_of(path):
                    self._found[root, path] = None
            for nested in files.nested():
                if (nested + "/").startswith(inside):
                    below = f"{root.rstrip('/')}/{nested}"
                    pending.append((below, below))
        if len(self._found) == before:
            self.notes.append(f"{shown}: no workflows, actions, Dockerfiles or Compose files")

    def _add_file(self, full: str, shown: str) -> None:
        if not os.access(full, os.R_OK):
            raise CilintError("cannot be read: permission denied", path=shown)
        root = self.project_root(os.path.dirname(full))
        self._name(root, os.path.relpath(full, root).replace(os.sep, "/"), shown)

    def _add_standard_input(self, name: str, data: bytes) -> None:
        full = os.path.abspath(name)
        root = self.project_root(os.path.dirname(full))
        path = os.path.relpath(full, root).replace(os.sep, "/")
        self._project(root).overlay(path, data)
        self._name(root, path, name)

    def _name(self, root: str, path: str, shown: str) -> None:
        self._project(root)
        if kind_of(path):
            self._named[root, path] = None
        else:
            self.notes.append(
                f"{shown}: not the name of a workflow, an action, a Dockerfile or a Compose file"
            )

    def _project(self, root: str) -> DiskFiles:
        if root not in self.files:
            self.files[root] = DiskFiles(root)
        return self.files[root]

    def project_root(self, folder: str) -> str:
        """The nearest folder upwards with ``.git``; without one, what workflows lie in, or ``folder``
        itself.
        """
        known = self._git_root(folder)
        if known is not None:
            return known
        head, marker, _ = f"{folder}/".partition(f"{WORKFLOWS}/")
        if marker:
            return head or "/"
        here = os.getcwd()
        return here if folder.startswith(here.rstrip("/") + "/") else folder

    def _git_root(self, folder: str) -> str | None:
        if folder not in self._roots:
            parent = os.path.dirname(folder)
            if self.trace.probe(os.path.join(folder, ".git")):
                self._roots[folder] = folder
            else:
                self._roots[folder] = None if parent == folder else self._git_root(parent)
        return self._roots[folder]

    def _configuration(self, root: str, path: str) -> str | None:
        return self.configuration(root, os.path.dirname(f"{root.rstrip('/')}/{path}"))

    def configuration(self, root: str, folder: str) -> str | None:
        """The configuration that holds in ``folder`` (absolute): the one that was named, else the nearest."""
        return self._config or self._nearest_config(root, folder)

    def _nearest_config(self, root: str, folder: str) -> str | None:
        if folder not in self._configs:
            here = self._config_in(folder)
            if here is None and folder != root and len(folder) > len(root):
                here = self._nearest_config(root, os.path.dirname(folder))
            self._configs[folder] = here
        return self._configs[folder]

    def _config_in(self, folder: str) -> str | None:
        """The configuration file that lies in ``folder``, or None."""
        for name in CONFIG_NAMES:
            path = os.path.join(folder, name)
            if stat.S_ISREG(self.trace.probe(path)):
                return path
        path = os.path.join(folder, "pyproject.toml")
        if not stat.S_ISREG(self.trace.probe(path)):
            return None
        self.trace.read(path)
        try:
            with open(path, "rb") as file:
                return path if b"[tool.cilint" in file.read(1 << 20) else None
        except OSError:
            return None
