"""Inputs, secrets and outputs that are declared and that nothing reads.

Said of what only expressions of the same file can read: a form's inputs are in the event's payload too, which
any program may open, so that a file which speaks of the payload is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from cilint.model.action import Action
from cilint.model.workflow import Workflow, mapping_at
from cilint.pipeline.expressions import parts_of, paths_read
from cilint.syntax.yaml import Mapping, Scalar
from cilint.text.hints import TYPE_CHECKING, Literal
from cilint.text.values import NamedTuple

if TYPE_CHECKING:
    from cilint.pipeline.pipeline import Pipeline

Declared = Literal["input", "secret", "output"]
Path = tuple[str, ...]

_INPUTS: tuple[Path, ...] = (("inputs",), ("github", "event", "inputs"))
_PAYLOAD = ("event_path", "payload")


class UnusedName:
    """One declaration; ``owner`` is the event, the action or the job that has it."""

    def __init__(self, path: str, key: Scalar, what: Declared, owner: str) -> None:
        self.path = path
        self.span = key.span
        self.name = key.text
        self.what = what
        self.owner = owner


def unused_names(pipeline: Pipeline) -> Iterator[UnusedName]:
    """In the target files that GitHub can read and whose expressions are all understood."""
    files: tuple[Workflow | Action, ...] = (*pipeline.target_workflows, *pipeline.target_actions)
    for file in files:
        declared = tuple(_of_workflow(file) if isinstance(file, Workflow) else _of_action(file))
        read = _reads(file) if any(each.names for each in declared) else None
        if read is not None:
            for each in declared:
                yield from each.unread(file.path, read)


class _Declarations(NamedTuple):
    """Names declared together; ``readers`` are the paths below which expressions read them."""

    names: tuple[Scalar, ...]
    what: Declared
    owner: str
    readers: tuple[Path, ...]

    def unread(self, path: str, read: set[Path]) -> Iterator[UnusedName]:
        for key in self.names:
            wanted = [(*reader, key.text.lower()) for reader in self.readers]
            if not any(_meets(each, found) for each in wanted for found in read):
                yield UnusedName(path, key, self.what, self.owner)


def _of_workflow(workflow: Workflow) -> Iterator[_Declarations]:
    text = workflow.source.text.lower()
    opens_event = any(word in text for word in _PAYLOAD)
    inherits = any(getattr(job.node.get("secrets"), "text", "") == "inherit" for job in workflow.jobs)
    for event in ("workflow_call", "workflow_dispatch"):
        trigger = workflow.triggers.get(event)
        if trigger is not None and not opens_event:
            yield _Declarations(_keys(trigger.node, "inputs"), "input", event, _INPUTS)
        if trigger is not None and event == "workflow_call" and not inherits:
            yield _Declarations(_keys(trigger.node, "secrets"), "secret", event, (("secrets",),))
    for job in workflow.jobs:
        name = job.id.lower()
        readers = (("needs", name, "outputs"), ("jobs", name, "outputs"))
        yield _Declarations(_keys(job.node, "outputs"), "output", job.id, readers)


def _of_action(action: Action) -> Iterator[_Declarations]:
    """Only a composite action's: the programs of others get all inputs as variables."""
    if action.using == "composite":
        yield _Declarations(_keys(action.root, "inputs"), "input", "action", (("inputs",),))


def _keys(node: Mapping | None, name: str) -> tuple[Scalar, ...]:
    found = mapping_at(node, name)
    return tuple(pair.key for pair in found.pairs if isinstance(pair.key, Scalar)) if found else ()


def _meets(wanted: Path, found: Path) -> bool:
    """Whether reading ``found`` reads ``wanted``, as a whole that it is a part of, or through ``*``."""
    return all(name in (each, "*") for each, name in zip(wanted, found, strict=False))


def _reads(file: Workflow | Action) -> set[Path] | None:
    """What the expressions of the file read; None where that is not known for certain."""
    if file.document.errors or file.reading.problems:
        return None
    found: set[Path] = set()
    for slot in file.reading.slots:
        for part in parts_of(slot):
            if part.expr is None:
                return None
            found.update(paths_read(part.expr))
    return found
