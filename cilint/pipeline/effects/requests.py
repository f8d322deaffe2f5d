"""HTTP requests of steps: curl, wget, HTTPie, inline programs, github-script; what becomes of a refusal."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache, cached_property

from cilint.model.workflow import entries
from cilint.pipeline.effects.clients import CLIENTS, HTTPIE, address_of, configured
from cilint.pipeline.effects.programs import (
    HttpCall,
    Language,
    Program,
    calls_of,
    language_of,
    programs_of,
    verdict,
)
from cilint.pipeline.effects.read_texts import file_text
from cilint.pipeline.invocations import Invocation, each_call
from cilint.pipeline.partial import both
from cilint.pipeline.runs import Effect, Runs
from cilint.pipeline.scenarios import Scenario
from cilint.pipeline.shell_state import shell_state
from cilint.pipeline.sites import Call, Site
from cilint.syntax.shell import Command
from cilint.syntax.shell_origins import given_to
from cilint.syntax.yaml import Mapping as YamlMapping
from cilint.syntax.yaml import Scalar
from cilint.text.source import Span
from cilint.text.values import NamedTuple

TOLERATED = "`continue-on-error` lets the job go on"


class Outcome(NamedTuple):
    """What a step makes of an HTTP answer.

    ``detects``: whether an error status (400 and above) fails the step; None where that cannot be told.
    ``refuses_redirects``: whether 301 and 302 do as well. ``exactly_200``: whether any other status than 200
    does. ``reason`` says what keeps an error status from counting.
    """

    detects: bool | None
    refuses_redirects: bool | None
    exactly_200: bool | None
    reason: str = ""


class Request(Effect):
    """One HTTP request. ``url`` is what is known of its address, ``source`` everything that it is made of."""

    def __init__(self, runs: Runs, site: Site, span: Span, *, url: str, source: str, method: str) -> None:
        super().__init__(runs, site, span)
        self.url = url
        self.source = source
        self.method = method
        self.url_span = span

    @property
    def speaks_of_dokploy(self) -> bool:
        """Whether its address, or what its address comes from, is Dokploy's."""
        return "dokploy" in self.source.lower() or bool(_dokploy_path().search(self.url))

    @property
    def calls_dokploy(self) -> bool:
        """Whether its address is certainly one of Dokploy's deploy endpoints."""
        return bool(_dokploy_path().search(self.url))

    @property
    def tool(self) -> str:
        return "fetch"

    @cached_property
    def outcome(self) -> Outcome:
        raise NotImplementedError

    @property
    def tolerated(self) -> bool:
        """Whether the step or its job goes on after any failure."""
        steps = {self.site.step, self.site.top.step}
        return any(step.continue_on_error and step.continue_on_error.text != "false" for step in steps)


@cache
def _dokploy_path() -> re.Pattern[str]:
    procedure = r"(?:application|compose)"
    return re.compile(
        rf"/api/(?:trpc/)?(?:deploy/|{procedure}[./](?:re)?deploy\b)|\0/{procedure}\.(?:re)?deploy\b"
    )


class ClientRequest(Request):
    """A request by a command of a shell script."""

    def __init__(self, runs: Runs, call: Invocation) -> None:
        self.call = call
        argument = address_of(call.arguments)
        raw = argument.value_word.raw if argument and argument.value_word else ""
        if call.added and call.site.script:
            raw = call.site.script.text  # where the configuration is written
        super().__init__(
            runs,
            call.site,
            call.span,
            url=call.text(argument),
            source=f"{origins(call.site, raw, call.command, call.caller)} {call.text(argument)}",
            method=_method(call),
        )
        if call.caller:
            self.span = self.url_span = call.site.file_span(call.caller.span)
        elif argument:
            self.url_span = call.span_of(argument.value_word or argument.word)

    @property
    def tool(self) -> str:
        return self.call.name

    def state(self, scenario: Scenario) -> bool | None:
        return both(super().state(scenario), shell_state(self._runs, self.call, scenario))

    @cached_property
    def outcome(self) -> Outcome:
        from cilint.pipeline.effects.outcomes import outcome_of

        return outcome_of(self)

    @property
    def bounds(self) -> frozenset[str]:
        """Which of retry, connect timeout and total timeout its options set."""
        arguments = self.call.arguments
        named = {"--retry": "retry", "--connect-timeout": "connect", "--max-time": "total", "-m": "total"}
        return frozenset(kind for option, kind in named.items() if arguments.has_flag(option))


class ProgramRequest(Request):
    """A request by a program written into the step: node, python, github-script; ``order`` in the program."""

    def __init__(
        self, runs: Runs, site: Site, span: Span, program: Program, call: HttpCall, *, order: int
    ) -> None:
        source = origins(site, call.source)
        super().__init__(runs, site, span, url=call.url, source=source, method=call.method)
        self.program = program
        self.order = order

    @cached_property
    def outcome(self) -> Outcome:
        if self.tolerated:
            return Outcome(False, False, False, TOLERATED)
        found = verdict(self.program)
        exactly = None if found.errors is None else bool(found.redirects and found.successes)
        reason = "" if found.errors is not False else "no status that the program is answered makes it fail"
        return Outcome(found.errors, found.redirects, exactly, reason)


def requests(runs: Runs) -> Iterator[Request]:
    """Every request, in the order of the files."""
    for site in runs.sites:
        script = site.script
        for command in script.commands if script else ():
            for call in each_call(site, command, CLIENTS):
                yield ClientRequest(runs, _configured(call))
            for program in programs_of(command):
                yield from _in_program(runs, site, site.file_span(command.span), program)
        yield from _step_programs(runs, site)


def _configured(call: Invocation) -> Invocation:
    """A call of curl with the arguments of its configuration file, where the script says what that holds."""
    option = call.arguments.option("-K", "--config") if call.name == "curl" else None
    # the grammar leaves a `-` out that stands before a heredoc
    text = file_text(call, option.value or "-", option.value_word) if option else None
    if text is None or option is None:
        return call
    word = option.value_word or option.word
    return call.with_arguments(tuple((each, word) for each in configured(text)))


def _step_programs(runs: Runs, site: Site) -> Iterator[ProgramRequest]:
    """Steps whose whole script is a program: ``shell: python``, actions/github-script."""
    step = site.step
    text = step.github_script
    language: Language | None = "javascript"
    if step.run is not None and site.script is None:
        text, language = step.run, language_of(site.shell.split(" ")[0])
    if text is not None and language is not None:
        yield from _in_program(runs, site, step.span, Program(language, text.text))


def _in_program(runs: Runs, site: Site, span: Span, program: Program) -> Iterator[ProgramRequest]:
    for order, call in enumerate(calls_of(program)):
        yield ProgramRequest(runs, site, span, program, call, order=order)


def origins(site: Site, raw: str, command: Command | None = None, caller: Command | None = None) -> str:
    """What the variables in a text are made of, in the script, the step and what calls it."""
    found = [raw, *(given_to(site.script, command, raw, caller) if site.script and command else ())]
    for given in _given(site):
        text = " ".join(found)
        found += [value.text for name, value in given.items() if name in text]
    return " ".join(found)


def _given(site: Site) -> Iterator[Mapping[str, Scalar]]:
    """Variables, inputs and secrets by name, from the step outwards through what calls it."""
    current: Site | None = site
    while current is not None:
        yield current.step.env
        current = current.parent
        if current is not None:
            yield current.step.inputs
    call: Call | None = site.call
    while call is not None:
        yield call.job.env
        yield call.workflow.env
        call = call.caller
        if call is not None:
            secrets = call.job.node.get("secrets")
            yield call.job.inputs
            yield entries(secrets) if isinstance(secrets, YamlMapping) else {}


def _method(call: Invocation) -> str:
    arguments = call.arguments
    if call.name in HTTPIE:
        verbs = [word for word in call.words if word.isupper()]
        return verbs[0] if verbs else "POST" if any("=" in word for word in call.words[1:]) else "GET"
    given = arguments.option("-X", "--request", "--method")
    if given:
        return call.text(given).upper()
    if arguments.has_flag("-I", "--head"):
        return "HEAD"
    if arguments.has_flag("-G", "--get"):
        return "GET"
    bodies = ("-d", "--data", "--data-raw", "--data-binary", "--data-urlencode", "--json", "-F", "--form")
    if arguments.has_flag(*bodies, "--post-data", "--post-file", "--body-data"):
        return "POST"
    return "GET"
