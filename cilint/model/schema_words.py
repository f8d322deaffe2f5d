"""How messages name the parts of workflows and actions."""

from __future__ import annotations

from cilint.model import schema_data
from cilint.syntax.yaml import Mapping, Node, Sequence

EVENT_MAPPINGS = frozenset(
    schema_data.WORKFLOW_SHAPES[shape][3][0]
    for shape in schema_data.WORKFLOW_MAPPINGS["on-mapping-strict"][0].values()
    if schema_data.WORKFLOW_SHAPES[shape][3]
)
"""The mappings of the schema that hold the filters of an event."""

_NAMES = {
    "workflow-root-strict": "a workflow",
    "action-root-strict": "an action",
    "on-mapping-strict": "`on`",
    "job-factory": "a job",
    "workflow-job": "a job that calls a workflow",
    "run-step": "a step with `run`",
    "regular-step": "a step with `uses`",
    "uses-step": "a step with `uses`",
    "wait-step": "a step with `wait`",
    "wait-all-step": "a step with `wait-all`",
    "cancel-step": "a step with `cancel`",
    "parallel-step": "a step with `parallel`",
    "cron-mapping": "an entry of `schedule`",
    "container-runs-strict": "an action that runs in Docker",
    "node-runs-strict": "an action that runs in Node",
    "composite-runs-strict": "a composite action",
    "input-strict": "an input",
    "output-definition": "an output",
    "workflow-call-input-definition": "an input",
    "workflow-call-secret-mapping-definition": "a secret",
    "workflow-call-output-definition": "an output",
    "dispatch-input": "an input",
    "container-registry-credentials": "`credentials`",
    "service-container-mapping": "a service",
    "permissions-mapping": "`permissions`",
    "workflow-defaults-run": "`run` of `defaults`",
    "job-defaults-run": "`run` of `defaults`",
    "job-environment-mapping": "`environment`",
}
_SUFFIXES = ("-mapping", "-strict")
_SCALARS = {"n": "nothing", "b": "`true` or `false`", "d": "a number", "s": "a text", "S": "a text"}


def listed(mapping: str) -> str:
    """What a mapping of the schema is called, as the subject of a sentence."""
    if mapping in _NAMES:
        return _NAMES[mapping]
    name = mapping
    for suffix in _SUFFIXES:
        name = name.removesuffix(suffix)
    if mapping in EVENT_MAPPINGS:
        return f"`{name.replace('-', '_')}`"
    return f"`{name.removeprefix('workflow-').removeprefix('job-')}`"


def place_name(trail: tuple[str | int, ...]) -> str:
    """A value by the key that leads to it."""
    names = [each for each in trail if isinstance(each, str)]
    if not names:
        return "the file"
    if isinstance(trail[-1], str):
        return f"`{trail[-1]}`"
    return {"steps": "a step", "parallel": "a step"}.get(names[-1], f"an item of `{names[-1]}`")


def wanted(shape: tuple[str, tuple[str, ...], str, tuple[str, ...], str]) -> str:
    """What a shape takes, in words."""
    scalars, constants, item, mappings, _ = shape
    parts = list(dict.fromkeys(_SCALARS[letter] for letter in scalars if letter in _SCALARS))
    if constants:
        known = ", ".join(f"`{text}`" for text in constants)
        parts.append(f"one of {known}" if len(constants) <= 24 else "a known name")
    if item:
        parts.append("a list")
    if mappings:
        parts.append("a mapping")
    return " or ".join(parts) or "something else"


def kind_of_value(node: Node) -> str:
    return "a mapping" if isinstance(node, Mapping) else "a list" if isinstance(node, Sequence) else "a text"
