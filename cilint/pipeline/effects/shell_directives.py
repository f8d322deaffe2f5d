"""ShellCheck's own comments: ``# shellcheck disable=SC2086``, in scripts and in Dockerfiles.

As shellcheck(1) says, one before the first command is about the whole script, any other about the command
that it stands in front of, with all that belongs to it. Docker takes its comments out of a RUN before a shell
reads it; they are about the same: right above a RUN about its script, between its lines about the command
that follows, or about what is left of the one that they interrupt.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import partial

from cilint.pipeline.effects.shell_scripts import ShellScript
from cilint.syntax.shell import Block, Command, Node
from cilint.text.hints import TYPE_CHECKING
from cilint.text.source import Span
from cilint.text.values import NamedTuple

if TYPE_CHECKING:
    from cilint.syntax.dockerfile import Comment, Document, Instruction

_DISABLE = r"(?m)^[ \t]*#[ \t]*shellcheck[ \t]+(?:\S+=\S*[ \t]+)*?disable=(?P<codes>\S+)"
_CODES = r"(?:SC)?(\d{1,5})(?:-(?:SC)?(\d{1,5}))?"


class Codes(NamedTuple):
    """One code, several or ``all`` as a comment names them; ``first`` and ``last`` without ``SC``."""

    first: int
    last: int
    span: Span

    def has(self, code: str) -> bool:
        return code[2:].isdigit() and self.first <= int(code[2:]) <= self.last


class ShellDirective(NamedTuple):
    """Codes that are not to be told of a range of the file.

    ``comment`` is where it says so; None where ShellCheck itself sees it, which then says nothing of them.
    """

    path: str
    span: Span
    codes: tuple[Codes, ...]
    comment: Span | None = None

    def covers(self, span: Span) -> bool:
        return self.span.start <= span.start < max(self.span.end, self.span.start + 1)


def directives(script: ShellScript) -> Iterator[ShellDirective]:
    text, subjects = script.parsed.text, _Subjects(script.parsed.root)
    for found in re.finditer(_DISABLE, text) if "shellcheck" in text else ():
        codes = tuple(_codes(found["codes"], script.place(*found.span("codes"))))
        span = subjects.at(found.end())
        if codes and span is not None:
            yield ShellDirective(script.path, script.place(*span), codes)
    if script.instruction is not None and script.stage is not None:
        document = script.stage.dockerfile.document
        yield from _of_dockerfile(script, script.instruction, document, subjects)


def _of_dockerfile(
    script: ShellScript, instruction: Instruction, document: Document, subjects: _Subjects
) -> Iterator[ShellDirective]:
    """What Docker's comments right above a RUN and between its lines switch off."""
    text = script.parsed.text
    for comment in _beside(instruction, document):
        found = re.match(_DISABLE, document.text[comment.span.start : comment.span.end])
        if found is None:
            continue
        codes = tuple(_codes(found["codes"], Span(*found.span("codes")).shift(comment.span.start)))
        span: Span | None = Span(0, len(text))
        if comment.line > instruction.line:
            place = partial(_start, script)
            span = subjects.at(bisect_left(range(len(text)), comment.span.end, key=place))
        if codes and span is not None:
            yield ShellDirective(script.path, script.place(*span), codes, comment.span)


def _start(script: ShellScript, offset: int) -> int:
    return script.place(offset, offset + 1).start


def _beside(instruction: Instruction, document: Document) -> Iterator[Comment]:
    """The comments between the lines of an instruction, and those right above it."""
    comments, lines = document.comments, instruction.lines_span
    first = bisect_left(comments, lines.start, key=lambda comment: comment.span.start)
    last = bisect_left(comments, lines.end, key=lambda comment: comment.span.start)
    line = instruction.line
    while first > 0 and comments[first - 1].line == line - 1:
        first, line = first - 1, line - 1
    return iter(comments[first:last])


def _codes(text: str, span: Span) -> Iterator[Codes]:
    at = span.start
    for code in text.split(","):
        place = Span(at, at + len(code))
        at = place.end + 1
        found = re.fullmatch(_CODES, code)
        if code == "all":
            yield Codes(0, 99999, place)
        elif found:
            yield Codes(int(found[1]), int(found[2] or found[1]), place)


class _Subjects:
    """What comments in a script are about, for many of them in little time."""

    def __init__(self, root: Block) -> None:
        self.root = root
        self._children: dict[int, tuple[list[int], list[Node]]] = {}

    def at(self, offset: int) -> Span | None:
        """What a comment that ends at an offset is about; None where nothing follows it."""
        items = self.root.items
        if not items or offset <= items[0].span.start:
            return self.root.span if items else None
        found: list[Span] = []
        node: Node | None = self.root
        while node is not None:
            starts, children = self._of(node)
            at = bisect_left(starts, offset)
            if at < len(children):
                found.append(children[at].span)
            node = children[at - 1] if at and children[at - 1].span.end > offset else None
            if isinstance(node, Command):
                found.append(Span(offset, node.span.end))
        return min(found, key=lambda span: (span.start, -span.end), default=None)

    def _of(self, node: Node) -> tuple[list[int], list[Node]]:
        """The nodes in a node by where they start, and where that is."""
        known = self._children.get(id(node))
        if known is None:
            inner = [*node.substitutions, *(node.items if isinstance(node, Block) else ())]
            inner.sort(key=lambda each: each.span.start)
            known = [each.span.start for each in inner], inner
            self._children[id(node)] = known
        return known
