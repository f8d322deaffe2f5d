"""Whether the repository is checked out before its files are used."""

from __future__ import annotations

from collections.abc import Iterator

from cilint.findings.violation import Options, Violation
from cilint.model.edits import insert_step
from cilint.model.pins import pinned
from cilint.model.task_files import NAMES
from cilint.model.workflow import Step
from cilint.pipeline.effects.handovers import handed_over
from cilint.pipeline.pipeline import Pipeline
from cilint.pipeline.runs import Effect
from cilint.pipeline.sites import Call, Site
from cilint.text.hole import HOLE
from cilint.text.source import Span

_CHECKOUT = (f"uses: {pinned('actions/checkout')}", "with:", "  persist-credentials: false")
_FETCHING = frozenset(
    ("git", "gh", "hub", "curl", "wget", "tar", "unzip", "npx", "degit", "svn", "rsync", "cp", "mv")
)


def run(pipeline: Pipeline, options: Options) -> Iterator[Violation]:
    """At most one violation a job; values: ``what``, ``when``."""
    for call in dict.fromkeys(site.call for site in pipeline.runs.sites):
        using = {id(site): span for site, span in _using(pipeline, call)}
        for site in pipeline.runs.steps(call):
            if _may_fetch(site):
                break
            if id(site) in using:
                yield _violation(site, using[id(site)])
                break


def _using(pipeline: Pipeline, call: Call) -> Iterator[tuple[Site, Span]]:
    """The steps of a job that need the files, and the words that do; of a step the last that is given."""
    for site in pipeline.runs.steps(call):
        for handed in handed_over(pipeline.runs, site):
            tasks = NAMES.get(handed.command.name, ())
            if handed.text is not None or not pipeline.project.paths.isdisjoint(tasks):
                yield site, handed.span
    effects: list[Effect] = [each for each in pipeline.step_installs if each.site.call is call]
    effects += [each for each in pipeline.gates if each.site.call is call and each.call]
    effects += [each for each in pipeline.image_builds if each.site.call is call and _is_local(each.context)]
    for effect in sorted(effects, key=lambda each: -each.span.start):
        yield effect.site, effect.span
    for site in pipeline.runs.steps(call):
        if site.step.action and site.step.action.text.startswith(("./", ".\\")):
            yield site, site.span


def _is_local(context: str | None) -> bool:
    """Whether the context of a build is a folder of the checkout."""
    return context is not None and HOLE not in context and not context.startswith(("{{", "http", "git@", "-"))


def _may_fetch(site: Site) -> bool:
    """Whether the step may bring files: a checkout, anything that downloads, an action that nobody knows."""
    action = site.step.action
    if action is not None:
        words = action.name.replace("/", "-").split("-")
        return bool({"checkout", "clone", "download", "artifact", "cache"} & set(words))
    script = site.script
    if script is None:
        return site.step.run is not None
    return any(command.name in _FETCHING or not command.name for command in script.commands)


def _violation(site: Site, span: Span) -> Violation:
    top = site.top.step
    action = site.step.action
    what = action.text if action else "this"
    checkout = next((each for each in site.job.steps if _is_checkout(each)), None)
    when = "are checked out only later" if checkout else "nothing in this job checks out"
    edits = None
    if checkout is None and site.parent is None and site.call.caller is None:
        edits = insert_step(site.job.steps[0], _CHECKOUT, name="Check out the code")
    place, words = (site.path, span) if site.parent is None else (top.path, top.span)
    return Violation(place, words, {"what": what, "when": when}, edits=edits or ())


def _is_checkout(step: Step) -> bool:
    return step.action is not None and step.action.name == "actions/checkout"
