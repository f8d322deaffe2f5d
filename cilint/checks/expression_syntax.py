"""Whether expressions can be read: what GitHub's parser refuses."""

from __future__ import annotations

from collections.abc import Iterator

from cilint.errors import nearest
from cilint.findings.violation import Options, Violation
from cilint.pipeline.expressions import parts
from cilint.pipeline.pipeline import Pipeline
from cilint.syntax.expression import FUNCTIONS, MAX_LENGTH, ExpressionError
from cilint.syntax.yaml import Scalar
from cilint.text.edit import Edit

MAX_NAME = 30  # characters of a function that is looked up for a better one


def run(pipeline: Pipeline, _options: Options) -> Iterator[Violation]:
    """One violation an error; values: ``problem``, ``better`` (the right word, or empty)."""
    for file in pipeline.target_yaml_files:
        for slot in file.reading.slots:
            if len(slot.node.text) > MAX_LENGTH and "${{" in slot.node.text:
                # GitHub makes one `format(…)` of a text with expressions in it.
                said = f"a text with expressions in it has at most {MAX_LENGTH:,} characters: use `env`"
                yield Violation(file.path, slot.node.source_span(0, 1), {"problem": said, "better": ""})
        for part in parts(file):
            if part.error is not None:
                yield _violation(file.path, part.slot.node, part.error)


def _violation(path: str, node: Scalar, error: ExpressionError) -> Violation:
    span = node.source_span(error.start, max(error.end, error.start + 1))
    better = _better(node, error)
    hint = f"; did you mean `{better}`?" if better and better.isalpha() else ""
    values = {"problem": error.message + hint, "better": better or ""}
    return Violation(path, span, values, edits=(Edit(span, better),) if better else ())


def _better(node: Scalar, error: ExpressionError) -> str | None:
    """What is meant by a comparison, a text or a function that is spelt as in another language."""
    wrong, before = node.text[error.start : error.end], node.text[: error.start]
    if wrong == "=" and not before.endswith(("=", "!", "<", ">")):
        return "=="
    inner = wrong[1:-1]
    if len(wrong) > 1 and wrong == f'"{inner}"' and not set(inner) & set("'\"\\"):
        return f"'{inner}'"
    if wrong.isalpha() and 3 < len(wrong) < MAX_NAME:
        better = nearest(wrong, tuple(name for name, _, _ in FUNCTIONS.values()))
        return better if better != wrong else None
    return None
