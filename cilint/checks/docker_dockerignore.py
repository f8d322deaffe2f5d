"""Whether a copy of the build context leaves out what must not be in the image, and nothing that it needs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import normpath

from cilint.findings.finding import FileEdit, Label, NewFile
from cilint.findings.violation import Change, Options, Violation
from cilint.model.dockerfile import Dockerfile, Stage, StageCopy
from cilint.model.dockerignore import ignored_by, read_patterns
from cilint.model.package import join, read_package
from cilint.pipeline.effects.builders import context_of
from cilint.pipeline.pipeline import Pipeline
from cilint.text.edit import Edit
from cilint.text.source import SourceFile, Span

_MIGRATIONS = "prisma/migrations"


def run(pipeline: Pipeline, _options: Options) -> Iterator[Violation]:
    """Violations at the COPY of a whole build context; values: ``what``, ``advice``."""
    for dockerfile in pipeline.dockerfiles:
        copy = next((copy for stage in dockerfile.stages for copy in _whole_copies(stage)), None)
        context = context_of(pipeline, dockerfile)
        if copy is None or context is None:
            continue
        source = pipeline.project.source(f"{dockerfile.path}.dockerignore")
        source = source or pipeline.project.source(join(context, ".dockerignore"))
        patterns = read_patterns(source) if source else ()
        missing = [name for name in _unwanted(pipeline, context) if not ignored_by(name, patterns)]
        if missing:
            yield _missing(dockerfile, copy, context, source, missing)
        migration = ignored_by(f"{_MIGRATIONS}/1/migration.sql", patterns)
        if migration and _migrates(pipeline, dockerfile, context):
            name = source.path if source else ".dockerignore"
            values = {
                "what": f"{name} leaves out {_MIGRATIONS}, which `prisma migrate deploy` needs",
                "advice": "it finds no migration, succeeds, and the database stays behind",
            }
            yield Violation(dockerfile.path, copy.span, values, _label(source))


def _whole_copies(stage: Stage) -> Iterator[StageCopy]:
    """The copies of the whole build context into a stage that the image needs."""
    for copy in stage.copies if stage.is_reachable else ():
        if copy.origin is None and any(
            normpath(source.lstrip("/") or ".") in (".", "*") for source in copy.sources
        ):
            yield copy


def _unwanted(pipeline: Pipeline, context: str) -> list[str]:
    names = ["node_modules", ".env"]
    if any(app.folder == context for app in pipeline.next_apps):
        names.append(".next")
    return names if context else [*names, ".git"]


def _missing(
    dockerfile: Dockerfile, copy: StageCopy, context: str, source: SourceFile | None, missing: list[str]
) -> Violation:
    lines = "".join(f"{'.env*' if name == '.env' else name}\n" for name in missing)
    change: Change
    if source is None:
        change = NewFile(join(context, ".dockerignore"), lines)
        what = "no .dockerignore: this copies all that lies in the folder"
    else:
        end = len(source.text)
        start = "" if source.text.endswith("\n") or not source.text else "\n"
        change = FileEdit(source.path, Edit(Span(end, end), start + lines))
        what = f"{source.path} does not leave out {', '.join(missing)}"
    advice = "secrets and what was built for another machine get into the image"
    return Violation(dockerfile.path, copy.span, {"what": what, "advice": advice}, _label(source), (change,))


def _label(source: SourceFile | None) -> tuple[Label, ...]:
    first = source.line_span(1) if source else Span(0, 0)
    return (Label(source.path, first, "says what is left out"),) if source else ()


def _migrates(pipeline: Pipeline, dockerfile: Dockerfile, context: str) -> bool:
    """Whether the image applies migrations when it starts."""
    stage = dockerfile.final
    started = [each.text for each in (stage.command, stage.entrypoint) if each] if stage else []
    package = read_package(pipeline.project.files, join(context, "package.json"))
    if package and any(re.search(r"\b(?:npm|yarn|pnpm|bun)\b.{0,20}\bstart\b", text) for text in started):
        started.append(package.scripts.get("start", ""))
    return any(re.search(r"prisma\W{1,4}migrate\W{1,4}deploy", text) for text in started)
