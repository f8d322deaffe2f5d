"""Values that are an expression without its braces, and so nothing but their own words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cilint.findings.violation import Options, Violation
from cilint.model.action import Action
from cilint.model.schema import Trail
from cilint.model.workflow import Workflow, mapping_at, step_entries
from cilint.model.workflow import entries as entries_of
from cilint.pipeline.expression_scopes import Scopes
from cilint.pipeline.expression_types import Object
from cilint.pipeline.pipeline import Pipeline
from cilint.syntax import yaml_edit
from cilint.syntax.yaml import Mapping, Node, Scalar

_ACCESS = re.compile(r"(github|inputs|env|secrets|steps|needs|matrix|vars|runner)((?:\.[A-Za-z_][\w-]*)+)")
_SHOUTED = re.compile(r"\.[A-Z_][A-Z0-9_]*")
_OUTCOME = re.compile(r"\.[\w-]+\.(outputs\.[\w-]+|outcome|conclusion|result)")


def run(pipeline: Pipeline, _options: Options) -> Iterator[Violation]:
    """Values: ``text``."""
    for file in pipeline.target_yaml_files:
        scopes = Scopes(file, pipeline.project)
        for trail, scalar in _values(file):
            found = _ACCESS.fullmatch(scalar.text)
            if found is None or not _is_meant(found[1], found[2], scopes, trail):
                continue
            try:
                edits = tuple(yaml_edit.set_scalar(file.document, scalar, f"${{{{ {scalar.text} }}}}"))
            except yaml_edit.EditRefused:
                edits = ()
            yield Violation(file.path, scalar.span, {"text": scalar.text}, edits=edits)


def _is_meant(context: str, path: str, scopes: Scopes, trail: Trail) -> bool:
    """Whether the context has that: `env.py` and `matrix.json` are the names of files."""
    if context in ("secrets", "env", "vars"):
        return _SHOUTED.fullmatch(path) is not None
    if context in ("steps", "needs"):
        return _OUTCOME.fullmatch(path) is not None
    known = scopes.at(trail)(context)
    return isinstance(known, Object) and path.split(".")[1].lower() in (name.lower() for name in known.props)


def _values(file: Workflow | Action) -> Iterator[tuple[Trail, Scalar]]:
    """Variables, inputs and outputs with the keys that lead to them."""
    if isinstance(file, Action):
        yield from _of_steps(("runs",), file.runs)
        return
    yield from _of_mapping(("env",), mapping_at(file.root, "env"))
    for job in file.jobs:
        at = ("jobs", job.id)
        for key in ("env", "with", "outputs", "secrets"):
            yield from _of_mapping((*at, key), mapping_at(job.node, key))
        yield from _of_steps(at, job.node)


def _of_steps(at: Trail, owner: Mapping | None) -> Iterator[tuple[Trail, Scalar]]:
    nodes: Node | None = owner.get("steps") if owner else None
    for number, step, _ in step_entries(nodes):
        for key in ("env", "with"):
            yield from _of_mapping((*at, "steps", number, key), mapping_at(step, key))


def _of_mapping(at: Trail, node: Mapping | None) -> Iterator[tuple[Trail, Scalar]]:
    for name, scalar in entries_of(node).items():
        yield (*at, name), scalar
