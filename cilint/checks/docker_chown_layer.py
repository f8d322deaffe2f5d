"""Whether files that were copied are given to another user by a layer of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cilint.findings.finding import Label
from cilint.findings.violation import Options, Violation
from cilint.model.dockerfile import Stage, StageCopy
from cilint.model.dockerfile_state import resolve
from cilint.pipeline.effects.bases import library_name
from cilint.pipeline.effects.docker_lines import is_kept
from cilint.pipeline.effects.stage_commands import StageCommand, mentions, run_commands
from cilint.pipeline.pipeline import Pipeline
from cilint.syntax.dockerfile import Instruction
from cilint.text.edit import Edit
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
        found = {copy.instruction for path in paths for copy in _copied_into(stage).get(path.rstrip("/"), ())}
        again = sorted((each for each in found if each.span < instruction.span), key=lambda each: each.span)
        if again:
            labels = tuple(
                Label(stage.path, each.span, "copied here with another owner or mode")
                for each in again[:MAX_LABELS]
            )
            values = {"command": call.name, "flag": f"--{call.name}", "path": ", ".join(paths)}
            yield Violation(stage.path, call.span, values, labels, _given_once(stage, again, call))


def _given_once(stage: Stage, copies: list[Instruction], call: StageCommand) -> tuple[Edit, ...]:
    """The owner or mode given by the copies, and the command gone; nothing where it does more than that."""
    from cilint.syntax.dockerfile_edit import EditRefused, drop_commands, insert_flag

    wanted = (call.arguments.operands()[0].value or "") if call.arguments.operands() else ""
    own, instruction = list(stage.instructions), call.instruction
    between = own[own.index(copies[0]) : own.index(instruction)] if copies[0] in own else []
    plain = (
        len(_paths(call)) == 1
        and between
        and all(each.name != "RUN" for each in between)
        and len(copies) < MAX_LABELS
    )
    if not plain or not _may_give(stage, copies[0], call.name, wanted):
        return ()
    if any(each.flag(call.name) or each.heredocs for each in copies):
        return ()
    calls = [each for each in run_commands(stage, instruction) if each.command.inner is None]
    if any(each.name in ("cd", "pushd") for each in calls):
        return ()
    numbers = {number for number, each in enumerate(calls) if each.command is call.command}
    spans = [each.command.span for each in calls]
    try:
        gone = drop_commands(stage.dockerfile.document, instruction, call.script, spans, numbers)
    except EditRefused:
        return ()
    flags = (insert_flag(each, f"--{call.name}={wanted}") for each in copies)
    return (*(edit for edits in flags for edit in edits), *gone)


def _may_give(stage: Stage, first: Instruction, command: str, wanted: str) -> bool:
    """Whether a copy can give this owner, who must be there by then, or this mode."""
    if command == "chmod":
        return re.fullmatch(r"0?[0-7]{3}", wanted) is not None
    user, _, group = wanted.partition(":")
    if not re.fullmatch(r"[\w.-]+(:[\w.-]+)?", wanted):
        return False
    known = {"root", "node"} if library_name(stage.root_image) == "node" else {"root"}
    made = " ".join(each.text for each in stage.instructions if each.name == "RUN" and each.span < first.span)
    return all(
        name.isdecimal() or name in known or re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", made)
        for name in (user, *filter(None, [group]))
    )


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
