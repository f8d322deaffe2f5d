"""The patterns of ``${name#pattern}`` and ``${name/pattern/text}``: ``*``, ``?`` and literal characters.

Matching takes time in proportion to text times pattern; there is nothing to backtrack.
"""

from __future__ import annotations


class PatternError(ValueError):
    """A pattern with an escape that means nothing."""


class Pattern:
    """A pattern as a machine whose states are the bits of a number: bit n, the first n tokens matched."""

    __slots__ = ("_any", "_final", "_letters", "_loops", "tokens")

    def __init__(self, tokens: list[str]) -> None:
        """``tokens``: ``"*"``, ``"?"``, or a literal character with a backslash before it."""
        self.tokens = tokens
        self._letters: dict[str, int] = {}
        self._any = self._loops = 0
        state = 1
        for item in tokens:
            if item == "*":
                self._loops |= state
                continue
            if item == "?":
                self._any |= state
            else:
                self._letters[item[1]] = self._letters.get(item[1], 0) | state
            state <<= 1
        self._final = state

    def step(self, states: int, char: str) -> int:
        """The states after ``char``. As in Go's regular expressions, wildcards do not match a line end."""
        taken = self._letters.get(char, 0)
        if char == "\n":
            return (states & taken) << 1
        return (states & (taken | self._any)) << 1 | states & self._loops

    def end(self, text: str, start: int, *, longest: bool) -> int | None:
        """Where the shortest or longest match that begins at ``start`` ends; None if there is none."""
        states, found = 1, None
        for at in range(start, len(text) + 1):
            if states & self._final:
                found = at
                if not longest:
                    break
            if not states or at == len(text):
                break
            states = self.step(states, text[at])
        return found

    def ends(self, text: str) -> list[bool]:
        """For each offset of ``text`` and its end, whether some match ends there."""
        states, found = 1, []
        for char in text:
            found.append(bool(states & self._final))
            states = self.step(states, char) | 1
        return [*found, bool(states & self._final)]

    def reversed(self) -> Pattern:
        return Pattern(self.tokens[::-1])


def read_pattern(source: str) -> Pattern:
    """The pattern written as ``source``. Raises PatternError for an escape other than of ``* ? \\ } /``."""
    tokens, at = [], 0
    while at < len(source):
        char = source[at]
        at += 1
        if char == "\\":
            char = source[at : at + 1]
            if char in ("}", "/") and char:
                continue
            if char not in ("*", "?", "\\") or not char:
                raise PatternError(f"invalid escape '\\{char}'")
            at += 1
            tokens.append("\\" + char)
        else:
            tokens.append(char if char in "*?" else "\\" + char)
    return Pattern(tokens)


def remove_prefix(value: str, pattern: Pattern, *, longest: bool) -> str:
    """``value`` without what the pattern matches at its start."""
    end = pattern.end(value, 0, longest=longest)
    return value if end is None else value[end:]


def remove_suffix(value: str, pattern: Pattern, *, longest: bool) -> str:
    """``value`` without what the pattern matches at its end."""
    return remove_prefix(value[::-1], pattern.reversed(), longest=longest)[::-1]


def replace(value: str, pattern: Pattern, replacement: str, *, every: bool) -> str:
    """``value`` with the leftmost, longest match (or every one) replaced."""
    begins = pattern.reversed().ends(value[::-1])[::-1]
    pieces: list[str] = []
    kept, at, last = 0, 0, -1
    while at <= len(value):
        end = pattern.end(value, at, longest=True) if begins[at] else None
        if end is None or (end == at and at == last):
            at += 1
            continue
        pieces += [value[kept:at], replacement]
        kept = last = end
        if not every:
            break
        at = max(end, at + 1)
    return "".join([*pieces, value[kept:]])
