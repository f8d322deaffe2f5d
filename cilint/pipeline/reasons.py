"""Why a workflow starts, and a job or step runs, in a scenario: the same answers as reach, in words.

``reach`` and ``scenarios`` decide; a reason names what decided there: a trigger's filter, the job that is
needed, the caller, or the part of a condition.
"""

from __future__ import annotations

from cilint.model.workflow import Trigger, Workflow
from cilint.pipeline.evaluate import FAILED, SUCCEEDS, Status, Value, truth
from cilint.pipeline.explain import Explanation, explain
from cilint.pipeline.filters import matches
from cilint.pipeline.reach import Reach
from cilint.pipeline.runs import Place
from cilint.pipeline.scenarios import Scenario, takes_branch, takes_push
from cilint.pipeline.sites import Call, Site
from cilint.syntax.expression import Expr, ExpressionError, parse, parse_template, uses_status
from cilint.syntax.yaml import Scalar
from cilint.text.hints import Literal
from cilint.text.values import NamedTuple

Decider = Literal["trigger", "condition", "input", "need", "caller", "job", "step", "nothing"]
"""What decides. ``job``: what the step is part of, its job or the step that uses its action; ``step``: one
before it, which fails; ``nothing``: nothing could keep it from running."""

_SHOWN = 3  # parts of a condition that are told


class Reason(NamedTuple):
    """``state``: yes, no or None for unknown. ``verdict`` is the same for all scenarios that are decided
    alike; ``because`` adds the values of this one. ``place`` is where the deciding words stand."""

    state: bool | None
    by: Decider
    verdict: str
    because: str
    place: Place

    @property
    def text(self) -> str:
        return f"{self.verdict}: {self.because}" if self.because else self.verdict


# -- triggers ------------------------------------------------------------------------------------------------


def start_reason(workflow: Workflow, scenario: Scenario) -> Reason:
    """Why the event starts the workflow or does not."""
    trigger = workflow.triggers.get(scenario.event)
    if trigger is None:
        pair = workflow.root.pair("on") if workflow.root else None
        place = Place(workflow.path, pair.key.span if pair else workflow.span)
        return Reason(False, "trigger", f"{scenario.event} is none of its events", "", place)
    if scenario.event == "push":
        tag = scenario.ref_type == "tag"
        taken = takes_push(trigger, scenario.ref_name, tag=tag)
        return _filtered(workflow, trigger, "tags" if tag else "branches", scenario.ref_name, taken)
    name = scenario.upstream.branch if scenario.upstream else scenario.base
    if name is None or scenario.event == "merge_group":
        place = Place(workflow.path, trigger.span)
        return Reason(True, "trigger", f"{scenario.event} starts it", "", place)
    return _filtered(workflow, trigger, "branches", name, takes_branch(trigger, name))


def _filtered(workflow: Workflow, trigger: Trigger, kind: str, name: str, taken: bool) -> Reason:
    """The filter that takes the name in or leaves it out."""
    given = next((key for key in (kind, f"{kind}-ignore") if trigger.filter(key) is not None), None)
    verdict, because = f"{trigger.event} has no filter for {kind}", ""
    if given is None and not taken:
        others = "tags" if kind == "branches" else "branches"
        given = next(key for key in (others, f"{others}-ignore") if trigger.filter(key) is not None)
        verdict = f"`{given}` alone leaves all {kind} out"
    elif given is not None:
        pattern = _last_match(trigger.filter(given) or (), name)
        verdict = f"`{given}` {'takes it' if taken else 'leaves it out'}"
        because = f"`{pattern}` fits {name}" if pattern else f"no pattern fits {name}"
    paths = next(
        (key for key in ("paths", "paths-ignore") if taken and trigger.filter(key) is not None), None
    )
    if paths:
        verdict += f", where the changed files fit `{paths}`"
    pair = trigger.pair(given or paths or "")
    return Reason(
        taken, "trigger", verdict, because, Place(workflow.path, pair.key.span if pair else trigger.span)
    )


def _last_match(patterns: tuple[str, ...], name: str) -> str | None:
    return next((each for each in reversed(patterns) if matches(each.removeprefix("!"), name)), None)


# -- jobs ----------------------------------------------------------------------------------------------------


def job_reason(reach: Reach, call: Call, scenario: Scenario) -> Reason:
    """Why the job runs or does not."""
    reason, state = _job_reason(reach, call, scenario), reach.job(call, scenario)
    if reason.state is state:
        return reason
    # Where jobs wait for one another, the answer depends on where the circle is entered; GitHub refuses it.
    return Reason(state, "need", "the jobs wait for one another", "", reason.place)


def _job_reason(reach: Reach, call: Call, scenario: Scenario) -> Reason:
    outer = reach.job(call.caller, scenario) if call.caller else True
    if call.caller and outer is False:
        return _by_caller(reach, call, call.caller, scenario)
    contexts, status = reach.job_condition(call, scenario)
    scalar = call.job.condition
    succeeded = True if scalar and _has_status(scalar.text) else truth(status.success)
    if succeeded is False:
        return _by_need(reach, call, scenario, False)
    found = _by_condition(call.job.path, scalar, contexts, status) if scalar else None
    if found and found.state is False:
        return found
    if call.caller and outer is None:
        return _by_caller(reach, call, call.caller, scenario)
    if succeeded is None:
        return _by_need(reach, call, scenario, None)
    return found or _unhindered(call)


def _unhindered(call: Call) -> Reason:
    place = Place(call.job.path, call.job.span)
    if not call.job.needs:
        return Reason(True, "nothing", "it has no condition", "", place)
    names = ", ".join(f"`{need.text}`" for need in call.job.needs)
    return Reason(
        True, "need", f"{names}, which it needs, {'runs' if len(call.job.needs) == 1 else 'run'}", "", place
    )


def _by_caller(reach: Reach, call: Call, caller: Call, scenario: Scenario) -> Reason:
    reason = job_reason(reach, caller, scenario)
    said = "does not run" if reason.state is False else "may or may not run"
    verdict = f"the calling job `{caller.job.id}` {said}"
    return Reason(reason.state, "caller", verdict, reason.text, Place(call.job.path, call.job.span))


def _by_need(reach: Reach, call: Call, scenario: Scenario, state: bool | None) -> Reason:
    """The first needed job that is in the way, and what that lies at."""
    need, needed = _hindrance(reach, call, scenario, state)
    place = Place(call.job.path, need.span)
    said = "does not run" if state is False else "may or may not run"
    if needed and state is False and reach.job_fails(needed, scenario):
        return Reason(False, "need", f"`{need.text}`, which it needs, fails", "", place)
    verdict = f"`{need.text}`, which it needs, {said}"
    if needed is None:
        return Reason(state, "need", f"`{need.text}`, which it needs, is no job of this workflow", "", place)
    root, seen = needed, {call.job.id}
    while root.job.id not in seen:
        seen.add(root.job.id)
        reason = _own(reach, root, scenario, state)
        if reason:
            because = reason.text if root is needed else f"`{root.job.id}` {said}, {reason.text}"
            return Reason(state, "need", verdict, because, place)
        following = _hindrance(reach, root, scenario, state)[1]
        if following is None:
            break
        if state is False and reach.job_fails(following, scenario):
            because = f"`{following.job.id}` fails, which `{root.job.id}` needs"
            return Reason(state, "need", verdict, because, place)
        root = following
    because = "the jobs wait for one another" if root.job.id in seen else "a job that it needs is missing"
    return Reason(state, "need", verdict, because, place)


def _own(reach: Reach, call: Call, scenario: Scenario, state: bool | None) -> Reason | None:
    """The reason of a job where it is not that of the jobs that it needs."""
    _, status = reach.job_condition(call, scenario)
    implied = not (call.job.condition and _has_status(call.job.condition.text))
    if implied and call.job.needs and truth(status.success) is state:
        return None
    return job_reason(reach, call, scenario)


def _hindrance(
    reach: Reach, call: Call, scenario: Scenario, state: bool | None
) -> tuple[Scalar, Call | None]:
    found = [(need, call.sibling(need.text)) for need in call.job.needs]
    states = [_need_state(reach, needed, scenario) for _, needed in found]
    return found[states.index(state)]


def _need_state(reach: Reach, needed: Call | None, scenario: Scenario) -> bool | None:
    """Whether a needed job succeeds."""
    if needed is None:
        return None
    return False if reach.job_fails(needed, scenario) else reach.job(needed, scenario)


# -- steps ---------------------------------------------------------------------------------------------------


def step_reason(reach: Reach, site: Site, scenario: Scenario) -> Reason:
    """Why the step runs or does not, where everything before it succeeds."""
    outer = reach.step(site.parent, scenario) if site.parent else reach.job(site.call, scenario)
    scalar = site.step.condition
    if outer is False or (scalar is None and outer is None):
        return _by_outer(reach, site, scenario)
    failing = reach.failing_before(site, scenario)
    if failing and not (scalar and _has_status(scalar.text)):
        verdict = f"the step `{failing.step.name}` before it fails"
        return Reason(False, "step", verdict, "", Place(site.path, failing.span))
    if scalar is None:
        return Reason(True, "nothing", "it has no condition", "", Place(site.path, site.span))
    status = FAILED if failing else SUCCEEDS
    found = _by_condition(site.path, scalar, reach.contexts(site, scenario), status)
    if found.state is not False and outer is None:
        return _by_outer(reach, site, scenario)
    return found


def _by_outer(reach: Reach, site: Site, scenario: Scenario) -> Reason:
    if site.parent:
        reason, name = step_reason(reach, site.parent, scenario), "the step that uses this action"
    else:
        reason, name = job_reason(reach, site.call, scenario), "its job"
    said = "does not run" if reason.state is False else "may or may not run"
    return Reason(reason.state, "job", f"{name} {said}", reason.text, Place(site.path, site.span))


# -- conditions ----------------------------------------------------------------------------------------------


def _by_condition(path: str, scalar: Scalar, contexts: dict[str, Value], status: Status) -> Reason:
    found = explain(scalar.text, contexts, status)
    if found.refusal:
        return Reason(
            None, "condition", "GitHub would refuse this condition", found.refusal, Place(path, scalar.span)
        )
    shown = found.parts[:_SHOWN]
    verdict = "; ".join(part.verdict for part in shown)
    if len(found.parts) > len(shown):
        verdict += f"; and {len(found.parts) - len(shown)} more"
    because = ", ".join(dict.fromkeys(words for part in shown for words in part.because))
    span = scalar.span
    if len(found.parts) == 1:
        span = scalar.source_span(found.parts[0].start, found.parts[0].end)
    return Reason(found.holds, _decider(found), verdict, because, Place(path, span))


def _decider(found: Explanation) -> Decider:
    roots = frozenset().union(*(part.roots for part in found.parts))
    return "input" if "inputs" in roots else "need" if "needs" in roots else "condition"


def _has_status(text: str) -> bool:
    """Whether a status function occurs, so that success() is not implied."""
    try:
        parts: list[Expr] = [parse(text)] if "${{" not in text else [
            part[1] for part in parse_template(text) if not isinstance(part, str)
        ]  # fmt: skip
    except ExpressionError:
        return True
    return not text.strip() or any(map(uses_status, parts))
