"""The pipeline as a Mermaid flowchart, which GitHub draws in Markdown.

Whatever might mean something to Mermaid is written as a numbered entity.
"""

from __future__ import annotations

from cilint.pipeline.graph import KIND_NAMES, Edge, Graph, Node, NodeKind, worst
from cilint.report.graph_text import badge, clean, summary

_SHAPES: dict[NodeKind, tuple[str, str]] = {
    "trigger": ("([", "])"),
    "job": ("[", "]"),
    "dockerfile": ("[/", "/]"),
    "build": ("[[", "]]"),
    "registry": ("[(", ")]"),
    "deploy": ("{{", "}}"),
    "probe": ("(", ")"),
}
_ARROWS = {"from": "-.->", "calls": "-.->", "workflow_run": "==>"}
_PLAIN = frozenset(" .,:_-/")
_MOST = 60  # code points of a line
_STYLES = (
    "classDef error stroke:#cf222e,stroke-width:3px",
    "classDef warning stroke:#bf8700,stroke-width:3px",
    "classDef info stroke:#0969da,stroke-width:2px",
)


def render(graph: Graph) -> str:
    """The flowchart, one subgraph a workflow."""
    lines = ["flowchart LR", f"  %% {summary(graph)}"]
    for group in graph.groups:
        marks = badge(group.marks)
        title = _label([group.title, marks] if marks else [group.title])
        lines += [f"  subgraph {group.id}[{title}]", "    direction LR"]
        lines += [f"    {_node(node)}" for node in group.nodes]
        lines += [f"    {_edge(edge)}" for edge in group.edges]
        lines.append("  end")
    lines += [f"  {_edge(edge)}" for edge in graph.edges]
    lines += [f"  {style}" for style in _STYLES]
    owners = [(group.id, group.marks) for group in graph.groups]
    owners += [(node.id, node.marks) for group in graph.groups for node in group.nodes]
    for owner, held in owners:
        level = worst(held)
        if level is not None:
            lines.append(f"  class {owner} {level.label}")
    return "\n".join(lines) + "\n"


def _node(node: Node) -> str:
    opening, closing = _SHAPES[node.kind]
    kind = f"{KIND_NAMES[node.kind]}, {node.when}" if node.when else KIND_NAMES[node.kind]
    return f"{node.id}{opening}{_label([kind, node.title, *node.details, badge(node.marks)])}{closing}"


def _edge(edge: Edge) -> str:
    return f"{edge.source} {_ARROWS.get(edge.kind, '-->')} {edge.target}"


def _label(lines: list[str]) -> str:
    return '"' + "<br/>".join(escape(line) for line in lines if line) + '"'


def escape(text: str) -> str:
    """Text for a label, at most so long that the picture stays readable."""
    words = clean(text)
    words = words if len(words) <= _MOST else f"{words[: _MOST - 1]}…"
    return "".join(char if char.isalnum() or char in _PLAIN else f"#{ord(char)};" for char in words)
