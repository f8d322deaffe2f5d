"""The two workflows that the design speaks of: the one that builds, the one that deploys.

Found by their configured file names, else by what they do.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from cilint.findings.finding import FileEdit
from cilint.model.edits import insert_step
from cilint.model.workflow import Trigger, Workflow
from cilint.pipeline.effects.deploys import Deploy
from cilint.pipeline.effects.gates import Gate
from cilint.pipeline.effects.images import ImageBuild, ImagePush
from cilint.pipeline.effects.probes import Probe
from cilint.pipeline.scenarios import Scenario, takes_branch
from cilint.text.source import Span

if TYPE_CHECKING:
    from cilint.pipeline.pipeline import Pipeline


class Role:
    """A workflow in its part."""

    def __init__(self, pipeline: Pipeline, workflow: Workflow) -> None:
        self._pipeline = pipeline
        self.workflow = workflow
        self.path = workflow.path
        self.span: Span = workflow.name_node.span if workflow.name_node else workflow.span

    @property
    def triggers_span(self) -> Span:
        """The key ``on``."""
        pair = self.workflow.root.pair("on") if self.workflow.root else None
        return pair.key.span if pair else self.span

    def trigger(self, event: str) -> Trigger | None:
        return self.workflow.triggers.get(event)

    @cached_property
    def scenarios(self) -> tuple[Scenario, ...]:
        return self._pipeline.runs.scenarios(self.workflow)


class BuildWorkflow(Role):
    """The workflow that checks the code, builds the image and publishes it."""

    @cached_property
    def builds(self) -> tuple[ImageBuild, ...]:
        return tuple(each for each in self._pipeline.image_builds if each.site.call.entry is self.workflow)

    @cached_property
    def pushes(self) -> tuple[ImagePush, ...]:
        return tuple(each for each in self._pipeline.image_pushes if each.site.call.entry is self.workflow)

    def gates(self, kind: str) -> tuple[Gate, ...]:
        """Its checks of a kind: ``lint``, ``type-check`` or ``test``."""
        own = (gate for gate in self._pipeline.gates if gate.site.call.entry is self.workflow)
        return tuple(gate for gate in own if gate.kind == kind and gate.runs)

    def gated_elsewhere(self, kind: str) -> bool:
        """Whether another workflow has such a check."""
        return any(g.kind == kind and g.site.call.entry is not self.workflow for g in self._pipeline.gates)

    def ungated(self, kind: str) -> tuple[ImagePush, ...]:
        """The publications that no check of the kind runs before."""
        return tuple(push for push in self.pushes if not any(self._precedes(g, push) for g in self.gates(kind)))

    def _precedes(self, gate: Gate, push: ImagePush) -> bool:
        if gate.site.call is push.site.call:
            same = gate.site is push.site
            return gate.span.start < push.span.start if same else gate.site in self._pipeline.runs.earlier(push.site)
        return self._pipeline.runs.needs(push.site.call, gate.site.call)

    @property
    def pushes_any_branch(self) -> bool:
        """Whether a push to any branch runs it."""
        return any(s.event == "push" and s.ref == "refs/heads/feature/x" for s in self.scenarios)

    @property
    def covers_pull_requests(self) -> bool:
        """Whether a pull request to the main branch runs it, whenever commits are added too."""
        trigger = self.trigger("pull_request")
        if trigger is None or not takes_branch(trigger, self._pipeline.main):
            return False
        types = trigger.filter("types")
        return types is None or "synchronize" in types

    @property
    def has_tests(self) -> bool | None:
        """Whether the project has tests to run: a ``test`` script; None where there is no package.json."""
        packages = self._pipeline.packages
        return any(package.has_tests for package in packages) if packages else None

    @property
    def uses_typescript(self) -> bool | None:
        packages = self._pipeline.packages
        if not packages:
            return None
        named = any(path.rpartition("/")[2] == "tsconfig.json" for path in self._pipeline.project.paths)
        return named or any(package.has("typescript") for package in packages)

    def gate_edits(self, name: str, command: str) -> tuple[FileEdit, ...] | None:
        """A step that runs the command, put before the first step that builds or logs in."""
        if not self.builds:
            return None
        site = self.builds[0].site.top
        steps = site.job.steps
        docker = [step for step in steps if step.action and step.action.owner.lower() == "docker"]
        before = min([site.step, *docker], key=lambda step: step.index)
        return insert_step(before, [f"name: {name}", f"run: {command}"])


class DeployWorkflow(Role):
    """The workflow that deploys."""

    @cached_property
    def deploys(self) -> tuple[Deploy, ...]:
        """Its deploys to Dokploy."""
        return tuple(each for each in self._all if each.to_dokploy)

    @cached_property
    def other_deploys(self) -> tuple[Deploy, ...]:
        return tuple(each for each in self._all if not each.to_dokploy)

    @property
    def _all(self) -> list[Deploy]:
        return [each for each in self._pipeline.deploys if each.site.call.entry is self.workflow]

    def probe_edits(self, path: str) -> tuple[FileEdit, ...] | None:
        """A step that polls the application, put after the last deploy."""
        site = self.deploys[-1].site.top
        lines = (
            "name: Wait for the application to answer",
            "env:",
            "  APP_URL: ${{ vars.APP_URL }}",
            "run: |",
            "  for attempt in $(seq 1 30); do",
            f'    if curl --fail --silent --show-error --max-time 10 "$APP_URL{path}"; then exit 0; fi',
            "    sleep 10",
            "  done",
            "  exit 1",
        )
        return insert_step(site.step, lines, after=True)

    @cached_property
    def probes(self) -> tuple[Probe, ...]:
        return tuple(each for each in self._pipeline.probes if each.site.call.entry is self.workflow)


def build_workflow(pipeline: Pipeline) -> tuple[BuildWorkflow, ...]:
    """The build workflow, or those that publish, or those that build; none where nothing builds an image."""
    named = _named(pipeline, "build_workflow")
    if named:
        return (BuildWorkflow(pipeline, named),)
    builds = pipeline.image_builds
    entries = [build.site.call.entry for build in builds if build.publishes]
    entries = entries or [build.site.call.entry for build in builds]
    return tuple(BuildWorkflow(pipeline, workflow) for workflow in dict.fromkeys(entries))


def deploy_workflow(pipeline: Pipeline) -> tuple[DeployWorkflow, ...]:
    """The deploy workflow, or those that deploy to Dokploy, or those that deploy at all."""
    named = _named(pipeline, "deploy_workflow")
    if named:
        return (DeployWorkflow(pipeline, named),)
    entries = [deploy.site.call.entry for deploy in pipeline.deploys if deploy.to_dokploy]
    entries = entries or [deploy.site.call.entry for deploy in pipeline.deploys]
    return tuple(DeployWorkflow(pipeline, workflow) for workflow in dict.fromkeys(entries))


def _named(pipeline: Pipeline, parameter: str) -> Workflow | None:
    name = pipeline.parameters.get(parameter)
    return pipeline.project.workflow(f".github/workflows/{name}") if name else None
