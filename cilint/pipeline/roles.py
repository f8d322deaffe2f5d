"""The two workflows that the design speaks of: the one that builds, the one that deploys.

Found by their configured file names, else by what they do.
"""

from __future__ import annotations

import re
from functools import cached_property

from cilint.findings.finding import FileEdit
from cilint.model.edits import insert_step
from cilint.model.workflow import Trigger, Workflow, group_of, scalar_at
from cilint.pipeline.effects.deployments import application_builds, is_named_deploy
from cilint.pipeline.effects.deploys import Deploy
from cilint.pipeline.effects.dispatches import Dispatch
from cilint.pipeline.effects.gate_tools import GateKind
from cilint.pipeline.effects.gates import WORDS, Gate
from cilint.pipeline.effects.handed_texts import handed_texts
from cilint.pipeline.effects.handovers import Handover, handovers, leaves_it_to_others
from cilint.pipeline.effects.images import ImageBuild, ImagePush
from cilint.pipeline.effects.probes import Probe, follows
from cilint.pipeline.effects.programs import speaks_http
from cilint.pipeline.evaluate import Open, interpolate
from cilint.pipeline.gate_step import gate_step
from cilint.pipeline.gating import Gap, Gating
from cilint.pipeline.runs import Place, Runs
from cilint.pipeline.scenarios import HEAD_SHA, SHA, Scenario, proposal
from cilint.pipeline.triggers import TriggerGap, pull_request_gap, push_gap
from cilint.syntax.yaml_quote import quote
from cilint.text.hints import TYPE_CHECKING
from cilint.text.hole import HOLE
from cilint.text.source import Span

if TYPE_CHECKING:
    from cilint.pipeline.pipeline import Pipeline

_OTHER_MANIFESTS = frozenset(
    ("pyproject.toml", "setup.py", "requirements.txt", "go.mod", "Cargo.toml", "pom.xml", "build.gradle",
     "build.gradle.kts", "composer.json", "Gemfile", "mix.exs", "Package.swift", "pubspec.yaml")
)  # fmt: skip


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

    @property
    def runs(self) -> Runs:
        return self._pipeline.runs

    @property
    def main(self) -> str:
        return self._pipeline.main

    @property
    def is_entry(self) -> bool:
        """Whether events start it; otherwise it only runs as a part of others."""
        return any(event != "workflow_call" for event in self.workflow.triggers)

    def gates(self, kind: GateKind) -> tuple[Gate, ...]:
        """Its checks of a kind that run on any event."""
        own = (gate for gate in self._pipeline.gates if gate.site.call.entry is self.workflow)
        return tuple(gate for gate in own if gate.kind == kind and gate.runs)

    def gates_elsewhere(self, kind: GateKind) -> tuple[Gate, ...]:
        """The checks of a kind in other workflows."""
        others = (gate for gate in self._pipeline.gates if gate.site.call.entry is not self.workflow)
        return tuple(gate for gate in others if gate.kind == kind and gate.runs)

    def gap(self, kind: GateKind) -> Gap | None:
        """The first thing that no check of the kind guards."""
        return Gating(self, kind).gap()

    @cached_property
    def push_gap(self) -> TriggerGap | None:
        """What keeps it from running on every push to every branch."""
        gap = push_gap(self.workflow, self.main)
        pushed = Scenario("a push to feature/x", "push", "refs/heads/feature/x", main=False)
        return gap._replace(edits=None) if gap and (self._lives_on_inputs or self._acts_on(pushed)) else gap

    @property
    def _lives_on_inputs(self) -> bool:
        """Whether all that starts it gives it inputs without which it cannot do its work."""
        if set(self.workflow.triggers) - {"workflow_dispatch", "workflow_call"}:
            return False
        inputs = (node for trigger in self.workflow.triggers.values() for node in trigger.inputs.values())
        return any(
            node and (wanted := scalar_at(node, "required")) and wanted.text == "true" for node in inputs
        )

    def _acts_on(self, scenario: Scenario) -> bool:
        """Whether it publishes or deploys, or may, where such an event starts it."""
        effects = (*self._pipeline.publications, *self._pipeline.deploys)
        own = (each for each in effects if each.site.call.entry is self.workflow)
        return any(each.state(scenario) is not False for each in own)

    @cached_property
    def pull_request_gap(self) -> TriggerGap | None:
        """What keeps it from running on every pull request to the main branch."""
        gap = pull_request_gap(self.workflow, self.main)
        proposed = proposal(self.main)
        return gap._replace(edits=None) if gap and (self._lives_on_inputs or self._acts_on(proposed)) else gap

    @property
    def runs_twice(self) -> bool:
        """Whether a push to a branch with a pull request starts two runs that know nothing of one another."""
        pushed = next(
            (s for s in self.scenarios if s.event == "push" and s.ref == "refs/heads/feature/x"), None
        )
        opened = next((s for s in self.scenarios if s.event == "pull_request" and not s.fork), None)
        if pushed is None or opened is None or not self.workflow.jobs:
            return False
        owners = [node for node in (self.workflow.root, *(job.node for job in self.workflow.jobs)) if node]
        groups = [group_of(owner) for owner in owners if owner.get("concurrency")]
        if any(group is None or self._is_shared(group.text, pushed, opened) for group in groups):
            return False
        conditions = " ".join(job.condition.text for job in self.workflow.jobs if job.condition)
        return not any(word in conditions for word in ("event_name", "head_ref", "pull_request"))

    def _is_shared(self, group: str, pushed: Scenario, opened: Scenario) -> bool:
        """Whether a push and the pull request of its branch have one concurrency group, or may have."""
        if "github.run_" in group or re.search(r"event\.(?:pull_request\.)?number", group):
            return False
        found = []
        for scenario, sha in ((pushed, SHA), (opened, "merge")):
            github = {**self.runs.reach(self.workflow).github(scenario), "workflow": "workflow", "sha": sha}
            found.append(interpolate(group, {"github": Open(github)}).replace(HEAD_SHA, SHA))
        return found[0] == found[1] or any(HOLE in text for text in found)

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

    @property
    def is_node(self) -> bool:
        """Whether the project is one of Node.js, as far as its files tell."""
        if self._pipeline.packages:
            return True
        return not any(path.rpartition("/")[2] in _OTHER_MANIFESTS for path in self._pipeline.project.paths)

    def gate_edits(self, kind: GateKind) -> tuple[FileEdit, ...] | None:
        """A step that runs the check, put behind those that the build's job waits for, else before the first
        step that logs in or builds.

        None as long as there are others for which that job does not wait, and without a package.json.
        """
        gap = self.gap(kind)
        if not self.builds or gap is None or not gap.absent or not self._pipeline.packages:
            return None
        site = self.builds[0].site.top
        apart = [each for each in self._written_gates if each.site.call is not site.call]
        if not apart:
            return self._gate_before_build(kind)
        awaited = [each for each in apart if self.runs.needs(site.call, each.site.call)]
        if not awaited:
            return None
        last = awaited[-1].site
        lines = gate_step(self._pipeline, last, last.step.index + 1, kind)
        return insert_step(last.step, lines, after=True) if lines else None

    @property
    def _written_gates(self) -> list[Gate]:
        """The checks that stand in the workflow itself, in a job that runs once."""
        gates = [gate for kind in WORDS for gate in self.gates(kind) if gate.site.parent is None]
        own = [each for each in gates if not each.site.call.caller and not each.site.job.node.get("strategy")]
        return sorted(own, key=lambda gate: gate.span)

    def _gate_before_build(self, kind: GateKind) -> tuple[FileEdit, ...] | None:
        site = self.builds[0].site.top
        steps = [each for each in site.job.steps if each.index <= site.step.index]
        docker = [each for each in steps if each.action and each.action.owner.lower() == "docker"]
        before = min([site.step, *docker], key=lambda step: step.index)
        checked_out = any(each.action and each.action.name == "actions/checkout" for each in steps)
        lines = gate_step(self._pipeline, site, before.index, kind) if checked_out else None
        return insert_step(before, lines) if lines else None


class DeployWorkflow(Role):
    """The workflow that deploys."""

    @cached_property
    def deploys(self) -> tuple[Deploy, ...]:
        """Its deploys to Dokploy."""
        return tuple(each for each in self._all if each.to_target)

    @cached_property
    def other_deploys(self) -> tuple[Deploy, ...]:
        return tuple(each for each in self._all if not each.to_target)

    @property
    def _all(self) -> list[Deploy]:
        return [each for each in self._pipeline.deploys if each.site.call.entry is self.workflow]

    def probe_edits(self, path: str) -> tuple[FileEdit, ...] | None:
        """A step that polls the application until the new version answers, put after the last deploy.

        Which commit a typed tag is of is not known: any answer will do then.
        """
        site = self.deploys[-1].site.top
        upstream = "workflow_run" in self.workflow.triggers
        commit = "github.event.workflow_run.head_sha || github.sha" if upstream else "github.sha"
        if self.dispatch.tag_inputs:
            either = f"({commit})" if upstream else commit
            commit = f"!inputs.{self.dispatch.tag_inputs[0]} && {either} || ''"
        given = site.step.condition  # where the step does not deploy there is nothing to wait for
        own = (f"if: {quote(' '.join(given.text.split()))}",) if given else ()
        lines = (
            "name: Wait for the application to answer",
            *own,
            "env:",
            "  APP_URL: ${{ vars.APP_URL }}",
            f"  COMMIT: ${{{{ {commit} }}}}",
            "run: |",
            "  for attempt in $(seq 1 30); do",
            f'    if curl -fsS --max-time 10 "$APP_URL{path}" | grep "$COMMIT"; then exit 0; fi',
            "    sleep 10",
            "  done",
            "  exit 1",
        )
        return insert_step(site.step, lines, after=True)

    @cached_property
    def dispatch(self) -> Dispatch:
        """Its manual start."""
        return Dispatch(self._pipeline, self.workflow, self.deploys)

    @cached_property
    def own_builds(self) -> tuple[Place, ...]:
        """What it builds itself, where building is another workflow's part: images, then the application."""
        merged = any(build.workflow is self.workflow for build in self._pipeline.build_workflows)
        if merged and not is_named_deploy(self._pipeline, self.workflow):
            return ()
        images = [each for each in self._pipeline.image_builds if each.site.call.entry is self.workflow]
        sites = [site for site in self._pipeline.runs.sites if site.call.entry is self.workflow]
        found = [Place(each.path, each.span) for each in images]
        runs = self._pipeline.runs
        others = (place for site in sites for place in application_builds(runs, site))
        return (*found, *(place for place in others if place not in found))

    @cached_property
    def is_open(self) -> bool:
        """Whether it runs scripts, tasks or foreign workflows, which may do what it does not do itself."""
        if leaves_it_to_others(self.workflow):
            return True
        return any(each.site.call.entry is self.workflow for each in handovers(self._pipeline.runs))

    @cached_property
    def may_probe(self) -> bool:
        """Whether what it runs for a deploy or after it, and is not read here, may ask the application."""
        if leaves_it_to_others(self.workflow):
            return True
        last = filter(self._comes_last, handovers(self._pipeline.runs))
        found = (handed_texts(self._pipeline.project, handed) for handed in last)
        return any(not texts or any(map(speaks_http, texts)) for texts in found)

    def _comes_last(self, handed: Handover) -> bool:
        """Whether something handed over is a deploy, or comes after one."""
        for deploy in self.deploys:
            itself = deploy.by_script and deploy.site is handed.site and deploy.span == handed.span
            if itself or follows(self._pipeline.runs, handed.site, handed.span.start, deploy):
                return True
        return False

    @cached_property
    def probes(self) -> tuple[Probe, ...]:
        return tuple(each for each in self._pipeline.probes if each.site.call.entry is self.workflow)


def build_workflow(pipeline: Pipeline) -> tuple[BuildWorkflow, ...]:
    """The build workflow, else those that publish the main branch, that publish at all, or that build."""
    named = _named(pipeline, "build_workflow")
    if named:
        return (BuildWorkflow(pipeline, named),)
    pushes, builds = pipeline.image_pushes, pipeline.image_builds
    found = [push for push in pushes if any(s.main and s.event == "push" for s in push.scenarios)]
    entries = [each.site.call.entry for each in (found or pushes or builds)]
    return tuple(BuildWorkflow(pipeline, workflow) for workflow in dict.fromkeys(entries))


def deploy_workflow(pipeline: Pipeline) -> tuple[DeployWorkflow, ...]:
    """The deploy workflow, or those that deploy to Dokploy, or those that deploy at all."""
    named = _named(pipeline, "deploy_workflow")
    if named:
        return (DeployWorkflow(pipeline, named),)
    entries = [deploy.site.call.entry for deploy in pipeline.deploys if deploy.to_target]
    entries = entries or [deploy.site.call.entry for deploy in pipeline.deploys]
    return tuple(DeployWorkflow(pipeline, workflow) for workflow in dict.fromkeys(entries))


def _named(pipeline: Pipeline, parameter: str) -> Workflow | None:
    name = pipeline.parameters.get(parameter)
    return pipeline.project.workflow(f".github/workflows/{name}") if name else None
