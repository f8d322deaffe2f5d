"""YAML that other readers understand, but not GitHub's: merge keys, and texts that look like Booleans."""

from __future__ import annotations

from collections.abc import Iterator

from cilint.findings.finding import Severity
from cilint.findings.violation import Options, Violation
from cilint.model.action import Action
from cilint.model.workflow import Workflow
from cilint.pipeline.pipeline import Pipeline
from cilint.syntax.yaml import Mapping, Node, Pair, Scalar, Sequence
from cilint.text.edit import Edit

_MEANT = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}


def run(pipeline: Pipeline, options: Options) -> Iterator[Violation]:
    """One violation a place; values: ``problem``, ``advice``, ``level``."""
    for file in pipeline.target_yaml_files:
        pending: list[Node] = [file.document.root] if file.document.root else []
        while pending:
            node = pending.pop()
            if isinstance(node, Sequence):
                pending += node.items
            elif isinstance(node, Mapping):
                pending += [pair.value for pair in node.pairs]
                if merged := node.pair("<<"):
                    yield _merge(file, node, merged)
                inputs = node.get("with")
                if isinstance(inputs, Mapping):
                    yield from _booleans(file, inputs)


def _merge(file: Workflow | Action, mapping: Mapping, pair: Pair) -> Violation:
    values = {
        "problem": "GitHub knows no merge key and refuses the file",
        "advice": "write the keys out",
        "level": "error",
    }
    edits = _written_out(file, mapping, pair)
    return Violation(file.path, pair.key.span, values, edits=edits, severity=Severity.ERROR)


def _written_out(file: Workflow | Action, mapping: Mapping, pair: Pair) -> tuple[Edit, ...]:
    """The merged keys in the place of the merge key; none where they hold more than texts."""
    merged = pair.value.resolved
    if not isinstance(merged, Mapping) or mapping.flow or merged.flow or file.document.errors:
        return ()
    own = set(mapping.keys())
    taken = [each for each in merged.pairs if isinstance(each.key, Scalar) and each.key.text not in own]
    if not taken or not all(
        isinstance(each.value, Scalar) and each.value.style in _ONE_LINE for each in taken
    ):
        return ()
    text = file.source.text
    start = pair.key.span.start
    indent = text[text.rfind("\n", 0, start) + 1 : start]
    if indent.strip():
        return ()
    lines = [f"{file.source.slice(each.key.span)}: {file.source.slice(each.value.span)}" for each in taken]
    whole = pair.key.span._replace(end=pair.value.span.end)
    return (Edit(whole, f"\n{indent}".join(lines)),)


_ONE_LINE = ("plain", "single", "double")


def _booleans(file: Workflow | Action, inputs: Mapping) -> Iterator[Violation]:
    for _, value in inputs.pairs:
        meant = (
            _MEANT.get(value.text.lower()) if isinstance(value, Scalar) and value.style == "plain" else None
        )
        if meant is None or not isinstance(value, Scalar) or len(value.text) < 2:
            continue
        values = {
            "problem": f"`{value.text}` is a text, not a Boolean",
            "advice": f"write {meant}",
            "level": "warning",
        }
        yield Violation(
            file.path, value.span, values, edits=(Edit(value.span, meant),), severity=Severity.WARNING
        )
