"""Defaults of inputs that are texts, written as a number or a Boolean."""

from __future__ import annotations

from collections.abc import Iterator

from cilint.findings.finding import Severity
from cilint.findings.violation import Options, Violation
from cilint.model.workflow import scalar_at
from cilint.pipeline.pipeline import Pipeline
from cilint.syntax import yaml_edit

_TEXTS = ("string", "choice", "environment")


def run(pipeline: Pipeline, _options: Options) -> Iterator[Violation]:
    """Values: ``name`` (of the input), ``text``."""
    for workflow in pipeline.target_workflows:
        for event in ("workflow_dispatch", "workflow_call"):
            trigger = workflow.triggers.get(event)
            for name, node in trigger.inputs.items() if trigger else ():
                kind, default = scalar_at(node, "type"), scalar_at(node, "default")
                if default is None or default.value is None or isinstance(default.value, str):
                    continue
                if kind is not None and kind.text not in _TEXTS:
                    continue
                try:
                    edits = tuple(yaml_edit.set_scalar(workflow.document, default, default.text))
                except yaml_edit.EditRefused:
                    edits = ()
                # A form takes it as it is; a caller's input must have its type.
                severity = Severity.INFO if event == "workflow_dispatch" else Severity.WARNING
                values = {"name": name, "text": default.text}
                yield Violation(workflow.path, default.span, values, edits=edits, severity=severity)
