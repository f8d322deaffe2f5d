"""The pipeline in the language of Graphviz."""

from __future__ import annotations

from cilint.findings.finding import Severity
from cilint.pipeline.graph import KIND_NAMES, Edge, Graph, Group, Mark, Node, NodeKind, worst
from cilint.report.graph_text import badge, clean, summary, told

_SHAPES: dict[NodeKind, str] = {
    "trigger": "box", "job": "box", "dockerfile": "note", "build": "box3d", "registry": "cylinder",
    "deploy": "component", "probe": "ellipse",
}  # fmt: skip
_COLORS = {Severity.ERROR: "#cf222e", Severity.WARNING: "#bf8700", Severity.INFO: "#0969da"}
_ROUND = ("trigger", "job")
_MOST = 60  # code points of a line


def render(graph: Graph) -> str:
    """A digraph, one cluster a workflow."""
    lines = [
        "digraph pipeline {",
        "  rankdir=LR; compound=true; fontname=Helvetica; bgcolor=white;",
        f"  label={_quoted([summary(graph)])};",
        '  node [fontname=Helvetica, fontsize=11, style=filled, fillcolor=white, color="#8c959f"];',
        '  edge [color="#8c959f", arrowsize=0.7];',
    ]
    for group in graph.groups:
        lines += _group(group)
    for edge in graph.edges:
        lines.append(f"  {_between(graph, edge)}")
    return "\n".join([*lines, "}"]) + "\n"


def _group(group: Group) -> list[str]:
    lines = [f"  subgraph cluster_{group.id} {{", f"    label={_quoted([group.title, badge(group.marks)])};"]
    lines.append(f"    {'; '.join(['style=rounded', *_marks(group.marks)])};")
    lines += [f"    {_node(node)}" for node in group.nodes]
    lines += [f"    {edge.source} -> {edge.target}{_style(edge)};" for edge in group.edges]
    return [*lines, "  }"]


def _node(node: Node) -> str:
    kind = f"{KIND_NAMES[node.kind]}, {node.when}" if node.when else KIND_NAMES[node.kind]
    label = _quoted([kind, node.title, *node.details, badge(node.marks)])
    attributes = [f"label={label}", f"shape={_SHAPES[node.kind]}", *_marks(node.marks)]
    attributes += ['style="filled,rounded"'] if node.kind in _ROUND else []
    return f"{node.id} [{', '.join(attributes)}];"


def _marks(marks: tuple[Mark, ...]) -> list[str]:
    level = worst(marks)
    return (
        [f'color="{_COLORS[level]}"', "penwidth=2", f"tooltip={_quoted(told(marks), 400)}"] if level else []
    )


def _style(edge: Edge) -> str:
    return " [style=dashed]" if edge.kind in ("from", "calls") else ""


def _between(graph: Graph, edge: Edge) -> str:
    """From the last thing of the group, cut at its border: Graphviz has no edges of clusters."""
    group = next(group for group in graph.groups if group.id == edge.source)
    source = group.nodes[-1].id if group.nodes else edge.target
    return f'{source} -> {edge.target} [ltail=cluster_{group.id}, color="#0969da", penwidth=1.6];'


def _quoted(lines: list[str], most: int = _MOST) -> str:
    """Lines as one quoted string."""
    words = [clean(line) for line in lines if line]
    shown = [line if len(line) <= most else f"{line[: most - 1]}…" for line in words]
    return '"' + "\\n".join(line.replace("\\", "\\\\").replace('"', '\\"') for line in shown) + '"'
