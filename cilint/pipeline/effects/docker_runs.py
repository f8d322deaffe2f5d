"""RUN instructions: their commands, their pipelines, and what could be one layer."""

from __future__ import annotations

from bisect import bisect_left
from functools import cached_property
from itertools import pairwise

from cilint.model.dockerfile import Dockerfile, Stage
from cilint.model.dockerfile_shell import shell_line
from cilint.pipeline.effects.docker_lines import Line, is_short, lines
from cilint.pipeline.effects.docker_shells import chosen_shell
from cilint.pipeline.effects.stage_commands import StageCommand, run_commands
from cilint.syntax.dockerfile import Instruction
from cilint.syntax.shell import Command, Node
from cilint.text.edit import Edit
from cilint.text.remember import remembered
from cilint.text.source import Span

_PIPEFAIL = frozenset({"bash", "zsh", "ash", "ksh"})
_LASTING = frozenset({
    ".", "alias", "cd", "eval", "exec", "exit", "export", "popd", "pushd", "readonly", "set", "shopt",
    "source", "trap", "ulimit", "umask", "unset",
})  # fmt: skip
"""Commands that change what later ones in the same shell find."""


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
        return run_commands(self.stage, self.instruction)

    @cached_property
    def _unguarded(self) -> tuple[Span, bool] | None:
        """The first ``|`` whose left side may fail unnoticed, and whether the SHELL in force runs it."""
        instruction = self.instruction
        if ("|" not in instruction.text and not instruction.heredocs) or not self.calls:
            return None
        shell = chosen_shell(self.stage, self.line.instruction)
        notices = shell is not None and _notices(shell)
        script, parsed = self.calls[0].script, self.calls[0].parsed
        switches = _switches(parsed.named("set"))
        pipelines = [block for block in parsed.blocks if block.kind == "pipeline"]
        for pipeline in sorted(pipelines, key=lambda block: block.span.start):
            runner, start = _runner(pipeline), pipeline.span.start
            before = switches.get(runner, [])
            at = bisect_left(before, (start, False))
            started = notices if runner is None else "P" in runner.shell_flags
            if not (before[at - 1][1] if at else started):
                bar = script.text.rfind("|", start, pipeline.items[1].span.start)
                return script.span(bar, bar + 1), runner is None
        return None

    @property
    def unguarded_pipe(self) -> Span | None:
        """The first ``|`` whose left side may fail unnoticed: no shell with ``pipefail`` runs it."""
        return self._unguarded and self._unguarded[0]

    @cached_property
    def own_shell(self) -> str:
        """The SHELL that would notice it, where the stage is known to have one; else empty."""
        from cilint.pipeline.effects.bases import base_of

        if self._unguarded is None or not self._unguarded[1]:
            return ""
        base = base_of(self.stage)
        if (
            self.line.onbuild
            or chosen_shell(self.stage, self.instruction) is not None
            or base.has_shell is not True
        ):
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
        if _flags(other) != _flags(self.instruction):
            return None
        if (
            len(self.calls) != 1
            or len(run_commands(self._before.stage, other)) != 1
            or self.instruction.heredocs
            or other.heredocs
        ):
            return None
        return other

    @cached_property
    def joined(self) -> tuple[Edit, ...]:
        """The edits that let the RUN above do it too; only for plain commands without comments."""
        other = self.could_join
        document = self.stage.dockerfile.document
        if other is None or not (_is_plain(other) and _is_plain(self.instruction)):
            return ()
        start = other.mapped.span(other.arguments_end, other.arguments_end).start
        end = self.instruction.arguments_span.start
        if document.text[other.lines_span.end : self.instruction.lines_span.start].strip():
            return ()
        from cilint.syntax.dockerfile_edit import newline_of

        return (Edit(Span(start, end), f" {other.escape}{newline_of(document)} && "),)


def _flags(instruction: Instruction) -> list[str]:
    """The flags in an order that does not depend on how they are written."""
    flags = [flag.content.text for flag in instruction.flags if flag.name != "mount"]
    mounts = [
        ",".join(sorted(f"{option.key}={option.value}" for option in mount.options))
        for mount in instruction.mounts
    ]
    return sorted(flags) + sorted(mounts)


def _runner(node: Node) -> Command | None:
    """The command whose shell runs a part of a script, as in ``bash -c '…'``; None for the script's own."""
    shells = (block.shell for block in node.blocks)
    return next((shell for shell in shells if shell is not None and shell.shell_flags != "="), None)


def _is_plain(instruction: Instruction) -> bool:
    """Whether it is a command of a shell to which another one can be added with ``&&``."""
    from cilint.syntax.shell import parse

    script = instruction.script()
    if script is None or instruction.form == "json" or "#" in script.text or "<<" in script.text:
        return False
    parsed = parse(script.text)
    if parsed.error or len(parsed.root.items) != 1 or parsed.root.background:
        return False
    command = parsed.root.items[0]
    return isinstance(command, Command) and command.kind == "command" and command.name not in _LASTING


def _switches(sets: tuple[Command, ...]) -> dict[Command | None, list[tuple[int, bool]]]:
    """Where ``set`` switches ``pipefail`` on (True) or off, by the command whose shell runs it."""
    found: dict[Command | None, list[tuple[int, bool]]] = {}
    for command in sets:
        switched = _pipefail([word.static or "" for word in command.words[1:]])
        if switched is not None:
            found.setdefault(_runner(command), []).append((command.span.start, switched))
    return found


def _pipefail(options: list[str]) -> bool | None:
    """Whether options of a shell or of ``set`` switch ``pipefail`` on (True) or off (False)."""
    before = [option for option, name in pairwise(options) if name == "pipefail" and option[-1:] == "o"]
    return before[-1].startswith("-") if before else None


def _notices(shell: tuple[str, ...]) -> bool:
    """Whether it is no POSIX shell, or one that fails when any part of a pipeline does."""
    line = shell_line(shell)
    return not line.reads_posix or (line.program in _PIPEFAIL and _pipefail(list(line.options)) is True)


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
