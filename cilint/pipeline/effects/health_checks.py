"""Health checks as scripts that Docker runs in the container, and those of images."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cached_property

from cilint.model.dockerfile import Stage
from cilint.model.dockerfile_shell import shell_line
from cilint.model.dockerfile_state import resolve
from cilint.pipeline.effects.bases import runtime_env
from cilint.pipeline.effects.clients import succeeds
from cilint.pipeline.effects.health_weakness import Check, Weakness
from cilint.pipeline.effects.programs import Program, language_of, programs_of
from cilint.syntax.dockerfile import Instruction
from cilint.syntax.shell import DOCKER, Block, Command, parse
from cilint.syntax.shell import Node as ShellNode
from cilint.syntax.shell_tree import SHELLS, given_shell
from cilint.text.edit import Edit
from cilint.text.hints import TYPE_CHECKING
from cilint.text.hole import HOLE
from cilint.text.source import SourceFile, Span

if TYPE_CHECKING:
    from cilint.pipeline.pipeline import Pipeline

LONGEST = 8_000
_TELLING = ("echo", "printf")
_CONTENT = frozenset({":", "true", "exit", *_TELLING})


class HealthCheck:
    """One health check. ``place`` leads from its script to the file.

    ``items`` are the places of the words of a plain command that the file has as items of a list; ``inline``:
    in one line, with commas. ``script_file`` is the path of a script of the repository's that it is, and that
    ``place`` does not lead to; empty for what the file itself says.
    """

    def __init__(
        self,
        path: str,
        check: Check,
        place: Callable[[int, int], Span],
        *,
        items: tuple[Span, ...] = (),
        inline: bool = True,
        script_file: str = "",
    ) -> None:
        self.path = path
        self.script_file: str = script_file
        self.check = check
        self.place = place
        self.items = items
        self.inline = inline

    def __repr__(self) -> str:
        return f"<health check {self.check.script.text}>"

    @cached_property
    def span(self) -> Span:
        return self.place(0, len(self.check.script.text))

    @cached_property
    def _weakness(self) -> Weakness | None:
        return self.check.weakness()

    @property
    def weakness(self) -> str:
        """``asks nothing``; ``ignored``: no failure counts; ``status``: no error status does; or empty."""
        return self._weakness.kind if self._weakness else ""

    @property
    def reason(self) -> str:
        return self._weakness.reason if self._weakness else ""

    @property
    def program(self) -> str:
        """What it asks with."""
        return self._weakness.command.name if self._weakness else ""

    @property
    def weak_span(self) -> Span:
        """The program that it asks with; all of it where it asks nothing."""
        found = self._weakness
        if found is None or found.kind == "asks nothing":
            return self.span
        first = found.command.words[0].span if found.command.words else found.command.span
        return self.place(*first)

    @cached_property
    def strict(self) -> tuple[Edit, ...] | None:
        """The edits after which failures and error statuses count; None where that is not so plain."""
        found = self._weakness
        if found is None or found.kind == "asks nothing" or self.script_file:
            return None
        edits = [] if found.kind == "status" else [self._counted(found.command)]
        edits += [self._failing(each) for each in self.check.script.commands if self._is_lax(each)]
        known = [edit for edit in edits if edit is not None]
        return tuple(known) if known and len(known) == len(edits) else None

    def _is_lax(self, command: Command) -> bool:
        return command.name == "curl" and succeeds(command.arguments(), 500)

    def _failing(self, command: Command) -> Edit | None:
        """Let curl fail on error statuses."""
        for word in command.words[1:]:
            if re.fullmatch(r"-[A-Za-z]+", word.raw):
                at = self.place(word.span.start, word.span.start + 1).end
                return Edit(Span(at, at), "f")
        program = command.words[0]
        if self.items and command.parent is self.check.script.root:
            at = self.items[command.written.index(program)].end
            return Edit(Span(at, at), ', "-f"') if self.inline else None
        at = self.place(program.span.end - 1, program.span.end).end
        return Edit(Span(at, at), " -f")

    def _counted(self, probe: Command) -> Edit | None:
        """Let the check fail where what follows the probe hides its failure."""
        parent = probe.parent
        if isinstance(parent, Block) and parent.kind == "list" and probe.index < len(parent.items) - 1:
            last, before = parent.items[-1], parent.items[probe.index + 1 : -1]
            plain = parent.operators[-1] == "||" and all(map(_is_content, (last, *before)))
            said = f"{{ {last.raw}; exit 1; }}" if _name(last) in _TELLING else "exit 1"
            return Edit(self.place(*last.span), said) if plain else None
        following = list(probe.follows())
        if len(following) != 1 or not _is_content(following[0]):
            return None
        semicolon = re.search(r"\s*;\s*$", self.check.script.text[: following[0].span.start])
        if semicolon is None:
            return None
        return Edit(self.place(semicolon.start(), following[0].span.end), " || exit 1")


def _is_content(node: ShellNode) -> bool:
    """Whether it is a command that always succeeds."""
    return _name(node) in _CONTENT


def _name(node: ShellNode) -> str:
    return node.name if isinstance(node, Command) else ""


def image_checks(pipeline: Pipeline) -> Iterator[HealthCheck]:
    """The HEALTHCHECKs of Dockerfiles, each in the last stage that it holds for."""
    for dockerfile in pipeline.dockerfiles:
        last: dict[Instruction, Stage] = {}
        for stage in dockerfile.stages:
            if stage.healthcheck is not None and stage.healthcheck.health_type == "CMD":
                last[stage.healthcheck] = stage
        for instruction, stage in last.items():
            yield from _of_stage(pipeline, stage, instruction)


def _of_stage(pipeline: Pipeline, stage: Stage, instruction: Instruction) -> Iterator[HealthCheck]:
    script = instruction.script()
    items = tuple(word.span for word in instruction.arguments) if instruction.form == "json" else ()
    chosen = None if items else shell_line(stage.final_state.shell or ())
    if script is None or script.interpreter or (chosen and not chosen.reads_posix):
        return
    shell = given_shell(" ".join(("sh", *chosen.options))) if chosen else DOCKER
    parsed = parse(script.text)

    def program_of(command: Command) -> Program | None:
        return next(programs_of(command), None) or _copied(pipeline, stage, command)

    check = Check(parsed, runtime_env(stage), shell, program_of)
    own = HealthCheck(stage.path, check, script.span, items=items)
    yield own
    if not own.weakness and len(parsed.commands) == 1:
        yield from _in_file(pipeline, stage, check, own.span)


def _in_file(pipeline: Pipeline, stage: Stage, check: Check, span: Span) -> Iterator[HealthCheck]:
    """The check that a script of the repository's is."""
    command = check.script.commands[0]
    words = [word.static or "" for word in command.words]
    name = words[1] if command.name in SHELLS and len(words) == 2 else words[0] if len(words) == 1 else ""
    source = _source(pipeline, stage, name) if name.endswith((".sh", ".bash")) else None
    if source is not None:
        first = source.text.partition("\n")[0]
        shell = given_shell(first) if first.startswith("#!") and words[0] == name else DOCKER
        inner = Check(parse(source.text), check.env, shell, check.program_of)
        yield HealthCheck(stage.path, inner, lambda *_: span, script_file=source.path)


def _copied(pipeline: Pipeline, stage: Stage, command: Command) -> Program | None:
    """The program of a file that the image has from the repository."""
    language = language_of(command.name)
    operands = [word.static or "" for word in command.words[1:]]
    source = _source(pipeline, stage, operands[0]) if language and len(operands) == 1 else None
    return Program(language, source.text) if language and source else None


def _source(pipeline: Pipeline, stage: Stage, name: str) -> SourceFile | None:
    """The file of the repository that a file of the image is a copy of, unless it is long."""
    from cilint.pipeline.effects.copied_files import sources_of

    path = resolve(stage.final_state.workdir, name)
    if not name or name.startswith("-") or HOLE in path:
        return None
    found = sources_of(pipeline, stage, path)
    source = pipeline.project.source(found[0]) if len(found) == 1 else None
    return source if source and len(source.text) <= LONGEST else None
