"""Build arguments that are given secrets: they stay in the image's history and in the build's provenance."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cilint.pipeline.effects.bakes import described_arguments
from cilint.pipeline.effects.images import ImageBuild
from cilint.pipeline.effects.tags import pieces
from cilint.pipeline.effects.value_origins import sources
from cilint.pipeline.invocations import Invocation
from cilint.pipeline.sites import Site
from cilint.syntax.yaml import Scalar
from cilint.text.source import Span

_SECRET = re.compile(r"\bsecrets\s*(?:\.\s*([A-Za-z_][\w-]*)|\[)|\bgithub\.token\b")
_VARIABLE = re.compile(r"\$\{?([A-Za-z_]\w*)")
_BUILDERS = ("docker", "podman", "buildah", "nerdctl", "docker-compose")
_BAKED = re.compile(r"[^.=\s]+\.args\.([^=\s]+)=")
_IN_TEXT = re.compile(r"--build-arg[= ]+[\"']?([A-Za-z_]\w*)(=\S*)?")


class BuildArgument:
    """One argument with the secret that it is given; ``span`` is the argument."""

    def __init__(self, path: str, span: Span, name: str, secret: str) -> None:
        self.path = path
        self.span = span
        self.name = name
        self.secret = secret

    def is_public(self, prefixes: tuple[str, ...]) -> bool:
        """Whether what has such a name ends in the browser anyway."""
        return self.name.startswith(tuple(prefixes))


def build_arguments(builds: tuple[ImageBuild, ...]) -> Iterator[BuildArgument]:
    """Every build argument that is given a secret, each once."""
    for site in {id(build.site): build.site for build in builds}.values():
        if site.step.uses:
            yield from _of_input(site, site.step.inputs.get("build-args"))
            yield from _of_input(site, site.step.inputs.get("set"), baked=True)
        elif site.script:
            for command in site.script.named(*_BUILDERS):
                yield from _of_command(Invocation(site, command))
    for build in builds:
        yield from _of_description(build)


def _of_input(site: Site, given: Scalar | None, *, baked: bool = False) -> Iterator[BuildArgument]:
    for piece in pieces(given.text, commas=False) if given else ():
        assert given is not None
        name, _, _ = piece.text.partition("=")
        if baked:
            found = _BAKED.match(piece.text)
            name = found[1] if found else ""
        secret = secret_of(site, piece.text) if name else None
        if secret:
            span = given.source_span(piece.start, piece.start + len(piece.text))
            yield BuildArgument(site.path, span, name.strip(), secret)


def _of_command(call: Invocation) -> Iterator[BuildArgument]:
    for argument in call.arguments.options("--build-arg", "--set"):
        if argument.value_word is None:
            continue
        raw = argument.value_word.raw.strip("'\"")
        name, equals, _ = raw.partition("=")
        if argument.word is argument.value_word:  # --build-arg=NAME=value
            raw = raw.partition("=")[2]
            name, equals, _ = raw.partition("=")
        if argument.name == "--set":
            found = _BAKED.match(raw)
            if found is None:
                continue
            name = found[1]
        text = raw if equals else f"${name}"  # without a value it is the variable of that name
        secret = secret_of(call.site, text) or _of_variables(call.site, text)
        if secret:
            yield BuildArgument(call.path, call.span_of(argument.value_word), name, secret)
    yield from _of_pasted(call)


def _of_pasted(call: Invocation) -> Iterator[BuildArgument]:
    """The arguments in a variable or array that the command is given as a whole: ``docker build $ARGS``."""
    script = call.site.script
    given = {name for word in call.command.words for name in word.variables if "build-arg" not in word.raw}
    for command in script.commands if script and given else ():
        for assignment in command.assignments:
            run = call.site.step.run
            if assignment.name not in given or run is None or assignment.span.start > call.command.span.start:
                continue
            written = run.text[assignment.span.start : assignment.span.end]
            for found in _IN_TEXT.finditer(written):
                text = found[2] or f"${found[1]}"
                secret = secret_of(call.site, text) or _of_variables(call.site, text)
                if secret:
                    yield BuildArgument(call.path, call.span, found[1], secret)


def _of_description(build: ImageBuild) -> Iterator[BuildArgument]:
    """The arguments that a bake or Compose file takes from variables which the step gives secrets."""
    site = build.site
    layers = site.env_layers
    given = {name: value for layer in reversed(layers) for name, value in layer.items()}
    secrets = {name: secret for name, value in given.items() if (secret := secret_of(site, value.text))}
    for argument, variable in described_arguments(build.reader, secrets) if secrets else ():
        place = given[variable].span if variable in site.step.env else build.span
        yield BuildArgument(site.path, place, argument, secrets[variable])


def secret_of(site: Site, text: str) -> str | None:
    """The secret that a text with expressions takes, directly or through ``env`` and ``inputs``."""
    found = _SECRET.search(sources(site, text))
    return (found.group(1) or found.group(0).strip("[")) if found else None


def _of_variables(site: Site, text: str) -> str | None:
    layers = (site.step.env, site.job.env, site.call.workflow.env)
    for name in _VARIABLE.findall(text):
        value = next((layer[name] for layer in layers if name in layer), None)
        secret = secret_of(site, value.text if value else f"env.{name}")
        if secret:
            return secret
    return None
