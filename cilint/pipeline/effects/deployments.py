"""Deploys among all that the repository does: whether the image is there by then, and where it is built."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from cilint.model.workflow import Workflow
from cilint.pipeline.effects.deploys import Deploy
from cilint.pipeline.effects.handed_texts import handed_texts
from cilint.pipeline.effects.handovers import handed_over
from cilint.pipeline.evaluate import FAILED, Open, condition
from cilint.pipeline.invocations import Invocation
from cilint.pipeline.order import Earliest
from cilint.pipeline.runs import Place, Runs
from cilint.pipeline.sites import Site
from cilint.syntax.yaml import Scalar
from cilint.text.hints import TYPE_CHECKING
from cilint.text.source import Span
from cilint.text.values import NamedTuple

if TYPE_CHECKING:
    from cilint.pipeline.effects.images import ImagePush
    from cilint.pipeline.pipeline import Pipeline

_RUNS = re.compile(r"/(?:actions/(?:runs|workflows)|check-runs|check-suites|commits/[^\s\"']*/status)")
"""GitHub's endpoints that tell how runs and checks have ended."""
_BUILDS = re.compile(
    r"\b(?:docker|podman|nerdctl)\s+(?:(?:buildx|image|builder)\s+)?(?:build|bake)\b|\bbuildah\s+(?:bud|build)\b"
    r"|\bcompose\s+(?:-\S+\s+\S+\s+)*build\b|\bcompose\b[^\n;&|]*\s--build\b"
)
_WAITING = re.compile(r"wait[-_]?(?:on|for)|await|wait-action|wait_for", re.IGNORECASE)
_REMOTE = re.compile(r"\b(?:docker|compose|deploy|pull|restart)\b", re.IGNORECASE)


_CONTAINERS = ("docker", "docker-compose", "podman", "nerdctl", "buildah")
_MANAGERS = ("npm", "pnpm", "yarn", "bun", "next", "turbo")


class Deployment:
    """One deploy; ``span`` is what triggers it."""

    def __init__(self, pipeline: Pipeline, deploy: Deploy, others: _Others) -> None:
        self._pipeline = pipeline
        self._others = others
        self.deploy = deploy
        self.path = deploy.path
        self.span = deploy.span

    @property
    def _entry(self) -> Workflow:
        return self.deploy.site.call.entry

    @property
    def command(self) -> Place:
        return self.deploy.command

    @cached_property
    def in_build(self) -> bool:
        """Whether the workflow that builds the image deploys as well."""
        if not (self.deploy.to_target or self._starts_something) or is_named_deploy(
            self._pipeline, self._entry
        ):
            return False
        return any(build.workflow is self._entry for build in self._pipeline.build_workflows)

    @property
    def _starts_something(self) -> bool:
        """Whether another way of deploying really replaces what runs; files are copied for many reasons."""
        script = self.deploy.site.step.inputs.get("script")
        source = self._pipeline.project.source(self.path)
        text = script.text if script else source.slice(self.span) if source else ""
        return _REMOTE.search(text) is not None

    # -- the image of this very run ----------------------------------------------------------------

    @cached_property
    def _titles(self) -> frozenset[str]:
        return frozenset(run.scenario.title for run in self.deploy.runs)

    @cached_property
    def too_early_for(self) -> ImagePush | None:
        """A publication of the same run which the deploy does not wait for, where it waits for none."""
        if not self.deploy.to_target:
            return None
        pushes, earliest = self._others.pushes(self._entry, self._titles)
        early = pushes and not earliest.before(self.deploy.site, self.deploy.command.span.start)
        return pushes[0] if early else None

    @cached_property
    def heedless_of(self) -> ImagePush | None:
        """A publication that it comes after, and after whose failure it deploys all the same."""
        if not self.deploy.to_target or self.deploy.site.call.caller is not None:
            return None
        pushes, _ = self._others.pushes(self._entry, self._titles)
        return next((push for push in pushes if self._goes_on_without(push)), None)

    @property
    def awaited(self) -> ImagePush | None:
        """The publication that it does not wait for, or does not heed."""
        return self.too_early_for or self.heedless_of

    @property
    def going_on(self) -> Place:
        """The condition that lets it go on without the image, else what deploys."""
        given = self._condition_after(self.heedless_of) if self.heedless_of else None
        return Place(self.deploy.site.top.path, given.span) if given else self.command

    def _condition_after(self, push: ImagePush) -> Scalar | None:
        """The ``if`` that decides whether a failure of the publication keeps it from deploying."""
        mine = self.deploy.site.top
        return mine.step.condition if push.site.call is mine.call else mine.job.condition

    def _goes_on_without(self, push: ImagePush) -> bool:
        mine, given = self.deploy.site.top, self._condition_after(push)
        failed, names = push.site.call.outermost.job.id, [need.text for need in mine.job.needs]
        runs = self._pipeline.runs
        comes_after = failed in names or runs.precedes(push.site.top, mine)
        if given is None or not comes_after:
            return False
        needs = Open({name: Open(result="failure" if name == failed else "success") for name in names})
        contexts = (runs.reach(self._entry).contexts(mine, each) for each in self.deploy.scenarios)
        found = [condition(given.text, {**each, "needs": needs}, FAILED) for each in contexts]
        return bool(found) and all(each is True for each in found)

    # -- the image of another workflow -------------------------------------------------------------

    @cached_property
    def _pushed(self) -> frozenset[str]:
        """The pushes of commits that start the deploy."""
        return frozenset(run.scenario.title for run in self.deploy.runs if run.scenario.event == "push")

    @cached_property
    def is_parallel(self) -> bool:
        """Whether a push starts the deploy, which waits for no build."""
        if not self.deploy.to_target or not self._pushed or self._entry in self._others.built:
            return False
        site = self.deploy.site
        return not self._others.waiting.before(site, site.span.end + 1)

    @property
    def races(self) -> bool:
        """Whether the build that it should wait for is another workflow, started by the same push."""
        built = self._others.built
        return any(entry is not self._entry and built[entry] & self._pushed for entry in built)


class _Step(NamedTuple):
    """A step as one of many things."""

    site: Site
    span: Span


class _Others:
    """What the repository does beside deploys, worked out once for all of these."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline
        self._pushes: dict[tuple[Workflow, frozenset[str]], tuple[list[ImagePush], Earliest]] = {}

    def pushes(self, entry: Workflow, titles: frozenset[str]) -> tuple[list[ImagePush], Earliest]:
        """The publications of a workflow in one of the events, and the first of them."""
        if (entry, titles) not in self._pushes:
            pushes = [push for push in self._pipeline.image_pushes if push.site.call.entry is entry]
            found = [push for push in pushes if any(run.scenario.title in titles for run in push.runs)]
            self._pushes[entry, titles] = found, self._pipeline.runs.earliest(found)
        return self._pushes[entry, titles]

    @cached_property
    def waiting(self) -> Earliest:
        """The first steps that wait for something."""
        sites = (site for site in self._pipeline.runs.sites if _waits(site))
        return self._pipeline.runs.earliest(_Step(site, site.span) for site in sites)

    @cached_property
    def built(self) -> dict[Workflow, set[str]]:
        """The events in which each workflow that builds images may publish them."""
        found: dict[Workflow, set[str]] = {}
        for build in self._pipeline.image_builds:
            titles = found.setdefault(build.site.call.entry, set())
            titles.update(s.title for s in (*build.published, *build.maybe_published))
        return found


def _waits(site: Site) -> bool:
    """Whether a step waits for another workflow, a check or an image."""
    action = site.step.action
    if action is not None and action.kind == "repository" and _WAITING.search(action.name):
        return True
    for command in site.script.named("gh", "docker", "crane", "skopeo", "regctl") if site.script else ():
        words = Invocation(site, command).words
        if words[:2] in (("run", "watch"), ("pr", "checks"), ("run", "list")):
            return True
        if "inspect" in words or words[:1] == ("manifest",):
            return True
    asking = site.script.named("gh", "curl") if site.script else ()
    return any(command.loops and _RUNS.search(command.raw) for command in asking)


def application_builds(runs: Runs, site: Site) -> Iterator[Place]:
    """The commands of a step that build the application itself, or images by a way that is not followed."""
    for command in site.script.commands if site.script else ():
        words = [word for word in command.argv() if word not in ("run", "exec")]
        builds = words[:1] and words[0] in _MANAGERS and words[1:2] == ["build"]
        next_builds = words[-2:] == ["next", "build"]
        if builds or next_builds or (command.name in _CONTAINERS and _BUILDS.search(" ".join(words))):
            yield Place(site.path, site.file_span(command.span))
    for handed in handed_over(runs, site):
        if any(_BUILDS.search(text) for text in handed_texts(runs.project, handed)):
            yield Place(site.path, handed.span)


def is_named_deploy(pipeline: Pipeline, workflow: Workflow) -> bool:
    """Whether a workflow has the configured name of the one that deploys."""
    name = pipeline.parameters.get("deploy_workflow")
    return bool(name) and workflow.path == f".github/workflows/{name}"


def deployments(pipeline: Pipeline) -> Iterator[Deployment]:
    others = _Others(pipeline)
    return (Deployment(pipeline, deploy, others) for deploy in pipeline.deploys)
