"""The files of one repository and how they refer to one another; each is read when first asked for."""

from __future__ import annotations

from functools import cached_property
from posixpath import normpath

from cilint.model.files import Files
from cilint.model.kinds import kind_of
from cilint.text.hints import TYPE_CHECKING
from cilint.text.source import SourceFile

if TYPE_CHECKING:  # a Dockerfile is checked without loading what reads workflows, and the other way round
    from cilint.model.action import Action
    from cilint.model.compose import Compose
    from cilint.model.dockerfile import Dockerfile
    from cilint.model.workflow import Workflow
    from cilint.model.yaml_file import YamlFile


class Project:
    """One repository. A path is relative to its root, with ``/``."""

    def __init__(self, files: Files) -> None:
        self.files = files
        self._sources: dict[str, SourceFile | None] = {}
        self._workflows: dict[str, Workflow | None] = {}
        self._actions: dict[str, Action | None] = {}
        self._dockerfiles: dict[str, Dockerfile | None] = {}
        self._compose: dict[str, Compose | None] = {}

    def source(self, path: str) -> SourceFile | None:
        """The file's text, or None where there is none."""
        if path not in self._sources:
            data = self.files.read(path)
            self._sources[path] = None if data is None else SourceFile.decode(path, data)
        return self._sources[path]

    def workflow(self, path: str) -> Workflow | None:
        if path not in self._workflows:
            from cilint.model.workflow import Workflow

            source = self.source(path)
            self._workflows[path] = Workflow(source) if source else None
        return self._workflows[path]

    def action(self, path: str) -> Action | None:
        if path not in self._actions:
            from cilint.model.action import Action

            source = self.source(path)
            self._actions[path] = Action(source) if source else None
        return self._actions[path]

    def dockerfile(self, path: str) -> Dockerfile | None:
        if path not in self._dockerfiles:
            from cilint.model.dockerfile import Dockerfile

            source = self.source(path)
            self._dockerfiles[path] = Dockerfile(source) if source else None
        return self._dockerfiles[path]

    def compose(self, path: str) -> Compose | None:
        """The Compose file of this path; None for one that is only called after Compose."""
        if path not in self._compose:
            from cilint.model.compose import Compose

            source = self.source(path)
            file = Compose(source) if source else None
            self._compose[path] = file if file and file.is_meant else None
        return self._compose[path]

    def yaml_file(self, path: str) -> YamlFile | None:
        """The workflow, action or Compose file of this path; None for a file of another kind."""
        kind = kind_of(path)
        if kind == "workflow":
            return self.workflow(path)
        return self.action(path) if kind == "action" else self.compose(path) if kind == "compose" else None

    def local_action(self, uses: str) -> Action | None:
        """The action that ``uses: ./folder`` names."""
        folder = normpath(uses)
        if folder.startswith(".."):
            return None
        prefix = "" if folder == "." else folder + "/"
        return self.action(prefix + "action.yml") or self.action(prefix + "action.yaml")

    @cached_property
    def paths(self) -> frozenset[str]:
        return frozenset(self.files.listing())

    @cached_property
    def folders(self) -> frozenset[str]:
        """Every folder that a file lies in; the root is not among them."""
        found: set[str] = set()
        for path in self.paths:
            while (path := path.rpartition("/")[0]) and path not in found:
                found.add(path)
        return frozenset(found)

    @cached_property
    def workflows(self) -> tuple[Workflow, ...]:
        """All workflows of the repository, by path."""
        found = [self.workflow(path) for path in self.files.listing() if kind_of(path) == "workflow"]
        return tuple(workflow for workflow in found if workflow)

    @cached_property
    def actions(self) -> tuple[Action, ...]:
        found = [self.action(path) for path in self.files.listing() if kind_of(path) == "action"]
        return tuple(action for action in found if action)

    @cached_property
    def dockerfiles(self) -> tuple[Dockerfile, ...]:
        found = [self.dockerfile(path) for path in self.files.listing() if kind_of(path) == "dockerfile"]
        return tuple(dockerfile for dockerfile in found if dockerfile)
