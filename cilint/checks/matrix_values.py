"""Whether a matrix has what its author thinks: values that differ, exclusions that exclude something."""

from __future__ import annotations

from collections.abc import Iterator

from cilint.findings.violation import Options, Violation
from cilint.model.workflow import mapping_at
from cilint.pipeline.evaluate import UNKNOWN
from cilint.pipeline.matrix import plain
from cilint.pipeline.pipeline import Pipeline
from cilint.syntax.yaml import Mapping, Node, Scalar, Sequence
from cilint.text.hints import Any


def run(pipeline: Pipeline, _options: Options) -> Iterator[Violation]:
    """Values: ``problem``."""
    for job in pipeline.jobs:
        strategy = mapping_at(job.node, "strategy")
        pair = strategy.pair("matrix") if strategy else None
        if job.matrix is not None and pair is not None:
            for node, problem in _problems(pair.key, job.matrix):
                span = node.pairs[0].key.span if isinstance(node, Mapping) and node.pairs else node.span
                yield Violation(job.path, span, {"problem": problem})


Told = Iterator[tuple[Node, str]]
MAX_VALUES = 256  # GitHub makes no more jobs of a matrix


def _problems(name: Node, matrix: Mapping) -> Told:
    axes: dict[str, list[Any] | None] = {}
    for key, value in matrix.pairs:
        if isinstance(key, Scalar) and key.text not in ("include", "exclude"):
            node = value.resolved
            few = isinstance(node, Sequence) and len(node.items) <= MAX_VALUES
            values = [plain(item) for item in node.items] if isinstance(node, Sequence) and few else None
            axes[key.text.lower()] = values
            yield from _repeated(node, values, key.text)
    include, exclude = matrix.get("include"), matrix.get("exclude")
    if isinstance(exclude, Sequence) and (axes or include):
        yield from _exclusions(exclude, axes)
    elif exclude is not None and not axes and not include:
        yield name, "the matrix has nothing that `exclude` could take out"
    if isinstance(include, Sequence) and not axes and isinstance(exclude, Sequence):
        yield exclude, "`exclude` takes nothing out of `include`: that is added afterwards"


def _repeated(node: Node, values: list[Any] | None, name: str) -> Told:
    if not isinstance(node, Sequence) or values is None:
        return
    for index, value in enumerate(values):
        if _known(value) and any(_same(value, before) for before in values[:index]):
            yield node.items[index], f"this value is in `{name}` twice, so its jobs run twice"


def _exclusions(exclude: Sequence, axes: dict[str, list[Any] | None]) -> Told:
    for item in exclude.items[:MAX_VALUES]:
        entry = item.resolved
        for key, value in entry.pairs if isinstance(entry, Mapping) else ():
            if not isinstance(key, Scalar) or "${{" in key.text:
                continue
            values = axes.get(key.text.lower())
            if key.text.lower() not in axes:
                known = ", ".join(f"`{name}`" for name in axes)
                hint = f"; it has {known}" if known else ""
                yield key, f"the matrix has no `{key.text}` to exclude{hint}"
            elif values is not None and all(map(_known, values)):
                wanted = plain(value)
                if _known(wanted) and not any(_covers(wanted, each) for each in values):
                    yield value.resolved, f"no value of `{key.text}` is this one: nothing is excluded"


def _known(value: Any) -> bool:
    """Whether no part of a value comes of an expression."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if each is UNKNOWN:
            return False
        if isinstance(each, dict | list):
            waiting += each.values() if isinstance(each, dict) else each
    return True


def _same(left: Any, right: Any) -> bool:
    return type(left) is type(right) and bool(left == right)


def _covers(wanted: Any, value: Any) -> bool:
    """Whether an exclusion takes a value: texts and numbers alike, of an object the keys it names."""
    if isinstance(wanted, dict) and isinstance(value, dict):
        return all(key in value and _covers(inner, value[key]) for key, inner in wanted.items())
    if isinstance(wanted, list) and isinstance(value, list):
        pairs = zip(wanted, value, strict=False)
        return len(wanted) == len(value) and all(_covers(one, other) for one, other in pairs)
    return _text(wanted) == _text(value) if not isinstance(wanted, dict | list) else bool(wanted == value)


def _text(value: Any) -> str:
    """As GitHub would write it, so that 22 and '22' are the same."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).lower()
