"""A code frame: the lines that matter, with carets under the very words and labels beside them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

from cilint.report.terminal import BLUE, BOLD, Style, laid_out, visible
from cilint.report.view import Place
from cilint.text.source import SourceFile
from cilint.text.values import NamedTuple

WIDTH = 160  # columns of source shown; longer lines are cut around the carets
BEFORE = 60  # columns kept before the carets of a cut line


class Mark(NamedTuple):
    """Carets under part of a line; ``first`` and ``last`` are 0-based code points of it, ``last``
    excluded.
    """

    line: int
    first: int
    last: int
    main: bool
    label: str


class Row(NamedTuple):
    """One printed source line with the marks under it."""

    line: int
    text: str
    marks: tuple[tuple[int, int, Mark], ...]  # terminal columns from, to


def marks_of(place: Place, main: bool) -> list[Mark]:
    """The marks of a span: of one that is longer than two lines only on its first and last line."""
    source, (first, start), (last, end) = place.source, place.start, place.end
    if source is None:
        return []
    if first == last:
        return [Mark(first, start - 1, max(end - 1, start), main, place.label)]
    while last > first + 1 and (end == 1 or not source.line(last)[: end - 1].strip()):
        last, end = last - 1, len(source.line(last - 1)) + 1
    if end == 1:
        return [Mark(first, start - 1, max(len(source.line(first)), start), main, place.label)]
    text = source.line(last)
    indent = len(text) - len(text.lstrip())
    return [
        Mark(first, start - 1, max(len(source.line(first)), start), main, ""),
        Mark(last, min(indent, end - 2), end - 1, main, place.label),
    ]


def frame(main: Place, related: Sequence[Place], style: Style, primary: str) -> list[str]:
    """The printed lines for a finding and its related places; ``primary`` is the colour of the main
    carets.
    """
    by_path: dict[str, list[Mark]] = {main.path: marks_of(main, True)}
    sources = {main.path: main.source}
    places = {main.path: main}
    for place in related:
        by_path.setdefault(place.path, []).extend(marks_of(place, False))
        sources.setdefault(place.path, place.source)
        places.setdefault(place.path, place)
    gutter = max((len(str(mark.line)) for marks in by_path.values() for mark in marks), default=1)
    printed = []
    for path, marks in by_path.items():
        place, arrow = places[path], "-->" if path == main.path else ":::"
        at = f":{place.start.line}:{place.start.column}" if place.source else ""
        printed.append(f"{' ' * gutter}{style.paint(arrow, BLUE)} {visible(path)}{at}")
        source = sources[path]
        if source is not None and marks:
            printed += _body(source, marks, gutter, style, primary)
        elif place.label:
            printed.append(f"{' ' * gutter} {style.paint('=', BLUE)} {visible(place.label)}")
    return printed


def _body(source: SourceFile, marks: Iterable[Mark], gutter: int, style: Style, primary: str) -> list[str]:
    by_line: dict[int, list[Mark]] = {}
    for mark in marks:
        by_line.setdefault(mark.line, []).append(mark)
    bar = style.paint("|", BLUE)
    empty = f"{' ' * gutter} {bar}"
    printed, previous = [empty], 0
    for line in sorted(by_line):
        if previous and line > previous + 1:
            printed.append(style.paint("." * max(gutter, 3), BLUE))
        row = _row(source.line(line), line, by_line[line])
        printed.append(f"{style.paint(f'{line:>{gutter}}', BLUE)} {bar} {row.text}".rstrip())
        for first, last, mark in row.marks:
            carets = ("^" if mark.main else "-") * max(last - first, 1)
            label = f" {visible(mark.label)}" if mark.label else ""
            printed.append(
                f"{empty} {' ' * first}{style.paint(carets + label, BOLD, primary if mark.main else BLUE)}"
            )
        previous = line
    return [*printed, empty]


def _row(text: str, line: int, marks: list[Mark]) -> Row:
    """The line as printed, cut to what surrounds its first mark."""
    marks = sorted(marks, key=lambda mark: (not mark.main, mark.first))
    _, offsets = laid_out(text)
    start = 0
    if offsets[-1] > WIDTH:
        wanted = min(offsets[min(mark.first, len(text))] for mark in marks)
        start = bisect_left(offsets, max(wanted - BEFORE, 0))
    end = bisect_right(offsets, offsets[start] + WIDTH) - 1
    printed, cut = laid_out(text[start:end])
    lead = "… " if start else ""
    shown = []
    for mark in marks:
        first = min(max(mark.first - start, 0), end - start)
        last = min(max(mark.last - start, first), end - start)
        shown.append((cut[first] + len(lead), cut[last] + len(lead), mark))
    return Row(line, f"{lead}{printed}{' …' if end < len(text) else ''}", tuple(shown))
