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
    at = bisect_right(roots, span.start, key=lambda root: root.start)
    found = (0, roots[at - 1]) if at else None
    for _ in range(MAX_DEPTH):
        found = found and _entry(found[1], span.start)
        if found is None or span.start > found[1].span.end:
            return
        yield source.position(found[0]).line


def _entry(node: Node, offset: int) -> tuple[int, Node] | None:
    """The last entry of a collection that begins before an offset: where it begins, and its value."""
    if isinstance(node, Mapping):
        at = bisect_right(node.pairs, offset, key=lambda pair: pair.key.span.start)
        return (node.pairs[at - 1].key.span.start, node.pairs[at - 1].value) if at else None
    if isinstance(node, Sequence):
        at = bisect_right(node.items, offset, key=lambda item: item.start)
        return (node.items[at - 1].start, node.items[at - 1]) if at else None
    return None


NOWHERE = Places([], lambda _: set(), [])
