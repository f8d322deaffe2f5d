"""Lists and mappings in which there is nothing, and counts of nothing."""

from __future__ import annotations

from collections.abc import Iterator

from cilint.findings.finding import Severity
from cilint.findings.violation import Options, Violation
from cilint.model.workflow import Job, Trigger, Workflow, mapping_at, scalars
from cilint.pipeline.pipeline import Pipeline
from cilint.syntax.yaml import Mapping, Node, Pair, Scalar, Sequence
from cilint.text.source import Span

Told = Iterator[tuple[Span, str, Severity]]

LISTS = {"runs-on": "no machine is named", "needs": "leave it out", "steps": "the job does nothing"}
SAID = {"run": "the step does nothing", "if": "nothing is asked, so that it always holds"}
TEXTS = ("run", "if", "working-directory", "container", "environment", "run-name", "concurrency")
MAPPINGS = ("with", "env", "strategy", "services", "outputs", "defaults", "secrets")
INSIDE = {"defaults": ("run",), "environment": ("name", "url"), "container": ("env",)}
COUNTS = ("timeout-minutes", "cancel-timeout-minutes")


def run(pipeline: Pipeline, _options: Options) -> Iterator[Violation]:
    """Values: ``problem``."""
    for workflow in pipeline.target_workflows:
        for span, problem, severity in _of_workflow(workflow):
            yield Violation(workflow.path, span, {"problem": problem}, severity=severity)


def _of_workflow(workflow: Workflow) -> Told:
    root = workflow.root
    if root is None or not all(error.readable for error in workflow.document.errors):
        return  # what cannot be read may look empty
    yield from _empty(root.pair("on"), "nothing ever starts this workflow", Severity.ERROR)
    yield from _empty(root.pair("jobs"), "a workflow needs a job", Severity.ERROR)
    yield from _vain(root)
    for trigger in workflow.triggers.values():
        yield from _of_trigger(trigger)
    for job in workflow.jobs:
        yield from _of_job(job)


def _empty(pair: Pair | None, why: str, severity: Severity = Severity.WARNING) -> Told:
    """The key whose list or mapping is empty."""
    if pair is None or not isinstance(pair.key, Scalar):
        return
    node = pair.value.resolved
    items = node.items if isinstance(node, Sequence) else node.pairs if isinstance(node, Mapping) else None
    nothing = items is not None and not items
    if nothing or (isinstance(node, Scalar) and not node.text and pair.key.text == "on"):
        yield pair.key.span, f"`{pair.key.text}` is empty: {why}", severity


def _of_trigger(trigger: Trigger) -> Told:
    if trigger.event == "schedule" and isinstance(trigger.value, Sequence) and not trigger.value.items:
        yield trigger.span, "`schedule` is empty: the workflow never runs by it", Severity.WARNING
    node = trigger.node
    for pair in node.pairs if node else ():
        yield from _empty(pair, "leave it out, or name what is meant") if _is_list(pair.value) else ()
    for options in (each.pair("options") for each in trigger.inputs.values() if each):
        yield from _empty(options, "there is nothing to choose")
        for option in scalars(options.value.resolved) if options else ():
            if not option.text:
                yield option.span, "an option is empty: nobody can see what it means", Severity.WARNING
    outputs = mapping_at(node, "outputs")
    for name in outputs.keys() if outputs else ():
        output = mapping_at(outputs, name)
        value = output.pair("value") if output else None
        if value and isinstance(value.value, Scalar) and not value.value.text:
            yield value.key.span, f"the output `{name}` has no value", Severity.WARNING


def _vain(owner: Mapping) -> Told:
    """Keys of a workflow, a job or a step that GitHub takes empty, as if they were not there."""
    for pair in owner.pairs:
        key = pair.key.text if isinstance(pair.key, Scalar) else ""
        node = pair.value.resolved
        blank = isinstance(node, Scalar) and not node.text and key in TEXTS
        if blank or (isinstance(node, Mapping) and not node.pairs and key in MAPPINGS):
            severity = Severity.WARNING if key == "run" else Severity.INFO
            yield pair.key.span, f"`{key}` is empty: {SAID.get(key, 'leave it out')}", severity
        for inner in node.pairs if isinstance(node, Mapping) and key in INSIDE else ():
            name = inner.key.text if isinstance(inner.key, Scalar) else ""
            if name in INSIDE[key] and _says_nothing(inner.value.resolved):
                yield inner.key.span, f"`{name}` of `{key}` is empty: leave it out", Severity.INFO


def _says_nothing(node: Node) -> bool:
    return not node.text if isinstance(node, Scalar) else isinstance(node, Mapping) and not node.pairs


def _is_list(node: Node) -> bool:
    return isinstance(node.resolved, Sequence)


def _of_job(job: Job) -> Told:
    for key, why in LISTS.items():
        pair = job.node.pair(key)
        if pair and _is_list(pair.value):
            yield from _empty(pair, why)
    if job.node.get("steps") is None and job.node.pair("runs-on") and job.uses is None:
        yield job.span, f"`{job.id}` has no `steps`: the job does nothing", Severity.WARNING
    runs_on = job.node.pair("runs-on")
    labels = mapping_at(job.node, "runs-on")
    yield from _empty(runs_on, "no machine is named") if labels is not None else ()
    yield from _empty(labels.pair("labels") if labels else None, "leave it out")
    if job.matrix is not None:
        yield from _of_matrix(job.matrix)
    strategy = mapping_at(job.node, "strategy")
    yield from _count(strategy.get("max-parallel") if strategy else None, "max-parallel", whole=True)
    for owner in (job.node, *(step.node for step in job.steps)):
        yield from _vain(owner)
        for key in COUNTS:
            yield from _count(owner.get(key), key, whole=False)


def _of_matrix(matrix: Mapping) -> Told:
    if not matrix.pairs:
        yield matrix.span, "`matrix` is empty: it makes no job", Severity.ERROR
    for pair in matrix.pairs:
        axis = isinstance(pair.key, Scalar) and pair.key.text not in ("include", "exclude")
        if _is_list(pair.value):
            severity = Severity.ERROR if axis else Severity.WARNING
            yield from _empty(pair, "it makes no job" if axis else "leave it out", severity)


def _count(node: Node | None, key: str, *, whole: bool) -> Told:
    if not isinstance(node, Scalar) or "${{" in node.text:
        return
    value = node.value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return
    if value <= 0:
        yield node.span, f"`{key}` must be more than 0", Severity.ERROR
    elif whole and value != int(value):
        yield node.span, f"`{key}` must be a whole number", Severity.ERROR
