"""What steps record on a commit about a deploy: statuses, deployments, checks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from cilint.pipeline.effects.clients import ERRORS, answer
from cilint.pipeline.effects.deploys import Deploy
from cilint.pipeline.effects.requests import ClientRequest
from cilint.pipeline.evaluate import FAILED, Open, condition
from cilint.pipeline.invocations import invocations
from cilint.pipeline.runs import Runs
from cilint.pipeline.scenarios import Scenario
from cilint.pipeline.sites import Site
from cilint.syntax.shell import Command
from cilint.text.hints import TYPE_CHECKING, Literal
from cilint.text.source import Span

if TYPE_CHECKING:
    from cilint.pipeline.pipeline import Pipeline

Scope = Literal["statuses", "deployments", "checks"]
_PATHS: tuple[tuple[Scope, re.Pattern[str]], ...] = (
    ("statuses", re.compile(r"/statuses(?:/|\b)|createCommitStatus|\bcommit-status")),
    ("deployments", re.compile(r"/deployments(?:/|\b)|createDeployment(?:Status)?\b")),
    ("checks", re.compile(r"/check-runs\b|checks\.create\b")),
)
_ACTIONS: tuple[tuple[Scope, re.Pattern[str]], ...] = (
    ("statuses", re.compile(r"commit-status|github-status|status-action|set-status|commit_status")),
    ("deployments", re.compile(r"deployment-(?:status|action)|/deployments$|github-deployment")),
)
_BEGINNING = re.compile(r"\b(?:pending|in_progress|queued)\b")
_END = re.compile(r"\b(?:success|failure|error|job\.status|outcome|result|conclusion)\b|\$")
_SUCCESS = re.compile(r"\bsuccess\b(?!\s*\()")
_OTHER_END = re.compile(
    r"\b(?:failure|failed|error|cancelled|inactive|status|outcome|result|conclusion)\b(?!\s*\()|\$\?"
)


class CommitRecord:
    """One record; ``span`` is what makes it, and ``command`` the command, where one does."""

    def __init__(
        self, runs: Runs, site: Site, span: Span, scope: Scope, text: str, *, command: Command | None = None
    ) -> None:
        self._runs = runs
        self.site = site
        self.path = site.path
        self.span = span
        self.scope: Scope = scope
        self._text = text
        self._command = command

    @property
    def is_beginning(self) -> bool:
        """Whether it only says that the deploy has begun."""
        return bool(_BEGINNING.search(self._text)) and not _END.search(_BEGINNING.sub("", self._text))

    @cached_property
    def says_success_only(self) -> bool:
        """Whether it says success, however the deploy ended."""
        told = self.site.top.step.name  # a title such as "report the status" says nothing
        said = re.sub(r"/statuses\b|createCommitStatus|createDeploymentStatus", "", self._everything)
        return bool(_SUCCESS.search(said)) and not _OTHER_END.search(said.replace(told, ""))

    @cached_property
    def lacks_permission(self) -> bool:
        """Whether the job's token may not do it, by a block that says so."""
        if (
            "GITHUB_TOKEN" not in self._everything
            and "github.token" not in self._everything
            and self._own_token
        ):
            return False
        permissions = self.site.job.permissions
        return permissions is not None and permissions.level(self.scope) != "write"

    @property
    def _own_token(self) -> bool:
        return "secrets." in self._everything

    @property
    def _everything(self) -> str:
        step = self.site.step
        values = [*step.env.values(), *step.inputs.values(), *self.site.job.env.values()]
        return " ".join([self._text, *(value.text for value in values)])

    def after(self, deploy: Deploy, *, failed: bool) -> bool | None:
        """Whether it runs once the deploy has failed, or succeeded; None where that cannot be told."""
        scenario = next((run.scenario for run in deploy.runs), None)
        if scenario is None:
            return None
        if not failed:
            return self._runs.step_state(self.site, scenario)
        if self.site is deploy.site and self._in_script(deploy):
            return True
        if self.site.call is deploy.site.call:
            return self._step_after_failure(scenario)
        job = self.site.job
        if job.condition is None or not self._runs.needs(self.site.call, deploy.site.call):
            return False if self._runs.needs(self.site.call, deploy.site.call) else None
        needs = {need.text: Open(result="failure") for need in job.needs}
        contexts = {"github": self._runs.reach(self.site.call.entry).github(scenario), "needs": Open(needs)}
        return condition(job.condition.text, contexts, FAILED)

    def _in_script(self, deploy: Deploy) -> bool:
        """Whether the script that deploys may come to it once the deploy was refused."""
        request = deploy.request
        if self._command is None or not isinstance(request, ClientRequest):
            return False
        refused = answer(request.call.arguments, ERRORS[0])
        return self._command in request.call.ending(refused).executed

    def _step_after_failure(self, scenario: Scenario) -> bool | None:
        own = self.site.top.step.condition
        if own is None:
            return False
        contexts = self._runs.reach(self.site.call.entry).contexts(self.site.top, scenario)
        return condition(own.text, {**contexts, "job": Open(status="failure")}, FAILED)


def commit_records(pipeline: Pipeline) -> Iterator[CommitRecord]:
    """Every record that any step makes."""
    runs = pipeline.runs
    for request in pipeline.requests:
        text = request.url + " " + request.source
        if request.method == "POST" and ("/repos/" in text or "dokploy" not in text.lower()):
            command = request.call.command if isinstance(request, ClientRequest) else None
            yield from _matching(runs, request.site, request.url_span, text, command)
    for call in invocations(runs, "gh"):
        if call.words[:1] == ("api",):
            yield from _matching(runs, call.site, call.span, call.command.raw, call.command)
    for site in runs.sites:
        action = site.step.action
        if action is None or action.kind != "repository":
            continue
        if site.step.github_script is not None:
            yield from _matching(runs, site, site.span, site.step.github_script.text)
        inputs = " ".join(value.text for value in site.step.inputs.values())
        for scope, pattern in _ACTIONS:
            if pattern.search(action.name):
                yield CommitRecord(runs, site, site.span, scope, inputs or "$")
                break


def _matching(
    runs: Runs, site: Site, span: Span, text: str, command: Command | None = None
) -> Iterator[CommitRecord]:
    scope = next((scope for scope, pattern in _PATHS if pattern.search(text)), None)
    if scope is not None:
        step = site.step
        written = step.run or step.inputs.get("script")
        yield CommitRecord(runs, site, span, scope, written.text if written else text, command=command)
