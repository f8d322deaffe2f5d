"""Whether what the package manager downloads is kept, and not what it removes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cilint.findings.violation import Options, Violation
from cilint.pipeline.pipeline import Pipeline
from cilint.pipeline.sites import Site
from cilint.text.hole import HOLE


def run(pipeline: Pipeline, options: Options) -> Iterator[Violation]:
    """One violation a set-up without cache, one a cache of node_modules; values: ``problem``, ``action``."""
    for setup in pipeline.node_setups:
        if setup.cache_problem:
            advice = (
                "let setup-node cache it"
                if "anew" in setup.cache_problem
                else "name it in `cache-dependency-path`"
            )
            values = {"problem": f"{setup.cache_problem}; {advice}", "action": advice}
            yield Violation(setup.path, setup.cache_place, values, edits=setup.cache_edits or ())
    for install in {id(each.site.call): each for each in reversed(pipeline.step_installs)}.values():
        if install.manager == "bun" and not _keeps_bun(pipeline, install.site):
            problem = "what bun downloads is fetched anew in every run; "
            problem += "keep ~/.bun/install/cache with actions/cache"
            yield Violation(install.path, install.span, {"problem": problem, "action": ""})
    clean = {
        id(each.site.call) for each in pipeline.step_installs if each.manager == "npm" and each.is_frozen
    }
    for site in pipeline.runs.sites:
        if id(site.call) in clean and _caches_modules(site):
            problem = "`npm ci` removes node_modules first: cache ~/.npm instead, with setup-node's `cache`"
            yield Violation(site.path, site.input_span("path"), {"problem": problem, "action": ""})


def _keeps_bun(pipeline: Pipeline, site: Site) -> bool:
    """Whether a step of the job caches bun's downloads, or something that is not known."""
    sites = pipeline.runs.steps(site.call)
    paths = [
        each.input("path") or "" for each in sites if each.step.action and "cache" in each.step.action.name
    ]
    return any(HOLE in path or "bun" in path or not path for path in paths)


def _caches_modules(site: Site) -> bool:
    """Whether the step caches node_modules, and does not skip the install where that is restored."""
    action = site.step.action
    if not action or action.repository != "actions/cache":
        return False
    skips = any(
        step.condition and f"steps.{site.step.id}.outputs.cache-hit" in step.condition.text
        for step in site.job.steps
    )
    return not skips and bool(
        re.search(r"(^|[/\s*])node_modules/?\s*$", site.input("path") or "", re.MULTILINE)
    )
