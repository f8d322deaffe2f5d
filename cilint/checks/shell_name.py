"""Whether the `shell` of scripts is one that the runner has.

Facts: docs.github.com, "jobs.<job_id>.steps[*].shell"; actions/runner, ScriptHandlerHelpers.
"""

from __future__ import annotations

from collections.abc import Iterator

from cilint.errors import nearest
from cilint.findings.finding import Severity
from cilint.findings.violation import Options, Violation
from cilint.model.workflow import Job, mapping_at, scalar_at
from cilint.pipeline.pipeline import Pipeline
from cilint.syntax.yaml import Mapping, Scalar

EVERYWHERE = ("bash", "pwsh", "python")
WINDOWS = ("cmd", "powershell")
OTHERS = ("sh",)  # not on Windows
SYSTEMS = {"windows": "windows", "ubuntu": "linux", "linux": "linux", "macos": "macos"}


def run(pipeline: Pipeline, _options: Options) -> Iterator[Violation]:
    """Values: ``problem``."""
    for workflow in pipeline.target_workflows:
        yield from _of_shell(workflow.path, _default(workflow.root), "")
        for job in workflow.jobs:
            system = _system(job)
            yield from _of_shell(workflow.path, _default(job.node), system)
            for step in job.steps:
                yield from _of_shell(workflow.path, scalar_at(step.node, "shell"), system)
    for action in pipeline.target_actions:
        for step in action.steps:
            yield from _of_shell(action.path, scalar_at(step.node, "shell"), "")


def _default(owner: Mapping | None) -> Scalar | None:
    return scalar_at(mapping_at(mapping_at(owner, "defaults"), "run"), "shell")


def _system(job: Job) -> str:
    """``windows``, ``linux`` or ``macos`` where a label of the runner says so."""
    for label in job.runs_on:
        name = label.text.lower()
        for prefix, system in SYSTEMS.items():
            if name.startswith(prefix):
                return system
    return ""


def _of_shell(path: str, scalar: Scalar | None, system: str) -> Iterator[Violation]:
    if scalar is None or not scalar.text or "${{" in scalar.text or "{0}" in scalar.text:
        return
    name, severity = scalar.text.lower(), Severity.ERROR
    known = (*EVERYWHERE, *WINDOWS, *OTHERS)
    if name not in known:
        better = nearest(name, known)
        hint = f"; did you mean `{better}`?" if better else ""
        said = f"the runner has no shell `{scalar.text}`: any other takes the script's path as `{{0}}`{hint}"
    elif system and system != "windows" and name in WINDOWS:
        said = f"`{name}` is on Windows alone, and this runs on {_title(system)}"
    elif system == "windows" and name in OTHERS:
        said, severity = f"`{name}` is not on Windows; `bash` is", Severity.WARNING
    else:
        return
    yield Violation(path, scalar.span, {"problem": said}, severity=severity)


def _title(system: str) -> str:
    return "macOS" if system == "macos" else system.capitalize()
