"""Image builds and publications, however they are spelt."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

from cilint.findings.finding import FileEdit
from cilint.model.references import ImageReference
from cilint.pipeline.effects.image_actions import LOGGING_IN, action_reader
from cilint.pipeline.effects.image_commands import BUILDERS, PUSHERS, CommandBuild, CommandPush, is_build, is_push
from cilint.pipeline.effects.recipes import Reader, Recipe, either, normalise_platform
from cilint.pipeline.effects.tags import Tag
from cilint.pipeline.effects.views import SOMEBODY, View, legs_of
from cilint.pipeline.invocations import Invocation, invocations
from cilint.pipeline.partial import equal
from cilint.pipeline.reach import Reach, both
from cilint.pipeline.runs import Effect, Place, Runs
from cilint.pipeline.scenarios import Scenario
from cilint.pipeline.sites import Site
from cilint.text.edit import Edit
from cilint.text.hole import HOLE
from cilint.text.source import Span

__all__ = ["Eyes", "ImageBuild", "ImagePush", "image_builds", "image_pushes", "normalise_platform"]

_UNSAID = "octo-org/octo-repo"  # what Runs takes the repository's name for where the workflow does not say it


class Eyes:
    """How steps are looked at: each in a scenario and leg, each looked at once."""

    def __init__(self, runs: Runs) -> None:
        self.runs = runs
        self._reaches: dict[tuple[str, str], Reach] = {}
        self._views: dict[tuple[int, str, str], View] = {}
        self._legs: dict[int, tuple[Site, ...]] = {}

    def legs(self, site: Site) -> tuple[Site, ...]:
        if id(site) not in self._legs:
            self._legs[id(site)] = legs_of(self.runs, site)
        return self._legs[id(site)]

    def view(self, site: Site, scenario: Scenario | None, repository: str = SOMEBODY) -> View:
        key = (id(site), scenario.title if scenario else "", repository)
        if key not in self._views:
            self._views[key] = View(self.runs, site, scenario, self._reach(site, repository))
        return self._views[key]

    def _reach(self, site: Site, repository: str) -> Reach:
        real = self.runs.reach(site.call.entry)
        if repository == SOMEBODY and real.repository != _UNSAID:
            return real
        key = (site.call.entry.path, repository)
        if key not in self._reaches:
            self._reaches[key] = Reach(self.runs.main, repository)
        return self._reaches[key]


class ImageBuild(Effect):
    """One build of an image, in every event and every leg of its job's matrix.

    Without an event its fields tell of the likeliest one: a push of the main branch that publishes, else
    whatever publishes, else whatever builds.
    """

    def __init__(self, eyes: Eyes, site: Site, span: Span, reader: Reader, pushes: Iterable[ImageCopy] = ()) -> None:
        super().__init__(eyes.runs, site, span)
        self._eyes = eyes
        self._reader = reader
        self._outcomes: dict[str, tuple[tuple[bool | None, Recipe], ...]] = {}
        self._pushed: dict[str, bool | None] = {}
        self._copies = tuple(pushes)
        self.tool = reader.tool

    # -- in one event ------------------------------------------------------------------------------

    def outcomes(self, scenario: Scenario | None) -> tuple[tuple[bool | None, Recipe], ...]:
        """For each leg whether it runs, and what it does."""
        key = scenario.title if scenario else ""
        if key not in self._outcomes:
            self._outcomes[key] = tuple(self._looked_at(scenario))
        return self._outcomes[key]

    def _looked_at(self, scenario: Scenario | None) -> Iterator[tuple[bool | None, Recipe]]:
        for site in self._eyes.legs(self.site):
            view = self._eyes.view(site, scenario)
            state = self._runs.step_state(site, scenario) if scenario else None
            if state is not False:
                state = both(state, self._reader.state(view))
            if state is not False:
                yield state, self._reader.read(view)

    def recipes(self, scenario: Scenario | None) -> tuple[Recipe, ...]:
        """What it does in each leg that may run."""
        return tuple(recipe for _, recipe in self.outcomes(scenario))

    def state(self, scenario: Scenario) -> bool | None:
        return either(*(state for state, _ in self.outcomes(scenario)))

    def publication(self, scenario: Scenario) -> bool | None:
        """Whether the image is built and pushed, by the build or by a later command of the job."""
        if scenario.title not in self._pushed:
            built = self.state(scenario)
            later = [both(built, copy.state(scenario)) for copy in self._copies]
            self._pushed[scenario.title] = either(self.pushed(scenario), *later)
        return self._pushed[scenario.title]

    def pushed(self, scenario: Scenario) -> bool | None:
        """Whether the build itself pushes."""
        return either(*(both(state, recipe.push) for state, recipe in self.outcomes(scenario)))

    # -- in all events -----------------------------------------------------------------------------

    @cached_property
    def published(self) -> tuple[Scenario, ...]:
        """The scenarios in which the image is certainly pushed."""
        return tuple(s for s in self._all if self.publication(s) is True)

    @cached_property
    def maybe_published(self) -> tuple[Scenario, ...]:
        return tuple(s for s in self._all if self.publication(s) is None)

    @cached_property
    def publishing(self) -> tuple[Scenario, ...]:
        """The scenarios whose publications matter: the certain ones, or else those that may be."""
        return self.published or self.maybe_published

    @property
    def publishes(self) -> bool:
        """Whether any event may make it push; of a workflow that only others call, whether it asks for it."""
        if not self._all:
            return any(recipe.push is not False for recipe in self.recipes(None)) or bool(self._copies)
        return bool(self.publishing)

    @property
    def _all(self) -> tuple[Scenario, ...]:
        return self._runs.scenarios(self.site.call.entry)

    @cached_property
    def event(self) -> Scenario | None:
        """The likeliest event."""
        found = self.publishing or tuple(run.scenario for run in self.runs)
        return next((s for s in found if s.main), found[0] if found else None)

    @cached_property
    def likely(self) -> tuple[Recipe, ...]:
        """What its legs do in the likeliest event; never empty."""
        return self.recipes(self.event) or self.recipes(None) or (Recipe(),)

    @property
    def recipe(self) -> Recipe:
        return self.likely[0]

    # -- its parts in the likeliest event ----------------------------------------------------------

    @cached_property
    def tags(self) -> tuple[Tag, ...]:
        return tuple(dict.fromkeys(tag for recipe in self.likely for tag in recipe.tags))

    @cached_property
    def platforms(self) -> tuple[str, ...]:
        """Platforms that it names, as BuildKit normalises them, of all legs; empty where it names none."""
        return tuple(dict.fromkeys(name for recipe in self.likely for name in recipe.named_platforms))

    @property
    def platforms_known(self) -> bool:
        return not any(HOLE in recipe.platforms for recipe in self.likely)

    @property
    def platforms_span(self) -> Span:
        return self._reader.place("platforms") or self.span

    @property
    def by_digest(self) -> bool:
        """Whether it pushes without tags, for a later job to put together."""
        return any(recipe.by_digest for recipe in self.likely)

    @property
    def loads_several(self) -> bool:
        """Whether some leg loads an image of several platforms into Docker, which has room for one."""
        events: list[Scenario | None] = [run.scenario for run in self.runs]
        recipes = (recipe for event in events or [None] for recipe in self.recipes(event))
        return any(recipe.load is True and len(recipe.named_platforms) > 1 for recipe in recipes)

    @property
    def context(self) -> str | None:
        return self.recipe.context

    @property
    def file(self) -> str | None:
        return self.recipe.file

    @property
    def target(self) -> str | None:
        return self.recipe.target

    @property
    def cache_from(self) -> str:
        return self.recipe.cache_from

    @property
    def cache_to(self) -> str:
        return self.recipe.cache_to

    def place(self, name: str) -> Place:
        """Where ``push``, ``platforms``, ``cache-to`` … are given, or the build where they are not."""
        return Place(self.path, self._reader.place(name) or self.span)

    @property
    def call(self) -> Invocation | None:
        """The command that builds; None for an action."""
        return self._reader.call if isinstance(self._reader, CommandBuild) else None

    @property
    def command(self) -> str:
        """The command that builds, as written; empty for an action."""
        return self._reader.call.command.raw if isinstance(self._reader, CommandBuild) else ""

    def given(self, name: str) -> str | None:
        """The text of an input of the step; None where it is not given or no action builds."""
        found = self.site.step.inputs.get(name)
        return found.text if found else None

    def gives(self, name: str) -> bool:
        """Whether ``push``, ``platforms``, ``cache-to`` … are given."""
        return self._reader.place(name) is not None


class ImageCopy(Effect):
    """One command or action that publishes an image that exists already."""

    def __init__(self, eyes: Eyes, call: Invocation) -> None:
        super().__init__(eyes.runs, call.site, call.span)
        self._eyes = eyes
        self._states: dict[str, bool | None] = {}
        self.call = call
        self.push = CommandPush(eyes.runs, call)

    def state(self, scenario: Scenario) -> bool | None:
        if scenario.title not in self._states:
            self._states[scenario.title] = either(*self._leg_states(scenario))
        return self._states[scenario.title]

    def _leg_states(self, scenario: Scenario) -> Iterator[bool | None]:
        for site in self._eyes.legs(self.site):
            state = self._runs.step_state(site, scenario)
            yield state if state is False else both(state, self.push.state(self._eyes.view(site, scenario)))

    def tags(self, scenario: Scenario | None) -> tuple[Tag, ...]:
        views = (self._eyes.view(site, scenario) for site in self._eyes.legs(self.site))
        return tuple(dict.fromkeys(tag for view in views for tag in self.push.tags(view)))

    @cached_property
    def likely(self) -> tuple[Tag, ...]:
        """Its tags in the likeliest event."""
        found = [run.scenario for run in self.runs]
        return self.tags(next((s for s in found if s.main), found[0] if found else None))


class ImagePush(Effect):
    """One name that an image is published under. ``build`` is None where it was built elsewhere."""

    def __init__(self, source: ImageBuild | ImageCopy, tag: Tag, place: int, build: ImageBuild | None) -> None:
        super().__init__(source._runs, source.site, tag.span)
        self.path = tag.path
        self.tag = tag
        self.image = tag.image
        self.build = build
        self.call = source.call if isinstance(source, ImageCopy) else None
        self._source = source
        self._place = place  # among the tags that the same words give

    @property
    def merges(self) -> bool:
        """Whether it puts the images of several platforms together."""
        return isinstance(self._source, ImageCopy) and self._source.push.merges

    def state(self, scenario: Scenario) -> bool | None:
        source = self._source
        state = source.publication(scenario) if isinstance(source, ImageBuild) else source.state(scenario)
        return state if state is False else both(state, self._given(scenario))

    def _given(self, scenario: Scenario) -> bool | None:
        tag = self._tag_in(scenario)
        return False if tag is None else None if tag.maybe else True

    def _tag_in(self, scenario: Scenario) -> Tag | None:
        key = _words(self.tag)
        found = [tag for tag in _tags_in(self._source, scenario) if _words(tag) == key]
        return found[self._place] if len(found) > self._place else None

    def image_in(self, scenario: Scenario) -> ImageReference | None:
        """What it is called in a scenario; None where it is not given then."""
        tag = self._tag_in(scenario)
        return tag.image if tag else None

    @cached_property
    def latest_outside_main(self) -> tuple[Scenario, ...]:
        """Events of other branches, tags and pull requests in which it certainly moves the tag ``latest``."""
        found = ((s, self.image_in(s)) for s in self.outside_main if s.event != "workflow_dispatch" and s.ref_name != "latest")
        return tuple(s for s, image in found if image and image.tag == "latest")

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
        return None if prefix is None else (*([FileEdit(self.path, Edit(start, prefix))] if prefix else []), *found)

    # -- where it goes -----------------------------------------------------------------------------

    def also_published_to(self, host: str) -> bool:
        """Whether the same step gives the image a name at a host, too."""
        source = self._source
        tags = source.tags if isinstance(source, ImageBuild) else source.likely
        return self.image.host.lower() != host and any(tag.image.host.lower() == host for tag in tags)

    @property
    def capitals(self) -> str | None:
        """The part of the image's name that has or may have capitals, which no image may; None for none."""
        if self.tag.metadata:
            return None
        return next((part for part in self.image.path.split("/") if part != part.lower()), None)

    @property
    def by_repository(self) -> bool:
        """Whether the name comes from the repository's or the owner's, which may have capitals."""
        return "Owner" in self.image.path or "Repository" in self.image.path

    def is_named(self, host: str, name: str | None) -> bool:
        """Whether the image's path is ``name``, with or without an owner, where there is one; GHCR demands an owner."""
        path = self.image.path.lower()
        if HOLE in path:
            return True
        if name:
            return path == name.lower() or path.endswith("/" + name.lower())
        return host != "ghcr.io" or "/" in path

    def host_edits(self, host: str) -> tuple[FileEdit, ...] | None:
        """The other host, where the present one is written out in the list of tags or is left to be Docker Hub."""
        text = self._runs.project.source(self.path)
        written = text.slice(self.span) if text else ""
        bare = written.strip("'\"").removeprefix("docker://")
        if bare != self.image.text or "/" not in self.image.path or self.image.host.lower() == host:
            return None
        start = self.span.start + written.index(bare)
        given = bare[: len(self.image.host)] == self.image.host
        return (FileEdit(self.path, Edit(Span(start, start + (len(self.image.host) if given else 0)), host + ("" if given else "/"))),)


def _words(tag: Tag) -> tuple[str, Span, str]:
    return tag.path, tag.span, tag.image.name


def _tags_in(source: ImageBuild | ImageCopy, scenario: Scenario | None) -> tuple[Tag, ...]:
    if isinstance(source, ImageCopy):
        return source.tags(scenario)
    return tuple(dict.fromkeys(tag for recipe in source.recipes(scenario) for tag in recipe.tags))


def image_builds(runs: Runs) -> Iterator[ImageBuild]:
    """Every build of an image, in the order of the files: actions first, then commands."""
    eyes = Eyes(runs)
    copies = [ImageCopy(eyes, call) for call in invocations(runs, *PUSHERS) if is_push(call)]
    names = Names(runs) if copies else None
    for site, span, reader in readers(runs):
        build = ImageBuild(eyes, site, span, reader)
        if names:
            build._copies = tuple(copy for copy in copies if names.is_of(copy, build))
        yield build


def readers(runs: Runs) -> Iterator[tuple[Site, Span, Reader]]:
    """Every description of a build with its step and the words that it is."""
    for site in runs.sites:
        action = action_reader(runs, site)
        if action and action.tool not in _PUSH_ONLY:
            yield site, site.span, action
        elif site.step.action and site.step.action.name == "docker/bake-action":
            from cilint.pipeline.effects.bakes import action_targets

            for target in action_targets(runs, site):
                yield site, site.span, target
    for call in invocations(runs, *BUILDERS):
        if is_build(call):
            yield call.site, call.span, CommandBuild(runs, call)
        elif "compose" in call.words[:2] or call.words[:2] == ("buildx", "bake"):
            from cilint.pipeline.effects.bakes import command_targets

            for target in command_targets(runs, call):
                yield call.site, call.span, target


_PUSH_ONLY = ("redhat-actions/push-to-registry",)


class Names:
    """Which image a pushed name is, through ``docker tag``."""

    def __init__(self, runs: Runs) -> None:
        self._tags = [call for call in invocations(runs, *PUSHERS) if "tag" in call.words[:2] and len(call.words) > 2]

    def roots(self, copy: ImageCopy) -> set[str]:
        """The names of what is pushed, and those that the same job tagged it from before."""
        found = {tag.image.text for tag in copy.likely}
        for call in reversed(self._tags):
            if call.site.call is copy.site.call and self._before(call, copy):
                source, target = call.words[-2:]
                if any(equal(target, name) is not False for name in found):
                    found.add(source)
        return found

    def _before(self, call: Invocation, copy: ImageCopy) -> bool:
        return call.site is not copy.site or call.span.start < copy.span.start

    def is_of(self, copy: ImageCopy, build: ImageBuild) -> bool:
        """Whether the command pushes what the build has built earlier in the same job."""
        if copy.site.call is not build.site.call or copy.push.merges:
            return False
        tags = [tag.image for recipe in build.recipes(None) for tag in recipe.tags]
        roots = {_whole(ImageReference.parse(name)) for name in self.roots(copy)}
        return any(equal(_whole(tag), root) is not False for tag in tags for root in roots)


def _whole(image: ImageReference) -> str:
    return f"{image.name}:{image.tag or 'latest'}"


def image_pushes(runs: Runs, builds: tuple[ImageBuild, ...]) -> Iterator[ImagePush]:
    """Every publication of an image: of what a build pushes, and by commands that push or copy."""
    for build in builds:
        if build.publishes and any(recipe.push is not False for recipe in _all_recipes(build)):
            yield from _pushes_of(build, build._all, build)
    eyes = builds[0]._eyes if builds else Eyes(runs)
    for site in runs.sites:
        reader = action_reader(runs, site) if site.step.action and site.step.action.name in _PUSH_ONLY else None
        if reader:
            yield from _pushes_of(ImageBuild(eyes, site, site.span, reader), runs.scenarios(site.call.entry), None)
    copies = {id(copy.call.command): build for build in builds for copy in build._copies}
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
    """One push for each name at each place, whatever event it is pushed in; those of the main branch first."""
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
