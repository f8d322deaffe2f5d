"""Choosing fixes that can be applied together, and applying them to texts."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from itertools import accumulate

from cilint.findings.finding import Finding
from cilint.model.files import Files
from cilint.text.edit import Edit, apply_edits, overlap
from cilint.text.source import SourceFile, Span


def touched(finding: Finding) -> set[str]:
    """The paths that a finding's fix changes, writes or removes, and that of the finding."""
    assert finding.fix is not None
    return {
        finding.path,
        *(edit.path for edit in finding.fix.edits),
        *(new.path for new in finding.fix.creates),
        *gone(finding),
    }


def gone(finding: Finding) -> set[str]:
    """The paths that a finding's fix removes."""
    return {new.instead for new in finding.fix.creates if new.instead} if finding.fix else set()


def edits_by_path(findings: Iterable[Finding]) -> dict[str, list[Edit]]:
    """All edits of the findings' fixes."""
    found: dict[str, list[Edit]] = {}
    for finding in findings:
        for change in finding.fix.edits if finding.fix else ():
            found.setdefault(change.path, []).append(change.edit)
    return found


def together(findings: Iterable[Finding], files: Files) -> list[Finding]:
    """The fixes that do not get in each other's way, first come, first served; others wait for another
    round.
    """
    taken: dict[str, list[Span]] = {}
    created: set[str] = set()
    removed: set[str] = set()
    chosen = []
    for finding in findings:
        own, new = (
            edits_by_path([finding]),
            {each.path for each in finding.fix.creates} if finding.fix else set(),
        )
        if new & created or any(files.read(path) is not None for path in new):
            continue
        if gone(finding).intersection(taken) or removed.intersection(own):
            continue
        if any(_is_taken(edit.span, taken.get(path, [])) for path, edits in own.items() for edit in edits):
            continue
        chosen.append(finding)
        created |= new
        removed |= gone(finding)
        for path, edits in own.items():
            for edit in edits:
                insort(taken.setdefault(path, []), edit.span)
    return chosen


def _is_taken(span: Span, taken: Sequence[Span]) -> bool:
    """Whether an edit of ``span`` overlaps one of those in order, of which only the nearest can."""
    at = bisect_left(taken, span)
    return any(overlap(span, near) for near in taken[max(at - 1, 0) : at + 2])


def components(findings: Sequence[Finding]) -> list[list[Finding]]:
    """The fixes in groups that have no path in common, so that each group stands or falls by itself."""
    groups: list[tuple[set[str], list[Finding]]] = []
    for finding in findings:
        paths, members = touched(finding), [finding]
        apart = []
        for group in groups:
            if group[0] & paths:
                paths, members = paths | group[0], group[1] + members
            else:
                apart.append(group)
        groups = [*apart, (paths, members)]
    return [members for _, members in groups]


def applied(findings: Iterable[Finding], files: Files) -> dict[str, bytes | None]:
    """The new content of every file that the fixes change or write, None for one that goes. Raises
    ValueError where that cannot be.
    """
    changed: dict[str, bytes | None] = {}
    members = list(findings)
    for path, edits in edits_by_path(members).items():
        data = files.read(path)
        if data is None:
            raise ValueError(f"{path} is not there to be changed")
        source = SourceFile.decode(path, data)
        if any(edit.span.end > len(source.text) or edit.span.start > edit.span.end for edit in edits):
            raise ValueError(f"an edit lies outside of {path}")
        changed[path] = source.encode(apply_edits(source.text, edits))
    for finding in members:
        for new in finding.fix.creates if finding.fix else ():
            if not is_inside(new.path):
                raise ValueError(f"{new.path!r} is no path inside the project")
            changed[new.path] = new.text.encode("utf-8", "surrogateescape")
            if new.instead:
                changed[new.instead] = None
    return changed


class Moves:
    """Where the places of a text are after edits of it that do not overlap."""

    __slots__ = ("_edits", "_ends", "_shifts")

    def __init__(self, edits: Iterable[Edit]) -> None:
        self._edits = sorted(edits, key=lambda edit: edit.span)
        self._ends = [edit.span.end for edit in self._edits]
        self._shifts = [0, *accumulate(map(_growth, self._edits))]

    def of(self, span: Span) -> tuple[Span, Span]:
        """What the place where ``span`` begins was and is: the range in the old text that became one in the
        new.

        A single offset, unless an edit replaces the text there or inserts something at it.
        """
        at = span.start
        first = bisect_left(self._ends, at)
        old, shift, extra = Span(at, at), self._shifts[first], 0
        for edit in self._edits[first : first + 3]:  # at most: what ends, is put in and begins here
            start, end = edit.span
            if start > at:
                break
            if end == at and start < end:
                shift += _growth(edit)
            else:
                old = Span(min(old.start, start), max(old.end, end))
                extra += len(edit.text)
        begin = old.start + shift
        return old, Span(begin, begin + extra)


def _growth(edit: Edit) -> int:
    return len(edit.text) - (edit.span.end - edit.span.start)


def is_inside(path: str) -> bool:
    """Whether a relative path can only mean a file inside the project, and none of git's own."""
    return (
        "\\" not in path
        and "\0" not in path
        and not any(part in ("", ".", "..", ".git") for part in path.split("/"))
    )
