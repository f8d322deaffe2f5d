"""Fixing in rounds: apply what goes together, look again, take back what did not help. Writes nothing."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial

from cilint.findings.finding import Finding, Severity
from cilint.lint.batch import Moves, applied, components, edits_by_path, together, touched
from cilint.lint.check import Result
from cilint.lint.overlay import Overlay
from cilint.lint.sift import Harm, Sift
from cilint.model.files import Files
from cilint.model.kinds import kind_of
from cilint.text.source import Span
from cilint.text.values import NamedTuple

ROUNDS = 10
SMALL = 100  # files; a project of no more is looked at as a whole after each step

Key = tuple[str, str, str]


Lint = Callable[[Files, Collection[str]], Result]


class Fixed(NamedTuple):
    """What fixing came to: the new content of each changed or new file, None for one that goes, and the
    findings that are left.
    """

    changes: dict[str, bytes | None]
    mended: list[Finding]
    taken_back: list[tuple[Finding, str]]
    left: Result


def fix(files: Files, targets: Collection[str], lint: Lint, allowed: Callable[[Finding], bool]) -> Fixed:
    """Apply the fixes of the findings in ``targets`` that are ``allowed``, in at most ten rounds."""
    return _Fixing(files, frozenset(targets), lint, allowed).run()


class _Fixing:
    def __init__(
        self, files: Files, targets: frozenset[str], lint: Lint, allowed: Callable[[Finding], bool]
    ) -> None:
        self.files = Overlay(files, {})
        self.targets = targets
        self.lint = lint
        self.allowed = allowed
        self.mended: list[Finding] = []
        self.taken_back: dict[Key, tuple[Finding, str]] = {}
        self.mended_then: dict[Key, int] = {}  # how many were mended before the round that took a fix back

    def run(self) -> Fixed:
        scope: frozenset[str] = self.targets
        looked = self.lint(self.files, scope)
        for _ in range(ROUNDS):
            batch = together(filter(self._is_candidate, looked.findings), self.files)
            if batch:
                changed = self._round(batch, looked)
                scope = self._scope(changed)
            elif scope != self.targets:
                scope = self.targets
            elif self._reconsider():
                continue
            else:
                break
            looked = self.lint(self.files, scope)
        if scope != self.targets:
            looked = self.lint(self.files, self.targets)
        return Fixed(self.files.changes, self.mended, list(self.taken_back.values()), looked)

    def _reconsider(self) -> bool:
        """Let fixes be tried again that were taken back before others were mended; whether there are any."""
        older = [key for key in self.taken_back if self.mended_then[key] < len(self.mended)]
        for key in older:
            del self.taken_back[key]
        return bool(older)

    def _is_candidate(self, finding: Finding) -> bool:
        return finding.fix is not None and self.allowed(finding) and _key(finding) not in self.taken_back

    def _scope(self, paths: Collection[str]) -> frozenset[str]:
        return self.targets if len(self.targets) <= SMALL else self.targets.intersection(paths)

    def _round(self, batch: list[Finding], looked: Result) -> set[str]:
        """Apply of the batch what does no harm. Gives the paths that changed."""
        sift = Sift(components(batch), partial(self._try, looked))
        good = sift.run()
        for finding, reason in sift.refused:
            self.taken_back[_key(finding)] = (finding, reason)
            self.mended_then[_key(finding)] = len(self.mended)
        new = {path for finding in good for path in touched(finding) if self.files.read(path) is None}
        self.files = self.files.with_changes(applied(good, self.files))
        self.targets |= {path for path in new if kind_of(path)}
        self.mended += good
        return {path for finding in good for path in touched(finding)}

    def _try(
        self, looked: Result, trials: Mapping[int, list[Finding]], beside: Sequence[Finding]
    ) -> dict[int, Harm | None]:
        """What harm each trial does; all are applied and looked at together."""
        harms: dict[int, Harm | None] = dict.fromkeys(trials)
        changes = applied(beside, self.files)
        for number, findings in trials.items():
            try:
                changes |= applied(findings, self.files)
            except ValueError as error:
                harms[number] = Harm(str(error), is_own=True)
        paths = {path for findings in trials.values() for finding in findings for path in touched(finding)}
        scope = self._scope(paths) | paths
        before = looked if scope <= self.targets else self.lint(self.files, scope)
        after = self.lint(self.files.with_changes(changes), scope)
        looks = _Look(before.findings, before.unparsed), _Look(after.findings, after.unparsed)
        return {number: harms[number] or _harm(findings, *looks) for number, findings in trials.items()}


class _Look:
    """What was found, by place: for comparing before and after."""

    def __init__(self, findings: Sequence[Finding], unparsed: frozenset[str] = frozenset()) -> None:
        self.unparsed = unparsed
        self.starts: dict[tuple[str, str], list[int]] = {}
        self.missing = Counter(_key(finding) for finding in findings if finding.span is None)
        self.errors: dict[str, Counter[str]] = {}
        for finding in findings:
            if finding.span is not None:
                self.starts.setdefault((finding.path, finding.rule), []).append(finding.span.start)
            if finding.severity == Severity.ERROR:
                self.errors.setdefault(finding.path, Counter())[finding.rule] += 1

        for starts in self.starts.values():
            starts.sort()

    def count(self, finding: Finding, within: Span) -> int:
        """How many findings of the same rule begin in a part of the file."""
        starts = self.starts.get((finding.path, finding.rule), ())
        return bisect_right(starts, within.end) - bisect_left(starts, within.start)


def _harm(findings: Sequence[Finding], before: _Look, after: _Look) -> Harm | None:
    """Why these fixes may not stay: a file no longer parses, an error is new, a finding is still there."""
    for path in sorted({path for finding in findings for path in touched(finding)}):
        if path in after.unparsed and path not in before.unparsed:
            return Harm(f"{path} would no longer parse", is_own=True)
        new = after.errors.get(path, Counter()) - before.errors.get(path, Counter())
        if new:
            return Harm(f"{path} would get an error: {min(new)}", is_own=False)
    moves = {path: Moves(edits) for path, edits in edits_by_path(findings).items()}
    mended = _Look(findings)
    for finding in findings:
        if _is_left(finding, mended, moves.get(finding.path, Moves(())), before, after):
            return Harm("the finding would still be there", is_own=True)
    return None


def _is_left(finding: Finding, mended: _Look, moves: Moves, before: _Look, after: _Look) -> bool:
    if finding.span is None:
        return after.missing[_key(finding)] >= before.missing[_key(finding)]
    old, new = moves.of(finding.span)
    return after.count(finding, new) > before.count(finding, old) - mended.count(finding, old)


def _key(finding: Finding) -> Key:
    return (finding.path, finding.rule, finding.message)
