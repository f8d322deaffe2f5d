"""Whether files that were copied are given to another user by a layer of their own."""

from __future__ import annotations

from collections.abc import Iterator

from cilint.findings.finding import Label
from cilint.findings.violation import Options, Violation
from cilint.model.dockerfile import Stage, StageCopy
from cilint.model.dockerfile_state import resolve
from cilint.pipeline.effects.stage_commands import StageCommand, mentions, run_commands
from cilint.pipeline.pipeline import Pipeline
from cilint.syntax.dockerfile import Instruction
from cilint.text.hole import HOLE


def run(pipeline: Pipeline, _options: Options) -> Iterator[Violation]:
    """One violation for each recursive ``chown`` or ``chmod``; values: ``command``, ``flag``, ``path``."""
    for stage in pipeline.stages:
        for at, instruction in enumerate(stage.instructions if stage.is_reachable else ()):
            if instruction.name == "RUN" and mentions(instruction, "chown", "chmod"):
                yield from _violations(stage, instruction, set(map(id, stage.instructions[:at])))


def _violations(stage: Stage, instruction: Instruction, before: set[int]) -> Iterator[Violation]:
    copies = [copy for copy in stage.copies if id(copy.instruction) in before]
    for call in run_commands(stage, instruction):
        paths = _paths(call)
        again = [copy for copy in copies if any(_covers(path, copy) for path in paths)]
        if again:
            labels = tuple(
                Label(stage.path, copy.span, "copied here with another owner or mode") for copy in again[:5]
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


def _covers(path: str, copy: StageCopy) -> bool:
    inside = f"{copy.destination.rstrip('/')}/".startswith(f"{path.rstrip('/')}/")
    return inside and path != "/" and HOLE not in copy.destination
