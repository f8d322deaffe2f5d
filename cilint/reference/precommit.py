"""The hook in .pre-commit-config.yaml: a new file, or an entry added to the one there is."""

from __future__ import annotations

import re

HEADER = "repos:\n"


def with_hook(existing: str | None, entry: str) -> str | None:
    """The configuration with ``entry`` (a list item indented by two) added.

    Unchanged where cilint is there already; None where the file's shape makes adding unsafe.
    """
    if existing is None:
        return HEADER + entry
    if re.search(r"\bid:\s*[\"']?cilint\b", existing):
        return existing
    lines = existing.replace("\r\n", "\n").split("\n")
    start = next((at for at, line in enumerate(lines) if re.match(r"repos:\s*(#.*)?$", line)), None)
    if start is None:
        return None
    end = next((at for at in range(start + 1, len(lines)) if re.match(r"[^\s#-]", lines[at])), len(lines))
    items = [line for line in lines[start + 1 : end] if re.match(r" *- ", line)]
    if not items:
        return None
    while lines[end - 1].strip() == "" or lines[end - 1].startswith("#"):
        end -= 1
    indent = " " * (len(items[0]) - len(items[0].lstrip(" ")))
    added = [indent + line[2:] for line in entry.rstrip("\n").split("\n")]
    text = "\n".join([*lines[:end], *added, *(lines[end:] or [""])])
    return text.replace("\n", "\r\n") if "\r\n" in existing else text
