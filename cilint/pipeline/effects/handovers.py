"""What a workflow leaves to something that is not read as part of it: scripts, tasks, other repositories."""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import join, normpath

from cilint.model.workflow import Workflow
from cilint.pipeline.effects.programs import language_of
from cilint.pipeline.runs import Runs
from cilint.pipeline.sites import Site
from cilint.syntax.shell import Command
from cilint.text.hole import HOLE
from cilint.text.source import Span
from cilint.text.values import NamedTuple

_SHELLS = ("bash", "sh", "source", ".")
_TASK_RUNNERS = ("make", "just", "task", "mage", "rake", "npm", "pnpm", "yarn", "bun", "turbo", "nx", "moon")
_INSTALLING = ("install", "i", "ci", "add", "exec", "dlx", "--version", "-v")
_LARGEST = 65_536


class Handover(NamedTuple):
    """One of them. ``text`` is what the script says, None where it is not to be found in the repository."""

    site: Site
    span: Span
    text: str | None


def handovers(runs: Runs) -> Iterator[Handover]:
    """The scripts of the repository and the tasks that steps run."""
    for site in runs.sites:
        for command in site.script.commands if site.script else ():
            path = _script_of(command)
            if path is not None:
                source = runs.project.source(normpath(join(site.working_directory, path)))
                text = source.text[:_LARGEST] if source else None
                yield Handover(site, site.file_span(command.span), text)
            elif command.name in _TASK_RUNNERS and not set(command.argv()[1:3]) & set(_INSTALLING):
                yield Handover(site, site.file_span(command.span), None)


def _script_of(command: Command) -> str | None:
    """The script that a command runs, as it is named."""
    program = command.words[0].static if command.words else None
    if program and "/" in program and not program.startswith("/"):
        return program
    if command.inner is None and (command.name in _SHELLS or language_of(command.name)):
        operands = [text for text in command.argv()[1:] if not text.startswith("-") and text != "run"]
        if operands and HOLE not in operands[0] and "." in operands[0].rpartition("/")[2]:
            return operands[0]
    return None


def leaves_it_to_others(workflow: Workflow) -> bool:
    """Whether a job is a workflow of another repository."""
    return any(job.uses is not None and not job.uses.text.startswith(("./", "$/")) for job in workflow.jobs)
