"""Which docker/metadata-action a list of tags comes from, through outputs, inputs and variables.

Followed are the outputs of steps, of local composite actions, of jobs and of called workflows, the inputs
that actions and workflows are given, and the ``env`` of steps, jobs and workflows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from cilint.model.workflow import entries, mapping_at, output_values
from cilint.pipeline.effects.metadata import makes
from cilint.pipeline.runs import Runs
from cilint.pipeline.sites import Call, Site

_MAX_DEPTH = 6
_STEPS = re.compile(r"\bsteps\.([\w-]+)\.outputs\.([\w-]+)")
_JOBS = re.compile(r"\b(?:needs|jobs)\.([\w-]+)\.outputs\.([\w-]+)")
_INPUTS = re.compile(r"\binputs\.([\w-]+)")
_VARIABLES = re.compile(r"\benv\.(\w+)")
_LISTS = ("tags", "json", "bake-file", "bake-file-tags")
"""The outputs of docker/metadata-action that hold all tags."""
_FROM_ENVIRONMENT = re.compile("DOCKER_METADATA_OUTPUT_(?:TAGS|JSON|BAKE)")


def metadata_steps(runs: Runs, site: Site, text: str, depth: int = 0) -> Iterator[Site]:
    """The steps that make the tags which an expression, or the environment, gives a step."""
    by_environment = _FROM_ENVIRONMENT.search(text) is not None
    if depth > _MAX_DEPTH or not ("." in text or by_environment):
        return
    earlier = runs.earlier(site)
    if by_environment:
        yield from (step for step in earlier if makes(step))
        return
    yield from _of_steps(runs, earlier, text, depth)
    for job, name in _JOBS.findall(text):
        yield from _of_job(runs, site.call.sibling(job), name, depth + 1)
    for name in _INPUTS.findall(text):
        yield from _of_input(runs, site, name, depth + 1)
    for name in _VARIABLES.findall(text):
        layers = (site.step.env, *(() if site.parent else (site.job.env, site.call.workflow.env)))
        value = next((layer[name] for layer in layers if name in layer), None)
        if value is not None and f"env.{name}" not in value.text:
            yield from metadata_steps(runs, site, value.text, depth + 1)


def _of_steps(runs: Runs, sites: Sequence[Site], text: str, depth: int) -> Iterator[Site]:
    """Those of some steps whose outputs a text takes, those inside of composite actions too."""
    taken = _STEPS.findall(text)
    for site in sites if taken else ():
        names = [name for step, name in taken if step == site.step.id]
        if makes(site) and set(names) & set(_LISTS):
            yield site
        for name in names if site.inner and depth < _MAX_DEPTH else ():
            yield from _of_steps(runs, site.inner, site.outputs.get(name, ""), depth + 1)


def _of_job(runs: Runs, call: Call | None, name: str, depth: int) -> Iterator[Site]:
    """What a job gives as an output: by its own steps, or by a job of the workflow that it calls."""
    if call is None or depth > _MAX_DEPTH:
        return
    if call.job.uses is None:
        value = entries(mapping_at(call.job.node, "outputs")).get(name)
        if value is not None:
            sites = [each for each in runs.sites if each.parent is None and _is_same(each.call, call)]
            yield from _of_steps(runs, sites, value.text, depth)
        return
    called = {each.call.job.id: each.call for each in runs.sites if _is_same(each.call.caller, call)}
    workflow = next((each.workflow for each in called.values()), None)
    trigger = workflow.triggers.get("workflow_call") if workflow else None
    values = output_values(mapping_at(trigger.node, "outputs")) if trigger else {}
    for job, output in _JOBS.findall(values.get(name, "")):
        yield from _of_job(runs, called.get(job), output, depth + 1)


def _of_input(runs: Runs, site: Site, name: str, depth: int) -> Iterator[Site]:
    """What the action or the workflow that a step is written in is given."""
    if site.parent:
        given = site.parent.step.inputs.get(name.lower())
        if given is not None:
            yield from metadata_steps(runs, site.parent, given.text, depth)
    elif site.call.caller:
        passed = site.call.caller.job.inputs.get(name)
        for job, output in _JOBS.findall(passed.text) if passed else ():
            yield from _of_job(runs, site.call.caller.sibling(job), output, depth)


def _is_same(call: Call | None, other: Call | None) -> bool:
    """Whether two calls are the same job of the same run."""
    while call is not None and other is not None:
        if call.job is not other.job or call.entry is not other.entry:
            return False
        call, other = call.caller, other.caller
    return call is other
