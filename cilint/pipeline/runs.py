"""All the steps of a repository's workflows together with the events that run them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cached_property

from cilint.model.project import Project
from cilint.model.workflow import Step, Workflow
from cilint.pipeline.evaluate import Open
from cilint.pipeline.filters import matches
from cilint.pipeline.matrix import legs
from cilint.pipeline.order import Earliest, Order, Thing
from cilint.pipeline.reach import Reach
from cilint.pipeline.scenarios import Scenario, mentioned_names, scenarios
from cilint.pipeline.sites import Call, Site, sites_of
from cilint.text.hints import TYPE_CHECKING
from cilint.text.source import Span
from cilint.text.values import NamedTuple

if TYPE_CHECKING:
    from cilint.pipeline.invocations import Invocation

_FILTERS = ("branches", "branches-ignore")
_REPOSITORY = re.compile(
    r"repository\s*==\s*'([\w.-]+/[\w.-]+)'|'([\w.-]+/[\w.-]+)'\s*==\s*github\.repository\b"
)
_REF_WORD = re.compile(r"ref|branch", re.IGNORECASE)
_REF = re.compile(r"refs/(?:heads|tags)/[\w./-]*\w")
_MATRIX = re.compile(r"\bmatrix\.([\w-]+)")
_LITERAL = re.compile(r"'([^'\n]{1,80})'")
_JSON_STRING = re.compile(r'"([^"\n]{1,80})"')


class Place(NamedTuple):
    """Words in a file."""

    path: str
    span: Span


class Run(NamedTuple):
    """That something happens in a scenario: certainly, or where ``certain`` is False, maybe."""

    scenario: Scenario
    certain: bool


class Runs:
    """Sites and scenarios of one repository.

    ``main`` is the name of the policy's main branch, ``target`` what its deploys go to.
    """

    def __init__(self, project: Project, main: str, target: str = "dokploy") -> None:
        self.project = project
        self.main = main
        self.target = target
        self._scenarios: dict[str, tuple[Scenario, ...]] = {}
        self._reach: dict[str, Reach] = {}
        self._sites: dict[str, tuple[Site, ...]] = {}
        self.by_variables: dict[Site, tuple[Invocation, ...]] = {}  # what scripts call by variables
        self._order = Order()

    @cached_property
    def sites(self) -> tuple[Site, ...]:
        """Every step where it runs; a reusable workflow that is called here counts through its callers."""
        called = {
            job.uses.text[2:] for workflow in self.project.workflows for job in workflow.jobs if job.uses
        }
        return tuple(
            site
            for workflow in self.project.workflows
            if workflow.path not in called or set(workflow.triggers) - {"workflow_call"}
            for site in self._of(workflow)
        )

    @cached_property
    def delegated(self) -> tuple[Site, ...]:
        """Every job that is a workflow of another repository, as if it were the only step of its own."""
        found = []
        for workflow in self.project.workflows:
            for job in workflow.jobs:
                if job.uses is not None and not job.uses.text.startswith(("./", "$/")):
                    step = Step(job.path, 0, job.node, workflow.document, None)
                    found.append(Site(Call(workflow, job, None, None), step))
        return tuple(found)

    def sites_in(self, path: str) -> tuple[Site, ...]:
        """The steps of a file where they run, and maybe others."""
        workflow = self.project.workflow(path)
        return self._of(workflow) if workflow and "workflow_call" not in workflow.triggers else self.sites

    def _of(self, workflow: Workflow) -> tuple[Site, ...]:
        if workflow.path not in self._sites:
            self._sites[workflow.path] = tuple(sites_of(self.project, workflow))
        return self._sites[workflow.path]

    def scenarios(self, workflow: Workflow) -> tuple[Scenario, ...]:
        if workflow.path not in self._scenarios:
            literals = dict.fromkeys((*_ref_literals(workflow), *_script_literals(workflow)))
            names = mentioned_names(_patterns(workflow), literals)
            upstream = self._upstream_events(workflow)
            self._scenarios[workflow.path] = scenarios(workflow, self.main, names, upstream)
        return self._scenarios[workflow.path]

    def _upstream_events(self, workflow: Workflow) -> set[str] | None:
        """The triggers of the workflows that it waits for; None where one of them is not to be found."""
        trigger = workflow.triggers.get("workflow_run")
        named = (trigger.filter("workflows") if trigger else None) or ()
        found = [
            [w for w in self.project.workflows if name == w.name or matches(name, w.name)] for name in named
        ]
        return (
            {event for some in found for w in some for event in w.triggers} if found and all(found) else None
        )

    def reach(self, workflow: Workflow) -> Reach:
        if workflow.path not in self._reach:
            self._reach[workflow.path] = Reach(self.main, _repository(workflow), self.project)
        return self._reach[workflow.path]

    def reach_without(self, workflow: Workflow, secret: str) -> Reach:
        """Answers for a repository in which a secret is not set."""
        return Reach(self.main, _repository(workflow), self.project, Open({secret: ""}))

    def earlier(self, site: Site) -> tuple[Site, ...]:
        """The steps that run before this one in the same job, composite actions entered."""
        return self._by_call.get(site.call, (site,))[: self.position(site)]

    def later(self, site: Site) -> tuple[Site, ...]:
        """The steps that run after this one in the same job."""
        return self._by_call.get(site.call, (site,))[self.position(site) + 1 :]

    def steps(self, call: Call) -> tuple[Site, ...]:
        """All steps of a job, composite actions entered."""
        return self._by_call.get(call, ())

    def precedes(self, site: Site, other: Site) -> bool:
        """Whether a step runs before another one of the same job, composite actions entered."""
        return site.call is other.call and self.position(site) < self.position(other)

    def comes_before(self, thing: Thing, other: Thing) -> bool:
        """Whether something in a job happens before another thing in it, be it in the same step."""
        if thing.site is other.site:
            return thing.span.start < other.span.start
        return self.precedes(thing.site, other.site)

    def first_steps(self, holds: Callable[[Site], bool]) -> dict[Call, int]:
        """The place of the first step for which something holds, of each job that has one."""
        return {
            call: place
            for call, sites in self._by_call.items()
            if (place := next((at for at, site in enumerate(sites) if holds(site)), None)) is not None
        }

    def position(self, site: Site) -> int:
        """The place of a step among all of its job, composite actions entered; from 0."""
        return self._positions.get(site, 0)

    @cached_property
    def _positions(self) -> dict[Site, int]:
        return {site: at for sites in self._by_call.values() for at, site in enumerate(sites)}

    @cached_property
    def _by_call(self) -> dict[Call, tuple[Site, ...]]:
        grouped: dict[Call, list[Site]] = {}
        for site in self.sites:
            grouped.setdefault(site.call, []).append(site)
        return {call: tuple(sites) for call, sites in grouped.items()}

    def needs(self, call: Call, other: Call) -> bool:
        """Whether a job starts after another one of the same run has ended, calls included."""
        return self._order.needs(call, other)

    def earliest(self, things: Iterable[Thing]) -> Earliest:
        """The first of the things in each job, to be asked what comes after any of them."""
        return Earliest(self._order, self.position, things)

    def step_state(self, site: Site, scenario: Scenario) -> bool | None:
        return self.reach(site.call.entry).step(site, scenario)


def _repository(workflow: Workflow) -> str:
    """The repository that the workflow compares its own with, else an example."""
    found = _REPOSITORY.search(workflow.source.text)
    return (found.group(1) or found.group(2)) if found else "octo-org/octo-repo"


def _patterns(workflow: Workflow) -> list[str]:
    found: list[str] = []
    for trigger in workflow.triggers.values():
        for key in _FILTERS:
            found += trigger.filter(key) or ()
    return found


def _ref_literals(workflow: Workflow) -> list[str]:
    """String literals on the lines that speak of refs or branches, those in JSON lists and matrices too."""
    text = workflow.source.text
    found: list[str] = _REF.findall(text)
    lines = [line for line in text.split("\n") if "ref" in line or "branch" in line]
    keys = {key for line in lines for key in _MATRIX.findall(line)}
    for leg in (leg for job in workflow.jobs for leg in legs(job.matrix)) if keys else ():
        found += [value for key in sorted(keys) if isinstance(value := leg.get(key), str)]
    for line in lines:
        for literal in _LITERAL.findall(line):
            # in a double-quoted YAML string the quotes of JSON are escaped
            texts = _JSON_STRING.findall(literal.replace("\\", "")) if literal.startswith("[") else [literal]
            found += texts
    return found


def _script_literals(workflow: Workflow) -> list[str]:
    """What the conditions of scripts compare refs and branches with."""
    steps = (step for job in workflow.jobs for step in job.steps)
    scripts = (step.script for step in steps if step.run and _REF_WORD.search(step.run.text))
    return [
        test.value
        for script in scripts
        for test in (script.tests if script else ())
        if test.value
        and any(_REF_WORD.search(side.raw) for side in (test.left, test.right) if side is not None)
    ]


class Effect:
    """Something that a step does to the world outside the runner.

    ``path`` and ``span`` are the words that do it.
    """

    def __init__(self, runs: Runs, site: Site, span: Span) -> None:
        self._runs = runs
        self.site = site
        self.path = site.path
        self.span = span

    def state(self, scenario: Scenario) -> bool | None:
        """Whether it happens in the scenario."""
        return self._runs.step_state(self.site, scenario)

    @cached_property
    def runs(self) -> tuple[Run, ...]:
        """The scenarios in which it happens or may happen."""
        states = [(scenario, self.state(scenario)) for scenario in self._runs.scenarios(self.site.call.entry)]
        return tuple(Run(scenario, state is True) for scenario, state in states if state is not False)

    @cached_property
    def scenarios(self) -> tuple[Scenario, ...]:
        """The scenarios in which it certainly happens."""
        return tuple(run.scenario for run in self.runs if run.certain)

    @cached_property
    def outside_main(self) -> tuple[Scenario, ...]:
        """Scenarios other than the main branch in which it certainly happens."""
        return tuple(scenario for scenario in self.scenarios if not scenario.main)

    @cached_property
    def maybe_outside_main(self) -> tuple[Scenario, ...]:
        return tuple(run.scenario for run in self.runs if not run.certain and not run.scenario.main)
