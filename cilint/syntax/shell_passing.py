"""Functions of a script that run what they are given: ``retry() { until "$@"; do sleep 1; done; }``."""

from __future__ import annotations

from collections.abc import Iterator

from cilint.syntax.shell_tree import Block, Command

_ALL = frozenset({"$@", '"$@"', '"${@}"', "${@}", "$*"})
_MOST = 9


def look_through_functions(root: Block) -> None:
    """Let calls of such functions be commands that run the real program, as those of ``sudo`` are."""
    passing = {block.name: at for block in _functions(root) if (at := _first_passed(block)) is not None}
    for command in root.commands if passing else ():
        at = 1 + passing.get(command.name, -1)
        if at and len(command.words) > at and command.function != command.name:
            command.run_through(at)


def _functions(root: Block) -> Iterator[Block]:
    pending = [root]
    while pending:
        block = pending.pop()
        if block.kind == "function":
            yield block
        pending += [item for item in block.items if isinstance(item, Block)]


def passed_to(function: Block) -> Command | None:
    """The command of such a function that runs what it is given; None where it is no such function."""
    firsts = ((each, each.words[0].raw if each.words else "") for each in function.commands)
    return next(
        (each for each, first in firsts if first in _ALL or first.startswith(('"${@:', "${@:"))), None
    )


def _first_passed(function: Block) -> int | None:
    """How many arguments the function keeps for itself; None where it does not run the others."""
    shifts = 0
    for command in function.commands:
        words = [word.raw for word in command.written]
        if words[:1] == ["shift"]:
            shifts += int(words[1]) if len(words) > 1 and words[1].isdigit() else 1
        first = command.words[0].raw if command.words else ""
        if first in _ALL:
            return min(shifts, _MOST)
        if first.startswith(('"${@:', "${@:")):
            number = first.strip('"')[4:-1]
            return min(int(number) - 1, _MOST) if number.isdigit() and int(number) else None
    return None
