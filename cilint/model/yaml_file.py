"""What workflows and actions have in common: a YAML file whose root is a mapping."""

from __future__ import annotations

from functools import cached_property

from cilint.syntax.yaml import Document, Mapping, parse
from cilint.text.source import SourceFile, Span


class YamlFile:
    """One file; ``root`` is None where it is no mapping."""

    def __init__(self, source: SourceFile) -> None:
        self.source = source
        self.path = source.path

    @cached_property
    def document(self) -> Document:
        return parse(self.source.text)

    @cached_property
    def root(self) -> Mapping | None:
        root = self.document.root.resolved if self.document.root else None
        return root if isinstance(root, Mapping) else None

    @cached_property
    def span(self) -> Span:
        """The first key of the file, or its very start."""
        return self.root.pairs[0].key.span if self.root and self.root.pairs else Span(0, 0)
