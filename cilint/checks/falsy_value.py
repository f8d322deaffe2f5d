"""`condition && value || other` whose value counts as false, so that the other one always comes out."""

from __future__ import annotations

from collections.abc import Iterator
from math import isnan

from cilint.findings.violation import Options, Violation
from cilint.pipeline.expressions import Part, parts
from cilint.pipeline.pipeline import Pipeline
from cilint.syntax.expression import Binary, Expr, Literal, walk
from cilint.text.edit import Edit


def run(pipeline: Pipeline, _options: Options) -> Iterator[Violation]:
    """Values: ``value``."""
    for file in pipeline.target_yaml_files:
        for part in parts(file):
            yield from _of_part(file.path, part)


def _of_part(path: str, part: Part) -> Iterator[Violation]:
    if part.expr is None or "||" not in part.slot.node.text:
        return
    for node in walk(part.expr):
        if not (isinstance(node, Binary) and node.op == "||"):
            continue
        chosen = node.left
        if isinstance(chosen, Binary) and chosen.op == "&&" and _is_falsy(chosen.right):
            span = part.span(chosen.right.start, chosen.right.end)
            text = part.slot.node.text
            shown = text[part.base + chosen.right.start : part.base + chosen.right.end]
            yield Violation(path, span, {"value": shown}, edits=_as_case(part, node, chosen))


def _is_falsy(node: Expr) -> bool:
    if not isinstance(node, Literal):
        return False
    value = node.value
    return value in (None, False, 0, "") or (isinstance(value, float) and isnan(value))


def _as_case(part: Part, node: Binary, chosen: Binary) -> tuple[Edit, ...]:
    """``case(condition, value, other)``, where the three stand on one line without parentheses between."""
    text = part.slot.node.text[part.base :]
    pieces = (chosen.left, chosen.right, node.right)
    condition, value, other = (text[each.start : each.end] for each in pieces)
    between = text[chosen.left.end : chosen.right.start] + text[chosen.right.end : node.right.start]
    inner = [each for piece in pieces for each in walk(piece) if isinstance(each, Binary) and each.op == "||"]
    if inner or set(between) - set(" &|") or "\n" in text[node.start : node.end]:
        return ()
    span = part.span(node.start, node.end)
    return (Edit(span, f"case({condition}, {value}, {other})"),)
