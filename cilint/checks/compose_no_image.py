"""Whether every service of a Compose file is made of something."""

from __future__ import annotations

from collections.abc import Iterator

from cilint.findings.violation import Options, Violation
from cilint.model.compose import Service
from cilint.pipeline.effects.compose_references import Scope
from cilint.pipeline.pipeline import Pipeline

_SOURCES = ("build", "extends", "provider")


def run(pipeline: Pipeline, _options: Options) -> Iterator[Violation]:
    """One violation a service of a file that may stand alone; values: ``name``."""
    for file in pipeline.compose_files:
        empty = [service for service in file.services if file.is_base and not _has_source(service)]
        if not empty or file.document.errors:
            continue
        files, closed = Scope(pipeline.project, file).files
        others = {each.name for other in files for each in other.services if _has_source(each)}
        for service in empty if closed else ():
            if service.name not in others:
                yield Violation(file.path, service.span, {"name": service.name})


def _has_source(service: Service) -> bool:
    return service.text("image") != "" or any(map(service.has, _SOURCES))
