"""Whether Compose files can be read at all: every error of YAML, and services that are none."""

from __future__ import annotations

from collections.abc import Iterator

from cilint.findings.violation import Options, Violation
from cilint.model.compose import Compose
from cilint.pipeline.pipeline import Pipeline
from cilint.syntax.yaml import Mapping, Node, Scalar
from cilint.text.source import Span


def run(pipeline: Pipeline, options: Options) -> Iterator[Violation]:
    """One violation an error, at its place; values: ``problem``."""
    for file in pipeline.compose_files:
        for span, problem in _problems(file):
            yield Violation(file.path, span, {"problem": problem})


def _problems(file: Compose) -> Iterator[tuple[Span, str]]:
    errors = file.document.errors
    for error in errors:
        yield error.span, error.message
    root = file.document.root
    if root is None and not errors:
        yield Span(0, 0), "the file is empty; a Compose file begins with keys such as `services`"
    elif file.root is None and root is not None and not errors:
        yield _shown(root), "the file is no mapping; a Compose file begins with keys such as `services`"
    services = file.root.get("services") if file.root else None
    if isinstance(services, Mapping):
        for pair in services.pairs:
            if not isinstance(pair.value.resolved, Mapping) and isinstance(pair.key, Scalar) and not errors:
                yield pair.key.span, f"the service {pair.key.text} has to be a mapping"
    elif services is not None and not errors and not (isinstance(services, Scalar) and services.tag):
        yield _shown(services), "`services` has to be a mapping of names to services"


def _shown(node: Node) -> Span:
    return Span(node.span.start, min(node.span.end, node.span.start + 40))
