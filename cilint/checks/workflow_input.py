"""Whether the inputs that a workflow declares make sense: types, defaults and options that agree."""

from __future__ import annotations

from collections.abc import Iterator

from cilint.findings.finding import Severity
from cilint.findings.violation import Options, Violation
from cilint.model.workflow import Trigger, Workflow, scalar_at, scalars
from cilint.pipeline.expression_check import check
from cilint.pipeline.expression_scopes import Scopes
from cilint.pipeline.expression_types import BOOLEAN, NUMBER, STRING
from cilint.pipeline.pipeline import Pipeline
from cilint.syntax.expression import ExpressionError, parse_template
from cilint.syntax.yaml import Mapping, Scalar, Sequence
from cilint.text.source import Span

MAX_INPUTS = 25  # of workflow_dispatch


def run(pipeline: Pipeline, _options: Options) -> Iterator[Violation]:
    """Values: ``problem``."""
    for workflow in pipeline.target_workflows:
        for event in ("workflow_dispatch", "workflow_call"):
            trigger = workflow.triggers.get(event)
            for span, problem, severity in _problems(workflow, trigger, pipeline) if trigger else ():
                yield Violation(workflow.path, span, {"problem": problem}, severity=severity)


Told = Iterator[tuple[Span, str, Severity]]


def _problems(workflow: Workflow, trigger: Trigger, pipeline: Pipeline) -> Told:
    called = trigger.event == "workflow_call"
    declared = trigger.node.get("inputs") if trigger.node else None
    if not isinstance(declared, Mapping):
        return
    if not called and len(declared.pairs) > MAX_INPUTS:
        said = f"a form has at most {MAX_INPUTS} inputs, and this has {len(declared.pairs)}"
        yield trigger.span, said, Severity.ERROR
    for key, value in declared.pairs:
        node = value.resolved
        if isinstance(key, Scalar) and isinstance(node, Mapping):
            yield from _of_input(key, node, called)
            default = scalar_at(node, "default")
            if called and default is not None and "${{" in default.text:
                yield from _computed(key, default, _type(node), Scopes(workflow, pipeline.project))


def _type(node: Mapping) -> str:
    found = scalar_at(node, "type")
    return found.text if found else "string"


def _of_input(key: Scalar, node: Mapping, called: bool) -> Told:
    kind, default, options = _type(node), scalar_at(node, "default"), node.get("options")
    name = f"`{key.text}`"
    choices = options.items if isinstance(options, Sequence) else options
    if kind == "choice" and not called and not choices:
        yield key.span, f"{name} is a choice without `options`", Severity.ERROR
    if kind != "choice" and options is not None and kind in ("string", "boolean", "number", "environment"):
        said = f"{name} has `options` and is no choice: `type: choice` makes it one"
        yield key.span, said, Severity.ERROR
    texts: set[str] = set()
    for scalar in scalars(options):
        if scalar.text in texts:
            yield scalar.span, f"the option `{scalar.text}` is there twice", Severity.WARNING
        texts.add(scalar.text)
    if default is not None and default.text and "${{" not in default.text:
        yield from _default(name, default, kind, texts)
    required = scalar_at(node, "required")
    if default is not None and called and required is not None and required.value is True:
        yield default.span, f"{name} must be given, so its default is never used", Severity.WARNING


def _default(name: str, default: Scalar, kind: str, options: set[str]) -> Told:
    value = default.value
    if kind == "choice" and options and default.text not in options:
        yield default.span, f"the default of {name} is none of its options", Severity.ERROR
    if kind == "boolean" and not isinstance(value, bool):
        quoted = default.text in ("true", "false")
        said = "without quotes" if quoted else "`true` or `false`"
        severity = Severity.WARNING if quoted else Severity.ERROR
        yield default.span, f"{name} is a Boolean: its default must be written {said}", severity
    if kind == "number" and (isinstance(value, bool) or not _is_number(default.text)):
        yield default.span, f"{name} is a number, and its default is none", Severity.ERROR


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return text.startswith(("0x", "0o"))
    return True


def _computed(key: Scalar, default: Scalar, kind: str, scopes: Scopes) -> Told:
    """A default that is one expression must have the type of the input."""
    try:
        parts = parse_template(default.text.strip())
    except ExpressionError:
        return
    wanted = {"boolean": BOOLEAN, "number": NUMBER}.get(kind)
    if wanted is None or len(parts) != 1 or isinstance(parts[0], str):
        return
    found, _ = check(parts[0][1], scopes.at(("on", "workflow_call", "inputs", key.text, "default")))
    if found in (BOOLEAN, NUMBER, STRING) and found is not wanted:
        said = f"`{key.text}` is {wanted.name}, and its default is {found.name}"
        yield default.span, said, Severity.WARNING
