"""One build of an image, and one command that publishes an image, in every event and leg of their job."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from cilint.pipeline.effects.image_commands import CommandBuild, CommandPush
from cilint.pipeline.effects.recipes import Reader, Recipe, either
from cilint.pipeline.effects.tags import Tag
from cilint.pipeline.effects.views import SOMEBODY, View, legs_of
from cilint.pipeline.invocations import Invocation
from cilint.pipeline.partial import both
from cilint.pipeline.reach import Reach
from cilint.pipeline.runs import Effect, Place, Runs
from cilint.pipeline.scenarios import Scenario
from cilint.pipeline.sites import Site
from cilint.text.hole import HOLE
from cilint.text.source import Span

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
            self._reaches[key] = Reach(self.runs.main, repository, self.runs.project)
        return self._reaches[key]


class ImageBuild(Effect):
    """One build of an image, in every event and every leg of its job's matrix.

    Without an event its fields tell of the likeliest one: a push of the main branch that publishes, else
    whatever publishes, else whatever builds.
    """

    def __init__(self, eyes: Eyes, site: Site, span: Span, reader: Reader) -> None:
        super().__init__(eyes.runs, site, span)
        self.eyes = eyes
        self.reader = reader
        self._outcomes: dict[str, tuple[tuple[bool | None, Recipe], ...]] = {}
        self._pushed: dict[str, bool | None] = {}
        self.copies = Copies(())  # the later commands that push what it builds
        self.tool = reader.tool

    # -- in one event ------------------------------------------------------------------------------

    def outcomes(self, scenario: Scenario | None) -> tuple[tuple[bool | None, Recipe], ...]:
        """For each leg whether it runs, and what it does."""
        key = scenario.title if scenario else ""
        if key not in self._outcomes:
            self._outcomes[key] = tuple(self._looked_at(scenario))
        return self._outcomes[key]

    def _looked_at(self, scenario: Scenario | None) -> Iterator[tuple[bool | None, Recipe]]:
        for site in self.eyes.legs(self.site):
            view = self.eyes.view(site, scenario)
            state = self._runs.step_state(site, scenario) if scenario else None
            if state is not False:
                state = both(state, self.reader.state(view))
            if state is not False:
                yield from ((state, recipe) for recipe in self._recipes(view))

    def _recipes(self, view: View) -> tuple[Recipe, ...]:
        reader = self.reader
        found = reader.turns(view) if isinstance(reader, CommandBuild) else (reader.read(view),)
        return tuple(_without_local_push(recipe) for recipe in found)

    def recipes(self, scenario: Scenario | None) -> tuple[Recipe, ...]:
        """What it does in each leg that may run."""
        return tuple(recipe for _, recipe in self.outcomes(scenario))

    def state(self, scenario: Scenario) -> bool | None:
        return either(*(state for state, _ in self.outcomes(scenario)))

    def publication(self, scenario: Scenario) -> bool | None:
        """Whether the image is built and pushed, by the build or by a later command of the job."""
        if scenario.title not in self._pushed:
            built = self.state(scenario)
            later = both(built, self.copies.state(scenario))
            self._pushed[scenario.title] = either(self.pushed(scenario), later)
        return self._pushed[scenario.title]

    def pushed(self, scenario: Scenario) -> bool | None:
        """Whether the build itself pushes."""
        return either(*(both(state, recipe.push) for state, recipe in self.outcomes(scenario)))

    # -- in all events -----------------------------------------------------------------------------

    @cached_property
    def published(self) -> tuple[Scenario, ...]:
        """The scenarios in which the image is certainly pushed."""
        return tuple(s for s in self.events if self.publication(s) is True)

    @cached_property
    def maybe_published(self) -> tuple[Scenario, ...]:
        return tuple(s for s in self.events if self.publication(s) is None)

    @cached_property
    def publishing(self) -> tuple[Scenario, ...]:
        """The scenarios whose publications matter: the certain ones, or else those that may be."""
        return self.published or self.maybe_published

    @property
    def publishes(self) -> bool:
        """Whether any event may make it push; of a workflow that only others call, whether it asks for it."""
        if not self.events:
            return any(recipe.push is not False for recipe in self.recipes(None)) or bool(self.copies.all)
        return bool(self.publishing)

    @property
    def events(self) -> tuple[Scenario, ...]:
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
        return self.reader.place("platforms") or self.span

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
        return Place(self.path, self.reader.place(name) or self.span)

    @property
    def call(self) -> Invocation | None:
        """The command that builds; None for an action."""
        return self.reader.call if isinstance(self.reader, CommandBuild) else None

    @property
    def command(self) -> str:
        """The command that builds, as written; empty for an action."""
        return self.reader.call.command.raw if isinstance(self.reader, CommandBuild) else ""

    def given(self, name: str) -> str | None:
        """The text of an input of the step; None where it is not given or no action builds."""
        found = self.site.step.inputs.get(name)
        return found.text if found else None

    def gives(self, name: str) -> bool:
        """Whether ``push``, ``platforms``, ``cache-to`` … are given."""
        return self.reader.place(name) is not None


def _without_local_push(recipe: Recipe) -> Recipe:
    """What goes to a registry beside the job only is not published."""
    tags = recipe.tags
    local = bool(tags) and all(tag.image.is_local for tag in tags)
    return recipe._replace(push=False) if local and recipe.push else recipe


class ImageCopy(Effect):
    """One command or action that publishes an image that exists already."""

    def __init__(self, eyes: Eyes, call: Invocation) -> None:
        super().__init__(eyes.runs, call.site, call.span)
        self.eyes = eyes
        self._states: dict[str, bool | None] = {}
        self.call = call
        self.push = CommandPush(eyes.runs, call)

    def state(self, scenario: Scenario) -> bool | None:
        if scenario.title not in self._states:
            self._states[scenario.title] = either(*self._leg_states(scenario))
        return self._states[scenario.title]

    def _leg_states(self, scenario: Scenario) -> Iterator[bool | None]:
        for site in self.eyes.legs(self.site):
            state, view = self._runs.step_state(site, scenario), self.eyes.view(site, scenario)
            tags = list(self.push.tags(view)) if state is not False else []
            local = bool(tags) and all(tag.image.is_local for tag in tags)
            yield False if state is False or local else both(state, self.push.state(view))

    def tags(self, scenario: Scenario | None) -> tuple[Tag, ...]:
        views = (self.eyes.view(site, scenario) for site in self.eyes.legs(self.site))
        return tuple(dict.fromkeys(tag for view in views for tag in self.push.tags(view)))

    @property
    def event(self) -> Scenario | None:
        """The likeliest event."""
        found = [run.scenario for run in self.runs]
        return next((s for s in found if s.main), found[0] if found else None)

    @cached_property
    def likely(self) -> tuple[Tag, ...]:
        """Its tags in the likeliest event."""
        return self.tags(self.event)


class Copies:
    """The commands that push what builds of the same names in a job have built."""

    def __init__(self, copies: tuple[ImageCopy, ...]) -> None:
        self.all = copies
        self._states: dict[str, bool | None] = {}

    def state(self, scenario: Scenario) -> bool | None:
        """Whether any of them runs."""
        if scenario.title not in self._states:
            self._states[scenario.title] = either(*(copy.state(scenario) for copy in self.all))
        return self._states[scenario.title]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names that they push in their likeliest events."""
        return tuple(dict.fromkeys(tag.image.text for copy in self.all for tag in copy.likely))
