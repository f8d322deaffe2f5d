"""Whether a step runs in a scenario: yes, no or unknown, as GitHub decides it.

Trigger filters have been applied by the scenario's being there. What is left is the condition of each
job, the fate of the jobs it needs, and the condition of each step, on the way where everything that
runs succeeds.
"""

from __future__ import annotations

from cilint.model.workflow import entries
from cilint.pipeline.evaluate import UNKNOWN, Open, Status, condition, interpolate, truth
from cilint.pipeline.scenarios import Scenario, github_context
from cilint.pipeline.sites import Call, Site, known
from cilint.syntax.yaml import Mapping
from cilint.text.hints import Any

SUCCEEDS = Status(success=True, failure=False, cancelled=False)
"""What the status functions give a step."""


class Reach:
    """Answers for one repository; remembers what it has worked out."""

    def __init__(self, main: str, repository: str) -> None:
        self.main = main
        self.repository = repository
        self._jobs: dict[tuple[int, str, str], bool | None] = {}
        self._github: dict[str, Open] = {}

    def github(self, scenario: Scenario) -> Open:
        if scenario.title not in self._github:
            self._github[scenario.title] = github_context(scenario, self.main, self.repository)
        return self._github[scenario.title]

    def contexts(self, site: Site, scenario: Scenario) -> dict[str, Any]:
        """Contexts of the step's expressions in the scenario."""
        contexts = site.contexts(self.github(scenario), env={})
        contexts["env"] = self._env(site, scenario)
        contexts["inputs"] = self._inputs(site, scenario)
        contexts["needs"] = self._needs(site.call, scenario)[0]
        return contexts

    def step(self, site: Site, scenario: Scenario) -> bool | None:
        """Whether the step runs when everything before it in the job has succeeded."""
        outer = self.step(site.parent, scenario) if site.parent else self.job(site.call, scenario)
        if outer is False or site.step.condition is None:
            return outer
        return both(outer, condition(site.step.condition.text, self.contexts(site, scenario), SUCCEEDS))

    def job(self, call: Call, scenario: Scenario) -> bool | None:
        """Whether the job runs when every job that runs before it succeeds."""
        key = _key(call, scenario)
        if key not in self._jobs:
            fresh = {_key(each, scenario): each for each in _needed_first(call)}
            fresh = {each: found for each, found in fresh.items() if each not in self._jobs}
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
        status = Status(success=UNKNOWN if success is None else success, failure=False, cancelled=False)
        contexts = {
            "github": self.github(scenario),
            "needs": needs,
            "inputs": self._call_inputs(call, scenario),
        }
        return contexts, status

    def _needs(self, call: Call, scenario: Scenario) -> tuple[Any, bool | None]:
        """The ``needs`` context, and whether every needed job has succeeded."""
        results: dict[str, Any] = {}
        success: bool | None = True
        for need in call.job.needs:
            needed = call.sibling(need.text)
            state = self.job(needed, scenario) if needed else None
            success = both(success, state)
            result = UNKNOWN if state is None else "success" if state else "skipped"
            results[need.text] = Open(result=result, outputs=self._outputs(needed, scenario))
        return results, success

    def _outputs(self, call: Call | None, scenario: Scenario) -> Any:
        """Outputs of a needed job that are plain expressions of the event."""
        node = call.job.node.get("outputs") if call else None
        if call is None or node is None:
            return Open()
        declared = entries(node) if isinstance(node, Mapping) else {}
        contexts = {"github": self.github(scenario), "inputs": self._call_inputs(call, scenario)}
        return Open({name: known(interpolate(value.text, contexts)) for name, value in declared.items()})

    def _call_inputs(self, call: Call, scenario: Scenario) -> Any:
        if call.inputs is not None:
            return {name: known(value) for name, value in call.inputs.items()}
        if scenario.event == "workflow_dispatch":
            return Open()
        return {}

    def _inputs(self, site: Site, scenario: Scenario) -> Any:
        return site.inputs if site.parent else self._call_inputs(site.call, scenario)

    def _env(self, site: Site, scenario: Scenario) -> Open:
        """The environment with the event's values in it: ``IS_MAIN: ${{ github.ref == … }}`` is known."""
        contexts: dict[str, Any] = {
            "github": self.github(scenario),
            "inputs": self._inputs(site, scenario),
            "matrix": site.call.matrix,
        }
        layers = [site.call.workflow.env, site.job.env]
        layers += [place.step.env for place in reversed(_chain(site))]
        values: dict[str, Any] = {}
        for layer in layers:
            contexts["env"] = Open(values)
            values = {**values, **{n: known(interpolate(v.text, contexts)) for n, v in layer.items()}}
        return Open(values)


def _key(call: Call, scenario: Scenario) -> tuple[int, str, str]:
    return id(call.caller), f"{call.workflow.path}:{call.job.id}", scenario.title


def _needed_first(call: Call) -> list[Call]:
    """The job and all jobs that it waits for, each after those that it needs itself; chains may be long."""
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
            if needed:
                stack.append((needed, iter(needed.job.needs)))
    return found


def _chain(site: Site) -> list[Site]:
    """The site and the steps through which it is used, innermost first."""
    chain = [site]
    while chain[-1].parent:
        chain.append(chain[-1].parent)
    return chain


def both(a: bool | None, b: bool | None) -> bool | None:
    """Three-valued and."""
    if a is False or b is False:
        return False
    return None if a is None or b is None else True
