"""Which files cilint understands, told by path alone."""

from __future__ import annotations

import re
from functools import cache

from cilint.text.hints import Literal

FileKind = Literal["workflow", "action", "dockerfile", "compose"]

COMPOSE_NAMES = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
"""The files that Compose looks for where none is given, in its order."""
_COMPOSE = r"(?:^|[._-])(?:docker[._-]?)?compose(?:[._-].*)?\.ya?ml$"
_DOCKERFILE = r"(?:^|/)(?:[Dd]ocker|[Cc]ontainer)file(?:[._-][^/]*)?$|\.(?:[Dd]ocker|[Cc]ontainer)file$"


_OTHER_LANGUAGES = frozenset(
    """
    md dockerignore py pyc pyi js mjs cjs ts tsx jsx go rs rb java kt c h cpp cs php pl lua html css scss
    json yaml yml toml xml txt rst csv lock log sh bash ps1 j2 jinja jinja2 tmpl tpl template erb mustache
    hbs vim el png svg
    """.split()  # noqa: SIM905 -- a list of sixty would be sixty lines
)
"""Endings of files that are called after Dockerfiles but are none: code, documentation, templates."""


@cache
def _compose_pattern() -> re.Pattern[str]:
    return re.compile(_COMPOSE)


@cache
def _dockerfile_pattern() -> re.Pattern[str]:
    return re.compile(_DOCKERFILE)


def kind_of(path: str) -> FileKind | None:
    """The kind of the file at ``path`` (relative to its project's root, with ``/``), or None.

    Workflows lie directly in ``.github/workflows``: GitHub reads no others. Compose files may have any name,
    so all that are called after Compose are taken for some; ``Project.compose`` looks into them.
    """
    name = path.rpartition("/")[2]
    if name.endswith((".yml", ".yaml")):
        if path.rpartition("/")[0] == ".github/workflows":
            return "workflow"
        if "compose" in name and _compose_pattern().search(name):
            return "compose"
        return "action" if name in ("action.yml", "action.yaml") else None
    if name.rpartition(".")[2].lower() in _OTHER_LANGUAGES:
        return None
    return "dockerfile" if _dockerfile_pattern().search(path) else None
