"""Image builds and publications, however they are spelt."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

from cilint.model.references import ImageReference
from cilint.pipeline.effects.tags import Tag, listed, metadata_tags
from cilint.pipeline.evaluate import interpolate, truth
from cilint.pipeline.reach import both
from cilint.pipeline.runs import Effect, Runs
from cilint.pipeline.scenarios import Scenario
from cilint.pipeline.sites import Site
from cilint.syntax.expression import HOLE
from cilint.text.source import Span

_ARCHITECTURES = {"x86_64": "amd64", "x86-64": "amd64", "aarch64": "arm64", "armhf": "arm/v7", "armel": "arm/v6"}


def normalise_platform(text: str) -> str:
    """A platform as BuildKit writes it: ``x86_64`` is ``linux/amd64``, ``linux/arm64/v8`` is ``linux/arm64``."""
    system, _, machine = text.strip().lower().rpartition("/") if text.count("/") == 0 else text.strip().lower().partition("/")
    machine = machine.removesuffix("/v8")
    return f"{system or 'linux'}/{_ARCHITECTURES.get(machine, machine)}"


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
        return tuple(s for s in self._all if self._publication(s) is True)

    @cached_property
    def maybe_published(self) -> tuple[Scenario, ...]:
        return tuple(s for s in self._all if self._publication(s) is None)

    @property
    def publishes(self) -> bool:
        """Whether any event may make it push."""
        return bool(self.published or self.maybe_published)

    def _publication(self, scenario: Scenario) -> bool | None:
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


def action_builds(runs: Runs, site: Site, steps: Iterable[Site]) -> Iterator[ActionBuild]:
    """The builds of a step that uses one of Docker's build actions."""
    action = site.step.action
    if action is None or action.name != "docker/build-push-action":
        return
    platforms = site.step.inputs.get("platforms")
    yield ActionBuild(
        runs,
        site,
        site.span,
        tool=action.name,
        tags=tuple(_action_tags(site, steps)),
        platforms=",".join(site.each(platforms.text)) if platforms else None,
        platforms_span=site.input_span("platforms"),
        context=site.input("context"),
        file=site.input("file"),
        target=site.input("target"),
        cache_from=site.input("cache-from") or "",
        cache_to=site.input("cache-to") or "",
    )


def _action_tags(site: Site, steps: Iterable[Site]) -> Iterator[Tag]:
    scalar = site.step.inputs.get("tags")
    if scalar is None:
        return
    for step in steps:
        action, identifier = step.step.action, step.step.id
        if action and action.name == "docker/metadata-action" and identifier:
            if f"steps.{identifier}.outputs.tags" in scalar.text:
                yield from metadata_tags(step)
    yield from (tag for tag in listed(site, "tags") if not tag.image.is_unknown)
