"""Whether what publishes the image waits for the checks of its workflow, and heeds them."""

from __future__ import annotations

from collections.abc import Iterator

from cilint.findings.finding import Label
from cilint.findings.violation import Options, Violation
from cilint.pipeline.effects.gate_tools import GateKind
from cilint.pipeline.gating import Unwaited, unwaited
from cilint.pipeline.pipeline import Pipeline

_KINDS: tuple[GateKind, ...] = ("lint", "type-check", "test")


def run(pipeline: Pipeline, options: Options) -> Iterator[Violation]:
    """At most one violation a publication; values: ``problem``, ``advice``, ``jobs``."""
    for workflow in pipeline.build_workflows:
        for found in unwaited(workflow, _KINDS):
            yield _violation(found)


def _violation(found: Unwaited) -> Violation:
    checks = " and ".join(dict.fromkeys(gate.words for gate in found.gates))
    jobs = ", ".join(found.jobs)
    labels = tuple(Label(gate.path, gate.span, "checks here") for gate in found.gates)
    problem = f"the image is published without waiting for {checks}"
    advice = f"name {jobs} in `needs`"
    if found.heedless:
        problem = f"the image is published even if {checks} failed"
        advice = "leave the status function out, or test for success"
    values = {"problem": problem, "advice": advice, "jobs": jobs}
    return Violation(found.path, found.span, values, labels, found.edits or ())
