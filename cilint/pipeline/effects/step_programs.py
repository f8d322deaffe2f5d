"""Programs in the steps of workflows and actions, for the checks that read them in their own languages."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from cilint.model.workflow import Job, Step
from cilint.syntax.expression import embedded
from cilint.text.hints import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from cilint.pipeline.pipeline import Pipeline

MAX_LENGTH = 100_000
"""Characters of a program that is read."""
FILLINGS = ("_", "0", " ")

Error = TypeVar("Error")


def step_shells(pipeline: Pipeline) -> Iterator[tuple[str, Step, str]]:
    """Every step of the target files: its path, itself, and the program that its ``shell`` names, or the
    default of its job or workflow, or ``pwsh`` where all that runs the job is Windows; else empty."""
    for job in pipeline.jobs:
        default = job.default("shell") or _default(job)
        for step in job.steps:
            yield job.path, step, _program(step.shell or default)
    for action in pipeline.target_actions:
        for step in action.steps:
            yield action.path, step, _program(step.shell or "")


def lasting_error(program: str, error_in: Callable[[str], Error | None]) -> Error | None:
    """The first error of a program; of one with expressions only where no value of them would mend it.

    Expressions are filled with as many characters, so that offsets hold.
    """
    if len(program) > MAX_LENGTH:
        return None
    first = None
    parts = embedded(program)
    for filling in FILLINGS if parts else FILLINGS[:1]:
        text = program
        for part in parts:
            text = text[: part.start] + filling * (part.end - part.start) + text[part.end :]
        error = error_in(text)
        if error is None:
            return None
        first = first or error
    return first


def _program(shell: str) -> str:
    return shell.partition(" ")[0].lower()


def _default(job: Job) -> str:
    if "windows" not in job.workflow.source.text.lower():
        return ""
    from cilint.pipeline.effects.runners import is_on_windows

    return "pwsh" if is_on_windows(job) else ""
