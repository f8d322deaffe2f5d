"""Whether the scripts that a Dockerfile runs are in the package.json that they are run from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from itertools import islice
from posixpath import basename, dirname, join, normpath

from cilint.findings.violation import Options, Violation
from cilint.model.dockerfile import Dockerfile, Stage, StageCopy
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

_MOST_CALLS = 100
_MOST_ORIGINS = 50
"""A file is followed through so many copies from other stages."""


def run(pipeline: Pipeline, options: Options) -> Iterator[Violation]:
    """One violation a script that is run and does not exist; values: ``name``, ``package``, ``meant``."""
    for dockerfile in pipeline.dockerfiles:
        text = dockerfile.source.text
        if not WRITES.search(text) and not ASKS.search(text):
            has_server = re.search(r"server\.js|standalone", text) is not None
            for stage, call, asked in islice(_calls(dockerfile), _MOST_CALLS):
                if asked.name != "start" or not has_server:
                    yield from _in_stage(pipeline, stage, call, asked)


def _calls(dockerfile: Dockerfile) -> Iterator[tuple[Stage, StageCommand, ScriptCall]]:
    """The commands that ask for a script, in what builds the image and in what its containers start."""
    for stage in dockerfile.stages:
        starts = (stage.command, stage.entrypoint) if stage.is_final else ()
        for instruction in stage.instructions if stage.is_reachable else ():
            runs = instruction.name == "RUN" or instruction in starts
            if not runs or not mentions(instruction, *MANAGERS):
                continue
            state = stage.state(instruction)
            for call in commands_of(stage, instruction, state.values, state.workdir):
                asked = read_call(call.name, call.arguments.items) if call.name in MANAGERS else None
                if asked is not None and call.command.inner is None:
                    yield stage, call, asked


def _in_stage(pipeline: Pipeline, stage: Stage, call: StageCommand, asked: ScriptCall) -> Iterator[Violation]:
    folder = _source_folder(pipeline, stage, call, asked)
    if folder is None:
        return
    found = missing(pipeline.project.files, pipeline.packages, asked._replace(folder="."), folder)
    if found:
        told = violation(pipeline.project, stage.path, call.place(asked.word), asked, found)
        # `run NAME` would be two members of a JSON array
        plain = asked.is_named or call.instruction.form != "json"
        yield told if plain else told._replace(edits=())


def _source_folder(pipeline: Pipeline, stage: Stage, call: StageCommand, asked: ScriptCall) -> str | None:
    """The folder of the repository whose package.json is where a command runs in the image."""
    context = context_of(pipeline, stage.dockerfile)
    folder = resolve(call.folder, asked.folder)
    if context is None or HOLE in folder:
        return None
    places = _origins(stage, f"{folder.rstrip('/')}/package.json", call.instruction, set())
    found = {normpath(join(context, place.lstrip("/"))) for place in places}
    known = [path for path in found if path in pipeline.project.paths and path.endswith("package.json")]
    return dirname(known[0]) or "." if len(known) == 1 else None


def _origins(stage: Stage, path: str, until: Instruction | None, seen: set[tuple[int, str]]) -> Iterator[str]:
    """The places in the build context that a file of a stage may be from; ``seen`` is what was asked for."""
    if (stage.index, path) in seen or len(seen) > _MOST_ORIGINS:
        return
    seen.add((stage.index, path))
    for owner, instruction in lineage(stage):
        if instruction is until:
            return
        for copy in copies_at(owner, instruction):
            for origin in (*copy.origins(path), *_matched(copy, path)):
                if copy.origin is None:
                    yield origin
                elif copy.stage is not None and copy.stage.index < stage.index:
                    yield from _origins(copy.stage, origin, None, seen)


def _matched(copy: StageCopy, path: str) -> Iterator[str]:
    """The sources with wildcards that a file may be from."""
    if copy.destination in (path, dirname(path)):
        for source in copy.sources:
            if "*" in source and fnmatchcase(basename(path), basename(source)):
                yield join(dirname(source), basename(path))
