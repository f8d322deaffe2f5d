"""Whether a Dockerfile can be built at all: what BuildKit's parser refuses, and what it refuses later."""

from __future__ import annotations

from collections.abc import Iterator

from cilint.findings.violation import Options, Violation
from cilint.model.dockerfile import Dockerfile
from cilint.pipeline.pipeline import Pipeline
from cilint.syntax.dockerfile import DockerfileError


def run(pipeline: Pipeline, _options: Options) -> Iterator[Violation]:
    """One violation an error, at its place; values: ``problem``."""
    for dockerfile in pipeline.dockerfiles:
        by = "" if dockerfile.unreadable else "BuildKit refuses this: "
        for error in _errors(dockerfile):
            yield Violation(dockerfile.path, error.span, {"problem": by + error.message})


def _errors(dockerfile: Dockerfile) -> Iterator[DockerfileError]:
    """All errors, of each instruction the parser's first: what comes after it is only its consequence."""
    from cilint.model.dockerfile_problems import problems

    errors = dockerfile.document.errors
    yield from errors
    for problem in problems(dockerfile):
        if not any(
            error.span.start < problem.span.end and problem.span.start < error.span.end for error in errors
        ):
            yield problem
