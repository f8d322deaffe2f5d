"""Findings that a comment for ShellCheck takes back, and which of these comments take back none."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate

from cilint.findings.finding import Finding, Severity
from cilint.findings.violation import Violation
from cilint.pipeline.effects.shell_directives import Codes, ShellDirective
from cilint.text.source import Span

Equivalents = Mapping[str, Mapping[str, Sequence[str]]]


class _OfFile:
    """The comments of one file by what they are about, to be asked for a place."""

    def __init__(self, directives: Iterable[ShellDirective]) -> None:
        self.directives = sorted(directives, key=lambda each: each.span.start)
        self._starts = [each.span.start for each in self.directives]
        self._reach = list(accumulate((max(each.span) for each in self.directives), max))

    def about(self, span: Span) -> Iterator[ShellDirective]:
        at = bisect_right(self._starts, span.start) - 1
        while at >= 0 and self._reach[at] >= span.start:
            if self.directives[at].covers(span):
                yield self.directives[at]
            at -= 1


class Disabled:
    """The codes that comments disable, and which of them were found.

    ``equivalents`` are those of the rules that may be disabled.
    """

    def __init__(self, directives: Iterable[ShellDirective], equivalents: Equivalents) -> None:
        self.equivalents = equivalents
        by_path: dict[str, list[ShellDirective]] = {}
        for directive in directives:
            by_path.setdefault(directive.path, []).append(directive)
        self.by_path = {path: _OfFile(found) for path, found in by_path.items()}
        self.used: set[Codes] = set()

    def without(self, findings: Iterable[Finding]) -> list[Finding]:
        """The findings but those of rules that stand for codes which are disabled there."""
        return [finding for finding in findings if not self._is_disabled(finding)]

    def _is_disabled(self, finding: Finding) -> bool:
        span, known = finding.span, self.equivalents.get(finding.rule)
        if span is None or known is None:
            return False
        names = [finding.code] if finding.code else known.get("shellcheck", ())
        file = self.by_path.get(finding.path)
        codes = [
            codes
            for directive in (file.about(span) if file else ())
            for codes in directive.codes
            if any(codes.has(name) for name in names)
        ]
        self.used.update(codes)
        return bool(codes)

    def unused(self) -> Iterable[Violation]:
        """The single codes of a Dockerfile's comments that took nothing back; values: ``name``.

        Of those in scripts ShellCheck tells nothing, so that it is not known whether it would have.
        """
        for path, file in self.by_path.items():
            for directive in file.directives:
                for codes in directive.codes if directive.comment else ():
                    if codes.first == codes.last and codes not in self.used:
                        yield Violation(
                            path, codes.span, {"name": f"SC{codes.first}"}, severity=Severity.INFO
                        )
