"""Fixing in rounds: apply what goes together, look again, take back what did not help. Writes nothing."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from itertools import chain

from cilint.findings.finding import Finding, Severity
from cilint.lint.batch import Moves, applied, components, edits_by_path, together, touched
from cilint.lint.check import Result
from cilint.lint.overlay import Overlay
from cilint.model.files import Files
from cilint.text.source import Span
from cilint.text.values import NamedTuple

ROUNDS = 10
SMALL = 100  # files; a project of no more is looked at as a whole after each step

Key = tuple[str, str, str]


Lint = Callable[[Files, Collection[str]], Result]


class Fixed(NamedTuple):
    """What fixing came to: the new content of each changed or new file, and the findings that are left."""

    changes: dict[str, bytes]
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

    def run(self) -> Fixed:
        scope: frozenset[str] = self.targets
        looked = self.lint(self.files, scope)
        for _ in range(ROUNDS):
            batch = together(filter(self._is_candidate, looked.findings), self.files)
            if batch:
                changed = self._round(batch, looked)
                scope = self._scope(changed)
            elif scope == self.targets:
                break
            else:
                scope = self.targets
            looked = self.lint(self.files, scope)
        if scope != self.targets:
            looked = self.lint(self.files, self.targets)
        return Fixed(self.files.changes, self.mended, list(self.taken_back.values()), looked)

    def _is_candidate(self, finding: Finding) -> bool:
        return finding.fix is not None and self.allowed(finding) and _key(finding) not in self.taken_back

    def _scope(self, paths: Collection[str]) -> frozenset[str]:
        return self.targets if len(self.targets) <= SMALL else self.targets.intersection(paths)

    def _round(self, batch: list[Finding], looked: Result) -> set[str]:
        """Apply the batch, halving what does harm until it is a single fix. Gives the paths that changed."""
        groups = components(batch)
        kept: list[list[Finding]] = [[] for _ in groups]
        waiting = [[group] for group in groups]
        while any(waiting):
            trials = {n: stack.pop() for n, stack in enumerate(waiting) if stack}
            verdicts = self._try({n: kept[n] + part for n, part in trials.items()}, looked)
            for number, part in trials.items():
                reason = verdicts[number]
                if reason is None:
                    kept[number] += part
                elif len(part) == 1:
                    self.taken_back[_key(part[0])] = (part[0], reason)
                else:
                    half = len(part) // 2
                    waiting[number] += [part[half:], part[:half]]
        self._try_again(groups, kept, looked)
        good = [finding for group in kept for finding in group]
        self.files = self.files.with_changes(applied(good, self.files))
        self.mended += good
        return {path for finding in good for path in touched(finding)}

    def _try_again(self, groups: list[list[Finding]], kept: list[list[Finding]], looked: Result) -> None:
        """Apply what was taken back for one reason after all, where it does no harm together: a login and
        what it serves, which fail without each other.
        """
        reasons = {reason for each in chain(*groups) if (reason := self._refusal(each))}
        for reason in sorted(reasons):
            again = [[each for each in group if self._refusal(each) == reason] for group in groups]
            trials = {n: kept[n] + together for n, together in enumerate(again) if len(together) > 1}
            verdicts = self._try(trials, looked) if trials else {}
            for number, trial in trials.items():
                if verdicts[number] is None:
                    kept[number] = trial
                    for finding in again[number]:
                        self.taken_back.pop(_key(finding), None)

    def _refusal(self, finding: Finding) -> str | None:
        """Why a fix was taken back; None where it was not."""
        _, reason = self.taken_back.get(_key(finding), (None, None))
        return reason

    def _try(self, trials: dict[int, list[Finding]], looked: Result) -> dict[int, str | None]:
        """Why each trial does harm, None where it does none; all are applied and looked at together."""
        verdicts: dict[int, str | None] = {}
        changes: dict[str, bytes] = {}
        for number, findings in trials.items():
            try:
                changes |= applied(findings, self.files)
                verdicts[number] = None
            except ValueError as error:
                verdicts[number] = str(error)
        paths = {path for number in trials for finding in trials[number] for path in touched(finding)}
        scope = self._scope(paths) | paths
        before = looked if scope <= self.targets else self.lint(self.files, scope)
        after = self.lint(self.files.with_changes(changes), scope)
        looks = _Look(before.findings, before.unparsed), _Look(after.findings, after.unparsed)
        for number, findings in trials.items():
            if verdicts[number] is None:
                verdicts[number] = _harm(findings, *looks)
        return verdicts


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


def _harm(findings: Sequence[Finding], before: _Look, after: _Look) -> str | None:
    """Why these fixes may not stay: a file no longer parses, an error is new, a finding is still there."""
    for path in sorted({path for finding in findings for path in touched(finding)}):
        if path in after.unparsed and path not in before.unparsed:
            return f"{path} would no longer parse"
        new = after.errors.get(path, Counter()) - before.errors.get(path, Counter())
        if new:
            return f"{path} would get an error: {min(new)}"
    moves = {path: Moves(edits) for path, edits in edits_by_path(findings).items()}
    mended = _Look(findings)
    for finding in findings:
        if _is_left(finding, mended, moves.get(finding.path, Moves(())), before, after):
            return "the finding would still be there"
    return None


def _is_left(finding: Finding, mended: _Look, moves: Moves, before: _Look, after: _Look) -> bool:
    if finding.span is None:
        return after.missing[_key(finding)] >= before.missing[_key(finding)]
    old, new = moves.of(finding.span)
    return after.count(finding, new) > before.count(finding, old) - mended.count(finding, old)


def _key(finding: Finding) -> Key:
    return (finding.path, finding.rule, finding.message)
