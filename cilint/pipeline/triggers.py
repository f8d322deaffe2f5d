"""What keeps a workflow from running on every push and on every pull request to the main branch."""

from __future__ import annotations

from cilint.findings.finding import FileEdit, Safety, Severity
from cilint.model.edits import remove_entry, rename_filter, set_filter, set_trigger
from cilint.model.workflow import Trigger, Workflow
from cilint.pipeline.scenarios import takes_branch, takes_push
from cilint.text.source import Span
from cilint.text.values import NamedTuple

_OPENED, _CHANGED = "opened", "synchronize"


class TriggerGap(NamedTuple):
    """The words that leave events out, what they leave out, and how that is mended."""

    path: str
    span: Span
    reason: str
    advice: str
    severity: Severity = Severity.ERROR
    safety: Safety = "unsafe"
    edits: tuple[FileEdit, ...] | None = None

    @property
    def is_error(self) -> bool:
        return self.severity is Severity.ERROR


def push_gap(workflow: Workflow, main: str) -> TriggerGap | None:
    """Why some branch's push does not run the workflow; None where every one does."""
    trigger = workflow.triggers.get("push")
    if trigger is None:
        advice = "add `push` with no filter, or with `branches: ['**']`"
        edits = set_trigger(workflow, "push")
        return TriggerGap(
            workflow.path, _on(workflow), "pushes do not run this workflow", advice, edits=edits
        )
    return _branches_gap(workflow, trigger, main) or _paths_gap(workflow, trigger)


_FILTERS = ("branches", "branches-ignore", "tags", "tags-ignore")
_SAMPLES = ("feature/x", "develop", "fix")


def _branches_gap(workflow: Workflow, trigger: Trigger, main: str) -> TriggerGap | None:
    missed = [
        name for name in (main, "feature/x", "develop", "fix") if not takes_push(trigger, name, tag=False)
    ]
    key = next(
        (key for key in ("branches", "branches-ignore", "tags", "tags-ignore") if trigger.pair(key)), None
    )
    if key is None:
        return None
    wanted, unwanted = trigger.filter("branches"), trigger.filter("branches-ignore")
    if not missed and not unwanted and not any(each.startswith("!") for each in wanted or ()):
        return None
    reason, safety = f"a push to {missed[0]} does not run this workflow" if missed else "", "unsafe"
    if not missed:
        reason = "pushes to some branches do not run this workflow"
    elif key in ("tags", "tags-ignore"):
        reason = "with filters for tags alone, no push to a branch runs this workflow"
    elif wanted is not None and "*" in wanted and missed == ["feature/x"]:
        reason, safety = "`*` stops at a slash: a push to feature/x does not run this workflow", "safe"
    severity = Severity.ERROR if missed else Severity.WARNING
    advice = "write `branches: ['**']`"
    edits = _every_branch(workflow, trigger, key, ("**",) if safety == "unsafe" else _widened(wanted or ()))
    return TriggerGap(workflow.path, _value(trigger, key), reason, advice, severity, safety, edits)  # type: ignore[arg-type]


def _widened(patterns: tuple[str, ...]) -> tuple[str, ...]:
    return tuple("**" if pattern == "*" else pattern for pattern in patterns)


def _every_branch(
    workflow: Workflow, trigger: Trigger, key: str, patterns: tuple[str, ...]
) -> tuple[FileEdit, ...] | None:
    if key != "branches-ignore":
        return set_filter(workflow, trigger, "branches", patterns)
    return rename_filter(workflow, trigger, key, "branches", patterns)


def _paths_gap(workflow: Workflow, trigger: Trigger) -> TriggerGap | None:
    for key in ("paths", "paths-ignore"):
        pair = trigger.pair(key)
        if pair is not None and not takes_every_path(trigger, key):
            assert trigger.node is not None
            reason = "a push that changes none of these paths does not run this workflow"
            if key == "paths-ignore":
                reason = "a push that changes these paths alone does not run this workflow"
            edits = remove_entry(workflow.path, workflow.document, trigger.node, key)
            advice = "leave the filter out, and skip jobs by what has changed where that matters"
            return TriggerGap(workflow.path, pair.key.span, reason, advice, edits=edits)
    return None


def takes_every_path(trigger: Trigger, key: str) -> bool:
    """Whether a filter for paths leaves nothing out: ``**`` without exceptions after it."""
    patterns = trigger.filter(key) or ()
    if key == "paths-ignore":
        return not patterns
    return "**" in patterns and not any(each.startswith("!") for each in patterns[patterns.index("**") :])


def pull_request_gap(workflow: Workflow, main: str) -> TriggerGap | None:
    """Why some pull request to the main branch does not run the workflow; None where every one does."""
    trigger = workflow.triggers.get("pull_request")
    if trigger is None:
        target = workflow.triggers.get("pull_request_target")
        reason = "pull requests do not run this workflow"
        if target:
            reason = "`pull_request_target` runs this on the base branch's code, not on what is proposed"
        edits = set_trigger(workflow, "pull_request")
        span = target.span if target else _on(workflow)
        return TriggerGap(workflow.path, span, reason, "add `pull_request`", safety="safe", edits=edits)
    return _base_gap(workflow, trigger, main) or _types_gap(workflow, trigger)


def _base_gap(workflow: Workflow, trigger: Trigger, main: str) -> TriggerGap | None:
    if takes_branch(trigger, main):
        return None
    key = "branches" if trigger.pair("branches") else "branches-ignore"
    reason = f"a pull request to {main} does not run this workflow"
    edits = None
    if key == "branches":
        edits = set_filter(workflow, trigger, key, (*(trigger.filter(key) or ()), main))
    advice = f"let `branches` name {main}"
    return TriggerGap(workflow.path, _value(trigger, key), reason, advice, edits=edits)


def _types_gap(workflow: Workflow, trigger: Trigger) -> TriggerGap | None:
    types = trigger.filter("types")
    if types is None or {_OPENED, _CHANGED} <= set(types):
        return None
    missing = _CHANGED if _CHANGED not in types else _OPENED
    reason = "commits that are added to a pull request do not run this workflow"
    if missing == _OPENED:
        reason = "a pull request does not run this workflow when it is opened"
    wanted = tuple(dict.fromkeys((*types, _OPENED, _CHANGED, "reopened")))
    edits = set_filter(workflow, trigger, "types", wanted)
    advice = f"add {missing} to `types`, or leave `types` out"
    return TriggerGap(workflow.path, _value(trigger, "types"), reason, advice, safety="safe", edits=edits)


def _on(workflow: Workflow) -> Span:
    """The key ``on``, or where the file begins."""
    pair = workflow.root.pair("on") if workflow.root else None
    return pair.key.span if pair else workflow.span


def _value(trigger: Trigger, key: str) -> Span:
    """The value of a filter, or its key where it is of several lines."""
    pair = trigger.pair(key)
    assert pair is not None
    block = not pair.value.span or getattr(pair.value.resolved, "flow", True) is False
    return pair.key.span if block else pair.value.span
