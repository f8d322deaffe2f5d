"""Builds of images by programs with words of their own: ko, jib, BuildKit's client, cloud builders …

What the words mean is as the programs' manuals have it. What lies in files that are not read, such as the
name of an image in a ``pom.xml``, is a HOLE.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from cilint.pipeline.effects.image_commands import CommandBuild
from cilint.pipeline.effects.recipes import Recipe, output_pushes
from cilint.pipeline.effects.tags import Tag, fields, image_of
from cilint.pipeline.effects.views import CommandView, View
from cilint.pipeline.invocations import Invocation
from cilint.pipeline.runs import Runs
from cilint.syntax.shell import Arguments
from cilint.text.hints import Any
from cilint.text.hole import HOLE
from cilint.text.source import Span
from cilint.text.values import NamedTuple

_JIB = re.compile(r"(?:.*:)?jib(?:-maven-plugin:[^:]*)?:(build|dockerBuild|buildTar)|:?(?:.*:)?(jib\w*)")


class Made(NamedTuple):
    """What one call builds: ``names`` are all its images, ``context`` is a HOLE without a Dockerfile."""

    push: bool | None
    names: tuple[str, ...]
    platforms: str = HOLE
    context: str = HOLE
    file: str | None = None


Read = Callable[[Arguments, Mapping[str, Any]], Made | None]


def _ko(arguments: Arguments, env: Mapping[str, Any]) -> Made | None:
    """``ko build`` and the commands that build what manifests name (ko.build/reference)."""
    verb = _words(arguments)[:1]
    if not verb or verb[0] not in ("build", "publish", "resolve", "apply", "create", "run"):
        return None
    repository = str(env.get("KO_DOCKER_REPO", HOLE))
    pushed = arguments.flag("--push")
    local = arguments.has_flag("-L", "--local") or repository.startswith(("ko.local", "kind.local"))
    push = False if local else True if pushed is None else _truth(pushed.value)
    name = repository if arguments.has_flag("--bare") else f"{repository}/{HOLE}"
    tags = _listed(arguments, "-t", "--tags") or ["latest"]
    platforms = ",".join(_listed(arguments, "--platform"))
    return Made(
        push, tuple(f"{name}:{tag}" for tag in tags), HOLE if platforms == "all" else platforms or HOLE
    )


def _buildctl(arguments: Arguments, _: Mapping[str, Any]) -> Made | None:
    """``buildctl build`` (github.com/moby/buildkit)."""
    if _words(arguments)[:1] != ["build"]:
        return None
    outputs = [each.value or "" for each in arguments.options("-o", "--output")]
    outputs += [each.value or "" for each in arguments.options("--exporter-opt")]
    text = ",".join(outputs)
    options = dict((each.value or "").partition("=")[::2] for each in arguments.options("--opt"))
    local = dict((each.value or "").partition("=")[::2] for each in arguments.options("--local"))
    names = fields(text).get("name", HOLE if output_pushes(text) is not False else "")
    return Made(
        output_pushes(text),
        tuple(name for name in names.strip('"').split(",") if name),
        options.get("platform", ""),
        local.get("context", HOLE),
        options.get("filename"),
    )


def _jib(arguments: Arguments, _: Mapping[str, Any]) -> Made | None:
    """jib's goals and tasks (github.com/GoogleContainerTools/jib): ``build`` and ``jib`` push."""
    goals = [found for text, _ in arguments.items if (found := _JIB.fullmatch(text))]
    goals = [each for each in goals if each[1] or each[2] in ("jib", "jibDockerBuild", "jibBuildTar")]
    if not goals:
        return None
    given = dict(text.partition("=")[::2] for text, _ in arguments.items if "=" in text)
    name = next((given[key] for key in ("-Djib.to.image", "-Dimage", "--image") if key in given), HOLE)
    tags = [tag for tag in given.get("-Djib.to.tags", "").split(",") if tag]
    bare = name if ":" not in name.rpartition("/")[2] else name.rpartition(":")[0]
    return Made(
        any(each[1] == "build" or each[2] == "jib" for each in goals),
        (name, *(f"{bare}:{tag}" for tag in tags)),
        given.get("-Djib.from.platforms", HOLE),
    )


def _local(arguments: Arguments, _: Mapping[str, Any]) -> Made | None:
    """``nixpacks build`` and ``railpack build``, which leave an image on the machine."""
    if _words(arguments)[:1] != ["build"]:
        return None
    names = [each.value or HOLE for each in arguments.options("-n", "--name", "-t", "--tag")]
    return Made(False, tuple(names), ",".join(_listed(arguments, "--platform")))


def _gcloud(arguments: Arguments, _: Mapping[str, Any]) -> Made | None:
    """``gcloud builds submit --tag``; with a ``--config`` its file says what is built."""
    names = _listed(arguments, "-t", "--tag")
    return Made(True, tuple(names)) if {"builds", "submit"} <= set(_words(arguments)) and names else None


def _az(arguments: Arguments, _: Mapping[str, Any]) -> Made | None:
    """``az acr build``."""
    if _words(arguments)[:2] != ["acr", "build"]:
        return None
    registry = next(iter(_listed(arguments, "-r", "--registry")), HOLE)
    host = registry if "." in registry or HOLE in registry else f"{registry}.azurecr.io"
    names = tuple(f"{host}/{name}" for name in _listed(arguments, "-t", "--image"))
    platforms = ",".join(_listed(arguments, "--platform"))
    context = _words(arguments)[2:3]
    return Made(
        not arguments.has_flag("--no-push"),
        names,
        platforms or "linux/amd64",
        context[0] if context else HOLE,
        next(iter(_listed(arguments, "-f", "--file")), None),
    )


def _apko(arguments: Arguments, _: Mapping[str, Any]) -> Made | None:
    """``apko publish CONFIG IMAGE …``."""
    words = _words(arguments)
    return Made(True, tuple(words[2:])) if words[:1] == ["publish"] and len(words) > 2 else None


def _words(arguments: Arguments) -> list[str]:
    return [each.value or "" for each in arguments.operands("--opt", "--local", "--frontend", "-t", "-r")]


def _listed(arguments: Arguments, *names: str) -> list[str]:
    """The values of options that take lists with commas."""
    texts = ",".join(each.value or "" for each in arguments.options(*names))
    return [text for text in texts.split(",") if text]


def _truth(text: str | None) -> bool | None:
    return None if HOLE in (text or "") else text not in ("false", "0")


TOOLS: dict[str, tuple[str, Read]] = {
    "ko": ("ko", _ko),
    "buildctl": ("buildctl", _buildctl),
    "buildctl-daemonless.sh": ("buildctl", _buildctl),
    "mvn": ("jib", _jib),
    "mvnw": ("jib", _jib),
    "gradle": ("jib", _jib),
    "gradlew": ("jib", _jib),
    "nixpacks": ("nixpacks", _local),
    "railpack": ("railpack", _local),
    "gcloud": ("gcloud", _gcloud),
    "az": ("az", _az),
    "apko": ("apko", _apko),
}
"""By program: what is said to build, and what reads its words."""


_USUAL = {"push": ("--push",), "platforms": ("--platform",)}


class ToolBuild(CommandBuild):
    """One call of such a program."""

    def __init__(self, runs: Runs, call: Invocation) -> None:
        super().__init__(runs, call)
        self.tool, self._read = TOOLS[call.name]

    def place(self, name: str) -> Span | None:
        """Of all parts only whether to push and the platforms are asked for by options of the usual names."""
        return super().place(name) if self.call.arguments.has_flag(*_USUAL.get(name, ())) else None

    def _recipe(self, view: View, command: CommandView, arguments: Arguments) -> Recipe:
        own = {
            each.name: each.value.text(command.env) for each in self.call.command.assignments if each.value
        }
        made = self._read(arguments, {**command.env, **own}) or Made(None, ())
        return Recipe(
            push=made.push,
            tags=tuple(self._named(arguments, made.names)),
            platforms=made.platforms,
            context=made.context,
            file=made.file,
            labels=made.context if made.context == HOLE else "",  # files of its own say them
            runner=view.runner,
            cached=True,
        )

    def _named(self, arguments: Arguments, names: tuple[str, ...]) -> Iterator[Tag]:
        """The images, each at the word that has its name."""
        for name in names:
            word = next((word for text, word in arguments.items if name in text), None)
            yield Tag(image_of(name), self.call.path, self.call.span_of(word))


def tool_build(runs: Runs, call: Invocation) -> ToolBuild | None:
    """The build that a call is; None where it builds no image."""
    return ToolBuild(runs, call) if TOOLS[call.name][1](call.arguments, call.env) else None
