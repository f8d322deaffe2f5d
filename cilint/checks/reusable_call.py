"""Whether jobs call workflows that can be called, and give them what they ask for."""

from __future__ import annotations

from collections.abc import Iterator

from cilint.errors import nearest
from cilint.findings.finding import Label, Severity
from cilint.findings.violation import Options, Violation
from cilint.model.edits import replace_scalar
from cilint.model.workflow import Job, Workflow, scalar_at
from cilint.pipeline.expression_check import check
from cilint.pipeline.expression_scopes import Scopes, node_type
from cilint.pipeline.expression_types import ANY, BOOLEAN, NULL, NUMBER, STRING, Type
from cilint.pipeline.pipeline import Pipeline
from cilint.pipeline.step_outputs import called_workflow
from cilint.syntax.expression import ExpressionError, parse_template
from cilint.syntax.yaml import Mapping, Node, Scalar

_TYPES = {"string": STRING, "number": NUMBER, "boolean": BOOLEAN}
_FOLDER = ".github/workflows/"


def run(pipeline: Pipeline, _options: Options) -> Iterator[Violation]:
    """Values: ``problem``, ``better`` (the right name, or empty)."""
    for workflow in pipeline.target_workflows:
        scopes = Scopes(workflow, pipeline.project)
        for job in workflow.jobs:
            if job.uses is not None and job.uses.text and "${{" not in job.uses.text:
                yield from _of_call(pipeline, job, job.uses, scopes)


def _violation(job: Job, node: Node, problem: str, better: str | None = None) -> Violation:
    hint = f"; did you mean `{better}`?" if better else ""
    edits = None
    if better and isinstance(node, Scalar):
        edits = replace_scalar(job.path, job.workflow.document, node, better)
    values = {"problem": problem + hint, "better": better or ""}
    return Violation(job.path, node.span, values, edits=edits or ())


def _of_call(pipeline: Pipeline, job: Job, uses: Scalar, scopes: Scopes) -> Iterator[Violation]:
    problem = _format_problem(uses.text)
    if problem:
        yield _violation(job, uses, problem)
        return
    if not uses.text.startswith(("./", "$/")):
        return
    called = called_workflow(pipeline.project, job)
    if called is None:
        path = uses.text[2:]
        paths = {each for each in pipeline.project.files.listing() if each.startswith(_FOLDER)}
        better = nearest(path, paths - {job.path})
        hint = uses.text[:2] + better if better else None
        yield _violation(job, uses, f"there is no workflow `{path}`", hint)
        return
    reason, label = _uncallable(called)
    if reason:
        related = (label,) if label else ()
        said = f"`{uses.text}` cannot be called: {reason}"
        yield Violation(job.path, uses.span, {"problem": said, "better": ""}, related)
        if "workflow_call" not in called.triggers:
            return
    yield from _of_inputs(job, uses, called, scopes)
    yield from _of_secrets(job, uses, called)


def _format_problem(text: str) -> str | None:
    """Why GitHub would refuse the reference."""
    wanted = "it is ./.github/workflows/NAME.yml or OWNER/REPOSITORY/.github/workflows/NAME.yml@VERSION"
    name, at, ref = text.partition("@")
    if text.startswith(("./", "$/")):
        if at:
            return f"`{text}` has a version: a workflow of this repository is called at the same commit"
        path = text[2:]
        inside = path.startswith(_FOLDER) and "/" not in path.removeprefix(_FOLDER)
        return None if inside and path.endswith((".yml", ".yaml")) else f"`{text}` is no workflow: {wanted}"
    parts = name.split("/")
    if not at or not ref:
        return f"`{text}` names no version: {wanted}"
    # Only what has no path at all is refused for certain: folders of other repositories cannot be seen.
    if len(parts) < 3 or not all(parts) or not name.endswith((".yml", ".yaml")):
        return f"`{text}` is no workflow: {wanted}"
    return None


def _uncallable(called: Workflow) -> tuple[str, Label | None]:
    if called.document.errors:
        error = called.document.errors[0]
        return error.message, Label(called.path, error.span, "here")
    trigger = called.triggers.get("workflow_call")
    if trigger is None:
        return "it has no event `workflow_call`", Label(called.path, called.span, "its events")
    for problem in called.reading.problems:
        if trigger.value is not None and trigger.value.span.covers(problem.span):
            return problem.message, Label(called.path, problem.span, "here")
    return "", None


def _declared(called: Workflow, key: str) -> dict[str, Mapping | None] | None:
    """Inputs or secrets by name; None where they cannot be read."""
    trigger = called.triggers["workflow_call"]
    node = trigger.node.get(key) if trigger.node else None
    if node is not None and not isinstance(node, Mapping):
        return {} if isinstance(node, Scalar) and not node.text else None
    found: dict[str, Mapping | None] = {}
    for name, value in node.pairs if node else ():
        inner = value.resolved
        if isinstance(name, Scalar):
            found[name.text] = inner if isinstance(inner, Mapping) else None
    return found


def _is_required(entry: Mapping | None) -> bool:
    required = scalar_at(entry, "required")
    return required is not None and required.value is True and (entry is None or entry.get("default") is None)


def _of_inputs(job: Job, uses: Scalar, called: Workflow, scopes: Scopes) -> Iterator[Violation]:
    declared = _declared(called, "inputs")
    given = job.node.get("with")
    if declared is None or (given is not None and not isinstance(given, Mapping)):
        return
    names = {name.lower(): name for name in declared}
    for key, value in given.pairs if given else ():
        if not isinstance(key, Scalar) or "${{" in key.text:
            return
        name = names.get(key.text.lower())
        if name is None:
            known = ", ".join(f"`{each}`" for each in declared)
            better = nearest(key.text, set(declared))
            others = "" if better else f"; it takes {known}" if known else "; it takes none"
            yield _violation(job, key, f"`{uses.text}` has no input `{key.text}`{others}", better)
        else:
            yield from _of_value(job, key, value.resolved, declared[name], scopes)
    lowered = {name.lower() for name in (given.keys() if given else ())}
    for name, entry in declared.items():
        if _is_required(entry) and name.lower() not in lowered:
            yield _violation(job, uses, f"`{uses.text}` needs the input `{name}`")


def _of_value(
    job: Job, key: Scalar, value: Node, entry: Mapping | None, scopes: Scopes
) -> Iterator[Violation]:
    kind = scalar_at(entry, "type")
    wanted = _TYPES.get(kind.text) if kind else None
    found = _value_type(job, key, value, scopes)
    if wanted is None or found in (ANY, wanted) or (wanted is BOOLEAN and found is NULL):
        return
    if wanted is STRING and found in (NUMBER, BOOLEAN) and not _is_computed(value):
        return  # written plainly it is taken as its text
    if wanted is STRING and isinstance(value, Scalar) and not value.text:
        return
    if wanted is NUMBER and found is NULL:
        found = STRING
    values = {"problem": f"`{key.text}` is {wanted.name}, and this is {found.name}", "better": ""}
    span = value.span if value.span.end > value.span.start else key.span
    severity = Severity.INFO if wanted is STRING else Severity.WARNING
    yield Violation(job.path, span, values, severity=severity)


def _is_computed(value: Node) -> bool:
    return isinstance(value, Scalar) and "${{" in value.text


def _value_type(job: Job, key: Scalar, value: Node, scopes: Scopes) -> Type:
    if not isinstance(value, Scalar) or "${{" not in value.text:
        return node_type(value)
    try:
        parts = parse_template(value.text.strip())
    except ExpressionError:
        return ANY
    if len(parts) != 1 or isinstance(parts[0], str):
        return STRING
    return check(parts[0][1], scopes.at(("jobs", job.id, "with", key.text)))[0]


def _of_secrets(job: Job, uses: Scalar, called: Workflow) -> Iterator[Violation]:
    declared = _declared(called, "secrets")
    given = job.node.get("secrets")
    if declared is None or isinstance(given, Scalar):
        return
    pairs = given.pairs if isinstance(given, Mapping) else []
    names = {name.lower() for name in declared}
    seen = set()
    for key, _ in pairs:
        if not isinstance(key, Scalar) or "${{" in key.text:
            return
        seen.add(key.text.lower())
        if key.text.lower() not in names:
            better = nearest(key.text, set(declared))
            yield _violation(job, key, f"`{uses.text}` has no secret `{key.text}`", better)
    for name, entry in declared.items():
        if _is_required(entry) and name.lower() not in seen:
            yield _violation(job, uses, f"`{uses.text}` needs the secret `{name}`")
