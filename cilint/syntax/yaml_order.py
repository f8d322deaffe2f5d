"""The children of a YAML collection with all that belongs to them, and their text in another order.

Comments right above a child and those below it that are indented more go with it; blank lines between
children stay where they are.
"""

from __future__ import annotations

from collections.abc import Sequence as Lines

from cilint.syntax.yaml_change import Children, EditRefused
from cilint.syntax.yaml_layout import column, content_end, line_end, line_start, next_line
from cilint.text.edit import Edit
from cilint.text.source import Span


def reordering(view: Children, order: Lines[int]) -> Edit:
    """Put child ``order[n]`` in the place of child ``n``. Raises EditRefused."""
    spans = _flow_spans(view) if view.node.flow else _block_spans(view, order)
    moved = [place for place, child in enumerate(order) if place != child]
    first, last = min(moved), max(moved)
    text = view.doc.text
    pieces = []
    for place in range(first, last + 1):
        pieces.append(text[slice(*spans[order[place]])])
        if place < last:
            pieces.append(text[spans[place].end : spans[place + 1].start])
    return Edit(Span(spans[first].start, spans[last].end), "".join(pieces))


def _flow_spans(view: Children) -> list[Span]:
    spans = [Span(start, value.span.end) for start, value in zip(view.starts, view.values, strict=True)]
    whole = Span(spans[0].start, spans[-1].end)
    if any(whole.covers(comment) for comment in view.doc.comments()):
        raise EditRefused("a comment stands between the entries")
    return spans


def _block_spans(view: Children, order: Lines[int]) -> list[Span]:
    """Each child from the comments above it to its last line, without that line's end."""
    text = view.doc.text
    spans: list[Span] = []
    below = 0  # where the lines begin that belong to no child before
    for start, value in zip(view.starts, view.values, strict=True):
        if text[line_start(text, start) : start].strip(" "):
            raise EditRefused("an entry does not begin a line")
        begin = _above(view, start, below)
        if spans and text[below:begin].strip():
            raise EditRefused("it is not clear which entry a comment belongs to")
        end = _end(view, start, value.start, content_end(text, value))
        spans.append(Span(begin, end))
        below = next_line(text, end)
    if spans[0].start == 0 and text.startswith("#") and order[0] != 0:
        raise EditRefused("the comment at the top may speak of the file or of its first entry")
    return spans


def _above(view: Children, start: int, below: int) -> int:
    """Where the comment lines begin that end right above ``start`` and are indented like it."""
    text = view.doc.text
    begin = line_start(text, start)
    while begin > below:
        before = line_start(text, begin - 1)
        line = text[before:begin]
        if not line.lstrip(" ").startswith("#") or column(text, before + line.index("#")) != view.indent:
            break
        begin = before
    return begin


def _end(view: Children, start: int, value: int, end: int) -> int:
    """The end of the last line of a child, and of the comments that are indented into it."""
    text = view.doc.text
    at = line_end(text, max(start, value, end - 1 if text[end - 1 : end] == "\n" else end))
    while (below := next_line(text, at)) < len(text):
        line = text[below : line_end(text, below)]
        bare = line.lstrip(" ")
        if not bare.startswith("#") or len(line) - len(bare) <= view.indent:
            break
        at = below + len(line)
    return at
