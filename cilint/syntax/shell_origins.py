"""Where the values of variables come from, as texts: assignments, loops, the arguments of functions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from cilint.syntax.shell import Command, Script

_MOST = 100


def given_to(script: Script, command: Command, text: str) -> list[str]:
    """The words from which the variables in a text of the command get their values, on whichever way.

    Parameters of a function are what its calls give it, and what ``xargs`` reads is what is piped to it.
    """
    found: list[str] = []
    if "xargs" in command.wrappers and command.piped_from is not None:
        found.append(command.piped_from.raw)
    names: set[str] = set()
    pending = [text, *found]
    while pending and len(found) < _MOST:
        for name in set(_names().findall(pending.pop())) - names:
            names.add(name)
            fresh = list(_values(script, command, name))
            found += fresh
            pending += fresh
    return found


def _values(script: Script, command: Command, name: str) -> Iterator[str]:
    if name.isdigit() or name in ("@", "*"):
        function = command.function
        for call in script.named(function) if function else ():
            words = call.words[1:]
            yield from (word.raw for at, word in enumerate(words, 1) if name in (str(at), "@", "*"))
        return
    for each in script.commands:
        for assignment in each.assignments:
            if assignment.name == name:
                yield assignment.value.raw if assignment.value else each.raw
        if each.kind == "declaration":
            yield from (word.raw for word in each.words[1:] if word.raw.startswith(f"{name}="))
        if each.name in ("read", "mapfile", "readarray") and name in (word.static for word in each.words):
            yield from (r.target.raw for r in each.redirects if r.target is not None)
    for loop in script.loops:
        if loop.kind == "for" and loop.name == name:
            yield from (word.raw for word in loop.words or ())


@cache
def _names() -> re.Pattern[str]:
    return re.compile(r"\$\{?([A-Za-z_]\w*|[1-9@*])")
