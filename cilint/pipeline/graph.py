"""The pipeline as a graph of plain values: what starts its workflows, their jobs, and what these do."""

from __future__ import annotations

from collections.abc import Sequence

from cilint.findings.finding import Finding, Severity
from cilint.pipeline.runs import Place
from cilint.text.hints import Literal
from cilint.text.source import Span
from cilint.text.values import NamedTuple

NodeKind = Literal["trigger", "job", "dockerfile", "build", "registry", "deploy", "probe"]
EdgeKind = Literal["starts", "needs", "calls", "does", "from", "pushes", "then", "workflow_run"]
"""``from``: a build reads a Dockerfile. ``then``: a step comes after another one of the same run."""

KIND_NAMES: dict[NodeKind, str] = {
    "trigger": "trigger",
    "job": "job",
    "dockerfile": "Dockerfile",
    "build": "image build",
    "registry": "registry",
    "deploy": "deploy",
    "probe": "health check",
}


class Mark(NamedTuple):
    """A finding as the picture tells it."""

    severity: Severity
    rule: str
    message: str


class Node(NamedTuple):
    """``id`` is unique and made of letters and digits. ``details`` are further lines, ``when`` tells which
    events it is for. Findings in ``places`` are marked on it, the innermost place first.
    """

    id: str
    kind: NodeKind
    title: str
    details: tuple[str, ...] = ()
    when: str = ""
    places: tuple[Place, ...] = ()
    marks: tuple[Mark, ...] = ()


class Edge(NamedTuple):
    """From node to node by their ids; a ``workflow_run`` edge begins at a group."""

    source: str
    target: str
    kind: EdgeKind


class Group(NamedTuple):
    """One workflow that events start, with its nodes in a stable order."""

    id: str
    title: str
    path: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    places: tuple[Place, ...] = ()
    marks: tuple[Mark, ...] = ()


class Graph(NamedTuple):
    """``edges`` lead from one group to another; ``elsewhere`` are findings in files that are not pictured."""

    groups: tuple[Group, ...]
    edges: tuple[Edge, ...]
    elsewhere: tuple[Mark, ...] = ()

    @property
    def counts(self) -> dict[Severity, int]:
        """How many marks of each severity are in the picture or elsewhere, worst first; each place counts."""
        marks = list(self.elsewhere)
        for group in self.groups:
            marks += [*group.marks, *(mark for node in group.nodes for mark in node.marks)]
        return {level: sum(mark.severity == level for mark in marks) for level in reversed(Severity)}


def worst(marks: Sequence[Mark]) -> Severity | None:
    return max((mark.severity for mark in marks), default=None)


def marked(graph: Graph, findings: Sequence[Finding]) -> Graph:
    """The graph with each finding at the innermost things that it lies in."""
    holders = [(group.id, place) for group in graph.groups for place in group.places]
    holders += [(node.id, place) for group in graph.groups for node in group.nodes for place in node.places]
    by_path: dict[str, list[tuple[str, Place]]] = {}
    for holder in holders:
        by_path.setdefault(holder[1].path, []).append(holder)
    marks: dict[str, list[Mark]] = {}
    for finding in sorted(findings, key=lambda each: -each.severity):
        mark = Mark(finding.severity, finding.rule, finding.message)
        for owner in _innermost(by_path.get(finding.path, []), finding.span) or [""]:
            marks.setdefault(owner, []).append(mark)
    groups = tuple(_with_marks(group, marks) for group in graph.groups)
    return graph._replace(groups=groups, elsewhere=tuple(marks.get("", ())))


def _innermost(holders: Sequence[tuple[str, Place]], span: Span | None) -> list[str]:
    at = span.start if span else 0
    around = [(owner, place.span) for owner, place in holders if place.span.start <= at < place.span.end]
    sizes = [found.end - found.start for _, found in around]
    if not sizes:
        return []
    size = min(sizes) if span else max(sizes)
    return list(dict.fromkeys(owner for (owner, _), each in zip(around, sizes, strict=True) if each == size))


def _with_marks(group: Group, marks: dict[str, list[Mark]]) -> Group:
    nodes = tuple(node._replace(marks=tuple(marks.get(node.id, ()))) for node in group.nodes)
    return group._replace(nodes=nodes, marks=tuple(marks.get(group.id, ())))
