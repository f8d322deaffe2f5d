"""Whether steps give actions the inputs that these take: of this repository and of the well-known ones."""

from __future__ import annotations

from collections.abc import Iterator

from cilint.errors import nearest
from cilint.findings.violation import Change, Options, Violation
from cilint.model.action import Action
from cilint.model.known_actions import ActionSpec, known_action, version_of
from cilint.model.rename import renamed
from cilint.model.workflow import Step, Workflow, mapping_at, scalar_at
from cilint.pipeline.pipeline import Pipeline
from cilint.pipeline.step_outputs import local_action
from cilint.syntax.yaml import Mapping, Scalar

MAX_INPUTS = 200  # of one step; no action takes as many
DOCKER = ("args", "entrypoint")  # of every action that runs in Docker


def run(pipeline: Pipeline, _options: Options) -> Iterator[Violation]:
    """Values: ``problem``, ``better`` (the right name, or empty)."""
    for workflow in pipeline.target_workflows:
        for job in workflow.jobs:
            for step in job.steps:
                yield from _of_step(pipeline, workflow, step)
    for action in pipeline.target_actions:
        for step in action.steps:
            yield from _of_step(pipeline, action, step)


def _of_step(pipeline: Pipeline, file: Workflow | Action, step: Step) -> Iterator[Violation]:
    uses = step.uses
    if uses is None or step.action is None or "${{" in uses.text:
        return
    local = local_action(pipeline.project, uses.text)
    if local is not None:
        spec = _declared(local)
    elif step.action.name:
        version = version_of(step.action, file.source, uses.span)
        spec = known_action(step.action.name, version) if version else None
    else:
        spec = None
    given = step.node.get("with")
    if spec is not None and (given is None or isinstance(given, Mapping)):
        yield from _of_inputs(step, spec, given, local)


def _of_inputs(
    step: Step, spec: ActionSpec, given: Mapping | None, local: Action | None
) -> Iterator[Violation]:
    assert step.uses is not None
    name = f"`{step.uses.text}`"
    lines = {key.text.lower() for key, _ in given.pairs if isinstance(key, Scalar)} if given else set()
    free = {each for lowered, each in spec.inputs.items() if lowered not in lines}
    for key, _ in given.pairs[:MAX_INPUTS] if given else ():
        if not isinstance(key, Scalar) or "${{" in key.text:
            return
        lowered = key.text.lower()
        if lowered in spec.deprecated:
            why = _deprecation(local, lowered)
            values = {"problem": f"the input `{key.text}` of {name} is deprecated{why}", "better": ""}
            yield Violation(step.path, key.span, values)
        elif lowered not in spec.inputs and not spec.any_input:
            yield _unknown(step, spec, key, name, free)
    absent = [each for each in spec.required if each.lower() not in lines]
    if absent:
        names = " and ".join(f"`{each}`" for each in absent)
        values = {"problem": f"{name} needs the input{'s' if len(absent) > 1 else ''} {names}", "better": ""}
        yield Violation(step.path, step.uses.span, values)


def _unknown(step: Step, spec: ActionSpec, key: Scalar, name: str, free: set[str]) -> Violation:
    better = nearest(key.text, free)
    known = ", ".join(f"`{each}`" for each in spec.inputs.values())
    others = f"; it takes {known}" if 0 < len(known) < 100 else "" if known else "; it takes none"
    hint = f"; did you mean `{better}`?" if better else others
    values = {"problem": f"{name} has no input `{key.text[:60]}`{hint}", "better": better or ""}
    return Violation(step.path, key.span, values, edits=_renamed(step, key, better))


def _renamed(step: Step, key: Scalar, better: str | None) -> tuple[Change, ...]:
    given = step.node.get("with")
    if better is None or not isinstance(given, Mapping):
        return ()
    return renamed(step.document, given, key, better)


def _declared(action: Action) -> ActionSpec | None:
    """The inputs that the metadata of an action in this repository declares; None where it is broken."""
    if action.root is None or action.document.errors:
        return None
    node = action.root.get("inputs")
    if node is not None and not isinstance(node, Mapping):
        return None
    inputs: dict[str, str] = {}
    required, deprecated = [], set()
    for key, value in node.pairs if node else ():
        if not isinstance(key, Scalar):
            continue
        inputs[key.text.lower()] = key.text
        entry = value.resolved
        if not isinstance(entry, Mapping):
            continue
        wanted = scalar_at(entry, "required")
        if wanted is not None and wanted.value is True and entry.get("default") is None:
            required.append(key.text)
        if entry.get("deprecationMessage") is not None:
            deprecated.add(key.text.lower())
    if action.using == "docker":
        inputs.update({name: name for name in DOCKER if name not in inputs})
    return ActionSpec(inputs, tuple(required), frozenset(deprecated), ())


def _deprecation(action: Action | None, name: str) -> str:
    """What the action says about it."""
    declared = mapping_at(action.root, "inputs") if action else None
    for key, value in declared.pairs if declared else ():
        entry = value.resolved
        if isinstance(key, Scalar) and key.text.lower() == name and isinstance(entry, Mapping):
            message = scalar_at(entry, "deprecationMessage")
            return f": {message.text.strip()}" if message and message.text.strip() else ""
    return ""
