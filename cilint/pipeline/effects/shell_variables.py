"""Variables that a script reads though nothing gives them a value."""

from __future__ import annotations

from collections.abc import Iterator

from cilint.pipeline.effects.shell_scripts import PROXIES, ShellScript, blocks_of
from cilint.syntax.shell import Command, Part, Word
from cilint.syntax.shell_arithmetic import assigned
from cilint.text.source import Span

_DEFAULTS = frozenset({":-", "-", ":=", "=", ":+", "+", ":?", "?"})
_ASSIGNING = frozenset(
    {"read", "mapfile", "readarray", "getopts", "printf", "let", "declare", "local", "typeset"}
)
_ANY = frozenset({".", "source", "eval"})


class ShellVariable:
    """The first use of a variable."""

    def __init__(self, script: ShellScript, part: Part) -> None:
        self.script = script
        self.path: str = script.path
        self.name: str = part.text
        self._part = part

    def __repr__(self) -> str:
        return f"<variable {self.name}>"

    @property
    def span(self) -> Span:
        return self.script.place(*self._part.span)


def unassigned(script: ShellScript) -> tuple[ShellVariable, ...]:
    """The first uses of variables with small letters that neither the script nor the Dockerfile sets.

    Others come from the environment as a rule. Scripts that read other scripts are left out, and so are
    steps, whose environment is their runner's.
    """
    if script.stage is None or "$" not in script.parsed.text:
        return ()
    if script.parsed.error or any(command.name in _ANY for command in script.parsed.commands):
        return ()
    known = {*script.known, *PROXIES, *_assigned_in(script)}
    found: dict[str, Part] = {}
    for part in parts_of(script):
        if part.operator in _DEFAULTS:
            known.add(part.text)  # the script reckons with its absence
        elif part.text.isidentifier() and not part.text.isupper() and part.text not in found:
            found[part.text] = part
    return tuple(ShellVariable(script, part) for name, part in found.items() if name not in known)


def parts_of(script: ShellScript) -> Iterator[Part]:
    """Every variable that a script expands, in order but for those of the blocks."""
    for command in script.commands:
        for word in words_of(command):
            yield from _variables(word)
    for block in blocks_of(script, "for", "case"):
        for word in block.words or ():
            yield from _variables(word)


def words_of(command: Command) -> Iterator[Word]:
    """All words of a command, those of its assignments, redirections and heredocs too."""
    yield from command.written
    for assignment in command.assignments:
        if command.kind != "declaration":
            yield from () if assignment.value is None else (assignment.value,)
            yield from assignment.elements or ()
    for redirect in command.redirects:
        if redirect.target is not None:
            yield redirect.target
        if redirect.heredoc is not None:
            yield redirect.heredoc.body


def _variables(word: Word) -> Iterator[Part]:
    if word.input.masked.find("$", word.start, word.end) < 0:
        return
    for part in word.parts:
        if part.kind == "variable":
            yield part
        if part.argument is not None:
            yield from _variables(part.argument)


def _assigned_in(script: ShellScript) -> Iterator[str]:
    for command in script.parsed.commands:
        for assignment in command.assignments:
            yield assignment.name
        if command.kind == "arithmetic":
            yield from assigned(command.raw)
        elif command.kind == "declaration" or command.name in _ASSIGNING:
            for word in command.words[1:]:
                yield (word.static or word.raw).partition("=")[0]
    for block in script.parsed.blocks:
        if block.kind == "for":
            yield block.name
