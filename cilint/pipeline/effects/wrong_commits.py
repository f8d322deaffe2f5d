"""Uses of the run's own commit or branch where ``workflow_run`` means the commit that was built.

After another workflow ``github.sha`` and ``github.ref`` are those of the default branch at that moment. The
contexts are evaluated with stand-ins, so a fallback such as ``workflow_run.head_sha || github.sha`` is right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cilint.findings.finding import FileEdit
from cilint.model.edits import set_input
from cilint.pipeline.effects.deploys import Deploy
from cilint.pipeline.evaluate import Open, interpolate
from cilint.pipeline.invocations import Invocation
from cilint.pipeline.scenarios import SHA, Scenario
from cilint.pipeline.shell_state import environment, shell_state
from cilint.pipeline.sites import Site
from cilint.syntax.expression import embedded
from cilint.syntax.shell import Command, Word
from cilint.syntax.yaml import Scalar
from cilint.text.edit import Edit
from cilint.text.hints import TYPE_CHECKING, Any
from cilint.text.source import Span

if TYPE_CHECKING:
    from cilint.pipeline.pipeline import Pipeline

_BRANCH = "branch0of0the0run"
_RIGHT = {
    "sha": "github.event.workflow_run.head_sha",
    "ref": "github.event.workflow_run.head_branch",
    "ref_name": "github.event.workflow_run.head_branch",
}
_PLACES = re.compile(r"(?i)(?<![.\w'])github\.(sha|ref_name|ref)\b(?!')")
_VARIABLES = {"GITHUB_SHA": "commit", "GITHUB_REF": "branch", "GITHUB_REF_NAME": "branch"}


_CONTEXT = re.compile(r"(?<![.\w])context\.sha\b|\bprocess\.env\.GITHUB_SHA\b")


class WrongCommit:
    """One use. ``text`` is what is used, ``certain`` whether it can differ from what was built."""

    def __init__(
        self, path: str, span: Span, text: str, certain: bool, edits: tuple[FileEdit, ...] = ()
    ) -> None:
        self.path = path
        self.span = span
        self.text = text
        self.certain = certain
        self.edits = edits


def wrong_commits(pipeline: Pipeline) -> Iterator[WrongCommit]:
    """In the workflows that deploy to Dokploy after another one; each place once."""
    seen: set[tuple[str, Span]] = set()
    entries: dict[int, Deploy] = {}
    for deploy in pipeline.deploys:
        if deploy.to_target and _scenario(deploy):
            entries.setdefault(id(deploy.site.call.entry), deploy)
    for site in pipeline.runs.sites:
        found = entries.get(id(site.call.entry))
        for wrong in _Look(pipeline, found, site).found() if found else ():
            if (wrong.path, wrong.span) not in seen:
                seen.add((wrong.path, wrong.span))
                yield wrong


def _only_tells(command: Command) -> bool:
    """Whether it does nothing but write to the log."""
    apart = command.substitution is not None or command.piped_to is not None
    groups = (redirect for block in command.blocks for redirect in block.redirects)
    moved = any(redirect.moves_output for redirect in (*command.redirects, *groups))
    return command.name in ("echo", "printf") and not apart and not moved


def _scenario(deploy: Deploy) -> Scenario | None:
    """A successful build of the main branch after which it deploys."""
    found = [run.scenario for run in deploy.runs if run.scenario.upstream]
    return next((s for s in found if s.main and s.upstream and s.upstream.conclusion == "success"), None)


class _Look:
    """Looks at one step in the scenario."""

    def __init__(self, pipeline: Pipeline, deploy: Deploy, site: Site) -> None:
        self.runs = pipeline.runs
        self.site = site
        self.deploy = deploy
        scenario = _scenario(deploy)
        assert scenario is not None
        self.scenario = scenario
        self.several = bool(deploy.after_other_branch)
        self.others = bool(set(site.call.entry.triggers) - {"workflow_run"})

    def found(self) -> Iterator[WrongCommit]:
        if self.runs.step_state(self.site, self.scenario) is False:
            return
        contexts = self.contexts()
        step = self.site.step
        for layer in (self.site.job.env, step.env, step.inputs):
            for value in layer.values():
                yield from self.expressions(value, contexts)
        if step.run is not None:
            yield from self.expressions(step.run, contexts)
        yield from self.variables()
        yield from self.programs()
        yield from self.checkout()

    def contexts(self) -> dict[str, Any]:
        contexts = self.runs.reach(self.site.call.entry).contexts(self.site, self.scenario)
        github = {**contexts["github"], "ref_name": _BRANCH, "ref": f"refs/heads/{_BRANCH}"}
        return {**contexts, "github": Open(github)}

    def expressions(self, scalar: Scalar, contexts: dict[str, Any]) -> Iterator[WrongCommit]:
        for part in embedded(scalar.text):
            match = _PLACES.search(part.source)
            if match is None:
                continue
            value = interpolate(scalar.text[part.start : part.end], contexts)
            if SHA not in value and _BRANCH not in value:
                continue
            start = part.source_start + match.start()
            span = scalar.source_span(start, part.source_start + match.end())
            commit = SHA in value
            edits: tuple[FileEdit, ...] = ()
            if commit or scalar is not self.site.step.run:  # a branch's name in a script is code of strangers
                right = self.right(match.group(1).lower(), match.group(), part.source)
                edits = (FileEdit(self.place, Edit(span, right)),)
            yield WrongCommit(self.place, span, match.group(), commit or self.several, edits)

    @property
    def place(self) -> str:
        return self.site.path

    def right(self, name: str, written: str, source: str) -> str:
        """What is meant, with what other events have behind it."""
        if not self.others:
            return _RIGHT[name]
        alone = not re.search(r"&&|[=!<>(]", source)
        both = f"{_RIGHT[name]} || {written}"
        return both if alone else f"({both})"

    def variables(self) -> Iterator[WrongCommit]:
        """``$GITHUB_SHA`` and its like in commands that run then."""
        script = self.site.script
        for command in script.commands if script else ():
            if _only_tells(command):
                continue
            for word in (*command.words, *(each.value for each in command.assignments if each.value)):
                for part in word.parts:
                    if part.kind != "variable" or part.text not in _VARIABLES or part.text in self.site.env:
                        continue
                    if shell_state(self.runs, Invocation(self.site, command), self.scenario) is False:
                        continue
                    commit = _VARIABLES[part.text] == "commit"
                    span = self.site.file_span(part.span)
                    yield WrongCommit(self.place, span, f"${part.text}", commit or self.several)
                yield from self.stand_ins(command, word)

    def stand_ins(self, command: Command, word: Word) -> Iterator[WrongCommit]:
        """``${TAG:-$GITHUB_SHA}``, where the variable is empty then."""
        nested = [part for part in word.parts if part.argument and "GITHUB_SHA" in part.argument.variables]
        if not nested or self.site.script is None:
            return
        call = Invocation(self.site, command)
        contexts = self.runs.reach(self.site.call.entry).contexts(self.site, self.scenario)
        known = environment(call, contexts)
        if SHA[:7] in word.text(self.site.script.environment(command, known, call.shell)):
            span = self.site.file_span(nested[0].span)
            yield WrongCommit(self.place, span, "$GITHUB_SHA", certain=True)

    def programs(self) -> Iterator[WrongCommit]:
        """``context.sha`` and its like in programs of actions/github-script, where it stands alone."""
        program = self.site.step.inputs.get("script")
        if program is None or "head_sha" in program.text:
            return
        for match in _CONTEXT.finditer(program.text):
            yield WrongCommit(self.place, program.source_span(*match.span()), match.group(), certain=True)

    def checkout(self) -> Iterator[WrongCommit]:
        """A checkout without ``ref``, tags that docker/metadata-action makes of the run's own commit."""
        step, action = self.site.step, self.site.step.action
        if action is None or step.uses is None:
            return
        if action.name == "actions/checkout" and not {"ref", "repository"} & set(step.inputs):
            edits = set_input(step, "ref", "${{ " + self.right("sha", "github.sha", "github.sha") + " }}")
            yield WrongCommit(self.place, step.uses.span, "a checkout without `ref`", True, edits or ())
        if action.name == "docker/metadata-action" and self.site.input("context") != "git":
            yield WrongCommit(self.place, step.uses.span, "metadata-action's own context", True)
