"""Fills templates: ``«name»`` stands for a value.

``«if name»`` or ``«if not name»`` keeps or drops the lines up to its ``«end»``. The marks clash with nothing
in YAML, JSON, shell, ``${{ }}`` or Dockerfiles.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

TEMPLATES = Path(__file__).parent / "templates"
_MARK = re.compile(r"«([^«»\n]+)»")


def render(template: str, values: Mapping[str, str | bool]) -> str:
    """The template file called ``template``, filled. Raises KeyError for a name that has no value."""
    return fill((TEMPLATES / template).read_text(encoding="utf-8"), values)


def fill(text: str, values: Mapping[str, str | bool]) -> str:
    """The text with its marks replaced. A value of several lines keeps the indentation of its mark."""
    kept = []
    open_blocks: list[bool] = []
    for line in text.splitlines(keepends=True):
        mark = line.strip()
        if mark == "«end»":
            open_blocks.pop()
        elif mark.startswith("«if "):
            open_blocks.append(_holds(mark[4:-1], values))
        elif all(open_blocks):
            kept.append(_filled(line, values))
    if open_blocks:
        raise ValueError("a block of the template has no end")
    return "".join(kept)


def _holds(condition: str, values: Mapping[str, str | bool]) -> bool:
    if condition.startswith("not "):
        return not values[condition[4:]]
    return bool(values[condition])


def _filled(line: str, values: Mapping[str, str | bool]) -> str:
    indent = line[: len(line) - len(line.lstrip(" "))]
    return _MARK.sub(lambda mark: str(values[mark[1]]).replace("\n", "\n" + indent), line)
