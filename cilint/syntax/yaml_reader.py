"""From libyaml's events to nodes: one pass, bounded, with what was read before a syntax error kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from functools import cache

from cilint.syntax.native import yaml_parser
from cilint.syntax.yaml_nodes import CORE, Alias, Mapping, Node, Pair, Scalar, Sequence, Style, YamlError
from cilint.text.hints import Any
from cilint.text.source import Span
from cilint.text.values import NamedTuple

_STYLES: dict[str | None, Style] = {"'": "single", '"': "double", "|": "literal", ">": "folded"}
_SCALAR_TAGS = frozenset(CORE + kind for kind in ("str", "null", "bool", "int", "float")) | {"!"}
_TAGS: dict[type[Node], frozenset[str]] = {
    Scalar: _SCALAR_TAGS,
    Mapping: frozenset({CORE + "map", "!"}),
    Sequence: frozenset({CORE + "seq", "!"}),
}


class Limits(NamedTuple):
    """GitHub's own bounds: characters, nested collections, nodes visited with aliases followed."""

    size: int = 1024 * 1024
    depth: int = 50
    nodes: int = 50_000


class Dialect(NamedTuple):
    """What a reader of YAML allows: ``tags`` besides the core schema's, as ``!reset``; several documents."""

    tags: Collection[str] = ()
    several: bool = False


class _Stop(Exception):  # noqa: N818 - ends a reading, is no error of its own
    """A bound is reached: nothing more is read."""


class Frame(NamedTuple):
    """A collection that is being read; a mapping's keys and values alternate in ``children``."""

    node: Mapping | Sequence
    children: list[Node]
    visited: int


class Reader:
    """One attempt to read ``text``: the nodes, the errors, and libyaml's exception if it gave up."""

    def __init__(self, text: str, limits: Limits, dialect: Dialect, *, colon: str = "") -> None:
        self.text = text
        self.colon = colon  # what stands for the colons inside plain scalars while libyaml reads
        self.limits = limits
        self.dialect = dialect
        self.errors: list[YamlError] = []
        self.failure: Exception | None = None
        self.aliased: set[int] = set()
        self._top: list[Node] = []
        self._children = self._top
        self._stack: list[Frame] = []
        self._anchors: dict[str, tuple[Node, int]] = {}
        self._visited = 0
        self._documents = 0

    @property
    def root(self) -> Node | None:
        return self._top[0] if self._top else None

    @property
    def roots(self) -> tuple[Node, ...]:
        """The root of each document."""
        return tuple(self._top)

    def read(self) -> None:
        handlers: dict[str, Callable[[Any], None]] = {
            "ScalarEvent": self._scalar,
            "MappingStartEvent": self._mapping,
            "SequenceStartEvent": self._sequence,
            "MappingEndEvent": self._end,
            "SequenceEndEvent": self._end,
            "AliasEvent": self._alias,
            "DocumentStartEvent": self._document,
            "DocumentEndEvent": _ignore,
            "StreamStartEvent": _ignore,
        }
        try:
            text = _colons().sub(self.colon, self.text) if self.colon else self.text
            next_event = yaml_parser()(text).get_event
            while True:
                event = next_event()
                handler = handlers.get(type(event).__name__)
                if handler is None:
                    break
                handler(event)
        except _Stop:
            pass
        except Exception as failure:  # libyaml's errors have no common base without ruamel.yaml's __init__
            self.failure = failure
        while self._stack:
            self._close(self._stack.pop())

    def _document(self, event: Any) -> None:
        self._documents += 1
        self._anchors = {}
        if self._documents > 1 and not self.dialect.several:
            place = event.start_mark.index
            self._stop(
                Span(place, place + 3), "a second document starts here: the file must hold one document only"
            )

    def _stop(self, span: Span, message: str) -> None:
        self.errors.append(YamlError(span, message))
        raise _Stop

    def _count(self, span: Span, nodes: int) -> None:
        self._visited += nodes
        if self._visited > self.limits.nodes:
            self._stop(
                span,
                f"the document has more than {self.limits.nodes:,} values, those behind aliases included",
            )

    def _scalar(self, event: Any) -> None:
        start, end, text = event.start_mark.index, event.end_mark.index, event.value
        style: Style = _STYLES.get(event.style, "plain")
        anchor, tag, begin = event.anchor, event.tag, start
        if anchor is not None or tag is not None:
            begin = _content_start(self.text, start, end)
        if style == "plain":
            if not text:
                start, begin, end = self._empty(start, begin, end)
        elif style in ("literal", "folded"):
            end = _block_end(self.text, begin, end)
        if self.colon:
            text = text.replace(self.colon, ":")
        span = Span(begin, end)
        node = Scalar(span, start, tag, anchor, text, style, self.text)
        self._visited += 1
        if self._visited > self.limits.nodes:
            self._count(span, 0)
        self._children.append(node)
        if anchor is not None or tag is not None:
            self._properties(node, tag, anchor)

    def _empty(self, start: int, begin: int, end: int) -> tuple[int, int, int]:
        """Where nothing is written: behind the colon. libyaml sometimes says before the next token."""
        if begin > start or not self._stack or len(self._children) % 2 == 0:
            return (start, end, end)
        if isinstance(self._stack[-1].node, Mapping):
            key = self._children[-1].span.end
            found = re.compile(r"\s*:").match(self.text, key)
            start = end = found.end() if found else key
        return start, end, end

    def _properties(self, node: Node, tag: str | None, anchor: str | None) -> None:
        if anchor is not None:
            self._anchors[anchor] = (node, -1 if isinstance(node, Mapping | Sequence) else 1)
        if tag is not None and tag not in _TAGS[type(node)] and tag not in self.dialect.tags:
            written = self.text[node.start : node.span.end].split("!", 1)[-1].split(maxsplit=1)
            name = "!" + written[0] if written else tag
            end = max(node.start + 1, min(node.span.start, node.span.end))
            self.errors.append(
                YamlError(
                    Span(node.start, end), f"tag `{name}` is not known here: remove it, or quote the value"
                )
            )

    def _mapping(self, event: Any) -> None:
        self._open(event, Mapping)

    def _sequence(self, event: Any) -> None:
        self._open(event, Sequence)

    def _open(self, event: Any, kind: type[Mapping] | type[Sequence]) -> None:
        start, anchor, tag = event.start_mark.index, event.anchor, event.tag
        begin = start
        if anchor is not None or tag is not None:
            begin = _content_start(self.text, start, len(self.text))
        node = kind(Span(begin, begin), start, tag, anchor, bool(event.flow_style))
        self._count(node.span, 1)
        self._children.append(node)
        if anchor is not None or tag is not None:
            self._properties(node, tag, anchor)
        if len(self._stack) >= self.limits.depth:
            end = event.end_mark.index
            self._stop(
                Span(begin, max(end, begin + 1)),
                f"nested more than {self.limits.depth} levels deep: GitHub reads no deeper",
            )
        self._children = []
        self._stack.append(Frame(node, self._children, self._visited - 1))

    def _end(self, event: Any) -> None:
        frame = self._stack.pop()
        self._close(frame, event.end_mark.index)
        self._children = self._stack[-1].children if self._stack else self._top

    def _close(self, frame: Frame, end: int | None = None) -> None:
        node, children, _ = frame
        if isinstance(node, Mapping):
            if len(children) % 2:  # cut off by an error
                place = children[-1].span.end
                children.append(Scalar(Span(place, place), place, None, None, "", "plain", self.text))
            node.pairs = list(map(Pair, children[::2], children[1::2]))
            names = [key.text for key in children[::2] if type(key) is Scalar]
            if len(set(names)) < len(names):
                self._duplicates(node)
        else:
            node.items = children
        start = node.span.start
        bracketed = node.flow and self.text.startswith(("{", "["), start)
        if end is None or not bracketed:
            end = children[-1].span.end if children else min(start + 1, len(self.text))
        node.span = Span(start, max(start, end))
        if node.anchor is not None and self._anchors.get(node.anchor, (None,))[0] is node:
            self._anchors[node.anchor] = (node, self._visited - frame.visited)

    def _duplicates(self, node: Mapping) -> None:
        first: dict[str, int] = {}
        for key, _ in node.pairs:
            if not isinstance(key, Scalar):
                continue
            if key.text in first:
                line = self.text.count("\n", 0, first[key.text]) + 1
                self.errors.append(
                    YamlError(
                        key.span, f"duplicate key `{key.text}`, first used in line {line}", readable=True
                    )
                )
            else:
                first[key.text] = key.span.start

    def _alias(self, event: Any) -> None:
        name, span = event.anchor, Span(event.start_mark.index, event.end_mark.index)
        target, size = self._anchors.get(name, (None, 1))
        if target is None:
            self.errors.append(YamlError(span, f"there is no anchor `&{name}` above this alias"))
        elif size < 0:
            self.errors.append(YamlError(span, f"anchor `&{name}` contains itself through this alias"))
            target = None
        else:
            self.aliased.add(id(target))
        self._children.append(Alias(span, name, target))
        self._count(span, max(size, 1))


@cache
def _colons() -> re.Pattern[str]:
    """Colons inside a plain scalar (in `[a:b]`; not in `{"a":b}`), or in text where they mean nothing."""
    return re.compile(r"(?<![\"'\]}]):(?=[^\s,\[\]{}])")


def _ignore(event: Any) -> None:
    """Nothing to build from this event."""


def _content_start(text: str, start: int, end: int) -> int:
    """Behind the anchor and tag at ``start``, and the blanks and comments that follow them."""
    at = start
    while at < end and text[at] in "&!":
        while at < end and not text[at].isspace():
            at += 1
        at = skip_blanks(text, at, end)
    return min(at, end)


def skip_blanks(text: str, at: int, end: int) -> int:
    """The first place from ``at`` that is neither blank nor in a comment."""
    while at < end and (text[at].isspace() or text[at] == "#"):
        if text[at] == "#":
            stop = text.find("\n", at)
            at = end if stop < 0 else stop
        else:
            at += 1
    return at


def _block_end(text: str, start: int, end: int) -> int:
    """The end of the last line with content of a block scalar; of the header where there is none."""
    body = text[start:end]
    lines = body.rstrip()
    stop = start + len(lines)
    if "\n" not in lines and "\r" not in lines:
        header = re.compile(r"[|>][-+0-9]*").match(text, start)
        return header.end() if header else stop
    while stop < end and text[stop] in " \t":  # blanks at the end of the line are content
        stop += 1
    return stop
