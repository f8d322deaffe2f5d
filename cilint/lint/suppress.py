"""Suppressions: which findings a comment in the file takes back, and which comments are wrong themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

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


class Suppressed(NamedTuple):
    """The findings that are left, the number that is not, and what is wrong with the comments, by rule."""

    findings: list[Finding]
    number: int
    violations: list[tuple[str, Violation]]


class _File:
    """One file's comments that suppress, and which names in them did."""

    def __init__(self, source: SourceFile, place: Places, known: Known) -> None:
        self.source = source
        self.place = place
        self.known = known
        self.markers = markers(source, place.comments)
        self._wide = [marker for marker in self.markers if marker.scope in ("file", "stage")]
        self._by_line: dict[int, list[Marker]] = {}
        for marker in self.markers:
            if marker.scope not in ("file", "stage"):
                self._by_line.setdefault(marker.line, []).append(marker)
        self.used: set[Name] = set()

    def judge(self, finding: Finding) -> Finding | None:
        """The finding, with a note where a comment may not suppress it; None if one does."""
        suppressed = False
        notes: list[Label] = []
        for marker in self._near(finding):
            for name in marker.names:
                if self._means(marker, name.text, finding) and self._covers(marker, finding):
                    self.used.add(name)
                    if self._is_locked(finding.rule):
                        notes.append(Label(finding.path, marker.span, LOCKED))
                    else:
                        suppressed = True
        if suppressed:
            return None
        return finding._replace(related=(*finding.related, *notes)) if notes else finding

    def _near(self, finding: Finding) -> list[Marker]:
        """The comments that may be about a finding: so that many of both take no time."""
        if finding.span is None or not self._by_line:
            return self._wide
        first, last = (self.source.position(at).line for at in finding.span)
        lines = self.place.blocks(finding.span) | set(range(first, last + 1))
        return self._wide + [marker for line in sorted(lines) for marker in self._by_line.get(line, ())]

    def _is_locked(self, rule: str) -> bool:
        return rule in self.known.locked or rule.partition("/")[0] in self.known.locked

    def _means(self, marker: Marker, name: str, finding: Finding) -> bool:
        rule = finding.rule
        if marker.tool == "cilint":
            return name in (rule, rule.partition("/")[0])
        equivalents = self.known.equivalents.get(rule, {})
        ids = {peer_id for peer in PEERS[marker.tool] for peer_id in equivalents.get(peer, ())}
        if marker.tool == "hadolint" and finding.code:
            ids.add(finding.code)
        return name in ids or (marker.tool in ("buildkit", "dclint") and name == "all" and bool(ids))

    def _covers(self, marker: Marker, finding: Finding) -> bool:
        if marker.scope == "file":
            return True
        if finding.span is None:
            return False
        line = self.source.position(finding.span.start).line
        if marker.scope == "stage":
            return self.place.stage(line) == self.place.stage(marker.line)
        if marker.line == line or marker.line in self.place.blocks(finding.span):
            return True
        return marker.scope == "span" and line < marker.line <= self.source.position(finding.span.end).line

    def violations(self, judge_unused: bool) -> Iterable[tuple[str, Violation]]:
        """What is wrong with cilint's own comments of this file, and which of its peers' have no effect."""
        for marker in self.markers:
            if marker.tool == "cilint":
                yield from self._wrong(marker, judge_unused)
            elif judge_unused:
                yield from self._idle(marker)

    def _idle(self, marker: Marker) -> Iterable[tuple[str, Violation]]:
        """The names in a peer's comment that suppressed nothing, though cilint judges the same."""
        for name in marker.names:
            if name not in self.used and self._was_judged(marker.tool, name.text):
                values = {"name": name.text}
                yield UNUSED, Violation(self.source.path, name.span, values, severity=Severity.INFO)

    def _was_judged(self, tool: Tool, name: str) -> bool:
        peers = PEERS[tool]
        equivalents = self.known.equivalents.items()
        meant = {rule for rule, ids in equivalents if any(name in ids.get(peer, ()) for peer in peers)}
        if name.startswith("SC"):
            meant.add(SHELLCHECK)  # whatever else says the same, it alone says all that this stands for
        return bool(meant) and meant <= self.known.judged

    def _wrong(self, marker: Marker, judge_unused: bool) -> Iterable[tuple[str, Violation]]:
        path = self.source.path
        if not marker.names:
            yield UNKNOWN_RULE, Violation(path, marker.span, NAMELESS)
        for name in marker.names:
            if not _is_known(name.text, self.known.rules):
                yield UNKNOWN_RULE, Violation(path, name.span, _unknown(name.text, self.known.rules))
        unused = [name for name in marker.names if judge_unused and self._is_unused(name)]
        for name in unused:
            edit = removal(self.source, marker, unused)
            yield UNUSED, Violation(path, name.span, {"name": name.text}, edits=(FileEdit(path, edit),))
        kept = [name.text for name in marker.names if name not in unused]
        if kept and not marker.reason and self.known.reason_required:
            yield NO_REASON, Violation(path, marker.span, {"rules": ", ".join(kept)})

    def _is_unused(self, name: Name) -> bool:
        """Whether the name suppressed nothing although all that it stands for was judged."""
        meant = {rule for rule in self.known.rules if name.text in (rule, rule.partition("/")[0])}
        return name not in self.used and bool(meant) and meant <= self.known.judged


def _is_known(name: str, rules: frozenset[str]) -> bool:
    return name in rules or any(rule.startswith(name + "/") for rule in rules)


def _unknown(name: str, rules: frozenset[str]) -> dict[str, object]:
    close = nearest(name, {*rules, *(rule.partition("/")[0] for rule in rules)})
    return {"name": name, "hint": f"did you mean `{close}`?" if close else "`cilint rules` lists them"}


def removal(source: SourceFile, marker: Marker, names: Sequence[Name]) -> Edit:
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
    files = {path: _File(source, place(source), known) for path, source in sources.items()}
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
