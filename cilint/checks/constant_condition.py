"""Conditions that always come out the same."""

from __future__ import annotations

from collections.abc import Iterator

from cilint.findings.finding import Severity
from cilint.findings.violation import Options, Violation
from cilint.model.action import Action
from cilint.model.schema import Slot
from cilint.model.workflow import Workflow
from cilint.pipeline.evaluate import EvaluationError, evaluate, truth
from cilint.pipeline.pipeline import Pipeline
from cilint.syntax.expression import (
    STATUS_FUNCTIONS,
    Call,
    Context,
    Expr,
    ExpressionError,
    Literal,
    embedded,
    parse,
    walk,
)
from cilint.text.edit import Edit


def run(pipeline: Pipeline, _options: Options) -> Iterator[Violation]:
    """Values: ``problem``."""
    for file in pipeline.target_yaml_files:
        for slot in file.reading.slots:
            if slot.bare and slot.node.text.strip():
                yield from _of_condition(file, slot)


def _of_condition(file: Workflow | Action, slot: Slot) -> Iterator[Violation]:
    text = slot.node.text
    found = embedded(text)
    if "${{" in text and not found:
        return
    if found and (found[0].start > 0 or found[0].end < len(text)):
        said = "text beside `${{ }}` makes a text of the condition, and that is always true"
        edits = _mended(file, slot)
        yield Violation(file.path, slot.node.span, {"problem": said}, edits=edits, severity=Severity.ERROR)
        return
    try:
        expr = parse(found[0].source if found else text)
    except ExpressionError:
        return
    outcome = _constant(expr)
    if outcome is not None:
        bare = isinstance(expr, Literal) and isinstance(expr.value, bool)
        said = f"this is always {'true' if outcome else 'false'}, whatever the event"
        severity = Severity.INFO if bare else Severity.WARNING
        yield Violation(file.path, slot.node.span, {"problem": said}, severity=severity)


def _constant(expr: Expr) -> bool | None:
    """What an expression without anything that varies comes to."""
    for node in walk(expr):
        if isinstance(node, Context):
            return None
        if isinstance(node, Call) and node.name.lower() in (*STATUS_FUNCTIONS, "hashfiles"):
            return None
    try:
        return truth(evaluate(expr, {}))
    except EvaluationError:
        return None


def _mended(file: Workflow | Action, slot: Slot) -> tuple[Edit, ...]:
    """The same condition as one expression without braces."""
    from cilint.syntax import yaml_edit

    text, found = slot.node.text, embedded(slot.node.text)
    parts, at = [], 0
    for part in found:
        source = part.source.strip()
        wrap = len(found) > 1 or bool((text[: part.start] + text[part.end :]).strip())
        parts += [text[at : part.start], f"({source})" if wrap and " " in source else source]
        at = part.end
    condition = " ".join("".join([*parts, text[at:]]).split())
    try:
        parse(condition)
        edits = yaml_edit.set_scalar(file.document, slot.node, condition)
    except (ExpressionError, yaml_edit.EditRefused):
        return ()
    return tuple(edits)
