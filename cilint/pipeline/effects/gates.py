"""The checks that can stop a pipeline: linters, type checkers and tests that steps run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from posixpath import normpath

from cilint.findings.finding import FileEdit
from cilint.model.edits import remove_entry
from cilint.model.workflow import scalar_at
from cilint.pipeline.effects.builders import dockerfile_of
from cilint.pipeline.effects.container_commands import own_commands
from cilint.pipeline.effects.gate_scripts import CONTAINERS, HIDDEN, Called, Loss, Scripts, scripts_of
from cilint.pipeline.effects.gate_tools import GateKind, action_named
from cilint.pipeline.effects.images import ImageBuild
from cilint.pipeline.effects.stage_commands import run_commands
from cilint.pipeline.effects.views import CommandView, View, legs_of
from cilint.pipeline.evaluate import interpolate
from cilint.pipeline.invocations import Invocation
from cilint.pipeline.partial import both
from cilint.pipeline.runs import Effect, Runs
from cilint.pipeline.scenarios import Scenario
from cilint.pipeline.shell_state import shell_state
from cilint.pipeline.sites import Site
from cilint.syntax.shell import Command, Shell
from cilint.syntax.shell import parse as parse_script
from cilint.text.edit import Edit
from cilint.text.hole import HOLE
from cilint.text.source import Span
from cilint.text.values import NamedTuple

_ACTIONS: dict[str, GateKind] = {
    **dict.fromkeys(
        (
            "super-linter/super-linter", "github/super-linter", "oxsecurity/megalinter",
            "reviewdog/action-eslint", "wearerequired/lint-action", "sibiraj-s/action-eslint",
            "golangci/golangci-lint-action", "astral-sh/ruff-action", "pre-commit/action",
            "trunk-io/trunk-action",
        ),
        "lint",
    ),
    **dict.fromkeys(("cypress-io/github-action", "artiomtr/jest-coverage-report-action"), "test"),
}  # fmt: skip
_COMMANDS = {"borales/actions-yarn": "cmd"}
"""Actions that run a command which an input gives."""
_TAILS = ("|| true", "|| :", "|| exit 0", "; true", "; :", "; exit 0")
_EMPTY = ("--passWithNoTests", "--pass-with-no-tests")
_NPM = Shell(errexit=False, pipefail=False)
"""What package managers run scripts in: ``sh -c``."""
WORDS: dict[GateKind, str] = {"lint": "the linter", "type-check": "the type check", "test": "the tests"}


class Weakness(NamedTuple):
    """Why a failing check goes unnoticed, where that is written, and what would mend it.

    ``certain``: it does go unnoticed; otherwise it may.
    """

    reason: str
    path: str
    span: Span
    certain: bool
    edits: tuple[FileEdit, ...]


class Gate(Effect):
    """One check of one kind. ``call`` is its command, ``scripts`` what it runs of a package.json."""

    def __init__(
        self,
        runs: Runs,
        site: Site,
        span: Span,
        kind: GateKind,
        *,
        call: Invocation | None = None,
        scripts: tuple[Called, ...] = (),
        texts: tuple[str, ...] = (),
        losses: tuple[Loss, ...] = (),
        in_image: bool = False,
    ) -> None:
        super().__init__(runs, site, span)
        self.kind = kind
        self.call = call
        self.scripts = scripts
        self.texts = texts  # of the other files that it runs
        self.losses = losses
        self.in_image = in_image  # run by the Dockerfile, so that nothing is built where it fails

    @property
    def words(self) -> str:
        """``the linter``, ``the type check`` or ``the tests``."""
        return WORDS[self.kind]

    def state(self, scenario: Scenario) -> bool | None:
        state = super().state(scenario)
        return both(state, shell_state(self._runs, self.call, scenario)) if self.call else state

    @property
    def can_fail(self) -> bool:
        """Whether a failure of the check fails the step and the job."""
        return self.weakness is None or not self.weakness.certain

    @cached_property
    def weakness(self) -> Weakness | None:
        """What keeps a failure of the check from counting; None where it counts or nothing is known."""
        return self._tolerated() or self._swallowed() or self._script_swallowed() or self._passing()

    def _tolerated(self) -> Weakness | None:
        if self._is_asked_for_later:
            return None
        steps = [self.site, self.site.top]
        owners = [(s.step.path, s.step.node, s.step.document) for s in steps]
        owners.append((self.site.job.path, self.site.job.node, self.site.job.workflow.document))
        for path, node, document in owners:
            given = scalar_at(node, "continue-on-error")
            if given is None:
                continue
            if set(self.site.each(given.text)) == {"true"}:
                edits = remove_entry(path, document, node, "continue-on-error") or ()
                return Weakness("`continue-on-error` lets it pass", path, given.span, True, edits)
            scenario = self._tolerating(given.text)
            if scenario is not None:
                reason = f"`continue-on-error` lets it pass on {scenario.title}"
                return Weakness(reason, path, given.span, True, ())
        return None

    def _tolerating(self, text: str) -> Scenario | None:
        """An event of the main branch, or else another, in which an expression is surely true."""
        if "${{" not in text or "matrix." in text:
            return None
        reach = self._runs.reach(self.site.call.entry)
        found = (s for s in self.scenarios if interpolate(text, reach.contexts(self.site, s)) == "true")
        return min(found, key=lambda scenario: not scenario.main, default=None)

    @property
    def _is_asked_for_later(self) -> bool:
        """Whether something later looks at how the step itself has ended."""
        id_ = self.site.step.id
        text = self.site.step.document.text
        return bool(id_) and f"steps.{id_}.outcome" in text.replace(" ", "")

    def _swallowed(self) -> Weakness | None:
        call = self.call
        if call is None or call.failure.outcome not in HIDDEN:
            return None
        reason = f"its failure is lost: {call.failure.reason}"
        tail = self._tail(call)
        if tail is None:
            return Weakness(reason, self.path, self.span, True, ())
        removed = Edit(Span(self.span.end, tail.end), "")
        return Weakness(reason, self.path, tail, True, (FileEdit(self.path, removed),))

    def _tail(self, call: Invocation) -> Span | None:
        """Where ``|| true`` stands after the command, in the file; None for anything more involved."""
        run = call.site.step.run
        text = run.text if run else ""
        end = call.command.span.end
        line = text[end:].split("\n")[0]
        tail = line.strip()
        if tail not in _TAILS and not (tail.startswith("|| echo ") and not set(tail[3:]) & set("|&;")):
            return None
        start = end + len(line) - len(line.lstrip())
        span = call.site.file_span(Span(start, start + len(tail)))
        source = self._runs.project.source(self.path)
        return span if source and source.slice(span) == tail else None

    def _script_swallowed(self) -> Weakness | None:
        for called in self.scripts:
            for command in called.checking:
                failure = called.script.failure(command, _NPM)
                if failure.outcome in HIDDEN:
                    where = f"the script `{called.name}` of {called.package.path}"
                    reason = f"{where} loses its failure: {failure.reason}"
                    return Weakness(reason, self.path, self.span, True, ())
        for loss in self.losses:
            if self.kind in loss.kinds:
                reason = f"{loss.path} loses its failure: {loss.reason}"
                return Weakness(reason, self.path, self.span, True, ())
        return None

    def _passing(self) -> Weakness | None:
        texts = [self.call.command.raw] if self.call else []
        texts += [called.script.text for called in self.scripts]
        if self.kind == "test" and any(option in text for text in texts for option in _EMPTY):
            reason = "`--passWithNoTests` lets it pass when no test is found"
            return Weakness(reason, self.path, self.span, False, ())
        return None


def gates(runs: Runs, builds: Iterable[ImageBuild] = ()) -> Iterator[Gate]:
    """Every gate in the order of the files, then those inside image builds; one command may be several."""
    scripts, builds = scripts_of(runs.project), tuple(builds)
    for site in runs.sites:
        action = site.step.action
        name = action.repository if action else ""
        if action and action.repository in _COMMANDS:
            yield from _of_input(runs, site, _COMMANDS[name], scripts)
        elif action and (kind := _ACTIONS.get(name) or action_named(action.name)):
            yield Gate(runs, site, site.span, kind)
        yield from _of_script(runs, site, scripts, builds)
    for build in builds:
        yield from _of_build(runs, build, scripts)


def _of_script(runs: Runs, site: Site, scripts: Scripts, builds: tuple[ImageBuild, ...]) -> Iterator[Gate]:
    folder, reach = site.working_directory, runs.reach(site.call.entry)
    views = tuple(View(runs, leg, None, reach) for leg in legs_of(runs, site)) if site.script else ()
    for command in site.script.commands if site.script else ():
        if command.name == "cd":
            target = next((each.value for each in command.operands()), None)
            folder = normpath(f"{folder}/{target or HOLE}")
            continue
        call = Invocation(site, command)
        found = [scripts.checked(command, folder, argv=words) for words in _argvs(views, command)]
        if command.name in CONTAINERS:
            found += [scripts.of_text(text, HOLE) for text in own_commands(runs, call, builds)]
        for kind in sorted({kind for each in found for kind in each.kinds}):
            called = tuple({id(script): script for each in found for script in each.scripts}.values())
            texts = tuple(dict.fromkeys(text for each in found for text in each.texts))
            losses = tuple(loss for each in found for loss in each.losses)
            yield Gate(runs, site, call.span, kind, call=call, scripts=called, texts=texts, losses=losses)


def _argvs(views: tuple[View, ...], command: Command) -> Iterator[list[str]]:
    """The words of a command: as they are, or in every leg and turn where variables stand among them."""
    if not any("$" in word.raw for word in command.words):
        yield command.argv()
        return
    for view in views:
        yield from CommandView(view, Invocation(view.site, command)).argvs


def _of_build(runs: Runs, build: ImageBuild, scripts: Scripts) -> Iterator[Gate]:
    """The gates that a Dockerfile runs in the stages which the build needs."""
    dockerfile = dockerfile_of(runs.project, build)
    stage = (dockerfile.stage(build.target) if build.target else dockerfile.final) if dockerfile else None
    folder = build.context or "."
    kinds: dict[GateKind, None] = {}
    texts: list[str] = []
    for needed in stage.needed if stage else ():
        for instruction in needed.instructions:
            for call in run_commands(needed, instruction) if instruction.name == "RUN" else ():
                texts.append(call.command.raw)
                argv = call.command.argv(call.env)
                kinds.update(dict.fromkeys(sorted(scripts.checked(call.command, folder, argv=argv).kinds)))
    for kind in kinds:
        yield Gate(runs, build.site, build.span, kind, call=build.call, texts=tuple(texts), in_image=True)


def _of_input(runs: Runs, site: Site, name: str, scripts: Scripts) -> Iterator[Gate]:
    """The gates in a command that an action is told to run."""
    text = site.input(name) or ""
    found = [scripts.checked(command, ".") for command in parse_script(text).commands]
    if name == "cmd":
        found.append(scripts.of_words(["yarn", *text.split()], "."))
    for kind in sorted({kind for each in found for kind in each.kinds}):
        called = tuple(script for each in found for script in each.scripts if kind in each.kinds)
        yield Gate(runs, site, site.input_span(name), kind, scripts=called)
