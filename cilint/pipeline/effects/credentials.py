"""Credentials of Dokploy that are written into a workflow.

A webhook's address ends in its token, the only secret it has (Dokploy's ``pages/api/deploy``); API keys go
into the header ``x-api-key``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Literal

from cilint.syntax.yaml import Scalar, scalars
from cilint.text.source import Span

if TYPE_CHECKING:
    from cilint.pipeline.pipeline import Pipeline

CredentialKind = Literal["webhook token", "API key", "application id", "host"]
_TOKEN = r"[A-Za-z0-9_-]"


@cache
def _patterns() -> tuple[tuple[CredentialKind, re.Pattern[str]], ...]:
    return (
        ("webhook token", re.compile(rf"/api/deploy/(?:compose/)?({_TOKEN}{{16,64}})(?!{_TOKEN}|\$|\{{)")),
        ("API key", re.compile(rf"""x-api-key["']?\s*[:=,]\s*["']?({_TOKEN}{{16,256}})(?!{_TOKEN})""", re.IGNORECASE)),
        (
            "application id",
            re.compile(rf"""\b(?:application|compose)Id\\?["']?\s*[:=]\s*\\?["']?({_TOKEN}{{21}})(?!{_TOKEN})"""),
        ),
        ("host", re.compile(r"https?://([A-Za-z0-9-]+\.[A-Za-z0-9.-]+(?::\d+)?)(?=/api/(?:deploy/|(?:application|compose)\.))")),
    )


class Credential:
    """One literal. ``span`` is the secret part alone."""

    def __init__(self, path: str, span: Span, kind: CredentialKind) -> None:
        self.path = path
        self.span = span
        self.kind: CredentialKind = kind

    @property
    def is_secret(self) -> bool:
        """Whether who reads it can do something with it."""
        return self.kind in ("webhook token", "API key")


def credentials(pipeline: Pipeline) -> Iterator[Credential]:
    """Every literal credential, in the order of the files."""
    for file in (*pipeline.target_workflows, *pipeline.target_actions):
        if "/api/" in file.source.text or "api" in file.source.text.lower():
            for scalar in sorted(scalars(file.root), key=lambda node: node.span):
                yield from _in_scalar(file.path, scalar)


def _in_scalar(path: str, scalar: Scalar) -> Iterator[Credential]:
    for kind, pattern in _patterns():
        for match in pattern.finditer(scalar.text):
            if kind != "host" and _is_placeholder(match.group(1)):
                continue
            yield Credential(path, scalar.source_span(*match.span(1)), kind)


def _is_placeholder(text: str) -> bool:
    """A name in capitals, or the same character over and over, stands for something else."""
    return text.upper() == text and "_" in text or len(set(text)) < 4
