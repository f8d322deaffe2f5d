"""RUN instructions: their commands, their pipelines, and what could be one layer."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from cilint.model.dockerfile import Dockerfile, Stage
from cilint.pipeline.effects.docker_lines import Line, is_short, lines
from cilint.pipeline.effects.stage_commands import StageCommand, commands_of, run_commands
from cilint.syntax.dockerfile import Instruction
from cilint.text.edit import Edit
from cilint.text.remember import remembered
from cilint.text.source import Span

_PIPEFAIL = frozenset({"bash", "zsh", "ash", "ksh"})
_NO_POSIX = ("pwsh", "powershell", "cmd")


class Run:
    """One RUN."""

    def __init__(self, line: Line, before: Line | None) -> None:
        self.line = line
        self.path = line.path
        self.stage: Stage = line.stage
        self.instruction: Instruction = line.instruction
        self.span: Span = line.span
        self.keyword_span: Span = line.keyword_span
        self._before = before

    def __repr__(self) -> str:
        return f"<RUN {self.instruction.text[:40]}>"

    @property
    def onbuild(self) -> bool:
        return self.line.onbuild

    @cached_property
    def calls(self) -> tuple[StageCommand, ...]:
        return calls_of(self.line)

    @cached_property
    def unguarded_pipe(self) -> Span | None:
        """The first ``|`` whose left side may fail unnoticed: no shell with ``pipefail`` runs it."""
        instruction = self.instruction
        if "|" not in instruction.text and not instruction.heredocs:
            return None
        shell = _shell_above(self.stage, self.line.outer)
        if instruction.form == "json" or (shell is not None and _notices(shell)):
            return None
        return next(_pipes(self.calls), None)

    @cached_property
    def sets_pipefail(self) -> bool:
        """Whether the script switches ``pipefail`` on by itself."""
        return any(
            call.name == "set" and any(word.static == "pipefail" for word in call.command.words)
            for call in self.calls
        )

    @cached_property
    def own_shell(self) -> str:
        """The SHELL that would notice it, where the stage is known to have one; else empty."""
        from cilint.pipeline.effects.bases import base_of

        base = base_of(self.stage)
        if self.line.onbuild or self.line.state.shell is not None or base.has_shell is not True:
            return ""
        return "/bin/ash" if base.busybox else "/bin/bash"

    @cached_property
    def with_shell(self) -> tuple[Edit, ...]:
        """The edits that put such a SHELL above it."""
        from cilint.syntax.dockerfile_edit import EditRefused, insert_before

        if not self.own_shell or not is_short(self.stage.dockerfile):
            return ()
        line = f'SHELL ["{self.own_shell}", "-o", "pipefail", "-c"]'
        try:
            return tuple(insert_before(self.stage.dockerfile.document, self.instruction, [line]))
        except EditRefused:
            return ()

    @cached_property
    def could_join(self) -> Instruction | None:
        """The RUN right before it with the same flags, where both are so short that one would do."""
        if self._before is None or self._before.stage is not self.stage:
            return None
        other = self._before.instruction
        if [flag.content.text for flag in other.flags] != [
            flag.content.text for flag in self.instruction.flags
        ]:
            return None
        if (
            len(self.calls) != 1
            or len(calls_of(self._before)) != 1
            or self.instruction.heredocs
            or other.heredocs
        ):
            return None
        return other


def _pipes(calls: tuple[StageCommand, ...]) -> Iterator[Span]:
    for call in calls:
        if call.command.before in ("|", "|&"):
            command = call.command
            text = call.script.text
            at = text.rfind("|", 0, command.full_span.start)
            if at >= 0:
                yield call.script.span(at, at + 1)


def _shell_above(stage: Stage, instruction: Instruction) -> tuple[str, ...] | None:
    """The SHELL that holds for an instruction."""
    return stage.state(instruction).shell


def _notices(shell: tuple[str, ...]) -> bool:
    """Whether it is no POSIX shell, or one that fails when any part of a pipeline does."""
    program = shell[0].replace("\\", "/").rpartition("/")[2].lower().removesuffix(".exe") if shell else ""
    if program in _NO_POSIX:
        return True
    if program not in _PIPEFAIL:
        return False
    options = list(shell[1:])
    return any(
        word.endswith("o") and word.startswith("-") and options[at + 1 : at + 2] == ["pipefail"]
        for at, word in enumerate(options)
    )


@remembered
def calls_of(line: Line) -> tuple[StageCommand, ...]:
    """The commands of a RUN, also of one under ONBUILD."""
    if not line.onbuild:
        return run_commands(line.stage, line.instruction)
    state = line.state
    env = {name: value for name, value in state.variables.items() if value is not None}
    if line.instruction.form != "json" and state.shell and _notices(state.shell[:1]):
        return ()
    return commands_of(line.stage, line.instruction, env, state.workdir)


@remembered
def runs(dockerfile: Dockerfile) -> tuple[Run, ...]:
    """The RUN instructions of a file, in order, also those under ONBUILD."""
    found: list[Run] = []
    before: Line | None = None
    for line in lines(dockerfile):
        if line.name == "RUN":
            found.append(Run(line, before))
        if line.name != "ONBUILD":
            before = line if line.name == "RUN" and not line.onbuild else None
    return tuple(found)
