"""Health probes: what asks the application, after a deploy, whether it answers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cilint.pipeline.effects.deploy_targets import is_wait
from cilint.pipeline.effects.deploys import Deploy
from cilint.pipeline.effects.outcomes import succeeds_on
from cilint.pipeline.effects.requests import ClientRequest, ProgramRequest, Request
from cilint.pipeline.invocations import invocations
from cilint.pipeline.runs import Effect, Runs
from cilint.pipeline.sites import Site
from cilint.syntax.shell import Command
from cilint.text.source import Span

_ACTIONS = (
    "jtalk/url-health-check-action",
    "cygnetdigital/wait_for_response",
    "jakejarvis/wait-action",
    "lakuapik/wait-on-action",
    "iFaxity/wait-on-action".lower(),
    "nev7n/wait_for_response",
    "mydea/action-wait-for-api",
)
_OTHERS = re.compile(
    r"api\.github\.com|GITHUB_API_URL|github\.api_url|ghcr\.io|hooks\.slack|discord(?:app)?\.com|api\.telegram",
    re.IGNORECASE,
)
_VERSION = re.compile(
    r"sha\b|SHA|version|VERSION|revision|REVISION|commit|COMMIT|build_?id|BUILD_?ID|digest|DIGEST"
)
_DOKPLOY_ITSELF = re.compile(r"dokploy[\w-]*(?:url|host|server|base|api|domain|endpoint)", re.IGNORECASE)


class Probe(Effect):
    """One probe. ``request`` is None where an action does it, which then fails on a bad answer."""

    def __init__(
        self, runs: Runs, site: Site, request: Request | None = None, span: Span | None = None
    ) -> None:
        super().__init__(runs, site, request.url_span if request else span or site.span)
        self.request = request

    @property
    def can_fail(self) -> bool | None:
        """Whether the job fails where the application never answers well; None where that cannot be told."""
        if self.request is None:
            step = self.site.top.step
            return not (step.continue_on_error and step.continue_on_error.text != "false")
        return self.request.outcome.detects

    @property
    def ignores_version(self) -> bool:
        """Whether any good answer will do, that of the old version too."""
        if self.request is None:
            texts = [value.text for value in self.site.step.inputs.values()]
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
        return self.request.outcome.reason if self.request else "`continue-on-error` lets the job go on"


def probes(runs: Runs, requests: tuple[Request, ...], deploys: tuple[Deploy, ...]) -> Iterator[Probe]:
    """Every probe that runs after a deploy to the policy's target."""
    made = [deploy for deploy in deploys if deploy.to_target]
    if not made:
        return
    for request in requests:
        if is_probe(request) and any(
            follows(runs, request.site, request.span.start, deploy) for deploy in made
        ):
            yield Probe(runs, request.site, request)
    for site in runs.sites:
        action = site.step.action
        if (
            action
            and action.repository in _ACTIONS
            and any(follows(runs, site, 0, deploy) for deploy in made)
        ):
            yield Probe(runs, site)
    for call in invocations(runs, "kubectl", "helm"):
        if is_wait(call) and any(deploy.target == "kubernetes" for deploy in made):
            yield Probe(runs, call.site, span=call.span)


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
        return site in runs.later(deploy.site)
    return runs.needs(site.call, deploy.site.call)
