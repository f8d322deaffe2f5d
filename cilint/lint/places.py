"""Where the comments of a linted file stand, and which blocks enclose a place in it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator

from cilint.model.kinds import kind_of
from cilint.model.project import Project
from cilint.syntax.dockerfile import Document
from cilint.syntax.yaml_nodes import Mapping, Node, Sequence
from cilint.text.source import SourceFile, Span

MAX_DEPTH = 200


class Places:
    """A file's comments; ``blocks(span)`` gives the 1-based first lines of all that encloses it.

    ``stages``: the lines of a Dockerfile's FROM instructions.
    """

    def __init__(
        self,
        comments: list[Span],
        blocks: Callable[[Span], set[int]],
        stages: list[int],
    ) -> None:
        self.comments = comments
        self.blocks = blocks
        self.stages = stages

    def stage(self, line: int) -> int:
        """The line of the FROM that ``line`` belongs to; 0 before the first."""
        at = bisect_right(self.stages, line)
        return self.stages[at - 1] if at else 0


def places(project: Project, source: SourceFile) -> Places:
    """The places of a workflow, an action, a Dockerfile or a Compose file; none in any other file."""
    if kind_of(source.path) == "dockerfile":
        dockerfile = project.dockerfile(source.path)
        return _of_dockerfile(dockerfile.document) if dockerfile else NOWHERE
    file = project.yaml_file(source.path)
    if file is None:
        return NOWHERE
    document = file.document
    return Places(document.comments(), lambda span: set(_enclosing(document.roots, span, source)), [])


def _of_dockerfile(document: Document) -> Places:
    comments = [comment.span for comment in document.comments]
    comments += [directive.span for directive in document.directives if directive.name == "check"]

    starts = [each.lines_span.start for each in document.instructions]

    def blocks(span: Span) -> set[int]:
        at = bisect_right(starts, span.start) - 1
        inside = at >= 0 and span.start < document.instructions[at].lines_span.end
        return {document.instructions[at].line} if inside else set()

    stages = [instruction.line for instruction in document.instructions if instruction.name == "FROM"]
    return Places(sorted(comments), blocks, stages)


def _enclosing(roots: tuple[Node, ...], span: Span, source: SourceFile) -> Iterator[int]:
    """The lines on which the keys and list items that hold ``span.start`` begin, outermost first."""
    node = next((root for root in reversed(roots) if root.start <= span.start), None)
    for _ in range(MAX_DEPTH):
        around = [entry for entry in _children(node) if entry[0] <= span.start <= entry[1].span.end]
        if not around:
            return
        start, node = around[-1]
        yield source.position(start).line


def _children(node: Node | None) -> list[tuple[int, Node]]:
    """Where each entry of a collection begins, and its value."""
    if isinstance(node, Mapping):
        return [(pair.key.span.start, pair.value) for pair in node.pairs]
    if isinstance(node, Sequence):
        return [(item.start, item) for item in node.items]
    return []


NOWHERE = Places([], lambda _: set(), [])
