"""Health checks that Swarm settings give a service, against the image and the application they run in."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from cilint.findings.finding import Label
from cilint.model.dockerfile import Stage
from cilint.pipeline.effects.health import app_in, asked_url
from cilint.pipeline.effects.health_tools import NOT_PROBES
from cilint.pipeline.effects.health_weakness import Check
from cilint.pipeline.effects.programs import programs_of
from cilint.pipeline.effects.tools import has_program
from cilint.pipeline.pipeline import Pipeline
from cilint.syntax.shell import DOCKER, Command, Script, parse
from cilint.text.hole import HOLE


def probe_problems(pipeline: Pipeline, test: tuple[str, ...]) -> Iterator[tuple[str, Label | None]]:
    """What is wrong with a ``Test``: it cannot fail, no image has its program, no application the route.

    Which Dockerfile makes the service's image is not known, so that all of them have to agree.
    """
    yield from _weaknesses(test)
    stages = [dockerfile.final for dockerfile in pipeline.project.dockerfiles if dockerfile.final]
    commands = [each for each in _script(test).commands if each.name not in NOT_PROBES and each.inner is None]
    if not stages or not commands:
        return
    lacking = [each.name for each in commands if all(has_program(at, each.name) is False for at in stages)]
    if len(lacking) == len(commands):
        first = stages[0]
        label = Label(first.path, first.base_span or first.span, "the image")
        yield f"{lacking[0]} is not in this image, so every probe fails", label
    for command in commands:
        yield from _route_problems(pipeline, stages, command)


def _script(test: tuple[str, ...]) -> Script:
    if test[:1] == ("CMD",):
        return parse(shlex.join(test[1:]))
    return parse(test[1] if test[:1] == ("CMD-SHELL",) and len(test) == 2 else "")


def _weaknesses(test: tuple[str, ...]) -> Iterator[tuple[str, None]]:
    found = Check(_script(test), {}, DOCKER, lambda command: next(programs_of(command), None)).weakness()
    if found is None:
        return
    if found.kind == "status":
        yield f"{found.reason}: a container that answers 500 is healthy", None
    elif found.kind == "ignored":
        yield f"no failure counts, for {found.command.name} is {found.reason}", None
    else:
        yield f"{found.reason}: every container is healthy", None


def _route_problems(
    pipeline: Pipeline, stages: list[Stage], command: Command
) -> Iterator[tuple[str, Label | None]]:
    url = asked_url(command, {})
    apps = [app_in(pipeline, stage.dockerfile) for stage in stages]
    if url is None or not url.is_local or HOLE in url.path:
        return
    if all(app is not None and app.serves(url.path) is False for app in apps):
        app = apps[0]
        routes = app.health_routes() if app else ()
        better = f"; {app.url(routes[0])} exists" if app and routes else ""
        yield f"the application has no route {url.path}, so every probe fails{better}", None
