"""Whether a step runs in a scenario: yes, no or unknown, as GitHub decides it.

Trigger filters have been applied by the scenario's being there. What is left is the condition of each
job, the fate of the jobs it needs, and the condition of each step, on the way where everything that
runs succeeds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from cilint.model.workflow import entries, mapping_at, output_values
from cilint.pipeline.evaluate import FAILED, SUCCEEDS, UNKNOWN, Open, Status, condition, interpolate, truth
from cilint.pipeline.partial import both
from cilint.pipeline.scenarios import Scenario, github_context
from cilint.pipeline.sites import Call, Site, called_jobs, known, steps_of
from cilint.pipeline.step_writes import writes, written
from cilint.syntax.yaml import Mapping
from cilint.text.hints import TYPE_CHECKING, Any
from cilint.text.hole import HOLE

if TYPE_CHECKING:
    from cilint.model.project import Project
    from cilint.model.workflow import Workflow

_ENV, _OUTPUT = "GITHUB_ENV", "GITHUB_OUTPUT"


class Reach:
    """Answers for one repository; remembers what it has worked out.

    What jobs that call workflows give is only known with the ``project`` that these are part of. ``secrets``
    is what is supposed of that context.
    """

    def __init__(
        self, main: str, repository: str, project: Project | None = None, secrets: Any = UNKNOWN
    ) -> None:
        self.main = main
        self.repository = repository
        self._project = project
        self._secrets = secrets
        self._called: dict[tuple[int, str], tuple[Workflow | None, list[Call]]] = {}
        self._jobs: dict[tuple[int, str, str], bool | None] = {}
        self._job_outputs: dict[tuple[int, str, str], Any] = {}
        self._github: dict[str, Open] = {}
        self._writes: dict[tuple[int, str, str], tuple[Site, dict[str, str]]] = {}
        self._step_states: dict[tuple[int, str], bool | None] = {}
        self._step_ends: dict[tuple[int, str], tuple[Site, bool]] = {}
        self._job_ends: dict[tuple[int, str, str], bool] = {}
        self._sites: dict[tuple[int, str], list[Site]] = {}
        self._above: dict[tuple[int, str, str], bool] = {}
        self._contexts: dict[tuple[int, str], tuple[Site, dict[str, Any]]] = {}
        self._steps_run: dict[tuple[int, str], tuple[Site, bool | None]] = {}
        self._envs: dict[tuple[int, str, int], tuple[Site, Open]] = {}

    def github(self, scenario: Scenario) -> Open:
        if scenario.title not in self._github:
            self._github[scenario.title] = github_context(scenario, self.main, self.repository)
        return self._github[scenario.title]

    def contexts(self, site: Site, scenario: Scenario) -> dict[str, Any]:
        """Contexts of the step's expressions in the scenario; one object each time."""
        key = (id(site), scenario.title)
        if key not in self._contexts:
            self._contexts[key] = site, self._fresh_contexts(site, scenario)
        return self._contexts[key][1]

    def _fresh_contexts(self, site: Site, scenario: Scenario) -> dict[str, Any]:
        contexts = {**site.contexts(self.github(scenario), env={}), "secrets": self._secrets}
        contexts["inputs"] = self._inputs(site, scenario)
        contexts["needs"] = self._needs(site.call, scenario)[0]
        contexts["env"] = self._env(site, scenario, contexts["needs"])
        contexts["steps"] = self._steps(site.before, scenario)
        return contexts

    def _steps(self, sites: Iterable[Site], scenario: Scenario) -> Any:
        """The ``steps`` context after these steps: the outputs that their scripts have written."""
        found = {}
        for each in sites:
            if each.step.id and (each.outputs or writes(each, _OUTPUT)):
                found[each.step.id] = self._step_outputs(each, scenario)
        return Open(found)

    def _step_outputs(self, site: Site, scenario: Scenario) -> Any:
        """One step's entry in ``steps``; a step that does not run leaves no outputs."""
        outputs = self._written(site, _OUTPUT, scenario)
        state = self._step_states[id(site), scenario.title]
        if state is None:
            return UNKNOWN
        values = {name: known(value) for name, value in outputs.items()}
        return Open(outputs=Open(values) if state else values)

    def _written(self, site: Site, file: str, scenario: Scenario) -> dict[str, str]:
        """What a step writes in the scenario; of one that may not run every value is unknown."""
        key = (id(site), file, scenario.title)
        if key not in self._writes:
            self._writes[key] = site, {}
            state = self._step_states[id(site), scenario.title] = self.step(site, scenario)
            found = self._fresh(site, file, scenario) if state is not False else {}
            self._writes[key] = site, found if state else dict.fromkeys(found, HOLE)
        return self._writes[key][1]

    def _fresh(self, site: Site, file: str, scenario: Scenario) -> dict[str, str]:
        """What a step writes where it runs: its script, or the composite action that it uses."""
        if not site.inner:
            return written(site, file, self.contexts(site, scenario))
        last = site.inner[-1]
        if file == _OUTPUT:
            steps = self._steps(last.writers, scenario)
            contexts = {**self.contexts(last, scenario), "steps": steps}
            return {name: interpolate(text, contexts) for name, text in site.outputs.items()}
        found: dict[str, str] = {}
        for each in last.writers:
            found.update(self._written(each, file, scenario))
        return found

    def step(self, site: Site, scenario: Scenario) -> bool | None:
        """Whether the step runs when all that runs before it in the job succeeds, if it can."""
        key = (id(site), scenario.title)
        if key not in self._steps_run:
            self._steps_run[key] = site, self._step(site, scenario)
        return self._steps_run[key][1]

    def _step(self, site: Site, scenario: Scenario) -> bool | None:
        outer = self.step(site.parent, scenario) if site.parent else self.job(site.call, scenario)
        if outer is False:
            return False
        failing = self.failing_before(site, scenario)
        if site.step.condition is None:
            return False if failing else outer
        status = FAILED if failing else SUCCEEDS
        text, contexts = site.step.condition.text, self.contexts(site, scenario)
        if "matrix" not in text or len(site.call.legs) < 2:
            return both(outer, condition(text, contexts, status))
        states = {condition(text, {**contexts, "matrix": Open(leg)}, status) for leg in site.call.legs}
        return both(outer, True if True in states else None if None in states else False)

    def failing_before(self, site: Site, scenario: Scenario) -> Site | None:
        """The first step before it, of the same job or action, that surely runs and surely fails."""
        before = (each for each in site.stoppers if each.step.index < site.step.index)
        return next((each for each in before if self._ends(each, scenario)), None)

    def _ends(self, site: Site, scenario: Scenario) -> bool:
        """Whether a step surely runs and makes what it is part of fail."""
        key = (id(site), scenario.title)
        if key not in self._step_ends:
            self._step_ends[key] = site, False
            if self.step(site, scenario) is True:
                from cilint.pipeline.step_ends import is_tolerated, surely_fails

                contexts = self.contexts(site, scenario)
                fails = any(self._ends(each, scenario) for each in site.inner) or surely_fails(site, contexts)
                self._step_ends[key] = site, fails and not is_tolerated(site, contexts)
        return self._step_ends[key][1]

    def job_fails(self, call: Call, scenario: Scenario) -> bool:
        """Whether the job surely runs and surely fails, by a step of its own or of the workflow it calls."""
        key = _key(call, scenario)
        if key not in self._job_ends:
            self._job_ends[key] = False
            tolerated = call.job.node.get("continue-on-error") is not None
            if not tolerated and self.job(call, scenario) is True:
                sites = self._steps_of(call)
                fails = any(self._ends(each, scenario) for each in (sites[0].stoppers if sites else ()))
                jobs = self._jobs_of_called(call)[1] if not fails else ()
                self._job_ends[key] = fails or any(self.job_fails(each, scenario) for each in jobs)
        return self._job_ends[key]

    def _steps_of(self, call: Call) -> list[Site]:
        key = _key_of(call)
        if key not in self._sites:
            self._sites[key] = steps_of(call, self._project)
        return self._sites[key]

    def _jobs_of_called(self, call: Call) -> tuple[Workflow | None, list[Call]]:
        """The workflow of the repository that a job calls, and its jobs."""
        key = _key_of(call)
        if key not in self._called:
            found = called_jobs(self._project, call) if self._project and call.job.uses else None
            self._called[key] = found or (None, [])
        return self._called[key]

    def job(self, call: Call, scenario: Scenario) -> bool | None:
        """Whether the job runs when every job that runs before it succeeds."""
        key = _key(call, scenario)
        if key not in self._jobs:
            needed = _needed_first(call, lambda each: _key(each, scenario) in self._jobs)
            fresh = {_key(each, scenario): each for each in needed}
            self._jobs.update(dict.fromkeys(fresh))  # a cycle of needs is unknown
            for each, found in fresh.items():
                self._jobs[each] = self._job(found, scenario)
        return self._jobs[key]

    def _job(self, call: Call, scenario: Scenario) -> bool | None:
        outer = self.job(call.caller, scenario) if call.caller else True
        if outer is False:
            return False
        contexts, status = self.job_condition(call, scenario)
        if call.job.condition is None:
            return both(outer, truth(status.success))
        return both(outer, condition(call.job.condition.text, contexts, status))

    def job_condition(self, call: Call, scenario: Scenario) -> tuple[dict[str, Any], Status]:
        """What the job's own condition is judged by: its contexts, and what the status functions give."""
        needs, success = self._needs(call, scenario)
        failure = self.fails_above(call, scenario)
        status = Status(success=UNKNOWN if success is None else success, failure=failure, cancelled=False)
        contexts = {
            "github": self.github(scenario),
            "needs": needs,
            "inputs": self._call_inputs(call, scenario),
        }
        return contexts, status

    def fails_above(self, call: Call, scenario: Scenario) -> bool:
        """Whether a job that it waits for, directly or not, surely fails."""
        key = _key(call, scenario)
        if key not in self._above:
            for each in _needed_first(call, lambda known: _key(known, scenario) in self._above):
                above = (found for need in each.job.needs if (found := each.sibling(need.text)))
                self._above[_key(each, scenario)] = any(
                    self._above.get(_key(one, scenario), False) or self.job_fails(one, scenario)
                    for one in above
                )
        return self._above[key]

    def _needs(self, call: Call, scenario: Scenario) -> tuple[Any, bool | None]:
        """The ``needs`` context, and whether every needed job has succeeded."""
        results: dict[str, Any] = {}
        success: bool | None = True
        for need in call.job.needs:
            needed = call.sibling(need.text)
            state = self.job(needed, scenario) if needed else None
            fails = needed is not None and state is True and self.job_fails(needed, scenario)
            success = False if fails else both(success, state)
            result = UNKNOWN if state is None else "failure" if fails else "success" if state else "skipped"
            results[need.text] = Open(result=result, outputs=self._outputs_once(needed, scenario))
        return results, success

    def _outputs_once(self, call: Call | None, scenario: Scenario) -> Any:
        if call is None:
            return Open()
        key = _key(call, scenario)
        if key not in self._job_outputs:
            self._job_outputs[key] = Open()  # what a cycle of needs gives
            self._job_outputs[key] = self._outputs(call, scenario)
        return self._job_outputs[key]

    def _outputs(self, call: Call, scenario: Scenario) -> Any:
        """Outputs of a needed job that the event and its scripts decide; none where it does not run."""
        if call.job.uses is not None:
            return self._outputs_of_called(call, scenario)
        node = call.job.node.get("outputs")
        if node is None:
            return Open()
        declared = entries(node) if isinstance(node, Mapping) else {}
        contexts: dict[str, Any] = {
            "github": self.github(scenario),
            "inputs": self._call_inputs(call, scenario),
            "needs": self._needs(call, scenario)[0],
            "secrets": self._secrets,
        }
        if not call.job.matrix:
            sites = self._steps_of(call)
            contexts["steps"] = self._steps(sites[0].writers if sites else (), scenario)
        return Open({name: known(interpolate(value.text, contexts)) for name, value in declared.items()})

    def _outputs_of_called(self, call: Call, scenario: Scenario) -> Any:
        """Outputs of a job that calls a workflow of the repository, from those of its jobs."""
        workflow, jobs = self._jobs_of_called(call)
        trigger = workflow.triggers.get("workflow_call") if workflow else None
        values = output_values(mapping_at(trigger.node, "outputs")) if trigger else {}
        results = {each.job.id: Open(outputs=self._outputs_once(each, scenario)) for each in jobs if values}
        contexts: dict[str, Any] = {
            "github": self.github(scenario),
            "inputs": self._call_inputs(jobs[0], scenario) if jobs else Open(),
            "jobs": Open(results),
        }
        return Open({name: known(interpolate(text, contexts)) for name, text in values.items()})

    def _call_inputs(self, call: Call, scenario: Scenario) -> Any:
        if call.inputs is not None:
            texts = {**call.inputs, **self._passed(call.caller, scenario)}
            return {name: call.typed(name, text) for name, text in texts.items()}
        if scenario.event == "workflow_dispatch":
            return Open()
        return {}

    def _inputs(self, site: Site, scenario: Scenario) -> Any:
        if not site.parent:
            return self._call_inputs(site.call, scenario)
        given = site.parent.step.inputs
        contexts = self.contexts(site.parent, scenario) if given else {}
        passed = {name: known(interpolate(value.text, contexts)) for name, value in given.items()}
        return {**site.inputs, **passed}

    def _passed(self, caller: Call | None, scenario: Scenario) -> dict[str, str]:
        """What a job passes on to the workflow that it calls."""
        if caller is None or not caller.job.inputs:
            return {}
        contexts = {
            "github": self.github(scenario),
            "inputs": self._call_inputs(caller, scenario),
            "needs": self._needs(caller, scenario)[0],
            "matrix": caller.matrix,
        }
        return {name: interpolate(value.text, contexts) for name, value in caller.job.inputs.items()}

    def _env(self, site: Site, scenario: Scenario, needs: Any) -> Open:
        """The environment with the event's values in it: ``IS_MAIN: ${{ github.ref == … }}`` is known."""
        contexts: dict[str, Any] = {
            "github": self.github(scenario),
            "inputs": self._inputs(site, scenario),
            "matrix": site.call.matrix,
            "needs": needs,
            "secrets": self._secrets,
        }
        values: dict[str, Any] = self._outer_env(site, scenario, contexts)
        for place in reversed(_chain(site)):
            for each in place.before:
                if each.inner or writes(each, _ENV):
                    written_to = self._written(each, _ENV, scenario).items()
                    added = {name: value for name, value in written_to if value or name not in values}
                    if added:
                        values = {**values, **{name: known(value) for name, value in added.items()}}
            if place.step.env:
                contexts["env"] = Open(values)
                contexts["steps"] = self._steps(place.before, scenario)
                added = {n: interpolate(v.text, contexts) for n, v in place.step.env.items()}
                values = {**values, **{name: known(value) for name, value in added.items()}}
        return values if isinstance(values, Open) else Open(values)

    def _outer_env(self, site: Site, scenario: Scenario, contexts: dict[str, Any]) -> Open:
        """What the workflow and the job set, which all steps of a job have in common, in each leg its own."""
        key = (id(site.call), scenario.title, id(site.parent))
        if key not in self._envs:
            values = Open()
            for layer in (site.call.workflow.env, site.job.env):
                within = {**contexts, "env": values}
                values = Open({**values, **{n: known(interpolate(v.text, within)) for n, v in layer.items()}})
            self._envs[key] = site, values
        return self._envs[key][1]


def _key(call: Call, scenario: Scenario) -> tuple[int, str, str]:
    return (*_key_of(call), scenario.title)


def _key_of(call: Call) -> tuple[int, str]:
    return id(call.caller), f"{call.workflow.path}:{call.job.id}"


def _needed_first(call: Call, known: Callable[[Call], bool]) -> list[Call]:
    """The job and all jobs that it waits for, each after those that it needs itself, without known ones.

    Chains may be long.
    """
    found: list[Call] = []
    seen, stack = {call.job.id}, [(call, iter(call.job.needs))]
    while stack:
        current, needs = stack[-1]
        need = next(needs, None)
        if need is None:
            found.append(stack.pop()[0])
        elif need.text not in seen:
            seen.add(need.text)
            needed = current.sibling(need.text)
            if needed and not known(needed):
                stack.append((needed, iter(needed.job.needs)))
    return found


def _chain(site: Site) -> list[Site]:
    """The site and the steps through which it is used, innermost first."""
    chain = [site]
    while chain[-1].parent:
        chain.append(chain[-1].parent)
    return chain
