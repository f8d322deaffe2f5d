"""JavaScript in `run` and in github-script: whether it can be read."""

from __future__ import annotations

from collections.abc import Iterator

from cilint.findings.violation import Options, Violation
from cilint.pipeline.effects.step_programs import lasting_error, step_shells
from cilint.pipeline.pipeline import Pipeline
from cilint.syntax.yaml import Scalar
from cilint.text.source import Span

PROGRAMS = ("node", "bun")


def run(pipeline: Pipeline, _options: Options) -> Iterator[Violation]:
    """Values: ``problem``."""
    for path, step, shell in step_shells(pipeline):
        program = step.github_script or (step.run if shell in PROGRAMS else None)
        problem = _problem(program) if program else None
        if problem is not None:
            yield Violation(path, problem[0], {"problem": problem[1]})


def _problem(program: Scalar) -> tuple[Span, str] | None:
    from cilint.syntax.javascript import error_in  # rarely needed

    first = lasting_error(program.text, error_in)
    if first is None:
        return None
    line_end = program.text.find("\n", first.start)
    end = min(first.end, line_end if line_end > first.start else len(program.text))
    start = first.start
    if end <= start:  # something is missing: behind the word before
        start = max(len(program.text[:start].rstrip()) - 1, 0)
        end = start + 1
    return program.source_span(start, end), first.message
