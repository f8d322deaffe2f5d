"""What keeps an action's metadata from being used: beyond the schema, files that it names and does not have.

Facts: docs.github.com, "Metadata syntax reference"; actions/runner, ActionManifestManager.
"""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import dirname, join, normpath

from cilint.model.action import Action
from cilint.model.project import Project
from cilint.model.workflow import mapping_at, scalar_at
from cilint.syntax.yaml import Mapping, Scalar
from cilint.text.source import Span
from cilint.text.values import NamedTuple

GONE = ("node12", "node14", "node16")
CURRENT = ("node20", "node24")
_FILES = {
    "main": "node",
    "pre": "node",
    "post": "node",
    "image": "docker",
    "pre-entrypoint": "docker",
    "post-entrypoint": "docker",
}


class ActionProblem(NamedTuple):
    """What is wrong and where; ``fatal`` where no step can use the action."""

    span: Span
    message: str
    fatal: bool


def action_problems(action: Action, project: Project) -> Iterator[ActionProblem]:
    """All problems, in no particular order."""
    if action.document.errors or action.root is None:
        return
    branding = action.root.get("branding")  # seen by the Marketplace alone
    for problem in action.reading.problems:
        marks = branding is not None and branding.span.covers(problem.span)
        yield ActionProblem(problem.span, problem.message, fatal=not marks)
    yield from _of_runs(action, project)
    yield from _of_inputs(action)
    yield from _of_outputs(action)


def _of_runs(action: Action, project: Project) -> Iterator[ActionProblem]:
    runs, using = action.runs, scalar_at(action.runs, "using")
    if runs is None or using is None:
        return
    if using.text in GONE:
        said = f"`{using.text}` is gone from GitHub's runners: `{CURRENT[-1]}` is the one to use"
        yield ActionProblem(using.span, said, fatal=False)
    kind = "node" if using.text.startswith("node") else using.text
    for key, owner in _FILES.items():
        named = scalar_at(runs, key)
        if named is None or owner != kind or not named.text or "${{" in named.text:
            continue
        if key == "image" and (named.text.startswith("docker://") or ":" in named.text):
            continue
        path = normpath(join(dirname(action.path), named.text))
        if project.files.listing() and path not in project.paths and not path.startswith(".."):
            yield ActionProblem(named.span, f"there is no file `{named.text}` beside the action", fatal=False)
    for key in ("pre", "post"):
        condition = runs.pair(f"{key}-if")
        if condition and runs.get(key) is None and runs.get(f"{key}-entrypoint") is None:
            said = f"`{key}-if` is the condition of `{key}`, which is not there"
            yield ActionProblem(condition.key.span, said, fatal=False)
        written = scalar_at(runs, f"{key}-if")
        if written is not None and "${{" in written.text:
            said = f"`{key}-if` is an expression by itself: GitHub takes no `${{{{ }}}}` there"
            yield ActionProblem(written.span, said, fatal=False)


def _of_inputs(action: Action) -> Iterator[ActionProblem]:
    inputs = mapping_at(action.root, "inputs")
    for key, value in inputs.pairs if inputs else ():
        entry = value.resolved
        if not isinstance(entry, Mapping) or not isinstance(key, Scalar):
            continue
        message = scalar_at(entry, "deprecationMessage")
        if message is not None and not message.text.strip():
            said = f"the input `{key.text}` is deprecated without a word on what to use instead"
            yield ActionProblem(message.span, said, fatal=False)


def _of_outputs(action: Action) -> Iterator[ActionProblem]:
    """Outputs of a composite action have values; those of others are set by their program."""
    outputs = mapping_at(action.root, "outputs") if action.using == "composite" else None
    for key, value in outputs.pairs if outputs else ():
        entry = value.resolved
        if isinstance(entry, Mapping) and isinstance(key, Scalar) and entry.get("value") is None:
            said = f"the output `{key.text}` of a composite action needs a `value`"
            yield ActionProblem(key.span, said, fatal=True)
