"""Edits of a YAML text that leave everything else as it is: comments, quotes, indentation, line ends.

Every function gives edits of ``doc.text``. The edited text is read again and must hold exactly the
expected data, else EditRefused is raised: an edit is right or it is not made.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from collections.abc import Sequence as Lines

from cilint.syntax.yaml import Alias, Document, Mapping, Node, Pair, Scalar, Sequence, Value, parse, reread
from cilint.syntax.yaml_change import (
    EditRefused,
    block_text,
    children,
    insertion,
    item_lines,
    on_one_line,
    opened,
    pair_lines,
    removal,
    snippet,
)
from cilint.syntax.yaml_layout import layout, line_start, next_line, requoted
from cilint.syntax.yaml_quote import quote, quoted_part
from cilint.text.edit import Edit, apply_edits
from cilint.text.hints import Any
from cilint.text.remember import remembered
from cilint.text.source import Span
from cilint.text.values import NamedTuple

__all__ = [
    "EditRefused",
    "append_item",
    "insert_pair",
    "quote",
    "remove_item",
    "remove_pair",
    "rename_key",
    "reorder",
    "set_scalar",
    "within",
]

LEAST_READ, MOST_READ = 200_000, 4
"""So many characters, and so many times a file's length, are read again in checking its edits."""

Data = Any  # ("scalar", type, text) | ("mapping", pairs) | ("sequence", items) | ("alias", name)
Changes = dict[Node, Callable[[Data], Data]]


class Item(NamedTuple):
    """One item of a sequence."""

    node: Node


def set_scalar(doc: Document, node: Scalar, value: Value) -> list[Edit]:
    """Replace a value. A string keeps its quotes, or its block form; other values are written plain."""
    path = _path(doc, node)
    inside_flow = any(isinstance(outer, Mapping | Sequence) and outer.flow for outer in path)
    if isinstance(value, str) and node.style in ("literal", "folded"):
        text = block_text(doc, node, value) or quote(value, style="double")
    else:
        text = quote(value, flow=inside_flow, style=node.style)
        text = requoted([text], layout(doc))[0] if node.style == "plain" else text
    if not node.text and node.style == "plain" and doc.text[: node.span.start].endswith((":", "-", "?")):
        text = " " + text
    new = _scalar_data(value if isinstance(value, str) else parse(text).root)
    return _checked(doc, [Edit(node.span, text)], {node: lambda _: new})


def within(doc: Document, edit: Edit) -> Edit:
    """An edit in the midst of a value's text, as the quotes that the value stands in want it.

    Other edits stay as they are. Raises EditRefused where the value cannot say it in the form that it has,
    and in what aliases repeat.
    """
    path = _around(doc, edit.span)
    node = path[-1] if path else None
    if not isinstance(node, Scalar):
        return edit
    in_flow = any(isinstance(outer, Mapping | Sequence) and outer.flow for outer in path)
    first, last = edit.span.start == node.span.start, edit.span.end == node.span.end
    begins = first and not last and node.style == "plain" and "\n" not in edit.text
    text = edit.text if first or last else quoted_part(node, edit, in_flow=in_flow)
    if text is None or (begins and text.startswith(('"', "'"))):  # that quote would be YAML's
        raise EditRefused("the value cannot say this in the form that it has")
    return Edit(edit.span, text)


def _around(doc: Document, place: Span) -> list[Node]:
    """The nodes that a place is in, from the root. Refuses what aliases repeat elsewhere."""
    path: list[Node] = []
    node = next((root for root in doc.roots if root.span.covers(place)), None)
    while node is not None:
        if id(node) in doc.aliased:
            raise EditRefused("the place is anchored and used elsewhere: an edit would change both")
        path.append(node)
        node = next((each for each in _near(node, place) if each.span.covers(place)), None)
    return path


def rename_key(doc: Document, mapping: Mapping, old: str, new: str) -> list[Edit]:
    """Give the pair ``old`` the key ``new``, at its place and in its quotes."""
    key = _pair(mapping, old).key
    if mapping.pair(new) is not None:
        raise EditRefused(f"there is a key `{new}` already")
    assert isinstance(key, Scalar)
    return set_scalar(doc, key, new)


def insert_pair(
    doc: Document,
    mapping: Mapping | Scalar,
    key: str,
    value_lines: Lines[str],
    *,
    after: str | None = None,
    before: str | None = None,
) -> list[Edit]:
    """Add ``key`` with a value of YAML lines (from column 0), at the end or beside a named key.

    ``mapping`` may be ``{}`` or an empty value. Raises EditRefused where the key exists.
    """
    path = _path(doc, mapping)
    style = layout(doc)
    value_lines = requoted(value_lines, style)
    entry = (_scalar_data(key), _data(snippet(value_lines), {}))
    if isinstance(mapping, Scalar) or not mapping.pairs:
        text = f"{{{quote(key, flow=True)}: {on_one_line(value_lines)}}}"
        edits = opened(doc, mapping, path, text, lambda at, style: pair_lines(key, value_lines, at, style))
        return _checked(doc, edits, {mapping: lambda _: ("mapping", [entry])})
    if mapping.pair(key) is not None:
        raise EditRefused(f"there is a key `{key}` already")
    named = before if before is not None else after
    neighbour = mapping.pairs[-1] if named is None else _pair(mapping, named)
    index = mapping.pairs.index(neighbour) + (before is None)
    view = children(doc, mapping)
    lines = (
        requoted([f"{quote(key, flow=True)}: {on_one_line(value_lines)}"], style)
        if mapping.flow
        else pair_lines(key, value_lines, view.indent, view.style)
    )
    return _checked(
        doc,
        [insertion(view, index, lines)],
        {mapping: lambda old: ("mapping", _inserted(old[1], index, entry))},
    )


def append_item(
    doc: Document, sequence: Sequence | Scalar, lines: Lines[str], index: int | None = None
) -> list[Edit]:
    """Add an item of YAML lines (from column 0, without the dash) before item ``index``, or at the end.

    ``sequence`` may be ``[]`` or an empty value.
    """
    path = _path(doc, sequence)
    style = layout(doc)
    lines = requoted(lines, style)
    entry = _data(snippet(lines), {})
    if isinstance(sequence, Scalar) or not sequence.items:
        text = f"[{on_one_line(lines)}]"
        edits = opened(doc, sequence, path, text, lambda at, style: item_lines(lines, at, style))
        return _checked(doc, edits, {sequence: lambda _: ("sequence", [entry])})
    place = len(sequence.items) if index is None else max(0, min(index, len(sequence.items)))
    view = children(doc, sequence)
    beside = sequence.items[min(place, len(sequence.items) - 1)].span.start
    new = (
        requoted([on_one_line(lines)], style)
        if sequence.flow
        else item_lines(lines, view.indent, view.style, _gap(doc.text, beside))
    )
    return _checked(
        doc,
        [insertion(view, place, new)],
        {sequence: lambda old: ("sequence", _inserted(old[1], place, entry))},
    )


def _gap(text: str, at: int) -> int:
    """Columns from the dash of the item at ``at`` to its text; two where that is on another line."""
    before = text[line_start(text, at) : at]
    return len(before) - before.index("-") if before.strip() == "-" else 2


def remove_pair(doc: Document, mapping: Mapping, key: str) -> list[Edit]:
    """Take out the pair ``key`` with its lines; comments above it stay. The last one leaves ``{}``."""
    pair = _pair(mapping, key)
    path = _path(doc, mapping)
    _unused(doc, pair.key, pair.value)
    index = mapping.pairs.index(pair)
    edits = [removal(children(doc, mapping), path, index)]
    return _checked(doc, edits, {mapping: lambda old: ("mapping", _without(old[1], index))})


def remove_item(doc: Document, sequence: Sequence, index: int) -> list[Edit]:
    """Take out the item ``index`` with its lines; comments above it stay. The last one leaves ``[]``."""
    if not 0 <= index < len(sequence.items):
        raise EditRefused(f"there is no item {index}")
    path = _path(doc, sequence)
    _unused(doc, sequence.items[index])
    edits = [removal(children(doc, sequence), path, index)]
    return _checked(doc, edits, {sequence: lambda old: ("sequence", _without(old[1], index))})


def reorder(doc: Document, node: Mapping | Sequence, order: Lines[int]) -> list[Edit]:
    """Put child ``order[n]`` in the place of child ``n``; comments go with what they stand above."""
    from cilint.syntax.yaml_order import reordering

    if doc.errors or sorted(order) != list(range(len(order))):
        raise EditRefused("the file is not valid YAML")
    if list(order) == sorted(order):
        return []
    if _has_twins(doc):
        raise EditRefused("two anchors have one name: their order counts")
    kind = "mapping" if isinstance(node, Mapping) else "sequence"
    edit = reordering(children(doc, node), order)
    return _checked(doc, [edit], {node: lambda old: (kind, [old[1][place] for place in order])})


# What may be edited


def _path(doc: Document, node: Node) -> list[Node]:
    """The nodes from the root to ``node``. Refuses broken documents and what aliases repeat elsewhere."""
    if doc.errors or doc.root is None:
        raise EditRefused("the file is not valid YAML")
    path = [next((root for root in doc.roots if _holds(root, node.span)), doc.root)]
    while path[-1] is not node:
        inner = _towards(_near(path[-1], node.span), node) or _towards(_children(path[-1]), node)
        if inner is None:
            raise EditRefused("the place is not part of this document")
        path.append(inner)
    if any(id(each) in doc.aliased for each in path):
        raise EditRefused("the place is anchored and used elsewhere: an edit would change both")
    return path


def _towards(children: list[Node], node: Node) -> Node | None:
    """The child that is the node, or that it is in."""
    return next((each for each in children if each is node or _holds(each, node.span)), None)


def _holds(node: Node, place: Span) -> bool:
    return isinstance(node, Mapping | Sequence) and node.span.covers(place)


def _near(node: Node, place: Span) -> list[Node]:
    """The children that a place is most likely in: looking at all of them each time is slow in long lists."""
    if isinstance(node, Mapping):
        at = bisect_right(node.pairs, place.start, key=lambda pair: pair.key.span.start)
        return [each for pair in node.pairs[max(at - 1, 0) : at] for each in pair]
    if isinstance(node, Sequence):
        at = bisect_right(node.items, place.start, key=lambda item: item.span.start)
        return node.items[max(at - 1, 0) : at]
    return []


def _children(node: Node) -> list[Node]:
    if isinstance(node, Mapping):
        return [each for pair in node.pairs for each in pair]
    return node.items if isinstance(node, Sequence) else []


@remembered
def _has_twins(doc: Document) -> bool:
    """Whether two nodes have the same anchor."""
    waiting, found = [*doc.roots], set()
    while waiting:
        node = waiting.pop()
        if node.anchor in found:
            return True
        if node.anchor is not None:
            found.add(node.anchor)
        waiting += _children(node)
    return False


def _unused(doc: Document, *nodes: Node) -> None:
    """Refuse to remove what an alias needs."""
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        if id(node) in doc.aliased:
            raise EditRefused(f"`&{node.anchor}` is used elsewhere")
        waiting += _children(node)


def _pair(mapping: Mapping, name: str | None) -> Pair:
    pair = mapping.pair(name or "")
    if pair is None:
        raise EditRefused(f"there is no key `{name}`")
    return pair


# The expected data


class _Checks:
    """The edits of a document that have been checked, and how many characters may still be read for more."""

    def __init__(self, doc: Document) -> None:
        self.known: dict[tuple[object, ...], str] = {}
        self.left = LEAST_READ + MOST_READ * len(doc.text)


@remembered
def _checks(doc: Document) -> _Checks:
    return _Checks(doc)


def _checked(doc: Document, edits: list[Edit], changes: Changes) -> list[Edit]:
    """The edits, if reading their result gives the old data with the changes. Raises EditRefused.

    Many findings may ask for one edit, which is checked once.
    """
    known = _checks(doc).known
    key = (*edits, *map(id, changes))
    if key not in known:
        known[key] = _wrong(doc, edits, changes)
    if known[key]:
        raise EditRefused(known[key])
    return edits


def _wrong(doc: Document, edits: list[Edit], changes: Changes) -> str:
    """Why the edits may not be made; empty where they may."""
    entry, part = _part(doc, edits, changes)
    _checks(doc).left -= part.end - part.start
    if _checks(doc).left < 0:
        return "the file would need more edits than are checked at once"
    moved = [Edit(edit.span.shift(-part.start), edit.text) for edit in edits]
    after = reread(apply_edits(doc.text[part.start : part.end], moved), doc.dialect)
    expected = [_alone(each, changes) for each in (doc.roots if entry is None else [entry])]
    if after.errors or [_data(root, {}) for root in after.roots] != expected:
        return "the text is laid out in a way that cannot be edited safely"
    return ""


def _alone(entry: Pair | Item | Node | None, changes: Changes) -> Data:
    """What the lines of an entry say by themselves: a mapping or list of this entry only."""
    if isinstance(entry, Pair):
        return ("mapping", [_pair_data(entry, changes)])
    if isinstance(entry, Item):
        return ("sequence", [_data(entry.node, changes)])
    return _data(entry, changes)


def _part(doc: Document, edits: list[Edit], changes: Changes) -> tuple[Pair | Item | None, Span]:
    """The inmost block pair or item that holds all that changes, with its lines: they read alike alone.

    Everything (and no entry) where there is none; aliases tie a document together, so with them as well.
    """
    found: Pair | Item | None = None
    part = Span(0, len(doc.text))
    node = doc.root if len(doc.roots) == 1 else None
    at = min(each.span.start for each in changes)
    while isinstance(node, Mapping | Sequence) and not node.flow and not doc.aliased:
        inner = _entry_around(doc, node, part, at)
        if inner is None or not _holds_all(*inner, edits, changes):
            break
        found, part = inner
        node = _value(found)
    return found, part


def _value(entry: Pair | Item) -> Node:
    return entry.value if isinstance(entry, Pair) else entry.node


def _entry_around(
    doc: Document, node: Mapping | Sequence, outer: Span, at: int
) -> tuple[Pair | Item, Span] | None:
    """The entry in whose lines ``at`` lies: from the line that it begins to that of the next entry."""
    if isinstance(node, Mapping):
        starts, before = [pair.key.span.start for pair in node.pairs], ""
    else:
        starts, before = [each.span.start for each in node.items], "-"
    place = bisect_left(starts, next_line(doc.text, at)) - 1
    if place < 0:
        return None
    begin = line_start(doc.text, starts[place])
    if begin < outer.start or doc.text[begin : starts[place]].strip(" ") != before:
        return None
    end = line_start(doc.text, starts[place + 1]) if place + 1 < len(starts) else outer.end
    entry: Pair | Item = node.pairs[place] if isinstance(node, Mapping) else Item(node.items[place])
    return entry, Span(begin, end)


def _holds_all(entry: Pair | Item, lines: Span, edits: list[Edit], changes: Changes) -> bool:
    """Whether the edits, and all nodes that change, lie in the lines of an entry and are not its own key."""
    inside = _value(entry).span
    return all(lines.covers(edit.span) for edit in edits) and all(
        inside.start <= node.span.start and node.span.end <= inside.end for node in changes
    )


def _pair_data(pair: Pair, changes: Changes) -> Data:
    return _data(pair.key, changes), _data(pair.value, changes)


def _data(node: Node | None, changes: Changes) -> Data:
    """What the node says, regardless of how it is written; ``changes`` are applied to the nodes named."""
    result: Data
    if isinstance(node, Mapping):
        result = ("mapping", [_pair_data(pair, changes) for pair in node.pairs])
    elif isinstance(node, Sequence):
        result = ("sequence", [_data(item, changes) for item in node.items])
    elif isinstance(node, Alias):
        result = ("alias", node.name)
    else:
        result = _scalar_data(node)
    return changes[node](result) if node is not None and node in changes else result


def _scalar_data(value: Node | str | None) -> Data:
    if isinstance(value, Scalar):
        kind = type(value.value).__name__
        return ("scalar", kind, "" if kind == "NoneType" else value.text)
    return ("scalar", "NoneType", "") if value is None else ("scalar", "str", value)


def _inserted(children: list[Data], index: int, entry: Data) -> list[Data]:
    return [*children[:index], entry, *children[index:]]


def _without(children: list[Data], index: int) -> list[Data]:
    return [*children[:index], *children[index + 1 :]]
