"""Whether the scripts that a Dockerfile runs are in the package.json that they are run from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from posixpath import basename, dirname, join, normpath

from cilint.findings.violation import Options, Violation
from cilint.model.dockerfile import Stage, StageCopy
from cilint.model.dockerfile_state import resolve
from cilint.pipeline.effects.builders import context_of
from cilint.pipeline.effects.node_modules import copies_at, lineage
from cilint.pipeline.effects.script_calls import (
    ASKS,
    MANAGERS,
    WRITES,
    ScriptCall,
    missing,
    read_call,
    violation,
)
from cilint.pipeline.effects.stage_commands import StageCommand, commands_of, mentions
from cilint.pipeline.pipeline import Pipeline
from cilint.syntax.dockerfile import Instruction
from cilint.text.hole import HOLE

_MAX_DEPTH = 10


def run(pipeline: Pipeline, options: Options) -> Iterator[Violation]:
    """One violation a script that is run and does not exist; values: ``name``, ``package``, ``meant``."""
    for stage in pipeline.stages:
        if not stage.is_reachable:
            continue
        starts = [each for each in (stage.command, stage.entrypoint) if each in stage.instructions]
        for instruction in stage.instructions:
            runs = instruction.name == "RUN" or (stage.is_final and instruction in starts)
            if runs and mentions(instruction, *MANAGERS):
                yield from _in_instruction(pipeline, stage, instruction)


def _in_instruction(pipeline: Pipeline, stage: Stage, instruction: Instruction) -> Iterator[Violation]:
    state = stage.state(instruction)
    env = {name: value for name, value in state.variables.items() if value is not None}
    text = stage.dockerfile.source.text
    for call in commands_of(stage, instruction, env, state.workdir):
        asked = read_call(call.name, call.arguments.items) if call.name in MANAGERS else None
        if asked is None or call.command.inner is not None or WRITES.search(text) or ASKS.search(text):
            continue
        if asked.name == "start" and re.search(r"server\.js|standalone", text):
            continue
        folder = _source_folder(pipeline, stage, call, asked)
        if folder is None:
            continue
        place = asked._replace(folder=".")
        found = missing(pipeline.project.files, pipeline.packages, place, folder)
        if found:
            told = violation(pipeline.project, stage.path, call.place(asked.word), asked, found)
            # `run NAME` would be two members of a JSON array
            plain = asked.is_named or instruction.form != "json"
            yield told if plain else told._replace(edits=())


def _source_folder(pipeline: Pipeline, stage: Stage, call: StageCommand, asked: ScriptCall) -> str | None:
    """The folder of the repository whose package.json is where a command runs in the image."""
    context = context_of(pipeline, stage.dockerfile)
    folder = resolve(call.folder, asked.folder)
    if context is None or HOLE in folder:
        return None
    places = _origins(stage, f"{folder.rstrip('/')}/package.json", call.instruction, 0)
    found = {normpath(join(context, place.lstrip("/"))) for place in places}
    known = [path for path in found if path in pipeline.project.paths and path.endswith("package.json")]
    return dirname(known[0]) or "." if len(known) == 1 else None


def _origins(stage: Stage, path: str, until: Instruction | None, depth: int) -> Iterator[str]:
    """The places in the build context that a file of a stage may be from."""
    if depth > _MAX_DEPTH:
        return
    for owner, instruction in lineage(stage):
        if instruction is until:
            return
        for copy in copies_at(owner, instruction):
            for origin in (*copy.origins(path), *_matched(copy, path)):
                if copy.origin is None:
                    yield origin
                elif copy.stage is not None and copy.stage is not stage:
                    yield from _origins(copy.stage, origin, None, depth + 1)


def _matched(copy: StageCopy, path: str) -> Iterator[str]:
    """The sources with wildcards that a file may be from."""
    if copy.destination in (path, dirname(path)):
        for source in copy.sources:
            if "*" in source and fnmatchcase(basename(path), basename(source)):
                yield join(dirname(source), basename(path))
