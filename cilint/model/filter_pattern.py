"""What is wrong with a filter pattern of branches, tags or paths.

Facts: docs.github.com, "Filter pattern cheat sheet"; git-check-ref-format for what names of branches can be.
"""

from __future__ import annotations

from collections.abc import Iterator

from cilint.text.values import NamedTuple

_SPECIAL = "[]?+*\\!"
_NOT_IN_NAMES = " \t\r\n~^:"
_BLANKS = {" ": "a space", "\t": "a tab", "\r": "a line end", "\n": "a line end"}


class Flaw(NamedTuple):
    """What is wrong between two offsets of a pattern."""

    start: int
    end: int
    message: str


def flaws(pattern: str, *, of_path: bool) -> Iterator[Flaw]:
    """All that keeps a pattern from matching what it seems to say."""
    start = 1 if pattern.startswith("!") else 0
    if start and len(pattern) == 1:
        yield Flaw(0, 1, "a `!` alone takes nothing back: a pattern belongs behind it")
        return
    yield from _signs(pattern, start, of_path)
    yield from _path_flaws(pattern, start) if of_path else _name_flaws(pattern, start)


def _signs(pattern: str, at: int, of_path: bool) -> Iterator[Flaw]:
    """The characters one by one: classes, signs that repeat, escapes, what no name has."""
    repeatable = False
    while at < len(pattern):
        char, end = pattern[at], at + 1
        if char == "\\":
            end = at + 2
            if not of_path:
                yield from _escape(pattern, at)
            repeatable = True
        elif char == "[":
            end, flaw = _class(pattern, at)
            if flaw:
                yield flaw
            repeatable = True
        elif char in "?+":
            if not repeatable:
                yield Flaw(at, end, f"`{char}` repeats the character before it, and there is none to repeat")
            repeatable = False
        elif char in _NOT_IN_NAMES and not of_path:
            shown = _BLANKS.get(char, f"`{char}`")
            hint = ": patterns are no regular expressions" if char == "^" else ""
            yield Flaw(at, end, f"no name of a branch or tag has {shown} in it{hint}")
            repeatable = True
        else:
            repeatable = char != "*"
        at = end


def _escape(pattern: str, at: int) -> Iterator[Flaw]:
    escaped, end = pattern[at + 1 : at + 2], min(at + 2, len(pattern))
    if not escaped or escaped not in _SPECIAL:
        yield Flaw(at, end, "a `\\` stands before a special character only")
    elif escaped in "[?*":
        yield Flaw(at, end, f"no name of a branch or tag has `{escaped}` in it")


def _class(pattern: str, start: int) -> tuple[int, Flaw | None]:
    """The end of a `[…]` and what is wrong with it."""
    end = pattern.find("]", start + 1)
    if end < 0:
        return len(pattern), Flaw(start, len(pattern), "`[` without its `]`")
    body = pattern[start + 1 : end]
    if not body:
        return end + 1, Flaw(start, end + 1, "`[]` matches nothing")
    if len(body) == 1:
        return end + 1, Flaw(start, end + 1, f"`[{body}]` is no more than `{body}`")
    if len(body) > 1 and body.endswith("-"):
        return end + 1, Flaw(end - 2, end, f"the range `{body[-2:]}` has no end")
    for at in range(1, len(body) - 1):
        if body[at] == "-" and body[at - 1] > body[at + 1]:
            said = f"the range `{body[at - 1 : at + 2]}` is empty: it runs backwards"
            return end + 1, Flaw(start + at, start + at + 3, said)
    return end + 1, None


def _name_flaws(pattern: str, start: int) -> Iterator[Flaw]:
    name, end = pattern[start:], len(pattern)
    if name.startswith("/"):
        yield Flaw(start, start + 1, "no name of a branch or tag begins with `/`")
    if name.endswith(("/", ".")) and len(name) > 1:
        yield Flaw(end - 1, end, f"no name of a branch or tag ends with `{name[-1]}`")
    for pair in ("//", ".."):
        if pair in name:
            at = start + name.index(pair)
            yield Flaw(at, at + 2, f"no name of a branch or tag has `{pair}` in it")
    if name.startswith("refs/"):
        yield Flaw(start, end, "a filter takes the name alone, without `refs/heads/` or `refs/tags/`")


def _path_flaws(pattern: str, start: int) -> Iterator[Flaw]:
    path, end = pattern[start:], len(pattern)
    if path != path.strip():
        yield Flaw(start, end, "a path with a space or line end before or behind it matches no file")
    parts = path.strip().split("/")
    if "." in parts or ".." in parts:
        yield Flaw(start, end, "paths are those in the repository: `.` and `..` match nothing")
    elif path.startswith("/"):
        yield Flaw(start, start + 1, "paths in the repository begin without a `/`: this matches nothing")
