"""Passwords of container registries that stand in the workflow."""

from __future__ import annotations

from collections.abc import Iterator

from cilint.findings.violation import Options, Violation
from cilint.model.workflow import Job, mapping_at, scalar_at
from cilint.pipeline.pipeline import Pipeline
from cilint.syntax.expression import ExpressionError, Literal, parse_template
from cilint.syntax.yaml import Mapping


def run(pipeline: Pipeline, _options: Options) -> Iterator[Violation]:
    """Values: ``owner`` (the container or service)."""
    for job in pipeline.jobs:
        for owner, container in _containers(job):
            password = scalar_at(mapping_at(container, "credentials"), "password")
            if password is not None and _is_written_out(password.text):
                yield Violation(job.path, password.span, {"owner": owner})


def _is_written_out(text: str) -> bool:
    """Whether a part of a password stands in the file, beside expressions or as a literal in one."""
    try:
        parts = parse_template(text)
    except ExpressionError:
        return False
    return any(part.strip() if isinstance(part, str) else isinstance(part[1], Literal) for part in parts)


def _containers(job: Job) -> Iterator[tuple[str, Mapping]]:
    container = mapping_at(job.node, "container")
    if container is not None:
        yield "the container", container
    services = mapping_at(job.node, "services")
    for name in services.keys() if services else ():
        service = mapping_at(services, name)
        if service is not None:
            yield f"the service `{name}`", service
