"""Findings that a comment for ShellCheck in the script itself takes back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from cilint.findings.finding import Finding
from cilint.pipeline.effects.shell_directives import ShellDirective

Equivalents = Mapping[str, Mapping[str, Sequence[str]]]


def without_disabled(
    findings: Iterable[Finding], directives: Iterable[ShellDirective], equivalents: Equivalents
) -> list[Finding]:
    """The findings but those of rules that stand for codes which are disabled there."""
    by_path: dict[str, list[ShellDirective]] = {}
    for directive in directives:
        by_path.setdefault(directive.path, []).append(directive)

    def is_disabled(finding: Finding) -> bool:
        span, codes = finding.span, equivalents.get(finding.rule, {}).get("shellcheck", ())
        if span is None or not codes:
            return False
        return any(
            directive.covers(span) and any(directive.names(code) for code in codes)
            for directive in by_path.get(finding.path, ())
        )

    return [finding for finding in findings if not is_disabled(finding)]
