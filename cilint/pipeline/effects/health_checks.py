"""The health checks of images and of Compose services, as scripts that Docker runs in the container."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cached_property

from cilint.model.compose import Compose, Service, looked_up
from cilint.model.dockerfile import Stage
from cilint.model.dockerfile_shell import shell_line
from cilint.model.dockerfile_state import resolve
from cilint.model.project import Project
from cilint.pipeline.effects.clients import succeeds
from cilint.pipeline.effects.health import asked_url, runtime_env
from cilint.pipeline.effects.health_tools import NOT_PROBES, ToolProblem, tool_problem
from cilint.pipeline.effects.health_weakness import Check, Weakness
from cilint.pipeline.effects.programs import Program, language_of, programs_of
from cilint.syntax.dockerfile import Instruction
from cilint.syntax.mapped import MappedBuilder, MappedText
from cilint.syntax.shell import DOCKER, Block, Command, parse
from cilint.syntax.shell import Node as ShellNode
from cilint.syntax.shell_tree import SHELLS
from cilint.syntax.yaml import Node, Scalar, Sequence
from cilint.text.edit import Edit
from cilint.text.hints import TYPE_CHECKING
from cilint.text.hole import HOLE
from cilint.text.source import SourceFile, Span

if TYPE_CHECKING:
    from cilint.pipeline.pipeline import Pipeline

_LONGEST = 8_000
_TELLING = ("echo", "printf")
_CONTENT = frozenset({":", "true", "exit", *_TELLING})
_VARIABLE = re.compile(r"\$\$|\$\{[^}]{0,200}\}|\$[A-Za-z_]\w*")


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


# -- Dockerfiles ---------------------------------------------------------------------------------------


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
    from cilint.pipeline.invocations import given_shell

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
    from cilint.pipeline.invocations import given_shell

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
    return source if source and len(source.text) <= _LONGEST else None


# -- Compose -------------------------------------------------------------------------------------------


def service_checks(file: Compose) -> Iterator[HealthCheck]:
    """The health checks that services are given."""
    return (check for _, check in _checks(file))


def _checks(file: Compose) -> Iterator[tuple[Service, HealthCheck]]:
    for service in file.services:
        test = looked_up(service.entry("healthcheck"), "test")
        found = _of_test(service, test) if test is not None and not service.probe_is_off else None
        if found is not None:
            yield service, found


def _of_test(service: Service, test: Node) -> HealthCheck | None:
    if isinstance(test, Scalar):
        mapped = _as_shell((test,), quoted=False) if test.value is not None else None
        return _of_text(service, mapped) if mapped else None
    if not isinstance(test, Sequence) or not test.items:
        return None
    items = [item.resolved for item in test.items]
    words = tuple(item for item in items[1:] if isinstance(item, Scalar))
    first = items[0].text if isinstance(items[0], Scalar) else ""
    if first not in ("CMD", "CMD-SHELL") or not words or len(words) != len(items) - 1:
        return None
    mapped = _as_shell(words, quoted=first == "CMD")
    if first == "CMD-SHELL":
        return _of_text(service, mapped) if mapped and len(words) == 1 else None
    return _of_text(service, mapped, tuple(word.span for word in words), inline=test.flow)


def _of_text(
    service: Service, mapped: MappedText | None, items: tuple[Span, ...] = (), *, inline: bool = True
) -> HealthCheck | None:
    if mapped is None:
        return None
    check = Check(parse(mapped.text), {}, DOCKER, lambda command: next(programs_of(command), None))
    return HealthCheck(service.path, check, mapped.span, items=items, inline=inline)


def _as_shell(words: tuple[Scalar, ...], *, quoted: bool) -> MappedText | None:
    """The words as a shell reads them, None for very long ones; for Compose's variables, one of the shell."""
    if sum(len(word.text) for word in words) > _LONGEST:
        return None
    builder = MappedBuilder()
    for number, word in enumerate(words):
        start, end = word.span
        if number:
            builder.add(" ", start, start)
        plain = not quoted or re.fullmatch(r"[\w@%+=:,./-]+", word.text, re.ASCII)
        if not plain:
            builder.add("'", start, start)
        _add_text(builder, word, "'\\''" if not plain else "'")
        if not plain:
            builder.add("'", end, end)
    return builder.build(words[0].span.start)


def _add_text(builder: MappedBuilder, word: Scalar, quote: str) -> None:
    at, text = 0, word.text
    while at < len(text):
        found = _VARIABLE.match(text, at) if text[at] == "$" else None
        end = found.end() if found else at + 1
        shown = ("$" if found[0] == "$$" else "${GIVEN}") if found else quote if text[at] == "'" else text[at]
        builder.add(shown, *word.source_span(at, end))
        at = end


class ServiceProbe:
    """One program that a service's health check runs; ``stage`` makes its image, or stands for it."""

    def __init__(self, service: Service, check: HealthCheck, command: Command, stage: Stage) -> None:
        self.service = service
        self.path = service.path
        self.check = check
        self.command = command
        self.stage = stage
        self.span: Span = check.place(*command.words[0].span)
        self.program: str = command.name

    @cached_property
    def tool_problem(self) -> ToolProblem:
        """Why the program cannot do its work in the image; empty where it can or that cannot be told."""
        script, url = self.check.check.script, asked_url(self.command, {})
        return tool_problem(self.stage, script, self.command, url, needs_shell=not self.check.items)

    @property
    def by_address(self) -> tuple[Edit, ...] | None:
        """The edit that writes 127.0.0.1 where ``localhost`` does not answer."""
        if self.tool_problem != "localhost":
            return None
        words = (word for word in self.command.words if "//localhost" in word.raw)
        word = next(words, None)
        if word is None:
            return None
        start = word.span.start + word.raw.index("//localhost") + 2
        return (Edit(self.check.place(start, start + len("localhost")), "127.0.0.1"),)


def service_probes(project: Project, file: Compose) -> Iterator[ServiceProbe]:
    from cilint.pipeline.effects.compose_builds import stage_of

    for service, check in _checks(file):
        asking = [each for each in check.check.script.commands if each.name not in NOT_PROBES]
        stage = stage_of(project, service) if asking and not _brings_programs(service) else None
        for command in asking if stage else ():
            if command.inner is None and stage is not None:
                yield ServiceProbe(service, check, command, stage)


def _brings_programs(service: Service) -> bool:
    """Whether a volume may lie over the folders of the image's programs."""
    texts = [item.resolved for item in service.items("volumes")]
    return any(not isinstance(each, Scalar) or re.search(r":/(?:usr/|s?bin)", each.text) for each in texts)
