"""Deploys: requests to Dokploy's webhook and API, actions and commands, and deploys by other means.

Endpoints as in Dokploy's ``pages/api/deploy`` and ``server/api/routers`` (application, compose).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, cached_property

from cilint.findings.finding import FileEdit
from cilint.model import edits
from cilint.model.references import ActionReference
from cilint.model.workflow import entries
from cilint.pipeline.effects.deploy_targets import (
    Target,
    is_remote_compose,
    target_of_action,
    target_of_command,
)
from cilint.pipeline.effects.handed_texts import handed_texts
from cilint.pipeline.effects.handovers import handovers
from cilint.pipeline.effects.programs import speaks_http
from cilint.pipeline.effects.request_mends import RequestMend
from cilint.pipeline.effects.requests import (
    TOLERATED,
    ClientRequest,
    Outcome,
    ProgramRequest,
    Request,
    origins,
)
from cilint.pipeline.invocations import Invocation, invocations, program_run
from cilint.pipeline.reach import Reach
from cilint.pipeline.runs import Effect, Place, Runs
from cilint.pipeline.scenarios import Scenario
from cilint.pipeline.sites import Site
from cilint.syntax.yaml import Mapping
from cilint.text.hints import Literal
from cilint.text.hole import HOLE
from cilint.text.source import Span

DeployKind = Literal["webhook", "api", "action", "command", "script", "workflow", "other"]

_WEBHOOK_ACTIONS = (
    "distributhor/workflow-webhook",
    "joelwmale/webhook-action",
    "fjogeleit/http-request-action",
    "muinmomin/webhook-action",
)
_OTHER_ACTIONS = (
    "appleboy/ssh-action",
    "azure/k8s-deploy",
    "azure/k8s-set-context",
    "akhileshns/heroku-deploy",
    "amondnet/vercel-action",
    "superfly/flyctl-actions",
    "aws-actions/amazon-ecs-deploy-task-definition",
    "google-github-actions/deploy-cloudrun",
)
_OTHER_COMMANDS = ("ssh", "kubectl", "helm", "flyctl", "vercel", "kustomize", "argocd", "scp", "rsync")


_OTHER_WORK = re.compile(
    r"health|clean|setup|install|log-?in|status|wait|delete|remove|backup|provider|domain|settings|logs"
)


@cache
def _endpoint_pattern() -> re.Pattern[str]:
    return re.compile(
        r"(?:/api/(?:trpc/)?(?P<call>deploy(?:/compose)?|[a-zA-Z]+[./][a-zA-Z]+)"
        r"|\0/(?P<named>(?:application|compose)\.[a-zA-Z]+))(?=[/?#\s'\"]|$|\0)"
    )


SETTERS = ("application.saveDockerProvider", "application.update", "compose.update")
"""Endpoints that choose the image which the next deploy takes."""
_DEPLOYING = re.compile(r"(?:^|[:.-])(?:re)?deploy$")
_HOOK = re.compile(r"hook|deploy_url|deploy_endpoint", re.IGNORECASE)


@cache
def _asking_dokploy() -> re.Pattern[str]:
    return re.compile(r"/api/deploy/|\b(?:application|compose)[./](?:re)?deploy\b")


class Deploy(Effect):
    """One deploy. ``span`` is the address for a request, else what does it."""

    def __init__(
        self,
        runs: Runs,
        site: Site,
        span: Span,
        kind: DeployKind,
        *,
        request: Request | None = None,
        endpoint: str = "",
        target: Target = "dokploy",
    ) -> None:
        super().__init__(runs, site, span)
        self.kind: DeployKind = kind
        self.target: Target = target
        self.request = request
        self.endpoint = endpoint

    @property
    def to_dokploy(self) -> bool:
        return self.kind != "other"

    @property
    def to_target(self) -> bool:
        """Whether it goes where the policy wants deploys to go."""
        return self.target == self._runs.target

    @property
    def by_webhook(self) -> bool:
        return self.kind == "webhook"

    @property
    def chooses_image(self) -> bool:
        """Whether it only chooses the image that the next deploy takes."""
        return self.endpoint in SETTERS

    @property
    def by_request(self) -> bool:
        """Whether a step calls Dokploy itself, so that it must judge the answer."""
        return self.request is not None

    @property
    def outcome(self) -> Outcome:
        """What the step makes of the answer; actions are taken to judge it."""
        if self.request is None:
            return Outcome(not self.tolerated, None, None, TOLERATED if self.tolerated else "")
        return self.request.outcome

    @property
    def tolerated(self) -> bool:
        step = self.site.top.step
        return bool(step.continue_on_error and step.continue_on_error.text != "false")

    @property
    def by_script(self) -> bool:
        """Whether a script of the repository does it, of which only that much is known."""
        return self.kind == "script"

    @property
    def command(self) -> Place:
        """What calls: the first line of the command or program."""
        span = self.request.span if self.request else self.span
        return Place(self.path, span)

    @property
    def mends(self) -> RequestMend | None:
        """How its call may be mended, where it is a command of a script."""
        return RequestMend(self.request) if isinstance(self.request, ClientRequest) else None

    @property
    def tolerance(self) -> Place:
        """Where ``continue-on-error`` stands, or the deploy."""
        found = self.site.top.step.continue_on_error
        return (
            Place(self.site.top.path, found.span) if found and self.tolerated else Place(self.path, self.span)
        )

    def state(self, scenario: Scenario) -> bool | None:
        return self.request.state(scenario) if self.request else super().state(scenario)

    def reach_without(self, secret: str) -> Reach:
        """Answers as to whether steps run where a secret is not set."""
        return self._runs.reach_without(self.site.call.entry, secret)

    # -- actions -----------------------------------------------------------------------------------

    @property
    def is_pinned(self) -> bool:
        """Whether the action that deploys is named by a full commit; true where no action does."""
        action = self.site.step.action
        return self.kind != "action" or action is None or action.is_commit

    @property
    def renamed_input(self) -> Place | None:
        """An input under the name that it had in the action's first version."""
        action = self.site.step.action
        if self.kind != "action" or action is None or action.repository != "benbristow/dokploy-deploy-action":
            return None
        if action.ref.lstrip("v") == "0.0.1" or "auth_token" not in self.site.step.inputs:
            return None
        return Place(self.path, self.site.step.inputs["auth_token"].span)

    @property
    def guard(self) -> Place:
        """What decides whether it runs: the step's ``if``, the job's, or the job's name where it has none."""
        job = self.site.job
        if self.site.top.step.condition:
            return Place(self.site.top.path, self.site.top.step.condition.span)
        return Place(job.path, job.condition.span if job.condition else job.span)

    # -- the scenarios in which it certainly happens though it should not --------------------------

    @cached_property
    def off_main(self) -> tuple[Scenario, ...]:
        """Events of other branches, tags and pull requests; dispatches and forks are told apart."""
        return tuple(
            s
            for s in self.outside_main
            if s.event != "workflow_dispatch" and not (s.upstream and (s.upstream.fork or not _succeeded(s)))
        )

    @cached_property
    def dispatched_off_main(self) -> tuple[Scenario, ...]:
        return tuple(s for s in self.outside_main if s.event == "workflow_dispatch")

    @cached_property
    def maybe_off_main(self) -> tuple[Scenario, ...]:
        """Those of other branches, tags and pull requests where something that is not known decides."""
        found = self.maybe_outside_main
        return tuple(s for s in found if s.event not in ("workflow_dispatch", "workflow_run"))

    @property
    def is_certain(self) -> bool:
        """Whether it surely happens outside of the main branch."""
        return bool(self.off_main or self.dispatched_off_main)

    @cached_property
    def after_failure(self) -> tuple[Scenario, ...]:
        """Upstream runs that did not succeed, on the branch that may deploy or, where none may, on any."""
        found = [s for s in self.scenarios if s.upstream and not _succeeded(s)]
        return tuple([s for s in found if s.main] or found)

    @cached_property
    def maybe_after_failure(self) -> tuple[Scenario, ...]:
        """Such runs on the branch that may deploy where something that is not known decides."""
        found = (run.scenario for run in self.runs if not run.certain and run.scenario.main)
        return tuple(s for s in found if s.upstream and not _succeeded(s))

    @cached_property
    def maybe_after_fork(self) -> tuple[Scenario, ...]:
        """Upstream runs for a fork's pull request where something that is not known decides."""
        return tuple(s for s in self.maybe_outside_main if s.upstream and s.upstream.fork and _succeeded(s))

    @cached_property
    def after_other_branch(self) -> tuple[Scenario, ...]:
        """Upstream runs of this repository for another branch than main."""
        return tuple(s for s in self.outside_main if s.upstream and not s.upstream.fork and _succeeded(s))

    @cached_property
    def after_fork(self) -> tuple[Scenario, ...]:
        """Upstream runs for a pull request from a fork, whose branch may be called like the main one."""
        return tuple(s for s in self.outside_main if s.upstream and s.upstream.fork and _succeeded(s))

    # -- mending -----------------------------------------------------------------------------------

    def require(self, condition: str, event: str = "workflow_run") -> tuple[FileEdit, ...] | None:
        """Let the job run only under a condition, which other events that start it need not meet."""
        others = any(run.scenario.event != event for run in self.runs)
        return edits.require(self.site.job, condition, f"github.event_name != '{event}'" if others else "")

    def require_main(self, branch: str) -> tuple[FileEdit, ...] | None:
        """Let the job run for the main branch only, whatever event starts it; None where it never would."""
        if not any(run.scenario.main for run in self.runs):
            return None
        triggers = set(self.site.call.entry.triggers)
        ref = f"github.ref == 'refs/heads/{branch}'"
        if "workflow_run" not in triggers:
            return edits.require(self.site.job, ref)
        upstream = f"github.event.workflow_run.head_branch == '{branch}'"
        either = f"(github.event.workflow_run.head_branch || github.ref_name) == '{branch}'"
        return edits.require(self.site.job, upstream if triggers == {"workflow_run"} else either)

    def filter_branch(self, branch: str) -> tuple[FileEdit, ...] | None:
        """Give the ``workflow_run`` trigger a ``branches`` filter, which cannot stand beside the opposite."""
        workflow = self.site.call.entry
        trigger = workflow.triggers.get("workflow_run")
        if trigger and trigger.filter("branches-ignore") is not None:
            return None
        return edits.set_filter(workflow, trigger, "branches", [branch]) if trigger else None


def _succeeded(scenario: Scenario) -> bool:
    return scenario.upstream is None or scenario.upstream.conclusion == "success"


def deploys(runs: Runs, requests: tuple[Request, ...]) -> Iterator[Deploy]:
    """Every deploy, those to Dokploy first."""
    for handed in handovers(runs):
        if any(_deploys_in(handed.site, text) for text in handed_texts(runs.project, handed)):
            yield Deploy(runs, handed.site, handed.span, "script")
    for site in filter(_is_delegated_deploy, runs.delegated):
        yield Deploy(runs, site, site.span, "workflow")
    for request in requests:
        found = classify(request)
        if found:
            kind, endpoint = found
            yield Deploy(runs, request.site, request.url_span, kind, request=request, endpoint=endpoint)
    for site in runs.sites:
        if site.step.action is not None and site.step.action.kind == "repository":
            yield from _by_action(runs, site, site.step.action)
    yield from _by_own_programs(runs)
    for call in invocations(runs, "docker", *_OTHER_COMMANDS):
        if call.name != "docker" or is_remote_compose(call):
            yield Deploy(runs, call.site, call.span, "other", target=target_of_command(call))


def _by_own_programs(runs: Runs) -> Iterator[Deploy]:
    """Calls of Dokploy's own command line, and of others that were made for it, to deploy."""
    for site in runs.sites:
        script = site.script if site.step.run and "dokploy" in site.step.run.text.lower() else None
        for command in script.commands if script else ():
            call = Invocation(site, command)
            named = "dokploy" in program_run(call).lower() and "/" not in command.name
            if named and any(_DEPLOYING.search(word) for word in call.words):
                yield Deploy(runs, site, call.span, "command")


def rollouts(runs: Runs, requests: tuple[Request, ...], made: tuple[Deploy, ...]) -> Iterator[Deploy]:
    """Every deploy to Dokploy, and the calls that choose the image for one."""
    yield from (deploy for deploy in made if deploy.to_dokploy)
    for request in requests:
        endpoint = _endpoint_of(request) if request.speaks_of_dokploy else ""
        if endpoint in SETTERS:
            yield Deploy(runs, request.site, request.url_span, "api", request=request, endpoint=endpoint)


def _by_action(runs: Runs, site: Site, action: ActionReference) -> Iterator[Deploy]:
    named = "dokploy" in action.name and _may_deploy(action.name)
    made_to = action.repository in _WEBHOOK_ACTIONS or _deploys_by_name(action.name)
    if named or (made_to and _mentions_dokploy(site)):
        yield Deploy(runs, site, site.span, "action")
    elif action.repository in _OTHER_ACTIONS:
        script = site.step.inputs.get("script")
        if script and _deploys_in(site, script.text):
            yield Deploy(runs, site, site.span, "script")
        else:
            yield Deploy(runs, site, site.span, "other", target=target_of_action(site))


def _deploys_in(site: Site, text: str) -> bool:
    """Whether a script that is not followed asks Dokploy for a deploy."""
    if not speaks_http(text):
        return False
    made_of = origins(site, text)
    by_name = "dokploy" in made_of.lower() and _is_hook_name(made_of)
    return by_name or _asking_dokploy().search(text) is not None


def _may_deploy(name: str) -> bool:
    """Whether an action or workflow that has to do with Dokploy deploys: its name tells of no other work."""
    own = name.lower().rpartition("/")[2]
    return "deploy" in own or not _OTHER_WORK.search(own)


def _deploys_by_name(name: str) -> bool:
    """Whether an action was made to deploy, not to record deployments or to ask for them."""
    return re.search(r"deploy(?!ment)", name.rpartition("/")[2]) is not None


def _is_delegated_deploy(site: Site) -> bool:
    """Whether a job hands the deploy to a workflow of another repository, as its name or inputs tell."""
    name = site.step.uses.text.partition("@")[0] if site.step.uses else ""
    secrets = site.job.node.get("secrets")
    given = [*site.step.inputs.items(), *(entries(secrets).items() if isinstance(secrets, Mapping) else ())]
    words = [name, *(word for key, value in given for word in (key, value.text))]
    return any("dokploy" in word.lower() for word in words) and _may_deploy(name)


def classify(request: Request) -> tuple[DeployKind, str] | None:
    """How a request deploys, with the endpoint that it names; None for any other request."""
    if not request.speaks_of_dokploy:
        return None
    endpoint = _endpoint_of(request)
    if endpoint in ("deploy", "deploy/compose"):
        return "webhook", endpoint
    if endpoint:
        return ("api", endpoint) if endpoint.endswith("deploy") else None
    named = _named_elsewhere(request)
    if named:
        return "api", named
    if request.method in ("GET", "HEAD") and not _is_hook_name(request.source):
        return None
    if (
        isinstance(request, ClientRequest)
        and not _is_hook_name(request.source)
        and "/" in request.url.replace("://", "")
    ):
        return None
    return "webhook", ""


def _endpoint_of(request: Request) -> str:
    """The endpoint of Dokploy's that an address names; empty for none."""
    found = _endpoint_pattern().search(request.url.replace("${{", "\0"))
    return (found.group("call") or found.group("named")) if found else ""


def _named_elsewhere(request: Request) -> str:
    """The endpoint where a function or loop is given it, so that the address ends in a variable."""
    script = request.site.script
    text = request.program.text if isinstance(request, ProgramRequest) else script.text if script else ""
    if not request.url.partition("?")[0].endswith(f"/api/{HOLE}"):
        return ""
    match = re.search(r"\b(?:application|compose)\.(?:re)?deploy\b", text)
    return match.group() if match else ""


def _is_hook_name(source: str) -> bool:
    return _HOOK.search(source) is not None


def _mentions_dokploy(site: Site) -> bool:
    texts = [value.text for value in (*site.step.inputs.values(), *site.step.env.values())]
    return any("dokploy" in text.lower() or "/api/deploy/" in text for text in texts)
