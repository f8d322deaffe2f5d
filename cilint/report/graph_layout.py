"""A layered layout: boxes in columns by longest path, ordered by barycentres, edges around the boxes.

The way of Sugiyama, Tagawa and Toda, with the heights found by isotonic regression. Deterministic; no unit
but that of the sizes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from cilint.text.values import NamedTuple

GAP_X = 52.0
GAP_Y = 18.0
_SWEEPS = 8
_MAX_BEND = 12  # columns over which an edge is led around boxes


class Box(NamedTuple):
    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


class Layout(NamedTuple):
    """Boxes by name and the points of each edge, in the order of the edges; the first corner is at 0, 0."""

    boxes: Mapping[str, Box]
    routes: tuple[tuple[tuple[float, float], ...], ...]
    width: float
    height: float


class _Cell:
    """A box, or the place where an edge passes a column (``name`` is empty)."""

    __slots__ = ("after", "before", "height", "name", "order", "rank", "width", "y")

    def __init__(self, name: str, rank: int, width: float, height: float) -> None:
        self.name = name
        self.rank = rank
        self.width = width
        self.height = height
        self.order = 0
        self.y = 0.0  # of the middle
        self.before: list[_Cell] = []
        self.after: list[_Cell] = []


def layout(sizes: Mapping[str, tuple[float, float]], edges: Sequence[tuple[str, str]]) -> Layout:
    """Places for boxes of these widths and heights, sources on the left."""
    ranks = ranks_of(list(sizes), edges)
    cells = {name: _Cell(name, ranks[name], *size) for name, size in sizes.items()}
    columns: list[list[_Cell]] = [[] for _ in range(max(ranks.values(), default=-1) + 1)]
    for cell in cells.values():
        columns[cell.rank].append(cell)
    chains = [_chain(cells[source], cells[target], columns) for source, target in edges]
    _order(columns)
    _settle(columns)
    return _placed(columns, chains)


def ranks_of(names: Sequence[str], edges: Sequence[tuple[str, str]]) -> dict[str, int]:
    """The column of each: one further than all that lead to it. Of a circle, the first is let through."""
    waiting = {
        name: {source for source, target in edges if target == name and source != name} for name in names
    }
    following: dict[str, list[str]] = {name: [] for name in names}
    for source, target in edges:
        following[source].append(target)
    ranks = dict.fromkeys(names, 0)
    ready = [name for name in names if not waiting[name]]
    done: set[str] = set()
    while len(done) < len(names):
        if not ready:
            ready = [next(name for name in names if name not in done)]
        name = ready.pop(0)
        done.add(name)
        for target in following[name]:
            if target not in done:
                ranks[target] = max(ranks[target], ranks[name] + 1)
                waiting[target].discard(name)
                if not waiting[target] and target not in ready:
                    ready.append(target)
    return _pulled(names, edges, following, ranks)


def _pulled(
    names: Sequence[str],
    edges: Sequence[tuple[str, str]],
    following: Mapping[str, list[str]],
    ranks: dict[str, int],
) -> dict[str, int]:
    """What nothing leads to stands right before what it leads to."""
    led = {target for _, target in edges}
    for name in names:
        if name not in led and following[name]:
            ranks[name] = max(0, min(ranks[target] for target in following[name]) - 1)
    return ranks


def _chain(source: _Cell, target: _Cell, columns: list[list[_Cell]]) -> list[_Cell]:
    """The cells that an edge passes, joined with one another."""
    chain = [source]
    if 1 < target.rank - source.rank <= _MAX_BEND:
        for rank in range(source.rank + 1, target.rank):
            bend = _Cell("", rank, 0, 0)
            columns[rank].append(bend)
            chain.append(bend)
    chain.append(target)
    if source.rank < target.rank:
        for one, next_ in pairwise(chain):
            one.after.append(next_)
            next_.before.append(one)
    return chain


# -- order within the columns --------------------------------------------------------------------------------


def _order(columns: list[list[_Cell]]) -> None:
    """Sort each column by the mean place of the neighbours, forth and back, and keep the best order seen."""
    for column in columns:
        _number(column)
    best, crossings = [list(column) for column in columns], _crossings(columns)
    for sweep in range(_SWEEPS):
        forward = sweep % 2 == 0
        for column in columns if forward else reversed(columns):
            column.sort(key=lambda cell: _barycentre(cell.before if forward else cell.after, cell))
            _number(column)
        found = _crossings(columns)
        if found < crossings:
            best, crossings = [list(column) for column in columns], found
    for column, kept in zip(columns, best, strict=True):
        column[:] = kept
        _number(column)


def _number(column: list[_Cell]) -> None:
    for place, cell in enumerate(column):
        cell.order = place


def _barycentre(neighbours: Sequence[_Cell], cell: _Cell) -> float:
    return sum(each.order for each in neighbours) / len(neighbours) if neighbours else cell.order


def _crossings(columns: list[list[_Cell]]) -> int:
    """How often edges between neighbouring columns cross, by inversions."""
    found = 0
    for column in columns:
        ends = [each.order for cell in column for each in sorted(cell.after, key=lambda cell: cell.order)]
        found += _inversions(ends)[1]
    return found


def _inversions(values: list[int]) -> tuple[list[int], int]:
    if len(values) < 2:
        return values, 0
    half = len(values) // 2
    (left, a), (right, b) = _inversions(values[:half]), _inversions(values[half:])
    merged, count, at = [], a + b, 0
    for value in right:
        while at < len(left) and left[at] <= value:
            merged.append(left[at])
            at += 1
        merged.append(value)
        count += len(left) - at
    return merged + left[at:], count


# -- heights -------------------------------------------------------------------------------------------------


def _settle(columns: list[list[_Cell]]) -> None:
    """Give each cell the height nearest to its neighbours' mean that keeps its column's order and gaps."""
    for column in columns:
        _stack(column, [0.0] * len(column))
    for sweep in range(2 * _SWEEPS):
        forward = sweep % 2 == 0
        for column in columns if forward else reversed(columns):
            wanted = []
            for cell in column:
                near = (cell.before if forward else cell.after) or cell.before or cell.after
                wanted.append(sum(each.y for each in near) / len(near) if near else cell.y)
            _stack(column, wanted)


def _stack(column: list[_Cell], wanted: list[float]) -> None:
    """The least squares from the wanted middles, by pooling neighbours that would overlap."""
    offsets, at = [], 0.0
    for place, cell in enumerate(column):
        if place:
            at += (column[place - 1].height + cell.height) / 2 + GAP_Y
        offsets.append(at)
    pools: list[tuple[float, int]] = []
    for want, offset in zip(wanted, offsets, strict=True):
        pools.append((want - offset, 1))
        while len(pools) > 1 and pools[-2][0] >= pools[-1][0]:
            (a, n), (b, m) = pools[-2:]
            pools[-2:] = [((a * n + b * m) / (n + m), n + m)]
    levels = [level for level, count in pools for _ in range(count)]
    for cell, level, offset in zip(column, levels, offsets, strict=True):
        cell.y = level + offset


def _placed(columns: list[list[_Cell]], chains: list[list[_Cell]]) -> Layout:
    top = min((cell.y - cell.height / 2 for column in columns for cell in column), default=0.0)
    lefts, widths, x = [], [], 0.0
    for column in columns:
        lefts.append(x)
        widths.append(max((cell.width for cell in column), default=0.0))
        x += widths[-1] + GAP_X
    boxes = {
        cell.name: Box(lefts[cell.rank], cell.y - cell.height / 2 - top, widths[cell.rank], cell.height)
        for column in columns
        for cell in column
        if cell.name
    }
    routes = tuple(_route(chain, lefts, widths, top) for chain in chains)
    height = max((box.y + box.height for box in boxes.values()), default=0.0)
    return Layout(boxes, routes, max(0.0, x - GAP_X), height)


def _route(
    chain: list[_Cell], lefts: list[float], widths: list[float], top: float
) -> tuple[tuple[float, float], ...]:
    source, *bends, target = chain
    points = [(lefts[source.rank] + widths[source.rank], source.y - top)]
    for bend in bends:
        left = lefts[bend.rank]
        points += [(left, bend.y - top), (left + widths[bend.rank], bend.y - top)]
    return (*points, (lefts[target.rank], target.y - top))
