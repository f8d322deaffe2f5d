"""Where and how the text of a YAML collection changes when a child is added to it or taken out."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence as Lines

from cilint.syntax.yaml import Document, Mapping, Node, Scalar, Sequence, reread
from cilint.syntax.yaml_layout import (
    Layout,
    above,
    column,
    content_end,
    fitted,
    last_value,
    layout,
    line_end,
    line_start,
    next_line,
)
from cilint.syntax.yaml_quote import flow, quote
from cilint.syntax.yaml_reader import skip_blanks
from cilint.text.edit import Edit
from cilint.text.remember import remembered_by
from cilint.text.source import Span
from cilint.text.values import NamedTuple


class EditRefused(Exception):  # noqa: N818 - not an error: the text stays as it is
    """The edit cannot be made safely; ``reason`` says why in plain words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Children(NamedTuple):
    """A collection's children: ``starts`` are the places of keys or dashes, ``values`` what they end with."""

    doc: Document
    node: Mapping | Sequence
    starts: list[int]
    values: list[Node]
    indent: int
    style: Layout


@remembered_by
def children(doc: Document, node: Mapping | Sequence) -> Children:
    if isinstance(node, Mapping):
        starts = [pair.key.start for pair in node.pairs]
        values = [pair.value for pair in node.pairs]
    else:
        starts = [item.start for item in node.items] if node.flow else _dashes(doc.text, node)
        values = node.items
    return Children(doc, node, starts, values, column(doc.text, node.span.start), layout(doc))


def _dashes(text: str, sequence: Sequence) -> list[int]:
    result, at = [], sequence.span.start
    for item in sequence.items:
        result.append(skip_blanks(text, at, len(text)))
        at = item.span.end
    return result


# New text


def snippet(lines: Lines[str]) -> Node | None:
    """What new YAML lines say. Raises EditRefused where they are not valid."""
    doc = reread("\n".join([*lines, ""]))
    if doc.errors:
        raise EditRefused(f"the new text is not valid YAML: {doc.errors[0].message}")
    return doc.root


def pair_lines(key: str, lines: Lines[str], indent: int, style: Layout) -> list[str]:
    """The lines of a block mapping's pair at column ``indent``."""
    name = " " * indent + quote(key) + ":"
    root = snippet(lines)
    if root is None or (isinstance(root, Scalar) and root.span.start == root.span.end):
        return [name]
    if isinstance(root, Mapping | Sequence) and not root.flow:
        by = style.dash if isinstance(root, Sequence) else style.step
        return [name, *fitted(lines, indent + by, style)]
    return fitted([f"{quote(key)}: {lines[0]}", *lines[1:]], indent, style)


def item_lines(lines: Lines[str], indent: int, style: Layout, gap: int = 2) -> list[str]:
    """The lines of a block sequence's item whose dash is at column ``indent``, ``gap`` before its text."""
    root = snippet(lines)
    if root is None:
        return [" " * indent + "-"]
    if isinstance(root, Mapping | Sequence) and not root.flow:
        first, *rest = fitted(lines, indent + gap, style)
    else:
        first, rest = lines[0], _moved(lines[1:], indent)
    return [" " * indent + "-".ljust(gap) + first.lstrip(" "), *rest]


def _moved(lines: Lines[str], indent: int) -> list[str]:
    return [" " * indent + line if line.strip() else "" for line in lines]


def on_one_line(lines: Lines[str]) -> str:
    """The value of ``lines`` for a flow collection, as it is written if it can stand there so."""
    root = snippet(lines)
    if len(lines) == 1 and isinstance(root, Scalar):
        found = reread(f"[{lines[0]}]").root
        if isinstance(found, Sequence) and len(found.items) == 1:
            item = found.items[0]
            if isinstance(item, Scalar) and item.text == root.text and not item.tag:
                return lines[0][item.span.start - 1 : item.span.end - 1]
    return "null" if root is None else flow(root)


def block_text(doc: Document, node: Scalar, value: str) -> str | None:
    """``value`` as a literal block in place of ``node``; None where a block cannot hold it."""
    body = value.rstrip("\n")
    lines = body.split("\n")
    if (
        not body.strip()
        or lines[0].startswith(" ")
        or not body.replace("\n", " ").replace("\t", " ").isprintable()
    ):
        return None
    text, style = doc.text, layout(doc)
    at = next_line(text, node.span.start)
    old = text[at : node.span.end].splitlines() if at < node.span.end else []
    indents = [len(line) - len(line.lstrip(" ")) for line in old if line.strip()]
    lead = text[line_start(text, node.span.start) : node.span.start]
    indent = " " * (min(indents) if indents else len(lead) - len(lead.lstrip(" -")) + style.body)
    tail = value[len(body) :]
    header = "|" + ("-" if not tail else "" if tail == "\n" else "+")
    kept = style.newline * (len(tail) - 1)
    return style.newline.join([header, *(indent + line if line else "" for line in lines)]) + kept


# Insertion


def insertion(view: Children, index: int, lines: list[str]) -> Edit:
    """Make ``lines`` child ``index`` of a collection that has children (a flow collection: one line)."""
    if view.node.flow:
        return _flow_insertion(view, index, lines[0])
    text, newline = view.doc.text, view.style.newline
    gap = [""] if _spaced(view, index) else []
    if index < len(view.starts):
        at = view.starts[index]
        if index == 0 and text[line_start(text, at) : at].strip():  # the first key of a list item
            new = newline.join([lines[0].lstrip(" "), *lines[1:], *gap, ""])
            return Edit(Span(at, at), new + " " * view.indent)
        at = above(text, at)
        return Edit(Span(at, at), newline.join([*lines, *gap, ""]))
    at = next_line(text, content_end(text, view.values[-1]))
    if at == len(text) and not text.endswith("\n"):
        end = [""] if _ends_in_block(lines) else []  # whose last line end is part of its text
        return Edit(Span(at, at), newline.join(["", *gap, *lines, *end]))
    return Edit(Span(at, at), newline.join([*gap, *lines, ""]))


def _ends_in_block(lines: list[str]) -> bool:
    last = last_value(reread("\n".join(lines)).root)
    return isinstance(last, Scalar) and last.style in ("literal", "folded")


def _spaced(view: Children, index: int) -> bool:
    """Whether the children next to ``index`` are parted by a blank line."""
    if len(view.starts) < 2:
        return False
    second = max(1, min(index, len(view.starts) - 1))
    between = view.doc.text[content_end(view.doc.text, view.values[second - 1]) : view.starts[second]]
    return "\n\n" in between.replace("\r", "").replace(" ", "")


def _flow_insertion(view: Children, index: int, text: str) -> Edit:
    source = view.doc.text
    start = view.starts[min(index, len(view.starts) - 1)]
    lead = source[line_start(source, start) : start]
    apart = " " if lead.strip() or not lead else view.style.newline + lead
    if index < len(view.starts):
        return Edit(Span(start, start), f"{text},{apart}")
    last = view.values[-1].span
    comma = " ," if last.start == last.end and source[last.end - 1] == ":" else ","
    return Edit(Span(last.end, last.end), comma + apart + text)


def opened(
    doc: Document, node: Node, path: list[Node], text: str, block: Callable[[int, Layout], list[str]]
) -> list[Edit]:
    """Fill an empty collection or value: with a ``block`` below its key, elsewhere with the flow ``text``."""
    if isinstance(node, Scalar) and (node.text or node.style != "plain"):
        raise EditRefused("the place holds a value already")
    source, parent = doc.text, path[-2] if len(path) > 1 else None
    start = len(source[: node.span.start].rstrip(" "))
    behind_key = source[start - 1 : start] == ":" and "\n" not in source[start : node.span.end]
    if not isinstance(parent, Mapping) or parent.flow or node.start != node.span.start or not behind_key:
        lead = " " if source[: node.span.start].endswith((":", "-")) else ""
        return [Edit(node.span, lead + text)]
    style = layout(doc)
    indent = column(source, parent.span.start)
    lines = block(indent + _step(node, text, style), style)
    at = line_end(source, node.span.end)
    below = style.newline.join(["", *lines, *([""] if at == len(source) and _ends_in_block(lines) else [])])
    if at == node.span.end:
        return [Edit(Span(start, at), below)]
    cleared = [Edit(Span(start, node.span.end), "")] if start < node.span.end else []
    return [*cleared, Edit(Span(at, at), below)]


def _step(node: Node, text: str, style: Layout) -> int:
    return style.dash if isinstance(node, Sequence) or text.startswith("[") else style.step


# Removal


def removal(view: Children, path: list[Node], index: int) -> Edit:
    """Take child ``index`` out of a collection; ``path`` leads from the root to the collection."""
    text = view.doc.text
    if len(view.starts) == 1:
        return _emptied(view, path)
    if view.node.flow:
        following = index + 1 < len(view.starts)
        begin = view.starts[index] if following else view.values[index - 1].span.end
        stop = view.starts[index + 1] if following else view.values[index].span.end
        return _uncommented(view.doc, Edit(Span(begin, stop), ""))
    begin = view.starts[index]
    line, stop = line_start(text, begin), next_line(text, content_end(text, view.values[index]))
    if index == 0 and text[line:begin].strip():  # the first key of a list item: the next one takes its place
        while text[stop : stop + 1].isspace():
            stop += 1
        return Edit(Span(begin, stop), "")
    if stop == len(text) and not text.endswith("\n"):  # the last line stays without a line end
        line = len(text[:line].removesuffix("\n").removesuffix("\r"))
    return Edit(Span(line, stop), "")


def _emptied(view: Children, path: list[Node]) -> Edit:
    """Nothing is left: ``{}`` or ``[]``, behind the key where the collection was its value."""
    text, begin = view.doc.text, view.node.span.start
    empty = "{}" if isinstance(view.node, Mapping) else "[]"
    if not view.node.flow and len(path) > 1 and isinstance(path[-2], Mapping):
        lead = len(text[:begin].rstrip())
        if text[lead - 1 : lead] == ":" and not any(comment.end == lead for comment in view.doc.comments()):
            begin, empty = lead, " " + empty
    return _uncommented(view.doc, Edit(Span(begin, content_end(text, view.node)), empty))


def _uncommented(doc: Document, edit: Edit) -> Edit:
    if any(edit.span.covers(comment) for comment in doc.comments()):
        raise EditRefused("a comment would be lost")
    return edit
