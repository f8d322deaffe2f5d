"""GitHub's filter patterns for branches, tags and paths: ``*`` stops at ``/``, ``**`` does not,
``?`` and ``+`` repeat the character before, ``[…]`` is a class, a leading ``!`` takes back.

Patterns come from strangers, so they run as a set of states: time grows with pattern times name, and
patterns longer than any branch's name can be match nothing.
"""

from __future__ import annotations

from functools import lru_cache

from cilint.text.values import NamedTuple

MAX_LENGTH = 255


class _Token(NamedTuple):
    chars: str  # the characters that match; "" for any, "/" with `negated` for any but the slash
    negated: bool
    repeat: (
        str  # "", "?", "+", "*", or "/" before a `**` that may be left out together with the slash after it
    )


def _class(pattern: str, at: int) -> tuple[_Token, int]:
    """A ``[…]`` class; unclosed, it is a literal bracket."""
    end = pattern.find("]", at + 2)
    if end < 0:
        return _Token("[", negated=False, repeat=""), at + 1
    body, chars, index = pattern[at + 1 : end], [], 0
    while index < len(body):
        if index + 2 < len(body) and body[index + 1] == "-":
            chars += [chr(code) for code in range(ord(body[index]), ord(body[index + 2]) + 1)][:512]
            index += 3
        else:
            chars.append(body[index])
            index += 1
    return _Token("".join(chars) or "\0", negated=False, repeat=""), end + 1


@lru_cache(maxsize=512)
def _compile(pattern: str) -> tuple[_Token, ...]:
    tokens: list[_Token] = []
    at = 0
    while at < len(pattern):
        char = pattern[at]
        if char == "*":
            end = at
            while end < len(pattern) and pattern[end] == "*":
                end += 1
            # `**/x` also matches a plain `x`
            if end - at > 1 and pattern[end : end + 1] == "/" and (at == 0 or pattern[at - 1] == "/"):
                tokens.append(_Token("\0", False, "/"))
            tokens.append(_Token("", False, "*") if end - at > 1 else _Token("/", True, "*"))
            at = end
        elif char in "?+" and tokens and not tokens[-1].repeat:
            tokens[-1] = tokens[-1]._replace(repeat=char)
            at += 1
        elif char == "[":
            token, at = _class(pattern, at)
            tokens.append(token)
        else:
            if char == "\\" and at + 1 < len(pattern):
                at += 1
            tokens.append(_Token(pattern[at], False, ""))
            at += 1
    return tuple(tokens)


def _closure(tokens: tuple[_Token, ...], states: set[int]) -> set[int]:
    """The states that are reached without reading a character."""
    pending = list(states)
    while pending:
        state = pending.pop()
        repeat = tokens[state].repeat if state < len(tokens) else ""
        after = {state + 1, state + 3} if repeat == "/" else {state + 1} if repeat in ("?", "*") else set()
        pending += after - states
        states |= after
    return states


def matches(pattern: str, name: str) -> bool:
    """Whether one pattern (without its ``!``) matches the whole name."""
    if len(pattern) > MAX_LENGTH or len(name) > MAX_LENGTH:
        return False
    tokens = _compile(pattern)
    states = _closure(tokens, {0})
    for char in name:
        following = set()
        for state in states:
            if state < len(tokens):
                token = tokens[state]
                if not token.chars or (char in token.chars) != token.negated:
                    following.add(state + 1)
                    if token.repeat in ("+", "*"):
                        following.add(state)
        states = _closure(tokens, following)
        if not states:
            return False
    return len(tokens) in states


def selected(patterns: tuple[str, ...], name: str) -> bool:
    """Whether a ``branches`` list takes the name: the last pattern that matches decides."""
    taken = False
    for pattern in patterns:
        if pattern.startswith("!"):
            taken = taken and not matches(pattern[1:], name)
        elif not taken:
            taken = matches(pattern, name)
    return taken


def examples(pattern: str) -> tuple[str, ...]:
    """A short name that the pattern takes, and a longer one where a character may be left out or repeated."""
    tokens = _compile(pattern) if len(pattern) <= MAX_LENGTH else ()
    short = [_example(token) for token in tokens if token.repeat != "?"]
    long = [_example(token) * (2 if token.repeat == "+" else 1) for token in tokens]
    return tuple(dict.fromkeys(name for name in ("".join(short), "".join(long)) if name))


def _example(token: _Token) -> str:
    if token.repeat == "/":
        return ""
    return "x" if token.negated or not token.chars else token.chars[0]
