"""Texts that others choose and that an expression pastes into a program: whoever writes them writes code.

Which texts strangers choose is told by GitHub's page on script injections
(docs.github.com/actions/concepts/security/script-injections).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property

from cilint.findings.finding import FileEdit
from cilint.model.action import Action
from cilint.model.workflow import Step, Trigger, Workflow
from cilint.pipeline.expressions import path_of
from cilint.syntax.expression import (
    Binary,
    Call,
    Context,
    Embedded,
    Expr,
    ExpressionError,
    Filter,
    Index,
    Property,
    embedded,
    parse,
)
from cilint.syntax.yaml import Scalar
from cilint.text.hints import TYPE_CHECKING, Literal
from cilint.text.source import Span

if TYPE_CHECKING:
    from cilint.pipeline.effects.script_expressions import ScriptExpression
    from cilint.pipeline.pipeline import Pipeline

Author = Literal["stranger", "member"]

# Texts, so that they are compiled only where an expression speaks of `github`.
_STRANGERS = (
    r"github\.event\.("
    r"(issue|pull_request|discussion|review|comment|review_comment|merge_request|\*)\.(title|body)"
    r"|pull_request\.head\.(ref|label|repo\.(default_branch|description|homepage|name))"
    r"|pull_request\.labels\..*name|issue\.labels\..*name|milestone\.(title|description)"
    r"|head_commit\.(message|(author|committer)\.(email|name))"
    r"|commits\..*(message|(author|committer)\.(email|name))"
    r"|workflow_run\.(head_branch|display_title|head_commit\.(message|(author|committer)\.(email|name))"
    r"|head_repository\.description|pull_requests\..*head\.ref)"
    r"|pages\..*page_name|changes\..*|client_payload.*"
    r")|github\.head_ref"
)
_WHOLE = (
    r"github(\.event(\.(issue|pull_request|discussion|review|comment|head_commit|commits|workflow_run|pages|milestone)"
    r"(\.(head|head_commit|\*))?)?)?"
)
_MEMBERS = (
    r"github\.(ref|ref_name|base_ref|event\.(ref|base_ref|release\..*|inputs\..+|label\.name))|inputs\..+"
)
_PASSING = ("format", "join", "tojson", "fromjson", "case")
_CODE_INPUTS = {
    "actions/github-script": ("script",),
    "azure/powershell": ("inlinescript",),
    "azure/cli": ("inlinescript",),
    "appleboy/ssh-action": ("script",),
    "amadevus/pwsh-script": ("script",),
    "jannekem/run-python-script-action": ("script",),
    "nick-fields/retry": ("command",),
    "cypress-io/github-action": ("build", "start", "command"),
    "mikefarah/yq": ("cmd",),
}
_MAX_DEPTH = 4

Env = tuple[Mapping[str, Scalar], ...]


class Injection:
    """One ``${{ }}`` in a program with what somebody else has written.

    ``source`` is the expression, ``origin`` the context in it; its ``author`` is a stranger or a member.
    """

    def __init__(self, place: _Place, found: Embedded, origin: str, author: Author) -> None:
        self.path = place.step.path
        self.span: Span = place.scalar.source_span(found.start, found.end)
        self.source = found.source.strip()
        self.origin = origin
        self.author = author
        self.is_script = place.scalar is place.step.run
        self._place = place

    @property
    def by_stranger(self) -> bool:
        return self.author == "stranger"

    @cached_property
    def expression(self) -> ScriptExpression | None:
        """The same place as a part of a run, where a workflow runs it."""
        return self._place.scope.expressions.of_file(self.path).get(self.span)

    @property
    def hoist_edits(self) -> tuple[FileEdit, ...] | None:
        """Hand it over by ``env``; None where that changes more."""
        return self.expression.hoist_edits if self.expression and self.is_script else None


class _Expressions:
    """The expressions of scripts by their places, looked for once in a file of which anything asks."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline
        self._files: dict[str, dict[Span, ScriptExpression]] = {}

    def of_file(self, path: str) -> dict[Span, ScriptExpression]:
        from cilint.pipeline.effects.script_expressions import script_expressions

        if path not in self._files:
            found = script_expressions(self._pipeline, self._pipeline.runs.sites_in(path))
            self._files[path] = {each.span: each for each in found if each.path == path}
        return self._files[path]

    @cached_property
    def callers(self) -> dict[str, list[tuple[Mapping[str, Scalar], _Scope]]]:
        """What each action and workflow of the repository is given where it is used, by its path."""
        found: dict[str, list[tuple[Mapping[str, Scalar], _Scope]]] = {}
        for workflow in self._pipeline.project.workflows:
            inputs = _inputs(workflow)
            for job in workflow.jobs:
                if job.uses and job.uses.text.startswith(("./", "$/")):
                    scope = _Scope(self, workflow.path, (), inputs)
                    found.setdefault(job.uses.text[2:], []).append((_lowered(job.inputs), scope))
                for step in job.steps:
                    self._note(
                        found, step, _Scope(self, workflow.path, (step.env, job.env, workflow.env), inputs)
                    )
        for action in self._pipeline.target_actions:
            for step in action.steps:
                self._note(found, step, _Scope(self, action.path, (step.env,), {}))
        return found

    def _note(
        self, found: dict[str, list[tuple[Mapping[str, Scalar], _Scope]]], step: Step, scope: _Scope
    ) -> None:
        local = step.uses is not None and step.uses.text.startswith("./") and step.inputs
        action = self._pipeline.project.local_action(step.uses.text) if local and step.uses else None
        if action:
            found.setdefault(action.path, []).append((_lowered(step.inputs), scope))


class _Scope:
    """What the expressions of a step may speak of, in the file of a path."""

    def __init__(self, expressions: _Expressions, path: str, env: Env, inputs: Mapping[str, str]) -> None:
        self.expressions = expressions
        self.path = path
        self.env = env
        self.inputs = inputs

    def author(self, path: str, depth: int) -> Author | None:
        """Who writes the value of a context; None where it is harmless or not known."""
        if path.startswith("env.") and depth < _MAX_DEPTH:
            return self._of_variable(path[4:], depth)
        if not path.startswith(("github", "inputs.")):
            return None
        if re.fullmatch(_STRANGERS, path) or re.fullmatch(_WHOLE, path):
            return "stranger"
        name = path.rpartition("inputs.")[2]
        if path.startswith("inputs.") and depth < _MAX_DEPTH and self._is_given_by_stranger(name, depth):
            return "stranger"
        if re.fullmatch(_MEMBERS, path) and self.inputs.get(name, "string") == "string":
            return "member"
        return None

    def _of_variable(self, name: str, depth: int) -> Author | None:
        for layer in self.env:
            value = next((scalar for key, scalar in layer.items() if key.lower() == name), None)
            if value is not None:
                found = self.authors(value, depth + 1)
                return "stranger" if "stranger" in found else "member" if "member" in found else None
        return None

    def authors(self, value: Scalar, depth: int) -> set[Author | None]:
        """Those of all that is put into a text."""
        parts = embedded(value.text) if "${{" in value.text else ()
        return {self.author(each, depth) for part in parts for each in origins_of(part.source)}

    def _is_given_by_stranger(self, name: str, depth: int) -> bool:
        """Whether a step or job that uses this file hands an input something that anybody may write."""
        return any(
            "stranger" in scope.authors(given[name], depth + 1)
            for given, scope in self.expressions.callers.get(self.path, ())
            if name in given
        )


class _Place:
    """A program that expressions are pasted into."""

    def __init__(self, scope: _Scope, step: Step, scalar: Scalar) -> None:
        self.scope = scope
        self.step = step
        self.scalar = scalar

    def injections(self) -> Iterator[Injection]:
        for found in embedded(self.scalar.text) if "${{" in self.scalar.text else ():
            written = [(each, self.scope.author(each, 0)) for each in origins_of(found.source)]
            by_others = sorted((author == "member", each) for each, author in written if author)
            if by_others:
                is_member, origin = by_others[0]
                yield Injection(self, found, origin, "member" if is_member else "stranger")


def origins_of(source: str) -> list[str]:
    """The contexts whose text an expression may become, in lower case: ``github.event.issue.title``."""
    try:
        tree = parse(source)
    except ExpressionError:
        return []
    found: list[str] = []
    pending: list[Expr] = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, Binary):
            pending += [node.left, node.right] if node.op in ("&&", "||") else []
        elif isinstance(node, Call):
            pending += node.args if node.name.lower() in _PASSING else []
        elif isinstance(node, Context | Property | Index | Filter):
            path = path_of(node)
            found += [".".join(path)] if path else []
            pending += () if path else parsed_json(node)
    return found


def parsed_json(node: Expr) -> tuple[Expr, ...]:
    """What a part of ``fromJSON(…)`` was read from."""
    while isinstance(node, Property | Index | Filter):
        node = node.target
    return node.args if isinstance(node, Call) and node.name.lower() == "fromjson" else ()


def injections(pipeline: Pipeline) -> Iterator[Injection]:
    """Every expression in a program of the target files that may become what somebody else has written."""
    expressions = _Expressions(pipeline)
    for workflow in pipeline.target_workflows:
        inputs = _inputs(workflow)
        for job in workflow.jobs:
            for step in job.steps:
                env = (step.env, job.env, workflow.env)
                yield from _of_step(_Scope(expressions, workflow.path, env, inputs), step)
    for action in pipeline.target_actions:
        yield from _of_action(expressions, action)


def _of_action(expressions: _Expressions, action: Action) -> Iterator[Injection]:
    for step in action.steps:
        yield from _of_step(_Scope(expressions, action.path, (step.env,), {}), step)


def _lowered(given: Mapping[str, Scalar]) -> dict[str, Scalar]:
    """Inputs by their names in lower case, as GitHub compares them."""
    return {name.lower(): value for name, value in given.items()}


def _of_step(scope: _Scope, step: Step) -> Iterator[Injection]:
    names = _CODE_INPUTS.get(step.action.repository, ()) if step.action else ()
    scalars = [step.run, *(step.inputs.get(name) for name in names)]
    for scalar in scalars:
        if scalar is not None:
            yield from _Place(scope, step, scalar).injections()


def _inputs(workflow: Workflow) -> dict[str, str]:
    """The type of each input of a dispatch or call; a text where several say different things."""
    found: dict[str, str] = {}
    for event in ("workflow_dispatch", "workflow_call"):
        trigger: Trigger | None = workflow.triggers.get(event)
        for name, node in (trigger.inputs if trigger else {}).items():
            given = node.get("type") if node else None
            kind = given.text if isinstance(given, Scalar) else "string"
            found[name.lower()] = kind if found.get(name.lower(), kind) == kind else "string"
    return found
