"""What workflows and actions have in common: a YAML file whose root is a mapping."""

from __future__ import annotations

from functools import cached_property

from cilint.syntax.yaml import Document, Mapping, Node, Sequence, parse
from cilint.text.source import SourceFile, Span

MAX_NODES = 50_000
"""How many values GitHub reads of one file, each alias counted as all that it stands for."""


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
        root = self.document.root.resolved if self.document.root and not self.is_overgrown else None
        return root if isinstance(root, Mapping) else None

    @cached_property
    def is_overgrown(self) -> bool:
        """Whether aliases make more of the file than GitHub reads."""
        return bool(self.document.aliased) and _size(self.document.root) > MAX_NODES

    @cached_property
    def span(self) -> Span:
        """The first key of the file, or its very start."""
        return self.root.pairs[0].key.span if self.root and self.root.pairs else Span(0, 0)


def _size(root: Node | None) -> int:
    """The values below a node, aliases followed; each node is looked at once, however often it is meant."""
    sizes: dict[int, int] = {}
    waiting = [] if root is None else [(root.resolved, False)]
    while waiting:
        node, counted = waiting.pop()
        inner = _inner(node)
        if counted:
            sizes[id(node)] = 1 + sum(sizes.get(id(each), 1) for each in inner)
        elif id(node) not in sizes:
            sizes[id(node)] = 1  # also of what would contain itself
            waiting.append((node, True))
            waiting += [(each, False) for each in inner]
    return 0 if root is None else sizes[id(root.resolved)]


def _inner(node: Node) -> list[Node]:
    if isinstance(node, Mapping):
        return [each.resolved for pair in node.pairs for each in pair]
    return [each.resolved for each in node.items] if isinstance(node, Sequence) else []
