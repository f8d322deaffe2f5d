"""Which files of the repository the files of an image are copies of."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from posixpath import basename, dirname, join, normpath

from cilint.model.dockerfile import Stage, StageCopy
from cilint.pipeline.effects.builders import context_of
from cilint.pipeline.effects.node_modules import copies_at, lineage
from cilint.syntax.dockerfile import Instruction
from cilint.text.hints import TYPE_CHECKING

if TYPE_CHECKING:
    from cilint.pipeline.pipeline import Pipeline

_MOST_ORIGINS = 50
"""A file is followed through so many copies from other stages."""


def sources_of(pipeline: Pipeline, stage: Stage, path: str, until: Instruction | None = None) -> list[str]:
    """The files of the repository that the absolute ``path`` in a stage may be a copy of.

    ``until`` is the instruction that sees it. Where nothing tells the build context, it is the folder of the
    Dockerfile or the root.
    """
    known = context_of(pipeline, stage.dockerfile)
    contexts = {dirname(stage.path), ""} if known is None else {known}
    places = [place.lstrip("/") for place in _origins(stage, path, until, set())]
    found = {normpath(join(context, place)) for context in contexts for place in places}
    return sorted(place for place in found if place in pipeline.project.paths)


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
