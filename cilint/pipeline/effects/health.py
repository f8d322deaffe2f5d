"""What the HEALTHCHECK of an image asks for, with which program, and whether that can answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import pairwise
from posixpath import dirname

from cilint.model.dockerfile import Dockerfile, Stage
from cilint.pipeline.effects.bases import runtime_env
from cilint.pipeline.effects.health_tools import NOT_PROBES, ToolProblem, tool_problem
from cilint.pipeline.effects.health_urls import Url, parse_url, url_in_code
from cilint.pipeline.effects.stage_commands import StageCommand, commands_of
from cilint.syntax.dockerfile import Instruction
from cilint.text.edit import Edit
from cilint.text.hints import TYPE_CHECKING
from cilint.text.hole import HOLE
from cilint.text.source import Span
from cilint.text.values import NamedTuple

if TYPE_CHECKING:
    from cilint.model.nextjs import NextApp
    from cilint.pipeline.pipeline import Pipeline
    from cilint.syntax.shell import Command

_RUNTIMES = {
    "node": ("-e", "--eval", "-p", "--print", "-pe"), "bun": ("-e", "--eval", "-p"), "tsx": ("-e", "--eval"),
    "deno": ("eval",), "python": ("-c",), "python3": ("-c",), "ruby": ("-e",), "php": ("-r",),
    "perl": ("-e",),
}  # fmt: skip
_REQUESTS = ("curl", "wget", "http", "https", "xh")
_MOST_SEARCHED = 65_536


class PortProblem(NamedTuple):
    """The port that an application listens on or a Dockerfile names, where the probe asks another one."""

    name: str
    port: int
    place: Span


class HealthProbe:
    """One program that the HEALTHCHECK of a stage runs.

    ``stage`` is the one whose containers it runs in: the last that the HEALTHCHECK holds for. ``url`` is what
    it asks for, None where it asks for none or a file of its own does. ``app`` is the Next.js application in
    the image.
    """

    def __init__(self, stage: Stage, call: StageCommand, app: NextApp | None) -> None:
        self.stage = stage
        self.call = call
        self.instruction: Instruction = call.instruction
        self.path = stage.path
        self.app = app

    def __repr__(self) -> str:
        return f"<probe {self.program} {self.url.text if self.url else ''}>"

    @property
    def program(self) -> str:
        return self.call.name

    @property
    def span(self) -> Span:
        return self.call.span

    @property
    def program_span(self) -> Span:
        return self.call.place(self.call.command.words[0])

    @property
    def is_shell_form(self) -> bool:
        return self.instruction.form != "json"

    @cached_property
    def url(self) -> Url | None:
        return asked_url(self.call.command, self.call.env)

    @property
    def route(self) -> str | None:
        """The path of the URL without its query, None where it is not known."""
        return self.url.path if self.url and HOLE not in self.url.path else None

    @property
    def is_local(self) -> bool:
        """Whether it surely asks the container itself."""
        return bool(self.url and self.url.is_local)

    @property
    def port(self) -> int | None:
        return self.url.port if self.url else None

    # -- places ------------------------------------------------------------------------------------

    def _find(self, pattern: str) -> Span | None:
        """The last place in the probe's text that the pattern's first group has."""
        text = self.stage.dockerfile.source.text
        found = list(re.finditer(pattern, text[self.span.start : self.span.end]))
        return Span(*found[-1].span(1)).shift(self.span.start) if found else None

    @cached_property
    def route_span(self) -> Span | None:
        """The path in the file, where it stands there as it is."""
        if not self.route or self.route == "/":
            return None
        return self._find(rf"({re.escape(self.route)})(?=[\"'`?#\s\\)]|$)")

    @cached_property
    def port_span(self) -> Span | None:
        return (
            self._find(rf"[:\s]['\"]?({self.port})(?!\d)")
            if self.port and self.url and self.url.written
            else None
        )

    @cached_property
    def host_span(self) -> Span | None:
        host = self.url.host if self.url else ""
        return (
            self._find(rf"(?://|['\"\s])({re.escape(host)})(?=[:/\"'`\s]|$)")
            if host and HOLE not in host
            else None
        )

    # -- the application ---------------------------------------------------------------------------

    @property
    def inner_route(self) -> str | None:
        """The path without the basePath of the Next.js application and without a trailing slash."""
        route = self.route
        base = (self.app.config.base_path or "").rstrip("/") if self.app else ""
        if route and base and (route == base or route.startswith(base + "/")):
            route = route[len(base) :]
        return route and (route.rstrip("/") or "/")

    @cached_property
    def served(self) -> bool | None:
        """Whether the application has the route; None where that cannot be told."""
        if self.app is None or not self.is_local or self.route is None:
            return None
        return self.app.serves(self.route)

    @cached_property
    def better_route(self) -> str:
        """The URL path of the application's route that was probably meant; empty for none."""
        if self.app is None or self.route is None:
            return ""
        last = self.route.rstrip("/").rpartition("/")[2]
        routes = [route for route in self.app.routes if not route.dynamic and route.kind == "handler"]
        same = [route for route in routes if route.last == last] or list(self.app.health_routes())
        return self.app.url(same[0]) if same else ""

    def with_route(self, path: str) -> tuple[Edit, ...] | None:
        """Edits that make it ask for another path (basePath included), where the application may have it."""
        if self.route_span is None or not path or (self.app and self.app.serves(path) is False):
            return None
        return (Edit(self.route_span, path),)

    def with_inner_route(self, path: str) -> tuple[Edit, ...] | None:
        """As ``with_route``, for a path without basePath."""
        base = self.app.config.base_path if self.app else ""
        return None if base is None else self.with_route(base.rstrip("/") + path)

    # -- the port ----------------------------------------------------------------------------------

    @cached_property
    def listening(self) -> PortProblem | None:
        """The port that the application listens on, as its command or ENV PORT says."""
        for instruction in (self.stage.command, self.stage.entrypoint):
            if instruction is not None:
                found = re.search(
                    r"(?:^|[\s\"',])(?:-p|--port|PORT)[\s=\"',]{1,6}(\d{2,5})\b", instruction.text
                )
                if found:
                    return PortProblem("the command", int(found[1]), instruction.arguments_span)
        script = self.app.package.scripts.get("start", "") if self.app and self._starts_script else ""
        if re.search(r"(?:-p|--port|PORT)[\s=]", script):
            return None
        return self._environment_port

    @property
    def _starts_script(self) -> bool:
        return any(_runs_start(each) for each in (self.stage.command, self.stage.entrypoint) if each)

    @property
    def _environment_port(self) -> PortProblem | None:
        value = self.stage.final_state.env.get("PORT") or ""
        if not (value.isascii() and value.isdecimal() and len(value) < 6):
            return None
        for stage in (self.stage, *self.stage.chain):
            for instruction in reversed(stage.instructions):
                for pair in reversed(instruction.pairs) if instruction.name == "ENV" else ():
                    if pair.name == "PORT":
                        return PortProblem("ENV PORT", int(value), pair.span)
        return None

    @cached_property
    def port_problem(self) -> PortProblem | None:
        """What names another port than the probe asks; None where the ports agree or one is not known."""
        port = self.port
        if port is None or not self.is_local:
            return None
        listening = self.listening
        if listening and listening.port != port:
            return listening
        tcp = [each for each in self.stage.ports if each.protocol == "tcp"]
        if tcp and all(each.covers(port) is False for each in tcp):
            first = tcp[0]
            return PortProblem("EXPOSE", first.first or 0, first.span)
        return None

    def with_port(self) -> tuple[Edit, ...] | None:
        """Edits that make it ask the port that everything else agrees on."""
        problem = self.port_problem
        if problem is None or self.port_span is None:
            return None
        others = {
            each.first for each in self.stage.ports if each.protocol == "tcp" and each.first == each.last
        }
        if others - {problem.port}:
            return None
        return (Edit(self.port_span, str(problem.port)),)

    # -- the program -------------------------------------------------------------------------------

    @cached_property
    def tool_problem(self) -> ToolProblem:
        """Why the program cannot do its work in this image; empty where it can or that cannot be told."""
        command, script = self.call.command, self.call.parsed
        return tool_problem(self.stage, script, command, self.url, needs_shell=self.is_shell_form)

    @cached_property
    def tool_fix(self) -> tuple[Edit, ...] | None:
        """Edits after which the probe works: ``127.0.0.1`` for ``localhost``, Node.js for what is missing."""
        from cilint.pipeline.effects.health_mends import by_node

        if self.tool_problem == "localhost":
            return (Edit(self.host_span, "127.0.0.1"),) if self.host_span else None
        return by_node(self) if self.tool_problem == "missing" else None


def asked_url(command: Command, env: Mapping[str, str]) -> Url | None:
    """The URL that curl and its like, or the code given to a runtime, asks for; None for none."""
    if command.name in _REQUESTS:
        arguments = command.arguments(env)
        option = arguments.option("--url")
        texts = [option.value] if option else [each.value for each in arguments.operands()]
        found = [parse_url(text if "://" in text else f"http://{text}") for text in texts if text]
        return next((url for url in found if url), None)
    flags = _RUNTIMES.get(command.name)
    code = next((after for word, after in pairwise(command.argv(env)) if flags and word in flags), None)
    return url_in_code(code, env) if code else None


def health_probes(pipeline: Pipeline) -> Iterator[HealthProbe]:
    """The programs of all HEALTHCHECKs, each where it is in force."""
    for dockerfile in pipeline.dockerfiles:
        last: dict[Instruction, Stage] = {}
        for stage in dockerfile.stages:
            check = stage.healthcheck
            if check is not None and check.health_type == "CMD":
                last[check] = stage
        for check, stage in last.items():
            app = app_in(pipeline, dockerfile)
            for call in commands_of(stage, check, runtime_env(stage), stage.final_state.workdir):
                if call.name not in NOT_PROBES and call.command.inner is None:
                    yield HealthProbe(stage, call, app)


def _runs_start(instruction: Instruction) -> bool:
    words = " ".join(re.findall(r"[\w./-]+", instruction.text[:500]))
    return re.search(r"\b(?:npm|yarn|pnpm|bun)(?: -\S+)* (?:run )?start\b", words) is not None


def _runs_next_script(app: NextApp, text: str) -> bool:
    """Whether a Dockerfile runs one of the application's scripts that build or start it."""
    called = r"\b(?:npm|yarn|pnpm|bun)\b[\w\"',\s./=-]{0,100}?(?<![\w:-])"
    return any(
        re.search(called + rf"{re.escape(name)}(?![\w:-])", text[:_MOST_SEARCHED])
        for name, script in app.package.scripts.items()
        if re.search(r"\bnext (?:start|build)\b", script[:2000])
    )


def app_in(pipeline: Pipeline, dockerfile: Dockerfile) -> NextApp | None:
    """The Next.js application that the image surely runs: the Dockerfile is its own, or names its folder."""
    apps = {app.folder: app for app in pipeline.next_apps}
    if not apps:
        return None
    text = dockerfile.source.text
    builds_next = re.search(r"\.next\b|\bnext[\"',\s]+(?:start|build)\b", text) is not None
    folder = dirname(dockerfile.path)
    while True:
        if folder in apps:
            app = apps[folder]
            return app if builds_next or _runs_next_script(app, text) else None
        if not folder or pipeline.project.source(f"{folder}/package.json"):
            break
        folder = dirname(folder)
    named = [
        app
        for name, app in apps.items()
        if name and re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text)
    ]
    return named[0] if builds_next and len(named) == 1 else None
