"""JavaScript in `run` and in github-script: whether it can be read."""

from __future__ import annotations

from collections.abc import Iterator

from cilint.findings.violation import Options, Violation
from cilint.model.workflow import Step
from cilint.pipeline.pipeline import Pipeline
from cilint.syntax.expression import embedded
from cilint.syntax.yaml import Scalar
from cilint.text.source import Span

MAX_LENGTH = 100_000
PROGRAMS = ("node", "bun")
FILLINGS = ("_", "0", " ")


def run(pipeline: Pipeline, _options: Options) -> Iterator[Violation]:
    """Values: ``problem``."""
    for job in pipeline.jobs:
        default = job.default("shell") or ""
        for step in job.steps:
            yield from _of_step(job.path, step, step.shell or default)
    for action in pipeline.target_actions:
        for step in action.steps:
            yield from _of_step(action.path, step, step.shell or "")


def _of_step(path: str, step: Step, shell: str) -> Iterator[Violation]:
    program = step.run if shell.partition(" ")[0] in PROGRAMS else None
    if step.action and step.action.name == "actions/github-script":
        program = step.inputs.get("script")
    if program is None or len(program.text) > MAX_LENGTH:
        return
    problem = _problem(program)
    if problem is not None:
        yield Violation(path, problem[0], {"problem": problem[1]})


def _problem(program: Scalar) -> tuple[Span, str] | None:
    """The first error. Of a program with expressions only one that no value of them could cause."""
    from cilint.syntax.javascript import error_in  # rarely needed

    found = []
    parts = embedded(program.text)
    for filling in FILLINGS if parts else FILLINGS[:1]:
        text = program.text
        for part in parts:
            text = text[: part.start] + filling * (part.end - part.start) + text[part.end :]
        error = error_in(text)
        if error is None:
            return None
        found.append(error)
    first = found[0]
    line_end = program.text.find("\n", first.start)
    end = min(first.end, line_end if line_end > first.start else len(program.text))
    start = first.start
    if end <= start:  # something is missing: behind the word before
        start = max(len(program.text[:start].rstrip()) - 1, 0)
        end = start + 1
    return program.source_span(start, end), first.message
