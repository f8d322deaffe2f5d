"""What runs a Compose file, Docker Compose or Swarm, and the keys that mean nothing to it.

What Swarm leaves out or refuses: docker/cli, cli/compose/types (UnsupportedProperties, DeprecatedProperties,
ForbiddenProperties) and its schema, in which ``depends_on`` is a list. What Compose leaves out of ``deploy``:
docs.docker.com, "Compose Deploy Specification", and docker/compose, pkg/compose/create.go.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from posixpath import dirname, join, normpath

from cilint.model.compose import Compose, Service, looked_up
from cilint.model.kinds import COMPOSE_NAMES
from cilint.model.project import Project
from cilint.syntax.yaml import Mapping, Node, Scalar
from cilint.text.hints import Literal
from cilint.text.source import SourceFile, Span
from cilint.text.values import NamedTuple

Runner = Literal["Swarm", "Compose"]

_MOST_SCRIPTS, _LONGEST = 200, 262_144
_SCRIPT = re.compile(
    r"(?:^|/)(?:[Mm]akefile|GNUmakefile|[Jj]ustfile|[Tt]askfile\.ya?ml|package\.json|[^/]+\.(?:sh|bash))$"
    r"|^\.github/workflows/[^/]+\.ya?ml$"
)
_WORDS = r"(?:\\\n|[^\n;&|#])*"
_COMMAND = re.compile(
    rf"\bdocker(?:[ \t]+(?!stack\b)[^\s;&|#]+){{0,6}}[ \t]+stack[ \t]+(?:deploy|up)\b(?P<stack>{_WORDS})"
    rf"|\bdocker[ -]compose\b(?P<compose>{_WORDS})"
)
_FILE = re.compile(r"(?:^|\s)(?:-[cf]|--compose-file|--file)[=\s]\s*[\"']?([^\s\"'\\]+)")
_STARTS = re.compile(r"(?:^|\s)(?:up|run|start|create|watch)(?![\w.-])")
_DEPLOY = "use `deploy.resources`"
_LEFT_OUT = {
    "build": "it pulls images and builds none", "container_name": "it names containers itself",
    "restart": "`deploy.restart_policy` says it there", "privileged": "", "security_opt": "", "devices": "",
    "network_mode": "", "pid": "", "ipc": "", "userns_mode": "", "cgroup_parent": "", "links": "",
    "external_links": "", "mac_address": "", "domainname": "", "shm_size": "",
}  # fmt: skip
_REFUSED = {
    "extends": "", "volumes_from": "", "cpu_quota": _DEPLOY, "cpu_shares": _DEPLOY, "cpuset": _DEPLOY,
    "mem_limit": _DEPLOY, "memswap_limit": _DEPLOY,
}  # fmt: skip
_OF_SWARM = ("endpoint_mode", "labels", "placement", "rollback_config", "update_config")
_OF_RESTARTS = ("delay", "window")


class Start(NamedTuple):
    """Where a script starts what a Compose file describes."""

    path: str
    span: Span


class StrayKey:
    """One key that what runs the file leaves out, or refuses. ``hint`` says what there is in its place."""

    def __init__(
        self, service: Service, runner: Runner, key: str, span: Span, *, start: Start | None, hint: str = ""
    ) -> None:
        self.service = service
        self.path = service.path
        self.runner: Runner = runner
        self.key: str = key
        self.span: Span = span
        self.start = start
        self.hint: str = hint
        self.is_refused: bool = runner == "Swarm" and (key in _REFUSED or key == "depends_on")


class Runners:
    """What the scripts of a project start with Swarm and with Compose; ``target`` is the policy's."""

    def __init__(self, project: Project, target: str) -> None:
        self.project = project
        self.target = target

    def of(self, file: Compose) -> tuple[Runner, Start | None] | None:
        """What runs the file, and where it is started; None where that is not known, or both do."""
        swarm, compose = self._starts["Swarm"], self._starts["Compose"]
        if file.path in swarm:
            return ("Swarm", swarm[file.path]) if file.path not in compose else None
        if swarm:
            return None
        builds = any(service.has("build") and not service.has("image") for service in file.services)
        if file.path in compose or self.target == "compose" or (file.is_base and builds):
            return "Compose", compose.get(file.path)
        return None

    @cached_property
    def _starts(self) -> dict[Runner, dict[str, Start]]:
        found: dict[Runner, dict[str, Start]] = {"Swarm": {}, "Compose": {}}
        scripts = [path for path in self.project.files.listing() if _SCRIPT.search(path)]
        for path in scripts[:_MOST_SCRIPTS]:
            source = self.project.source(path)
            if source and ("stack" in source.text or "compose" in source.text):
                for runner, name, start in _commands(source):
                    for target in {normpath(name), normpath(join(dirname(path), name))}:
                        found[runner].setdefault(target, start)
        return found


def _commands(source: SourceFile) -> Iterator[tuple[Runner, str, Start]]:
    """The files that a script's commands name, and those that they take without; a variable is a name too."""
    for match in _COMMAND.finditer(source.text, 0, _LONGEST):
        line = source.text[source.text.rfind("\n", 0, match.start()) + 1 : match.start()]
        if line.lstrip(" \t-").startswith("#"):
            continue
        runner: Runner = "Compose" if match["stack"] is None else "Swarm"
        words = match["stack"] or match["compose"] or ""
        if runner == "Compose" and not _STARTS.search(words):
            continue
        start = Start(source.path, Span(match.start(), match.start() + len(match[0].rstrip(" \\\n\"'"))))
        for name in _FILE.findall(words) or COMPOSE_NAMES:
            yield runner, name, start


def stray_keys(runners: Runners, file: Compose) -> Iterator[StrayKey]:
    found = runners.of(file) if any(map(_has_suspects, file.services)) else None
    for service in file.services if found else ():
        assert found is not None
        runner, start = found
        if runner == "Swarm":
            yield from _strange_to_swarm(service, start)
        else:
            yield from _strange_to_compose(service, start)


def _has_suspects(service: Service) -> bool:
    return any(map(service.has, ("deploy", "depends_on", *_LEFT_OUT, *_REFUSED)))


def _strange_to_swarm(service: Service, start: Start | None) -> Iterator[StrayKey]:
    for key, hint in {**_LEFT_OUT, **_REFUSED}.items():
        pair = service.pair(key)
        useless = key == "build" and service.has("image")  # pushed from here, and pulled by Swarm
        if pair is not None and not useless:
            yield StrayKey(service, "Swarm", key, pair.key.span, start=start, hint=hint)
    pair = service.pair("depends_on")
    if pair is not None and isinstance(pair.value.resolved, Mapping):
        hint = "it takes a list, and starts services in any order"
        yield StrayKey(service, "Swarm", "depends_on", pair.key.span, start=start, hint=hint)


def _strange_to_compose(service: Service, start: Start | None) -> Iterator[StrayKey]:
    deploy = service.entry("deploy")
    for name, span in _keys(deploy):
        if name in _OF_SWARM:
            yield StrayKey(service, "Compose", f"deploy.{name}", span, start=start)
    for name, span in _keys(looked_up(deploy, "restart_policy")):
        if name in _OF_RESTARTS:
            yield StrayKey(service, "Compose", f"deploy.restart_policy.{name}", span, start=start)


def _keys(node: Node | None) -> Iterator[tuple[str, Span]]:
    for pair in node.pairs if isinstance(node, Mapping) else ():
        if isinstance(pair.key, Scalar):
            yield pair.key.text, pair.key.span
