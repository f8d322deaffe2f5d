"""Where a workflow has the version of Node.js from: a version file, or a text of its own."""

from __future__ import annotations

import re
from functools import cached_property
from posixpath import normpath

from cilint.findings.finding import FileEdit, NewFile, Safety
from cilint.model.edits import insert_step, remove_entry, rename_input, set_input
from cilint.model.package import join, read_text, version_numbers
from cilint.model.pins import pinned
from cilint.model.references import ImageReference
from cilint.model.workflow import mapping_at
from cilint.pipeline.effects.bases import node_release
from cilint.text.hints import TYPE_CHECKING
from cilint.text.hole import HOLE
from cilint.text.source import Span

if TYPE_CHECKING:
    from cilint.pipeline.effects.node_setup import NodeSetup
    from cilint.pipeline.pipeline import Pipeline

_FILE, _VERSION = "node-version-file", "node-version"
_VERSION_FILES = (".nvmrc", ".node-version", ".tool-versions", "package.json", "mise.toml")


class VersionSource:
    """Where a step has the version of Node.js from; ``wanted`` is the name that its file should have."""

    def __init__(self, pipeline: Pipeline, setup: NodeSetup, wanted: str) -> None:
        self._pipeline = pipeline
        self.site = setup.site
        self._setup = setup
        self.folder = setup.folder
        self.wanted = wanted

    @property
    def version(self) -> str | None:
        """The ``node-version`` that is given; it counts before a file."""
        return self.site.input(_VERSION) or None

    @property
    def file(self) -> str | None:
        return self.site.input(_FILE) or None

    @cached_property
    def candidate(self) -> str | None:
        """The version file of that name: where the job works, in the root, or the only one there is."""
        paths = self._pipeline.project.paths
        near = [join(self.folder, self.wanted), self.wanted]
        found = [path for path in paths if path.rpartition("/")[2] == self.wanted]
        return next((path for path in near if path in paths), found[0] if len(found) == 1 else None)

    @cached_property
    def problem(self) -> str | None:
        """What is wrong with where the version comes from."""
        if self.version and HOLE in self.version and self._is_read_by_script:
            return None
        if self.version:
            also = f", and `{_VERSION}` counts before `{_FILE}`" if self.file else ""
            return f"the version of Node.js is written here too{also}"
        if self.file is None:
            return "nothing says which version of Node.js this sets up"
        if HOLE in self.file or self.site.parent:
            return None
        path = normpath(self.file)
        if path not in self._pipeline.project.paths:
            known = self.candidate or self._pipeline.packages
            return f"there is no file {self.file} in the repository" if known else None
        name = path.rpartition("/")[2]
        if name != self.wanted and self.candidate:
            return f"the version comes from {self.file}, though there is {self.candidate}"
        return None if name == self.wanted or name in _VERSION_FILES else f"{self.file} is no version file"

    @property
    def _is_read_by_script(self) -> bool:
        """Whether a script before it, whose output nobody knows, reads the version file."""
        steps = (step for job in self.site.call.workflow.jobs for step in job.steps)
        return any(step.run is not None and self.wanted in step.run.text for step in steps)

    @property
    def place(self) -> Span:
        """The value that is wrong, or the action."""
        return self.site.input_span(_VERSION if self.version else _FILE)

    @property
    def target(self) -> str:
        """The version file to name, whether it exists or is to be written."""
        return self.candidate or join(self.folder, self.wanted)

    @property
    def safety(self) -> Safety:
        """Safe where the version stays the same."""
        text = read_text(self._pipeline.project.files, self.candidate) if self.candidate else None
        same = text is not None and text.strip().removeprefix("v") == (self.version or "").removeprefix("v")
        return "safe" if same else "unsafe"

    @property
    def edits(self) -> tuple[FileEdit | NewFile, ...] | None:
        """Name the version file; write it where there is none and the version is known."""
        step, version = self.site.step, self.version
        given = mapping_at(step.node, "with")
        new: tuple[NewFile, ...] = ()
        if self.candidate is None:
            if version is None or not re.fullmatch(r"v?\d+(\.\d+){0,2}", version):
                return None
            new = (NewFile(self.target, version + "\n"),)
        if version is None:
            changed = set_input(step, _FILE, self.target)
        elif len(self.site.each(step.inputs[_VERSION].text)) > 1 or given is None:
            return None
        elif self.file:
            changed = remove_entry(step.path, step.document, given, _VERSION)
        else:
            changed = rename_input(step, _VERSION, _FILE, self.target)
        return (*changed, *new) if changed else None


class OtherSource(VersionSource):
    """Where another action sets Node.js up, whose other inputs nobody knows."""

    @property
    def edits(self) -> None:
        return None


class NoSource(VersionSource):
    """Where no step sets Node.js up: what runs is whichever version the runner has."""

    @cached_property
    def problem(self) -> str | None:
        if self.candidate is None:
            return None
        return "no step sets Node.js up, so this runs on whichever version the runner has"

    @property
    def place(self) -> Span:
        """The install."""
        return self._setup.span

    @property
    def edits(self) -> tuple[FileEdit | NewFile, ...] | None:
        """A step before the install, with the version file and its cache."""
        lines = ["name: Set up Node.js", f"uses: {pinned('actions/setup-node')}", "with:"]
        lines.append(f"  {_FILE}: {self.target}")
        manager = self._setup.manager
        if manager and manager.lockfile:
            lines.append(f"  cache: {manager.name}")
            if "/" in manager.lockfile:
                lines.append(f"  cache-dependency-path: {manager.lockfile}")
        return insert_step(self.site.step, lines)


class ContainersVersion(NoSource):
    """Where the steps run in a container: what its image is made for."""

    @cached_property
    def problem(self) -> str | None:
        image = self.site.job.container_image
        release = node_release(ImageReference.parse(image.text)) if image else None
        text = read_text(self._pipeline.project.files, self.candidate) if self.candidate else None
        if release is None or text is None:
            return None
        has, wanted = version_numbers(release.partition("-")[0]), version_numbers(text.strip())
        if not has or not wanted or all(a == b for a, b in zip(has, wanted, strict=False)):
            return None
        return f"the job's container has Node.js {release}, which {self.candidate} does not ask for"

    @property
    def place(self) -> Span:
        """The image."""
        image = self.site.job.container_image
        return image.span if image else self.site.span

    @property
    def edits(self) -> None:
        return None
