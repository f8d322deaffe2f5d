"""Deploys that somebody starts by hand: whether that works, and whether the chosen image is deployed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Mapping as Mapped
from functools import cached_property

from cilint.findings.finding import FileEdit
from cilint.model.edits import allow, declare_input, insert_step, set_trigger
from cilint.model.workflow import Trigger, Workflow, scalar_at
from cilint.pipeline.effects.deploys import Deploy
from cilint.pipeline.effects.views import SOMEBODY
from cilint.pipeline.evaluate import Open, interpolate
from cilint.pipeline.runs import Effect, Place
from cilint.pipeline.sites import Site
from cilint.syntax.shell import Script
from cilint.syntax.yaml import Scalar
from cilint.text.hints import TYPE_CHECKING, Any
from cilint.text.hole import HOLE

if TYPE_CHECKING:
    from cilint.pipeline.effects.dokploy_calls import DokployCall
    from cilint.pipeline.pipeline import Pipeline

MARK = "chosen5by7hand"
_LIKELY = re.compile(r"tag|version|image|sha|ref\b|release|commit|digest|revision|build", re.IGNORECASE)
_IMAGE = re.compile(rf":(?:sha-|v)?{MARK}|{MARK}@|/[\w.-]+:{MARK}|dockerImage\W+{MARK}")
_INSPECTS = ("docker", "crane", "skopeo", "regctl", "podman", "oras")
_REGISTRY_API = re.compile(r"/v2/[^\s]*manifests/|/packages/container/")
_TAG_LINES = ("tag:", "  description: Tag of the image to deploy", "  type: string", "  default: latest")


class Dispatch:
    """The manual start of a workflow that deploys."""

    def __init__(self, pipeline: Pipeline, workflow: Workflow, deploys: tuple[Deploy, ...]) -> None:
        self._pipeline = pipeline
        self._workflow = workflow
        self._deploys = deploys

    @property
    def trigger(self) -> Trigger | None:
        return self._workflow.triggers.get("workflow_dispatch")

    @property
    def exists(self) -> bool:
        return self.trigger is not None

    @property
    def add_edits(self) -> tuple[FileEdit, ...] | None:
        return set_trigger(self._workflow, "workflow_dispatch")

    @property
    def unblocking_edits(self) -> tuple[FileEdit, ...] | None:
        """Let the condition of the job that deploys hold for a manual start, where nothing else bars it."""
        job = self.blocked.site.job if self.blocked else None
        if job is None or job.workflow is not self._workflow or job.needs:
            return None
        return allow(job, "github.event_name == 'workflow_dispatch'")

    @cached_property
    def deploys(self) -> tuple[Deploy, ...]:
        """The deploys that happen, or may happen, when somebody starts it on the main branch."""
        return tuple(deploy for deploy in self._deploys if _happens_by_hand(deploy))

    @property
    def blocked(self) -> Deploy | None:
        """A deploy, where a manual start reaches none: conditions ask for what only other events tell."""
        return self._deploys[0] if self.exists and self._deploys and not self.deploys else None

    # -- the input that chooses the image ----------------------------------------------------------

    @cached_property
    def text_inputs(self) -> tuple[str, ...]:
        """The inputs that take any text."""
        found = []
        for name, node in (self.trigger.inputs if self.trigger else {}).items():
            kind = scalar_at(node, "type")
            if kind is None or kind.text == "string":
                found.append(name)
        return tuple(found)

    @cached_property
    def tag_inputs(self) -> tuple[str, ...]:
        """The inputs that choose the image: by their name, or because a reference is made of them."""
        return tuple(name for name in self.text_inputs if _LIKELY.search(name) or self._makes_image(name))

    @property
    def limited_input(self) -> str | None:
        """An input for the tag that offers only some values."""
        declared = self.trigger.inputs if self.trigger else {}
        return next((name for name in declared if re.search("tag|version", name, re.IGNORECASE)), None)

    @property
    def place(self) -> Place:
        """The trigger, or the key ``on``."""
        root = self._workflow.root
        pair = root.pair("on") if root else None
        span = self.trigger.span if self.trigger else pair.key.span if pair else self._workflow.span
        return Place(self._workflow.path, span)

    @property
    def input_edits(self) -> tuple[FileEdit, ...] | None:
        """Declare the input ``tag`` where it is read already; alone it would promise what does not happen."""
        trigger = self.trigger
        reads = re.search(r"\binputs\.tag\b", self._workflow.source.text)
        if trigger is None or self.limited_input or not reads:
            return None
        return declare_input(self._workflow, trigger, _TAG_LINES)

    def _makes_image(self, name: str) -> bool:
        return any(_IMAGE.search(text) for site in self._sites for text in self._texts(site, name))

    @cached_property
    def _sites(self) -> list[Site]:
        return [site for site in self._pipeline.runs.sites if site.call.entry is self._workflow]

    def _texts(self, site: Site, name: str) -> list[str]:
        """What a step hands to programs and actions, with a mark for what was typed."""
        contexts = self._contexts(site, name)
        texts = [interpolate(value.text, contexts) for value in site.step.inputs.values()]
        script = site.script
        for command in script.commands if script else ():
            texts += [interpolate(text, contexts) for text in _argv(script, command, contexts)]
        return texts

    def _contexts(self, site: Site, name: str) -> dict[str, Any]:
        scenarios = self._pipeline.runs.scenarios(self._workflow)
        scenario = next((s for s in scenarios if s.event == "workflow_dispatch"), scenarios[0])
        reach = self._pipeline.runs.reach(self._workflow)
        contexts = reach.contexts(site, scenario)
        inputs = Open({name: MARK})
        event = Open({**reach.github(scenario)["event"], "inputs": inputs})
        contexts["inputs"] = inputs
        contexts["github"] = Open({**reach.github(scenario), "event": event})
        env: dict[str, Any] = {}
        for layer in (site.call.workflow.env, site.job.env, site.top.step.env, site.step.env):
            contexts["env"] = Open(env)
            values = {key: interpolate(value.text, contexts) for key, value in layer.items()}
            env = {**env, **{key: value for key, value in values.items() if value != HOLE}}
        contexts["env"] = Open(env)
        return contexts

    # -- whether it gets through -------------------------------------------------------------------

    @cached_property
    def _calls(self) -> list[DokployCall]:
        return [each for each in self._pipeline.dokploy_calls if each.site.call.entry is self._workflow]

    @property
    def ignores_tag(self) -> Deploy | None:
        """A deploy by hand that takes the image which Dokploy is set to, whatever tag was typed."""
        if not self.tag_inputs or not self.deploys or self._sets_image or self._may_build_it:
            return None
        return next((deploy for deploy in self.deploys if not self._hands_over(deploy)), None)

    @property
    def _sets_image(self) -> bool:
        setters = [each for each in self._calls if each.sets_image]
        if any(self._may_hold_tag(each) for each in setters):
            return True
        mentions = re.compile(r"dockerImage|saveDockerProvider|application\.update|compose\.update")
        known = {id(each.site) for each in setters}
        return (
            any(
                (text := site.step.run or site.step.inputs.get("script")) and mentions.search(text.text)
                for site in self._sites
                if id(site) not in known
            )
            or self._retags
        )

    def _may_hold_tag(self, call: DokployCall) -> bool:
        """Whether what it sends holds the tag, or something of which nothing is known."""
        if call.body is None or call.body.text is None or HOLE in _image_field(call.body.text):
            return True
        return any(MARK in text for name in self.tag_inputs for text in self._texts(call.site, name))

    @cached_property
    def _may_build_it(self) -> bool:
        """Whether the run may publish what was chosen itself: other steps than its deploys read the input."""
        if not any(_happens_by_hand(push) for push in self._pipeline.image_pushes if self._is_own(push)):
            return False
        reads = re.compile(rf"\binputs\.(?:{'|'.join(map(re.escape, self.tag_inputs))})\b")
        deploying = {id(deploy.site.step) for deploy in self.deploys}
        return any(
            reads.search(value.text)
            for site in self._sites
            if id(site.step) not in deploying
            for value in _values(site)
        )

    def _is_own(self, effect: Effect) -> bool:
        return effect.site.call.entry is self._workflow

    @property
    def _retags(self) -> bool:
        """Whether the tag that Dokploy is set to is made to name the chosen image."""
        for site in self._sites:
            for command in site.script.named("docker", "crane", "skopeo", "regctl") if site.script else ():
                if {"create", "tag", "copy", "push"} & set(command.argv()):
                    return True
        return False

    def _hands_over(self, deploy: Deploy) -> bool:
        """Whether an action or another command gets the tag."""
        if deploy.by_script:
            return True
        if deploy.kind not in ("action", "command"):
            return False
        return any(MARK in text for name in self.tag_inputs for text in self._texts(deploy.site, name))

    # -- whether the image exists ------------------------------------------------------------------

    @property
    def unchecked(self) -> Deploy | None:
        """A deploy of a typed tag before which nothing asks the registry for the image."""
        asked = any(_asks_registry(site) for site in self._sites)
        if not self.tag_inputs or not self.deploys or asked or self._may_build_it:
            return None
        return self.deploys[0]

    @property
    def check_edits(self) -> tuple[FileEdit, ...] | None:
        """A step that asks the registry for the image of that tag."""
        pushed = {push.image.name for push in self._pipeline.image_pushes}
        names = {name for name in pushed if HOLE not in name and SOMEBODY.lower() not in name.lower()}
        if len(names) != 1 or len(pushed) != 1 or not self.deploys:
            return None
        lines = (
            "name: Check that the image exists",
            "env:",
            f"  TAG: ${{{{ inputs.{self.tag_inputs[0]} || 'latest' }}}}",
            f'run: docker buildx imagetools inspect "{names.pop()}:$TAG"',
        )
        return insert_step(self.deploys[0].site.top.step, lines)


def _happens_by_hand(effect: Effect) -> bool:
    """Whether it happens, or may, when somebody starts the workflow on the main branch."""
    return any(run.scenario.event == "workflow_dispatch" and run.scenario.main for run in effect.runs)


def _values(site: Site) -> Iterator[Scalar]:
    """What a step's expressions stand in."""
    yield from (site.step.run,) if site.step.run else ()
    yield from site.step.inputs.values()
    yield from site.step.env.values()


def _image_field(text: str) -> str:
    match = re.search(r'"dockerImage"\s*:\s*"([^"]*)"', text)
    return match.group(1) if match else HOLE


def _argv(script: Script | None, command: Any, contexts: Mapped[str, Any]) -> list[str]:
    env = {name: value for name, value in contexts["env"].items() if isinstance(value, str)}
    return script.argv(command, env) if script else []


def _asks_registry(site: Site) -> bool:
    for command in site.script.named(*_INSPECTS) if site.script else ():
        if {"inspect", "manifest", "pull", "digest"} & set(command.argv()):
            return True
    text = site.step.run or site.step.inputs.get("script")
    return text is not None and _REGISTRY_API.search(text.text) is not None
