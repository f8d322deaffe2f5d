"""The table of scenarios by jobs and steps as text for a terminal and as data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cilint.pipeline.reasons import Reason
from cilint.pipeline.runs import Place
from cilint.pipeline.scenarios import Scenario
from cilint.pipeline.simulation import Row, Start, Table, ref_of
from cilint.report.terminal import BOLD, DIM, YELLOW, Style, columns, neutralised, visible
from cilint.text.hints import Any
from cilint.text.source import SourceFile
from cilint.text.values import NamedTuple

GREEN = "\x1b[32m"
WORDS = {True: "yes", False: "no", None: "?"}
_COLORS = {True: (GREEN,), False: (DIM,), None: (YELLOW,)}
_CELL = 5  # columns of a cell with the space before it
_LEAST_NAME, _MOST_NAME = 16, 44
_TITLES = 6  # scenarios that are named in one line; the data has them all


class Column(NamedTuple):
    """Scenarios in which everything is decided alike, by their places among the table's."""

    number: int
    members: tuple[int, ...]


def text(tables: Sequence[Table], style: Style, width: int) -> str:
    """All tables, at most ``width`` terminal columns wide where words allow."""
    lines: list[str] = []
    for each in tables:
        lines += [*_table(each, style, width), ""]
    found = "\n".join(lines)
    return neutralised(found) if style.neutral else found


def _table(each: Table, style: Style, width: int) -> Iterator[str]:
    name = visible(each.workflow.name)
    path = visible(each.workflow.path)
    yield style.paint(name, BOLD) + (f"  {path}" if name != path else "")
    if each.callers:
        yield f"  Only other workflows start it: {', '.join(map(visible, each.callers))}"
        return
    if not each.scenarios:
        yield "  No scenario starts it."
    if each.rows:
        found = grouped(each)
        yield ""
        yield from _grid(each, found, style, width)
        yield ""
        yield from _legend(each, found, style, width)
        yield ""
        yield from _reasons(each, found, style, width)
    if each.others:
        yield ""
        yield from _not_started(each.others, style, width)


def grouped(each: Table) -> list[Column]:
    """The table's columns: scenarios with the same answers for the same reasons count as one."""
    found: dict[tuple[tuple[bool | None, str], ...], list[int]] = {}
    for at in range(len(each.scenarios)):
        key = tuple((row.reasons[at].state, row.reasons[at].verdict) for row in each.rows)
        found.setdefault(key, []).append(at)
    return [Column(number, tuple(members)) for number, members in enumerate(found.values(), 1)]


def _grid(each: Table, found: list[Column], style: Style, width: int) -> Iterator[str]:
    names = [clipped("  " * row.depth + visible(row.name), _MOST_NAME) for row in each.rows]
    room = max(_LEAST_NAME, *map(measured, names))
    room = min(room, max(_LEAST_NAME, width - 2 - _CELL))
    wide = max(1, (width - 2 - room) // _CELL)
    for start in range(0, len(found), wide):
        shown = found[start : start + wide]
        if start:
            yield ""
        yield "  " + " " * room + style.paint("".join(f"{column.number:>{_CELL}}" for column in shown), DIM)
        for row, name in zip(each.rows, names, strict=True):
            label = padded(clipped(name, room), room)
            cells = "".join(_cell(row.reasons[column.members[0]].state, style) for column in shown)
            yield "  " + (style.paint(label, BOLD) if row.step is None else label) + cells


def _cell(state: bool | None, style: Style) -> str:
    word = WORDS[state]
    return " " * (_CELL - len(word)) + style.paint(word, *_COLORS[state])


def _legend(each: Table, found: list[Column], style: Style, width: int) -> Iterator[str]:
    for column in found:
        titles = _titles([each.scenarios[at] for at in column.members])
        yield from wrapped(visible(titles), width, f"{column.number:>4}  ", style)


def _titles(starts: Sequence[Start]) -> str:
    shown = [start.scenario.title for start in starts[:_TITLES]]
    more = len(starts) - len(shown)
    return "; ".join([*shown, f"and {more} more"] if more else shown)


def _reasons(each: Table, found: list[Column], style: Style, width: int) -> Iterator[str]:
    """Why, for every row that does not just go with its job."""
    yield style.paint("  Why", BOLD)
    for row in each.rows:
        firsts = [(column, row.reasons[column.members[0]]) for column in found]
        if row.step is not None and all(reason.by in ("job", "nothing") for _, reason in firsts):
            continue
        yield "  " + "  " * row.depth + visible(row.name)
        told: dict[tuple[bool | None, str], list[Column]] = {}
        for column, reason in firsts:
            told.setdefault((reason.state, reason.verdict), []).append(column)
        numbers = ["all" if len(told) == 1 else _numbers(members) for members in told.values()]
        wide = max(map(len, numbers))
        for number, ((state, _), members) in zip(numbers, told.items(), strict=True):
            head = " " * (4 + 2 * row.depth) + f"{WORDS[state]:<3}  {number:<{wide}}  "
            yield from wrapped(visible(_because(row, members)), width, head, style)


def _because(row: Row, members: list[Column]) -> str:
    """The verdict, with the values where they are the same in all these scenarios, else with one example."""
    reasons = [row.reasons[at] for column in members for at in column.members]
    first = reasons[0]
    if first.by == "job" and row.depth == 1:
        return first.verdict  # told above
    if not first.because or all(reason.because == first.because for reason in reasons):
        return first.text
    return f"{first.verdict}; for one, {first.because}"


def _numbers(members: list[Column]) -> str:
    """``1-3,5``."""
    runs: list[list[int]] = []
    for column in members:
        if runs and runs[-1][-1] == column.number - 1:
            runs[-1].append(column.number)
        else:
            runs.append([column.number])
    return ",".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else f"{run[0]}" for run in runs)


def _not_started(others: Sequence[Start], style: Style, width: int) -> Iterator[str]:
    yield style.paint("  Does not start it", BOLD)
    told: dict[str, list[Start]] = {}
    for start in others:
        told.setdefault(start.reason.verdict, []).append(start)
    for starts in told.values():
        titles = _titles(starts)
        words = starts[0].reason.text if len(starts) == 1 else starts[0].reason.verdict
        yield from wrapped(visible(f"{titles} ({words})"), width, "    ", style)


# -- terminal text -------------------------------------------------------------------------------------------


def measured(words: str) -> int:
    """Terminal columns of visible text."""
    return len(words) if words.isascii() else sum(map(columns, words))


def padded(words: str, width: int) -> str:
    return words + " " * (width - measured(words))


def clipped(words: str, width: int) -> str:
    """The words, or their beginning with an ellipsis, in at most ``width`` columns."""
    if measured(words) <= width:
        return words
    kept, used = [], 1
    for char in words:
        used += columns(char)
        if used > width:
            break
        kept.append(char)
    return "".join(kept).rstrip() + "…"


def wrapped(words: str, width: int, head: str, style: Style) -> Iterator[str]:
    """Words in lines of at most ``width`` columns behind ``head``, the following ones below its end."""
    line, used = "", 0
    indent = head
    for word in words.split(" "):
        size = measured(word)
        if line and measured(head) + used + 1 + size > width:
            yield style.paint(indent, DIM) + line
            indent, line, used = " " * measured(head), word, size
        else:
            line, used = (f"{line} {word}", used + 1 + size) if line else (word, size)
    yield style.paint(indent, DIM) + line


# -- data ----------------------------------------------------------------------------------------------------


def data(tables: Sequence[Table], sources: dict[str, SourceFile]) -> list[dict[str, Any]]:
    """The tables as JSON values; lines and columns count from 1. ``sources``: the files by path."""
    return [_table_data(each, sources) for each in tables]


def _table_data(each: Table, sources: dict[str, SourceFile]) -> dict[str, Any]:
    starts = [*each.scenarios, *each.others]
    return {
        "path": each.workflow.path,
        "name": each.workflow.name,
        "called_by": list(each.callers),
        "scenarios": [{**_scenario(start.scenario), **_reason(start.reason, sources)} for start in starts],
        "rows": [_row(row, each, sources) for row in each.rows],
    }


def _scenario(scenario: Scenario) -> dict[str, Any]:
    upstream = scenario.upstream
    return {
        "title": scenario.title,
        "event": scenario.event,
        "ref": ref_of(scenario),
        "main": scenario.main,
        "fork": scenario.fork,
        "upstream": upstream and {"event": upstream.event, "conclusion": upstream.conclusion},
    }


def _row(row: Row, each: Table, sources: dict[str, SourceFile]) -> dict[str, Any]:
    cells = [
        {"scenario": start.scenario.title, **_reason(reason, sources)}
        for start, reason in zip(each.scenarios, row.reasons, strict=True)
    ]
    return {"job": row.job, "step": row.step, "name": row.name, **_place(row.place, sources), "cells": cells}


def _reason(reason: Reason, sources: dict[str, SourceFile]) -> dict[str, Any]:
    state = {True: "yes", False: "no", None: "unknown"}[reason.state]
    return {"state": state, "by": reason.by, "reason": reason.text, "at": _place(reason.place, sources)}


def _place(place: Place, sources: dict[str, SourceFile]) -> dict[str, Any]:
    source = sources.get(place.path)
    if source is None:
        return {"path": place.path, "line": 1, "column": 1}
    start = source.position(place.span.start)
    return {"path": place.path, "line": start.line, "column": start.column}
