"""What prepares a runner to build images: BuildKit builders in containers, and emulators."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from posixpath import dirname, join, normpath

from cilint.findings.finding import FileEdit
from cilint.model.edits import insert_step, set_input, together
from cilint.model.pins import pinned
from cilint.pipeline.effects.build_sources import sources
from cilint.pipeline.effects.images import ImageBuild
from cilint.pipeline.effects.metadata import makes
from cilint.pipeline.effects.recipes import Recipe, normalise_platform
from cilint.pipeline.invocations import Invocation, invocations
from cilint.pipeline.runs import Effect, Place, Runs
from cilint.pipeline.scenarios import Scenario
from cilint.pipeline.sites import Call, Site
from cilint.text.hints import TYPE_CHECKING, Literal
from cilint.text.hole import HOLE
from cilint.text.source import Span

if TYPE_CHECKING:
    from cilint.model.dockerfile import Dockerfile, Stage
    from cilint.model.project import Project
    from cilint.model.workflow import Step
    from cilint.pipeline.pipeline import Pipeline

SetupKind = Literal["builder", "emulator"]

_REMOTE_DRIVERS = ("remote", "kubernetes", "cloud")
_BUILDERS = ("docker/setup-buildx-action", "depot/setup-action", "useblacksmith/setup-docker-builder")
_EMULATORS = ("docker/setup-qemu-action",)
_OWN_BUILDERS = (
    "depot/build-push-action", "depot/bake-action", "useblacksmith/build-push-action", "kaniko", "pack",
    "depot", "ko", "jib", "apko", "gcloud", "az",
)  # fmt: skip
_BUILDKIT = ("docker/build-push-action", "docker/bake-action", "bake", "buildx", "docker")
_NATIVE = {
    "amd64": ("linux/amd64", "linux/amd64/v2", "linux/amd64/v3", "linux/386"),
    "arm64": ("linux/arm64", "linux/arm/v7", "linux/arm"),  # of 32 bits only some processors are capable
}
_CONTAINERD = "containerd-snapshotter"
_SOURCE = "org.opencontainers.image.source"
_CONTAINER_CACHES = frozenset({"gha", "registry", "local", "s3", "azblob"})


class Setup(Effect):
    """A step or command that makes a builder or an emulator."""

    def __init__(
        self,
        runs: Runs,
        site: Site,
        span: Span,
        kind: SetupKind,
        *,
        driver: str = "",
        text: str = "",
        installs: bool = False,
        selected: bool = True,
        stores_several: bool = False,
    ) -> None:
        super().__init__(runs, site, span)
        self.installs = installs  # makes `docker build` use the builder
        self.selected = selected  # builds use it without naming it
        self.stores_several = stores_several  # Docker has room for an image of several platforms
        self.kind: SetupKind = kind
        self.driver = driver  # of a builder; empty is docker-container
        self._text = text  # of an emulator: the platforms; empty is all

    @property
    def is_container(self) -> bool:
        """Whether the builder can do what the default one cannot: caches, several platforms."""
        return self.kind == "builder" and self.driver != "docker"

    @property
    def may_be_remote(self) -> bool:
        """Whether it builds elsewhere, where the runner's processor does not matter."""
        return self.driver in _REMOTE_DRIVERS or HOLE in self.driver

    def emulates(self, platform: str) -> bool:
        names = [name.strip() for name in self._text.replace("\n", ",").split(",") if name.strip()]
        if not names or "all" in names or HOLE in self._text:
            return self.kind == "emulator"
        known = {normalise_platform(name.rpartition("qemu-")[2]) for name in names}
        return platform in known or any(platform.startswith(name + "/") for name in known)


def setups(runs: Runs) -> Iterator[Setup]:
    """Every preparation, in the order of the files: actions first."""
    for site in runs.sites:
        action = site.step.action
        if action is None:
            continue
        if action.name in _BUILDERS:
            remote = any(site.input(name) for name in ("endpoint", "append"))
            driver = "cloud" if action.name != "docker/setup-buildx-action" else site.input("driver") or ""
            installs = (site.input("install") or "").lower() == "true"
            driver = "remote" if remote and not driver else driver
            selected = (site.input("use") or "").lower() != "false"
            yield Setup(runs, site, site.span, "builder", driver=driver, installs=installs, selected=selected)
        elif action.name in _EMULATORS:
            platforms = site.step.inputs.get("platforms")
            yield Setup(
                runs,
                site,
                site.span,
                "emulator",
                text=",".join(site.each(platforms.text)) if platforms else "",
            )
        elif action.name == "docker/setup-docker-action" and _CONTAINERD in (
            site.input("daemon-config") or ""
        ):
            yield Setup(runs, site, site.span, "builder", stores_several=True)
    calls = tuple(invocations(runs, "docker", "apt-get", "apt"))
    using = {id(call.site.call) for call in calls if call.words[:2] == ("buildx", "use")}
    for call in calls:
        yield from _by_command(runs, call, id(call.site.call) in using)


def _by_command(runs: Runs, call: Invocation, used: bool) -> Iterator[Setup]:
    words = call.words
    if words[:2] == ("buildx", "create"):
        driver = call.text(call.arguments.option("--driver"))
        remote = len(words) > 2 or call.arguments.has_flag("--append")
        yield Setup(
            runs,
            call.site,
            call.span,
            "builder",
            driver="remote" if remote and not driver else driver,
            selected=used or call.arguments.has_flag("--use"),
        )
    elif words[:1] == ("run",) and any("binfmt" in word or "qemu-user-static" in word for word in words):
        platforms = call.text(call.arguments.option("--install"))
        yield Setup(runs, call.site, call.span, "emulator", text=platforms)
    elif (
        call.name in ("apt-get", "apt") and "install" in words and any("qemu-user" in word for word in words)
    ):
        yield Setup(runs, call.site, call.span, "emulator")


class Workbench:
    """A build with what has been prepared for it in its job."""

    def __init__(
        self, runs: Runs, build: ImageBuild, setups: tuple[Setup, ...], dockerfile: Dockerfile | None
    ) -> None:
        self._runs = runs
        self.build = build
        self.path = build.path
        self.span = build.span
        self._all = setups
        self._before = [setup for setup in setups if runs.comes_before(setup, build)]
        self._dockerfile = dockerfile

    # -- the builder -------------------------------------------------------------------------------

    @cached_property
    def needs_builder(self) -> str | None:
        """What it asks for that the default builder cannot do; None for nothing."""
        if self.build.tool not in _BUILDKIT:
            return None
        for recipe in self._recipes:
            kinds = _CONTAINER_CACHES & set(_written_caches(recipe))
            if len(recipe.named_platforms) > 1:
                return "building for several platforms"
            if kinds:
                return f"the cache `type={min(kinds)}`"
        return None

    @property
    def has_builder(self) -> bool:
        """Whether a builder that can has been made before, in every event in which it builds."""
        return self._prepared([s for s in self._before if s.is_container and (s.selected or self._chooses)])

    @property
    def _chooses(self) -> bool:
        """Whether it names the builder that it wants."""
        return self.build.gives("builder") or "BUILDX_BUILDER" in self.build.site.env

    @property
    def unused_builder(self) -> Setup | None:
        """A builder that has been made before and that the build does not use."""
        if self._chooses:
            return None
        return next((each for each in self._before if each.is_container and not each.selected), None)

    @property
    def loads_several(self) -> bool:
        """Whether some leg loads an image of several platforms into Docker, which has no room for them."""
        return self.build.loads_several and not any(setup.stores_several for setup in self._before)

    @property
    def load_place(self) -> Place:
        return self.build.place("load")

    @property
    def late_builder(self) -> Setup | None:
        """A builder of the job that is only made after the build."""
        late = [setup for setup in self._all if setup.is_container and setup not in self._before]
        return late[0] if late else None

    @property
    def default_driver(self) -> Setup | None:
        """A setup that asks for the default builder."""
        return next(
            (setup for setup in self._before if setup.kind == "builder" and not setup.is_container), None
        )

    @property
    def ignores_builder(self) -> bool:
        """Whether it is ``docker build``, which uses the default builder unless told otherwise."""
        chosen = self.build.gives("builder") or any(setup.installs for setup in self._before)
        return self.build.tool == "docker" and not chosen

    @property
    def builder_said(self) -> str:
        """What is wrong with the builder, and what to do."""
        if self.unused_builder:
            return "is not possible with the default builder, and the one that was made is not in use"
        if self.late_builder:
            return "needs a builder, which is set up only after this step; set it up before"
        if self.default_driver:
            return "is not possible with the driver `docker`; leave setup-buildx-action its default"
        if self.ignores_builder and self.has_builder:
            return "is not possible with `docker build` and its default builder; use `docker buildx build`"
        return "is not possible with the default builder; run docker/setup-buildx-action before"

    # -- the emulator ------------------------------------------------------------------------------

    @cached_property
    def foreign(self) -> tuple[str, ...]:
        """Platforms that its runner cannot run and nothing emulates."""
        if self.build.tool in _OWN_BUILDERS or any(setup.may_be_remote for setup in self._before):
            return ()
        if self._cross_compiles:
            return ()
        emulators = [setup for setup in self._before if setup.kind == "emulator"]
        found: list[str] = []
        for recipe in self._recipes:
            found += [name for name in _foreign_to(recipe) if not self._emulated(name, emulators)]
        return tuple(dict.fromkeys(found))

    def _emulated(self, platform: str, emulators: list[Setup]) -> bool:
        return self._prepared([setup for setup in emulators if setup.emulates(platform)])

    @cached_property
    def emulates_nothing(self) -> bool:
        """Whether it certainly needs no emulator."""
        recipes = self._recipes
        return bool(recipes) and all(
            recipe.runner and HOLE not in recipe.platforms and not _foreign_to(recipe) for recipe in recipes
        )

    @cached_property
    def _cross_compiles(self) -> bool:
        """Whether its Dockerfile runs nothing on the platform that it builds for."""
        final = self._dockerfile.final if self._dockerfile else None
        if self.build.target and self._dockerfile and HOLE not in self.build.target:
            final = self._dockerfile.stage(self.build.target) or final
        return final is not None and not any(_runs_on_target(stage) for stage in final.needed)

    @property
    def stages(self) -> int:
        """How many stages its Dockerfile has; 0 where that is not known."""
        return len(self._dockerfile.stages) if self._dockerfile else 0

    @property
    def goes_to(self) -> tuple[str, ...]:
        """The registries that it is published to."""
        return (
            tuple(dict.fromkeys(tag.image.host.lower() for tag in self.build.tags))
            if self.build.publishes
            else ()
        )

    @property
    def names_source(self) -> bool:
        """Whether the image gets the label that names its repository, from the build or its Dockerfile."""
        labels = "\n".join((*(recipe.labels for recipe in self.build.likely), self.build.command))
        if any(
            each in labels
            for each in (_SOURCE, ".outputs.labels", ".outputs.annotations", "METADATA_OUTPUT_", HOLE)
        ):
            return True
        stages = self._dockerfile.stages if self._dockerfile else ()
        return any(
            _SOURCE in each.text for stage in stages for each in stage.instructions if each.name == "LABEL"
        )

    @property
    def label_edits(self) -> tuple[FileEdit, ...] | None:
        """The labels of the metadata step that gives the tags."""
        step = self.build.site.step
        given = self.build.given("tags") or ""
        for site in self._runs.earlier(self.build.site):
            if (
                site.step.id
                and makes(site)
                and f"steps.{site.step.id}.outputs.tags" in given
                and "labels" not in step.inputs
            ):
                return set_input(step, "labels", f"${{{{ steps.{site.step.id}.outputs.labels }}}}")
        return None

    # -- mending -----------------------------------------------------------------------------------

    @property
    def builder_edits(self) -> tuple[FileEdit, ...] | None:
        """A step that makes a builder, put before the build; None where one is only too late."""
        made = self.late_builder or self.default_driver or self.unused_builder
        if made or self.build.tool == "docker":
            return None
        return insert_step(
            self.first_docker_step, ["name: Set up Buildx", f"uses: {pinned('docker/setup-buildx-action')}"]
        )

    @property
    def emulator_edits(self) -> tuple[FileEdit, ...] | None:
        """A step that makes an emulator, put before the builder or the build."""
        if any(setup.kind == "emulator" for setup in self._all):
            return None
        return insert_step(
            self.first_docker_step, ["name: Set up QEMU", f"uses: {pinned('docker/setup-qemu-action')}"]
        )

    def edits_for(self, platforms: tuple[str, ...]) -> tuple[FileEdit, ...] | None:
        """What it takes to build for these platforms, maybe nothing; None if that is not clear."""
        if self.has_builder:
            more: tuple[FileEdit, ...] | None = ()
        else:
            more = self.builder_edits
        emulators = [setup for setup in self._before if setup.kind == "emulator"]
        remote = any(setup.may_be_remote for setup in self._before)
        if more is None or remote or self.build.recipe.runner is None:
            return more
        foreign = _foreign_to(self.build.recipe._replace(platforms=",".join(platforms)))
        if all(any(setup.emulates(name) for setup in emulators) for name in foreign):
            return more
        emulator = self.emulator_edits
        return together((*emulator, *more)) if emulator else None

    @property
    def first_docker_step(self) -> Step:
        """The build's step, or the builder's where that comes before it."""
        steps = [self.build.site.top.step, *(s.site.top.step for s in self._before if s.kind == "builder")]
        return min(steps, key=lambda step: step.index)

    # -- details -----------------------------------------------------------------------------------

    @cached_property
    def _recipes(self) -> tuple[Recipe, ...]:
        """What it does in every event in which it may run."""
        events: list[Scenario | None] = [run.scenario for run in self.build.runs]
        return tuple(
            dict.fromkeys(recipe for event in events or [None] for recipe in self.build.recipes(event))
        )

    def _prepared(self, candidates: list[Setup]) -> bool:
        """Whether in each event in which the build certainly runs one of the setups may have run."""
        if not self.build.scenarios:
            return bool(candidates)
        return all(any(s.state(event) is not False for s in candidates) for event in self.build.scenarios)


def _written_caches(recipe: Recipe) -> tuple[str, ...]:
    """The types of cache that need a builder: those written, and GitHub's also where it is only read."""
    written = recipe._replace(cache_from="").cache_kinds
    return (*written, *(kind for kind in recipe.cache_kinds if kind == "gha"))


def _foreign_to(recipe: Recipe) -> tuple[str, ...]:
    """The platforms of a build that its runner's processor cannot run."""
    if recipe.runner is None:
        return ()
    native = _NATIVE[recipe.runner]
    return tuple(name for name in recipe.named_platforms if HOLE not in name and name not in native)


def _runs_on_target(stage: Stage) -> bool:
    """Whether a stage runs commands on the platform that is built for."""
    stages = (stage, *stage.chain)
    flag = stages[-1].from_.flag("platform")
    if flag and "BUILDPLATFORM" in (flag.value or ""):
        return False
    return any(instruction.name == "RUN" for instruction in stage.instructions)


def dockerfile_of(project: Project, build: ImageBuild) -> Dockerfile | None:
    """The Dockerfile that is built, where the repository has it under a known path."""
    folder = build.site.working_directory if build.site.step.run else "."
    context = build.context or "."
    if build.tool in _BUILDKIT[:2] and context.startswith("."):
        folder = "."
    path = join(folder, build.file) if build.file else join(folder, context, "Dockerfile")
    if HOLE in path or "://" in path:
        return None
    return project.dockerfile(normpath(path))


def context_of(pipeline: Pipeline, dockerfile: Dockerfile) -> str | None:
    """The folder that a workflow builds it from, else the nearest with a package.json; None without any."""
    if dockerfile.path in pipeline.build_contexts:
        return pipeline.build_contexts[dockerfile.path]
    for place in (dirname(dockerfile.path), ""):
        if pipeline.project.source(join(place, "package.json")) is not None:
            return place
    return None


def build_contexts(project: Project, builds: tuple[ImageBuild, ...]) -> dict[str, str]:
    """The folder that each Dockerfile is built from first, as far as workflows tell; the root is empty."""
    found: dict[str, str] = {}
    for source in (source for build in builds for source in sources(build)):
        path = next((path for path in source.dockerfiles if project.dockerfile(path)), None)
        place = source.context.path if source.context else None
        if path is not None and place is not None:
            found.setdefault(path, "" if place == "." else place)
    return found


def workbenches(runs: Runs, builds: tuple[ImageBuild, ...], found: tuple[Setup, ...]) -> Iterator[Workbench]:
    """Every build with what has been prepared for it."""
    by_job: dict[Call, list[Setup]] = {}
    for setup in found:
        by_job.setdefault(setup.site.call, []).append(setup)
    for build in builds:
        mine = tuple(by_job.get(build.site.call, ()))
        yield Workbench(runs, build, mine, dockerfile_of(runs.project, build))
