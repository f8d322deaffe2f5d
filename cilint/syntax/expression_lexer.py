"""Tokens of GitHub's `${{ }}` expression language.

The facts are those of GitHub's own lexer (npm @actions/expressions, actions/runner): words end at white space
and at ``( ) [ ] , . ! < > = & |``; numbers run over dots; strings take single quotes, doubled inside.
"""

from __future__ import annotations

import re
from functools import cache
from math import isnan

from cilint.text.hints import TypeAlias

LiteralValue: TypeAlias = bool | float | str | None
Token: TypeAlias = tuple[str, LiteralValue, int, int]
"""Kind, value, start, end. Kinds: "name" (value: its text), "literal", "end", else the operator itself."""

_KEYWORDS: dict[str, LiteralValue] = {
    "true": True,
    "false": False,
    "null": None,
    "NaN": float("nan"),
    "Infinity": float("inf"),
}
_DECIMAL = frozenset("0123456789.eE+-")
_HINTS = {
    "=": "two values are compared with ==",
    "&": "conditions are joined with &&",
    "|": "alternatives are joined with ||",
    '"': "strings take single quotes",
    "$": "an expression cannot hold another ${{ }}",
}


class ExpressionError(Exception):
    """What is wrong with an expression, in plain words; ``start`` and ``end`` are offsets into its source."""

    def __init__(self, message: str, start: int, end: int) -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = end

    def shifted(self, by: int) -> ExpressionError:
        """The same error for a text in which the source begins at offset ``by``."""
        return type(self)(self.message, self.start + by, self.end + by)


def parse_number(text: str) -> float:
    """The number that GitHub makes of a string: NaN when it is none, 0 when it is blank.

    Decimal with exponent, ``0x`` and ``0o`` within 32 bits (above 2**31 negative, as the runner reads
    them), Infinity in any case, white space around them.
    """
    text = text.strip()
    if not text:
        return 0.0
    if _DECIMAL.issuperset(text):
        try:
            return float(text)
        except ValueError:
            return float("nan")
    for prefix, digits, base in (("0x", "0123456789abcdefABCDEF", 16), ("0o", "01234567", 8)):
        if text.startswith(prefix) and len(text) > 2 and set(digits).issuperset(text[2:]):
            return _signed_32_bits(text[2:], base)
    if text.lower() in ("infinity", "+infinity", "-infinity"):
        return float(text)
    return float("nan")


def _signed_32_bits(digits: str, base: int) -> float:
    digits = digits.lstrip("0") or "0"
    number = int(digits, base) if len(digits) <= 11 else 1 << 32
    if number >= 1 << 32:
        return float("nan")
    return float(number - (1 << 32) if number >= 1 << 31 else number)


@cache
def _pattern() -> re.Pattern[str]:
    word = r"[^\s()\[\],!<>=&|"
    return re.compile(
        rf"""(?P<space>\s+)
        |(?P<operator>&&|\|\||[=!<>]=|[<>!()\[\],*])
        |(?P<string>'[^']*(?:''[^']*)*'(?!'))
        |(?P<number>[-+0-9]{word}]*)
        |(?P<dot>\.)
        |(?P<word>[^\s().\[\],!<>=&|'*]{word}.]*)""",
        re.VERBOSE,
    )


@cache
def _tail() -> re.Pattern[str]:
    return re.compile(r"[^\s()\[\],!<>=&|]*")


def tokens(source: str) -> list[Token]:
    """The tokens of ``source``, the last one of kind "end". Raises ExpressionError."""
    match = _pattern().match
    found: list[Token] = []
    at, length = 0, len(source)
    while at < length:
        part = match(source, at)
        kind = part.lastgroup if part else None
        if part is None or kind is None:
            raise _illegal(source, at)
        start, at = at, part.end()
        if kind == "space":
            continue
        if kind == "operator":
            found.append((part.group(), None, start, at))
        elif kind == "word":
            found.append(_word(source, start, at, property_=bool(found) and found[-1][0] == "."))
        elif kind == "string":
            found.append(("literal", source[start + 1 : at - 1].replace("''", "'"), start, at))
        elif kind == "dot" and found and (found[-1][0] in "])*" or found[-1][0] == "name"):
            found.append((".", None, start, at))
        else:
            found.append(_number(source, start))
            at = found[-1][3]
    found.append(("end", None, length, length))
    return found


def _word(source: str, start: int, end: int, *, property_: bool) -> Token:
    text = source[start:end]
    if not text.isascii() or not text.replace("-", "_").isidentifier():
        raise _illegal(source, start, end)
    if text in _KEYWORDS and not property_:
        return ("literal", _KEYWORDS[text], start, end)
    return ("name", text, start, end)


def _number(source: str, start: int) -> Token:
    part = _tail().match(source, start)
    end = part.end() if part else start + 1
    number = parse_number(source[start:end])
    if isnan(number):
        raise _illegal(source, start, end)
    return ("literal", number, start, end)


def _illegal(source: str, start: int, end: int | None = None) -> ExpressionError:
    if source[start] == "'":
        return ExpressionError("this string is not closed: its last ' is missing", start, len(source))
    if end is None:
        part = _tail().match(source, start + 1)
        end = part.end() if part else start + 1
    text = source[start:end]
    hint = next((_HINTS[mark] for mark in _HINTS if mark in text), "")
    shown = text if len(text) <= 60 else text[:60] + "…"
    return ExpressionError(f"`{shown}` is not understood" + (f": {hint}" if hint else ""), start, end)
