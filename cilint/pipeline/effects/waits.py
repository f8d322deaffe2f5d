"""What a deploy waits by: fixed sleeps, and loops that ask again and again."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cilint.findings.finding import FileEdit
from cilint.model.edits import set_timeout
from cilint.pipeline.effects.deploys import Deploy
from cilint.pipeline.effects.probes import Probe, follows
from cilint.pipeline.effects.programs import calls_of, programs_of
from cilint.pipeline.effects.requests import ClientRequest
from cilint.pipeline.invocations import Invocation, invocations
from cilint.pipeline.sites import Site
from cilint.syntax.shell import Block
from cilint.text.hints import TYPE_CHECKING
from cilint.text.source import Span

if TYPE_CHECKING:
    from cilint.pipeline.pipeline import Pipeline

MINUTES = 10
_IDLE = frozenset({"sleep", "echo", "printf", "date", ":", "true", "[", "[[", "test"})
_SLEEPING_ACTIONS = ("jakejarvis/wait-action", "juliangruber/sleep-action", "whatnick/wait-action")
_PROGRAM_SLEEPS = re.compile(r"\btime\.sleep\s*\(|\bsetTimeout\b|\bStart-Sleep\b")
_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}


class Sleep:
    """A fixed wait after a deploy, outside any loop. ``seconds`` is None where it is not known."""

    def __init__(self, path: str, span: Span, seconds: float | None, polled: bool) -> None:
        self.path = path
        self.span = span
        self.seconds = seconds
        self.polled = polled  # whether something asks again and again as well


class WaitLoop:
    """A loop that asks something until the answer is good."""

    def __init__(self, site: Site, loop: Block) -> None:
        self._loop = loop
        self.site = site
        self.path = site.path
        self.span = site.file_span(Span(loop.span.start, loop.span.start + len(loop.kind)))

    @property
    def is_bounded(self) -> bool:
        """Whether it ends by itself, or the step or job has a limit of time."""
        script = self.site.script
        step = self.site.top.step.node.get("timeout-minutes") or self.site.job.node.get("timeout-minutes")
        return step is not None or (script is not None and script.bounded(self._loop))

    @property
    def timeout_edits(self) -> tuple[FileEdit, ...] | None:
        return set_timeout(self.site.step, MINUTES) if self.site.parent is None else None


def sleeps(pipeline: Pipeline) -> Iterator[Sleep]:
    """The fixed waits that follow a deploy to Dokploy."""
    deploys = [deploy for deploy in pipeline.deploys if deploy.to_target]
    for site, span, seconds in _fixed(pipeline) if deploys else ():
        after = [each for each in deploys if follows(pipeline.runs, site, span.start, each)]
        if after:
            yield Sleep(site.path, span, seconds, _polls(pipeline, after))


def _fixed(pipeline: Pipeline) -> Iterator[tuple[Site, Span, float | None]]:
    """All waits of a fixed time: commands, programs that do nothing else, and actions."""
    for call in invocations(pipeline.runs, "sleep"):
        script, name = call.site.script, call.command.function
        function = script.functions.get(name) if script and name else None
        around = call.command.loops[-1] if call.command.loops else function
        if around is None:
            yield call.site, call.span, _seconds(call)
        elif all(each.name in _IDLE for each in around.commands if each.words):
            times = len([text for word in around.words or () for text in word.fields(call.env)])
            each = _seconds(call)
            yield call.site, call.span, each * times if each is not None and times else None
    for site in pipeline.runs.sites:
        action = site.step.action
        if action and action.repository in _SLEEPING_ACTIONS:
            yield site, site.span, None
        for command in site.script.commands if site.script else ():
            for program in programs_of(command):
                if _PROGRAM_SLEEPS.search(program.text) and not any(True for _ in calls_of(program)):
                    yield site, site.file_span(command.span), None


def _seconds(call: Invocation) -> float | None:
    total = 0.0
    for word in call.words:
        match = re.fullmatch(r"(\d+(?:\.\d+)?)([smhd]?)", word)
        if match is None:
            return None
        total += float(match.group(1)) * _UNITS[match.group(2)]
    return total


def _polls(pipeline: Pipeline, deploys: list[Deploy]) -> bool:
    """Whether something asks more than once after one of the deploys."""
    if any(_repeats(probe) for probe in pipeline.probes):
        return True
    return any(
        request.call.command.loops and follows(pipeline.runs, request.site, request.span.start, deploy)
        for request in pipeline.requests
        if isinstance(request, ClientRequest)
        for deploy in deploys
    )


def _repeats(probe: Probe) -> bool:
    request = probe.request
    if not isinstance(request, ClientRequest):
        return True  # actions and programs are made for it
    return bool(request.call.command.loops or "retry" in request.bounds or request.call.command.function)


def _loops(request: ClientRequest) -> list[Block]:
    """The outermost loop that a request is made in, or the calls of the function that makes it."""
    command, script = request.call.command, request.site.script
    calls = script.named(command.function) if script and command.function and not command.loops else ()
    return [loops[-1] for loops in (command.loops, *(call.loops for call in calls)) if loops]


def wait_loops(pipeline: Pipeline) -> Iterator[WaitLoop]:
    """The loops with a request in workflows that deploy to Dokploy, each once."""
    entries = {id(deploy.site.call.entry) for deploy in pipeline.deploys if deploy.to_target}
    seen = set()
    for request in pipeline.requests:
        if not isinstance(request, ClientRequest) or id(request.site.call.entry) not in entries:
            continue
        for loop in _loops(request):
            key = (request.site.path, loop.span, request.site.span)
            if key not in seen:
                seen.add(key)
                yield WaitLoop(request.site, loop)
