"""The health checks that Compose files give services, and whether their programs are in the images."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from cilint.model.compose import Compose, Service, looked_up
from cilint.model.dockerfile import Stage
from cilint.model.project import Project
from cilint.pipeline.effects.health import asked_url
from cilint.pipeline.effects.health_checks import LONGEST, HealthCheck
from cilint.pipeline.effects.health_tools import NOT_PROBES, ToolProblem, tool_problem
from cilint.pipeline.effects.health_weakness import Check
from cilint.pipeline.effects.programs import programs_of
from cilint.syntax.mapped import MappedBuilder, MappedText
from cilint.syntax.shell import DOCKER, Command, parse
from cilint.syntax.yaml import Node, Scalar, Sequence
from cilint.text.edit import Edit
from cilint.text.source import Span

_VARIABLE = re.compile(r"\$\$|\$\{[^}]{0,200}\}|\$[A-Za-z_]\w*")


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
    if sum(len(word.text) for word in words) > LONGEST:
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
