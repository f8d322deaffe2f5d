"""Whether the final stage's node_modules holds development dependencies."""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import basename, dirname

from cilint.findings.finding import Label
from cilint.findings.violation import Options, Violation
from cilint.model.dockerfile import Stage, StageCopy
from cilint.model.package import ancestors, join, read_package
from cilint.pipeline.effects.installs import Install, installs
from cilint.pipeline.effects.node_modules import (
    brought,
    copies_at,
    lineage,
    pruning,
    source_install,
    tree_of,
)
from cilint.pipeline.pipeline import Pipeline

MAX_FOLDERS = 40
_NOT_PRODUCTION = frozenset(
    {"dev", "develop", "development", "test", "tests", "ci", "lint", "debug", "devcontainer"}
)


def run(pipeline: Pipeline, _options: Options) -> Iterator[Violation]:
    """At most one violation a folder of a final stage; values: ``how``."""
    for dockerfile in pipeline.dockerfiles:
        stage = dockerfile.final
        if stage is None or _is_for_development(stage):
            continue
        folders = list(dict.fromkeys(_folders(stage)))[:MAX_FOLDERS]
        trees = {folder: tree_of(stage, folder) for folder in folders}
        full = [folder for folder, tree in trees.items() if tree is not None and tree.production is False]
        if full and not _has_none(pipeline, dockerfile.path):
            for folder in full:
                yield from _violation(stage, folder)


def _is_for_development(stage: Stage) -> bool:
    names = {stage.name, stage.path.rpartition(".")[2].lower()}
    return bool(names & _NOT_PRODUCTION) or stage.final_state.env.get("NODE_ENV") in ("development", "test")


def _has_none(pipeline: Pipeline, path: str) -> bool:
    """Whether the project surely has no development dependencies: its package.json names none."""
    for folder in ancestors(dirname(path)):
        package = read_package(pipeline.project.files, join(folder, "package.json"))
        if package is not None:
            return package.valid and not package.dev_dependencies and not package.workspaces
    return False


def _folders(stage: Stage) -> Iterator[str]:
    """Where a node_modules may lie."""
    for owner, instruction in lineage(stage):
        for copy in copies_at(owner, instruction):
            if copy.origin is not None:
                inside = basename(copy.destination) == "node_modules"
                yield (dirname(copy.destination) or "/") if inside else copy.destination
        yield from (each.folder for each in installs(owner, instruction) if each.is_project)


def _violation(stage: Stage, folder: str) -> Iterator[Violation]:
    """The violation at what brings them: the last copy of such a node_modules, or the last install."""
    last: StageCopy | Install | None = None
    for owner, instruction in lineage(stage):
        for copy in copies_at(owner, instruction):
            last = copy if brought(copy, folder) is not None else last
        for install in installs(owner, instruction):
            last = install if install.folder == folder and install.is_project else last
    if isinstance(last, StageCopy):
        values = {"how": "this copies a node_modules that was never pruned"}
        source = source_install(last)
        labels = (Label(stage.path, source.span, "installs all dependencies"),) if source else ()
        yield Violation(stage.path, last.span, values, labels, pruning(last))
    elif last is not None:
        yield Violation(
            stage.path, last.span, {"how": "this installs all dependencies and nothing prunes them"}
        )
