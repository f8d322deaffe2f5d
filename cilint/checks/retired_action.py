"""Whether actions and commands are used that GitHub has switched off."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from cilint.findings.finding import FileEdit
from cilint.findings.violation import Options, Violation
from cilint.model.action_pins import pins_of
from cilint.model.known_actions import is_retired, is_switched_off, version_of
from cilint.model.workflow import Step
from cilint.pipeline.pipeline import Pipeline
from cilint.syntax.shell import Command
from cilint.text.edit import Edit
from cilint.text.source import SourceFile

_FILES = {
    "set-output": "GITHUB_OUTPUT",
    "save-state": "GITHUB_STATE",
    "set-env": "GITHUB_ENV",
    "add-path": "GITHUB_PATH",
}
_REFUSED = ("set-env", "add-path")  # since November 2020
_COMMAND = re.compile(r"::(set-output|save-state|set-env|add-path)(?:\s+name=([\w.-]+))?::")


def run(pipeline: Pipeline, options: Options) -> Iterator[Violation]:
    """One violation an action or command; values: ``problem``, ``advice``, ``fails`` (the job stops)."""
    for workflow in pipeline.target_workflows:
        for job in workflow.jobs:
            yield from _violations(workflow.source, job.steps)
    for action in pipeline.target_actions:
        yield from _violations(action.source, action.steps)


def _violations(source: SourceFile, steps: Sequence[Step]) -> Iterator[Violation]:
    for step in steps:
        yield from _action(source, step)
        yield from _commands(step)


def _action(source: SourceFile, step: Step) -> Iterator[Violation]:
    action, uses = step.action, step.uses
    if action is None or uses is None or not action.name:
        return
    version = version_of(action, source, uses.span)
    if not version or not is_retired(action.name, version):
        return
    pins = pins_of(action.repository)
    newest = pins[-1] if pins and not is_retired(action.name, pins[-1].version) else None
    advice = f"use {newest.version}" if newest else "use a newer version, or another action"
    fails = is_switched_off(action.name, version)
    said = "is out of support: the Node.js that it was made for is gone from GitHub's machines"
    if fails:
        said = "fails: GitHub has switched off the service that it speaks to"
    values = {"problem": f"{action.name} {version} {said}", "advice": advice, "fails": fails}
    edits: tuple[FileEdit, ...] = ()
    if newest and not action.is_commit:
        raw = source.slice(uses.span)
        line = source.text[uses.span.end :].split("\n", 1)[0]
        comment = "" if line.strip() else f" # {newest.version}"
        edits = (
            FileEdit(
                step.path, Edit(uses.span, raw.replace(f"@{action.ref}", f"@{newest.commit}") + comment)
            ),
        )
    yield Violation(step.path, uses.span, values, edits=edits)


def _commands(step: Step) -> Iterator[Violation]:
    run = step.run
    echoes = _echoes(step) if run and _COMMAND.search(run.text) else []
    for found in _COMMAND.finditer(run.text) if run else ():
        assert run is not None
        file, fails = _FILES[found[1]], found[1] in _REFUSED
        said = "is refused: the step fails" if fails else "is deprecated, and GitHub will stop reading it"
        values = {"problem": f"`{found[1]}` {said}", "advice": f'write to "${file}"', "fails": fails}
        yield Violation(
            step.path, run.source_span(*found.span()), values, edits=_written(step, echoes, found, file)
        )


def _echoes(step: Step) -> list[tuple[int, int, Command]]:
    """The ``echo`` commands of a script with where each begins and ends, in order."""
    commands = step.script.named("echo") if step.script else ()
    return sorted(((*each.span, each) for each in commands), key=lambda entry: entry[:2])


def _written(
    step: Step, echoes: list[tuple[int, int, Command]], found: re.Match[str], file: str
) -> tuple[FileEdit, ...]:
    """``echo "NAME=VALUE" >> "$FILE"`` for a command that is nothing but an ``echo``."""
    run = step.run
    assert run is not None
    at = bisect_right(echoes, found.start(), key=lambda entry: entry[0]) - 1
    command = echoes[at][2] if at >= 0 and found.start() < echoes[at][1] else None
    if command is None or command.redirects or command.substitution:
        return ()
    if not "".join(command.argv()[1:2]).startswith("::"):
        return ()
    name = f"{found[2]}=" if found[2] else ""
    end = run.source_span(command.span.end - 1, command.span.end).end
    return (
        FileEdit(step.path, Edit(run.source_span(*found.span()), name)),
        FileEdit(
            step.path, Edit(run.source_span(*found.span())._replace(start=end, end=end), f' >> "${file}"')
        ),
    )
