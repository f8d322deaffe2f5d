"""Logins to image registries, by docker/login-action and by commands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from cilint.findings.finding import FileEdit
from cilint.model import edits
from cilint.pipeline.effects.grants import grant
from cilint.pipeline.effects.value_origins import said, sources
from cilint.pipeline.invocations import Invocation, invocations
from cilint.pipeline.partial import both
from cilint.pipeline.runs import Effect, Place, Runs
from cilint.pipeline.scenarios import Scenario
from cilint.pipeline.shell_state import shell_state
from cilint.pipeline.sites import Site
from cilint.syntax.shell import Argument
from cilint.text.edit import Edit
from cilint.text.hole import HOLE
from cilint.text.source import Span

DOCKER_HUB = "docker.io"
_HUB_NAMES = ("docker.io", "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com")
_CLOUD_ACTIONS = {"aws-actions/amazon-ecr-login": "Amazon ECR"}
_LOGIN_ACTIONS = {
    "docker/login-action": "registry",
    "redhat-actions/podman-login": "registry",
    "azure/docker-login": "login-server",
}
_PROGRAMS = (
    "docker", "podman", "buildah", "skopeo", "crane", "oras", "nerdctl", "regctl", "helm", "cosign",
)  # fmt: skip
_CLOUD_COMMANDS = {
    "az acr login": "Azure Container Registry",
    "gcloud auth configure-docker": "Google Artifact Registry",
    "doctl registry login": "registry.digitalocean.com",
}
_TOKENS = ("secrets.GITHUB_TOKEN", "github.token")
_ENTRY = re.compile(r"^[ \t]*(?:-[ \t]+)?(\w+)[ \t]*:[ \t]*(\S(?:.*\S)?)[ \t]*$", re.MULTILINE)


class Login(Effect):
    """One login. ``host`` is the registry, with HOLE for what is not known."""

    def __init__(self, runs: Runs, site: Site, span: Span, host: str, password: str) -> None:
        super().__init__(runs, site, span)
        self.host = normalise_host(host)
        self.password = sources(site, password)
        self.logouts: tuple[Invocation, ...] = ()  # the commands of the job that undo such a login

    @property
    def uses_github_token(self) -> bool:
        """Whether the password is the run's own token; one that is not known is taken for it."""
        return any(token.lower() in self.password.lower() for token in _TOKENS) or not self.secrets

    @property
    def secrets(self) -> tuple[str, ...]:
        """The names of the secrets that the password comes from, in the order of their mention."""
        return tuple(dict.fromkeys(re.findall(r"\bsecrets\s*\.\s*([A-Za-z_]\w*)", self.password)))

    @property
    def made_tokens(self) -> tuple[str, ...]:
        """The secrets among them that somebody has to make and renew."""
        return tuple(name for name in self.secrets if name.upper() != "GITHUB_TOKEN")

    @cached_property
    def on_forks(self) -> tuple[Scenario, ...]:
        """The pull requests from forks in which it happens: they have no secrets, a token that only reads."""
        return tuple(s for s in self.scenarios if s.event == "pull_request" and s.fork)

    @property
    def guard(self) -> Place:
        """What decides whether it happens: the step's ``if``, or the login itself where it has none."""
        condition = self.site.step.condition
        return Place(self.path, condition.span if condition else self.span)

    def host_edits(self, host: str) -> tuple[FileEdit, ...] | None:
        """Log in to another registry, with the run's own token."""
        name = self.site.step.action.name if self.site.step.action else ""
        given = self.site.step.inputs
        if (
            name != "docker/login-action"
            or "registry-auth" in given
            or not {"username", "password"} <= set(given)
        ):
            return None
        found: list[FileEdit] = []
        values = {
            "registry": host,
            "username": "${{ github.actor }}",
            "password": "${{ secrets.GITHUB_TOKEN }}",
        }
        for key, value in values.items():
            made = edits.set_input(self.site.step, key, value)
            if made is None:
                return None
            found += made
        return tuple(found)

    @property
    def token_edits(self) -> tuple[FileEdit, ...] | None:
        """Use the run's own token as the password."""
        if self.site.step.inputs.get("password") is None:
            return None
        return edits.set_input(self.site.step, "password", "${{ secrets.GITHUB_TOKEN }}")

    @property
    def may_write_packages(self) -> bool:
        """Whether the job's permissions surely let the run's own token push."""
        return grant(self.site.call, "packages").level == "write"

    @property
    def fork_edits(self) -> tuple[FileEdit, ...] | None:
        """Let the step run only when the first later step that pushes does, or not for pull requests.

        None where that step always pushes: it would be refused without the login.
        """
        for later in self._runs.later(self.site):
            push = later.step.inputs.get("push") if later.step.uses else None
            text = push.text.strip() if push else ""
            if text.startswith("${{") and text.count("${{") == 1:
                return self.require(text.removeprefix("${{").removesuffix("}}").strip())
            if text == "true" or _runs_push(later):
                guard = later.step.condition
                return self.require(guard.text.strip()) if guard else None
        return self.require("github.event_name != 'pull_request'")

    @property
    def password_place(self) -> Place:
        """Where the password is given, or the login."""
        given = self.site.step.inputs.get("password")
        return Place(self.path, given.span if given else self.span)

    def require(self, condition: str) -> tuple[FileEdit, ...] | None:
        """Let the step run only under a condition; None where it does more than to log in."""
        return edits.require(self.site.step, condition) if self._is_whole_step else None

    @property
    def _is_whole_step(self) -> bool:
        return self.site.step.uses is not None

    @property
    def password_argument(self) -> Span | None:
        """Where a password stands on a command line, which every process of the runner can read."""
        return None

    def stdin_edits(self) -> tuple[FileEdit, ...] | None:
        """Hand the password over on standard input instead; None where that is more than a local change."""
        return None


class CommandLogin(Login):
    """A login by ``docker login`` and its like."""

    def __init__(self, runs: Runs, call: Invocation) -> None:
        operands = call.words
        host = operands[operands.index("login") + 1] if operands[-1] != "login" else DOCKER_HUB
        self.call = call
        self.argument: Argument | None = call.arguments.option("-p", "--password")
        self._runs = runs
        super().__init__(runs, call.site, call.span, host, self._password_source())
        for operand in call.arguments.operands():
            if call.text(operand) == host:
                self.span = call.span_of(operand.word)

    def _password_source(self) -> str:
        """What the password comes from: the argument, what is piped or redirected in, and what those hold."""
        command = self.call.command
        pieces = [self.argument.value_word.raw] if self.argument and self.argument.value_word else []
        pieces += [command.piped_from.raw] if command.piped_from else []
        pieces += [redirect.target.raw for redirect in command.redirects if redirect.target]
        return said(self._runs, self.call, pieces)

    def state(self, scenario: Scenario) -> bool | None:
        return both(super().state(scenario), shell_state(self._runs, self.call, scenario))

    @property
    def _is_whole_step(self) -> bool:
        script = self.site.script
        own = {self.call.command, self.call.command.piped_from}
        return script is not None and own.issuperset(script.commands)

    @property
    def password_argument(self) -> Span | None:
        return self.call.span_of(self.argument.word) if self.argument else None

    def stdin_edits(self) -> tuple[FileEdit, ...] | None:
        argument, command = self.argument, self.call.command
        if argument is None or argument.value_word is None or len(command.pipeline) > 1 or command.wrappers:
            return None
        if argument.word is argument.value_word and "=" not in argument.word.raw:
            return None
        raw = argument.value_word.raw
        if argument.word is argument.value_word:
            raw = raw.partition("=")[2]
        quoted = raw if raw.startswith(("'", '"')) else f'"{raw}"'
        option = Span(self.call.span_of(argument.word).start, self.call.span_of(argument.value_word).end)
        start = self.call.span.start
        return (
            FileEdit(self.path, Edit(Span(start, start), f"printf '%s' {quoted} | ")),
            FileEdit(self.path, Edit(option, "--password-stdin")),
        )


def normalise_host(host: str) -> str:
    """A registry's host without scheme and path; every name of Docker Hub is ``docker.io``."""
    name = host.strip().removeprefix("https://").removeprefix("http://").partition("/")[0].lower()
    return DOCKER_HUB if name in _HUB_NAMES or not name else name


def logins(runs: Runs) -> Iterator[Login]:
    """Every login, in the order of the files: actions first."""
    leaving = [
        call
        for call in invocations(runs, *_PROGRAMS)
        if "logout" in call.words[:2]
        and all(each.kind == "list" and each.wanted for each in call.command.guards)
    ]
    for login in _logins(runs):
        login.logouts = tuple(
            call for call in leaving if call.site.call is login.site.call and _left_host(call) == login.host
        )
        yield login


def _runs_push(site: Site) -> bool:
    """Whether a command of the step's script pushes."""
    commands = site.script.named(*_PROGRAMS) if site.script else ()
    return any({"push", "--push", "copy"}.intersection(command.argv()) for command in commands)


def _left_host(call: Invocation) -> str:
    return normalise_host("" if call.words[-1] == "logout" else call.words[-1])


def _logins(runs: Runs) -> Iterator[Login]:
    for site in runs.sites:
        action = site.step.action
        if action is None:
            continue
        if action.name in _LOGIN_ACTIONS:
            yield from _action_logins(runs, site, _LOGIN_ACTIONS[action.name])
        elif action.name in _CLOUD_ACTIONS:
            yield Login(runs, site, site.span, _CLOUD_ACTIONS[action.name], "")
    for call in invocations(runs, *_PROGRAMS):
        if "login" in call.words[:2] and (call.name != "helm" or call.words[0] == "registry"):
            yield CommandLogin(runs, call)
    for call in invocations(runs, *(words.partition(" ")[0] for words in _CLOUD_COMMANDS)):
        cloud = _CLOUD_COMMANDS.get(" ".join((call.name, *call.words[:2])))
        if cloud:
            yield Login(runs, call.site, call.span, cloud, "")


def _action_logins(runs: Runs, site: Site, name: str) -> Iterator[Login]:
    password = site.step.inputs.get("password")
    several = site.step.inputs.get("registry-auth")
    if several is None:
        given = site.step.inputs.get(name)
        hosts = site.each(given.text) if given and given.text else (DOCKER_HUB,)
        for host in hosts:
            yield Login(runs, site, site.input_span(name), host or HOLE, password.text if password else "")
        return
    for host, place, given_password in _items(several.text):
        span = several.source_span(place.start, place.end)
        yield Login(runs, site, span, site.each(host)[0], given_password)


def _items(text: str) -> Iterator[tuple[str, Span, str]]:
    """The logins of ``registry-auth``: the registry, where it stands in the text, and the password."""
    starts = [match.start() for match in re.finditer(r"^[ \t]*-(?=\s)", text, re.MULTILINE)]
    for start, end in zip(starts, [*starts[1:], len(text)], strict=False):
        given = {match[1]: match for match in _ENTRY.finditer(text, start, end)}
        if "registry" in given:
            password = given["password"][2] if "password" in given else ""
            yield given["registry"][2].strip("'\""), Span(*given["registry"].span(2)), password
