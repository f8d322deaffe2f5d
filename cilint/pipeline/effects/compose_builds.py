"""What the services of a Compose file are built from: context, Dockerfile, stage and arguments."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cilint.model.compose import Compose, Service, entries, looked_up
from cilint.model.dockerfile import Dockerfile, Stage
from cilint.model.project import Project
from cilint.model.references import ImageReference
from cilint.pipeline.effects.build_sources import Source, Written, candidates
from cilint.pipeline.effects.compose_references import inside
from cilint.syntax.yaml import Mapping, Node, Scalar, Sequence
from cilint.text.source import SourceFile


def service_sources(file: Compose) -> Iterator[Source]:
    """One for each service whose Dockerfile is known."""
    return filter(None, (source_of(service) for service in file.services))


def source_of(service: Service) -> Source | None:
    """What a service is built from; None where it is not, or where another file may tell."""
    file, build = service.file, service.entry("build")
    context = looked_up(build, "context") if isinstance(build, Mapping) else build
    is_open = context is None and not file.is_base
    if build is None or is_open or service.has("extends") or looked_up(build, "dockerfile_inline"):
        return None
    dockerfiles = _dockerfiles(file, context, looked_up(build, "dockerfile"))
    if not dockerfiles:
        return None
    target = _written(looked_up(build, "target"))
    return Source(None, None, dockerfiles, target, tuple(_arguments(build)), is_committed=True)


def stage_of(project: Project, service: Service) -> Stage | None:
    """The stage that makes the service's image, or stands for the image that it names; None if not known."""
    if service.has("build"):
        source = source_of(service)
        path = next((each for each in source.dockerfiles if each in project.paths), None) if source else None
        dockerfile = project.dockerfile(path) if path else None
        if source is None or dockerfile is None:
            return None
        return dockerfile.stage(source.target.text) if source.target else dockerfile.final
    image = service.text("image")
    if not image or "$" in image or service.has("extends") or not ImageReference.parse(image).valid:
        return None
    return Dockerfile(SourceFile(service.path, f"FROM {image}\n")).final


def _dockerfiles(file: Compose, context: Node | None, named: Node | None) -> tuple[str, ...]:
    """Compose begins at the folder of the first file that it is given, or at one that it is told."""
    name = named.text if isinstance(named, Scalar) else "Dockerfile"
    text = context.text if isinstance(context, Scalar) else "." if context is None else ""
    if not name or "$" in name or name.startswith("/"):
        return ()
    folders = dict.fromkeys((inside(file.path, text), inside("", text)))
    if None in folders or text.startswith("github.com/"):
        return ()
    return tuple(
        each
        for folder in folders
        for each in candidates(Written(name, file.span, folder or "."), folder or ".")
    )


def _written(node: Node | None) -> Written | None:
    if not isinstance(node, Scalar) or not node.text or "$" in node.text:
        return None
    return Written(node.text, node.span)


def _arguments(build: Node) -> Iterator[Written]:
    args = looked_up(build, "args")
    for key, _ in entries(args):
        yield Written(key.text, key.span)
    for item in args.items if isinstance(args, Sequence) else ():
        name = item.resolved.text.partition("=")[0] if isinstance(item.resolved, Scalar) else ""
        if re.fullmatch(r"[A-Za-z_]\w*", name):
            yield Written(name, item.span)
