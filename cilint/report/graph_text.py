"""What the pictures of a pipeline say: words of nodes and marks, and how wide words are."""

from __future__ import annotations

from collections.abc import Sequence

from cilint.findings.finding import Severity
from cilint.pipeline.graph import Graph, Mark, worst
from cilint.report.terminal import columns, visible

_WIDTHS = {
    **dict.fromkeys("ijl'|", 0.24),
    **dict.fromkeys('.,:;!ft()[]{}/\\ -"`r*I', 0.36),
    **dict.fromkeys("mw%@MW", 0.92),
    **dict.fromkeys("ABCDEFGHJKLNOPQRSTUVXYZ&", 0.69),
}
"""Widths of characters in parts of the font's size, on the safe side for the usual sans serif fonts."""
_USUAL, _WIDE, _OTHER = 0.57, 1.05, 0.66
BOLD = 1.07
_TOLD = 12  # marks that are told of one place


def measure(text: str, size: float, *, bold: bool = False) -> float:
    """About the width of the text at a font size."""
    width = sum(map(_width, text))
    return width * size * (BOLD if bold else 1)


def _width(char: str) -> float:
    if char.isascii():
        return _WIDTHS.get(char, _USUAL)
    return (0.0, _OTHER, _WIDE)[columns(char)]


def clip(text: str, size: float, most: float, *, bold: bool = False) -> str:
    """The text, or its beginning with an ellipsis where it is wider."""
    if measure(text, size, bold=bold) <= most + 0.01:
        return text
    room = most - measure("…", size, bold=bold)
    kept = 0.0
    for place, char in enumerate(text):
        kept += measure(char, size, bold=bold)
        if kept > room:
            return text[:place].rstrip() + "…"
    return text


def clean(text: str) -> str:
    """The text in one line without control and direction characters."""
    return visible(" ".join(text.split()))


def told(marks: Sequence[Mark]) -> list[str]:
    """The marks in lines, the worst first."""
    lines = [f"{mark.severity.label} {mark.rule}: {clean(mark.message)}" for mark in marks[:_TOLD]]
    return [*lines, f"and {len(marks) - _TOLD} more"] if len(marks) > _TOLD else lines


def badge(marks: Sequence[Mark]) -> str:
    """``3 findings, the worst an error``; empty where there are none."""
    level = worst(marks)
    if level is None:
        return ""
    count = f"{len(marks)} finding{'s' if len(marks) > 1 else ''}"
    return f"{count}: {level.label}" if len(marks) == 1 else f"{count}, worst: {level.label}"


def summary(graph: Graph) -> str:
    """How many findings are marked, in words."""
    counts = graph.counts
    parts = [_count(number, level) for level, number in counts.items() if number]
    text = f"Marked: {', '.join(parts)}" if parts else "Nothing breaks the policy"
    if graph.elsewhere:
        text += f"; {len(graph.elsewhere)} of them in files that are not pictured"
    return text


def _count(number: int, level: Severity) -> str:
    if level is Severity.INFO:
        return f"{number} info"
    return f"{number} {level.label}{'s' if number > 1 else ''}"
