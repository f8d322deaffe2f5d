"""ShellCheck's own comments in scripts: ``# shellcheck disable=SC2086``.

As shellcheck(1) says, one before the first command is about the whole script, any other about the command
that it stands in front of, with all that belongs to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cilint.pipeline.effects.shell_scripts import ShellScript
from cilint.syntax.shell import Block, Node
from cilint.text.source import Span
from cilint.text.values import NamedTuple

_DISABLE = r"(?m)^[ \t]*#[ \t]*shellcheck[ \t]+(?:\S+=\S*[ \t]+)*?disable=(\S+)"
_CODES = r"(?:SC)?(\d{1,5})(?:-(?:SC)?(\d{1,5}))?"


class ShellDirective(NamedTuple):
    """Codes that are not to be told of a range of the file; ``ranges`` with their last, without ``SC``."""

    path: str
    span: Span
    ranges: tuple[tuple[int, int], ...]

    def covers(self, span: Span) -> bool:
        return self.span.start <= span.start < max(self.span.end, self.span.start + 1)

    def names(self, code: str) -> bool:
        number = int(code[2:]) if code[2:].isdigit() else -1
        return any(first <= number <= last for first, last in self.ranges)


def directives(script: ShellScript) -> Iterator[ShellDirective]:
    text = script.parsed.text
    if "shellcheck" not in text:
        return
    for found in re.finditer(_DISABLE, text):
        ranges = tuple(_ranges(found[1]))
        span = _subject(script.parsed.root, found.end())
        if ranges and span is not None:
            yield ShellDirective(script.path, script.place(*span), ranges)


def _ranges(codes: str) -> Iterator[tuple[int, int]]:
    for code in codes.split(","):
        found = re.fullmatch(_CODES, code)
        if code == "all":
            yield 0, 99999
        elif found:
            yield int(found[1]), int(found[2] or found[1])


def _subject(root: Block, offset: int) -> Span | None:
    """What a comment that ends at an offset is about."""
    if not root.items or offset <= root.items[0].span.start:
        return root.span if root.items else None
    pending: list[Node] = list(root.items)
    following: list[Span] = []
    while pending:
        node = pending.pop()
        if node.span.start >= offset:
            following.append(node.span)
        elif node.span.end > offset:
            pending += [*node.substitutions, *(node.items if isinstance(node, Block) else ())]
    return min(following, key=lambda span: (span.start, -span.end), default=None)
