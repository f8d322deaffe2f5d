"""Image builds and publications, however they are spelt."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from cilint.model.references import ImageReference
from cilint.pipeline.effects.tags import Tag, listed, metadata_tags, output_images
from cilint.pipeline.evaluate import interpolate
from cilint.pipeline.invocations import Invocation, invocations
from cilint.pipeline.reach import both
from cilint.pipeline.runs import Effect, Runs
from cilint.pipeline.scenarios import Scenario
from cilint.pipeline.shell_state import shell_state
from cilint.pipeline.sites import Site
from cilint.syntax.shell import Argument
from cilint.text.hole import HOLE
from cilint.text.source import Span

_ARCHITECTURES = {"x86_64": "amd64", "x86-64": "amd64", "aarch64": "arm64", "armhf": "arm/v7", "armel": "arm/v6"}


def normalise_platform(text: str) -> str:
    """A platform as BuildKit writes it: ``x86_64`` is ``linux/amd64``, ``linux/arm64/v8`` is ``linux/arm64``."""
    system, slash, machine = text.strip().lower().partition("/")
    if not slash:
        system, machine = "linux", system
    machine = machine.removesuffix("/v8")
    return f"{system}/{_ARCHITECTURES.get(machine, machine)}"


class ImageBuild(Effect):
    """One build of an image. Texts may hold HOLE where a value is not known."""

    def __init__(
        self,
        runs: Runs,
        site: Site,
        span: Span,
        *,
        tool: str,
        tags: tuple[Tag, ...] = (),
        platforms: str | None = None,
        platforms_span: Span | None = None,
        context: str | None = None,
        file: str | None = None,
        target: str | None = None,
        cache_from: str = "",
        cache_to: str = "",
    ) -> None:
        super().__init__(runs, site, span)
        self.tool = tool
        self.tags = tags
        self._platforms = platforms
        self.platforms_span = platforms_span or span
        self.context = context
        self.file = file
        self.target = target
        self.cache_from = cache_from
        self.cache_to = cache_to

    @cached_property
    def platforms(self) -> tuple[str, ...]:
        """Platforms as BuildKit normalises them; empty where the build names none."""
        names = (self._platforms or "").replace("\n", ",").split(",")
        return tuple(dict.fromkeys(normalise_platform(name) for name in names if name.strip()))

    @property
    def platforms_known(self) -> bool:
        return HOLE not in (self._platforms or "")

    def pushed(self, scenario: Scenario) -> bool | None:
        """Whether the build pushes what it builds, where it runs in the scenario."""
        return False

    @cached_property
    def published(self) -> tuple[Scenario, ...]:
        """The scenarios in which the image is certainly pushed."""
        return tuple(s for s in self._all if self.publication(s) is True)

    @cached_property
    def maybe_published(self) -> tuple[Scenario, ...]:
        return tuple(s for s in self._all if self.publication(s) is None)

    @property
    def publishes(self) -> bool:
        """Whether any event may make it push."""
        return bool(self.published or self.maybe_published)

    def publication(self, scenario: Scenario) -> bool | None:
        return both(self.state(scenario), self.pushed(scenario))

    @property
    def _all(self) -> tuple[Scenario, ...]:
        return self._runs.scenarios(self.site.call.entry)


class ActionBuild(ImageBuild):
    """A build by docker/build-push-action or docker/bake-action."""

    def pushed(self, scenario: Scenario) -> bool | None:
        contexts = self._runs.reach(self.site.call.entry).contexts(self.site, scenario)
        push = self.site.step.inputs.get("push")
        if push is not None:
            text = interpolate(push.text, contexts)
            if HOLE in text:
                return None
            if text.strip().lower() == "true":
                return True
        outputs = self.site.step.inputs.get("outputs")
        text = interpolate(outputs.text, contexts) if outputs else ""
        fields = text.replace(" ", "").replace('"', "").split(",")
        if "type=registry" in fields or "push=true" in fields:
            return True
        return None if HOLE in text else False


class CommandBuild(ImageBuild):
    """A build by ``docker build``, ``docker buildx build``, ``podman build`` …"""

    def __init__(self, runs: Runs, call: Invocation) -> None:
        arguments = call.arguments
        self.call = call
        platform = arguments.option("--platform")
        tags = tuple(
            Tag(ImageReference.parse(call.text(tag)), call.path, call.span_of(tag.value_word))
            for tag in arguments.options("-t", "--tag")
        )
        super().__init__(
            runs,
            call.site,
            call.span,
            tool="buildx" if "buildx" in call.words else call.name,
            tags=tags,
            platforms=call.text(platform) if platform else call.variable("DOCKER_DEFAULT_PLATFORM"),
            platforms_span=call.span_of(platform.value_word) if platform else None,
            context=call.words[-1] if len(call.words) > 1 else None,
            file=call.text(arguments.option("-f", "--file")) or None,
            target=call.text(arguments.option("--target")) or None,
            cache_from="\n".join(call.text(each) for each in arguments.options("--cache-from")),
            cache_to="\n".join(call.text(each) for each in arguments.options("--cache-to")),
        )

    def state(self, scenario: Scenario) -> bool | None:
        return both(super().state(scenario), shell_state(self._runs, self.call, scenario))

    def pushed(self, scenario: Scenario) -> bool | None:
        push = self.call.arguments.flag("--push")
        texts = [push.value or "true"] if push else []
        texts += [each.value or "" for each in self.call.arguments.options("-o", "--output")]
        contexts = self._runs.reach(self.site.call.entry).contexts(self.site, scenario)
        resolved = [interpolate(text, contexts) for text in texts]
        if any(_pushes(text) for text in resolved):
            return True
        return None if any(HOLE in text for text in resolved) else False


def _pushes(text: str) -> bool:
    """Whether ``--push=TEXT`` or ``--output TEXT`` pushes."""
    fields = text.replace(" ", "").strip('"').split(",")
    return text.lower() in ("true", "1") or "type=registry" in fields or "push=true" in fields


class ImagePush(Effect):
    """One name that an image is published under. ``build`` is None where it was built elsewhere."""

    def __init__(
        self, runs: Runs, site: Site, tag: Tag, build: ImageBuild | None = None, call: Invocation | None = None
    ) -> None:
        super().__init__(runs, site, tag.span)
        self.tag = tag
        self.image = tag.image
        self.build = build
        self.call = call

    def state(self, scenario: Scenario) -> bool | None:
        if self.build:
            return self.build.publication(scenario)
        state = super().state(scenario)
        return both(state, shell_state(self._runs, self.call, scenario)) if self.call else state


def image_builds(runs: Runs) -> Iterator[ImageBuild]:
    """Every build of an image, in the order of the files: actions first, then commands."""
    for site in runs.sites:
        action = site.step.action
        if action and action.name == "docker/build-push-action":
            yield _action_build(runs, site)
    for call in invocations(runs, *_BUILDERS):
        if set(call.words[:2]) & {"build", "bud"} and "compose" not in call.words:
            yield CommandBuild(runs, call)


def _action_build(runs: Runs, site: Site) -> ActionBuild:
    platforms = site.step.inputs.get("platforms")
    return ActionBuild(
        runs,
        site,
        site.span,
        tool="docker/build-push-action",
        tags=tuple(_action_tags(runs, site)),
        platforms=",".join(site.each(platforms.text)) if platforms else None,
        platforms_span=site.input_span("platforms"),
        context=site.input("context"),
        file=site.input("file"),
        target=site.input("target"),
        cache_from=site.input("cache-from") or "",
        cache_to=site.input("cache-to") or "",
    )


def _action_tags(runs: Runs, site: Site) -> Iterator[Tag]:
    scalar = site.step.inputs.get("tags")
    if scalar is None:
        yield from output_images(site)
        return
    for step in runs.earlier(site):
        action, identifier = step.step.action, step.step.id
        if action and action.name == "docker/metadata-action" and identifier:
            if f"steps.{identifier}.outputs.tags" in scalar.text:
                yield from metadata_tags(step)
    yield from (tag for tag in listed(site, "tags") if tag.image.text != HOLE)


def image_pushes(runs: Runs, builds: tuple[ImageBuild, ...]) -> Iterator[ImagePush]:
    """Every publication of an image: of what a build pushes, and by commands that push or copy."""
    for build in builds:
        if build.publishes:
            for tag in build.tags:
                yield ImagePush(runs, build.site, tag, build)
    for call in invocations(runs, *_PUSHERS):
        for argument in _destinations(call):
            image = ImageReference.parse(call.text(argument).removeprefix("docker://"))
            tag = Tag(image, call.path, call.span_of(argument.value_word))
            yield ImagePush(runs, call.site, tag, None, call)


_BUILDERS = ("docker", "podman", "buildah", "nerdctl")
_PUSHERS = ("docker", "podman", "buildah", "nerdctl", "skopeo", "crane", "regctl", "oras", "executor")


def _destinations(call: Invocation) -> list[Argument]:
    """The arguments of a command that name where an image is pushed."""
    arguments, words = call.arguments, call.words
    operands = list(arguments.operands())
    if call.name == "executor":
        return list(arguments.options("-d", "--destination"))
    if call.name in ("skopeo", "crane", "regctl", "oras"):
        wanted = {"copy", "cp", "push"} & set(words[:2])
        return [each for each in operands[-1:] if wanted and len(operands) > 2]
    if words[:3] == ("buildx", "imagetools", "create"):
        return list(arguments.options("-t", "--tag"))
    if "push" in words[:2] and "compose" not in words:
        return operands[-1:] if words[-1] != "push" else []
    return []
