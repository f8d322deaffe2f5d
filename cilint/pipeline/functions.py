"""The functions of the expression language, on values of which parts may be unknown.

Behaviour is that of actions/runner and npm @actions/expressions. `case` and the status functions need the
evaluator and are there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache

from cilint.pipeline import partial
from cilint.pipeline.coercion import (
    UNKNOWN,
    Filtered,
    Open,
    Unknown,
    Value,
    equal,
    fold,
    known,
    to_string,
)
from cilint.text.hints import Any
from cilint.text.hole import HOLE

MAX_STRING = 1 << 19
"""Code points of the strings that functions made and are in use: GitHub's bound of 1 MiB in UTF-16."""
_MAX_JSON_DEPTH = 100


class FunctionError(Exception):
    """Why a function cannot give a value, in plain words."""


class TooLongError(FunctionError):
    """A function would make a text longer than MAX_STRING."""


def _bounded(pieces: Iterable[str]) -> str:
    """The pieces as one string, unless it gets too long."""
    kept: list[str] = []
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > MAX_STRING:
            raise TooLongError("the text that this makes is longer than 1 MiB")
        kept.append(piece)
    return "".join(kept)


def _compound(value: Value) -> bool:
    return isinstance(value, (list, dict))


def _contains(search: Value, item: Value) -> Value:
    if isinstance(search, list):
        return _contains_item(search, item)
    if isinstance(search, dict) or _compound(item):
        return False if not isinstance(search, Unknown) else UNKNOWN
    if isinstance(search, Unknown) or isinstance(item, Unknown):
        return UNKNOWN
    return known(partial.contains(fold(to_string(search)), fold(to_string(item))))


def _contains_item(items: list[Any], item: Value) -> Value:
    unsure = isinstance(items, Filtered) and not items.complete
    for candidate in items:
        same = equal(item, candidate)
        if same:
            return True
        unsure = unsure or same is None
    return UNKNOWN if unsure else False


def _at_edge(test: Callable[[str, str], bool | None], text: Value, edge: Value) -> Value:
    if _compound(text) or _compound(edge):
        return False
    if isinstance(text, Unknown) or isinstance(edge, Unknown):
        return UNKNOWN
    return known(test(fold(to_string(text)), fold(to_string(edge))))


def _starts_with(text: Value, prefix: Value) -> Value:
    return _at_edge(partial.starts, text, prefix)


def _ends_with(text: Value, suffix: Value) -> Value:
    return _at_edge(partial.ends, text, suffix)


def _join(items: Value, separator: Value = ",") -> Value:
    if isinstance(items, Unknown) or (isinstance(items, Filtered) and not items.complete):
        return UNKNOWN
    if isinstance(items, dict):
        return ""
    if not isinstance(items, list):
        return to_string(items)
    between = "," if _compound(separator) else to_string(separator)
    return _bounded(
        piece
        for index, item in enumerate(items)
        for piece in ((between, to_string(item)) if index else (to_string(item),))
    )


def _format(template: Value, *args: Value) -> Value:
    text = to_string(template)
    return UNKNOWN if HOLE in text else _bounded(_format_pieces(text, args))


@cache
def _format_pattern() -> re.Pattern[str]:
    return re.compile(r"[^{}]+|\{\{|\}\}|\{([0-9]{1,3})\}|(.)")


def _format_pieces(text: str, args: tuple[Value, ...]) -> Iterator[str]:
    for part in _format_pattern().finditer(text):
        number, stray = part.groups()
        if stray:
            raise FunctionError("the format string has a brace that is neither {number} nor doubled")
        if number is None:
            yield part[0][0] if part[0] in ("{{", "}}") else part[0]
        elif int(number) < len(args):
            yield to_string(args[int(number)])
        else:
            raise FunctionError(f"the format string names {part[0]}, but only {len(args)} values are given")


def _to_json(value: Value) -> Value:
    import json  # rarely needed

    if _partly_unknown(value):
        return UNKNOWN
    return _bounded(_json_pieces(value, "\n", json.JSONEncoder(ensure_ascii=False).encode))


def _partly_unknown(value: Value) -> bool:
    if isinstance(value, dict):
        unsure = any(HOLE in key or _partly_unknown(item) for key, item in value.items())
        return unsure or isinstance(value, Open)
    if isinstance(value, list):
        return (isinstance(value, Filtered) and not value.complete) or any(map(_partly_unknown, value))
    return isinstance(value, Unknown) or (isinstance(value, str) and HOLE in value)


def _json_pieces(value: Value, line: str, quote: Callable[[str], str]) -> Iterator[str]:
    """GitHub's layout: two spaces a level, empty arrays and objects closed at once."""
    if isinstance(value, str):
        yield quote(value)
    elif isinstance(value, (list, dict)):
        opening, closing = "[]" if isinstance(value, list) else "{}"
        yield opening
        inner = line + "  "
        for index, key in enumerate(value):
            yield ("," if index else "") + inner
            if isinstance(value, dict):
                yield quote(key) + ": "
            yield from _json_pieces(value[key] if isinstance(value, dict) else key, inner, quote)
        yield line + closing if value else closing
    else:
        yield "null" if value is None else to_string(value)


def _from_json(text: Value) -> Value:
    import json  # rarely needed

    source = to_string(text)
    if HOLE in source:
        return UNKNOWN
    try:
        value: Value = json.loads(source, parse_int=float)
    except (ValueError, RecursionError):
        raise FunctionError("this text is not valid JSON") from None
    if _deeper_than(value, _MAX_JSON_DEPTH):
        raise FunctionError(f"this JSON is nested more than {_MAX_JSON_DEPTH} levels deep")
    return value


def _deeper_than(value: Value, depth: int) -> bool:
    level = [value]
    for _ in range(depth):
        level = [
            child
            for node in level
            if isinstance(node, (list, dict))
            for child in (node if isinstance(node, list) else node.values())
        ]
        if not level:
            return False
    return True


def _hash_files(*_patterns: Value) -> Value:
    return UNKNOWN


IMPLEMENTED: dict[str, Callable[..., Value]] = {
    "contains": _contains,
    "startswith": _starts_with,
    "endswith": _ends_with,
    "format": _format,
    "join": _join,
    "tojson": _to_json,
    "fromjson": _from_json,
    "hashfiles": _hash_files,
}
