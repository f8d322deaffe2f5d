"""Whether the scripts that a Dockerfile runs are in the package.json that they are run from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from posixpath import dirname

from cilint.findings.violation import Options, Violation
from cilint.model.dockerfile import Dockerfile, Stage
from cilint.model.dockerfile_state import resolve
from cilint.pipeline.effects.copied_files import sources_of
from cilint.pipeline.effects.script_calls import (
    ASKS,
    MANAGERS,
    WRITES,
    ScriptCall,
    missing,
    read_call,
    violation,
)
from cilint.pipeline.effects.stage_commands import StageCommand, mentions, stage_commands
from cilint.pipeline.pipeline import Pipeline
from cilint.text.hole import HOLE

_MOST_CALLS = 100


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
            for call in stage_commands(stage, instruction):
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
    folder = resolve(call.folder, asked.folder)
    if HOLE in folder:
        return None
    wanted = f"{folder.rstrip('/')}/package.json"
    found = sources_of(pipeline, stage, wanted, call.instruction)
    known = [path for path in found if path.endswith("package.json")]
    return dirname(known[0]) or "." if len(known) == 1 else None
