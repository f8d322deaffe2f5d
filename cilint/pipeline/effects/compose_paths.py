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
    """One path; ``target`` is what it means, from the root of the project.

    Compose begins at the folder of the first file that it is given, or at one that it is told; so a path also
    counts as there where the root has it.
    """

    def __init__(
        self, file: Compose, project: Project, kind: PathKind, span: Span, targets: list[str]
    ) -> None:
        self.path = file.path
        self.kind: PathKind = kind
        self.span: Span = span
        self.target: str = targets[0]
        self._targets = targets
        self._project = project

    @property
    def is_missing(self) -> bool:
        """Whether there is no such thing in the project, submodules aside, whose files may not be there."""
        return not any(map(self._is_there, self._targets)) and not self._is_in_submodule

    def _is_there(self, target: str) -> bool:
        if self.kind != "context" and target in self._project.paths:
            return True
        if self.kind == "dockerfile":  # BuildKit also takes the name in lower case
            return _lower(target) in self._project.paths
        return self.kind in ("context", "include") and self._is_folder(target)

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
    contexts = _targets(file, text)
    if not contexts or text.startswith("github.com/"):
        return
    folder = LocalPath(file, project, "context", node.span if node else service.span, contexts)
    yield folder
    inline = isinstance(build, Mapping) and build.get("dockerfile_inline") is not None
    if folder.is_missing or inline:
        return
    named = build.get("dockerfile") if isinstance(build, Mapping) else None
    name = named.text if isinstance(named, Scalar) else "Dockerfile"
    targets = [normpath(join(context, name)) for context in contexts]
    if name and "$" not in name and not any(target.startswith(("/", "..")) for target in targets):
        place = named or node
        yield LocalPath(file, project, "dockerfile", place.span if place else service.span, targets)


def _one(project: Project, file: Compose, kind: PathKind, node: Node | None) -> Iterator[LocalPath]:
    targets = _targets(file, node.text) if isinstance(node, Scalar) else []
    if isinstance(node, Scalar) and targets:
        yield LocalPath(file, project, kind, node.span, targets)


def _targets(file: Compose, text: str) -> list[str]:
    """What a path means from the file's folder and from the root; nothing where one of them leads out."""
    found = [inside(file.path, text), inside("", text)] if inside(file.path, text) else []
    return [target for target in found if target is not None]
