"""Fixing in rounds: apply what goes together, look again, take back what did not help. Writes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence

from cilint.findings.finding import Finding, Severity
from cilint.lint.batch import applied, components, edits_by_path, moved, together, touched
from cilint.lint.check import Result
from cilint.lint.overlay import Overlay
from cilint.model.files import Files
from cilint.text.edit import Edit
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
        good = [finding for group in kept for finding in group]
        self.files = self.files.with_changes(applied(good, self.files))
        self.mended += good
        return {path for finding in good for path in touched(finding)}

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
        before = _Look(looked if scope <= self.targets else self.lint(self.files, scope))
        after = _Look(self.lint(self.files.with_changes(changes), scope))
        for number, findings in trials.items():
            if verdicts[number] is None:
                verdicts[number] = _harm(findings, before, after)
        return verdicts


class _Look:
    """What was found, by place: for comparing before and after."""

    def __init__(self, looked: Result) -> None:
        self.unparsed = frozenset(looked.unparsed)
        self.starts: dict[tuple[str, str], list[int]] = {}
        self.missing = Counter(_key(finding) for finding in looked.findings if finding.span is None)
        self.errors: dict[str, Counter[str]] = {}
        for finding in looked.findings:
            if finding.span is not None:
                self.starts.setdefault((finding.path, finding.rule), []).append(finding.span.start)
            if finding.severity == Severity.ERROR:
                self.errors.setdefault(finding.path, Counter())[finding.rule] += 1

    def count(self, finding: Finding, within: Span) -> int:
        starts = self.starts.get((finding.path, finding.rule), ())
        return sum(within.start <= start <= within.end for start in starts)


def _harm(findings: Sequence[Finding], before: _Look, after: _Look) -> str | None:
    """Why these fixes may not stay: a file no longer parses, an error is new, a finding is still there."""
    for path in sorted({path for finding in findings for path in touched(finding)}):
        if path in after.unparsed and path not in before.unparsed:
            return f"{path} would no longer parse"
        new = after.errors.get(path, Counter()) - before.errors.get(path, Counter())
        if new:
            return f"{path} would get an error: {min(new)}"
    edits = edits_by_path(findings)
    for finding in findings:
        if _is_left(finding, findings, edits.get(finding.path, []), before, after):
            return "the finding would still be there"
    return None


def _is_left(
    finding: Finding, findings: Iterable[Finding], edits: list[Edit], before: _Look, after: _Look
) -> bool:
    if finding.span is None:
        return after.missing[_key(finding)] >= before.missing[_key(finding)]
    old, new = moved(finding.span, edits)
    mended = sum(
        each.rule == finding.rule
        and each.path == finding.path
        and each.span is not None
        and old.start <= each.span.start <= old.end
        for each in findings
    )
    return after.count(finding, new) > before.count(finding, old) - mended


def _key(finding: Finding) -> Key:
    return (finding.path, finding.rule, finding.message)
