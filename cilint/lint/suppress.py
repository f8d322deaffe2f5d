"""Suppressions: which findings a comment in the file takes back, and which comments are wrong themselves."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from cilint.errors import nearest
from cilint.findings.finding import FileEdit, Finding, Label, Severity
from cilint.findings.violation import Violation
from cilint.lint.comments import Marker, Name, Tool, markers
from cilint.lint.places import Places
from cilint.text.edit import Edit
from cilint.text.source import SourceFile, Span
from cilint.text.values import NamedTuple

NO_REASON, UNKNOWN_RULE, UNUSED = "suppress/no-reason", "suppress/unknown-rule", "suppress/unused"
SHELLCHECK = "shell/shellcheck"
PEERS: dict[Tool, tuple[str, ...]] = {
    "hadolint": ("hadolint", "shellcheck"), "zizmor": ("zizmor",), "buildkit": ("buildkit",),
    "dclint": ("dclint",),
}  # fmt: skip
NAMELESS = {"name": "", "hint": "say in brackets which one is meant"}
MAX_HINTS = 20  # names that are compared with those of all rules
MAX_NAME = 100
MAX_NOTES = 5  # comments that are pointed at where they do not count
LOCKED = "this comment does not count: the configuration locks the rule"

Equivalents = Mapping[str, Mapping[str, Sequence[str]]]


class Known(NamedTuple):
    """What suppressing needs to know: all rules' ids, those judged in this run, their equivalents, the
    settings.
    """

    rules: frozenset[str]
    judged: frozenset[str]
    equivalents: Equivalents
    locked: frozenset[str] = frozenset()
    reason_required: bool = True


class _Rules:
    """The known rules by what comments call them."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._hints: dict[str, str | None] = {}

    @cached_property
    def _called(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for rule in self._known.rules:
            for name in (rule, rule.partition("/")[0]):
                found.setdefault(name, set()).add(rule)
        return found

    @cached_property
    def _called_by_peers(self) -> dict[tuple[str, str], set[str]]:
        found: dict[tuple[str, str], set[str]] = {}
        for rule, ids in self._known.equivalents.items():
            for peer, names in ids.items():
                for name in names:
                    found.setdefault((peer, name), set()).add(rule)
        return found

    def called(self, name: str) -> set[str]:
        """The rules of this id or group."""
        return self._called.get(name, set())

    def called_in(self, tool: Tool, name: str) -> set[str]:
        """The rules that a comment for a tool means by a name."""
        found = {rule for peer in PEERS[tool] for rule in self._called_by_peers.get((peer, name), ())}
        # Whatever else says the same, it alone says all that this stands for.
        return found | {SHELLCHECK} if name.startswith("SC") else found

    def unknown(self, name: str) -> dict[str, object]:
        """What to say of a name that no rule has."""
        if name not in self._hints and len(self._hints) < MAX_HINTS and len(name) < MAX_NAME:
            self._hints[name] = nearest(name, set(self._called))
        close = self._hints.get(name)
        return {"name": name, "hint": f"did you mean `{close}`?" if close else "`cilint rules` lists them"}


class Suppressed(NamedTuple):
    """The findings that are left, the number that is not, and what is wrong with the comments, by rule."""

    findings: list[Finding]
    number: int
    violations: list[tuple[str, Violation]]


class _Verdict(NamedTuple):
    """What the comments at one place come to for one rule; ``notes`` where they may not suppress it."""

    suppresses: bool
    notes: tuple[Label, ...] = ()


_Place = tuple[str, int]
"""What comments are about: a file, a stage or the block of a line, all that has the line in it, or what is
found above because of the block."""


class _File:
    """One file's comments that suppress, and which names in them did.

    Many of them may be about as many findings: what those at one place say of a rule is asked once.
    """

    def __init__(self, source: SourceFile, place: Places, known: Known, rules: _Rules) -> None:
        self.source = source
        self.place = place
        self.known = known
        self.rules = rules
        self.markers = markers(source, place.comments)
        self._by_place: dict[_Place, list[Marker]] = {}
        for marker in self.markers:
            for where in self._places(marker):
                self._by_place.setdefault(where, []).append(marker)
        self._lines = sorted({marker.line for marker in self.markers if marker.scope == "span"})
        self._verdicts: dict[tuple[_Place, str, str | None], _Verdict] = {}
        self.used: set[Name] = set()

    def _places(self, marker: Marker) -> Iterator[_Place]:
        if marker.scope == "file":
            yield "file", 0
        elif marker.scope == "stage":
            yield "stage", self.place.stage(marker.line)
        else:
            yield "block", marker.line
        if marker.scope == "span":
            yield "inside", marker.line
        elif marker.tool == "hadolint":
            yield "later", marker.line

    def judge(self, finding: Finding) -> Finding | None:
        """The finding, with a note where a comment may not suppress it; None if one does."""
        verdicts = [self._verdict(place, finding) for place in self._near(finding) if place in self._by_place]
        if any(verdict.suppresses for verdict in verdicts):
            return None
        notes = [note for verdict in verdicts for note in verdict.notes]
        return finding._replace(related=(*finding.related, *notes)) if notes else finding

    def _near(self, finding: Finding) -> Iterator[_Place]:
        """The places of comments that hold for a finding."""
        yield "file", 0
        if finding.span is not None:
            first, last = (self.source.position(at).line for at in finding.span)
            yield "stage", self.place.stage(first)
            yield from (("block", line) for line in sorted({first, *self.place.blocks(finding.span)}))
            inside = slice(bisect_right(self._lines, first), bisect_right(self._lines, last))
            yield from (("inside", line) for line in self._lines[inside])
            yield from (("later", line) for line in self._later(finding, finding.span.end))

    def _later(self, finding: Finding, end: int) -> set[int]:
        """The lines of related instructions further down: of two that clash, hadolint names the later."""
        related = [label.span for label in finding.related if label.path == finding.path]
        return set().union(*(self.place.blocks(span) for span in related if span.start > end))

    def _verdict(self, place: _Place, finding: Finding) -> _Verdict:
        key = (place, finding.rule, finding.code)
        if key not in self._verdicts:
            self._verdicts[key] = self._judged(self._by_place[place], finding)
        return self._verdicts[key]

    def _judged(self, markers: Sequence[Marker], finding: Finding) -> _Verdict:
        names = {tool: self._names(tool, finding) for tool in {marker.tool for marker in markers}}
        meant = [(each, name) for each in markers for name in each.names if name.text in names[each.tool]]
        self.used.update(name for _, name in meant)
        if not meant or not self._is_locked(finding.rule):
            return _Verdict(bool(meant))
        spans = dict.fromkeys(marker.span for marker, _ in meant[:MAX_NOTES])
        return _Verdict(False, tuple(Label(finding.path, span, LOCKED) for span in spans))

    def _is_locked(self, rule: str) -> bool:
        return rule in self.known.locked or rule.partition("/")[0] in self.known.locked

    def _names(self, tool: Tool, finding: Finding) -> set[str]:
        """What a finding is called in comments for a tool."""
        rule = finding.rule
        if tool == "cilint":
            return {rule, rule.partition("/")[0]}
        equivalents = self.known.equivalents.get(rule, {})
        ids = {peer_id for peer in PEERS[tool] for peer_id in equivalents.get(peer, ())}
        if tool == "hadolint" and finding.code:
            ids.add(finding.code)
        return ids | {"all"} if ids and tool in ("buildkit", "dclint") else ids

    def violations(self, judge_unused: bool) -> Iterable[tuple[str, Violation]]:
        """What is wrong with cilint's own comments of this file, and which of its peers' have no effect."""
        for marker in self.markers:
            if marker.tool == "cilint":
                yield from self._wrong(marker, judge_unused)
            elif judge_unused and marker.tool != "zizmor":  # which finds more under its names than cilint
                yield from self._idle(marker)

    def _idle(self, marker: Marker) -> Iterable[tuple[str, Violation]]:
        """The names in a peer's comment that suppressed nothing, though cilint judges the same."""
        for name in marker.names:
            if name not in self.used and self._was_judged(marker.tool, name.text):
                values = {"name": name.text}
                yield UNUSED, Violation(self.source.path, name.span, values, severity=Severity.INFO)

    def _was_judged(self, tool: Tool, name: str) -> bool:
        meant = self.rules.called_in(tool, name)
        return bool(meant) and meant <= self.known.judged

    def _wrong(self, marker: Marker, judge_unused: bool) -> Iterable[tuple[str, Violation]]:
        path = self.source.path
        if not marker.names:
            yield UNKNOWN_RULE, Violation(path, marker.span, NAMELESS)
        for name in marker.names:
            if not self.rules.called(name.text):
                yield UNKNOWN_RULE, Violation(path, name.span, self.rules.unknown(name.text))
        unused = dict.fromkeys(name for name in marker.names if judge_unused and self._is_unused(name))
        edits = (FileEdit(path, removal(self.source, marker, unused)),) if unused else ()
        for name in unused:
            yield UNUSED, Violation(path, name.span, {"name": name.text}, edits=edits)
        kept = [name.text for name in marker.names if name not in unused]
        if kept and not marker.reason and self.known.reason_required:
            yield NO_REASON, Violation(path, marker.span, {"rules": ", ".join(kept)})

    def _is_unused(self, name: Name) -> bool:
        """Whether the name suppressed nothing although all that it stands for was judged."""
        meant = self.rules.called(name.text)
        return name not in self.used and bool(meant) and meant <= self.known.judged


def removal(source: SourceFile, marker: Marker, names: Collection[Name]) -> Edit:
    """The edit that takes these names out of a comment, and the comment with them if none is left."""
    left = [name.text for name in marker.names if name not in names]
    if left:
        return Edit(Span(marker.names[0].span.start, marker.names[-1].span.end), ", ".join(left))
    number = source.position(marker.span.start).line
    whole = source.line_span(number)
    before = source.text[whole.start : marker.span.start]
    if not before.strip() and marker.span.end >= whole.start + len(source.line(number).rstrip()):
        return Edit(whole, "")
    return Edit(Span(whole.start + len(before.rstrip()), marker.span.end), "")


def suppress(
    findings: Iterable[Finding],
    sources: Mapping[str, SourceFile],
    place: Callable[[SourceFile], Places],
    known: Known,
    unparsed: frozenset[str] = frozenset(),
) -> Suppressed:
    """Take back the findings that comments suppress.

    ``sources``: by path, the linted files that may hold such comments. In ``unparsed`` files no comment
    counts as unused.
    """
    rules = _Rules(known)
    files = {path: _File(source, place(source), known, rules) for path, source in sources.items()}
    kept: list[Finding] = []
    number = 0
    for finding in findings:
        file = files.get(finding.path)
        left = file.judge(finding) if file else finding
        if left is None:
            number += 1
        else:
            kept.append(left)
    wrong = [item for path, file in files.items() for item in file.violations(path not in unparsed)]
    return Suppressed(kept, number, wrong)
