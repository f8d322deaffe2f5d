"""Whether expressions can be read: what GitHub's parser refuses."""

from __future__ import annotations

from collections.abc import Iterator

from cilint.findings.violation import Options, Violation
from cilint.pipeline.expressions import parts
from cilint.pipeline.pipeline import Pipeline
from cilint.syntax.expression import MAX_LENGTH


def run(pipeline: Pipeline, _options: Options) -> Iterator[Violation]:
    """One violation an error; values: ``problem``."""
    for file in pipeline.target_yaml_files:
        for slot in file.reading.slots:
            if len(slot.node.text) > MAX_LENGTH and "${{" in slot.node.text:
                # GitHub makes one `format(…)` of a text with expressions in it.
                said = f"a text with expressions in it has at most {MAX_LENGTH:,} characters: use `env`"
                yield Violation(file.path, slot.node.source_span(0, 1), {"problem": said})
        for part in parts(file):
            if part.error is not None:
                start, end = part.error.start, max(part.error.end, part.error.start + 1)
                span = part.slot.node.source_span(start, end)
                yield Violation(file.path, span, {"problem": part.error.message})
