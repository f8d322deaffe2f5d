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
    if errors:
        return
    written = [root for root in file.document.roots if not _is_empty(root)]
    if not written:
        yield Span(0, 0), "the file is empty; a Compose file begins with keys such as `services`"
    for root in written:
        if not isinstance(root.resolved, Mapping):
            yield _shown(root), "the file is no mapping; a Compose file begins with keys such as `services`"
    for root in file.roots:
        services = root.get("services")
        if isinstance(services, Mapping):
            yield from _no_services(services)
        elif services is not None and not _is_reset(services):
            yield _shown(services), "`services` has to be a mapping of names to services"


def _no_services(services: Mapping) -> Iterator[tuple[Span, str]]:
    for pair in services.pairs:
        value = pair.value.resolved
        if not isinstance(pair.key, Scalar) or isinstance(value, Mapping) or _is_reset(value):
            continue
        if pair.key.text != "<<" and not pair.key.text.startswith("x-"):
            yield pair.key.span, f"the service {pair.key.text} has to be a mapping"


def _is_empty(root: Node) -> bool:
    return isinstance(root, Scalar) and root.value is None


def _is_reset(node: Node) -> bool:
    """Whether a tag of Compose takes back what another file says."""
    return isinstance(node, Scalar) and node.tag is not None


def _shown(node: Node) -> Span:
    return Span(node.span.start, min(node.span.end, node.span.start + 40))
