"""The programs that a Dockerfile's instructions call: where, with which variables, in which folder."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property, lru_cache

from cilint.model.dockerfile_shell import shell_line
from cilint.model.dockerfile_state import resolve
from cilint.syntax.shell_moves import MOVING, Moves
from cilint.text.hints import TYPE_CHECKING
from cilint.text.hole import HOLE
from cilint.text.source import Span

if TYPE_CHECKING:
    from cilint.model.dockerfile import Stage
    from cilint.syntax import shell
    from cilint.syntax.dockerfile import Instruction
    from cilint.syntax.dockerfile_script import Script
    from cilint.syntax.shell import Argument, Arguments, Command, Word

MAX_FOLLOWED = 400
"""Variables are followed through scripts of up to so many commands."""
_SHELLS = frozenset({"sh", "bash", "dash", "ash", "zsh", "ksh"})
_NO_POSIX = frozenset({"bash", "zsh"})
"""Shells that forget an assignment before a special builtin when it has run."""


class StageCommand:
    """One command of a RUN, CMD, ENTRYPOINT or HEALTHCHECK.

    ``script`` is the instruction's text, ``parsed`` what a shell reads in it. ``folder`` is the working
    directory: absolute, with holes for what is not known.
    """

    def __init__(
        self,
        stage: Stage,
        instruction: Instruction,
        command: Command,
        *,
        script: Script,
        parsed: shell.Script,
        outer: Mapping[str, str],
        folder: str,
    ) -> None:
        self.stage: Stage = stage
        self.instruction = instruction
        self.script = script
        self.parsed = parsed
        self.command = command
        self.folder = folder
        self._outer = outer

    @property
    def name(self) -> str:
        return self.command.name

    @cached_property
    def env(self) -> Mapping[str, str]:
        """The variables that it finds, as far as they are known; holes for those that may have changed."""
        if len(self.parsed.commands) > MAX_FOLLOWED:
            return dict.fromkeys(self._outer, HOLE)
        own = [*self.command.assignments, *self.command.wrapper_assignments]
        if not own and not any(each.assignments or each.name == "unset" for each in self.parsed.commands):
            return self._outer
        from cilint.syntax.shell import DOCKER

        shell = DOCKER._replace(posix=self._program not in _NO_POSIX)
        known = self.parsed.environment(self.command, self._outer, shell)
        env = dict.fromkeys(self._outer, HOLE) | {k: v for k, v in known.items() if isinstance(v, str)}
        for each in own:
            env[each.name] = each.value.text(env) if each.value is not None else ""
        return env

    @property
    def _program(self) -> str:
        """The shell that reads the script; empty for the base image's or Docker's own, which is ``sh``."""
        if self.instruction.form == "json":
            return shell_line([word.text for word in self.instruction.arguments]).program
        chosen = self.stage.state(self.instruction).shell
        return self.script.interpreter or (shell_line(chosen).program if chosen else "")

    @cached_property
    def span(self) -> Span:
        """Program and arguments in the file; of a JSON form with nothing else, all members."""
        if len(self.parsed.commands) == 1 and self.instruction.form == "json":
            members = self.instruction.arguments
            return Span(members[0].span.start, members[-1].span.end)
        whole, words = self.command.span, self.command.written
        return self.script.span(words[0].span.start if words else whole.start, whole.end)

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


@lru_cache(maxsize=4096)
def run_commands(stage: Stage, instruction: Instruction) -> tuple[StageCommand, ...]:
    """The commands of a RUN of the stage, in order; none where no POSIX shell reads it."""
    state = stage.state(instruction)
    if instruction.form != "json" and state.shell and not shell_line(state.shell).reads_posix:
        return ()
    return commands_of(stage, instruction, state.values, state.workdir)


def commands_of(
    stage: Stage, instruction: Instruction, env: Mapping[str, str], folder: str
) -> tuple[StageCommand, ...]:
    """The commands of any instruction that runs something, with the variables and the folder it starts in."""
    from cilint.syntax.shell import parse

    script = instruction.script()
    if script is None or (script.interpreter and script.interpreter not in _SHELLS):
        return ()
    parsed = parse(script.text)
    moves = Moves(folder)
    found = []
    for command in parsed.commands:
        call = StageCommand(
            stage, instruction, command, script=script, parsed=parsed, outer=env, folder=moves.at(command)
        )
        if call.name in MOVING:
            moves.take(command, _target(call))
        found.append(call)
    return tuple(found)


def mentions(instruction: Instruction, *words: str) -> bool:
    """Whether one of the words stands anywhere in what the instruction runs: quick, before it is parsed."""
    texts = (instruction.text, *(heredoc.body for heredoc in instruction.heredocs))
    return any(word in text for text in texts for word in words)


def _target(call: StageCommand) -> str:
    operands = call.arguments.operands()
    if call.name == "popd" or len(operands) != 1:
        return HOLE
    value = operands[0].value or ""
    return HOLE if value in ("", "-") or value.startswith("~") else resolve(call.folder, value)
