"""cilint's own files: where they lie and which state they are in, for what is remembered from run to run."""

from __future__ import annotations

import os

PACKAGE = os.path.dirname(os.path.abspath(__file__))
PACKAGED_RULES = os.path.join(PACKAGE, "rules", "builtin")
CHECKOUT_RULES = os.path.join(os.path.dirname(PACKAGE), "rules")

File = tuple[str, int, int]
_SOURCES = (".py", ".yaml", ".yml", ".json", ".txt")
_known: dict[str, list[File]] = {}


def is_installed() -> bool:
    """Whether this is an installed package, whose files are replaced together, and no checkout."""
    return os.path.isdir(PACKAGED_RULES)


def files(top: str) -> list[File]:
    """Path, size and time of every source and rule file under a folder, sorted; looked up once."""
    if top not in _known:
        _known[top] = sorted(_walked(top))
    return _known[top]


def _walked(top: str) -> list[File]:
    found, pending = [], [top]
    while pending:
        try:
            with os.scandir(pending.pop()) as entries:
                for entry in entries:
                    if entry.name.endswith(_SOURCES):
                        state = entry.stat()
                        found.append((entry.path, state.st_size, state.st_mtime_ns))
                    elif "." not in entry.name and entry.name != "__pycache__" and entry.is_dir():
                        pending.append(entry.path)
        except OSError:
            continue
    return found


def state() -> list[File]:
    """What changes when a file of cilint does: all files in a checkout, some folders once installed."""
    if not is_installed():
        return [*files(PACKAGE), *files(CHECKOUT_RULES)]
    folders = (PACKAGE, os.path.join(PACKAGE, "rules"), os.path.join(PACKAGE, "pipeline", "effects"))
    return [(folder, 0, os.stat(folder).st_mtime_ns) for folder in folders]
