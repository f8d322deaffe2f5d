"""Switching between two copies of the application, which Dokploy's own way back makes needless."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from cilint.findings.violation import Options, Violation
from cilint.pipeline.pipeline import Pipeline
from cilint.syntax.yaml import Scalar, scalars

MAX_NAME = 60
_THINGS = (
    "app", "api", "backend", "compose", "service", "slot", "stack", "deploy", "env", "id", "url", "host",
    "hook", "web", "live", "active",
)  # fmt: skip
Match = tuple[Scalar, int, int]


@cache
def _outright() -> re.Pattern[str]:
    return re.compile(
        r"blue[-_/ ]?green|green[-_/ ]?blue|traefik[^\n]{0,80}\bweight\b|\bweighted\b[^\n]{0,80}traefik",
        re.IGNORECASE,
    )


def run(pipeline: Pipeline, options: Options) -> Iterator[Violation]:
    """At most one violation a workflow that deploys, at the first words that say so; values: ``what``."""
    entries = {deploy.site.call.entry.path: deploy.site.call.entry for deploy in pipeline.deploys}
    for path, workflow in entries.items():
        text = workflow.source.text.lower()
        if "green" not in text and "weight" not in text:
            continue
        found = sorted(scalars(workflow.root), key=lambda scalar: scalar.span)
        match = _said(found) or _named(found)
        if match:
            scalar, start, end = match
            yield Violation(path, scalar.source_span(start, end), {"what": scalar.text[start:end].strip()})


def _said(found: list[Scalar]) -> Match | None:
    for scalar in found:
        match = _outright().search(scalar.text)
        if match:
            return scalar, *match.span()
    return None


def _named(found: list[Scalar]) -> Match | None:
    """The first of two names of deployed things that differ in their colours."""
    blue, green = (next(_coloured(found, colour), None) for colour in ("blue", "green"))
    return min(blue, green, key=lambda each: (each[0].span, each[1])) if blue and green else None


def _coloured(found: list[Scalar], colour: str) -> Iterator[Match]:
    """Names such as ``APP_ID_BLUE``, unlike the colours of a terminal."""
    for scalar in found:
        text = scalar.text
        for match in re.finditer(colour, text, re.IGNORECASE):
            start, end = match.span()
            while start > 0 and match.start() - start < MAX_NAME and _is_part(text[start - 1]):
                start -= 1
            while end < len(text) and end - match.end() < MAX_NAME and _is_part(text[end]):
                end += 1
            parts = re.split("[_-]", text[start:end].lower())
            if colour in parts and any(part.startswith(_THINGS) for part in parts):
                yield scalar, start, end


def _is_part(char: str) -> bool:
    return char.isalnum() or char in "_-"
