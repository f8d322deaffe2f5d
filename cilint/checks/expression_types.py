"""What is wrong in expressions that GitHub would take: names of nothing, comparisons that never hold."""

from __future__ import annotations

from collections.abc import Iterator

from cilint.findings.finding import Severity
from cilint.findings.violation import Options, Violation
from cilint.model.action import Action
from cilint.model.workflow import Workflow
from cilint.pipeline.expression_check import Mistake, check
from cilint.pipeline.expression_scopes import Scopes
from cilint.pipeline.expression_types import BOOLEAN, NULL, NUMBER, STRING, Array, Object, Type
from cilint.pipeline.expressions import Part, parts
from cilint.pipeline.pipeline import Pipeline
from cilint.text.edit import Edit


def run(pipeline: Pipeline, _options: Options) -> Iterator[Violation]:
    """Values: ``problem``, ``better`` (the right word, or empty)."""
    for file in pipeline.target_yaml_files:
        yield from _of_file(file, Scopes(file, pipeline.project))


def _of_file(file: Workflow | Action, scopes: Scopes) -> Iterator[Violation]:
    for part in parts(file):
        if part.expr is None:
            continue  # told by the rule on their syntax
        found, mistakes = check(part.expr, scopes.at(part.slot.trail))
        for mistake in mistakes:
            yield _violation(file.path, part, mistake)
        unfit = _unfit(part, found)
        if unfit:
            span = part.span(part.expr.start, part.expr.end)
            yield Violation(file.path, span, {"problem": unfit, "better": ""})


def _violation(path: str, part: Part, mistake: Mistake) -> Violation:
    span = part.span(mistake.start, mistake.end)
    edits = (Edit(span, mistake.better),) if mistake.better else ()
    values = {"problem": mistake.message, "better": mistake.better or ""}
    severity = Severity.ERROR if mistake.fails else None
    return Violation(path, span, values, edits=edits, severity=severity)


def _unfit(part: Part, found: Type) -> str | None:
    """Why a value of that type cannot stand where the expression does."""
    scalars, constants, item, mappings, _ = part.slot.shape
    if part.slot.bare or "*" in scalars:
        return None
    textual = "s" in scalars or "S" in scalars or bool(constants)
    if isinstance(found, Object | Array):
        if part.whole and (mappings if isinstance(found, Object) else item):
            return None
        kind = "Object" if isinstance(found, Object) else "Array"
        return f"{found.name} becomes the word `{kind}` in a text; `toJSON` writes it out"
    if found is NULL and textual:
        return "null becomes nothing in a text"
    if not part.whole or textual:
        return None
    for letter, fitting in (("b", BOOLEAN), ("d", NUMBER)):
        if scalars == letter and found in (STRING, NUMBER, BOOLEAN) and found is not fitting:
            return f"{fitting.name} must stand here, and this is {found.name}; `fromJSON` converts it"
    if not scalars and found in (STRING, NUMBER, BOOLEAN):
        wanted = " or ".join(["an object"] * bool(mappings) + ["a list"] * bool(item))
        return f"{wanted} must stand here, and this is {found.name}"
    return None
