"""Anchors that no alias uses."""

from __future__ import annotations

from collections.abc import Iterator

from cilint.findings.violation import Options, Violation
from cilint.pipeline.pipeline import Pipeline
from cilint.syntax.yaml import Document, Mapping, Node, Sequence
from cilint.text.source import Span


def run(pipeline: Pipeline, _options: Options) -> Iterator[Violation]:
    """Values: ``name``."""
    for file in pipeline.target_yaml_files:
        if "&" in file.source.text and not file.document.errors:
            for node in _unused(file.document):
                start = file.source.text.find(f"&{node.anchor}", node.start)
                span = Span(start, start + 1 + len(node.anchor or ""))
                yield Violation(file.path, span, {"name": node.anchor or ""})


def _unused(document: Document) -> Iterator[Node]:
    waiting: list[Node] = [document.root] if document.root else []
    while waiting:
        node = waiting.pop()
        if node.anchor is not None and id(node) not in document.aliased:
            yield node
        if isinstance(node, Mapping):
            waiting += [each for pair in node.pairs for each in pair]
        elif isinstance(node, Sequence):
            waiting += node.items
