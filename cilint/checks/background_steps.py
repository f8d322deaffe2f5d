"""Whether steps that run beside others are waited for by their right names, and stand where they may.

Facts: npm's @actions/workflow-parser, converter/steps; github.blog/changelog, 2026-06-25.
"""

from __future__ import annotations

from collections.abc import Iterator

from cilint.errors import nearest
from cilint.findings.finding import Severity
from cilint.findings.violation import Options, Violation
from cilint.model.edits import replace_scalar
from cilint.model.workflow import Workflow, scalar_at, scalars
from cilint.pipeline.pipeline import Pipeline
from cilint.syntax.yaml import Mapping, Pair, Scalar, Sequence

_ALONE = ("background", "wait", "wait-all", "cancel", "parallel")
"""Keys that no step of a ``parallel`` group may have."""


MAX_NAMES = 50  # among which a better one is looked for


def run(pipeline: Pipeline, _options: Options) -> Iterator[Violation]:
    """Values: ``problem``, ``better`` (the right id, or empty)."""
    for workflow in pipeline.target_workflows:
        for job in workflow.jobs:
            steps = job.node.get("steps")
            if isinstance(steps, Sequence):
                yield from _of_steps(workflow, steps)


def _of_steps(workflow: Workflow, steps: Sequence) -> Iterator[Violation]:
    background: dict[str, bool] = {}  # the steps before, by id, and whether they run beside others
    for item in steps.items:
        step = item.resolved
        if not isinstance(step, Mapping):
            continue
        yield from _of_group(workflow, step)
        every = scalar_at(step, "wait-all")
        if every is not None and every.value is False:
            yield _told(workflow, every, "`wait-all` waits, or is not there: its value is true or nothing")
        for key in ("wait", "cancel"):
            yield from _of_targets(workflow, step, step.pair(key), background)
        own = scalar_at(step, "id")
        if own is not None:
            background[own.text] = step.get("background") is not None


def _of_group(workflow: Workflow, step: Mapping) -> Iterator[Violation]:
    group = step.get("parallel")
    for item in group.items if isinstance(group, Sequence) else ():
        inner = item.resolved
        for pair in inner.pairs if isinstance(inner, Mapping) else ():
            if isinstance(pair.key, Scalar) and pair.key.text in _ALONE:
                said = f"the steps of a `parallel` group run beside each other: none takes `{pair.key.text}`"
                yield _told(workflow, pair.key, said)


def _of_targets(
    workflow: Workflow, step: Mapping, pair: Pair | None, background: dict[str, bool]
) -> Iterator[Violation]:
    own = scalar_at(step, "id")
    for target in scalars(pair.value.resolved) if pair else ():
        name = target.text
        if not name or "${{" in name:
            continue
        if own is not None and own.text.lower() == name.lower():
            yield _told(workflow, target, f"the step `{name}` would wait for itself")
        elif name not in background:
            better = nearest(name, tuple(background)) if len(background) <= MAX_NAMES else None
            hint = f"; did you mean `{better}`?" if better else ""
            said = f"no step before this one has the id `{name[:60]}`{hint}"
            edits = better and replace_scalar(workflow.path, workflow.document, target, better)
            values = {"problem": said, "better": better or ""}
            yield Violation(workflow.path, target.span, values, edits=edits or ())
        elif not background[name]:
            said = f"the step `{name}` has no `background: true`, so that it is over before this one begins"
            yield _told(workflow, target, said, Severity.WARNING)


def _told(workflow: Workflow, node: Scalar, said: str, severity: Severity | None = None) -> Violation:
    return Violation(workflow.path, node.span, {"problem": said, "better": ""}, severity=severity)
