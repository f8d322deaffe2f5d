"""From the decoded text of a scalar back to the characters it is written with."""

from __future__ import annotations

import re
from functools import cache

from cilint.syntax.yaml_nodes import Segment
from cilint.text.hints import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cilint.syntax.yaml_nodes import Scalar

_BREAK = r"(?:\r\n|[\n\r\x85\u2028\u2029])"
_FOLD = rf"[ \t]*{_BREAK}(?:[ \t]*{_BREAK})*[ \t]*"


@cache
def _break() -> re.Pattern[str]:
    return re.compile(_BREAK)


@cache
def _blanks() -> re.Pattern[str]:
    return re.compile("[ \t\r\n\x85\u2028\u2029]*")


@cache
def _single_token() -> re.Pattern[str]:
    return re.compile(rf"(?P<quote>'')|(?P<fold>{_FOLD})|[^'\n\r\x85\u2028\u2029 \t]+|[ \t]+")


@cache
def _double_token() -> re.Pattern[str]:
    escape = r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[^\n\r\x85\u2028\u2029])"
    return re.compile(
        rf"(?P<escape>{escape})|(?P<joined>\\{_BREAK}(?:[ \t]*{_BREAK})*[ \t]*)|(?P<fold>{_FOLD})"
        r"|[^\\\n\r\x85\u2028\u2029 \t]+|[ \t]+"
    )


def segments(node: Scalar) -> list[Segment]:
    """The parts of ``node.text`` in order, together covering all of it; at least one."""
    start, end = node.span
    size = len(node.text)
    if node.style == "plain":
        if end - start == size:
            return [Segment(0, size, start, size)]
        parts = list(_folded_lines(node, start))
    elif node.style in ("single", "double"):
        if end - start - 2 == size:
            return [Segment(0, size, start + 1, size)]
        parts = list(_quoted(node))
    else:
        parts = list(_literal(node) if node.style == "literal" else _folded_lines(node, _body(node)))
    whole = Segment(0, size, start, end - start)
    covered = sum(part.length for part in parts)
    return parts if parts and covered == size else [whole]


def _body(node: Scalar) -> int:
    """Where the lines of a block scalar begin, behind its header line."""
    found = _break().search(node.source, node.span.start)
    return found.end() if found else node.span.end


def _lines(source: str, start: int, end: int | None = None) -> Iterator[tuple[int, int, int]]:
    """(start, end of the content, end of the line break) of every line."""
    stop = len(source) if end is None else end
    while start <= stop:
        found = _break().search(source, start, stop)
        if found is None:
            yield start, stop, stop
            return
        yield start, found.start(), found.end()
        start = found.end()


def _literal(node: Scalar) -> Iterator[Segment]:
    """Line by line: a decoded line is the tail of a written one."""
    decoded, texts = 0, re.split("(?<=[\n\u2028\u2029])", node.text)
    for text, (start, end, after) in zip(texts, _lines(node.source, _body(node)), strict=False):
        content = len(text.rstrip("\n\u2028\u2029"))
        if content:
            yield Segment(decoded, content, max(start, end - content), content)
        if len(text) > content:
            yield Segment(decoded + content, 1, end, after - end)
        decoded += len(text)


def _folded_lines(node: Scalar, start: int) -> Iterator[Segment]:
    """Lines whose breaks and indentation are folded: the words of each line are found as they stand."""
    text, decoded, behind = node.text, 0, start
    for first, end, _ in _lines(node.source, start, node.span.end):
        line = node.source[first:end]
        words = line.strip(" \t") if node.style == "plain" else line.lstrip(" \t")
        if not words:
            continue
        found = _blanks().match(text, decoded)
        after = found.end() if found else decoded
        place = first + line.index(words)
        if not text.startswith(words, after):
            return
        if after > decoded:
            yield Segment(decoded, after - decoded, behind, place - behind)
        yield Segment(after, len(words), place, len(words))
        decoded, behind = after + len(words), place + len(words)
    if decoded < len(text):  # the line ends that a block scalar keeps
        rest = _blanks().match(node.source, behind)
        yield Segment(decoded, len(text) - decoded, behind, (rest.end() if rest else behind) - behind)


def _quoted(node: Scalar) -> Iterator[Segment]:
    token = _single_token() if node.style == "single" else _double_token()
    decoded, at, stop = 0, node.span.start + 1, node.span.end - 1
    while at < stop:
        found = token.match(node.source, at, stop)
        if found is None:
            return
        kind, width = found.lastgroup, found.end() - at
        length = width
        if kind in ("quote", "escape"):
            length = 1
        elif kind is not None:
            breaks = len(_break().findall(found[0]))
            length = breaks - 1 if kind == "joined" else max(1, breaks - 1)
        if length:
            yield Segment(decoded, length, at, width)
        decoded, at = decoded + length, found.end()
