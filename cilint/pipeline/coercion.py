"""The values of expressions and how GitHub turns one kind into another (actions/runner, EvaluationResult)."""

from __future__ import annotations

from functools import lru_cache
from math import inf, isnan, nan

from cilint.pipeline import partial
from cilint.syntax.expression import parse_number
from cilint.text.hints import Any, TypeAlias
from cilint.text.hole import HOLE


class Unknown:
    """A value that cannot be known; ``truth`` is known of some."""

    __slots__ = ("truth",)

    def __init__(self, truth: bool | None = None) -> None:
        self.truth = truth

    def __repr__(self) -> str:
        return {None: "UNKNOWN", True: "TRUTHY", False: "FALSY"}[self.truth]


UNKNOWN = Unknown()
TRUTHY = Unknown(True)
FALSY = Unknown(False)

Value: TypeAlias = bool | float | str | list[Any] | dict[str, Any] | Unknown | None
"""Null, Boolean, number (int or float), string (each HOLE in it an unknown part), array, object, or unknown.
Keys of objects are case-insensitive."""


class Open(dict[str, Any]):
    """An object of which not all keys are known: a missing one is UNKNOWN instead of null."""

    __slots__ = ()


class Filtered(list[Any]):
    """What `.*` gives: an access to it is one to each of its items. Items may be missing when it is not
    ``complete``."""

    __slots__ = ("complete",)

    def __init__(self, items: list[Any], *, complete: bool) -> None:
        super().__init__(items)
        self.complete = complete


def known(answer: bool | None) -> bool | Unknown:
    return UNKNOWN if answer is None else answer


def truth(value: Value) -> bool | None:
    """Whether GitHub takes the value for true: all but null, false, 0, NaN and ''.

    None: unknown."""
    if isinstance(value, str):
        return partial.filled(value)
    if isinstance(value, Unknown):
        return value.truth
    if isinstance(value, (list, dict)):
        return True
    return bool(value) and not (isinstance(value, float) and isnan(value))


def to_string(value: Value) -> str:
    """The string that GitHub makes of a value; HOLE for an unknown one."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return _number_to_string(_as_float(value))
    if isinstance(value, Unknown):
        return HOLE
    return "Array" if isinstance(value, list) else "Object"


def _number_to_string(number: float) -> str:
    """As .NET's G15 writes it, minus zero as zero."""
    if number == 0:
        return "0"
    if number in (inf, -inf):
        return "Infinity" if number > 0 else "-Infinity"
    return "NaN" if isnan(number) else f"{number:.15G}"


def _as_float(number: float) -> float:
    try:
        return float(number)
    except OverflowError:
        return inf if number > 0 else -inf


def to_number(value: Value) -> float | None:
    """The number that GitHub makes of a value; NaN for what is none; None: unknown."""
    if value is None:
        return 0.0
    if isinstance(value, (int, float)):
        return _as_float(value)
    if isinstance(value, str):
        return parse_number(value) if HOLE not in value else None
    return None if isinstance(value, Unknown) else nan


@lru_cache(maxsize=64)  # a long text is compared again and again
def fold(text: str) -> str:
    """The text as compared without case: upper case code point by code point, but ı and ſ stay (.NET's
    OrdinalIgnoreCase)."""
    upper = text.upper()
    if text.isascii() or (len(upper) == len(text) and "ı" not in text and "ſ" not in text):
        return upper
    return "".join(map({char: _fold_char(char) for char in set(text)}.__getitem__, text))


def _fold_char(char: str) -> str:
    upper = char.upper()
    return char if char in "ıſ" or len(upper) > 1 else upper


def equal(left: Value, right: Value) -> bool | None:
    """GitHub's `==`: case-insensitive for strings, by number between kinds, by identity for objects."""
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return None
    if isinstance(left, (list, dict)) or isinstance(right, (list, dict)):
        return left is right
    if isinstance(left, str) and isinstance(right, str):
        return partial.equal(fold(left), fold(right))
    a, b = to_number(left), to_number(right)
    return None if a is None or b is None else a == b


def less(left: Value, right: Value) -> bool | None:
    """GitHub's `<`; `>` is the same with its sides exchanged."""
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return None
    if isinstance(left, (list, dict)) or isinstance(right, (list, dict)):
        return False
    if isinstance(left, str) and isinstance(right, str):
        return None if HOLE in left or HOLE in right else fold(left) < fold(right)
    a, b = to_number(left), to_number(right)
    return None if a is None or b is None else a < b


def lookup(entries: dict[str, Any], key: str) -> tuple[bool | None, Value]:
    """Whether the object has the key, in any case, and its value; (None, UNKNOWN) where that is open."""
    if key in entries:
        return True, entries[key]
    if HOLE in key:
        return None, UNKNOWN
    folded = fold(key)
    for name, value in entries.items():
        if fold(name) == folded:
            return True, value
    return (None, UNKNOWN) if isinstance(entries, Open) else (False, None)
