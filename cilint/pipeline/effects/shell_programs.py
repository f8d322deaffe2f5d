"""Calls of the small programs that every script has: what their words mean to printf, read, grep and rm."""

from __future__ import annotations

from functools import cached_property

from cilint.pipeline.effects.shell_scripts import ShellScript, blocks_of
from cilint.syntax.shell import Command, Part, Word
from cilint.text.edit import Edit
from cilint.text.remember import remembered
from cilint.text.source import Span

_NAMES = ("printf", "read", "grep", "egrep", "fgrep", "rm")
_GIVEN = ("GITHUB_", "RUNNER_")
"""What the names of variables begin with that GitHub always sets."""
_NEW_NAMES = {"egrep": "grep -E", "fgrep": "grep -F"}


class ShellProgram:
    """One call of one of them."""

    def __init__(self, script: ShellScript, command: Command) -> None:
        self.script = script
        self.path: str = script.path
        self.name: str = command.name
        self._command = command

    def __repr__(self) -> str:
        return f"<program {self.name}>"

    @property
    def span(self) -> Span:
        return self.script.place(*self._command.words[0].span)

    @property
    def _words(self) -> tuple[Word, ...]:
        return self._command.words[1:]

    # -- printf "$text" ----------------------------------------------------------------------------

    @cached_property
    def _format(self) -> Word | None:
        words = self._words
        if self.name != "printf" or not words:
            return None
        if words[0].raw == "-v":
            words = words[2:]
        elif words[0].raw == "--":
            words = words[1:]
        return words[0] if words else None

    @property
    def variable_format(self) -> Span | None:
        """The format of a ``printf`` that has a variable in it, whose ``%`` would count."""
        word = self._format
        if word is None or not any(part.kind in ("variable", "command") for part in word.parts):
            return None
        return self.script.place(*word.span)

    # -- read --------------------------------------------------------------------------------------

    @property
    def takes_backslashes(self) -> bool:
        """Whether a ``read`` takes backslashes away from what it reads."""
        if self.name != "read":
            return False
        flags = [word.static or "" for word in self._words if word.raw.startswith("-")]
        return not any("r" in flag for flag in flags)

    @property
    def raw_reading(self) -> tuple[Edit, ...]:
        return (self.script.insert_after(self._command.words[0].span, " -r"),)

    # -- grep --------------------------------------------------------------------------------------

    @property
    def old_name(self) -> str:
        """What is written ``grep -E`` or ``grep -F`` now; empty for any other program."""
        return _NEW_NAMES.get(self.name, "") if self._command.words[0].raw == self.name else ""

    @property
    def glob_pattern(self) -> Span | None:
        """The pattern of a ``grep`` that begins with a ``*``, as if it were for file names."""
        if self.name not in ("grep", "egrep"):
            return None
        arguments = self._command.arguments()
        if arguments.has_flag("-F", "-P", "-f", "--fixed-strings", "--perl-regexp", "--file"):
            return None
        given = arguments.option("-e", "--regexp")
        operands = arguments.operands("-e", "-A", "-B", "-C", "-m", "--regexp")
        found = given or (operands[0] if operands else None)
        word = (found.value_word or found.word) if found is not None else None
        is_glob = word is not None and (word.static or "").startswith("*") and word.quoted
        return self.script.place(*word.span) if word is not None and is_glob else None

    # -- rm -r "$folder/" --------------------------------------------------------------------------

    @cached_property
    def _root(self) -> Part | None:
        """The variable in front of a slash behind which nothing is sure to follow."""
        if self.name != "rm" or not self._command.has_flag("-r", "-R", "--recursive"):
            return None
        for word in self._words:
            first, *rest = word.parts or (None,)
            if first is None or not rest or not rest[0].text.startswith("/") or not self._may_be_empty(first):
                continue
            if all(self._may_be_empty(part) or _is_nothing(part) for part in rest):
                return first
        return None

    def _may_be_empty(self, part: Part) -> bool:
        name = part.text
        if part.kind != "variable" or part.operator or part.subscript or not name.isidentifier():
            return False
        return not (name.startswith(_GIVEN) or name in self.script.known or name in filled(self.script))

    @property
    def possible_root(self) -> Span | None:
        """The variable that, where it is empty, makes a recursive ``rm`` begin at ``/``."""
        return self.script.place(*self._root.span) if self._root else None

    @property
    def variable(self) -> str:
        return self._root.text if self._root else ""

    @property
    def guarded(self) -> str:
        """The variable as an expansion that fails where it is empty."""
        return f"${{{self.variable}:?}}"


def _is_nothing(part: Part) -> bool:
    """Whether it names nothing by itself: slashes and stars."""
    return part.literal and not part.text.strip("/*")


@remembered
def filled(script: ShellScript) -> frozenset[str]:
    """The variables that the script gives a value in which there is some text for sure."""
    found = {block.name for block in blocks_of(script, "for")}
    for command in script.commands:
        for each in command.assignments:
            parts = each.value.parts if each.value is not None else ()
            if any(part.text if part.literal else part.kind == "arithmetic" for part in parts):
                found.add(each.name)
    return frozenset(found)


def programs(script: ShellScript) -> tuple[ShellProgram, ...]:
    return tuple(ShellProgram(script, command) for command in script.commands if command.name in _NAMES)
