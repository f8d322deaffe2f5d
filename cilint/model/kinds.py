"""Which files cilint understands, told by path alone."""

from __future__ import annotations

import re
from functools import cache
from typing import Literal

FileKind = Literal["workflow", "action", "dockerfile"]

_DOCKERFILE = r"(?:^|/)(?:[Dd]ocker|[Cc]ontainer)file(?:[._-][^/]*)?$|\.(?:[Dd]ocker|[Cc]ontainer)file$"


@cache
def _dockerfile_pattern() -> re.Pattern[str]:
    return re.compile(_DOCKERFILE)


def kind_of(path: str) -> FileKind | None:
    """The kind of the file at ``path`` (relative to its project's root, with ``/``), or None.

    Workflows lie directly in ``.github/workflows``: GitHub reads no others.
    """
    name = path.rpartition("/")[2]
    if name.endswith((".yml", ".yaml")):
        if path.rpartition("/")[0] == ".github/workflows":
            return "workflow"
        return "action" if name in ("action.yml", "action.yaml") else None
    if name.endswith((".md", ".dockerignore")):
        return None
    return "dockerfile" if _dockerfile_pattern().search(path) else None
