"""Deploys that are left out where a secret is missing, found by following the script without it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cilint.findings.finding import FileEdit
from cilint.pipeline.effects.deploys import Deploy
from cilint.pipeline.effects.requests import ClientRequest
from cilint.pipeline.effects.secret_variables import secret_variables
from cilint.syntax.shell import Command, parse
from cilint.syntax.shell_run import Result, Run
from cilint.text.edit import Edit
from cilint.text.hints import TYPE_CHECKING
from cilint.text.source import Span

if TYPE_CHECKING:
    from cilint.pipeline.pipeline import Pipeline

_BEGIN = "begin\n"
_NAMED = re.compile(r"\bsecrets\.(?!GITHUB_TOKEN\b)([A-Za-z_]\w*)")
_MOST_SECRETS = 10


class SilentSkip:
    """That a deploy is left out for want of a secret. ``span`` is the condition that decides it."""

    def __init__(self, path: str, span: Span, secret: str, edits: tuple[FileEdit, ...] = ()) -> None:
        self.path = path
        self.span = span
        self.secret = secret
        self.edits = edits


def silent_skips(pipeline: Pipeline) -> Iterator[SilentSkip]:
    for deploy in pipeline.deploys:
        if deploy.to_dokploy:
            yield from _by_condition(deploy)
            if isinstance(deploy.request, ClientRequest):
                yield from _in_script(deploy, deploy.request)


def _by_condition(deploy: Deploy) -> Iterator[SilentSkip]:
    """Conditions of step and job, and what they are told by steps and jobs before."""
    site = deploy.site
    found = [run.scenario for run in deploy.runs]
    scenario = next((each for each in found if each.main), found[0] if found else None)
    places = [each for each in (site.step.condition, site.top.step.condition, site.job.condition) if each]
    if scenario is None or not (places or site.job.needs):
        return
    texts = {site.call.entry.source.text, site.call.workflow.source.text}
    names = dict.fromkeys(name for text in sorted(texts) for name in _NAMED.findall(text))
    for name in list(names)[:_MOST_SECRETS]:
        without = deploy.reach_without(name)
        if without.step(site, scenario) is not False:
            continue
        if without.failing_before(site.top, scenario) or without.fails_above(site.call, scenario):
            continue  # then the run is red
        by_job = without.job(site.call, scenario) is False
        place = site.job.condition if by_job else next(iter(places), None)
        variables = secret_variables(site.top).items()
        variable = next((each for each, text in variables if name in text), name)
        yield SilentSkip(site.top.path, place.span if place else site.job.span, variable)


def _in_script(deploy: Deploy, request: ClientRequest) -> Iterator[SilentSkip]:
    site, call = deploy.site, request.call
    assert site.script is not None
    mentioned = site.script.text
    for name in secret_variables(site):
        if name not in mentioned:
            continue
        script = parse(_BEGIN + mentioned)
        begin = script.commands[0]
        target = next(
            (each for each in script.commands if each.span.start == call.command.span.start + len(_BEGIN)),
            None,
        )
        run = script.simulate({begin: Result(status=True)}, call.shell, {**call.known, name: ""})
        if target is None or target in run.executed or not run.succeeds:
            continue
        place = next((test.span for test in site.script.tests if test.variable == name), call.command.span)
        yield SilentSkip(site.path, site.file_span(place), name, _failing(deploy, run))


def _failing(deploy: Deploy, run: Run) -> tuple[FileEdit, ...]:
    """Let the ``exit 0`` on that way be an ``exit 1``."""
    exits = [
        each
        for each in run.executed
        if isinstance(each, Command) and each.name == "exit" and len(each.words) == 2
    ]
    if len(exits) != 1 or exits[0].words[1].static != "0":
        return ()
    span = exits[0].words[1].span
    place = deploy.site.file_span(Span(span.start - len(_BEGIN), span.end - len(_BEGIN)))
    return (FileEdit(deploy.path, Edit(place, "1")),)
