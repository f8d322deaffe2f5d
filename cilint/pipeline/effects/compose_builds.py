"""What the services of a Compose file are built from: context, Dockerfile, stage and arguments."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cilint.model.compose import Compose, entries, looked_up
from cilint.pipeline.effects.build_sources import Source, Written, candidates
from cilint.pipeline.effects.compose_references import inside
from cilint.syntax.yaml import Mapping, Node, Scalar, Sequence


def service_sources(file: Compose) -> Iterator[Source]:
    """One for each service whose context is known; a file that others lie under may leave it to them."""
    for service in file.services:
        build = service.entry("build")
        context = looked_up(build, "context") if isinstance(build, Mapping) else build
        is_open = context is None and not file.is_base
        if build is None or is_open or service.has("extends") or looked_up(build, "dockerfile_inline"):
            continue
        dockerfiles = _dockerfiles(file, context, looked_up(build, "dockerfile"))
        if dockerfiles:
            target = _written(looked_up(build, "target"))
            yield Source(None, None, dockerfiles, target, tuple(_arguments(build)), is_committed=True)


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
