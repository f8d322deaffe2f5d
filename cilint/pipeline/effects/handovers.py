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
from cilint.text.remember import remembered_by
from cilint.text.source import Span
from cilint.text.values import NamedTuple

_SHELLS = ("bash", "sh", "source", ".")
_RUNNERS = ("npx", "bunx", "pnpx")
_MANAGERS = ("npm", "pnpm", "yarn", "bun")
_TASK_RUNNERS = ("make", "just", "task", "mage", "rake", "turbo", "nx", "moon")
_INSTALLING = ("install", "i", "ci", "add", "exec", "dlx", "--version", "-v")
_LARGEST = 65_536


class Handover(NamedTuple):
    """One of them. ``text`` is what the script says, None where it is not to be found in the repository."""

    site: Site
    command: Command
    text: str | None

    @property
    def span(self) -> Span:
        return self.site.file_span(self.command.span)


def handovers(runs: Runs) -> Iterator[Handover]:
    """The scripts of the repository and the tasks that steps run."""
    for site in runs.sites:
        yield from handed_over(runs, site)


@remembered_by
def handed_over(runs: Runs, site: Site) -> tuple[Handover, ...]:
    """Those of one step."""
    return tuple(_handed_over(runs, site))


def _handed_over(runs: Runs, site: Site) -> Iterator[Handover]:
    for command in site.script.commands if site.script else ():
        path = _script_of(command)
        if path is not None:
            source = runs.project.source(normpath(join(site.working_directory, path)))
            yield Handover(site, command, source.text[:_LARGEST] if source else None)
        elif _runs_task(command.argv()):
            yield Handover(site, command, None)


def _runs_task(words: list[str]) -> bool:
    """Whether a command runs a task: of a package manager not where that only installs."""
    if words and words[0] in _RUNNERS:
        words = [word for word in words[1:] if not word.startswith("-")]
    program = words[0].rpartition("/")[2] if words else ""
    installs = program in _MANAGERS and set(words[1:3]) & set(_INSTALLING)
    return program in _MANAGERS + _TASK_RUNNERS and not installs


def _script_of(command: Command) -> str | None:
    """The script that a command runs, as it is named."""
    program = command.words[0].static if command.words else None
    if program and "/" in program and not program.startswith("/"):
        return program
    if command.inner is None and (command.name in _SHELLS or language_of(command.name)):
        operands = [text for text in command.argv()[1:] if not text.startswith("-") and text != "run"]
        if operands and HOLE not in operands[0] and ("/" in operands[0] or "." in operands[0]):
            return operands[0]
    return None


def leaves_it_to_others(workflow: Workflow) -> bool:
    """Whether a job is a workflow of another repository."""
    return any(job.uses is not None and not job.uses.text.startswith(("./", "$/")) for job in workflow.jobs)
