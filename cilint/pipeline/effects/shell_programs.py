"""Calls of the small programs that every script has: what their words mean to printf, read and grep."""

from __future__ import annotations

from functools import cached_property

from cilint.pipeline.effects.shell_scripts import ShellScript
from cilint.syntax.shell import Command, Word
from cilint.text.edit import Edit
from cilint.text.source import Span

_NAMES = ("printf", "read", "grep", "egrep", "fgrep")
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


def programs(script: ShellScript) -> tuple[ShellProgram, ...]:
    return tuple(ShellProgram(script, command) for command in script.commands if command.name in _NAMES)
