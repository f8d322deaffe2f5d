"""Deploys among all that the repository does: whether the image is there by then, and where it is built."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from cilint.model.workflow import Workflow
from cilint.pipeline.effects.deploys import Deploy
from cilint.pipeline.invocations import Invocation
from cilint.pipeline.runs import Place
from cilint.pipeline.scenarios import Scenario
from cilint.pipeline.sites import Site
from cilint.text.hints import TYPE_CHECKING

if TYPE_CHECKING:
    from cilint.pipeline.effects.images import ImagePush
    from cilint.pipeline.pipeline import Pipeline

_WAITING = re.compile(r"wait[-_]?(?:on|for)|await|wait-action|wait_for", re.IGNORECASE)
_REMOTE = re.compile(r"\b(?:docker|compose|deploy|pull|restart)\b", re.IGNORECASE)


class Deployment:
    """One deploy; ``span`` is what triggers it."""

    def __init__(self, pipeline: Pipeline, deploy: Deploy) -> None:
        self._pipeline = pipeline
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
    def _pushes(self) -> list[ImagePush]:
        """The publications of the same workflow in events that deploy too."""
        titles = {run.scenario.title for run in self.deploy.runs}
        pushes = [push for push in self._pipeline.image_pushes if push.site.call.entry is self._entry]
        return [push for push in pushes if any(run.scenario.title in titles for run in push.runs)]

    @cached_property
    def too_early_for(self) -> ImagePush | None:
        """A publication of the same run which the deploy does not wait for, where it waits for none."""
        if not self.deploy.to_target or any(self._comes_before(push) for push in self._pushes):
            return None
        return self._pushes[0] if self._pushes else None

    def _comes_before(self, push: ImagePush) -> bool:
        mine, its = self.deploy.site, push.site
        if its.call is mine.call:
            if its is mine:
                return push.span.start < self.deploy.command.span.start
            return its in self._pipeline.runs.earlier(mine)
        return self._pipeline.runs.needs(mine.call, its.call)

    # -- the image of another workflow -------------------------------------------------------------

    @cached_property
    def _pushed(self) -> list[Scenario]:
        """The pushes of commits that start the deploy."""
        return [run.scenario for run in self.deploy.runs if run.scenario.event == "push"]

    @cached_property
    def is_parallel(self) -> bool:
        """Whether a push starts the deploy, which waits for no build."""
        if not self.deploy.to_target or not self._pushed:
            return False
        builds = [each for each in self._pipeline.image_builds if each.site.call.entry is self._entry]
        return not builds and not any(_waits(site) for site in self._before)

    @property
    def races(self) -> bool:
        """Whether the build that it should wait for is another workflow, started by the same push."""
        titles = {scenario.title for scenario in self._pushed}
        others = [each for each in self._pipeline.image_builds if each.site.call.entry is not self._entry]
        return any(s.title in titles for other in others for s in (*other.published, *other.maybe_published))

    @cached_property
    def _before(self) -> list[Site]:
        """The steps before the deploy, its own and those of the jobs that it needs included."""
        runs, site = self._pipeline.runs, self.deploy.site
        others = [
            each for each in runs.sites if each.call is not site.call and each.call.entry is self._entry
        ]
        needed = [each for each in others if runs.needs(site.call, each.call)]
        return [*needed, *runs.earlier(site), site]


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
    return False


def application_builds(site: Site) -> Iterator[Place]:
    """The commands of a step that build the application itself."""
    for command in site.script.named("npm", "pnpm", "yarn", "bun", "next", "npx") if site.script else ():
        words = [word for word in command.argv() if word != "run"]
        if words[1:2] == ["build"] or words[:3] == ["npx", "next", "build"]:
            yield Place(site.path, site.file_span(command.span))


def is_named_deploy(pipeline: Pipeline, workflow: Workflow) -> bool:
    """Whether a workflow has the configured name of the one that deploys."""
    name = pipeline.parameters.get("deploy_workflow")
    return bool(name) and workflow.path == f".github/workflows/{name}"


def deployments(pipeline: Pipeline) -> Iterator[Deployment]:
    return (Deployment(pipeline, deploy) for deploy in pipeline.deploys)
