"""The nodes of a YAML document: exact spans, decoded text, values by the YAML 1.2 core schema."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from cilint.text.hints import Literal
from cilint.text.source import Span
from cilint.text.values import NamedTuple

Style = Literal["plain", "single", "double", "literal", "folded"]
Value = None | bool | int | float | str

CORE = "tag:yaml.org,2002:"
_WORDS: dict[str, Value] = {
    "": None,
    "~": None,
    **dict.fromkeys(("null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}
_NUMERIC_START = frozenset("0123456789+-.")


class YamlError(NamedTuple):
    """What is wrong with a document, in plain words, and where; ``readable``: it is read all the same."""

    span: Span
    message: str
    readable: bool = False


class Node:
    """A node with its place.

    ``span`` is the exact text of the content: without anchor and tag, without the comments and blank lines
    that follow. ``start`` is where its anchor or tag begins, else ``span.start``. ``tag`` is resolved
    (``tag:yaml.org,2002:str``, ``!local``).
    """

    __slots__ = ("anchor", "span", "start", "tag")

    def __init__(self, span: Span, start: int, tag: str | None, anchor: str | None) -> None:
        self.span = span
        self.start = start
        self.tag = tag
        self.anchor = anchor

    @property
    def resolved(self) -> Node:
        """The node itself; for an alias the node it stands for."""
        return self

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.span.start}:{self.span.end})"


class Scalar(Node):
    """One value; ``span`` covers its quotes, or a block scalar from its ``|`` to the end of its last line.

    ``text`` is decoded; ``source`` is the document's text as it was read.
    """

    __slots__ = ("_segments", "source", "style", "text")

    def __init__(  # noqa: PLR0917 - keywords would take a tenth of the reading
        self,
        span: Span,
        start: int,
        tag: str | None,
        anchor: str | None,
        text: str,
        style: Style,
        source: str,
    ) -> None:
        self.span = span
        self.start = start
        self.tag = tag
        self.anchor = anchor
        self.text = text
        self.style = style
        self.source = source
        self._segments: list[Segment] | None = None

    @property
    def value(self) -> Value:
        """The value by the YAML 1.2 core schema: ``on``, ``yes`` and ``012`` are a string, a string, 12."""
        if self.tag is None:
            return plain_value(self.text) if self.style == "plain" else self.text
        return plain_value(self.text) if self.tag in _TYPED_TAGS else self.text

    def source_span(self, start: int, end: int) -> Span:
        """Where ``text[start:end]`` is written in the file.

        Exact through indentation, folding, escapes and line ends; where several written characters make
        one, all of them. An empty range gives an empty span.
        """
        if self._segments is None:
            from cilint.syntax.yaml_scalars import segments

            self._segments = segments(self)
        return locate(self._segments, start, end)


class Pair(NamedTuple):
    """A key with its value (an empty plain scalar where none is written)."""

    key: Node
    value: Node


class Mapping(Node):
    """Pairs in source order; duplicate keys are kept (and are errors of the document)."""

    __slots__ = ("_by_name", "flow", "pairs")

    def __init__(self, span: Span, start: int, tag: str | None, anchor: str | None, flow: bool) -> None:
        super().__init__(span, start, tag, anchor)
        self.flow = flow
        self.pairs: list[Pair] = []
        self._by_name: dict[str, Pair] | None = None

    def pair(self, name: str) -> Pair | None:
        """The first pair whose key is ``name``. Not to be asked before all pairs are there."""
        known = self._by_name
        if known is None:
            known = self._by_name = {}
            for pair in self.pairs:
                if isinstance(pair.key, Scalar):
                    known.setdefault(pair.key.text, pair)
        return known.get(name)

    def get(self, name: str) -> Node | None:
        """The value of the first key ``name``, aliases resolved."""
        pair = self.pair(name)
        return None if pair is None else pair[1].resolved

    def keys(self) -> list[str]:
        """The scalar keys in source order."""
        return [pair.key.text for pair in self.pairs if isinstance(pair.key, Scalar)]


class Sequence(Node):
    """Items in source order, aliases not resolved."""

    __slots__ = ("flow", "items")

    def __init__(self, span: Span, start: int, tag: str | None, anchor: str | None, flow: bool) -> None:
        super().__init__(span, start, tag, anchor)
        self.flow = flow
        self.items: list[Node] = []


class Alias(Node):
    """``*name``; ``target`` is None where the anchor is unknown or contains the alias."""

    __slots__ = ("name", "target")

    def __init__(self, span: Span, name: str, target: Node | None) -> None:
        super().__init__(span, span.start, None, None)
        self.name = name
        self.target = target

    @property
    def resolved(self) -> Node:
        return self if self.target is None else self.target


def scalars(root: Node | None) -> Iterator[Scalar]:
    """Every scalar below ``root``, keys included, aliases not followed; in no particular order."""
    waiting = [] if root is None else [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Scalar):
            yield node
        elif isinstance(node, Mapping):
            for pair in node.pairs:
                waiting += pair
        elif isinstance(node, Sequence):
            waiting += node.items


class Segment(NamedTuple):
    """``length`` characters of decoded text at ``decoded``, written at ``start`` in ``width`` characters.

    Character by character where length and width are equal, else as a whole.
    """

    decoded: int
    length: int
    start: int
    width: int


def locate(parts: list[Segment], start: int, end: int) -> Span:
    """The source range of the decoded range ``start``:``end``; out of range is cut to what there is."""
    from bisect import bisect_right

    last = parts[-1]
    total = last.decoded + last.length
    start, end = max(0, min(start, total)), max(0, min(end, total))

    def part_of(offset: int) -> Segment:
        return parts[max(0, bisect_right(parts, offset, key=lambda part: part.decoded) - 1)]

    first = part_of(start)
    linear = first.length == first.width
    begin = first.start + (start - first.decoded if linear else first.width if start == total else 0)
    if end <= start:
        return Span(begin, begin)
    final = part_of(end - 1)
    stop = final.start + (end - final.decoded if final.length == final.width else final.width)
    return Span(begin, stop)


_TYPED_TAGS = frozenset(CORE + kind for kind in ("null", "bool", "int", "float"))


def plain_value(text: str) -> Value:
    """What the YAML 1.2 core schema makes of a plain scalar."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMERIC_START:
        return text
    return _number(text)


@cache
def _number_pattern() -> re.Pattern[str]:
    return re.compile(
        r"(?P<int>[-+]?[0-9]+)|0o(?P<octal>[0-7]+)|0x(?P<hex>[0-9a-fA-F]+)"
        r"|(?P<float>[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?)"
    )


def _number(text: str) -> Value:
    found = _number_pattern().fullmatch(text)
    if found is None:
        return text
    kind = found.lastgroup
    if kind == "octal":
        return int(found["octal"], 8)
    if kind == "hex":
        return int(found["hex"], 16)
    # Python refuses to turn very long digit strings into an int; GitHub's numbers are floats anyhow.
    return int(text) if kind == "int" and len(text) < 1000 else float(text)
