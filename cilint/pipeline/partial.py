"""Strings of which parts are unknown: each HOLE stands for any text, the empty one included.

Every answer is True, False or None; one that is not None holds whatever the holes turn out to be.
"""

from __future__ import annotations

from cilint.text.hole import HOLE


def both(a: bool | None, b: bool | None) -> bool | None:
    """Three-valued and."""
    if a is False or b is False:
        return False
    return None if a is None or b is None else True


def filled(text: str) -> bool | None:
    """Whether the string is not empty."""
    if HOLE not in text:
        return bool(text)
    return True if text.strip(HOLE) else None


def equal(left: str, right: str) -> bool | None:
    """Whether both are the same text."""
    left_open, right_open = HOLE in left, HOLE in right
    if not left_open and not right_open:
        return left == right
    if left_open and right_open:
        ends_meet = starts(left, right) is not False and ends(left, right) is not False
        return None if ends_meet else False
    return None if (_fits(left, right) if left_open else _fits(right, left)) else False


def _fits(pattern: str, text: str) -> bool:
    """Whether a text without holes can be what the pattern becomes."""
    first, *middle, last = pattern.split(HOLE)
    if len(first) + len(last) > len(text) or not text.startswith(first) or not text.endswith(last):
        return False
    return _in_order(middle, text, len(first), len(text) - len(last))


def _in_order(pieces: list[str], text: str, at: int, end: int) -> bool:
    """Whether the pieces occur one after the other between the offsets."""
    for piece in pieces:
        found = text.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True


def starts(text: str, prefix: str) -> bool | None:
    """Whether the text begins with the prefix."""
    if HOLE not in text and HOLE not in prefix:
        return text.startswith(prefix)
    known, wanted = text.partition(HOLE)[0], prefix.partition(HOLE)[0]
    if known.startswith(prefix):
        return True
    if HOLE not in text:
        return None if text.startswith(wanted) else False
    return None if known.startswith(wanted) or wanted.startswith(known) else False


def ends(text: str, suffix: str) -> bool | None:
    """Whether the text ends with the suffix."""
    if HOLE not in text and HOLE not in suffix:
        return text.endswith(suffix)
    return starts(text[::-1], suffix[::-1])


def contains(text: str, part: str) -> bool | None:
    """Whether the part occurs in the text."""
    if HOLE not in part:
        if part in text:
            return True
        return None if HOLE in text else False
    return None if HOLE in text or _in_order(part.split(HOLE), text, 0, len(text)) else False
