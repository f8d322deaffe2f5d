"""Findings of ShellCheck that say what a rule of cilint says too."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import accumulate

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
        known = places.get((finding.path, finding.code))
        return known is not None and any(
            _is_one_place(span, other, source.text) for other in known.around(span)
        )

    places = {key: _Places(spans) for key, spans in told.items()}
    return [finding for finding in findings if not is_double(finding)]


class _Places:
    """Spans of one file, of which those around another one are found without looking at all."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self._spans = sorted(spans)
        self._ends = list(accumulate((span.end for span in self._spans), max))

    def around(self, span: Span) -> Iterator[Span]:
        """The one that ends last of those that begin before it, and the first of the others."""
        at = bisect_left(self._spans, span.start, key=lambda each: each.start)
        if at:
            yield Span(self._spans[at - 1].start, self._ends[at - 1])
        yield from self._spans[at : at + 1]


def _is_one_place(one: Span, other: Span, text: str) -> bool:
    """Whether they overlap, or are parts of one word: the name and the value of an assignment."""
    between = text[min(one.end, other.end) : max(one.start, other.start)]
    return not any(char.isspace() for char in between)
