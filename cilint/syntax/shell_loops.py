"""Whether a loop comes to an end by itself, and whether its rounds differ."""

from __future__ import annotations

import re
from collections.abc import Container

from cilint.syntax.shell_arithmetic import assigned
from cilint.syntax.shell_tests import Test, tests_in
from cilint.syntax.shell_tree import Block, Command, commands_in
from cilint.syntax.shell_words import Assignment

_TALK = frozenset({"echo", "printf", "sleep"})
_READERS = frozenset({"eval", "source", "."})


def bounded(loop: Block) -> bool:
    """Whether the number of rounds or the time is limited, whatever its commands answer.

    A ``for`` over words is, and so are a loop that reads lines, one whose condition or whose way out
    compares a counter that the loop changes, or the clock, and one that runs under ``timeout``.
    """
    return any("timeout" in shell.wrappers for shell in _shells(loop)) or counted(loop)


def counted(loop: Block) -> bool:
    """Whether the loop itself limits the rounds or the time, so that it goes on behind it."""
    if loop.kind == "for":
        return loop.name != "((" or _counts(loop)
    condition = loop.items[0] if loop.items else None
    if not isinstance(condition, Block):
        return False
    if loop.kind == "while" and any(command.name == "read" for command in condition.commands):
        return True
    changed = _changed(loop)
    if _ends_on_count(condition.commands, changed):
        return True
    return any(_leaves_on_count(command, loop, changed) for command in loop.commands)


def only_tells(loop: Block, functions: Container[str]) -> bool:
    """Whether nothing but what prints it reads the counter of a ``for``, so that its rounds are alike."""
    body, names = loop.items[-1], {loop.name}
    if loop.name == "((":
        names = {name for word in loop.words or () for name in assigned(word.static or "")}
    text, start = list(body.raw), body.span.start
    for command in commands_in(body):
        if command.name in functions or command.name in _READERS:
            return False
        if _only_prints(command) and command.input is body.input:
            span = command.span
            text[span.start - start : span.end - start] = " " * (span.end - span.start)
    return not names.intersection(re.findall(r"[A-Za-z_]\w*", "".join(text)))


def _only_prints(command: Command) -> bool:
    piped = isinstance(command.parent, Block) and command.parent.kind == "pipeline"
    written = command.redirects or any(block.redirects for block in command.blocks)
    return command.name in _TALK and not (piped or written or command.substitutions)


def _shells(loop: Block) -> tuple[Command, ...]:
    return tuple(block.shell for block in loop.blocks if block.shell is not None)


def _counts(loop: Block) -> bool:
    parts = (loop.words[0].static or "").split(";") if loop.words else []
    return len(parts) == 3 and bool(parts[1].strip()) and parts[1].strip() not in ("1", "true")


def _changed(loop: Block) -> frozenset[str]:
    """The variables that the loop changes by calculation, and those that the clock changes."""
    names = {"SECONDS", "EPOCHSECONDS"}
    for command in loop.commands:
        for assignment in command.assignments:
            parts = assignment.value.parts if assignment.value is not None else ()
            counts = any(part.kind == "arithmetic" for part in parts) or _adds_number(assignment)
            if counts or _reads_clock(command):
                names.add(assignment.name)
        if command.kind == "arithmetic" or command.name == "let":
            for word in command.written[1:]:
                names |= set(assigned(word.static or word.raw))
        for word in command.words:
            inner = (part.text for part in word.parts if part.kind == "arithmetic")
            names |= {name for text in inner for name in assigned(text)}
    return frozenset(names)


def _adds_number(assignment: Assignment) -> bool:
    """``left+=-1`` of an integer variable."""
    value = assignment.value.static if assignment.append and assignment.value is not None else None
    return value is not None and value.lstrip("-").isdigit()


def _reads_clock(command: Command) -> bool:
    return any(
        inner.name in ("date", "expr", "bc") for block in command.substitutions for inner in block.commands
    )


def _tests(commands: tuple[Command, ...]) -> tuple[Test, ...]:
    return tuple(tests_in(commands, iter(())))


def _limits(test: Test, changed: frozenset[str]) -> bool:
    """Whether a test compares something that the loop changes."""
    words = [word for word in (test.left, test.right) if word is not None]
    names = {name for word in words for name in word.variables}
    text = "".join(word.raw for word in words) if words else ""
    if test.command is not None and test.command.kind == "arithmetic":
        text = test.command.raw
    if test.variable:
        names.add(test.variable)
    counting = bool(names & changed) or any(name in text for name in changed) or "date +" in text
    return counting and test.operator not in ("-n", "-z", "case")


def _leaves_on_count(command: Command, loop: Block, changed: frozenset[str]) -> bool:
    """Whether it leaves the loop under a condition on a counter."""
    if command.name not in ("break", "exit", "return"):
        return False
    return loop in command.loops and any(_ends_on_count(guard.commands, changed) for guard in command.guards)


def _ends_on_count(commands: tuple[Command, ...], changed: frozenset[str]) -> bool:
    """Whether the commands of a condition compare a counter, or count themselves: ``(( left-- > 0 ))``."""
    if any(_limits(test, changed) for test in _tests(commands)):
        return True
    counting = (each for each in commands if each.kind == "arithmetic" or each.name == "let")
    return any(assigned(word.static or word.raw) for each in counting for word in each.written)
