"""Whether the steps of the build come in the order in which they need one another."""

from __future__ import annotations

from collections.abc import Iterator

from cilint.findings.finding import Label
from cilint.findings.violation import Options, Violation
from cilint.pipeline.effects.gates import Gate
from cilint.pipeline.effects.images import ImageBuild
from cilint.pipeline.effects.node_setup import StepInstall
from cilint.pipeline.pipeline import Pipeline
from cilint.pipeline.runs import Effect
from cilint.pipeline.sites import Call, Site


def run(pipeline: Pipeline, options: Options) -> Iterator[Violation]:
    """One violation a step that comes too late or too early; values: ``late``, ``early``, ``why``."""
    yield from _setups(pipeline)
    for gate in pipeline.gates:
        if gate.call is None or gate.call.command.name == "docker":
            continue
        found = next(
            filter(None, (_after_build(pipeline, gate, each) for each in pipeline.image_builds)), None
        )
        found = found or _before_install(pipeline, gate)
        if found:
            yield found


def _setups(pipeline: Pipeline) -> Iterator[Violation]:
    runs = pipeline.runs
    first_setups = runs.first_steps({each.site for each in pipeline.node_setups}.__contains__)
    checkouts = runs.first_steps(_checks_out)
    installs: dict[Call, StepInstall] = {}
    for install in pipeline.step_installs:
        installs.setdefault(install.site.call, install)
    for setup in pipeline.node_setups:
        call, place = setup.site.call, runs.position(setup.site)
        early = installs.get(call)
        if early and runs.precedes(early.site, setup.site) and first_setups[call] == place:
            values = {
                "late": "setting up Node.js", "early": "installing",
                "why": "the dependencies are installed for another version than the checks run on",
            }  # fmt: skip
            yield Violation(setup.path, setup.span, values, _label(early, "installs here"))
        late = checkouts.get(call, -1) > place
        if late and setup.site.input("node-version-file") and not setup.site.parent:
            why = "the version file is not there when Node.js is set up"
            values = {"late": "checking out", "early": "setting up Node.js", "why": why}
            checkout = runs.steps(call)[checkouts[call]]
            yield Violation(
                setup.path, setup.span, values, (Label(checkout.path, checkout.span, "checks out here"),)
            )


def _checks_out(site: Site) -> bool:
    return site.step.action is not None and site.step.action.name == "actions/checkout"


def _after_build(pipeline: Pipeline, gate: Gate, build: ImageBuild) -> Violation | None:
    """The gate comes after a build of the image, in the same job or in one that waits for it.

    Where the build itself publishes, the rule of the gate tells.
    """
    if build.target or (build.publishes and not build.copies.all):
        return None
    same = gate.site.call is build.site.call
    if same:
        after = pipeline.runs.comes_before(build, gate)
    else:
        after = gate.site.call.entry is build.site.call.entry and pipeline.runs.needs(
            gate.site.call, build.site.call
        )
    others = [each for each in pipeline.gates if each.kind == gate.kind and each is not gate]
    if not after or any(_comes_first(pipeline, each, build) for each in others):
        return None
    values = {
        "late": gate.words,
        "early": "building the image",
        "why": "what it finds is told only after the build",
    }
    return Violation(gate.path, gate.span, values, _label(build, "builds here"))


def _comes_first(pipeline: Pipeline, gate: Gate, build: ImageBuild) -> bool:
    """Whether the build waits for the gate, in its own job or as a job."""
    if gate.site.call is build.site.call:
        return pipeline.runs.comes_before(gate, build)
    return pipeline.runs.needs(build.site.call, gate.site.call)


def _before_install(pipeline: Pipeline, gate: Gate) -> Violation | None:
    """The gate comes before the only install of its job."""
    installs = [each for each in pipeline.step_installs if each.site.call is gate.site.call]
    if not installs or not all(pipeline.runs.comes_before(gate, each) for each in installs):
        return None
    values = {"late": "installing", "early": gate.words, "why": "what it needs is not installed yet"}
    return Violation(gate.path, gate.span, values, _label(installs[0], "installs here"))


def _label(effect: Effect, text: str) -> tuple[Label, ...]:
    return (Label(effect.path, effect.span, text),)
