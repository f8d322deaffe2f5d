"""PowerShell in `run`: whether all that is opened is closed."""

from __future__ import annotations

from collections.abc import Iterator

from cilint.findings.violation import Options, Violation
from cilint.pipeline.effects.step_programs import lasting_error, step_shells
from cilint.pipeline.pipeline import Pipeline
from cilint.syntax.yaml import Scalar

PROGRAMS = ("pwsh", "powershell")


def run(pipeline: Pipeline, _options: Options) -> Iterator[Violation]:
    """Values: ``problem``."""
    for path, step, shell in step_shells(pipeline):
        if step.run and shell in PROGRAMS:
            yield from _of_script(path, step.run)


def _of_script(path: str, script: Scalar) -> Iterator[Violation]:
    from cilint.syntax.powershell import error_in  # rarely needed

    error = lasting_error(script.text, error_in)
    if error is not None:
        yield Violation(path, script.source_span(error.start, error.end), {"problem": error.message})
