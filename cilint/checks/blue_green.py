"""Switching between two copies of the application, which Dokploy's own way back makes needless."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from cilint.findings.violation import Options, Violation
from cilint.pipeline.pipeline import Pipeline
from cilint.syntax.yaml import Scalar, scalars


@cache
def _outright() -> re.Pattern[str]:
    return re.compile(
        r"blue[-_/ ]?green|green[-_/ ]?blue|traefik[^\n]{0,80}\bweight\b|\bweighted\b[^\n]{0,80}traefik",
        re.IGNORECASE,
    )


@cache
def _colour(colour: str) -> re.Pattern[str]:
    """A colour as part of the name of something that is deployed, unlike the colours of a terminal."""
    thing = "(?:app|api|backend|compose|service|slot|stack|deploy|env|id|url|host|hook|web|live|active)"
    return re.compile(rf"\b(?:\w*{thing}\w*[_-]{colour}|{colour}[_-]\w*{thing}\w*)\b", re.IGNORECASE)


def run(pipeline: Pipeline, options: Options) -> Iterator[Violation]:  # noqa: ARG001
    """At most one violation a workflow that deploys, at the first words that say so; values: ``what``."""
    entries = {deploy.site.call.entry.path: deploy.site.call.entry for deploy in pipeline.deploys}
    for path, workflow in entries.items():
        found = sorted(scalars(workflow.root), key=lambda scalar: scalar.span)
        match = _first(found, _outright()) or _both(found)
        if match:
            scalar, start, end = match
            yield Violation(path, scalar.source_span(start, end), {"what": scalar.text[start:end].strip()})


def _first(found: list[Scalar], pattern: re.Pattern[str]) -> tuple[Scalar, int, int] | None:
    for scalar in found:
        match = pattern.search(scalar.text)
        if match:
            return scalar, *match.span()
    return None


def _both(found: list[Scalar]) -> tuple[Scalar, int, int] | None:
    blue, green = _first(found, _colour("blue")), _first(found, _colour("green"))
    return min(blue, green, key=lambda each: (each[0].span, each[1])) if blue and green else None
