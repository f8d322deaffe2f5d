"""Whether contexts and special functions may be used where they are."""

from __future__ import annotations

from collections.abc import Iterator

from cilint.errors import nearest
from cilint.findings.violation import Options, Violation
from cilint.model.schema import Slot
from cilint.model.schema_words import place_name
from cilint.pipeline.expressions import Part, parts
from cilint.pipeline.pipeline import Pipeline
from cilint.syntax.expression import STATUS_FUNCTIONS, Call, Context, walk
from cilint.text.edit import Edit

CONTEXTS = frozenset((
    "env", "github", "inputs", "job", "jobs", "matrix",
    "needs", "runner", "secrets", "steps", "strategy", "vars",
))  # fmt: skip
SPECIAL = STATUS_FUNCTIONS | {"hashfiles"}


def run(pipeline: Pipeline, _options: Options) -> Iterator[Violation]:
    """Values: ``problem``, ``better`` (the right word, or empty)."""
    for file in pipeline.target_yaml_files:
        for part in parts(file):
            yield from _of_part(file.path, part)


def _of_part(path: str, part: Part) -> Iterator[Violation]:
    available = part.slot.available
    if part.expr is None:
        return
    constant = not any(isinstance(node, Context) for node in walk(part.expr))
    if constant and not available and part.slot.trail[-1] != "shell":
        said = f"GitHub reads no expression in {place_name(part.slot.trail)}"
        yield Violation(path, part.span(part.expr.start, part.expr.end), {"problem": said, "better": ""})
    for node in walk(part.expr):
        if isinstance(node, Context):
            name = node.name.lower()
            if name in available or (name == "secrets" and part.slot.bare and part.slot.trail[0] == "jobs"):
                continue  # secrets in the conditions of workflows have a rule of their own
            better = None if name in CONTEXTS else nearest(name, set(available))
            if better and abs(len(better) - len(name)) > 1:
                better = None  # `main` is a text without its quotes, not `matrix`
            span = part.span(node.start, node.end)
            edits = (Edit(span, better),) if better else ()
            values = {"problem": _context(node.name, part.slot, better), "better": better or ""}
            yield Violation(path, span, values, edits=edits)
        elif isinstance(node, Call):
            name = node.name.lower()
            if name in SPECIAL and f"{name}()" not in available:
                where = "an `if`" if name in STATUS_FUNCTIONS else "a step"
                said = f"`{node.name}` may only be called in {where}, not in {place_name(part.slot.trail)}"
                span = part.span(node.start, node.start + len(name))
                yield Violation(path, span, {"problem": said, "better": ""})
            elif name in ("success", "failure") and node.args and len(part.slot.trail) > 3:
                said = f"`{node.name}` takes the names of jobs only in the `if` of a job, and here nothing"
                span = part.span(node.start, node.end)
                yield Violation(path, span, {"problem": said, "better": ""})


def _context(name: str, slot: Slot, better: str | None) -> str:
    place = place_name(slot.trail)
    if name.lower() not in CONTEXTS:
        quotes = "; a text stands in single quotes" if slot.bare else ""
        hint = f"; did you mean `{better}`?" if better else quotes
        return f"there is no context `{name}`{hint}"
    names = ", ".join(f"`{each}`" for each in sorted(slot.available) if not each.endswith(")"))
    if not names:
        return f"`{name}` cannot be used in {place}: GitHub reads no expression there"
    return f"`{name}` cannot be used in {place}, which is read before it exists; there is {names}"
