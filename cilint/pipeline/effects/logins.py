"""Logins to image registries, by docker/login-action and by commands."""

from __future__ import annotations

from collections.abc import Iterator

from cilint.findings.finding import FileEdit
from cilint.pipeline.invocations import Invocation, invocations
from cilint.pipeline.runs import Effect, Runs
from cilint.pipeline.sites import Site
from cilint.syntax.shell import Argument
from cilint.text.edit import Edit
from cilint.text.hole import HOLE
from cilint.text.source import Span

DOCKER_HUB = "docker.io"
_HUB_NAMES = ("docker.io", "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com")
_CLOUD_ACTIONS = {"aws-actions/amazon-ecr-login": "Amazon ECR", "azure/docker-login": "Azure"}
_PROGRAMS = ("docker", "podman", "buildah", "skopeo", "crane", "oras", "helm", "nerdctl", "regctl")
_TOKENS = ("secrets.GITHUB_TOKEN", "github.token")


class Login(Effect):
    """One login. ``host`` is the registry, with HOLE for what is not known."""

    def __init__(self, runs: Runs, site: Site, span: Span, host: str, password: str) -> None:
        super().__init__(runs, site, span)
        self.host = normalise_host(host)
        self.password = password

    @property
    def uses_github_token(self) -> bool:
        """Whether the password is the run's own token."""
        return any(token.lower() in self.password.lower() for token in _TOKENS)

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
        super().__init__(runs, call.site, call.span, host, self._password_source())
        for operand in call.arguments.operands():
            if call.text(operand) == host:
                self.span = call.span_of(operand.word)

    def _password_source(self) -> str:
        """The text that the password comes from: the argument, what is piped in, the variables of the step."""
        pieces = [self.argument.value or ""] if self.argument else []
        source = self.call.command.piped_from
        pieces += [source.raw] if source else []
        pieces += [redirect.target.raw for redirect in self.call.command.redirects if redirect.target]
        text = " ".join(pieces)
        for name, value in self.call.site.step.env.items():
            if f"${name}" in text or f"${{{name}}}" in text:
                text += " " + value.text
        return text

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
    """Every login, in the order of the files."""
    for site in runs.sites:
        action = site.step.action
        if action is None:
            continue
        if action.name == "docker/login-action":
            yield from _action_logins(runs, site)
        elif action.name in _CLOUD_ACTIONS:
            yield Login(runs, site, site.span, _CLOUD_ACTIONS[action.name], "")
    for call in invocations(runs, *_PROGRAMS):
        if "login" in call.words[:3]:
            yield CommandLogin(runs, call)


def _action_logins(runs: Runs, site: Site) -> Iterator[Login]:
    password = site.step.inputs.get("password")
    several = site.step.inputs.get("registry-auth")
    if several is None:
        host = site.input("registry")
        span = site.input_span("registry")
        yield Login(runs, site, span, DOCKER_HUB if host is None else host or HOLE, password.text if password else "")
        return
    at = 0
    for line in several.text.split("\n"):
        key, _, value = line.strip().removeprefix("- ").partition(":")
        if key.strip() == "registry":
            start = at + line.index(value.strip(), line.index(":"))
            span = several.source_span(start, start + len(value.strip()))
            host = site.each(value.strip().strip("'\""))[0]
            yield Login(runs, site, span, host, several.text)
        at += len(line) + 1
