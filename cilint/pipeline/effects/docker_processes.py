"""What a container runs: CMD, ENTRYPOINT and HEALTHCHECK, and the user and folder that it runs in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from cilint.model.dockerfile import Dockerfile, Stage
from cilint.pipeline.effects.docker_lines import Line, OnLine, first_workdir, is_kept, is_short, lines
from cilint.syntax.dockerfile import Instruction
from cilint.text.edit import Edit
from cilint.text.remember import remembered
from cilint.text.source import Span

ONLY_LAST = ("CMD", "ENTRYPOINT", "HEALTHCHECK")
_RUNNERS = ("npm", "npx", "yarn", "yarnpkg", "pnpm", "pnpx")
_BUILTINS = frozenset({
    ".", ":", "alias", "bg", "cd", "command", "eval", "exec", "exit", "export", "fg", "getopts", "hash",
    "jobs", "read", "readonly", "return", "set", "shift", "source", "time", "times", "trap", "type", "ulimit",
    "umask", "unset", "wait",
})  # fmt: skip
"""What only a shell knows; others, such as ``echo`` and ``test``, are programs too."""


class Process(OnLine):
    """One CMD, ENTRYPOINT or HEALTHCHECK."""

    @property
    def command_span(self) -> Span:
        """What is run."""
        mapped = self.instruction.mapped
        return mapped.span(self.instruction.command_start, self.instruction.arguments_end)

    @property
    def in_shell_form(self) -> bool:
        """Whether a shell reads it; an empty command is none."""
        instruction = self.instruction
        if instruction.name == "HEALTHCHECK" and instruction.health_type != "CMD":
            return False
        return instruction.form != "json" and instruction.command_start < instruction.arguments_end

    @property
    def shell_is_chosen(self) -> bool:
        """Whether a SHELL above says which shell that is."""
        return self.line.state.shell is not None

    @cached_property
    def package_runner(self) -> Span | None:
        """The package manager that CMD or ENTRYPOINT starts the application through."""
        from cilint.syntax.shell import parse

        script = self.instruction.script()
        if self.name == "HEALTHCHECK" or script is None or self.replaced_by or not is_kept(self.stage):
            return None
        commands = parse(script.text).commands
        last = commands[-1] if commands else None
        if last is None or last.name not in _RUNNERS or not last.words[1:]:
            return None
        return script.span(*last.words[0].span)

    @property
    def runner_name(self) -> str:
        text = self.stage.dockerfile.source.text
        place = self.package_runner
        return text[place.start : place.end].strip('"').rpartition("/")[2] if place else ""

    @cached_property
    def replaced_by(self) -> Instruction | None:
        """The next instruction of that name in the stage, which leaves this one without effect."""
        if self.onbuild:
            return None
        return _following(self.stage).get(id(self.instruction))

    @cached_property
    def removal(self) -> tuple[Edit, ...]:
        from cilint.syntax.dockerfile_edit import delete_instruction

        if not is_short(self.stage.dockerfile):
            return ()
        return tuple(delete_instruction(self.stage.dockerfile.document, self.instruction))

    @cached_property
    def as_json(self) -> str:
        """The command as a JSON array; empty where it needs a shell, or a variable's value."""
        from cilint.syntax.dockerfile_edit import json_array
        from cilint.syntax.shell import parse

        script = self.instruction.script()
        if script is None or self.instruction.heredocs or "\n" in script.text:
            return ""
        parsed = parse(script.text)
        if parsed.error or len(parsed.commands) != 1 or len(parsed.root.items) != 1:
            return ""
        command = parsed.commands[0]
        if command.parent is not parsed.root or command.kind != "command" or command.redirects:
            return ""
        words = [word.static for word in command.written]
        kinds = {part.kind for word in command.written for part in word.parts}
        if command.assignments or kinds - {"text"} or not words[0] or words[0] in _BUILTINS:
            return ""
        return json_array([word.static or "" for word in command.written])

    @property
    def with_json(self) -> tuple[Edit, ...]:
        """The edit that writes it so."""
        return (Edit(self.command_span, self.as_json),) if self.as_json else ()


@remembered
def _following(stage: Stage) -> dict[int, Instruction]:
    """For each such instruction the next one of the same name."""
    found: dict[int, Instruction] = {}
    last: dict[str, Instruction] = {}
    for instruction in stage.instructions:
        if instruction.name in ONLY_LAST:
            if instruction.name in last:
                found[id(last[instruction.name])] = instruction
            last[instruction.name] = instruction
    return found


def processes(dockerfile: Dockerfile) -> Iterator[Process]:
    return (Process(line) for line in lines(dockerfile) if line.name in ONLY_LAST)


class Folder:
    """One WORKDIR; ``text`` has its variables filled in and its quotes removed, as no argument is passed."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.path = line.path
        self.stage: Stage = line.stage
        self.span: Span = line.instruction.arguments_span
        self.written: str = line.instruction.text
        self.text: str = line.state.expand_by_default(self.written, line.instruction.escape)

    @property
    def onbuild(self) -> bool:
        return self.line.onbuild

    @cached_property
    def is_relative(self) -> bool:
        """Whether it is seen from the folder that is in force; a Windows drive and a hole are not."""
        text = self.text.strip("'\"")
        return not text.startswith(("/", "\\", "\0")) and text[1:2] != ":"

    @property
    def is_of_the_system(self) -> bool:
        """Whether it is, or lies in, a folder that belongs to the kernel or to the distribution."""
        return (
            re.match(
                r"/(?:bin|boot|dev|etc|lib|lib64|proc|run|sbin|sys|usr/s?bin|usr/lib)(?:/|\Z)", self.text
            )
            is not None
        )

    @property
    def looks_relative(self) -> bool:
        """Whether it is written as a relative path: it does not even begin with a variable."""
        return self.is_relative and not self.written.strip("'\"").startswith("$")

    @property
    def is_first(self) -> bool:
        """Whether no WORKDIR comes before it, here or in the stages that this one is built on."""
        first = first_workdir(self.stage)
        return first is None or first >= self.line.outer.span.start


def folders(dockerfile: Dockerfile) -> Iterator[Folder]:
    return (Folder(line) for line in lines(dockerfile) if line.name == "WORKDIR" and line.instruction.text)


class User:
    """One USER; ``text`` has its variables filled in."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.path = line.path
        self.stage: Stage = line.stage
        self.span: Span = line.instruction.arguments_span
        self.text: str = line.stage.expand(line.instruction.text, line.instruction)

    @property
    def onbuild(self) -> bool:
        return self.line.onbuild

    @property
    def is_kept(self) -> bool:
        """Whether the stage ends up in an image."""
        return is_kept(self.stage)

    @property
    def is_last(self) -> bool:
        """Whether it is the one that the stage ends with."""
        return _last_user(self.stage) is self.line.instruction

    @property
    def is_root(self) -> bool:
        return self.text.partition(":")[0].strip() in ("root", "0")

    @property
    def has_a_name(self) -> bool:
        """Whether it is a name, which Kubernetes cannot tell from root; one that an ARG gives is not."""
        name = self.text.partition(":")[0].strip()
        if any("$" + each in self._written or "${" + each in self._written for each in self._arguments):
            return False
        return bool(name) and "\0" not in name and not name.isdecimal()

    @cached_property
    def number(self) -> str:
        """The number of the user that is named, where the file or the official image says it; else empty."""
        from cilint.pipeline.effects.bases import library_name
        from cilint.pipeline.effects.docker_commands import arguments_of
        from cilint.pipeline.effects.stage_commands import run_commands

        name = self.text.strip()
        for stage in (self.stage, *self.stage.chain):
            for instruction in stage.instructions if name.isascii() and name.isidentifier() else ():
                for call in run_commands(stage, instruction) if instruction.name == "RUN" else ():
                    if call.name in ("useradd", "adduser"):
                        texts = [text for text, _ in arguments_of(call).items]
                        given = arguments_of(call).option("-u", "--uid")
                        uid = given.value or "" if given else ""
                        if name in texts and uid.isascii() and uid.isdecimal():
                            return uid
        return "1000" if name == "node" and library_name(self.stage.root_image) == "node" else ""

    @property
    def with_number(self) -> tuple[Edit, ...]:
        """The edit that writes the number."""
        plain = self._written == self.text
        return (Edit(self.span, self.number),) if plain and self.number else ()

    @cached_property
    def unprivileged(self) -> tuple[Edit, ...]:
        """The edits that end the stage as the user it had before, or as the one of the base image."""
        from cilint.pipeline.effects.unprivileged import as_unprivileged

        return as_unprivileged(self.stage, self.line.instruction) if is_short(self.stage.dockerfile) else ()

    @property
    def _written(self) -> str:
        return self.line.instruction.text

    @property
    def _arguments(self) -> list[str]:
        """The names of all ARGs that may be meant."""
        return [*self.line.state.args, *self.stage.dockerfile.global_args] if "$" in self._written else []


@remembered
def _last_user(stage: Stage) -> Instruction | None:
    return next((each for each in reversed(stage.instructions) if each.name == "USER"), None)


def users(dockerfile: Dockerfile) -> Iterator[User]:
    return (User(line) for line in lines(dockerfile) if line.name == "USER" and line.instruction.text)
