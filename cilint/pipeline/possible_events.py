"""What the ``github`` context can be in any run of a workflow: one alternative after the other, in patterns.

Unlike the examples of ``scenarios`` the alternatives leave nothing out: a HOLE stands for any text, and what
is not said is not known. What none of them makes true is never true. GitHub's facts: docs.github.com,
"Events that trigger workflows" and "Contexts reference".
"""

from __future__ import annotations

from collections.abc import Iterator

from cilint.model.workflow import Trigger, Workflow, scalar_at
from cilint.pipeline.evaluate import UNKNOWN, Open
from cilint.syntax.yaml import Mapping, Sequence
from cilint.text.hints import Any
from cilint.text.hole import HOLE

MAX_ALTERNATIVES = 40
_DEFAULT_TYPES = ("opened", "synchronize", "reopened")
_WITHOUT_PULL_REQUEST = frozenset((
    "push", "schedule", "workflow_dispatch", "workflow_run", "release", "issues", "issue_comment", "create",
    "delete", "repository_dispatch", "merge_group", "page_build", "watch", "fork", "gollum", "label",
))  # fmt: skip
_WITHOUT_HEAD = frozenset(("push", "schedule", "workflow_dispatch", "workflow_run", "release"))


def possible_events(workflow: Workflow) -> tuple[dict[str, Any], ...]:
    """The contexts ``github`` and ``inputs`` of all runs; an empty one where everything may be."""
    if "workflow_call" in workflow.triggers or not workflow.triggers:
        return ({},)
    found: list[dict[str, Any]] = []
    for trigger in workflow.triggers.values():
        some = list(_of_event(trigger))
        if len(found) + len(some) > MAX_ALTERNATIVES:
            return ({},)
        found += some
    return tuple(found)


def _of_event(trigger: Trigger) -> Iterator[dict[str, Any]]:
    name = trigger.event
    inputs = Open() if name == "workflow_dispatch" else {}
    event: dict[str, Any] = {} if name == "workflow_dispatch" else {"inputs": None}
    if name in _WITHOUT_PULL_REQUEST:
        event["pull_request"] = None
    if name != "workflow_run":
        event["workflow_run"] = None
    fixed = {"head_ref": "", "base_ref": ""} if name in _WITHOUT_HEAD else {}
    for refs, parts in _of_payload(trigger):
        github = Open(event_name=name, event=Open({**event, **parts}), **fixed, **refs)
        yield {"github": github, "inputs": inputs}


def _of_payload(trigger: Trigger) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """What is known of the refs and of the payload, for each way in which the event can come."""
    if trigger.event == "push":
        yield from (({**refs}, {"action": None, "schedule": None}) for refs in _pushed(trigger))
    elif trigger.event == "schedule":
        yield from (({}, {"schedule": cron}) for cron in _crons(trigger))
    else:
        types = trigger.filter("types")
        if types is None and trigger.event in ("pull_request", "pull_request_target"):
            types = _DEFAULT_TYPES
        for action in types or (UNKNOWN,):
            refs = _pulled(action) if trigger.event == "pull_request" else {}
            yield refs, {"action": action, "schedule": None}


def _pushed(trigger: Trigger) -> Iterator[dict[str, Any]]:
    """The refs whose pushes the filters let through; naming only branches leaves tags out, and vice versa."""
    tagged = trigger.filter("tags") is not None or trigger.filter("tags-ignore") is not None
    branched = trigger.filter("branches") is not None or trigger.filter("branches-ignore") is not None
    for key, prefix, kind, given in (
        ("branches", "refs/heads/", "branch", branched or not tagged),
        ("tags", "refs/tags/", "tag", tagged or not branched),
    ):
        for name in _names(trigger.filter(key)) if given else ():
            yield {"ref": prefix + name, "ref_name": name, "ref_type": kind}


def _pulled(action: Any) -> dict[str, Any]:
    """A pull request's own ref; of one that has been merged it is the branch that it went into."""
    if action in ("closed", UNKNOWN):
        return {}
    return {"ref": f"refs/pull/{HOLE}/merge", "ref_name": f"{HOLE}/merge", "ref_type": "branch"}


def _names(patterns: tuple[str, ...] | None) -> tuple[str, ...]:
    """What a filter lets through, each pattern as a text with holes."""
    return (HOLE,) if patterns is None else tuple(_opened(each) for each in patterns if each[:1] != "!")


def _opened(pattern: str) -> str:
    """The pattern as a text: whatever is no plain character of it is a hole."""
    found: list[str] = []
    at = 0
    while at < len(pattern):
        char = pattern[at]
        if char == "\\" and at + 1 < len(pattern):
            found.append(pattern[at + 1])
            at += 1
        elif char in "?+":
            found[-1:] = [HOLE]
        elif char == "[":
            end = pattern.find("]", at + 2)
            found.append(HOLE)
            at = end if end > 0 else len(pattern)
        elif char == "*":
            while pattern[at + 1 : at + 2] == "*":
                at += 1
            at += pattern[at + 1 : at + 2] == "/"  # `**/` may stand for nothing
            found.append(HOLE)
        else:
            found.append(char)
        at += 1
    return "".join(found)


def _crons(trigger: Trigger) -> tuple[Any, ...]:
    entries = trigger.value.items if isinstance(trigger.value, Sequence) else ()
    nodes = [entry.resolved for entry in entries]
    found = [scalar_at(node, "cron") if isinstance(node, Mapping) else None for node in nodes]
    return tuple(cron.text if cron else UNKNOWN for cron in found) or (UNKNOWN,)
