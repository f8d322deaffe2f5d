"""Findings of ShellCheck that say what a rule of cilint says too."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from cilint.findings.finding import Finding
from cilint.rules.rule import Rule
from cilint.text.source import SourceFile, Span


def without_doubles(
    findings: Iterable[Finding], rules: Mapping[str, Rule], sources: Callable[[str], SourceFile | None]
) -> list[Finding]:
    """The findings but those of ShellCheck at whose place a rule of cilint's own has found the same."""
    told: dict[tuple[str, str], list[Span]] = {}
    for finding in findings:
        if finding.code is None and finding.span is not None:
            for code in rules[finding.rule].equivalents.get("shellcheck", ()):
                told.setdefault((finding.path, code), []).append(finding.span)

    def is_double(finding: Finding) -> bool:
        source, span = sources(finding.path), finding.span
        if finding.code is None or source is None or span is None:
            return False
        return any(
            _is_one_place(span, other, source.text) for other in told.get((finding.path, finding.code), ())
        )

    return [finding for finding in findings if not is_double(finding)]


def _is_one_place(one: Span, other: Span, text: str) -> bool:
    """Whether they overlap, or are parts of one word: the name and the value of an assignment."""
    between = text[min(one.end, other.end) : max(one.start, other.start)]
    return not any(char.isspace() for char in between)
