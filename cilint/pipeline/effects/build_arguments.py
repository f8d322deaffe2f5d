"""Build arguments that are given secrets: they stay in the image's history and in the build's provenance."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cilint.pipeline.effects.images import ImageBuild
from cilint.pipeline.effects.logins import sources
from cilint.pipeline.effects.tags import pieces
from cilint.pipeline.invocations import Invocation
from cilint.pipeline.sites import Site
from cilint.text.source import Span

_SECRET = re.compile(r"\bsecrets\s*(?:\.\s*([A-Za-z_][\w-]*)|\[)|\bgithub\.token\b")
_VARIABLE = re.compile(r"\$\{?([A-Za-z_]\w*)")


class BuildArgument:
    """One argument with the secret that it is given; ``span`` is the argument."""

    def __init__(self, build: ImageBuild, span: Span, name: str, secret: str) -> None:
        self.build = build
        self.path = build.path
        self.span = span
        self.name = name
        self.secret = secret

    def is_public(self, prefixes: tuple[str, ...]) -> bool:
        """Whether what has such a name ends in the browser anyway."""
        return self.name.startswith(tuple(prefixes))


def build_arguments(builds: tuple[ImageBuild, ...]) -> Iterator[BuildArgument]:
    """Every build argument that is given a secret, each once."""
    for build in builds:
        given = build.site.step.inputs.get("build-args") if build.site.step.uses else None
        for piece in pieces(given.text, commas=False) if given else ():
            assert given is not None
            secret = secret_of(build.site, piece.text)
            if secret:
                span = given.source_span(piece.start, piece.start + len(piece.text))
                yield BuildArgument(build, span, piece.text.partition("=")[0].strip(), secret)
        if build.call:
            yield from _of_command(build, build.call)


def _of_command(build: ImageBuild, call: Invocation) -> Iterator[BuildArgument]:
    for argument in call.arguments.options("--build-arg"):
        if argument.value_word is None:
            continue
        raw = argument.value_word.raw.strip("'\"")
        name, equals, _ = raw.partition("=")
        text = raw if equals else f"${name}"  # without a value it is the variable of that name
        secret = secret_of(call.site, text) or _of_variables(call.site, text)
        if secret:
            yield BuildArgument(build, call.span_of(argument.value_word), name, secret)


def secret_of(site: Site, text: str) -> str | None:
    """The secret that a text with expressions takes, directly or through ``env`` and ``inputs``."""
    found = _SECRET.search(sources(site, text))
    return (found.group(1) or found.group(0).strip("[")) if found else None


def _of_variables(site: Site, text: str) -> str | None:
    layers = (site.step.env, site.job.env, site.call.workflow.env)
    for name in _VARIABLE.findall(text):
        value = next((layer[name] for layer in layers if name in layer), None)
        secret = secret_of(site, value.text) if value else None
        if secret:
            return secret
    return None
