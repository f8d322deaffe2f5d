"""Where the values of variables come from, as texts: assignments, loops, the arguments of functions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from cilint.syntax.shell import Block, Command, Script
from cilint.syntax.shell_tree import Node

_MOST = 100


def given_to(script: Script, command: Command, text: str, caller: Command | None = None) -> list[str]:
    """The words from which the variables in a text of the command get their values, on whichever way.

    Parameters of a function are what its calls give it, or the ``caller`` alone, and what ``xargs`` reads is
    what is piped to it.
    """
    found: list[str] = []
    if "xargs" in command.wrappers and command.piped_from is not None:
        found.append(command.piped_from.raw)
    names: set[str] = set()
    pending = [text, *found]
    while pending and len(found) < _MOST:
        for name in set(_names().findall(pending.pop())) - names:
            names.add(name)
            fresh = _values(script, command, name, caller)
            found += fresh
            pending += fresh
    return found


def _values(script: Script, command: Command, name: str, caller: Command | None) -> list[str]:
    if not (name.isdigit() or name in ("@", "*")):
        return _sources(script).get(name, [])
    function = command.function
    calls = (caller,) if caller else script.named(function)[:_MOST] if function else ()
    return [
        word.raw for call in calls for at, word in enumerate(call.words[1:], 1) if name in (str(at), "@", "*")
    ]


@lru_cache(maxsize=16)
def _sources(script: Script) -> dict[str, list[str]]:
    """The words that each variable gets its values from."""
    found: dict[str, list[str]] = {}
    for name, text in _assigned(script):
        values = found.setdefault(name, [])
        if len(values) < _MOST:
            values.append(text)
    return found


def _assigned(script: Script) -> Iterator[tuple[str, str]]:
    for each in script.commands:
        for assignment in each.assignments:
            yield assignment.name, assignment.value.raw if assignment.value else each.raw
        if each.kind == "declaration":
            yield from ((word.raw.partition("=")[0], word.raw) for word in each.words[1:] if "=" in word.raw)
        if each.name in ("read", "mapfile", "readarray"):
            texts = list(_inputs(each))
            yield from ((word.raw, text) for word in each.words[1:] for text in texts)
    for loop in script.loops:
        if loop.kind == "for":
            yield from ((loop.name, word.raw) for word in loop.words or ())


def _inputs(command: Command) -> Iterator[str]:
    """What a command reads: redirected to it or to what is around it, or piped to that."""
    nodes: list[Node] = [command, *command.blocks]
    for node in nodes:
        yield from (redirect.target.raw for redirect in node.redirects if redirect.target is not None)
        yield from (redirect.heredoc.body.raw for redirect in node.redirects if redirect.heredoc is not None)
        parent = node.parent
        if isinstance(parent, Block) and parent.kind == "pipeline" and node.index > 0:
            yield parent.items[node.index - 1].raw


@cache
def _names() -> re.Pattern[str]:
    return re.compile(r"\$\{?([A-Za-z_]\w*|[1-9@*])")
