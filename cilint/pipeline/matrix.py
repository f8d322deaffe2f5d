"""The combinations of a job's matrix, as GitHub expands ``include`` and ``exclude``."""

from __future__ import annotations

from itertools import islice, product

from cilint.pipeline.evaluate import UNKNOWN
from cilint.syntax.yaml import Mapping, Node, Scalar, Sequence
from cilint.text.hints import Any

MAX_LEGS = 256  # GitHub's own limit


def plain(node: Node) -> Any:
    """A YAML node as an expression value; what holds an expression is unknown."""
    node = node.resolved
    if isinstance(node, Scalar):
        if "${{" in node.text:
            return UNKNOWN
        value = node.value
        return float(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    if isinstance(node, Mapping):
        return {pair.key.text: plain(pair.value) for pair in node.pairs if isinstance(pair.key, Scalar)}
    return UNKNOWN


def legs(matrix: Mapping | None) -> tuple[dict[str, Any], ...]:
    """Every combination, at most 256; empty where there is no matrix or it is computed at run time."""
    if matrix is None:
        return ()
    axes = {name: value for name, value in plain(matrix).items() if name not in ("include", "exclude")}
    if any(not isinstance(values, list) for values in axes.values()):
        return ()
    include, exclude = _combinations(matrix, "include"), _combinations(matrix, "exclude")
    if include is None or exclude is None:
        return ()
    crossed = product(*axes.values()) if axes else ()
    found = [dict(zip(axes, values, strict=True)) for values in islice(crossed, MAX_LEGS)]
    found = [leg for leg in found if not any(_covers(leg, wanted) for wanted in exclude)]
    return tuple(_included(found, include, axes)[:MAX_LEGS])


def _combinations(matrix: Mapping, key: str) -> list[dict[str, Any]] | None:
    node = matrix.get(key)
    if node is None:
        return []
    values = plain(node)
    return values if isinstance(values, list) and all(isinstance(item, dict) for item in values) else None


def _covers(leg: dict[str, Any], wanted: dict[str, Any]) -> bool:
    return all(leg.get(key) == value for key, value in wanted.items())


def _included(
    crossed: list[dict[str, Any]], include: list[dict[str, Any]], axes: dict[str, Any]
) -> list[dict[str, Any]]:
    """An included combination extends each leg whose axis values it leaves, or is a leg of its own."""
    result = [dict(leg) for leg in crossed]
    for extra in include:
        extended = False
        for leg, original in zip(result, crossed, strict=False):
            if all(original.get(key) == value for key, value in extra.items() if key in axes):
                leg.update(extra)
                extended = True
        if not extended:
            result.append(dict(extra))
    return result
