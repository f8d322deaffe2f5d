"""The files and folders that a Compose file cannot do without: includes, bases, build contexts."""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import join, normpath

from cilint.model.compose import Compose, Service
from cilint.model.project import Project
from cilint.pipeline.effects.compose_references import inside
from cilint.syntax.yaml import Mapping, Node, Scalar, Sequence
from cilint.text.hints import Literal
from cilint.text.source import Span

PathKind = Literal["include", "extends", "context", "dockerfile"]


class LocalPath:
    """One path; ``target`` is what it means, from the root of the project."""

    def __init__(self, file: Compose, project: Project, kind: PathKind, span: Span, target: str) -> None:
        self.path = file.path
        self.kind: PathKind = kind
        self.span: Span = span
        self.target: str = target
        self._project = project

    @property
    def is_missing(self) -> bool:
        """Whether there is no such thing in the project, submodules aside, whose files may not be there."""
        if self.kind == "context":
            return not self._is_folder(self.target) and not self._is_in_submodule
        if self.target in self._project.paths or self._is_in_submodule:
            return False
        if self.kind == "dockerfile":  # BuildKit also takes the name in lower case
            return _lower(self.target) not in self._project.paths
        return not (self.kind == "include" and self._is_folder(self.target))

    def _is_folder(self, target: str) -> bool:
        return target == "." or any(path.startswith(target + "/") for path in self._project.paths)

    @property
    def _is_in_submodule(self) -> bool:
        modules = self._project.source(".gitmodules")
        first = self.target.partition("/")[0]
        return modules is not None and first in modules.text


def _lower(path: str) -> str:
    folder, slash, name = path.rpartition("/")
    return folder + slash + name.lower()


def local_paths(project: Project, file: Compose) -> Iterator[LocalPath]:
    for root in file.roots:
        entries = root.get("include")
        for entry in entries.items if isinstance(entries, Sequence) else ():
            given = entry.resolved
            paths = given.get("path") if isinstance(given, Mapping) else given
            for node in paths.items if isinstance(paths, Sequence) else [paths]:
                yield from _one(project, file, "include", node)
    for service in file.services:
        base = service.entry("extends")
        if isinstance(base, Mapping):
            yield from _one(project, file, "extends", base.get("file"))
        yield from _build(project, file, service)


def _build(project: Project, file: Compose, service: Service) -> Iterator[LocalPath]:
    build = service.entry("build")
    whole = isinstance(build, Mapping)
    node = build.get("context") if isinstance(build, Mapping) else build
    text = node.text if isinstance(node, Scalar) else "." if whole and node is None else ""
    context = inside(file.path, text)
    if context is None or text.startswith("github.com/"):
        return
    folder = LocalPath(file, project, "context", node.span if node else service.span, context)
    yield folder
    inline = isinstance(build, Mapping) and build.get("dockerfile_inline") is not None
    if folder.is_missing or inline:
        return
    named = build.get("dockerfile") if isinstance(build, Mapping) else None
    name = named.text if isinstance(named, Scalar) else "Dockerfile"
    target = normpath(join(context, name))
    if name and "$" not in name and not target.startswith(("/", "..")):
        place = named or node
        yield LocalPath(file, project, "dockerfile", place.span if place else service.span, target)


def _one(project: Project, file: Compose, kind: PathKind, node: Node | None) -> Iterator[LocalPath]:
    target = inside(file.path, node.text) if isinstance(node, Scalar) else None
    if isinstance(node, Scalar) and target is not None:
        yield LocalPath(file, project, kind, node.span, target)
