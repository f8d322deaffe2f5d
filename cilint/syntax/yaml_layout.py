"""How a document is laid out: indentation, list style, line ends; and YAML lines made to fit it."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence as Lines

from cilint.syntax.yaml import Document, Mapping, Node, Scalar, Sequence, Style, reread, scalars
from cilint.syntax.yaml_reader import skip_blanks
from cilint.text.edit import Edit, apply_edits
from cilint.text.remember import remembered
from cilint.text.source import Span
from cilint.text.values import NamedTuple


class Layout(NamedTuple):
    """Columns that a nested mapping (``step``), a list (``dash``) and a block of text (``body``) are indented
    by, the quotes that most values have which have some (None: none have), and the line end.
    """

    step: int
    dash: int
    body: int
    quotes: Style | None
    newline: str


@remembered
def layout(doc: Document) -> Layout:
    """What the document does where it does it first; two columns where it never does anything of the kind."""
    found: dict[str, int] = {}
    for parent, child in _nested(doc.root):
        at = body_start(doc.text, child) if isinstance(child, Scalar) else child.span.start
        kind = "body" if isinstance(child, Scalar) else "dash" if isinstance(child, Sequence) else "step"
        if at is not None and kind not in found:
            found[kind] = column(doc.text, at) - column(doc.text, parent.span.start)
            if len(found) == 3:
                break
    first = doc.text.find("\n")
    newline = "\r\n" if first > 0 and doc.text[first - 1] == "\r" else "\n"
    step = found.get("step") or 2
    return Layout(step, found.get("dash", step), found.get("body", step), _quotes(doc.root), newline)


def _quotes(root: Node | None) -> Style | None:
    """The quotes that most quoted values stand in; of as many, the single ones."""
    styles = [each.style for each in scalars(root)]
    single, double = styles.count("single"), styles.count("double")
    return None if single + double == 0 else "double" if double > single else "single"


def body_start(text: str, node: Scalar) -> int | None:
    """Where the text of a block scalar begins, on the first of its lines that is not blank."""
    if node.style not in ("literal", "folded"):
        return None
    at = next_line(text, node.span.start)
    while at < node.span.end and text[at].isspace():
        at += 1
    return at if at < node.span.end else None


def _nested(root: Node | None) -> Iterator[tuple[Mapping, Node]]:
    """Block mappings with each block that is a value of theirs, in source order."""
    waiting = [] if root is None else [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Mapping) and not node.flow:
            children = [pair.value for pair in node.pairs]
            for child in children:
                if isinstance(child, Scalar):
                    if child.style in ("literal", "folded"):
                        yield node, child
                elif isinstance(child, Mapping | Sequence) and not child.flow:
                    yield node, child
            waiting += reversed(children)
        elif isinstance(node, Sequence):
            waiting += reversed(node.items)


def line_start(text: str, at: int) -> int:
    """Where the line with the offset ``at`` begins."""
    return text.rfind("\n", 0, at) + 1


def line_end(text: str, at: int) -> int:
    """Where the line with the offset ``at`` ends, before its line end."""
    end = text.find("\n", at)
    if end < 0:
        return len(text)
    return end - 1 if end > at and text[end - 1] == "\r" else end


def next_line(text: str, at: int) -> int:
    """Where the line below the one with the offset ``at`` begins; the text's end below the last."""
    end = text.find("\n", at)
    return len(text) if end < 0 else end + 1


def column(text: str, at: int) -> int:
    """Characters between the start of the line and ``at``."""
    return at - line_start(text, at)


def last_value(node: Node | None) -> Node | None:
    """What the text of ``node`` ends with: its last child's last child and so on."""
    while isinstance(node, Mapping | Sequence) and not node.flow:
        node = node.pairs[-1].value if isinstance(node, Mapping) else node.items[-1]
    return node


def content_end(text: str, node: Node) -> int:
    """The end of ``node`` with the blank lines that a block scalar at its end keeps (``|+``)."""
    last = last_value(node)
    end = node.span.end
    if not isinstance(last, Scalar) or last.style not in ("literal", "folded"):
        return end
    header = text[last.span.start : line_end(text, last.span.start)]
    while "+" in header.split("#")[0]:
        below = next_line(text, end)
        if below == len(text) or text[below : line_end(text, below)].strip():
            break
        end = below
    return end


def above(text: str, at: int) -> int:
    """The start of the line with ``at``, or of the comment lines right above it that are indented like it."""
    start = line_start(text, at)
    width = len(text[start:at])
    while start > 0:
        before = line_start(text, start - 1)
        line = text[before:start]
        if not line.lstrip(" ").startswith("#") or len(line) - len(line.lstrip(" ")) != width:
            break
        start = before
    return start


def requoted(lines: Lines[str], style: Layout) -> list[str]:
    """YAML ``lines`` with the quotes that the file uses, where these hold the same text as it stands."""
    text = "\n".join(lines)
    other, mark = ("single", "'") if style.quotes == "double" else ("double", '"')
    new = '"' if other == "single" else "'"
    edits = [
        Edit(each.span, f"{new}{each.text}{new}")
        for each in scalars(reread(text).root)
        if style.quotes and each.style == other and text[slice(*each.span)] == f"{mark}{each.text}{mark}"
        if not set(each.text) & set("\"'\\")
    ]
    return apply_edits(text, edits).split("\n")


def fitted(lines: Lines[str], indent: int, style: Layout) -> list[str]:
    """YAML ``lines`` that begin in column 0, moved to column ``indent`` and into the style of the file."""
    text = "\n".join(lines)
    doc = reread(text)
    columns: dict[int, int] = {}
    if doc.root is not None:
        _place(doc.text, doc.root, indent, style, columns)
    result: list[str] = []
    for line, shift in zip(lines, _shifts(doc, lines, columns, indent), strict=True):
        width = len(line) - len(line.lstrip(" "))
        result.append(" " * max(0, width + shift) + line[width:] if line.strip() else "")
    return result


def _shifts(doc: Document, lines: Lines[str], columns: dict[int, int], indent: int) -> list[int]:
    """By how much each line moves: as its key or dash, else as the line above; comments as that below."""
    shifts: list[int | None] = []
    shift, at = indent, 0
    for line in lines:
        width = len(line) - len(line.lstrip(" "))
        if at in columns:
            shift = columns[at] - width
        shifts.append(None if Span(at + width, at + len(line)) in doc.comments() else shift)
        at += len(line) + 1
    result: list[int] = []
    for known in reversed(shifts):
        shift = shift if known is None else known
        result.append(shift)
    return result[::-1]


def _place(text: str, node: Node, indent: int, style: Layout, columns: dict[int, int]) -> None:
    """Note for each line that begins with a key or a dash below ``node`` the column it belongs in."""
    start = node.span.start
    if isinstance(node, Mapping) and not node.flow:
        for key, value in node.pairs:
            _note(text, key.start, indent, columns)
            if isinstance(value, Scalar):
                body = body_start(text, value)
                if body is not None:
                    _note(text, body, indent + style.body, columns)
                continue
            by = style.dash if isinstance(value, Sequence) else style.step
            _place(text, value, indent + by, style, columns)
    elif isinstance(node, Sequence) and not node.flow:
        end = start
        for item in node.items:
            dash = skip_blanks(text, end, len(text))
            _note(text, dash, indent, columns)
            same = line_start(text, dash) == line_start(text, item.span.start)
            _place(text, item, indent + (item.span.start - dash if same else style.step), style, columns)
            end = item.span.end


def _note(text: str, at: int, indent: int, columns: dict[int, int]) -> None:
    start = line_start(text, at)
    if not text[start:at].strip(" "):
        columns.setdefault(start, indent)
