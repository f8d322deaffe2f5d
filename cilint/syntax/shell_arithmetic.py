"""Shell arithmetic, as far as it is known: ``$(( ))``, ``(( ))`` and ``let`` (Bash manual 6.5).

Only reading: a text that assigns (``i++``, ``n += 1``) has no value here, but names what it changes.
"""

from __future__ import annotations

import re
from functools import cache

from cilint.syntax.shell_words import Environment

_LEVELS = (("||",), ("&&",), ("==", "!="), ("<=", ">=", "<", ">"), ("+", "-"), ("*", "/", "%"))
_DEEPEST = 20
_LARGEST = 10**12


@cache
def _token() -> re.Pattern[str]:
    return re.compile(r"\s*+(?:(\d++)|\$?\{?([A-Za-z_?]\w*)\}?|(\|\||&&|[=!<>]=|[-+*/%<>()!]))", re.ASCII)


@cache
def _assignment() -> re.Pattern[str]:
    return re.compile(
        r"(?<!\w)([A-Za-z_]\w*+)\s*+(?:\+\+|--|(?:[-+*/%&|^]|<<|>>)?=(?!=))|(?:\+\+|--)\s*+([A-Za-z_]\w*+)"
    )


def assigned(text: str) -> tuple[str, ...]:
    """The names of the variables that the arithmetic changes."""
    return tuple(first or second for first, second in _assignment().findall(text))


def calculate(text: str, env: Environment) -> int | None:
    """The value of an expression without assignments; None where it is not known."""
    if len(text) > 200 or _assignment().search(text):
        return None
    tokens: list[str | int | None] = []
    at, end = 0, len(text.rstrip())
    while at < end:
        match = _token().match(text, at, end)
        if match is None:
            return None
        number, name, operator = match.groups()
        tokens.append(operator or (_number(number) if number else _variable(name, env)))
        at = match.end()
    tokens.append("")
    reader = _Reader(tokens)
    value = reader.level(0, 0)
    return value if reader.tokens[reader.at] == "" else None


@cache
def _change() -> re.Pattern[str]:
    return re.compile(
        r"\s*(?:([A-Za-z_]\w*)\s*(?:(\+\+|--)|([-+*/%]?)=(?!=)(.*))|(\+\+|--)\s*([A-Za-z_]\w*))\s*",
        re.DOTALL,
    )


@cache
def _counted() -> re.Pattern[str]:
    return re.compile(r"\s*(\+\+|--)?([A-Za-z_]\w*)(\+\+|--)?\s*((?:[<>]=?|[!=]=)\s*[\w${}]+)\s*")


def changes(text: str, env: Environment) -> tuple[int | None, dict[str, int | None]]:
    """The value of ``i++``, ``n += 2`` or ``a = 0, b = 1``, and the variables that it changes with theirs.

    Whatever is not known of them is None.
    """
    result: int | None = None
    found: dict[str, int | None] = {}
    for part in text.split(","):
        known = {**env, **{name: "" if number is None else str(number) for name, number in found.items()}}
        match = _change().fullmatch(part)
        counted = _counted().fullmatch(part) if match is None else None
        if counted is not None:
            first, counter, second, rest = counted.groups()
            if bool(first) != bool(second):
                found[counter] = calculate(f"{counter} {(first or second)[0]} 1", known)
                number = found[counter] if first else calculate(counter, known)
                result = None if number is None else calculate(f"{number} {rest}", known)
                continue
        if match is None:
            found.update(dict.fromkeys(assigned(part)))
            result = calculate(part, known)
            continue
        name, after, operator, value, before, other = match.groups()
        if after or before:
            value = f"{name or other} {(after or before)[0]} 1"
        elif operator:
            value = f"{name} {operator} ({value})"
        found[name or other] = calculate(value, known)
        result = calculate(name, known) if after else found[name or other]
    return result, found


def _number(text: str) -> int | None:
    return int(text) if len(text) < 12 and (text == "0" or text[0] != "0") else None


def _variable(name: str, env: Environment) -> int | None:
    value = env.get(name)
    text = value.strip() if isinstance(value, str) else ""
    return _number(text) if text.isascii() and text.isdigit() else None


class _Reader:
    """A reader by precedence over tokens, in which operands are numbers already; None is unknown."""

    def __init__(self, tokens: list[str | int | None]) -> None:
        self.tokens = tokens
        self.at = 0

    def level(self, level: int, depth: int) -> int | None:
        if level == len(_LEVELS):
            return self._operand(depth)
        value = self.level(level + 1, depth)
        while self.tokens[self.at] in _LEVELS[level]:
            operator = str(self.tokens[self.at])
            self.at += 1
            value = _apply(operator, value, self.level(level + 1, depth))
        return value

    def _operand(self, depth: int) -> int | None:
        symbol = self.tokens[self.at]
        if symbol == "":
            return None
        self.at += 1
        if not isinstance(symbol, str):
            return symbol
        if depth > _DEEPEST:
            return None
        if symbol == "(":
            value = self.level(0, depth + 1)
            if self.tokens[self.at] != ")":
                return None
            self.at += 1
            return value
        operand = self._operand(depth + 1) if symbol in "!-+" else None
        if operand is None:
            return None
        return {"!": int(not operand), "-": -operand, "+": operand}[symbol]


def _apply(operator: str, left: int | None, right: int | None) -> int | None:
    if operator in ("&&", "||"):
        decides = operator == "||"
        if any(side is not None and bool(side) == decides for side in (left, right)):
            return int(decides)
        return None if left is None or right is None else int(not decides)
    if left is None or right is None or max(abs(left), abs(right)) > _LARGEST:
        return None
    if operator in ("/", "%"):
        if right == 0:
            return None
        whole = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
        return whole if operator == "/" else left - whole * right
    return int(_OPERATIONS[operator](left, right))


_OPERATIONS = {
    "==": int.__eq__,
    "!=": int.__ne__,
    "<": int.__lt__,
    ">": int.__gt__,
    "<=": int.__le__,
    ">=": int.__ge__,
    "+": int.__add__,
    "-": int.__sub__,
    "*": int.__mul__,
}
