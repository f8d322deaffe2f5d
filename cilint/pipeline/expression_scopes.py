"""What the contexts of an expression hold at its place: jobs, steps, matrix and inputs as they are declared.

GitHub's facts: docs.github.com, "Contexts reference"; npm's @actions/languageservice, context-providers.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from cilint.model.action import Action
from cilint.model.project import Project
from cilint.model.schema import Trail
from cilint.model.workflow import Job, Workflow, mapping_at, scalar_at, step_entries
from cilint.pipeline.expression_types import (
    ANY,
    BOOLEAN,
    NUMBER,
    OPEN,
    STRING,
    TEXTS,
    Array,
    Object,
    Type,
    merged,
    type_of,
)
from cilint.pipeline.step_outputs import outputs_of, workflow_outputs
from cilint.syntax.yaml import Mapping, Node, Scalar, Sequence

_GITHUB = """
    action action_path action_ref action_repository action_status actor actor_id api_url base_ref env
    event_name event_path graphql_url head_ref job path ref ref_name ref_type repository repository_id
    repository_owner repository_owner_id repositoryUrl retention_days run_id run_number run_attempt
    secret_source server_url sha token triggering_actor workflow workflow_ref workflow_sha workspace
    job_workflow_sha output state step_summary artifact_cache_size_limit
"""
_RUNNER = "name os arch temp tool_cache workspace debug environment"
_JOB = "status check_run_id workflow_ref workflow_sha workflow_repository workflow_file_path"
_SECRETS = "github_token actions_runner_debug actions_step_debug"
MAX_STEPS = 300  # of more nothing is said: each would be looked at from each
_INPUTS = {"boolean": BOOLEAN, "number": NUMBER, "string": STRING, "choice": STRING, "environment": STRING}

_CONTAINER = Object({"id": STRING, "network": STRING})
_SERVICE = Object({"id": STRING, "network": STRING, "ports": ANY})
_FIXED: dict[str, Type] = {
    "env": TEXTS,
    "vars": TEXTS,
    "runner": Object(dict.fromkeys(_RUNNER.split(), STRING)),
    "job": Object({
        **dict.fromkeys(_JOB.split(), STRING),
        "container": _CONTAINER,
        "services": Object(rest=_SERVICE),
    }),
    "strategy": Object(
        {"fail-fast": BOOLEAN, "job-index": NUMBER, "job-total": NUMBER, "max-parallel": NUMBER}
    ),
}  # fmt: skip
_RESULT = {"result": STRING}


class Scopes:
    """The contexts everywhere in one file; each is worked out when an expression asks for it."""

    def __init__(self, file: Workflow | Action, project: Project) -> None:
        self.file = file
        self.project = project
        self.matrices: dict[str, Type] = {}
        self.stepped: dict[tuple[int, int | None, bool], Object] = {}
        self.outputs: dict[int, Type] = {}
        self.needed: dict[str, Type] = {}

    def at(self, trail: Trail) -> Callable[[str], Type]:
        """Gives the type of a context, by lower-case name, for the value that ``trail`` leads to."""
        return _Place(self, trail).context

    @cached_property
    def workflow(self) -> Workflow | None:
        return self.file if isinstance(self.file, Workflow) else None

    @cached_property
    def jobs(self) -> dict[str, Job]:
        return {job.id: job for job in self.workflow.jobs} if self.workflow else {}

    @cached_property
    def github(self) -> Object:
        event: dict[str, Type] = {}
        triggers = self.workflow.triggers if self.workflow else {}
        if "workflow_dispatch" in triggers and "workflow_call" not in triggers:
            # Whatever their types, the payload has them as texts.
            event["inputs"] = Object(dict.fromkeys(triggers["workflow_dispatch"].inputs, STRING))
        fixed = dict.fromkeys(_GITHUB.split(), STRING)
        return Object({**fixed, "event": Object(event, ANY), "ref_protected": BOOLEAN})

    @cached_property
    def inputs(self) -> Type:
        if isinstance(self.file, Action):
            return Object(dict.fromkeys(self.file.defaults, STRING))
        props: dict[str, Type] = {}
        for event in ("workflow_call", "workflow_dispatch"):
            trigger = self.file.triggers.get(event)
            for name, declared in (trigger.inputs if trigger else {}).items():
                kind = scalar_at(declared, "type")
                found = _INPUTS.get(kind.text if kind else "string", ANY)
                lowered = name.lower()
                props[lowered] = found if props.get(lowered, found) is found else ANY
        return Object(props)

    @cached_property
    def secrets(self) -> Type:
        """Known only where a workflow is called alone and says what it wants."""
        triggers = self.workflow.triggers if self.workflow else {}
        node = triggers["workflow_call"].node if set(triggers) == {"workflow_call"} else None
        if node is None or node.pair("secrets") is None:
            return TEXTS
        declared = mapping_at(node, "secrets")
        names = declared.keys() if declared else []
        return Object(dict.fromkeys([*names, *_SECRETS.split()], STRING))

    def job_result(self, job: Job) -> Object:
        return Object({**_RESULT, "outputs": self.job_outputs(job)})

    def job_outputs(self, job: Job) -> Type:
        if job.uses is not None:
            return workflow_outputs(self.project, job)
        node = job.node.get("outputs")
        if node is None:
            return Object()
        return Object(dict.fromkeys(node.keys(), STRING)) if isinstance(node, Mapping) else TEXTS

    def needs(self, job: Job) -> Type:
        if job.id not in self.needed:
            known = {need.text.lower(): self.job_by(need.text) for need in job.needs}
            self.needed[job.id] = Object(
                {name: self.job_result(needed) if needed else OPEN for name, needed in known.items()}
            )
        return self.needed[job.id]

    def job_by(self, name: str) -> Job | None:
        return self.folded.get(name.lower())

    @cached_property
    def folded(self) -> dict[str, Job]:
        return {name.lower(): job for name, job in self.jobs.items()}

    @cached_property
    def results(self) -> Object:
        """The ``jobs`` context of a called workflow's outputs."""
        return Object({job.id: self.job_result(job) for job in self.jobs.values()})

    def steps(self, nodes: Node, here: int | None, grouped: bool) -> Object:
        """The steps with an id before the entry ``here`` of a list, and those beside it in its group."""
        props: dict[str, Type] = {}
        if isinstance(nodes, Sequence) and len(nodes.items) > MAX_STEPS:
            return OPEN
        for index, step, _ in step_entries(nodes):
            if here is not None and index > here:
                break
            name = scalar_at(step, "id")
            if name is None or (index == here and not grouped):
                continue
            if id(step) not in self.outputs:
                self.outputs[id(step)] = outputs_of(self.project, self.file.source, step)
            outputs = self.outputs[id(step)]
            props[name.text] = Object({"outputs": outputs, "conclusion": STRING, "outcome": STRING})
        return Object(props)

    def matrix(self, job: Job) -> Type:
        if job.id not in self.matrices:
            self.matrices[job.id] = matrix_type(job)
        return self.matrices[job.id]


class _Place:
    """The contexts at one place of the file."""

    __slots__ = ("scopes", "trail")

    def __init__(self, scopes: Scopes, trail: Trail) -> None:
        self.scopes = scopes
        self.trail = trail

    def context(self, name: str) -> Type:
        fixed = _FIXED.get(name)
        if fixed is not None:
            return fixed
        scopes = self.scopes
        if name in ("github", "secrets"):
            found: Type = getattr(scopes, name)
            return found
        if name == "inputs":
            return self.inputs()
        if name == "jobs":
            return scopes.results
        if name == "steps":
            return self.steps()
        job = self.job()
        if job is None:
            return ANY
        return scopes.needs(job) if name == "needs" else scopes.matrix(job) if name == "matrix" else ANY

    def job(self) -> Job | None:
        if len(self.trail) < 2 or self.trail[0] != "jobs":
            return None
        return self.scopes.jobs.get(str(self.trail[1]))

    def inputs(self) -> Type:
        trail = self.trail
        found = self.scopes.inputs
        if trail[:3] == ("on", "workflow_call", "inputs") and isinstance(found, Object):
            # A default sees the inputs that stand before it.
            before = self.scopes.workflow.triggers["workflow_call"].inputs if self.scopes.workflow else {}
            names = [name.lower() for name in before]
            name = str(trail[3]).lower()
            seen = names[: names.index(name)] if name in names else names
            return Object({each: found.props.get(each, ANY) for each in seen})
        return found

    def steps(self) -> Type:
        """The steps with an id before this one; for what is no step, all of them."""
        file, trail = self.scopes.file, self.trail
        if isinstance(file, Action):
            nodes, own = file.runs.get("steps") if file.runs else None, trail[:1] == ("runs",)
            start = 2
        else:
            job = self.job()
            nodes, own, start = (job.node.get("steps") if job else None), "steps" in trail[2:3], 3
        here = trail[start] if own and len(trail) > start else None
        if nodes is None:
            return Object()
        place = (id(nodes), here if isinstance(here, int) else None, self.grouped(start))
        if place not in self.scopes.stepped:
            self.scopes.stepped[place] = self.scopes.steps(nodes, *place[1:])
        return self.scopes.stepped[place]

    def grouped(self, start: int) -> bool:
        """Whether this is a step of a group: of the order within a group nothing is known."""
        return "parallel" in self.trail[start + 1 : start + 2]


def matrix_type(job: Job) -> Type:
    """The ``matrix`` context of a job; closed where all of it can be read."""
    node = job.node.get("strategy")
    if node is None:
        return Object()
    matrix = node.get("matrix") if isinstance(node, Mapping) else node
    if matrix is None:
        return Object()
    if not isinstance(matrix, Mapping):
        return ANY
    props: dict[str, list[Type]] = {}
    rest: Type | None = None
    for pair in matrix.pairs:
        value = pair.value.resolved
        name = pair.key.text if isinstance(pair.key, Scalar) else ""
        if name == "exclude":
            continue
        if name == "include":
            rest = _include(value, props)
            continue
        items = value.items if isinstance(value, Sequence) else ()
        found = merged(node_type(item) for item in items) if isinstance(value, Sequence) else ANY
        props.setdefault(name.lower(), []).append(found)
    return Object({name: merged(types) for name, types in props.items()}, rest)


def _include(value: Node, props: dict[str, list[Type]]) -> Type | None:
    """Adds what ``include`` brings; ANY for whatever else it may bring."""
    if not isinstance(value, Sequence):
        return ANY
    rest: Type | None = None
    for item in value.items:
        entry = node_type(item)
        if isinstance(entry, Object):
            for name, inner in entry.props.items():
                props.setdefault(name, []).append(inner)
        else:
            rest = ANY
    return rest


def node_type(node: Node, depth: int = 0) -> Type:
    """The type of a YAML value; ANY for what an expression makes."""
    node = node.resolved
    if isinstance(node, Scalar):
        if "${{" in node.text:
            inner = node.text.strip()
            return ANY if inner.startswith("${{") and inner.endswith("}}") else STRING
        return type_of(node.value)
    if depth > 20:
        return ANY
    if isinstance(node, Sequence):
        return Array(merged(node_type(item, depth + 1) for item in node.items) if node.items else ANY)
    if isinstance(node, Mapping):
        props: dict[str, Type] = {}
        for key, value in node.pairs:
            if isinstance(key, Scalar):
                props[key.text] = node_type(value, depth + 1)
        return Object(props)
    return ANY
