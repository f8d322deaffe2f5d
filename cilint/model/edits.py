"""The changes of a workflow that rules propose, as edits of its text in the style it is written in.

Each gives the edits, or None where they cannot be made without touching what is not theirs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from cilint.findings.finding import FileEdit
from cilint.model.workflow import Job, Step, Trigger, Workflow, entries, mapping_at, scalars
from cilint.syntax import yaml_edit
from cilint.syntax.yaml import Document, Mapping, Pair, Scalar
from cilint.syntax.yaml import Sequence as YamlSequence
from cilint.syntax.yaml_change import block_text, pair_lines
from cilint.syntax.yaml_layout import layout, line_end, requoted
from cilint.text.edit import Edit
from cilint.text.source import Span

Edits = tuple[FileEdit, ...] | None


def _edits(path: str, make: Callable[[], list[Edit]]) -> Edits:
    try:
        return tuple(FileEdit(path, edit) for edit in make())
    except yaml_edit.EditRefused:
        return None


def set_entry(path: str, document: Document, mapping: Mapping, key: str, value: str | int) -> Edits:
    """Give ``key`` of a mapping a scalar value, in its place or at the end."""
    found = mapping.get(key)
    if isinstance(found, Scalar):
        return _edits(path, lambda: yaml_edit.set_scalar(document, found, value))
    if found is not None:
        return None
    return _edits(path, lambda: yaml_edit.insert_pair(document, mapping, key, [yaml_edit.quote(value)]))


def remove_entry(path: str, document: Document, mapping: Mapping, key: str) -> Edits:
    """Take a key out of a mapping."""
    return _edits(path, lambda: yaml_edit.remove_pair(document, mapping, key))


def insert_entry(
    path: str, document: Document, mapping: Mapping, key: str, value: str, *, after: str | None = None
) -> Edits:
    """Give a mapping a key that it lacks, after another one or at its end; ``value`` is YAML."""
    return _edits(path, lambda: yaml_edit.insert_pair(document, mapping, key, [value], after=after))


def set_input(step: Step, name: str, value: str | bool) -> Edits:
    """Give ``with.NAME`` of a step a value; several lines become a block."""
    given = step.inputs.get(name)
    if given is not None:
        return _edits(step.path, lambda: yaml_edit.set_scalar(step.document, given, value))
    inputs = mapping_at(step.node, "with")
    lines = _value_lines(value)
    if inputs is not None:
        return _edits(step.path, lambda: yaml_edit.insert_pair(step.document, inputs, name, lines))
    if step.node.pair("with") is not None:
        return None
    nested = [f"{name}: {lines[0]}", *lines[1:]]
    return _edits(
        step.path, lambda: yaml_edit.insert_pair(step.document, step.node, "with", nested, after="uses")
    )


def set_env(step: Step, name: str, value: str) -> Edits:
    """Give the step an environment variable; a missing ``env`` is put before what reads it."""
    env = mapping_at(step.node, "env")
    if env is not None:
        return set_entry(step.path, step.document, env, name, value)
    if step.node.pair("env") is not None:
        return None
    before = next((key for key in ("run", "uses") if step.node.pair(key)), None)
    lines = [f"{name}: {yaml_edit.quote(value)}"]
    return _edits(
        step.path, lambda: yaml_edit.insert_pair(step.document, step.node, "env", lines, before=before)
    )


def set_timeout(owner: Job | Step, minutes: int) -> Edits:
    """Limit how long a job or step may take."""
    document = owner.workflow.document if isinstance(owner, Job) else owner.document
    before = next((key for key in ("steps", "run", "uses") if owner.node.pair(key)), None)
    return _edits(
        owner.path,
        lambda: yaml_edit.insert_pair(document, owner.node, "timeout-minutes", [str(minutes)], before=before),
    )


def add_to_job(job: Job, key: str, lines: Sequence[str]) -> Edits:
    """Give a job one more key, before its steps, with the YAML lines of its value."""
    before = "steps" if job.node.pair("steps") else None
    document = job.workflow.document
    return _edits(
        job.path, lambda: yaml_edit.insert_pair(document, job.node, key, list(lines), before=before)
    )


def add_to_workflow(workflow: Workflow, key: str, lines: Sequence[str]) -> Edits:
    """Give a workflow one more key, before its jobs, with the YAML lines of its value."""
    root = workflow.document.root
    if not isinstance(root, Mapping):
        return None
    before = "jobs" if root.pair("jobs") else None
    return _edits(
        workflow.path,
        lambda: yaml_edit.insert_pair(workflow.document, root, key, list(lines), before=before),
    )


def replace_scalar(path: str, document: Document, node: Scalar, value: str | bool) -> Edits:
    """Write another value."""
    return _edits(path, lambda: yaml_edit.set_scalar(document, node, value))


def append_line(step: Step, name: str, line: str) -> Edits:
    """Add a line to ``with.NAME``, whose value becomes a block where it was on one line."""
    given = step.inputs.get(name)
    if given is None:
        return set_input(step, name, line)
    if given.style in ("literal", "folded"):
        end = "\n" if given.text.endswith("\n") else ""
        text = given.text.rstrip("\n") + f"\n{line}{end}"
        return _edits(step.path, lambda: yaml_edit.set_scalar(step.document, given, text))
    document, inputs = step.document, mapping_at(step.node, "with")
    if inputs is None or inputs.flow:
        return _edits(step.path, lambda: yaml_edit.set_scalar(document, given, f"{given.text}\n{line}"))
    stop = line_end(document.text, given.span.end)
    rest = document.text[given.span.end : stop].strip()
    block = block_text(document, given, f"{given.text}\n{line}\n")
    if block is None or (rest and not rest.startswith("#")) or id(given) in document.aliased:
        return None
    if not rest:
        return (FileEdit(step.path, Edit(given.span, block)),)
    header, newline, body = block.partition("\n")  # the comment beside the value stays beside it
    return (
        FileEdit(step.path, Edit(given.span, header.rstrip("\r"))),
        FileEdit(step.path, Edit(Span(stop, stop), newline + body)),
    )


def together(edits: Sequence[FileEdit]) -> tuple[FileEdit, ...]:
    """Edits of which those that insert at the same place are made one, in the order given."""
    found: dict[tuple[str, Span], FileEdit] = {}
    for each in edits:
        key = (each.path, each.edit.span)
        text = found[key].edit.text + each.edit.text if key in found else each.edit.text
        found[key] = FileEdit(each.path, Edit(each.edit.span, text))
    return tuple(found.values())


def set_inputs(step: Step, values: dict[str, str]) -> Edits:
    """Give a step several inputs that it does not have."""
    inputs = mapping_at(step.node, "with")
    lines = [f"{name}: {yaml_edit.quote(value)}" for name, value in values.items()]
    if inputs is None:
        if step.node.pair("with") is not None:
            return None
        return _edits(
            step.path, lambda: yaml_edit.insert_pair(step.document, step.node, "with", lines, after="uses")
        )
    found = [set_input(step, name, value) for name, value in values.items()]
    # Each is an insertion at the same place: together they are one.
    edits = [edit.edit for each in found if each for edit in each]
    if len(edits) != len(values):
        return None
    return (FileEdit(step.path, Edit(edits[0].span, "".join(edit.text for edit in edits))),)


def rename_input(step: Step, old: str, new: str, value: str) -> Edits:
    """Put another input in the place of one, with its own value."""
    inputs = mapping_at(step.node, "with")
    pair = inputs.pair(old) if inputs else None
    if inputs is None or pair is None or not isinstance(pair.value, Scalar) or new in step.inputs:
        return None
    changed = _edits(step.path, lambda: yaml_edit.rename_key(step.document, inputs, old, new))
    set_to = _edits(step.path, lambda: yaml_edit.set_scalar(step.document, pair.value, value))  # type: ignore[arg-type]
    return (*changed, *set_to) if changed and set_to else None


def _value_lines(value: str | bool) -> list[str]:
    if isinstance(value, bool):
        return [yaml_edit.quote(value)]
    return ["|", *("  " + line for line in value.split("\n"))] if "\n" in value else [yaml_edit.quote(value)]


def insert_step(step: Step, lines: Sequence[str], *, after: bool = False, name: str = "") -> Edits:
    """Put a step (YAML lines of its mapping) before or after another one of the same list.

    It gets the ``name`` where the other one has a name.
    """
    if name and step.node.get("name"):
        lines = [f"name: {name}", *lines]
    owner = step.owner
    if owner is None:
        return None
    items = [item.resolved for item in owner.items]
    index = items.index(step.node) + (1 if after else 0)
    return _edits(step.path, lambda: yaml_edit.append_item(step.document, owner, list(lines), index=index))


def set_permission(job: Job, scope: str, level: str) -> Edits:
    """Give a scope its level in the permissions that count for the job; a missing block is made there."""
    document = job.workflow.document
    block = job.permissions
    if block is not None and isinstance(block.node, Mapping):
        return set_entry(job.path, document, block.node, scope, level)
    if block is not None:
        return None
    lines = ["contents: read", f"{scope}: {level}"]
    place = "needs" if job.node.get("needs") else "runs-on" if job.node.get("runs-on") else None
    return _edits(
        job.path, lambda: yaml_edit.insert_pair(document, job.node, "permissions", lines, before=place)
    )


def set_job_permission(job: Job, scope: str, level: str) -> Edits:
    """Give a scope its level for one job alone: in its own block, or in one that repeats the workflow's."""
    document, own, outer = job.workflow.document, job.own_permissions, job.workflow.permissions
    if own is not None:
        return (
            set_entry(job.path, document, own.node, scope, level) if isinstance(own.node, Mapping) else None
        )
    if outer is None:
        return set_permission(job, scope, level)
    if not isinstance(outer.node, Mapping):
        return None
    kept = {name: value.text for name, value in entries(outer.node).items() if name != scope}
    lines = [f"{name}: {text}" for name, text in {**kept, scope: level}.items()]
    place = next((key for key in ("needs", "runs-on") if job.node.get(key)), None)
    return _edits(
        job.path, lambda: yaml_edit.insert_pair(document, job.node, "permissions", lines, before=place)
    )


def require(owner: Job | Step, condition: str, unless: str = "") -> Edits:
    """Let a job or step run only under one more condition, which need not hold where ``unless`` does."""
    document = owner.workflow.document if isinstance(owner, Job) else owner.document
    old = owner.condition
    if old is not None:
        text = conjoin(old.text, condition, unless)
        return _edits(owner.path, lambda: yaml_edit.set_scalar(document, old, text))
    after = "name" if owner.node.get("name") else None
    before = None if after else owner.node.keys()[0] if owner.node.keys() else None
    lines = [yaml_edit.quote(f"{unless} || {condition}" if unless else condition)]
    return _edits(
        owner.path,
        lambda: yaml_edit.insert_pair(document, owner.node, "if", lines, after=after, before=before),
    )


def allow(job: Job, condition: str) -> Edits:
    """Let a job that has an ``if`` run under another condition as well."""
    old = job.condition
    if old is None:
        return None
    text = _inside(old.text, lambda inner: f"{condition} || {f'({inner})' if '&&' in inner else inner}")
    return _edits(job.path, lambda: yaml_edit.set_scalar(job.workflow.document, old, text))


def conjoin(old: str, condition: str, unless: str = "") -> str:
    """An ``if`` that holds where both do, or where ``unless`` does, inside the braces of the old one.

    What the old one says of other events than ``workflow_run`` stays in front of what is asked after that.
    """

    def joined(inner: str) -> str:
        before, other, rest = inner.rpartition(f"({unless} || ") if unless else ("", "", "")
        if other and before.endswith(" && ") and _unwrapped(other + rest) != other + rest:
            return f"{before}({joined(_unwrapped(other + rest))})"
        found = _OTHER_EVENT.match(inner) if unless else None
        if found and not _is_alternative(rest := _unwrapped(inner[found.end() :])):
            return f"{found[0]}({rest} && {_factor(condition)})"
        return f"{_factor(inner)} && {f'({unless} || {condition})' if unless else _factor(condition)}"

    return _inside(old, joined)


_OTHER_EVENT = re.compile(r"github\.event_name (?:!= 'workflow_run'|== 'workflow_dispatch') \|\| ")


def _factor(condition: str) -> str:
    """A condition as it can stand beside ``&&``."""
    return f"({condition})" if _is_alternative(condition) else condition


def _is_alternative(condition: str) -> bool:
    """Whether ``||`` stands in a condition outside of all parentheses."""
    depth = 0
    for at, char in enumerate(condition):
        depth += (char == "(") - (char == ")")
        if depth == 0 and condition.startswith("||", at):
            return True
    return False


def _unwrapped(text: str) -> str:
    """A condition without the parentheses around all of it."""
    depth = 0
    for at, char in enumerate(text):
        depth += (char == "(") - (char == ")")
        if depth == 0:
            return text[1:at] if 0 < at == len(text) - 1 else text
    return text


def _inside(old: str, change: Callable[[str], str]) -> str:
    """An ``if`` with the expression changed that stands in its braces, or is all of it."""
    text = old.strip()
    braces = text.startswith("${{") and text.endswith("}}") and text.count("${{") == 1
    # Text beside the braces makes a string, which is always true; what was meant is the whole of it.
    inner = text.replace("${{", "").replace("}}", "").strip()
    inner = " ".join(inner.split()) if text.count("${{") and not braces else inner
    return f"${{{{ {change(inner)} }}}}" if braces else change(inner)


def set_filter(workflow: Workflow, trigger: Trigger, key: str, values: Sequence[str]) -> Edits:
    """Give a trigger a list such as ``types: [completed]``, whatever it says under that key now."""
    document, text = workflow.document, _flow_list(workflow, values)
    if trigger.value is None:
        return set_trigger(workflow, trigger.event, [f"{key}: {text}"])
    pair = trigger.pair(key)
    if pair is None:
        node = trigger.value
        if not isinstance(node, Mapping | Scalar):
            return None
        return _edits(workflow.path, lambda: yaml_edit.insert_pair(document, node, key, [text]))
    return _refiltered(workflow, pair, key, text)


def rename_filter(workflow: Workflow, trigger: Trigger, old: str, new: str, values: Sequence[str]) -> Edits:
    """Put another filter in the place of one that a trigger has."""
    pair = trigger.pair(old)
    if pair is None or trigger.pair(new) is not None:
        return None
    return _refiltered(workflow, pair, new, _flow_list(workflow, values))


def _flow_list(workflow: Workflow, values: Sequence[str]) -> str:
    """The values in brackets, in the quotes that the file uses."""
    text = "[" + ", ".join(yaml_edit.quote(value, flow=True) for value in values) + "]"
    return requoted([text], layout(workflow.document))[0]


def _refiltered(workflow: Workflow, pair: Pair, key: str, text: str) -> Edits:
    """A key with its value written anew, unless a comment stands in it or an alias repeats it."""
    place = Span(pair.key.span.start, pair.value.span.end)
    if "#" in workflow.source.slice(place) or id(pair.value.resolved) in workflow.document.aliased:
        return None
    return (FileEdit(workflow.path, Edit(place, f"{key}: {text}")),)


def declare_input(workflow: Workflow, trigger: Trigger, lines: Sequence[str]) -> Edits:
    """Give ``workflow_dispatch`` or ``workflow_call`` one more input, in YAML lines from its name on."""
    document, node = workflow.document, trigger.value
    if node is None:
        return set_trigger(workflow, trigger.event, ["inputs:", *(f"  {line}" for line in lines)])
    inputs = mapping_at(trigger.node, "inputs")
    if inputs is not None:
        name, rest = lines[0].removesuffix(":"), [line.removeprefix("  ") for line in lines[1:]]
        return _edits(workflow.path, lambda: yaml_edit.insert_pair(document, inputs, name, rest))
    if not isinstance(node, Mapping | Scalar):
        return None
    return _edits(workflow.path, lambda: yaml_edit.insert_pair(document, node, "inputs", list(lines)))


def set_trigger(workflow: Workflow, event: str, lines: Sequence[str] = ()) -> Edits:
    """Make ``on`` name an event, with the YAML lines of its filters."""
    root, document = workflow.root, workflow.document
    pair = root.pair("on") if root else None
    if pair is None:
        return None
    node = pair.value.resolved
    if isinstance(node, Mapping):
        return _edits(
            workflow.path, lambda: yaml_edit.insert_pair(document, node, event, list(lines) or [""])
        )
    if not lines and isinstance(node, YamlSequence):
        return _edits(workflow.path, lambda: yaml_edit.append_item(document, node, [event]))
    place = Span(pair.key.span.end + 1, pair.value.span.end)
    stop = line_end(document.text, place.end)
    of_items = Span(place.start, stop if "\n" in document.text[place.start : place.end] else place.end)
    if any(of_items.covers(comment) for comment in document.comments()) or id(node) in document.aliased:
        return None
    style = layout(document)
    names = dict.fromkeys([item.text for item in scalars(node)] + [event])
    blocks = (pair_lines(name, lines if name == event else [""], style.step, style) for name in names)
    below = "".join("\n" + line for block in blocks for line in block)
    if stop == place.end:
        return (FileEdit(workflow.path, Edit(place, below)),)
    return (
        FileEdit(workflow.path, Edit(place, "")),
        FileEdit(workflow.path, Edit(Span(stop, stop), below)),  # behind the comment on the list
    )


def add_needs(job: Job, names: Sequence[str]) -> Edits:
    """Let a job wait for others as well, whatever it waits for now."""
    document = job.workflow.document
    node = job.node.get("needs")
    wanted = [name for name in names if name not in [need.text for need in job.needs]]
    if node is None:
        text = wanted[0] if len(wanted) == 1 else "[" + ", ".join(wanted) + "]"
        before = "runs-on" if job.node.get("runs-on") else None
        return _edits(
            job.path, lambda: yaml_edit.insert_pair(document, job.node, "needs", [text], before=before)
        )
    if isinstance(node, Scalar):
        if id(node) in document.aliased:
            return None
        return (FileEdit(job.path, Edit(node.span, "[" + ", ".join([node.text, *wanted]) + "]")),)
    if not isinstance(node, YamlSequence) or len(wanted) != 1:
        return None
    return _edits(job.path, lambda: yaml_edit.append_item(document, node, wanted))
