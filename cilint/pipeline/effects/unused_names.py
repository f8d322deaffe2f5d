"""Inputs, secrets and outputs that are declared and that nothing reads.

Said of what only expressions of the same file can read: a form's inputs are in the event's payload too, which
any program may open, so that a file which speaks of the payload is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from cilint.model.action import Action
from cilint.model.workflow import Workflow, mapping_at
from cilint.pipeline.expressions import parts, paths_read
from cilint.syntax.yaml import Mapping, Scalar
from cilint.text.hints import TYPE_CHECKING, Literal
from cilint.text.values import NamedTuple

if TYPE_CHECKING:
    from cilint.pipeline.pipeline import Pipeline

Declared = Literal["input", "secret", "output"]
Path = tuple[str, ...]

MAX_FILTERS = 100  # such as needs.*.outputs.x: each is held against each job
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
    for file in pipeline.target_yaml_files:
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

    def unread(self, path: str, read: _Reads) -> Iterator[UnusedName]:
        used: set[str] = set()
        for reader in self.readers:
            below = read.below(reader)
            if below is None:
                return
            used |= below
        for key in self.names:
            if key.text.lower() not in used:
                yield UnusedName(path, key, self.what, self.owner)


class _Reads:
    """What the expressions of a file read, by what it is below."""

    def __init__(self, paths: set[Path]) -> None:
        self.wholes = {path for path in paths if "*" not in path}
        self.filters = [path for path in paths if "*" in path]
        self.names: dict[Path, set[str]] = {}
        for path in self.wholes:
            for at in range(1, len(path)):
                self.names.setdefault(path[:at], set()).add(path[at])

    def below(self, owner: Path) -> set[str] | None:
        """The names that are read below ``owner``; None where all of them may be: ``toJSON(needs)``."""
        if any(owner[:at] in self.wholes for at in range(1, len(owner) + 1)):
            return None
        found = set(self.names.get(owner, ()))
        for path in self.filters:
            if all(name in (each, "*") for each, name in zip(owner, path, strict=False)):
                rest = path[len(owner) :]
                if not rest or rest[0] == "*":
                    return None
                found.add(rest[0])
        return found


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


def _reads(file: Workflow | Action) -> _Reads | None:
    """What the expressions of the file read; None where that is not known for certain."""
    if file.document.errors or file.reading.problems:
        return None
    found: set[Path] = set()
    for part in parts(file):
        if part.expr is None:
            return None
        found.update(paths_read(part.expr))
    reads = _Reads(found)
    return reads if len(reads.filters) <= MAX_FILTERS else None
