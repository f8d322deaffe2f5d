"""The programs that a Dockerfile's instructions call: where, with which variables, in which folder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from cilint.model.dockerfile_state import resolve
from cilint.syntax.expansion import HOLE
from cilint.text.source import Span

if TYPE_CHECKING:
    from cilint.model.dockerfile import Stage
    from cilint.syntax.dockerfile import Instruction
    from cilint.syntax.dockerfile_script import Script
    from cilint.syntax.shell import Argument, Arguments, Assignment, Block, Command, Node, Word

MAX_CHANGES = 200
_ISOLATED = frozenset({"subshell", "substitution", "process", "script", "pipeline", "function"})
_CONDITIONAL = frozenset({"then", "else", "body", "item"})
_NOT_SHELLS = ("pwsh", "powershell", "cmd", "cmd.exe", "powershell.exe")


class StageCommand:
    """One command of a RUN, CMD, ENTRYPOINT or HEALTHCHECK.

    ``env`` are the variables that it sees as far as they are known, ``folder`` its working directory: absolute,
    with holes for what is not known.
    """

    def __init__(
        self,
        instruction: Instruction,
        script: Script,
        command: Command,
        env: Mapping[str, str],
        folder: str,
        *,
        alone: bool,
    ) -> None:
        self.instruction = instruction
        self.script = script
        self.command = command
        self.env = env
        self.folder = folder
        self._alone = alone

    @property
    def name(self) -> str:
        return self.command.name

    @cached_property
    def span(self) -> Span:
        """Program and arguments in the file; of a JSON form with nothing else, all members."""
        if self._alone and self.instruction.form == "json":
            words = self.instruction.arguments
            return Span(words[0].span.start, words[-1].span.end)
        return self.script.span(*self.command.span)

    @cached_property
    def arguments(self) -> Arguments:
        return self.command.arguments(self.env)

    def place(self, word: Word) -> Span:
        """The word in the file."""
        return self.script.span(*word.span)

    def argument_place(self, argument: Argument) -> Span:
        """An option with its value, in the file."""
        last = argument.value_word or argument.word
        return Span(self.place(argument.word).start, self.place(last).end)


@lru_cache(maxsize=1024)
def run_commands(stage: Stage, instruction: Instruction) -> tuple[StageCommand, ...]:
    """The commands of a RUN of the stage, in order; none where no POSIX shell reads it."""
    state = stage.state(instruction)
    if instruction.form != "json" and state.shell and _program(state.shell[0]) in _NOT_SHELLS:
        return ()
    env = {name: value for name, value in state.variables.items() if value is not None}
    return commands_of(instruction, env, state.workdir)


def commands_of(instruction: Instruction, env: Mapping[str, str], folder: str) -> tuple[StageCommand, ...]:
    """The commands of any instruction that runs something, with the variables and the folder that it starts in."""
    from cilint.syntax.shell import SHELLS, parse

    script = instruction.script()
    if script is None or (script.interpreter and script.interpreter not in SHELLS):
        return ()
    commands = parse(script.text).commands
    track = _Track(env, folder)
    found = []
    for command in commands:
        known, place = track.at(command)
        alone = len(commands) == 1 and not command.wrappers
        found.append(StageCommand(instruction, script, command, known, place, alone=alone))
        track.take(command, known, place)
    return tuple(found)


def _program(word: str) -> str:
    return word.replace("\\", "/").rpartition("/")[2].lower()


class _Change(NamedTuple):
    """A variable (or, without a name, the working directory) that a command has set."""

    name: str
    value: str
    scope: Block | None
    condition: Node | None


class _Track:
    """Follows ``cd`` and assignments through a script."""

    def __init__(self, env: Mapping[str, str], folder: str) -> None:
        self.env = env
        self.folder = folder
        self.changes: list[_Change] = []

    def at(self, command: Command) -> tuple[Mapping[str, str], str]:
        """The variables and the folder that a command finds."""
        env: Mapping[str, str] = self.env
        folder = self.folder
        if self.changes:
            around = {id(node) for node in command.ancestors}
            mine = dict(self.env)
            for change in self.changes:
                if change.scope is not None and id(change.scope) not in around:
                    continue
                sure = change.condition is None or id(change.condition) in around
                value = change.value if sure else HOLE
                if change.name:
                    mine[change.name] = value
                else:
                    folder = value
            env = mine
        own = [*command.assignments, *command.wrapper_assignments] if command.kind == "command" else []
        return (_with(env, own) if own else env), folder

    def take(self, command: Command, env: Mapping[str, str], folder: str) -> None:
        if len(self.changes) >= MAX_CHANGES:
            return
        if command.kind in ("assignment", "declaration"):
            after = _with(env, command.assignments)
            for each in command.assignments:
                self._add(command, each.name, after.get(each.name, HOLE))
        elif command.name in ("cd", "pushd", "popd"):
            self._add(command, "", _target(command, env, folder))
        elif command.name == "unset":
            for name in command.argv()[1:]:
                self._add(command, name, "")

    def _add(self, command: Command, name: str, value: str) -> None:
        blocks = list(command.blocks)
        scope = next((block for block in blocks if block.kind in _ISOLATED), None)
        condition: Node | None = next((block for block in blocks if block.kind in _CONDITIONAL), None)
        if command.before == "||":
            condition = command
        self.changes.append(_Change(name, value, scope, condition))


def _with(env: Mapping[str, str], assignments: Iterable[Assignment]) -> dict[str, str]:
    changed = dict(env)
    for each in assignments:
        plain = each.value is not None and not each.append and not each.index
        changed[each.name] = each.value.text(changed) if plain and each.value else HOLE
    return changed


def _target(command: Command, env: Mapping[str, str], folder: str) -> str:
    operands = command.arguments(env).operands()
    if command.name == "popd" or len(operands) != 1:
        return HOLE
    value = operands[0].value or ""
    return HOLE if value in ("", "-") or value.startswith(("~", "-")) else resolve(folder, value)
