"""Versions that are written as numbers, of which GitHub drops the last zero."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cilint.findings.violation import Options, Violation
from cilint.model.action import Action
from cilint.model.workflow import Workflow, mapping_at, scalar_at
from cilint.pipeline.pipeline import Pipeline
from cilint.syntax import yaml_edit
from cilint.syntax.yaml import Mapping, Node, Scalar, Sequence

_NUMBER = re.compile(r"\d+\.\d*0")
_NAME = re.compile(
    r"(?i)version|python|node|ruby|golang|\bgo\b|php|java|jdk|rust|dotnet|perl|elixir|otp|django|rails|kotlin|"
    r"swift|postgres|mysql|mongo|redis|terraform|\bpy\b|\btag\b|release"
)


def run(pipeline: Pipeline, _options: Options) -> Iterator[Violation]:
    """Values: ``text``, ``read`` (what GitHub makes of it)."""
    for file in pipeline.target_yaml_files:
        for name, scalar in _values(file):
            read = _read(scalar)
            if read is None or not _NAME.search(name):
                continue
            try:
                edits = tuple(yaml_edit.set_scalar(file.document, scalar, scalar.text))
            except yaml_edit.EditRefused:
                edits = ()
            yield Violation(file.path, scalar.span, {"text": scalar.text, "read": read}, edits=edits)


def _read(scalar: Scalar) -> str | None:
    """The text that GitHub makes of a number, where it is another one."""
    if scalar.style != "plain" or not _NUMBER.fullmatch(scalar.text) or not isinstance(scalar.value, float):
        return None
    return f"{scalar.value:.15g}"


def _values(file: Workflow | Action) -> Iterator[tuple[str, Scalar]]:
    """Values that become texts, each with the key that it stands under."""
    if isinstance(file, Workflow):
        yield from file.env.items()
        for job in file.jobs:
            yield from (*job.env.items(), *job.inputs.items())
            yield from _below("", job.matrix)
    else:
        inputs = mapping_at(file.root, "inputs")
        for name in inputs.keys() if inputs else ():
            default = scalar_at(mapping_at(inputs, name), "default")
            if default is not None:
                yield name, default
    owners = (file,) if isinstance(file, Action) else file.jobs
    for step in (each for owner in owners for each in owner.steps):
        yield from (*step.env.items(), *step.inputs.items())


def _below(name: str, node: Node | None) -> Iterator[tuple[str, Scalar]]:
    """The scalars of a matrix."""
    waiting = [(name, node)] if node else []
    while waiting:
        key, each = waiting.pop()
        if isinstance(each, Scalar):
            yield key, each
        elif isinstance(each, Sequence):
            waiting += [(key, item) for item in each.items]
        elif isinstance(each, Mapping):
            waiting += [(pair.key.text, pair.value) for pair in each.pairs if isinstance(pair.key, Scalar)]
