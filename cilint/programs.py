"""Other programs that cilint asks where a rule wants them: where they lie, and in which state they are."""

from __future__ import annotations

import os
import sys


def find(name: str) -> str | None:
    """The absolute path of a program: beside this Python, where an extra puts it, else in PATH.

    Folders of PATH that are relative do not count: they may belong to what is linted.
    """
    folders = [os.path.dirname(sys.executable), *os.environ.get("PATH", "").split(os.pathsep)]
    for folder in folders:
        path = os.path.join(folder, f"{name}.exe" if sys.platform == "win32" else name)
        if os.path.isabs(path) and os.path.isfile(path) and os.access(path, os.X_OK):
            return path
    return None


def state(name: str) -> str:
    """What changes when another version of the program is installed; empty where there is none."""
    path = find(name)
    if path is None:
        return ""
    facts = os.stat(path)
    return f"{path} {facts.st_size} {facts.st_mtime_ns}"
