"""Whether the scripts that steps run are in the package.json that they are run from."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from posixpath import join, normpath

from cilint.findings.finding import Severity
from cilint.findings.violation import Options, Violation
from cilint.pipeline.effects.script_calls import (
    ASKS,
    MANAGERS,
    WRITES,
    ScriptCall,
    missing,
    read_call,
    violation,
)
from cilint.pipeline.invocations import Invocation
from cilint.pipeline.pipeline import Pipeline
from cilint.pipeline.sites import Site
from cilint.syntax.shell import Command
from cilint.syntax.shell_moves import MOVING, Moves
from cilint.text.hole import HOLE

_MOST_CALLS = 100
_AWAY = ("ssh", "docker", "docker-compose", "podman", "nerdctl", "kubectl", "lxc", "chroot", "nsenter")


def run(pipeline: Pipeline, options: Options) -> Iterator[Violation]:
    """One violation a script that is run and does not exist; values: ``name``, ``package``, ``meant``."""
    moved: dict[int, bool] = {}
    for site in pipeline.runs.sites:
        if site.script is None or not any(name in site.script.text for name in MANAGERS):
            continue
        key = id(site.call)
        if key not in moved:
            moved[key] = _is_elsewhere(pipeline, site)
        if not moved[key] and not ASKS.search(site.script.text):
            yield from _in_step(pipeline, site)


def _is_elsewhere(pipeline: Pipeline, site: Site) -> bool:
    """Whether the job does not work on the repository as it is: checked out elsewhere, or changed before."""
    steps = [site, *pipeline.runs.earlier(site), *pipeline.runs.later(site)]
    for each in steps:
        action = each.step.action
        if action and action.name == "actions/checkout" and (each.input("path") or each.input("repository")):
            return True
        if each.step.run and WRITES.search(each.step.run.text):
            return True
    return False


def _is_away(command: Command) -> bool:
    """Whether another machine or a container runs it."""
    return any(isinstance(each, Command) and each.name in _AWAY for each in command.ancestors)


def _in_step(pipeline: Pipeline, site: Site) -> Iterator[Violation]:
    for call, asked, folder in islice(_calls(site), _MOST_CALLS):
        found = missing(pipeline.project.files, pipeline.packages, asked, folder)
        if found:
            lost = call.failure.outcome in ("ignored", "handled") or site.top.step.continue_on_error
            severity = Severity.WARNING if lost else None
            told = violation(pipeline.project, call.path, call.span_of(asked.word), asked, found)
            yield told._replace(severity=severity)


def _calls(site: Site) -> Iterator[tuple[Invocation, ScriptCall, str]]:
    """The commands of a step that ask for a script, each with the folder that it runs in."""
    moves = Moves(site.working_directory)
    for command in site.script.commands if site.script else ():
        if command.name in MOVING:
            target = next((each.value for each in Invocation(site, command).arguments.operands()), None)
            moves.take(command, normpath(join(moves.at(command), target or HOLE)))
        elif command.name in MANAGERS and command.inner is None and not _is_away(command):
            call = Invocation(site, command)
            asked = None if call.arguments.open else read_call(command.name, call.arguments.items)
            if asked is not None:
                yield call, asked, moves.at(command)
