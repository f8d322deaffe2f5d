"""Python in `run`: whether Python can read it."""

from __future__ import annotations

from collections.abc import Iterator

from cilint.findings.violation import Options, Violation
from cilint.pipeline.effects.step_programs import lasting_error, step_shells
from cilint.pipeline.pipeline import Pipeline
from cilint.syntax.yaml import Scalar
from cilint.text.source import Span

PROGRAMS = ("python", "python3")


def run(pipeline: Pipeline, _options: Options) -> Iterator[Violation]:
    """Values: ``problem``."""
    for path, step, shell in step_shells(pipeline):
        error = lasting_error(step.run.text, _error_in) if step.run and shell in PROGRAMS else None
        if step.run and error:
            yield Violation(path, _place(step.run, error), {"problem": error.msg})


def _error_in(script: str) -> SyntaxError | None:
    import ast  # rarely needed
    import warnings

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(script)
    except SyntaxError as error:
        return error
    except (ValueError, RecursionError, MemoryError):
        pass
    return None


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
