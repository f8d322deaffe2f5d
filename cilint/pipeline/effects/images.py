"""Image builds and publications, however they are spelt."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import islice

from cilint.findings.finding import FileEdit
from cilint.model.references import ImageReference
from cilint.pipeline.effects.image_actions import action_reader
from cilint.pipeline.effects.image_build import Copies, Eyes, ImageBuild, ImageCopy
from cilint.pipeline.effects.image_commands import (
    BUILDERS,
    COMPOSERS,
    PUSHERS,
    TOOLS,
    CommandBuild,
    is_build,
    is_push,
)
from cilint.pipeline.effects.metadata import makes
from cilint.pipeline.effects.recipes import Reader, Recipe
from cilint.pipeline.effects.tags import Tag, pieces
from cilint.pipeline.invocations import Invocation, invocations
from cilint.pipeline.partial import both, equal
from cilint.pipeline.runs import Effect, Runs
from cilint.pipeline.scenarios import Scenario
from cilint.pipeline.sites import Call, Site
from cilint.text.edit import Edit
from cilint.text.hole import HOLE
from cilint.text.remember import remembered_by
from cilint.text.source import Span

__all__ = ["Eyes", "ImageBuild", "ImageCopy", "ImagePush", "image_builds", "image_pushes"]


class ImagePush(Effect):
    """One name that an image is published under. ``build`` is None where it was built elsewhere."""

    def __init__(
        self, source: ImageBuild | ImageCopy, tag: Tag, place: int, build: ImageBuild | None
    ) -> None:
        super().__init__(source.eyes.runs, source.site, tag.span)
        self.path = tag.path
        self.tag = tag
        self.image = tag.image
        self.build = build
        self.call = source.call if isinstance(source, ImageCopy) else None
        self.source = source
        self._place = place  # among the tags that the same words give

    @property
    def merges(self) -> bool:
        """Whether it puts the images of several platforms together."""
        return isinstance(self.source, ImageCopy) and self.source.push.merges

    @property
    def by_digest(self) -> bool:
        """Whether it has no tag at all, not even ``latest``, until something gives it one."""
        return isinstance(self.source, ImageBuild) and self.source.by_digest and self.image.tag is None

    def state(self, scenario: Scenario) -> bool | None:
        source = self.source
        state = source.publication(scenario) if isinstance(source, ImageBuild) else source.state(scenario)
        return state if state is False else both(state, self._given(scenario))

    def _given(self, scenario: Scenario) -> bool | None:
        tag = self._tag_in(scenario)
        return False if tag is None else None if tag.maybe else True

    def _tag_in(self, scenario: Scenario) -> Tag | None:
        found = _tags_by_words(self.source, scenario).get(_words(self.tag), ())
        return found[self._place] if len(found) > self._place else None

    def image_in(self, scenario: Scenario) -> ImageReference | None:
        """What it is called in a scenario; None where it is not given then."""
        tag = self._tag_in(scenario)
        return tag.image if tag else None

    @cached_property
    def latest_outside_main(self) -> tuple[Scenario, ...]:
        """Events of other branches, tags and pull requests in which it certainly moves the tag ``latest``."""
        found = (
            (s, self.image_in(s))
            for s in self.outside_main
            if s.event != "workflow_dispatch" and s.ref_name != "latest"
        )
        return tuple(s for s, image in found if image and self._is_latest(image))

    def _is_latest(self, image: ImageReference) -> bool:
        """Whether the tag is ``latest``, which one without a tag is, too."""
        if image.tag is None:
            return image.digest is None and not (
                isinstance(self.source, ImageBuild) and self.source.by_digest
            )
        return image.tag == "latest"

    @property
    def latest_edits(self) -> tuple[FileEdit, ...] | None:
        """Let metadata-action's rule give the tag for the default branch only."""
        source = self._runs.project.source(self.path)
        rule = source.slice(self.span) if source else ""
        if not self.tag.metadata or "enable=" in rule or "${{" in rule:
            return None
        prefix = "" if rule.startswith("type=raw,") else "type=raw,value=" if rule == "latest" else None
        end, start = Span(self.span.end, self.span.end), Span(self.span.start, self.span.start)
        found = [FileEdit(self.path, Edit(end, ",enable={{is_default_branch}}"))]
        return (
            None
            if prefix is None
            else (*([FileEdit(self.path, Edit(start, prefix))] if prefix else []), *found)
        )

    # -- where it goes -----------------------------------------------------------------------------

    def also_published_to(self, host: str) -> bool:
        """Whether the same step gives the image a name at a host, too."""
        source = self.source
        tags = source.tags if isinstance(source, ImageBuild) else source.likely
        return self.image.host.lower() != host and any(tag.image.host.lower() == host for tag in tags)

    @property
    def capitals(self) -> str | None:
        """The part of the image's name that has or may have capitals, which no image may; None for none."""
        if self.tag.metadata:
            return None
        return next((part for part in self.image.path.split("/") if part != part.lower()), None)

    @property
    def lowercase_edits(self) -> tuple[FileEdit, ...] | None:
        """The name in lower case, where it is plain how it comes to have capitals."""
        from cilint.pipeline.effects.lower_case import in_lower_case

        return in_lower_case(self)

    @property
    def by_repository(self) -> bool:
        """Whether the name comes from the repository's or the owner's, which may have capitals."""
        return "Owner" in self.image.path or "Repository" in self.image.path

    def is_named(self, host: str, name: str | None) -> bool:
        """Whether the path is ``name``, with or without an owner, or any; GHCR demands an owner."""
        path = self.image.path.lower()
        if HOLE in path:
            return True
        if name:
            return path == name.lower() or path.endswith("/" + name.lower())
        return host != "ghcr.io" or "/" in path

    def host_edits(self, host: str) -> tuple[FileEdit, ...] | None:
        """The other host, where the present one is written out or is left to be Docker Hub."""
        place, image = self._written, self.image
        if place is None or "/" not in image.path or image.host.lower() == host:
            return None
        source = self._runs.project.source(self.path)
        given = source is not None and source.slice(place).startswith(image.host)
        old = Span(place.start, place.start + (len(image.host) if given else 0))
        return (FileEdit(self.path, Edit(old, host + ("" if given else "/"))),)

    @property
    def _written(self) -> Span | None:
        """Where the image stands in full, or its name alone that metadata-action gets."""
        if self.tag.metadata:
            return self._metadata_name
        source = self._runs.project.source(self.path)
        written = source.slice(self.span) if source else ""
        bare = written.strip("'\"").removeprefix("docker://")
        start = self.span.start + written.index(bare)
        return Span(start, start + len(bare)) if bare == self.image.text else None

    @property
    def _metadata_name(self) -> Span | None:
        names = (self.image.path, f"{self.image.host}/{self.image.path}")
        for site in reversed(self.source.eyes.runs.earlier(self.site)):
            given = site.step.inputs.get("images") if makes(site) else None
            for piece in pieces(given.text) if given and site.path == self.path else ():
                if piece.text in names:
                    return given.source_span(piece.start, piece.start + len(piece.text)) if given else None
        return None


def _words(tag: Tag) -> tuple[str, Span, str]:
    return tag.path, tag.span, tag.image.name


def _tags_in(source: ImageBuild | ImageCopy, scenario: Scenario | None) -> tuple[Tag, ...]:
    if isinstance(source, ImageCopy):
        return source.tags(scenario)
    return tuple(dict.fromkeys(tag for recipe in source.recipes(scenario) for tag in recipe.tags))


@remembered_by
def _tags_by_words(
    source: ImageBuild | ImageCopy, scenario: Scenario | None
) -> dict[tuple[str, Span, str], list[Tag]]:
    found: dict[tuple[str, Span, str], list[Tag]] = {}
    for tag in _tags_in(source, scenario):
        found.setdefault(_words(tag), []).append(tag)
    return found


def image_builds(runs: Runs) -> Iterator[ImageBuild]:
    """Every build of an image, in the order of the files: actions first, then commands."""
    eyes = Eyes(runs)
    copies = [ImageCopy(eyes, call) for call in invocations(runs, *PUSHERS) if is_push(call)]
    names = Names(runs, copies) if copies else None
    for site, span, reader in readers(runs):
        build = ImageBuild(eyes, site, span, reader)
        if names:
            build.copies = names.copies_of(build)
        yield build


def readers(runs: Runs) -> Iterator[tuple[Site, Span, Reader]]:
    """Every description of a build with its step and the words that it is."""
    for site in runs.sites:
        action = action_reader(runs, site)
        if action and action.tool not in _PUSH_ONLY:
            yield site, site.span, action
        elif site.step.action and site.step.action.name in _BAKES:
            from cilint.pipeline.effects.bakes import action_targets

            for target in action_targets(runs, site):
                yield site, site.span, target
    for call in invocations(runs, *BUILDERS, *COMPOSERS, *TOOLS):
        if call.name in TOOLS:
            from cilint.pipeline.effects.image_tools import tool_build

            build = tool_build(runs, call)
            if build:
                yield call.site, call.span, build
        elif is_build(call):
            yield call.site, call.span, CommandBuild(runs, call)
        elif call.name in COMPOSERS or {"compose", "bake"} & set(call.words[:2]):
            from cilint.pipeline.effects.bakes import command_targets

            for target in command_targets(runs, call):
                yield call.site, call.span, target


_BAKES = ("docker/bake-action", "depot/bake-action")
_PUSH_ONLY = ("redhat-actions/push-to-registry",)
MAX_TAGS = 100
"""So many ``docker tag`` before a push are looked through for other names of what it pushes."""


class Names:
    """Which image the names are that ``copies`` push, through ``docker tag``."""

    def __init__(self, runs: Runs, copies: list[ImageCopy]) -> None:
        self._tags: dict[Call, list[Invocation]] = {}
        for call in invocations(runs, *PUSHERS):
            if "tag" in call.words[:2] and len(call.words) > 2:
                self._tags.setdefault(call.site.call, []).append(call)
        self._by_root: dict[Call, dict[str, list[int]]] = {}
        self._all = copies
        for number, copy in enumerate(copies):
            known = self._by_root.setdefault(copy.site.call, {})
            for root in () if copy.push.merges else self._roots(copy):
                known.setdefault(_whole(ImageReference.parse(root)), []).append(number)
        self._found: dict[tuple[Call, tuple[str, ...]], Copies] = {}

    def _roots(self, copy: ImageCopy) -> dict[str, None]:
        """The names of what is pushed, and those that the same job tagged it from before."""
        found = dict.fromkeys(tag.image.text for tag in copy.likely)
        before = (each for each in reversed(self._tags.get(copy.site.call, ())) if self._before(each, copy))
        for call in islice(before, MAX_TAGS):
            source, target = call.words[-2:]
            if any(equal(target, name) is not False for name in found):
                found[source] = None
        return found

    def _before(self, call: Invocation, copy: ImageCopy) -> bool:
        return call.site is not copy.site or call.span.start < copy.span.start

    def copies_of(self, build: ImageBuild) -> Copies:
        """The commands that push what the build has built earlier in the same job."""
        tags = dict.fromkeys(_whole(tag.image) for recipe in build.recipes(None) for tag in recipe.tags)
        key = (build.site.call, tuple(tags))
        if key not in self._found:
            roots = self._by_root.get(build.site.call, {})
            open_roots = [root for root in roots if HOLE in root]
            numbers = {
                number
                for tag in tags
                for root in (roots if HOLE in tag else (tag, *open_roots))
                if root in roots and equal(tag, root) is not False
                for number in roots[root]
            }
            self._found[key] = Copies(tuple(self._all[number] for number in sorted(numbers)))
        return self._found[key]


def _whole(image: ImageReference) -> str:
    return f"{image.name}:{image.tag or 'latest'}"


def image_pushes(runs: Runs, builds: tuple[ImageBuild, ...]) -> Iterator[ImagePush]:
    """Every publication of an image: of what a build pushes, and by commands that push or copy."""
    for build in builds:
        if build.publishes and any(recipe.push is not False for recipe in _all_recipes(build)):
            yield from _pushes_of(build, build.events, build)
    eyes = builds[0].eyes if builds else Eyes(runs)
    for site in runs.sites:
        reader = (
            action_reader(runs, site) if site.step.action and site.step.action.name in _PUSH_ONLY else None
        )
        if reader:
            yield from _pushes_of(
                ImageBuild(eyes, site, site.span, reader), runs.scenarios(site.call.entry), None
            )
    last = {id(build.copies): build for build in builds}
    copies = {id(copy.call.command): build for build in last.values() for copy in build.copies.all}
    for call in invocations(runs, *PUSHERS):
        if is_push(call):
            copy = ImageCopy(eyes, call)
            yield from _pushes_of(copy, runs.scenarios(call.site.call.entry), copies.get(id(call.command)))


def _all_recipes(build: ImageBuild) -> Iterator[Recipe]:
    for scenario in build.publishing or (None,):
        yield from build.recipes(scenario)


def _pushes_of(
    source: ImageBuild | ImageCopy, scenarios: tuple[Scenario, ...], build: ImageBuild | None
) -> Iterator[ImagePush]:
    """One push for each name at each place, in whatever event; those of the main branch first."""
    seen: set[tuple[tuple[str, Span, str], int]] = set()
    ordered: list[Scenario | None] = [*sorted(scenarios, key=lambda scenario: not scenario.main)] or [None]
    for scenario in ordered:
        if scenario is not None and _happens(source, scenario) is False:
            continue
        counted: dict[tuple[str, Span, str], int] = {}
        for tag in _tags_in(source, scenario):
            words = _words(tag)
            place = counted[words] = counted.get(words, -1) + 1
            if (words, place) not in seen:
                seen.add((words, place))
                yield ImagePush(source, tag, place, build)


def _happens(source: ImageBuild | ImageCopy, scenario: Scenario) -> bool | None:
    return source.publication(scenario) if isinstance(source, ImageBuild) else source.state(scenario)
