"""The programs that a Dockerfile's instructions call: where, with which variables, in which folder."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property

from cilint.model.dockerfile_shell import shell_line
from cilint.model.dockerfile_state import Uncounted, resolve
from cilint.pipeline.effects.docker_shells import chosen_shell
from cilint.syntax.shell_moves import MOVING, Moves
from cilint.text.hints import TYPE_CHECKING
from cilint.text.hole import HOLE
from cilint.text.remember import remembered_by
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


_UNCHANGED = "/"
"""No variable of a shell is called so: one that is still there shows that not all have been forgotten."""


class _Outside:
    """The variables that a script starts with; ``changes``: whether it sets any itself."""

    def __init__(self, parsed: shell.Script, variables: Mapping[str, str]) -> None:
        self.variables = variables
        self._parsed = parsed

    @cached_property
    def changes(self) -> bool:
        return any(each.assignments or each.name == "unset" for each in self._parsed.commands)

    @cached_property
    def named(self) -> dict[str, str]:
        """Those that the script may mean, and one that it cannot: of a long file's it names but few."""
        words = dict.fromkeys(re.findall(r"\w+", self._parsed.text))
        named = {word: self.variables[word] for word in words if word in self.variables}
        return {**named, _UNCHANGED: ""}


class _Followed(Uncounted, Mapping[str, str]):
    """Variables of which some are ``known`` anew; the others are ``kept``, or may have changed."""

    __slots__ = ("_kept", "_known", "_outer")

    def __init__(self, outer: Mapping[str, str], known: Mapping[str, str], *, kept: bool) -> None:
        self._outer = outer
        self._known = known
        self._kept = kept

    def __getitem__(self, name: str) -> str:
        if name in self._known:
            return self._known[name]
        value = self._outer[name]
        return value if self._kept else HOLE

    def __iter__(self) -> Iterator[str]:
        yield from self._known
        yield from (name for name in self._outer if name not in self._known)


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
        outside: _Outside,
        folder: str,
    ) -> None:
        self.stage: Stage = stage
        self.instruction = instruction
        self.script = script
        self.parsed = parsed
        self.command = command
        self.folder = folder
        self._outside = outside

    @property
    def name(self) -> str:
        return self.command.name

    @cached_property
    def env(self) -> Mapping[str, str]:
        """The variables that it finds, as far as they are known; holes for those that may have changed."""
        outside, outer = self._outside, self._outside.variables
        if len(self.parsed.commands) > MAX_FOLLOWED:
            return _Followed(outer, {}, kept=False)
        own = [*self.command.assignments, *self.command.wrapper_assignments]
        if not own and not outside.changes:
            return outer
        from cilint.syntax.shell import DOCKER

        shell = DOCKER._replace(posix=self._program not in _NO_POSIX)
        known = self.parsed.environment(self.command, outside.named, shell)
        texts = {name: value for name, value in known.items() if isinstance(value, str)}
        env = dict.fromkeys(outside.named, HOLE) | texts
        followed = _Followed(outer, env, kept=env.pop(_UNCHANGED) != HOLE)
        for each in own:
            env[each.name] = each.value.text(followed) if each.value is not None else ""
        return followed

    @property
    def _program(self) -> str:
        """The shell that reads the script; empty for the base image's or Docker's own, which is ``sh``."""
        if self.instruction.form == "json":
            return shell_line([word.text for word in self.instruction.arguments]).program
        chosen = chosen_shell(self.stage, self.instruction)
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


def run_commands(stage: Stage, instruction: Instruction) -> tuple[StageCommand, ...]:
    """The commands of a RUN of the stage, in order; none where no POSIX shell reads it."""
    shell = chosen_shell(stage, instruction)
    if instruction.form != "json" and shell and not shell_line(shell).reads_posix:
        return ()
    return stage_commands(stage, instruction)


@remembered_by
def stage_commands(stage: Stage, instruction: Instruction) -> tuple[StageCommand, ...]:
    """The commands of an instruction of the stage, read as a POSIX shell does, whichever shell reads it."""
    state = stage.state(instruction)
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
    outside, moves = _Outside(parsed, env), Moves(folder)
    found = []
    for command in parsed.commands:
        call = StageCommand(
            stage,
            instruction,
            command,
            script=script,
            parsed=parsed,
            outside=outside,
            folder=moves.at(command),
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
