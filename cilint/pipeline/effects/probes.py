"""Health probes: what asks the application, after a deploy, whether it answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from cilint.pipeline.effects.deploy_targets import is_wait
from cilint.pipeline.effects.deploys import Deploy
from cilint.pipeline.effects.outcomes import succeeds_on
from cilint.pipeline.effects.requests import TOLERATED, ClientRequest, ProgramRequest, Request
from cilint.pipeline.invocations import PACKAGE_RUNNERS, Invocation, invocations, program_run
from cilint.pipeline.runs import Effect, Runs
from cilint.pipeline.sites import Call, Site
from cilint.syntax.shell import Command
from cilint.text.source import Span

_ACTIONS = (
    "jtalk/url-health-check-action",
    "cygnetdigital/wait_for_response",
    "lakuapik/wait-on-action",
    "iFaxity/wait-on-action".lower(),
    "nev7n/wait_for_response",
    "mydea/action-wait-for-api",
)
_PROBERS = (
    "wait-on", "wait-for-it", "wait-for-it.sh", "start-server-and-test", "k6", "playwright", "cypress",
    "newman", "hurl", "lhci",
)  # fmt: skip
"""Programs that ask an application, once or until it answers, and fail if it does not answer well."""
_ASKING = re.compile(r"health-?check|check-?health|wait[-_]for[-_](?:http|url|response|api|site|endpoint)")
_OTHERS = re.compile(
    r"api\.github\.com|GITHUB_API_URL|github\.api_url|ghcr\.io|hooks\.slack|discord(?:app)?\.com|api\.telegram",
    re.IGNORECASE,
)
_VERSION = re.compile(
    r"sha\b|SHA|version|VERSION|revision|REVISION|commit|COMMIT|build_?id|BUILD_?ID|digest|DIGEST"
)
_DOKPLOY_ITSELF = re.compile(r"dokploy[\w-]*(?:url|host|server|base|api|domain|endpoint)", re.IGNORECASE)


class Repeated:
    """The requests of one job that ask the same."""

    def __init__(self) -> None:
        self.requests: list[Request] = []

    @cached_property
    def one_fails(self) -> bool:
        """Whether the job fails, whatever the others do, because one of them is answered badly."""
        return any(each.outcome.detects and each.site.step.condition is None for each in self.requests)


class Probe(Effect):
    """One probe. ``request`` is None where an action does it, which then fails on a bad answer."""

    def __init__(
        self,
        runs: Runs,
        site: Site,
        request: Request | None = None,
        span: Span | None = None,
        call: Invocation | None = None,
    ) -> None:
        super().__init__(runs, site, request.url_span if request else span or site.span)
        self.request = request
        self._call = call  # the command, where a program asks
        self.same = Repeated()

    def follows(self, deploy: Deploy) -> bool:
        """Whether it comes after the deploy on some way."""
        at = (self.request or self).span.start
        return _later_in_program(self.request, deploy) or follows(self._runs, self.site, at, deploy)

    @property
    def can_fail(self) -> bool | None:
        """Whether the job fails where the application never answers well; None where that cannot be told."""
        if self.request is None:
            step = self.site.top.step
            tolerated = step.continue_on_error and step.continue_on_error.text != "false"
            hidden = self._call is not None and self._call.failure.outcome == "ignored"
            return not (tolerated or hidden)
        found = self.request.outcome.detects
        return True if found is False and self.same.one_fails else found

    @property
    def ignores_version(self) -> bool:
        """Whether any good answer will do, that of the old version too."""
        if self.request is None:
            source = self._runs.project.source(self.path)
            inputs = [value.text for value in self.site.step.inputs.values()]
            texts = inputs if self.span == self.site.span or not source else [source.slice(self.span)]
            return not any(_VERSION.search(text) for text in texts)
        if isinstance(self.request, ProgramRequest):
            return not _VERSION.search(self.request.program.text)
        assert isinstance(self.request, ClientRequest)
        script = self.site.script
        reader = self.request.call.command.piped_to
        searched = isinstance(reader, Command) and any(word.variables for word in reader.words)
        if script is None or searched or _VERSION.search(script.text):
            return False
        return succeeds_on(self.request, 200)

    @property
    def reason(self) -> str:
        """What keeps a bad answer from counting."""
        if self.request is not None:
            return self.request.outcome.reason
        failure = self._call.failure if self._call else None
        hidden = failure is not None and failure.outcome == "ignored"
        return f"the command is {failure.reason}" if failure and hidden else TOLERATED


def probes(runs: Runs, requests: tuple[Request, ...], deploys: tuple[Deploy, ...]) -> Iterator[Probe]:
    """Every probe that runs after a deploy to the policy's target."""
    made = [deploy for deploy in deploys if deploy.to_target]
    if not made:
        return
    found: list[Probe] = []
    alike: dict[tuple[Call, str, str], Repeated] = {}
    for request in filter(is_probe, requests):
        probe = Probe(runs, request.site, request)
        probe.same = alike.setdefault((request.site.call, request.url, request.source), probe.same)
        probe.same.requests.append(request)
        found.append(probe)
    found += [Probe(runs, site) for site in runs.sites if _asks_by_action(site)]
    found += [
        Probe(runs, call.site, span=call.span, call=call)
        for call in invocations(runs, *_PROBERS, *PACKAGE_RUNNERS)
        if program_run(call).partition("@")[0] in _PROBERS and "install" not in call.words
    ]
    yield from (probe for probe in found if any(probe.follows(deploy) for deploy in made))
    for deploy in made:
        yield from _of_deploy(runs, deploy)
    for call in invocations(runs, "kubectl", "helm", "docker"):
        target = "compose" if call.name == "docker" else "kubernetes"
        if is_wait(call) and any(deploy.target == target for deploy in made):
            yield Probe(runs, call.site, span=call.span, call=call)


def _asks_by_action(site: Site) -> bool:
    """Whether a step is an action that asks for an address until it answers, as its name tells."""
    action = site.step.action
    if action is None or action.kind != "repository":
        return False
    return action.repository in _ACTIONS or _ASKING.search(action.name.rpartition("/")[2]) is not None


def _of_deploy(runs: Runs, deploy: Deploy) -> Iterator[Probe]:
    """The check that an action which deploys makes itself, where an input of it asks for one."""
    if deploy.kind == "action":
        for name, value in deploy.site.step.inputs.items():
            if "health" in name and value.text.strip().lower() not in ("", "false"):
                yield Probe(runs, deploy.site, span=value.span)
                return


def _later_in_program(request: Request | None, deploy: Deploy) -> bool:
    """Whether a request is made after the deploy by the very program that deploys."""
    first = deploy.request
    if not isinstance(request, ProgramRequest) or not isinstance(first, ProgramRequest):
        return False
    return request.site is first.site and request.program is first.program and request.order > first.order


def is_probe(request: Request) -> bool:
    """Whether a request only asks, and asks neither Dokploy nor GitHub nor a registry."""
    if request.method not in ("GET", "HEAD") or _OTHERS.search(request.source):
        return False
    if isinstance(request, ClientRequest) and not request.url:
        return False
    if request.calls_dokploy:
        return False
    return not (_DOKPLOY_ITSELF.search(request.source) and "/api/" in request.url)


def follows(runs: Runs, site: Site, at: int, deploy: Deploy) -> bool:
    """Whether a step, or a place in the same step's script, comes after the deploy on some way."""
    if site is deploy.site or (site.step is deploy.site.step and site.call is deploy.site.call):
        return at > deploy.span.start
    if site.call is deploy.site.call:
        return runs.precedes(deploy.site, site)
    return runs.needs(site.call, deploy.site.call)
