"""Whether workflow and action files can be read at all: every error of YAML, and what is no mapping."""

from __future__ import annotations

from collections.abc import Iterator

from cilint.findings.violation import Options, Violation
from cilint.model.action import Action
from cilint.model.workflow import Workflow
from cilint.model.yaml_file import MAX_NODES
from cilint.pipeline.pipeline import Pipeline
from cilint.text.source import Span


def run(pipeline: Pipeline, options: Options) -> Iterator[Violation]:
    """One violation an error, at its place; values: ``problem``."""
    for file in pipeline.target_yaml_files:
        yield from _violations(file)


def _violations(file: Workflow | Action) -> Iterator[Violation]:
    errors = file.document.errors
    for error in errors:
        yield Violation(file.path, error.span, {"problem": error.message})
    if file.is_overgrown:
        said = f"its aliases make more than {MAX_NODES:,} values of this file, and GitHub reads no more"
        yield Violation(file.path, Span(0, 0), {"problem": said})
    elif not errors and file.root is None:
        root = file.document.root
        problem = "the file is empty" if root is None else "the file is no mapping"
        begun = "a workflow begins with keys such as `on` and `jobs`"
        if isinstance(file, Action):
            begun = "an action begins with keys such as `name` and `runs`"
        span = Span(root.span.start, min(root.span.end, root.span.start + 40)) if root else Span(0, 0)
        yield Violation(file.path, span, {"problem": f"{problem}; {begun}"})
