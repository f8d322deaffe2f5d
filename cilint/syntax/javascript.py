"""Where a JavaScript program cannot be read, by tree-sitter's grammar."""

from __future__ import annotations

from cilint.syntax.native import code_parser
from cilint.text.hints import Any
from cilint.text.values import NamedTuple

MAX_NODES = 100_000


class JavaScriptError(NamedTuple):
    """The first place that fits nothing, as code points of the text, or what is missing there."""

    start: int
    end: int
    message: str


def error_in(text: str) -> JavaScriptError | None:
    """The first error of a program or a function's body: ``await`` and ``return`` may stand anywhere.

    Raises ImportError where the grammar is missing.
    """
    data = text.encode("utf-8", "surrogatepass")
    root = code_parser("javascript").parse(data).root_node
    if not root.has_error:
        return None
    waiting, seen = [root], 0
    while waiting and seen < MAX_NODES:
        node = waiting.pop()
        seen += 1
        if node.is_missing or node.type == "ERROR":
            return _told(node, data)
        waiting += [child for child in reversed(node.children) if child.has_error or child.is_missing]
    return None


def _told(node: Any, data: bytes) -> JavaScriptError:
    start, end = (len(data[:at].decode("utf-8", "surrogatepass")) for at in (node.start_byte, node.end_byte))
    if node.is_missing:
        return JavaScriptError(start, start, f"`{node.type}` is missing")
    words = data[node.start_byte : node.end_byte].decode("utf-8", "replace").split()
    shown = f"`{words[0][:30]}`" if words else "this"
    return JavaScriptError(start, max(end, start + 1), f"{shown} cannot stand here")
