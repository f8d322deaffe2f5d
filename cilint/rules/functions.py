"""The functions that conditions and templates may call, and those that their compiled form calls.

Each is total: of nothing comes nothing, never an error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache

from cilint.text.hints import Any
from cilint.text.hole import HOLE

MAX_TEXT = 1_000_000
MAX_SAID = 300


class NoValueError(Exception):
    """A fix needs a text that is not known; so there is no fix."""


def first(values: Iterable[Any] | None, default: Any = None) -> Any:
    """The first of the values, or ``default``."""
    return next(iter(values or ()), default)


def count(values: Iterable[Any] | None) -> int:
    """How many values there are; a generator is used up."""
    return sum(1 for _ in values or ())


def size(values: Any) -> int:
    """The length of a text or a collection; of nothing, 0."""
    return 0 if values is None else len(values)


def least(*values: Any) -> Any:
    """The smallest of several values, or of one collection; nothing where there is none."""
    return min(_present(values), default=None)


def greatest(*values: Any) -> Any:
    """The greatest of several values, or of one collection; nothing where there is none."""
    return max(_present(values), default=None)


def _present(values: tuple[Any, ...]) -> list[Any]:
    every = values[0] if len(values) == 1 else values
    return [value for value in every or () if value is not None]


def unique(values: Iterable[Any] | None) -> list[Any]:
    """The values without repetition, in the order of their first appearance."""
    return list(dict.fromkeys(values or ()))


def join(separator: str, values: Iterable[Any] | None) -> str:
    """The values as one text; at most a million characters of it."""
    parts: list[str] = []
    size = 0
    for value in values or ():
        parts.append(value if isinstance(value, str) else said(value))
        size += len(parts[-1]) + len(separator)
        if size > MAX_TEXT:
            break
    return separator.join(parts)


def lower(text: str | None) -> str:
    return (text or "").lower()


def startswith(text: str | None, *prefixes: str) -> bool:
    return bool(text) and str(text).startswith(prefixes)


def endswith(text: str | None, *suffixes: str) -> bool:
    return bool(text) and str(text).endswith(suffixes)


def basename(path: str | None) -> str:
    """The last part of a path or of an image's name."""
    return (path or "").rpartition("/")[2]


def known(text: object) -> bool:
    """Whether a text is there and has no unknown part."""
    return text is not None and not (isinstance(text, str) and HOLE in text)


def matches(pattern: str, text: str | None, limit: int | None = None) -> bool:
    """Whether the regular expression is found in the text, of which only the first part is looked at.

    ``limit`` is that part's length; it follows from the pattern, so that no text takes long.
    """
    if not text:
        return False
    compiled, most = _pattern(pattern, limit)
    return compiled(text[:most]) is not None


@cache
def _pattern(pattern: str, limit: int | None) -> tuple[Callable[[str], object], int]:
    import re

    if limit is None:
        from cilint.rules.pattern import subject_limit

        limit = subject_limit(pattern)
    return re.compile(pattern).search, limit


def get(value: Any, name: str) -> Any:
    """An attribute; of nothing, nothing."""
    return None if value is None else getattr(value, name)


def call(value: Any, name: str, *arguments: Any, **named: Any) -> Any:
    """The result of a method; of nothing, nothing."""
    return None if value is None else getattr(value, name)(*arguments, **named)


def at(value: Any, key: Any) -> Any:
    """What a collection holds under a key or an index; nothing where there is no such thing."""
    try:
        return value[key]
    except (LookupError, TypeError):
        return None


def ordered(left: Any, operator: str, right: Any) -> bool:
    """``<``, ``<=``, ``>`` or ``>=``; false where a side is nothing."""
    if left is None or right is None:
        return False
    if operator in ("<", ">"):
        return bool(left < right) if operator == "<" else bool(left > right)
    return bool(left <= right) if operator == "<=" else bool(left >= right)


def said(value: object) -> str:
    """A value as a message says it: on one line, of bounded length, ``…`` for what is unknown."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple | set | frozenset):
        values = sorted(value, key=str) if isinstance(value, set | frozenset) else value
        return ", ".join(said(each) for each in values) or "none"
    text = " ".join(str(value).replace(HOLE, "…").split())
    return text if len(text) <= MAX_SAID else text[: MAX_SAID - 1] + "…"


def written(value: object) -> str:
    """A value as a fix writes it. Raises NoValueError for one that is not known."""
    if not known(value):
        raise NoValueError
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return ", ".join(written(each) for each in value)
    return str(value)


LISTED = {
    "any": any, "all": all, "bool": bool, "sorted": sorted, "min": least, "max": greatest, "len": size,
    "first": first, "count": count, "unique": unique, "join": join, "lower": lower, "startswith": startswith,
    "endswith": endswith, "basename": basename, "known": known, "matches": matches, "said": said,
}  # fmt: skip
"""What a rule's author may call."""

COMPILED = {**LISTED, "get": get, "call": call, "at": at, "ordered": ordered, "written": written}
"""What the compiled form may call besides: an author's text never comes to name these."""
