"""Where steps run: in a job, in a composite action, in a reusable workflow that a job calls."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice

from cilint.model.project import Project
from cilint.model.workflow import Job, Step, Workflow, scalar_at
from cilint.pipeline.evaluate import UNKNOWN, Open, interpolate
from cilint.pipeline.matrix import legs
from cilint.pipeline.scenarios import any_event
from cilint.syntax.shell import Script
from cilint.syntax.yaml import Scalar
from cilint.text.hints import TYPE_CHECKING, Any
from cilint.text.hole import HOLE
from cilint.text.source import Span

if TYPE_CHECKING:
    from cilint.model.action import Action

MAX_CALL_DEPTH = 10  # GitHub's own limit for reusable workflows
MAX_SITES = 5_000
MAX_WRITERS = 50
"""So many steps of a job are read for what they write for later ones, and whether they end the job."""
_STOPS = re.compile(r"\bexit\s+[1-9]|\bfalse\b|^\s*(?:test|\[\[?)\s(?:(?!&&|\|\|)[^\n])*$", re.MULTILINE)
_LOCAL = ("./", "$/")
_WRITES = re.compile("GITHUB_(?:ENV|OUTPUT)")

Inputs = Mapping[str, str]


def known(text: str) -> Any:
    """A resolved text as an expression value; unknown as a whole where any part of it is."""
    return UNKNOWN if HOLE in text else text


class Call:
    """A job in the run of one entry workflow, with the values it was called with.

    ``caller`` is the call whose job uses the reusable workflow that this job is part of.
    """

    def __init__(self, entry: Workflow, job: Job, inputs: Inputs | None, caller: Call | None) -> None:
        self.entry = entry
        self.job = job
        self.inputs = inputs
        self.caller = caller
        self.env: dict[str, str] | None = None  # of all its steps, once one has asked

    @property
    def workflow(self) -> Workflow:
        return self.job.workflow

    @property
    def outermost(self) -> Call:
        """The job of the entry workflow through which this one runs."""
        call = self
        while call.caller is not None:
            call = call.caller
        return call

    @cached_property
    def legs(self) -> tuple[dict[str, Any], ...]:
        """The combinations of the job's matrix that can be read from the file; empty for none or unknown."""
        return legs(self.job.matrix)

    @cached_property
    def matrix(self) -> Any:
        """The ``matrix`` context: a key is known where every leg has the same value."""
        if not self.legs:
            return UNKNOWN if self.job.matrix else Open()
        first = self.legs[0]
        return Open(
            {key: value for key, value in first.items() if all(leg.get(key) == value for leg in self.legs)}
        )

    def typed(self, name: str, text: str, declared: bool = True) -> Any:
        """The value of an input of the called workflow, of the type that the workflow declares."""
        trigger = self.workflow.triggers.get("workflow_call") if declared else None
        kind = scalar_at(trigger.inputs.get(name), "type") if trigger else None
        if kind is not None and kind.text == "boolean" and text in ("true", "false"):
            return text == "true"
        return known(text)

    def sibling(self, id: str) -> Call | None:  # noqa: A002 -- GitHub's own word
        job = self.workflow.job(id)
        return Call(self.entry, job, self.inputs, self.caller) if job else None


class Site:
    """One step where it runs. ``path`` and ``span`` are the step's, maybe in another file than the job.

    Of a step that uses a composite action of the repository ``inner`` are the steps of that, and ``outputs``
    the values that it gives, expressions as written.
    """

    def __init__(
        self,
        call: Call,
        step: Step,
        inputs: Inputs | None = None,
        parent: Site | None = None,
        writers: Sequence[Site] = (),
    ) -> None:
        self.writers = writers  # of the same list of steps, those that write something for later ones
        self.stoppers: Sequence[Site] = ()  # of the same list, those that may fail whatever programs do
        self.inner: Sequence[Site] = ()
        self.outputs: Mapping[str, str] = {}
        self.call = call
        self.step = step
        self.parent = parent
        self.path = step.path
        self.span = step.span
        self.environments: dict[int, tuple[Mapping[str, Any], dict[str, str]]] = {}  # of its script
        self._inputs = inputs

    @property
    def job(self) -> Job:
        return self.call.job

    @property
    def before(self) -> Iterator[Site]:
        """The steps before this one, of the same job or composite action, that write for later ones."""
        return (site for site in self.writers if site.step.index < self.step.index)

    @property
    def top(self) -> Site:
        """The step of the job itself: this one, or the one through which the composite action is used."""
        return self.parent.top if self.parent else self

    @cached_property
    def env(self) -> dict[str, str]:
        """Environment variables by name, from workflow, job and step; unknown parts are HOLE."""
        values = self.parent.env if self.parent else self._outer_env
        written = {name: text for site in self.before for name, text in site.written("GITHUB_ENV").items()}
        written = {name: text for name, text in written.items() if text or name not in values}
        if written:
            values = {**values, **written}
        return {**values, **self._resolve(self.step.env, values)} if self.step.env else values

    @property
    def env_layers(self) -> tuple[Mapping[str, Scalar], ...]:
        """Variables as written: of the step, and outside composite actions then of job and workflow."""
        return (self.step.env,) if self.parent else (self.step.env, self.job.env, self.call.workflow.env)

    @property
    def _outer_env(self) -> dict[str, str]:
        """What the workflow and the job set, which all steps of a job have in common."""
        if self.call.env is None:
            values: dict[str, str] = {}
            for layer in (self.call.workflow.env, self.job.env):
                values = {**values, **self._resolve(layer, values)} if layer else values
            self.call.env = values
        return self.call.env

    def written(self, file: str) -> dict[str, str]:
        """What the step writes to ``GITHUB_ENV`` or ``GITHUB_OUTPUT``, as far as it is so in every event."""
        if self.inner:
            if file not in self._written:
                self._written[file] = {}  # what uses itself gives nothing
                self._written[file] = self._written_inside(file)
            return self._written[file]
        if self.step.run is None or file not in self.step.run.text:
            return {}
        if file not in self._written:
            from cilint.pipeline.step_writes import written

            self._written[file] = written(self, file, self.contexts())
        return self._written[file]

    def _written_inside(self, file: str) -> dict[str, str]:
        """What a composite action gives: its outputs, or the variables that its steps set."""
        last = self.inner[-1]
        if file == "GITHUB_OUTPUT":
            contexts = {**last.contexts(), "steps": last.steps_after(last.writers)}
            return {name: interpolate(text, contexts) for name, text in self.outputs.items()}
        found: dict[str, str] = {}
        for each in last.writers:
            found.update(each.written(file))
        return found

    @cached_property
    def _written(self) -> dict[str, dict[str, str]]:
        return {}

    def steps_after(self, sites: Iterable[Site]) -> Any:
        """The ``steps`` context after these steps: the outputs that they have written."""
        found: dict[str, Any] = {}
        for site in sites:
            outputs = site.written("GITHUB_OUTPUT") if site.step.id else {}
            if site.step.id and outputs:
                found[site.step.id] = Open(outputs=Open({n: known(v) for n, v in outputs.items()}))
        return Open(found)

    def _resolve(self, layer: Mapping[str, Scalar], env: Mapping[str, str]) -> dict[str, str]:
        contexts = self.contexts(env=env)
        return {name: interpolate(value.text, contexts) for name, value in layer.items()}

    def contexts(self, github: Any = UNKNOWN, env: Mapping[str, str] | None = None) -> dict[str, Any]:
        """Contexts for the step's expressions; what cannot be read from the files is unknown."""
        values = self.env if env is None else env
        return {
            "github": any_event() if github is UNKNOWN else github,
            "env": Open({name: known(value) for name, value in values.items()}),
            "inputs": self.inputs,
            "matrix": self.call.matrix,
            "steps": self.steps_after(self.before) if github is UNKNOWN else UNKNOWN,
        }

    @cached_property
    def inputs(self) -> Any:
        """The ``inputs`` context of the action or workflow that the step is written in."""
        given = self._inputs if self._inputs is not None else self.call.inputs
        if given is None:
            return Open()
        return {name: self.call.typed(name, value, self._inputs is None) for name, value in given.items()}

    def text(self, scalar: Scalar | None) -> str | None:
        """A value with its expressions resolved as far as they are known; HOLE for the rest."""
        return None if scalar is None else interpolate(scalar.text, self.contexts())

    def each(self, text: str) -> tuple[str, ...]:
        """A text with its expressions resolved, once for each different leg of the job's matrix."""
        contexts = self.contexts()
        if not self.call.legs or "matrix" not in text:
            return (interpolate(text, contexts),)
        found = [interpolate(text, {**contexts, "matrix": Open(leg)}) for leg in self.call.legs]
        return tuple(dict.fromkeys(found))

    def input(self, name: str) -> str | None:
        """The resolved ``with.NAME`` of the step; None where it is not given."""
        return self.text(self.step.inputs.get(name))

    def input_span(self, name: str) -> Span:
        """Where ``with.NAME`` has its value, or the step where it is not given."""
        found = self.step.inputs.get(name)
        return found.span if found else self.span

    @cached_property
    def shell(self) -> str:
        """The shell of a ``run`` step; empty for the runner's default, which is bash without pipefail."""
        return self.step.shell or (None if self.parent else self.job.default("shell")) or ""

    @cached_property
    def working_directory(self) -> str:
        """Folder that the step runs in, relative to the checkout; maybe with a HOLE."""
        given = self.step.working_directory or (
            None if self.parent else self.job.default("working-directory")
        )
        return interpolate(given, self.contexts()) if given else "."

    @cached_property
    def script(self) -> Script | None:
        """The commands of a ``run`` step for bash or sh; None for other steps and shells."""
        if self.step.run is None or self.shell.split(" ")[0] not in ("", "bash", "sh"):
            return None
        return self.step.script

    def file_span(self, span: Span) -> Span:
        """A span of the script as a span of the file."""
        assert self.step.run is not None
        return self.step.run.source_span(span.start, span.end)


def sites_of(project: Project, workflow: Workflow) -> Iterator[Site]:
    """Every step of a run that the workflow's own triggers start, in order, calls included; at most 5000."""
    walk = _Walk(project)
    for job in workflow.jobs:
        yield from walk.job(Call(workflow, job, None, None), (workflow.path,))


class _Walk:
    """Follows jobs into what they use. What uses itself, which GitHub refuses, is not followed again."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._left = MAX_SITES

    def job(self, call: Call, within: tuple[str, ...]) -> Iterator[Site]:
        """The steps of a job. ``within`` are the paths of the workflows that are being followed."""
        self._left -= 1
        for site in steps_of(call):
            yield from self.step(site, ())
        called = _local_workflow(self._project, call.job)
        if called is None or called.path in within or len(within) > MAX_CALL_DEPTH:
            return
        inputs = _call_inputs(called, call)
        for job in called.jobs:
            if self._left > 0:
                yield from self.job(Call(call.entry, job, inputs, call), (*within, called.path))

    def step(self, site: Site, within: tuple[str, ...]) -> Iterator[Site]:
        """A step, then those of the composite action that it uses."""
        self._left -= 1
        if self._left < 0:
            return
        yield site
        action = self._composite(site, within)
        if action is None:
            return
        inputs = dict(action.defaults)
        inputs.update(
            {name: interpolate(value.text, site.contexts()) for name, value in site.step.inputs.items()}
        )
        site.inner, site.outputs = _level(site.call, action.steps, inputs, site), action.outputs
        for inner in site.inner:
            yield from self.step(inner, (*within, action.path))

    def _composite(self, site: Site, within: tuple[str, ...]) -> Action | None:
        """The composite action of the repository that a step uses."""
        uses = site.step.uses
        if uses is None or not uses.text.startswith(_LOCAL) or len(within) >= MAX_CALL_DEPTH:
            return None
        action = self._project.local_action(f"./{uses.text[2:]}")
        found = action is not None and action.using == "composite" and action.path not in within
        return action if found else None


def steps_of(call: Call, project: Project | None = None) -> list[Site]:
    """The steps of a job; the composite actions of a ``project`` are entered."""
    sites = _level(call, call.job.steps)
    if project is not None:
        walk = _Walk(project)
        for site in sites:
            if site.step.uses is not None:
                list(walk.step(site, ()))
    return sites


def called_jobs(project: Project, call: Call) -> tuple[Workflow, list[Call]] | None:
    """The reusable workflow of the repository that a job calls, and its jobs; None where it calls none."""
    called = _local_workflow(project, call.job)
    if called is None:
        return None
    above: Call | None = call
    depth = 0
    while above is not None:
        if above.workflow is called or depth > MAX_CALL_DEPTH:
            return None
        above, depth = above.caller, depth + 1
    inputs = _call_inputs(called, call)
    return called, [Call(call.entry, job, inputs, call) for job in called.jobs]


def _level(
    call: Call, steps: tuple[Step, ...], inputs: Inputs | None = None, parent: Site | None = None
) -> list[Site]:
    writers: list[Site] = []
    sites = [Site(call, step, inputs, parent, writers) for step in steps]
    writing = (site for site in sites if _may_write(site.step))
    writers += islice(writing, MAX_WRITERS)
    stoppers = tuple(islice((site for site in sites if _may_stop(site.step)), MAX_WRITERS))
    for site in sites if stoppers else ():
        site.stoppers = stoppers
    return sites


def _may_write(step: Step) -> bool:
    if step.run is not None:
        return _WRITES.search(step.run.text) is not None
    return step.uses is not None and step.uses.text.startswith(_LOCAL)


def _may_stop(step: Step) -> bool:
    """Whether the step may be meant to fail: by its script, or inside the action that it uses."""
    if step.run is not None:
        return _STOPS.search(step.run.text) is not None
    if step.uses is None:
        return False
    script = step.inputs.get("script")
    return step.uses.text.startswith(_LOCAL) or (script is not None and "setFailed" in script.text)


def _local_workflow(project: Project, job: Job) -> Workflow | None:
    """The reusable workflow of this repository that the job calls (``./`` and ``$/`` forms)."""
    if job.uses is None or not job.uses.text.startswith(("./.github/workflows/", "$/.github/workflows/")):
        return None
    return project.workflow(job.uses.text[2:])


def _call_inputs(called: Workflow, call: Call) -> dict[str, str]:
    trigger = called.triggers.get("workflow_call")
    inputs = {}
    for name, declared in (trigger.inputs if trigger else {}).items():
        default = declared.get("default") if declared else None
        inputs[name] = default.text if isinstance(default, Scalar) else ""
    contexts = {
        "github": any_event(),
        "inputs": Open(call.inputs or {}),
        "matrix": call.matrix,
        "vars": Open(),
    }
    inputs.update({name: interpolate(value.text, contexts) for name, value in call.job.inputs.items()})
    return inputs
