"""YAML 1.2 as GitHub reads it: a tree of nodes with exact places, and every error of the file at once.

Read by libyaml; places are code point offsets into the text. A document with errors still has the nodes
that could be read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from cilint.syntax.yaml_nodes import (
    Alias,
    Mapping,
    Node,
    Pair,
    Scalar,
    Sequence,
    Style,
    Value,
    YamlError,
    plain_value,
    scalars,
)
from cilint.syntax.yaml_reader import Dialect, Limits, Reader
from cilint.text.source import Span

__all__ = [
    "Alias",
    "Dialect",
    "Document",
    "Limits",
    "Mapping",
    "Node",
    "Pair",
    "Scalar",
    "Sequence",
    "Style",
    "Value",
    "YamlError",
    "parse",
    "plain_value",
    "scalars",
]

_ERRORS = 100  # of a broken document no more are told
_TRIES = 12  # how often a broken document is read again without the place of the last error


class Document:
    """A parsed text. ``root`` is None where there is nothing; ``errors`` are in the order of the text.

    ``roots`` has the root of each document, where the dialect allows several; ``root`` is the first.
    ``aliased`` holds ``id(node)`` of every anchored node that an alias uses.
    """

    def __init__(self, text: str, reader: Reader, errors: list[YamlError]) -> None:
        self.text = text
        self.roots = reader.roots
        self.errors = errors
        self.aliased = frozenset(reader.aliased)
        self.dialect = reader.dialect
        self._read = reader.text
        self._comments: list[Span] | None = None

    @property
    def root(self) -> Node | None:
        return self.roots[0] if self.roots else None

    def comments(self) -> list[Span]:
        """Every comment from its ``#`` to the end of its line, in order."""
        if self._comments is None:
            self._comments = list(_comments(self._read, self.roots)) if "#" in self._read else []
        return self._comments


def parse(
    text: str,
    *,
    limits: Limits = Limits(),  # noqa: B008
    dialect: Dialect = Dialect(),  # noqa: B008
) -> Document:
    """Read ``text``; never raises."""
    if len(text) > limits.size:
        return _unread(
            text, dialect, f"the file has more than {limits.size:,} characters: GitHub reads no more"
        )
    if "\0" in text:
        at = text.index("\0")
        return _unread(text, dialect, "the file holds a NUL character: it is binary, or not UTF-8", at)
    reader = Reader(text, limits, dialect)
    reader.read()
    errors = reader.errors
    if reader.failure is not None:
        reader, errors = _read_on(reader)
    errors = sorted(errors, key=lambda error: error.span)[:_ERRORS]
    return Document(text, reader, errors)


@lru_cache(maxsize=256)
def reread(text: str, dialect: Dialect = Dialect()) -> Document:  # noqa: B008
    """What ``parse`` gives, for a short text that is asked about again and again: what fixes write."""
    return parse(text, dialect=dialect)


def _unread(text: str, dialect: Dialect, message: str, at: int = 0) -> Document:
    error = YamlError(Span(at, min(at + 1, len(text))), message)
    return Document(text, Reader("", Limits(), dialect), [error])


def _read_on(reader: Reader) -> tuple[Reader, list[YamlError]]:
    """Read again without the place of each syntax error; the last reading with all the errors."""
    from cilint.syntax.yaml_repair import Trouble, explain, line_start, readable, repair

    text, errors = readable(reader.text)
    if errors:
        reader = _again(reader, text)
    blanked: set[int] = set()
    reported: set[int] = set()
    for _ in range(_TRIES):
        if reader.failure is None:
            break
        trouble = Trouble.of(reader.failure, reader.text, reader.root)
        if trouble is None:
            errors.append(YamlError(Span(0, 0), "not readable as YAML"))
            break
        if trouble.at_colon(reader.text) and not reader.colon:
            # libyaml does not take `[a:b]` although YAML 1.2 does.
            free = next(code for code in range(0xE000, 0xF900) if chr(code) not in text)
            reader = _again(reader, text, chr(free))
            continue
        error = explain(trouble, reader.text)
        line = line_start(reader.text, error.span.start)
        if line not in reported:
            errors.append(error)
            reported.add(line)
        text = repair(trouble, reader.text, blanked)
        if text == reader.text:
            break
        reader = _again(reader, text)
    return reader, [*errors, *reader.errors]


def _again(reader: Reader, text: str, colon: str = "") -> Reader:
    other = Reader(text, reader.limits, reader.dialect, colon=colon or reader.colon)
    other.read()
    return other


def _comments(text: str, roots: tuple[Node, ...]) -> Iterator[Span]:
    """A ``#`` at the start of a line or behind a blank, outside every scalar."""
    taken = iter(
        sorted(span for root in roots for span in _scalar_bodies(root) if text.find("#", *span) >= 0)
    )
    scalar = next(taken, None)
    mark = re.compile(r"(?<![^ \t\r\n])#[^\r\n]*")
    found = mark.search(text)
    while found is not None:
        while scalar is not None and scalar.end <= found.start():
            scalar = next(taken, None)
        if scalar is not None and scalar.start <= found.start():
            found = mark.search(text, scalar.end)
        else:
            yield Span(*found.span())
            found = mark.search(text, found.end())


def _scalar_bodies(root: Node | None) -> Iterator[Span]:
    """Where the text of each scalar stands; a block scalar's begins behind its header."""
    for node in scalars(root):
        start, end = node.span
        if node.style in ("literal", "folded"):
            header = node.source.find("\n", start, end)
            start = header if header >= 0 else end
        yield Span(start, end)
