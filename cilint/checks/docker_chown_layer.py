"""Whether files that were copied are given to another user by a layer of their own."""

from __future__ import annotations

from collections.abc import Iterator

from cilint.findings.finding import Label
from cilint.findings.violation import Options, Violation
from cilint.model.dockerfile import Stage, StageCopy
from cilint.model.dockerfile_state import resolve
from cilint.pipeline.effects.docker_lines import is_kept
from cilint.pipeline.effects.stage_commands import StageCommand, mentions, run_commands
from cilint.pipeline.pipeline import Pipeline
from cilint.syntax.dockerfile import Instruction
from cilint.text.hole import HOLE
from cilint.text.remember import remembered

MAX_LABELS = 5


def run(pipeline: Pipeline, _options: Options) -> Iterator[Violation]:
    """One violation for each recursive ``chown`` or ``chmod``; values: ``command``, ``flag``, ``path``."""
    for stage in pipeline.stages:
        for instruction in stage.instructions if is_kept(stage) and stage.is_reachable else ():
            if instruction.name == "RUN" and mentions(instruction, "chown", "chmod"):
                yield from _violations(stage, instruction)


def _violations(stage: Stage, instruction: Instruction) -> Iterator[Violation]:
    for call in run_commands(stage, instruction):
        paths = _paths(call)
        spans = {copy.span for path in paths for copy in _copied_into(stage).get(path.rstrip("/"), ())}
        again = sorted(span for span in spans if span < instruction.span)
        if again:
            labels = tuple(
                Label(stage.path, span, "copied here with another owner or mode")
                for span in again[:MAX_LABELS]
            )
            values = {"command": call.name, "flag": f"--{call.name}", "path": ", ".join(paths)}
            yield Violation(stage.path, call.span, values, labels)


def _paths(call: StageCommand) -> list[str]:
    """The folders that a recursive ``chown`` or ``chmod`` goes through."""
    if call.name not in ("chown", "chmod") or not call.arguments.has_flag("-R", "--recursive"):
        return []
    operands = [each.value or "" for each in call.arguments.operands()]
    paths = [resolve(call.folder, operand) for operand in operands[1:]]
    return [path for path in paths if HOLE not in path]


@remembered
def _copied_into(stage: Stage) -> dict[str, list[StageCopy]]:
    """The first copies into each folder, those into the folders in it among them; not for the root."""
    found: dict[str, list[StageCopy]] = {}
    for copy in stage.copies:
        folder = "" if HOLE in copy.destination else copy.destination.rstrip("/")
        # Where one folder has enough, so have all that it is in.
        while folder and len(found.setdefault(folder, [])) < MAX_LABELS:
            found[folder].append(copy)
            folder = folder.rpartition("/")[0]
    return found
