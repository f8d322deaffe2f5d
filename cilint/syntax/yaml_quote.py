"""Values written as YAML: plain where that reads back as the same value, else in quotes."""

from __future__ import annotations

from cilint.syntax.yaml import Mapping, Node, Scalar, Sequence, Style, Value, reread
from cilint.text.edit import Edit
from cilint.text.source import Span

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def quote(value: Value, *, flow: bool = False, style: Style = "plain") -> str:
    """``value`` on one line, in ``style`` if it can be; in double quotes where nothing else can hold it.

    ``flow``: inside ``[ ]`` or ``{ }``, where fewer texts can stand without quotes.
    """
    if not isinstance(value, str):
        return _core(value)
    if style == "plain" and _plain(value, flow):
        return value
    doubled = style == "plain" and "'" in value and not set(value) & set('"\\')
    if style != "double" and value.isprintable() and not doubled:
        return "'" + value.replace("'", "''") + "'"
    return '"' + "".join(_escaped(char) for char in value) + '"'


def _core(value: bool | float | None) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    return {"nan": ".nan", "inf": ".inf", "-inf": "-.inf"}.get(text, text)


def _plain(text: str, flow: bool) -> bool:
    """Whether ``text`` without quotes is read as this very string, as a value and as a key."""
    if not text.isprintable() or not text or text.startswith(("---", "...")):
        return False
    root = reread(f"[{text}]\n" if flow else f"k: {text}\n").root
    found = (
        root.items
        if isinstance(root, Sequence)
        else [root.pairs[0].value]
        if isinstance(root, Mapping)
        else []
    )
    return (
        len(found) == 1
        and isinstance(found[0], Scalar)
        and found[0].style == "plain"
        and found[0].value == text
    )


def _escaped(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    code = ord(char)
    if char.isprintable():
        return char
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def quoted_part(node: Scalar, edit: Edit, *, in_flow: bool) -> str | None:
    """What an edit in the midst of a value puts there, as that is written in it; None where it cannot be."""
    text = edit.text
    if node.style == "double":
        return "".join(map(_escaped, text))
    if node.style == "literal":
        return text
    if "\n" in text:
        return None
    if node.style == "plain":
        before = node.source[node.span.start : edit.span.start]
        whole = before + text + node.source[edit.span.end : node.span.end]
        return text if _stays_plain(whole, in_flow=in_flow) else None
    return text.replace("'", "''") if node.style == "single" else text


def _stays_plain(source: str, *, in_flow: bool) -> bool:
    """Whether a plain value written so, on one line or more, is one to its end."""
    root = reread(f"{{k: {source}}}\n" if in_flow else f" k: {source}\n").root
    value = root.pairs[0].value if isinstance(root, Mapping) and len(root.pairs) == 1 else None
    return isinstance(value, Scalar) and value.style == "plain" and value.span == Span(4, 4 + len(source))


def flow(node: Node) -> str:
    """``node`` on one line, to stand inside ``[ ]`` or ``{ }``; an alias stays one."""
    if isinstance(node, Scalar):
        if not isinstance(node.value, str):
            return node.text or "null"
        return quote(
            node.value, flow=True, style=node.style if node.style in ("single", "double") else "plain"
        )
    if isinstance(node, Mapping):
        return "{" + ", ".join(f"{flow(key)}: {flow(value)}" for key, value in node.pairs) + "}"
    if isinstance(node, Sequence):
        return "[" + ", ".join(flow(item) for item in node.items) + "]"
    return f"*{getattr(node, 'name', '')}"
