"""Projects on disk."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


def write(root: Path, files: Mapping[str, str | bytes], *, git: bool = True) -> Path:
    """Write the files below ``root``, which is a repository unless ``git`` is false."""
    for path, data in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data if isinstance(data, bytes) else data.encode())
    if git:
        (root / ".git").mkdir(parents=True, exist_ok=True)
    return root
