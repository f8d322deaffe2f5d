"""What the values of labels must look like, by the type that a label has."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from cilint.text.hole import HOLE

_LOOSE = frozenset({
    "apache", "apache2", "apachev2", "bsd", "gpl", "gplv2", "gplv3", "gpl2", "gpl3", "lgpl", "lgplv3", "agpl",
    "agplv3", "mpl", "mpl2", "proprietary", "none", "commercial",
})  # fmt: skip
"""What people write for a licence that SPDX has under another name, or not at all."""
_WHAT = {
    "url": "a URL",
    "semver": "a version such as 1.2.3",
    "hash": "a commit's hash of 7 or 40 digits",
    "rfc3339": "a date and time such as 2025-01-31T08:00:00Z",
    "spdx": "an SPDX licence expression such as MIT",
    "email": "an e-mail address",
    "text": "a text",
}


def problem(value: str, kind: str) -> str:
    """Why a label's value is none of its type: an ending of a sentence; empty if nothing is wrong.

    A value with unknown parts passes, and so does any for a type that is not known.
    """
    if HOLE in value or kind not in _WHAT:
        return ""
    if not value:
        return "is empty"
    return "" if _fits(value, kind) else f"is not {_WHAT[kind]}"


def _fits(value: str, kind: str) -> bool:
    if kind == "rfc3339":
        return _is_time(value)
    if kind == "spdx":
        return _is_licence(value)
    pattern = _patterns().get(kind)
    return pattern is None or (len(value) < 2000 and pattern.fullmatch(value) is not None)


@cache
def _patterns() -> Mapping[str, re.Pattern[str]]:
    number = r"(?:0|[1-9]\d*)"
    part = r"[0-9A-Za-z-]+"
    return {
        "url": re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?://)?[^\s<>\"{}|\\^`]+"),
        "semver": re.compile(
            rf"{number}\.{number}\.{number}(?:-{part}(?:\.{part})*)?(?:\+{part}(?:\.{part})*)?", re.ASCII
        ),
        "hash": re.compile(r"[0-9a-f]{7}|[0-9a-f]{40}"),
        "email": re.compile(r"[^\s@<>]+@[^\s@<>.]+(?:\.[^\s@<>.]+)+"),
    }


def _is_time(value: str) -> bool:
    if len(value) < 20 or value[10] not in "Tt " or (value[-1:].isdecimal() and value[-3:-2] != ":"):
        return False
    try:
        from datetime import datetime  # rarely needed

        return datetime.fromisoformat(value.upper()).tzinfo is not None
    except ValueError:
        return False


def _is_licence(value: str) -> bool:
    """Whether it is built as SPDX expressions are (spdx.github.io/spdx-spec, annex "License expressions")."""
    words = value.replace("(", " ").replace(")", " ").split()
    names = [word for word in words if word not in ("AND", "OR", "WITH")]
    joined = len(words) == 2 * len(names) - 1 and value.count("(") == value.count(")")
    return joined and all(
        re.fullmatch(r"[A-Za-z0-9.:+-]+", name) and name.lower() not in _LOOSE for name in names
    )
