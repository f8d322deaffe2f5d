"""Python in `run`: whether Python can read it."""

from __future__ import annotations

from collections.abc import Iterator

from cilint.findings.violation import Options, Violation
from cilint.model.workflow import Step
from cilint.pipeline.pipeline import Pipeline
from cilint.syntax.expression import embedded
from cilint.syntax.yaml import Scalar
from cilint.text.source import Span

MAX_LENGTH = 100_000
PROGRAMS = ("python", "python3")


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
    script = step.run
    if script is None or shell.partition(" ")[0] not in PROGRAMS or len(script.text) > MAX_LENGTH:
        return
    problem = _problem(script)
    if problem is not None:
        yield Violation(path, problem[0], {"problem": problem[1]})


def _problem(script: Scalar) -> tuple[Span, str] | None:
    """The first error. Of a script with expressions only one that no value of them could cause."""
    import ast  # rarely needed
    import warnings

    found = []
    for filling in ("_", "0", " "):
        text = script.text
        for part in embedded(script.text):
            text = text[: part.start] + filling * (part.end - part.start) + text[part.end :]
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                ast.parse(text)
            return None
        except SyntaxError as error:
            found.append(error)
        except (ValueError, RecursionError, MemoryError):
            return None
    return _place(script, found[0]), found[0].msg


def _place(script: Scalar, error: SyntaxError) -> Span:
    """From where Python stopped to the end of that line; the whole line where it stopped at its end."""
    lines = script.text.splitlines(keepends=True) or [""]
    line = min(max((error.lineno or 1) - 1, 0), len(lines) - 1)
    text = lines[line].rstrip()
    column = (error.offset or 1) - 1
    if not 0 <= column < len(text):
        column = len(text) - len(text.lstrip())
    start = sum(map(len, lines[:line]))
    return script.source_span(start + column, start + len(text))
