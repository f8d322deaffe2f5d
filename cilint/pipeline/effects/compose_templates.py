"""The ``$`` in Compose files that begin no variable, for which Compose refuses the whole file.

Facts: compose-go's template package. ``$$`` is a dollar sign; ``$NAME``, ``${NAME}`` and ``${NAME`` before
``-``, ``+`` or ``?``, with or without a ``:``, are variables; a default may hold others. Keys are not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from cilint.findings.finding import FileEdit
from cilint.model.compose import Compose
from cilint.syntax.yaml import Mapping, Node, Scalar, Sequence
from cilint.text.edit import Edit
from cilint.text.source import Span

_START = re.compile(r"\$(?:\$|[A-Za-z_][A-Za-z0-9_]*|\{[A-Za-z_][A-Za-z0-9_]*(?P<more>\}|:?[-+?])?)?|\}")
_SHOWN = 20
_MOST = 500  # of one file


class Template:
    """One ``$`` that begins no variable; ``text`` is how it begins."""

    def __init__(self, file: Compose, node: Scalar, at: int, unclosed: bool) -> None:
        self.path = file.path
        self.unclosed: bool = unclosed
        rest = re.match(r"\$(?:\{[^}\s]*\}?|\S?[^\s\"'}]*)", node.text[at : at + _SHOWN])
        self.text: str = rest[0] if rest else "$"
        self.span: Span = node.source_span(at, at + len(self.text))

    @property
    def escaped(self) -> tuple[FileEdit, ...] | None:
        """The edit that makes a dollar sign of it; None where a variable was meant."""
        if self.text.startswith("${"):
            return None
        return (FileEdit(self.path, Edit(Span(self.span.start, self.span.start), "$")),)


def templates(file: Compose) -> Iterator[Template]:
    return islice(_templates(file), _MOST)


def _templates(file: Compose) -> Iterator[Template]:
    waiting: list[Node] = list(reversed(file.document.roots))
    while waiting:
        node = waiting.pop()
        if isinstance(node, Scalar):
            if "$" in node.text:
                yield from (Template(file, node, at, unclosed) for at, unclosed in problems(node.text))
        elif isinstance(node, Mapping):
            waiting += [pair.value for pair in reversed(node.pairs)]
        elif isinstance(node, Sequence):
            waiting += reversed(node.items)


def problems(text: str) -> Iterator[tuple[int, bool]]:
    """Where a ``$`` begins no variable, and whether a brace is all that is missing."""
    opened: list[int] = []
    for found in _START.finditer(text):
        said, more = found[0], found["more"]
        if said == "}":
            if opened:
                opened.pop()
        elif said == "$" or (said.startswith("${") and more is None):
            yield found.start(), said != "$" and found.end() == len(text)
        elif more and more != "}":
            opened.append(found.start())
    for at in opened:
        yield at, True
