"""The pipeline as an SVG picture: one frame a workflow, from what starts it to what it deploys.

Text of files is escaped, so that nothing of it becomes markup.
"""

from __future__ import annotations

from collections.abc import Sequence

from cilint.findings.finding import Severity
from cilint.pipeline.graph import KIND_NAMES, Edge, Graph, Group, Mark, Node, NodeKind, worst
from cilint.report.graph_layout import Box, Layout, layout
from cilint.report.graph_style import style
from cilint.report.graph_text import badge, clean, clip, measure, summary, told
from cilint.text.values import NamedTuple

_MARGIN, _GUTTER, _LANE = 24.0, 22.0, 12.0
_HEADER, _PADDING, _BETWEEN = 46.0, 22.0, 26.0
_FOOTER = 52.0
_TITLE, _DETAIL, _LABEL = 13.0, 11.0, 9.5
_LEAST, _MOST = 120.0, 270.0  # width of a box
_INSET, _LINE = 14.0, 16.0
_LEAST_WIDTH = 640.0
_BACK = 38.0  # how far below the boxes' middles an edge leads back


class _Frame(NamedTuple):
    group: Group
    layout: Layout
    lines: dict[str, list[str]]
    y: float

    @property
    def height(self) -> float:
        return _HEADER + self.layout.height + _PADDING


def render(graph: Graph) -> str:
    """The picture, with its own background in light and dark."""
    lanes = len(graph.edges)
    left = _MARGIN + (_GUTTER + _LANE * (lanes - 1) if lanes else 0.0)
    frames = _frames(graph)
    inner = max([frame.layout.width for frame in frames] + [_LEAST_WIDTH]) + 2 * _PADDING
    width = left + inner + _MARGIN
    bottom = frames[-1].y + frames[-1].height if frames else _MARGIN
    height = bottom + _FOOTER
    title = "Pipeline: " + (", ".join(clean(group.title) for group in graph.groups) or "no workflows")
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_n(width)}" height="{_n(height)}" '
        f'viewBox="0 0 {_n(width)} {_n(height)}" role="img" aria-labelledby="title desc">',
        f'<title id="title">{escape(title)}</title>',
        f'<desc id="desc">{escape(summary(graph))}</desc>',
        f"<style>{style()}</style>",
        _MARKERS,
        f'<rect class="page" width="{_n(width)}" height="{_n(height)}" rx="12"/>',
    ]
    for frame in frames:
        parts += _frame(frame, left, inner)
    parts += _between(graph, frames, left)
    parts += _legend(graph, left, bottom)
    return "\n".join([*parts, "</svg>"]) + "\n"


_MARKERS = (
    "<defs>"
    + "".join(
        f'<marker id="{name}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
        f'orient="auto-start-reverse"><path class="{name}" d="M0 0.5 8 4 0 7.5Z"/></marker>'
        for name in ("head", "run-head")
    )
    + "</defs>"
)


def _frames(graph: Graph) -> list[_Frame]:
    frames, y = [], _MARGIN
    for group in graph.groups:
        lines = {node.id: _details(node) for node in group.nodes}
        sizes = {node.id: _size(node, lines[node.id]) for node in group.nodes}
        found = layout(sizes, [(edge.source, edge.target) for edge in group.edges])
        frames.append(_Frame(group, found, lines, y))
        y += frames[-1].height + _BETWEEN
    return frames


def _details(node: Node) -> list[str]:
    return [clean(detail) for detail in node.details if detail]


def _label(node: Node) -> str:
    return KIND_NAMES[node.kind].upper()


def _size(node: Node, lines: Sequence[str]) -> tuple[float, float]:
    """Width and height of a node's box."""
    head = measure(_label(node), _LABEL, bold=True) * 1.1 + 18 + measure(node.when, _DETAIL)
    widths = [
        head,
        measure(clean(node.title), _TITLE, bold=True),
        *(measure(line, _DETAIL) for line in lines),
    ]
    width = min(_MOST, max(_LEAST, max(widths) + 2 * _INSET))
    return width, 46.0 + _LINE * len(lines) + (2 if lines else 0)


# -- one workflow --------------------------------------------------------------------------------------------


def _frame(frame: _Frame, left: float, width: float) -> list[str]:
    group, y = frame.group, frame.y
    name, path = clean(group.title), clean(group.path)
    name = clip(name, 15, width / 2, bold=True)
    path = clip(path, _DETAIL, width - measure(name, 15, bold=True) - 120)
    x = left + _PADDING + measure(name, 15, bold=True) + 14
    parts = [
        f'<g class="group">{_tip(group.marks)}',
        f'<rect class="frame" x="{_n(left)}" y="{_n(y)}" width="{_n(width)}" '
        f'height="{_n(frame.height)}" rx="10"/>',
        f'<text class="name" x="{_n(left + _PADDING)}" y="{_n(y + 29)}">{escape(name)}</text>',
        f'<text class="path" x="{_n(x)}" y="{_n(y + 29)}">{escape(path)}</text>',
        *_badge(group.marks, left + width - 4, y + 4),
        "</g>",
    ]
    origin = (left + _PADDING, y + _HEADER)
    for edge, route in zip(group.edges, frame.layout.routes, strict=True):
        parts.append(_edge(edge, route, origin))
    for node in group.nodes:
        parts += _node(node, frame.lines[node.id], _moved(frame.layout.boxes[node.id], origin))
    return parts


def _moved(box: Box, origin: tuple[float, float]) -> Box:
    return box._replace(x=box.x + origin[0], y=box.y + origin[1])


def _edge(edge: Edge, route: Sequence[tuple[float, float]], origin: tuple[float, float]) -> str:
    points = [(x + origin[0], y + origin[1]) for x, y in route]
    if points[-1][0] <= points[0][0]:
        return _back(points[0], points[-1])
    x, y = points[0]
    path = f"M{_n(x)} {_n(y)}"
    for to_x, to_y in points[1:]:
        bend = max(18.0, abs(to_x - x) / 2)
        path += f"C{_n(x + bend)} {_n(y)} {_n(to_x - bend)} {_n(to_y)} {_n(to_x)} {_n(to_y)}"
        x, y = to_x, to_y
    return f'<path class="edge {edge.kind}" d="{path}" marker-end="url(#head)"/>'


def _back(start: tuple[float, float], end: tuple[float, float]) -> str:
    """An edge that closes a circle, below the boxes."""
    (x, y), (to_x, to_y) = start, end
    low = max(y, to_y) + _BACK
    path = (
        f"M{_n(x)} {_n(y)}C{_n(x + 28)} {_n(y)} {_n(x + 28)} {_n(low)} {_n(x - 8)} {_n(low)}"
        f"H{_n(to_x + 8)}C{_n(to_x - 28)} {_n(low)} {_n(to_x - 28)} {_n(to_y)} {_n(to_x)} {_n(to_y)}"
    )
    return f'<path class="edge back" d="{path}" marker-end="url(#head)"/>'


def _node(node: Node, lines: Sequence[str], box: Box) -> list[str]:
    room, x = box.width - 2 * _INSET, box.x + _INSET
    level = worst(node.marks)
    extra = f" {level.label}" if level else ""
    label = _label(node)
    parts = [
        f'<g class="node {node.kind}{extra}">{_tip(node.marks)}',
        _shape(node.kind, box),
        f'<text class="kind" x="{_n(x)}" y="{_n(box.y + 17)}">{label}</text>',
    ]
    if node.when:
        end = box.x + box.width - _INSET
        parts.append(f'<text class="when" x="{_n(end)}" y="{_n(box.y + 17)}">{escape(node.when)}</text>')
    title = clip(clean(node.title), _TITLE, room, bold=True)
    parts.append(f'<text class="title" x="{_n(x)}" y="{_n(box.y + 35)}">{escape(title)}</text>')
    for number, line in enumerate(lines, 1):
        y = box.y + 36 + _LINE * number
        parts.append(
            f'<text class="detail" x="{_n(x)}" y="{_n(y)}">{escape(clip(line, _DETAIL, room))}</text>'
        )
    return [*parts, *_badge(node.marks, box.x + box.width - 2, box.y + 2), "</g>"]


def _shape(kind: NodeKind, box: Box) -> str:
    """The box with a stripe in the colour of its kind; round for what starts, cut for files."""
    x, y, width, height = map(_n, box)
    radius = {"trigger": 14, "probe": 14, "dockerfile": 2}.get(kind, 6)
    stripe = (
        f'<path class="stripe" d="M{_n(box.x + 5)} {_n(box.y + 9)}V{_n(box.y + box.height - 9)}"/>'
        if kind not in ("trigger", "probe")
        else f'<path class="stripe" d="M{_n(box.x + 5.5)} {_n(box.y + 14)}V{_n(box.y + box.height - 14)}"/>'
    )
    return f'<rect class="box" x="{x}" y="{y}" width="{width}" height="{height}" rx="{radius}"/>{stripe}'


def _badge(marks: Sequence[Mark], x: float, y: float) -> list[str]:
    """The number of findings in the colour of the worst, around a corner."""
    level = worst(marks)
    if level is None:
        return []
    number = str(len(marks))
    width = max(20.0, measure(number, 11, bold=True) + 12)
    return [
        f'<g class="badge {level.label}"><rect x="{_n(x - width + 8)}" y="{_n(y - 10)}" width="{_n(width)}" '
        f'height="20" rx="10"/><text x="{_n(x + 8 - width / 2)}" y="{_n(y + 4)}">{number}</text></g>'
    ]


def _tip(marks: Sequence[Mark]) -> str:
    if not marks:
        return ""
    return f"<title>{escape(chr(10).join([badge(marks), *told(marks)]))}</title>"


# -- between workflows, and the legend -----------------------------------------------------------------------


def _between(graph: Graph, frames: Sequence[_Frame], left: float) -> list[str]:
    """``workflow_run`` edges, each in a lane of its own on the left."""
    found = {frame.group.id: frame for frame in frames}
    owners = {node.id: frame for frame in frames for node in frame.group.nodes}
    parts = []
    for number, edge in enumerate(graph.edges):
        source, target = found[edge.source], owners[edge.target]
        box = _moved(target.layout.boxes[edge.target], (left + _PADDING, target.y + _HEADER))
        start, end, lane = source.y + 24, box.middle, left - 14 - _LANE * number
        turn = 8.0 if end > start else -8.0
        path = (
            f"M{_n(left)} {_n(start)}H{_n(lane + 8)}q-8 0 -8 {_n(turn)}V{_n(end - turn)}"
            f"q0 {_n(turn)} 8 {_n(turn)}H{_n(box.x)}"
        )
        parts.append(f'<path class="edge workflow_run" d="{path}" marker-end="url(#run-head)"/>')
    return parts


def _legend(graph: Graph, left: float, bottom: float) -> list[str]:
    y = bottom + 31
    present = {node.kind for group in graph.groups for node in group.nodes}
    kinds = [kind for kind in KIND_NAMES if kind in present]
    parts, x = [], left
    for level, count in graph.counts.items():
        if count:
            number = str(count)
            width = max(20.0, measure(number, 11, bold=True) + 12)
            parts += _badge([Mark(level, "", "")] * count, x + width - 8, y - 4)
            words = _plural(level, count)
            parts.append(f'<text class="legend" x="{_n(x + width + 6)}" y="{_n(y)}">{words}</text>')
            x += width + 22 + measure(words, _DETAIL)
    if not any(graph.counts.values()):
        words = "Nothing breaks the policy."
        parts.append(f'<text class="legend" x="{_n(x)}" y="{_n(y)}">{words}</text>')
        x += measure(words, _DETAIL) + 22
    if graph.elsewhere:
        words = f"{len(graph.elsewhere)} in files that are not pictured"
        parts.append(f'<text class="legend" x="{_n(x)}" y="{_n(y)}">{words}{_tip(graph.elsewhere)}</text>')
        x += measure(words, _DETAIL) + 22
    for kind in kinds:
        parts.append(
            f'<g class="node {kind}"><path class="stripe" d="M{_n(x)} {_n(y - 9)}V{_n(y + 1)}"/></g>'
        )
        parts.append(f'<text class="legend" x="{_n(x + 8)}" y="{_n(y)}">{KIND_NAMES[kind]}</text>')
        x += measure(KIND_NAMES[kind], _DETAIL) + 28
    return parts


def _plural(level: Severity, count: int) -> str:
    return level.label if count == 1 or level is Severity.INFO else f"{level.label}s"


_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"}


def escape(text: str) -> str:
    """Text as the content of an element or attribute."""
    return "".join(_ENTITIES.get(char, char) for char in text)


def _n(value: float) -> str:
    """A length with at most one decimal."""
    return f"{value:.1f}".removesuffix(".0")
