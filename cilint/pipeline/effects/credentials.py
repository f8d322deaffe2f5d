"""Credentials of Dokploy that are written into a workflow.

A webhook's address ends in its token, the only secret it has (Dokploy's ``pages/api/deploy``); API keys go
into the header ``x-api-key``, and into inputs of the actions that call Dokploy.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from cilint.model.action import Action
from cilint.model.workflow import Step, Workflow
from cilint.pipeline.effects.request_parts import headers
from cilint.pipeline.effects.requests import ClientRequest
from cilint.pipeline.runs import Place
from cilint.pipeline.sites import Site
from cilint.syntax.yaml import Scalar, scalars
from cilint.text.hints import TYPE_CHECKING, Literal
from cilint.text.source import Span

if TYPE_CHECKING:
    from cilint.pipeline.pipeline import Pipeline

CredentialKind = Literal["webhook token", "API key", "application id", "host"]
_CHARACTER = r"[A-Za-z0-9_-]"
_HINTS = ("/api/", "api-key", "applicationid", "composeid", "dokploy")
_API_KEYS = ("api_token", "auth_token", "api_key", "token", "dokploy_api_key", "dokploy_token")
_IDS = ("application_id", "compose_id", "app_id")
_HOSTS = ("dokploy_url", "url", "base_url", "dokploy_base_url")


@cache
def _patterns() -> tuple[tuple[CredentialKind, re.Pattern[str]], ...]:
    return (
        (
            "webhook token",
            re.compile(rf"/api/deploy/(?:compose/)?({_CHARACTER}{{16,64}})(?!{_CHARACTER}|\$|\{{)"),
        ),
        (
            "API key",
            re.compile(
                rf"""x-api-key["']?\s*[:=,]\s*["']?({_CHARACTER}{{16,256}})(?!{_CHARACTER})""", re.IGNORECASE
            ),
        ),
        (
            "application id",
            re.compile(
                rf"""\b(?:application|compose)Id\\?["']?\s*[:=]\s*\\?["']?({_CHARACTER}{{21}})(?!{_CHARACTER})"""
            ),
        ),
        (
            "host",
            re.compile(
                r"https?://([A-Za-z0-9-]+\.[A-Za-z0-9.-]+(?::\d+)?)(?=/api/(?:trpc/)?(?:deploy/|(?:application|compose)\.))"
            ),
        ),
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
    put_together = _put_together(pipeline)
    for file in pipeline.target_yaml_files:
        text = file.source.text.lower()
        if any(hint in text for hint in _HINTS):
            found = [each for scalar in scalars(file.root) for each in _in_scalar(file.path, scalar)]
            found += [each for step in _steps(file) for each in _in_inputs(step)]
            known = {each.span for each in found}
            found += [each for each in put_together.get(file.path, ()) if each.span not in known]
            yield from sorted(found, key=lambda each: each.span)


def _put_together(pipeline: Pipeline) -> dict[str, list[Credential]]:
    """Literals that requests are made of by way of variables, by the path of the file they stand in."""
    found: dict[str, dict[Span, Credential]] = {}
    for request in pipeline.requests:
        if not (isinstance(request, ClientRequest) and request.speaks_of_dokploy):
            continue
        given = [f"{each.name}: {each.value}" for each in headers(request.call) or ()]
        for kind, literal in _literals(" ".join([request.url, *given])):
            place = _where(request.site, literal) if kind in ("webhook token", "API key") else None
            if place is not None:
                found.setdefault(place.path, {})[place.span] = Credential(place.path, place.span, kind)
    return {path: list(by_span.values()) for path, by_span in found.items()}


def _literals(text: str) -> Iterator[tuple[CredentialKind, str]]:
    for kind, pattern in _patterns():
        for match in pattern.finditer(text):
            if not _is_placeholder(match.group(1)):
                yield kind, match.group(1)


def _where(site: Site, literal: str) -> Place | None:
    """Where a literal stands in a script, or in the variables around it."""
    given = [site.step.run, *(value for layer in site.env_layers for value in layer.values())]
    for scalar in given:
        at = scalar.text.find(literal) if scalar else -1
        if scalar is not None and at >= 0:
            return Place(site.path, scalar.source_span(at, at + len(literal)))
    return None


def _steps(file: Workflow | Action) -> tuple[Step, ...]:
    return file.steps if isinstance(file, Action) else tuple(step for job in file.jobs for step in job.steps)


def _in_inputs(step: Step) -> Iterator[Credential]:
    """Literals in the inputs of a published action."""
    if step.action is None or "dokploy" not in step.action.name:
        return
    for written, value in step.inputs.items():
        kind = _kind_of_input(written.replace("-", "_"))
        if kind is not None and _is_literal(value.text, kind):
            yield Credential(step.path, value.span, kind)


def _kind_of_input(name: str) -> CredentialKind | None:
    if name in _API_KEYS:
        return "API key"
    return "application id" if name in _IDS else "host" if name in _HOSTS else None


def _is_literal(text: str, kind: CredentialKind) -> bool:
    if kind == "host":
        return re.fullmatch(r"https?://[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?::\d+)?/?", text) is not None
    return re.fullmatch(rf"{_CHARACTER}{{16,256}}", text) is not None and not _is_placeholder(text)


def _in_scalar(path: str, scalar: Scalar) -> Iterator[Credential]:
    for kind, pattern in _patterns():
        for match in pattern.finditer(scalar.text):
            if kind != "host" and _is_placeholder(match.group(1)):
                continue
            yield Credential(path, scalar.source_span(*match.span(1)), kind)


def _is_placeholder(text: str) -> bool:
    """A name in capitals, or the same character over and over, stands for something else."""
    return (text.upper() == text and "_" in text) or len(set(text)) < 4
