"""Which docker/metadata-action a list of tags comes from, through outputs, inputs and variables.

Followed are the outputs of steps, of local composite actions, of jobs and of called workflows, the inputs
that actions and workflows are given, and the ``env`` of steps, jobs and workflows.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from cilint.model.workflow import entries, mapping_at, output_values
from cilint.pipeline.effects.metadata import makes
from cilint.pipeline.runs import Runs
from cilint.pipeline.sites import Call, Site

_MAX_NAMES = 200
_STEPS = re.compile(r"\bsteps\.([\w-]+)\.outputs\.([\w-]+)")
_JOBS = re.compile(r"\b(?:needs|jobs)\.([\w-]+)\.outputs\.([\w-]+)")
_INPUTS = re.compile(r"\binputs\.([\w-]+)")
_VARIABLES = re.compile(r"\benv\.(\w+)")
_LISTS = ("tags", "json", "bake-file", "bake-file-tags")
"""The outputs of docker/metadata-action that hold all tags."""
_FROM_ENVIRONMENT = re.compile("DOCKER_METADATA_OUTPUT_(?:TAGS|JSON|BAKE)")


def metadata_steps(runs: Runs, site: Site, text: str) -> list[Site]:
    """The steps that make the tags which an expression, or the environment, gives a step."""
    if _FROM_ENVIRONMENT.search(text):
        return [step for step in runs.earlier(site) if makes(step)]
    search = _Search(runs)
    if "." in text:
        search.from_text(site, text)
    return list(search.found)


class _Search:
    """Goes from text to text; each name of each place is looked at once."""

    def __init__(self, runs: Runs) -> None:
        self._runs = runs
        self._seen: set[tuple[int, str]] = set()
        self._kept: list[Site | Call] = []  # what has been seen is known by its identity
        self.found: dict[Site, None] = {}

    def _is_new(self, place: Site | Call, name: str) -> bool:
        key = (id(place), name)
        if key in self._seen or len(self._seen) >= _MAX_NAMES:
            return False
        self._seen.add(key)
        self._kept.append(place)
        return True

    def _is_new_output(self, call: Call, name: str) -> bool:
        """The same for a job, of which there may be several objects."""
        known = next((each for each in self._kept if isinstance(each, Call) and _is_same(each, call)), call)
        return self._is_new(known, name)

    def from_text(self, site: Site, text: str) -> None:
        """Follow the names in a text of a step."""
        self._from_steps(self._runs.earlier(site), text)
        for job, name in _JOBS.findall(text):
            self._from_job(site.call.sibling(job), name)
        for name in _INPUTS.findall(text):
            if self._is_new(site, f"inputs.{name}"):
                self._from_input(site, name)
        layers = site.env_layers
        for name in _VARIABLES.findall(text):
            value = next((layer[name] for layer in layers if name in layer), None)
            if value is not None and self._is_new(site, f"env.{name}"):
                self.from_text(site, value.text)

    def _from_steps(self, sites: Sequence[Site], text: str) -> None:
        """Follow outputs of some steps, into composite actions too."""
        taken: dict[str, set[str]] = {}
        for step, name in _STEPS.findall(text):
            taken.setdefault(step, set()).add(name)
        for site in sites if taken else ():
            names = taken.get(site.step.id or "", set())
            if makes(site) and names & set(_LISTS):
                self.found[site] = None
            for name in sorted(names) if site.inner else ():
                if self._is_new(site, name):
                    self._from_steps(site.inner, site.outputs.get(name, ""))

    def _from_job(self, call: Call | None, name: str) -> None:
        """Follow an output of a job: into its own steps, or the jobs of the workflow that it calls."""
        if call is None or not self._is_new_output(call, name):
            return
        if call.job.uses is None:
            value = entries(mapping_at(call.job.node, "outputs")).get(name)
            sites = [each for each in self._runs.sites if each.parent is None and _is_same(each.call, call)]
            self._from_steps(sites, value.text if value else "")
            return
        called = {
            each.call.job.id: each.call for each in self._runs.sites if _is_same(each.call.caller, call)
        }
        workflow = next((each.workflow for each in called.values()), None)
        trigger = workflow.triggers.get("workflow_call") if workflow else None
        values = output_values(mapping_at(trigger.node, "outputs")) if trigger else {}
        for job, output in _JOBS.findall(values.get(name, "")):
            self._from_job(called.get(job), output)

    def _from_input(self, site: Site, name: str) -> None:
        """Follow what the action or the workflow that a step is written in is given."""
        if site.parent:
            given = site.parent.step.inputs.get(name.lower())
            self.from_text(site.parent, given.text if given else "")
        elif site.call.caller:
            passed = site.call.caller.job.inputs.get(name)
            for job, output in _JOBS.findall(passed.text) if passed else ():
                self._from_job(site.call.caller.sibling(job), output)


def _is_same(call: Call | None, other: Call | None) -> bool:
    """Whether two calls are the same job of the same run."""
    while call is not None and other is not None:
        if call.job is not other.job or call.entry is not other.entry:
            return False
        call, other = call.caller, other.caller
    return call is other
