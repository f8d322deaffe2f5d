"""What is published as a whole: which steps push and when, which platforms and tags an image gets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property

from cilint.findings.finding import FileEdit, Safety
from cilint.model import edits
from cilint.model.workflow import Step, Workflow
from cilint.pipeline.effects.builders import Workbench
from cilint.pipeline.effects.images import ImageBuild, ImageCopy, ImagePush
from cilint.pipeline.effects.metadata import makes
from cilint.pipeline.effects.recipes import Recipe, normalise_platform
from cilint.pipeline.effects.tags import names_commit, pieces
from cilint.pipeline.partial import equal
from cilint.pipeline.runs import Effect, Place, Runs
from cilint.pipeline.scenarios import Scenario
from cilint.pipeline.sites import Site
from cilint.syntax.shell import Block
from cilint.syntax.yaml import Scalar
from cilint.text.edit import Edit
from cilint.text.hints import TYPE_CHECKING
from cilint.text.hole import HOLE
from cilint.text.source import Span

if TYPE_CHECKING:
    from cilint.pipeline.effects.unread_images import UnreadImage

_MACHINES = frozenset(
    [
        "amd64",
        "amd64/v2",
        "amd64/v3",
        "amd64/v4",
        "arm64",
        "386",
        "arm",
        "arm/v5",
        "arm/v6",
        "arm/v7",
        "ppc64le",
        "s390x",
        "riscv64",
        "mips64le",
        "mips64",
        "loong64",
        "wasm",
    ]
)


class Publication(Effect):
    """A step that publishes: a build that pushes, or a command that pushes or copies."""

    def __init__(self, source: ImageBuild | ImageCopy, beside: frozenset[Site] = frozenset()) -> None:
        """``beside``: the steps that build, which go on to do so for pull requests."""
        super().__init__(source.eyes.runs, source.site, source.span)
        self._source = source
        self._beside = beside
        self.build = source if isinstance(source, ImageBuild) else None

    def state(self, scenario: Scenario) -> bool | None:
        return self.build.pushed(scenario) if self.build else self._source.state(scenario)

    @cached_property
    def off_main(self) -> tuple[Scenario, ...]:
        """Events of other branches, tags and pull requests; a dispatch is told apart."""
        return tuple(s for s in self.outside_main if s.event != "workflow_dispatch")

    @cached_property
    def dispatched_off_main(self) -> tuple[Scenario, ...]:
        return tuple(s for s in self.outside_main if s.event == "workflow_dispatch")

    @cached_property
    def maybe_off_main(self) -> tuple[Scenario, ...]:
        """Those where something that is not known decides."""
        return tuple(s for s in self.maybe_outside_main if s.event != "workflow_dispatch")

    @property
    def is_certain(self) -> bool:
        """Whether it surely happens outside of the main branch."""
        return bool(self.outside_main)

    @property
    def _push_input(self) -> Scalar | None:
        return self.site.step.inputs.get("push") if self.build and self.site.step.uses else None

    @property
    def is_literal(self) -> bool:
        """Whether it says ``push: true`` and nothing else decides whether to push."""
        return self._push_input is not None and self._push_input.text.strip().lower() == "true"

    @property
    def guard(self) -> Place:
        """What decides whether it pushes: ``push``, the step's ``if``, the job's; else the push itself."""
        if self._push_input and not self.is_literal:
            return Place(self.path, self._push_input.span)
        for site in (self.site, self.site.top):
            if site.step.condition:
                return Place(site.path, site.step.condition.span)
        call = self.site.call
        while call.job.condition is None and call.caller:
            call = call.caller
        if call.job.condition and not self._guarded_by_script:
            return Place(call.job.path, call.job.condition.span)
        return self.build.place("push") if self.build else Place(self.path, self.span)

    @property
    def _is_guarded_by_job(self) -> bool:
        """Whether the job's own condition is what decides."""
        job = self.site.job
        return job.condition is not None and self.guard.span == job.condition.span and self.path == job.path

    @property
    def _guarded_by_script(self) -> bool:
        return isinstance(self._source, ImageCopy) and any(
            g.kind != "list" for g in self._source.call.command.guards
        )

    # -- mending -----------------------------------------------------------------------------------

    @property
    def safety(self) -> Safety:
        return "safe" if self.is_literal else "unsafe"

    def require_main(self, branch: str) -> tuple[FileEdit, ...] | None:
        """Let it push for the main branch only; None where it never would."""
        on_main = [run.scenario for run in self.runs if run.scenario.main]
        if not on_main:
            return None
        ref = f"github.ref == 'refs/heads/{branch}'"
        by_push = all(scenario.event == "push" for scenario in on_main)
        condition = f"github.event_name == 'push' && {ref}" if by_push else ref
        if {"workflow_run", "pull_request_target"}.intersection(self.site.call.entry.triggers):
            if not by_push:  # these run on the main branch, whatever they are about
                return None
            ref = condition
        if self._push_input is None:
            flag = self._push_flag
            if flag is not None:  # goes on to build
                return (FileEdit(self.path, Edit(flag, f"${{{{ {condition} && '--push' || '' }}}}")),)
            proposes = "pull_request" in self.site.call.entry.triggers
            if proposes and self.site in self._beside:
                return self._guarded_in_script(branch, by_push=by_push)
            builds = proposes and any(site.job is self.site.job for site in self._beside)
            job_alone = self._is_guarded_by_job and not builds
            return edits.require(self.site.job if job_alone else self.site.step, condition)
        if self.is_literal:
            return edits.set_input(self.site.step, "push", f"${{{{ {condition} }}}}")
        return edits.set_input(self.site.step, "push", edits.conjoin(self._push_input.text, ref))

    @property
    def _push_flag(self) -> Span | None:
        """A ``--push`` that stands in the command of a script, where a condition may decide on it."""
        place = self.build.place("push") if self.build and self.build.call and self.site.step.run else None
        source = self._runs.project.source(self.path) if place else None
        return place.span if place and source and source.slice(place.span) == "--push" else None

    def _guarded_in_script(self, branch: str, *, by_push: bool) -> tuple[FileEdit, ...] | None:
        """A test around the command alone, where the rest of its script builds."""
        if not isinstance(self._source, ImageCopy):
            return None
        command, parent = self._source.call.command, self._source.call.command.parent
        alone = isinstance(parent, Block) and parent.sequential and command.index not in parent.background
        if not alone or "\n" in command.raw:
            return None
        test = f'[ "$GITHUB_REF" = refs/heads/{branch} ]'
        test = f'[ "$GITHUB_EVENT_NAME" = push ] && {test}' if by_push else test
        start, end = self._source.call.span
        return (
            FileEdit(self.path, Edit(Span(start, start), f"if {test}; then ")),
            FileEdit(self.path, Edit(Span(end, end), "; fi")),
        )


def publications(builds: tuple[ImageBuild, ...], pushes: tuple[ImagePush, ...]) -> Iterator[Publication]:
    """Every step or command that may push, once."""
    for build in builds:
        if any(build.pushed(scenario) is not False for scenario in build.events):
            yield Publication(build)
    beside = frozenset(build.site for build in builds)
    built = set(builds)
    for source in dict.fromkeys(push.source for push in pushes):
        if isinstance(source, ImageCopy):
            yield Publication(source, beside)
        elif source not in built:
            yield Publication(source)  # an action that pushes what was built before


class Merge:
    """The builds that end up in one image: one build, or those that a later step merges.

    ``unread`` is what may publish images in ways that are not read, asked for only where it matters.
    """

    def __init__(
        self,
        runs: Runs,
        builds: tuple[ImageBuild, ...],
        copy: ImageCopy | None,
        bench: Workbench,
        unread: Callable[[], tuple[UnreadImage, ...]],
    ) -> None:
        self._unread = unread
        self._runs = runs
        self.builds = builds
        self.copy = copy
        self._bench = bench
        self.rivals: _Rivals | None = None  # the builds of the same event that nothing merges
        self.path = builds[0].path
        self.span = builds[0].platforms_span

    @cached_property
    def events(self) -> tuple[Scenario, ...]:
        """The events in which it is published."""
        return tuple(dict.fromkeys(s for build in self.builds for s in build.publishing))

    def platforms_in(self, event: Scenario) -> tuple[str, ...] | None:
        """The platforms that the image has after an event; None where they are not known.

        Where nothing merges them, each name has what is pushed under it; of several the poorest counts.
        """
        names: dict[str, dict[str, None]] = {}
        for build in self.builds:
            for recipe in build.recipes(event):
                if recipe.effective_platforms is None:
                    return None
                for name in self._names(build, recipe):
                    names.setdefault(name, {}).update(dict.fromkeys(recipe.effective_platforms))
        return min((tuple(each) for each in names.values()), key=len, default=())

    def _names(self, build: ImageBuild, recipe: Recipe) -> tuple[str, ...]:
        """What a part is pushed as: under one name for all parts that are merged, or by digest."""
        if self.copy is not None:
            return ("",) if self._takes(build, recipe) else ()
        return tuple(tag.image.text for tag in recipe.tags) if recipe.tags and not recipe.by_digest else ("",)

    def _takes(self, build: ImageBuild, recipe: Recipe) -> bool:
        """Whether the merging command is given what the build pushes; where that is not known, it is."""
        names = [tag.image.text for tag in recipe.tags]
        if recipe.push is not True:
            later = build.copies.names
            names = [name for name in names if any(equal(name, other) is not False for other in later)]
        if not self._sources or not names or recipe.by_digest:
            return True
        return any(equal(name, source) is not False for name in names for source in self._sources)

    @cached_property
    def _sources(self) -> tuple[str, ...]:
        """The images that the merging command is given; empty where some are not known."""
        if self.copy is None:
            return ()
        view = self.copy.eyes.view(self.copy.site, self.copy.event)
        found = tuple(self.copy.push.sources(view))
        return () if any(HOLE in source for source in found) else found

    @cached_property
    def platforms(self) -> tuple[str, ...]:
        """The fewest platforms that any event publishes; empty where they are not known."""
        found = [self.platforms_in(event) for event in self.events]
        return min((each for each in found if each), key=len, default=())

    def missing(self, wanted: Iterable[str]) -> tuple[str, ...]:
        """The wanted platforms that it lacks after some event."""
        names = [normalise_platform(str(name)) for name in wanted]
        lacking = tuple(name for name in names if self.platforms and name not in self.platforms)
        return () if lacking and self._may_be_merged else lacking

    @property
    def unknown_platforms(self) -> tuple[str, ...]:
        """Platforms that nothing can be built for, such as ``linux/arm46``."""
        named = (name for build in self.builds for name in build.platforms if HOLE not in name)
        return tuple(name for name in named if name.startswith("linux/") and name[6:] not in _MACHINES)

    @property
    def place(self) -> Place:
        """The first build."""
        return Place(self.path, self.builds[0].span)

    @property
    def is_unmerged(self) -> bool:
        """Whether it is pushed by digest, without a name, and nothing gives it one later."""
        return self.copy is None and bool(self._digests) and not self._may_be_merged

    @property
    def _digests(self) -> list[ImageBuild]:
        return [build for build in self.builds if build.by_digest and build.published]

    @cached_property
    def _may_be_merged(self) -> bool:
        """Whether something that is not read comes later, which may give digests a name."""
        several = any(len(build.likely) > 1 for build in self.builds)
        if self.copy is not None or not (self._digests or several):
            return False
        site = (self._digests or self.builds)[0].site
        return any(each.publishes and each.may_follow(site) for each in self._unread())

    @cached_property
    def overwritten(self) -> str | None:
        """A name that builds of different platforms push, so that the last one wins; None for none."""
        if self.rivals is None:
            return None
        return next((name for build in self.builds if (name := self.rivals.taken(build))), None)

    @property
    def typo(self) -> str:
        """What to say of platforms that there are not."""
        names = self.unknown_platforms
        return f" ({', '.join(f'`{name}`' for name in names)} is no platform)" if names else ""

    @property
    def safety(self) -> Safety:
        """Safe where one literal platform becomes several and the builder is there."""
        return "safe" if self._is_literal and self._bench.has_builder else "unsafe"

    @property
    def _is_literal(self) -> bool:
        given = self.builds[0].given("platforms")
        return given is not None and "${{" not in given

    def edits(self, wanted: Iterable[str]) -> tuple[FileEdit, ...] | None:
        """Name all the platforms, with what it takes to build for them."""
        build = self.builds[0]
        single = (
            len(self.builds) == 1
            and len(build.likely) == 1
            and not self.copy
            and build.tool == "docker/build-push-action"
        )
        if (
            not single
            or build.recipe.load is not False
            or not (self._is_literal or build.given("platforms") is None)
        ):
            return None
        names = list(dict.fromkeys([*(normalise_platform(str(name)) for name in wanted), *build.platforms]))
        named = [name for name in names if name not in self.unknown_platforms]
        found = edits.set_input(build.site.step, "platforms", ",".join(named))
        more = self._bench.edits_for(tuple(named))
        return (*found, *more) if found and more is not None else None


def merges(
    runs: Runs,
    builds: tuple[ImageBuild, ...],
    pushes: tuple[ImagePush, ...],
    benches: tuple[Workbench, ...],
    unread: Callable[[], tuple[UnreadImage, ...]],
) -> Iterator[Merge]:
    """Every image that is published, of one build or of several."""
    copies = list(
        dict.fromkeys(push.source for push in pushes if isinstance(push.source, ImageCopy) and push.merges)
    )
    bench = {id(each.build): each for each in benches}
    grouped: dict[object, list[ImageBuild]] = {}
    for build in builds:
        if build.publishes:
            copy = next((each for each in copies if _feeds(runs, build, each)), None)
            grouped.setdefault(copy or build, []).append(build)
    rivals: dict[tuple[Workflow, Scenario | None], _Rivals] = {}
    for key, group in grouped.items():
        copy = key if isinstance(key, ImageCopy) else None
        found = Merge(runs, tuple(group), copy, bench[id(group[0])], unread)
        if found.copy is None:
            found.rivals = rivals.setdefault((group[0].site.call.entry, group[0].event), _Rivals())
            found.rivals.builds += group
        yield found


def _feeds(runs: Runs, build: ImageBuild, copy: ImageCopy) -> bool:
    """Whether a merging command comes after the build."""
    if build.site.call is copy.site.call:
        return build.site is copy.site or runs.position(build.site) < runs.position(copy.site)
    return runs.needs(copy.site.call, build.site.call)


class _Rivals:
    """Builds of one event in their order, each of which pushes names of its own."""

    def __init__(self) -> None:
        self.builds: list[ImageBuild] = []

    @cached_property
    def _places(self) -> dict[ImageBuild, int]:
        return {build: place for place, build in enumerate(self.builds)}

    @cached_property
    def _first(self) -> dict[str, dict[tuple[str, ...], int]]:
        """For each name the first build of each of the first two lists of platforms that it is pushed for."""
        found: dict[str, dict[tuple[str, ...], int]] = {}
        for build, place in self._places.items():
            for name, platforms in _pushed_names(build):
                first = found.setdefault(name, {})
                if len(first) < 2:
                    first.setdefault(platforms, place)
        return found

    def taken(self, build: ImageBuild) -> str | None:
        """A name of the build that it or one before it pushes for other platforms."""
        last = self._places[build]
        for name, platforms in _pushed_names(build):
            if any(place <= last and other != platforms for other, place in self._first[name].items()):
                return name
        return None


def _pushed_names(build: ImageBuild) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The names that a build is surely pushed under, as far as they are known, with the platforms."""
    for recipe in build.likely if build.published else ():
        platforms = recipe.effective_platforms
        own = recipe.tags if recipe.push is True and not recipe.by_digest else ()
        names = dict.fromkeys((*(tag.image.text for tag in own), *build.copies.names))
        yield from ((name, platforms) for name in names if HOLE not in name and platforms is not None)


class PublishedImage:
    """All the names that one workflow publishes an image under."""

    def __init__(self, pushes: tuple[ImagePush, ...]) -> None:
        self.pushes = pushes
        first = pushes[0]
        self.path = first.path
        self.span = first.span
        self.image = first.image

    @cached_property
    def events(self) -> tuple[Scenario, ...]:
        """The events that publish it: of the main branch where there are such."""
        found = dict.fromkeys(run.scenario for push in self.pushes for run in push.runs)
        return tuple(s for s in found if s.main) or tuple(found)

    def _tags(self, event: Scenario) -> list[str]:
        named = (push for push in self.pushes if not push.by_digest and push.state(event) is not False)
        images = [push.image_in(event) for push in named]
        return [image.tag or "latest" for image in images if image and not image.digest]

    @cached_property
    def tags(self) -> tuple[str, ...]:
        """Its tags after the first event that gives it no tag of the commit, or after the first event."""
        lacking = (event for event in self.events if self._lacks(event))
        event = next(lacking, self.events[0] if self.events else None)
        return tuple(dict.fromkeys(self._tags(event))) if event else ()

    def _lacks(self, event: Scenario) -> bool:
        tags = self._tags(event)
        return bool(tags) and not any(HOLE in tag or names_commit(tag) for tag in tags)

    @property
    def lacks_commit(self) -> bool:
        """Whether some event publishes it under tags of which surely none names the commit."""
        return any(self._lacks(event) for event in self.events)

    # -- mending -----------------------------------------------------------------------------------

    @property
    def commit_edits(self) -> tuple[FileEdit, ...] | None:
        """A tag of the commit, added to the list that the others are in."""
        push = self.pushes[0]
        step = self._metadata_step if push.tag.metadata else push.site.step
        tags = step.inputs.get("tags") if step else None
        if step is None or tags is None or push.call or not step.uses:
            return None
        if push.tag.metadata:
            return edits.append_line(step, "tags", "type=sha,format=long,prefix=")
        entry = next((p.text for p in pieces(tags.text) if "steps." not in p.text), None)
        name = entry.rpartition(":")[0] if entry and ":" in entry.rpartition("/")[2] else entry
        if name is None or (name.endswith("}}") and push.image.tag is None):
            return None
        commit = f"{name}:${{{{ github.sha }}}}"
        if "\n" in tags.text.strip() or "," not in tags.text:
            return edits.append_line(step, "tags", commit)
        return edits.set_input(step, "tags", f"{tags.text},{commit}")

    @property
    def _metadata_step(self) -> Step | None:
        push = self.pushes[0]
        earlier = push.source.eyes.runs.earlier(push.site)
        return next((s.step for s in reversed(earlier) if makes(s) and s.step.inputs.get("tags")), None)


def published_images(pushes: tuple[ImagePush, ...]) -> Iterator[PublishedImage]:
    grouped: dict[tuple[int, str], list[ImagePush]] = {}
    for push in pushes:
        if push.image.digest is None:
            grouped.setdefault((id(push.site.call.entry), push.image.name), []).append(push)
    for group in grouped.values():
        yield PublishedImage(tuple(group))
