"""A workflow as GitHub understands it: triggers, permissions, jobs and steps over the YAML nodes.

Lenient: what has the wrong shape is absent here and is the business of the schema rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from cilint.model.references import ActionReference
from cilint.model.yaml_file import YamlFile
from cilint.syntax.shell import Script
from cilint.syntax.shell import parse as parse_script
from cilint.syntax.yaml import Document, Mapping, Node, Pair, Scalar, Sequence
from cilint.text.hints import TYPE_CHECKING
from cilint.text.source import Span

if TYPE_CHECKING:
    from cilint.model.schema import Reading


def scalar_at(mapping: Mapping | None, key: str) -> Scalar | None:
    """The scalar under ``key``, or None where there is none or it is a collection."""
    node = mapping.get(key) if mapping else None
    return node if isinstance(node, Scalar) else None


def mapping_at(mapping: Mapping | None, key: str) -> Mapping | None:
    node = mapping.get(key) if mapping else None
    return node if isinstance(node, Mapping) else None


def scalars(node: Node | None) -> tuple[Scalar, ...]:
    """The scalars of a value that GitHub takes as one string or as a list of strings."""
    if isinstance(node, Scalar):
        return (node,)
    if isinstance(node, Sequence):
        return tuple(item.resolved for item in node.items if isinstance(item.resolved, Scalar))
    return ()


def texts(node: Node | None) -> tuple[str, ...]:
    return tuple(item.text for item in scalars(node))


def entries(mapping: Mapping | None) -> dict[str, Scalar]:
    """Name and scalar value of each entry of an ``env``, ``with`` or ``outputs`` mapping."""
    found: dict[str, Scalar] = {}
    for pair in mapping.pairs if mapping else ():
        value = pair.value.resolved
        if isinstance(pair.key, Scalar) and isinstance(value, Scalar):
            found.setdefault(pair.key.text, value)
    return found


def output_values(declared: Mapping | None) -> dict[str, str]:
    """The ``value`` of each output of an action or of ``workflow_call``, expressions as written."""
    found: dict[str, str] = {}
    for pair in declared.pairs if declared else ():
        output = pair.value.resolved
        value = scalar_at(output, "value") if isinstance(output, Mapping) else None
        if isinstance(pair.key, Scalar) and value is not None:
            found.setdefault(pair.key.text, value.text)
    return found


class Permissions:
    """A ``permissions`` block. Naming any scope sets every unnamed one to ``none``."""

    __slots__ = ("node", "span")

    def __init__(self, node: Node, span: Span) -> None:
        self.node = node
        self.span = span

    def level(self, scope: str) -> str:
        """``read``, ``write`` or ``none`` for a scope such as ``packages``."""
        if isinstance(self.node, Scalar):
            return {"write-all": "write", "read-all": "read"}.get(self.node.text, "none")
        found = scalar_at(self.node, scope) if isinstance(self.node, Mapping) else None
        return found.text if found else "none"


class Trigger:
    """One event of ``on``, with its filters; ``None`` stands for a filter that is not given.

    ``value`` is what stands behind the event; None where ``on`` is a name or a list of names.
    """

    def __init__(self, event: str, span: Span, value: Node | None) -> None:
        self.event = event
        self.span = span
        self.value = value
        self.node = value if isinstance(value, Mapping) else None

    def filter(self, key: str) -> tuple[str, ...] | None:
        """The patterns of ``branches``, ``tags``, ``types`` …; None where the key is absent."""
        node = self.node.get(key) if self.node else None
        return None if node is None else texts(node)

    def pair(self, key: str) -> Pair | None:
        return self.node.pair(key) if self.node else None

    @cached_property
    def inputs(self) -> dict[str, Mapping | None]:
        """Inputs of ``workflow_dispatch`` or ``workflow_call`` by name."""
        declared = mapping_at(self.node, "inputs")
        found: dict[str, Mapping | None] = {}
        for pair in declared.pairs if declared else ():
            value = pair.value.resolved
            if isinstance(pair.key, Scalar):
                found[pair.key.text] = value if isinstance(value, Mapping) else None
        return found


MAX_NAME = 40
"""Characters of a script's first line that stand for a step's name."""


_REPEATING = ("nick-fields/retry", "nick-invision/retry", "wandalen/wretry.action")


class Step:
    """One step of a job or of a composite action."""

    def __init__(
        self, path: str, index: int, node: Mapping, document: Document, owner: Sequence | None
    ) -> None:
        self.path = path
        self.index = index
        self.node = node
        self.document = document
        self.owner = owner  # the list that the step is an item of; None for a job read as if it were a step

    @cached_property
    def id(self) -> str | None:
        found = scalar_at(self.node, "id")
        return found.text if found else None

    @cached_property
    def name(self) -> str:
        """What a person would call the step; a script without a name after its first line, as on GitHub."""
        for key in ("name", "id", "uses"):
            if found := scalar_at(self.node, key):
                return found.text
        script = scalar_at(self.node, "run")
        first = script.text.strip().partition("\n")[0].strip() if script else ""
        if not first:
            return f"step {self.index + 1}"
        return f"Run {first if len(first) <= MAX_NAME else first[: MAX_NAME - 1] + '…'}"

    @cached_property
    def span(self) -> Span:
        """``uses: …``'s value, or the key ``run``, or what the step begins with."""
        if self.uses:
            return self.uses.span
        pair = self.node.pair("run") or (self.node.pairs[0] if self.node.pairs else None)
        return pair.key.span if pair else self.node.span

    @cached_property
    def condition(self) -> Scalar | None:
        return scalar_at(self.node, "if")

    @cached_property
    def uses(self) -> Scalar | None:
        return scalar_at(self.node, "uses")

    @cached_property
    def action(self) -> ActionReference | None:
        return ActionReference.parse(self.uses.text) if self.uses else None

    @cached_property
    def inputs(self) -> dict[str, Scalar]:
        """The ``with`` of the step, keys in lower case: GitHub ignores their case."""
        return {key.lower(): value for key, value in entries(mapping_at(self.node, "with")).items()}

    @property
    def github_script(self) -> Scalar | None:
        """The JavaScript of a step that uses actions/github-script."""
        return (
            self.inputs.get("script") if self.action and self.action.name == "actions/github-script" else None
        )

    @cached_property
    def run(self) -> Scalar | None:
        """The script: its own, or the one that it gives to an action which tries it again and again."""
        own = scalar_at(self.node, "run")
        return own or (self.inputs.get("command") if self.is_repeated else None)

    @cached_property
    def is_repeated(self) -> bool:
        """Whether an action runs its script until it succeeds, a limited number of times."""
        return self.action is not None and self.action.repository in _REPEATING

    @cached_property
    def script(self) -> Script | None:
        """The commands of ``run``, read as bash."""
        return parse_script(self.run.text) if self.run else None

    @cached_property
    def env(self) -> dict[str, Scalar]:
        return entries(mapping_at(self.node, "env"))

    @cached_property
    def shell(self) -> str | None:
        found = scalar_at(self.node, "shell")
        if found is None and self.is_repeated:
            found = self.inputs.get("shell")
            return f"{found.text if found else 'bash'} -c"  # the action's own way to run it
        return found.text if found else None

    @cached_property
    def working_directory(self) -> str | None:
        found = scalar_at(self.node, "working-directory")
        return found.text if found else None

    @cached_property
    def continue_on_error(self) -> Scalar | None:
        return scalar_at(self.node, "continue-on-error")


def read_steps(path: str, node: Node | None, document: Document) -> tuple[Step, ...]:
    """The steps of a ``steps`` list; ``parallel`` groups count with their own steps, in order."""
    return tuple(
        Step(path, count, step, document, owner) for count, (_, step, owner) in enumerate(step_entries(node))
    )


def step_entries(node: Node | None) -> Iterator[tuple[int, Mapping, Sequence]]:
    """Each step with the number of the entry that it is, or is part of, and the list that it is an item of.

    A ``parallel`` group holds no other group: GitHub refuses that.
    """
    for number, item in enumerate(node.items if isinstance(node, Sequence) else ()):
        step = item.resolved
        group = step.get("parallel") if isinstance(step, Mapping) else None
        owner = group if isinstance(group, Sequence) else node
        assert isinstance(owner, Sequence)
        steps = (step,) if owner is node else (each.resolved for each in owner.items)
        for each in steps:
            if isinstance(each, Mapping):
                yield number, each, owner


class Job:
    """One job of a workflow; ``span`` is its id's."""

    def __init__(self, workflow: Workflow, key: Scalar, node: Mapping) -> None:
        self.workflow = workflow
        self.path = workflow.path
        self.id = key.text
        self.key = key
        self.span = key.span
        self.node = node

    @cached_property
    def name(self) -> str:
        found = scalar_at(self.node, "name")
        return found.text if found else self.id

    @cached_property
    def needs(self) -> tuple[Scalar, ...]:
        return scalars(self.node.get("needs"))

    @cached_property
    def condition(self) -> Scalar | None:
        return scalar_at(self.node, "if")

    @cached_property
    def uses(self) -> Scalar | None:
        """The reusable workflow that the job calls."""
        return scalar_at(self.node, "uses")

    @cached_property
    def inputs(self) -> dict[str, Scalar]:
        return entries(mapping_at(self.node, "with"))

    @cached_property
    def env(self) -> dict[str, Scalar]:
        return entries(mapping_at(self.node, "env"))

    @cached_property
    def permissions(self) -> Permissions | None:
        """The block that counts: the job's own, which replaces the workflow's wholly, or the workflow's."""
        return self.own_permissions or self.workflow.permissions

    @property
    def container_image(self) -> Scalar | None:
        """The image of the container that its steps run in."""
        node = self.node.get("container")
        return node if isinstance(node, Scalar) else scalar_at(mapping_at(self.node, "container"), "image")

    @cached_property
    def own_permissions(self) -> Permissions | None:
        pair = self.node.pair("permissions")
        return Permissions(pair.value.resolved, pair.key.span) if pair else None

    @cached_property
    def runs_on(self) -> tuple[Scalar, ...]:
        """Runner labels, from the string, list or ``labels`` form."""
        node = self.node.get("runs-on")
        return scalars(node.get("labels") if isinstance(node, Mapping) else node)

    @cached_property
    def matrix(self) -> Mapping | None:
        return mapping_at(mapping_at(self.node, "strategy"), "matrix")

    @cached_property
    def environment(self) -> Scalar | None:
        node = self.node.get("environment")
        return scalar_at(node, "name") if isinstance(node, Mapping) else scalar_at(self.node, "environment")

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        return read_steps(self.path, self.node.get("steps"), self.workflow.document)

    def default(self, key: str) -> str | None:
        """``defaults.run.KEY`` of the job, else of the workflow."""
        for node in (self.node, self.workflow.root):
            if found := scalar_at(mapping_at(mapping_at(node, "defaults"), "run"), key):
                return found.text
        return None


class Workflow(YamlFile):
    """One file of ``.github/workflows``."""

    @cached_property
    def reading(self) -> Reading:
        """The file held against GitHub's schema: what does not fit, and where its expressions stand."""
        from cilint.model.schema import read_workflow

        return read_workflow(self.root)

    @cached_property
    def name_node(self) -> Scalar | None:
        return scalar_at(self.root, "name")

    @cached_property
    def name(self) -> str:
        """What ``workflow_run`` calls it: its ``name``, or its path where it has none."""
        return self.name_node.text if self.name_node and self.name_node.text else self.path

    @cached_property
    def triggers(self) -> dict[str, Trigger]:
        node = self.root.get("on") if self.root else None
        if isinstance(node, Mapping):
            return {
                pair.key.text: Trigger(pair.key.text, pair.key.span, pair.value.resolved)
                for pair in reversed(node.pairs)
                if isinstance(pair.key, Scalar)
            }
        return {item.text: Trigger(item.text, item.span, None) for item in scalars(node)}

    @cached_property
    def env(self) -> dict[str, Scalar]:
        return entries(mapping_at(self.root, "env"))

    @cached_property
    def permissions(self) -> Permissions | None:
        pair = self.root.pair("permissions") if self.root else None
        return Permissions(pair.value.resolved, pair.key.span) if pair else None

    @cached_property
    def jobs(self) -> tuple[Job, ...]:
        found = []
        jobs = mapping_at(self.root, "jobs")
        for pair in jobs.pairs if jobs else ():
            value = pair.value.resolved
            if isinstance(pair.key, Scalar) and isinstance(value, Mapping):
                found.append(Job(self, pair.key, value))
        return tuple(found)

    def job(self, id: str) -> Job | None:  # noqa: A002 -- GitHub's own word
        return self._jobs_by_id.get(id)

    @cached_property
    def _jobs_by_id(self) -> dict[str, Job]:
        return {job.id: job for job in reversed(self.jobs)}


def group_of(owner: Mapping | None) -> Scalar | None:
    """The group of a workflow's or job's ``concurrency``, in either form."""
    node = owner.get("concurrency") if owner else None
    return scalar_at(node, "group") if isinstance(node, Mapping) else scalar_at(owner, "concurrency")
