"""What builds name: the paths they are made from, the stage they end with, the arguments they are given."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from posixpath import relpath

from cilint.errors import nearest
from cilint.findings.finding import FileEdit
from cilint.model.compose import Compose
from cilint.model.dockerfile import Dockerfile
from cilint.model.kinds import kind_of
from cilint.model.project import Project
from cilint.pipeline.effects.build_sources import Source, Written, command_of, sources
from cilint.pipeline.effects.compose_builds import service_sources
from cilint.pipeline.effects.image_build import ImageBuild
from cilint.pipeline.effects.made_files import has_checkout, is_asked_for, may_be_changed, may_be_made
from cilint.text.edit import Edit
from cilint.text.hints import Literal
from cilint.text.hole import HOLE
from cilint.text.source import Span

PathKind = Literal["context", "dockerfile"]

MAX_FILES = 50_000
_CLOSE = 0.8
MAX_NEAR = 1_000  # paths that a misspelt one is compared with
MAX_HINTS = 30  # misspelt paths that the right one is looked for
_FRONTENDS = ("docker/dockerfile", "docker.io/docker/dockerfile", "docker/dockerfile-upstream")
_PREDEFINED = frozenset(
    name + part
    for name, parts in {
        "TARGET": ("PLATFORM", "OS", "OSVERSION", "ARCH", "VARIANT", "STAGE"),
        "BUILD": ("PLATFORM", "OS", "OSVERSION", "ARCH", "VARIANT"),
    }.items()
    for part in parts
) | {"HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY", "SOURCE_DATE_EPOCH"}
"""Arguments that need no ARG (docs.docker.com, "Predefined ARGs"), besides those of BuildKit itself."""


class Part:
    """One thing that a build names, at ``span``."""

    def __init__(self, path: str, project: Project, written: Written) -> None:
        self.path = path
        self.span: Span = written.span
        self.name: str = written.text
        self._project = project

    def _renamed(self, better: str | None) -> tuple[FileEdit, ...] | None:
        """Another name in its place, where it is written out there."""
        source = self._project.source(self.path)
        text = source.slice(self.span) if source else ""
        found = re.search(rf"(?<![\w./-]){re.escape(self.name)}(?![\w./-])", text)
        if better is None or found is None or "${{" in text[: found.start()]:
            return None
        start = self.span.start + found.start()
        return (FileEdit(self.path, Edit(Span(start, start + len(self.name)), better)),)


class BuildPath(Part):
    """A build context or a Dockerfile; ``target`` is its path from the root of the repository."""

    def __init__(
        self,
        path: str,
        project: Project,
        kind: PathKind,
        written: Written,
        candidates: tuple[str, ...],
    ) -> None:
        super().__init__(path, project, written)
        self.kind: PathKind = kind
        self.target: str = candidates[0]
        self._base = written.base
        self.is_hinted = True  # whether the path that is meant is looked for
        self._candidates = candidates

    @cached_property
    def is_missing(self) -> bool:
        """Whether the repository has nothing of the kind there."""
        return not any(map(self._is_there, self._candidates))

    def _is_there(self, path: str) -> bool:
        project = self._project
        if path in project.paths or path == ".":
            return True
        if self.kind == "dockerfile":
            return project.source(path) is not None
        return path in project.folders or project.files.read(f"{path}/Dockerfile") is not None

    @cached_property
    def better(self) -> str | None:
        """The path from the root that is probably meant."""
        if self.kind == "context":
            near = {folder for folder in self._project.folders if folder[0] != "."}
        else:
            near = {path for path in self._project.paths if kind_of(path) == "dockerfile"}
            if len(near) == 1:
                return next(iter(near))
        return nearest(self.target, near) if self.is_hinted and len(near) <= MAX_NEAR else None

    @property
    def edits(self) -> tuple[FileEdit, ...] | None:
        return self._renamed(relpath(self.better, self._base)) if self.better else None


def _close(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate that differs from a name by hardly more than a letter or a mark between words."""
    found = nearest(name, set(candidates))
    from difflib import SequenceMatcher  # only needed once something is wrong

    ratio = SequenceMatcher(None, name.lower(), found.lower()).ratio() if found else 0
    return found if ratio >= _CLOSE else None


class BuildTarget(Part):
    """The stage that a build ends with."""

    def __init__(self, path: str, project: Project, written: Written, dockerfile: Dockerfile) -> None:
        super().__init__(path, project, written)
        self.dockerfile = dockerfile

    @property
    def is_missing(self) -> bool:
        return self.dockerfile.stage(self.name) is None

    @cached_property
    def stages(self) -> tuple[str, ...]:
        """The names of the stages that there are."""
        return tuple(stage.name for stage in self.dockerfile.stages if stage.name)

    @property
    def better(self) -> str | None:
        return _close(self.name, self.stages)

    @property
    def edits(self) -> tuple[FileEdit, ...] | None:
        return self._renamed(self.better)


class PassedArgument(Part):
    """A build argument, with the Dockerfiles of all legs; ``given`` are all that the build is given."""

    def __init__(
        self,
        path: str,
        project: Project,
        written: Written,
        dockerfiles: tuple[Dockerfile, ...],
        given: set[str],
    ) -> None:
        super().__init__(path, project, written)
        self.dockerfiles = dockerfiles
        self._given = given

    @property
    def dockerfile(self) -> Dockerfile:
        return self.dockerfiles[0]

    @property
    def is_undeclared(self) -> bool:
        """Whether no ARG of any of the Dockerfiles takes it."""
        known = self.name.startswith("BUILDKIT_") or self.name.upper() in _PREDEFINED
        return not known and not any(self.name in declared(each) for each in self.dockerfiles)

    @property
    def better(self) -> str | None:
        return _close(self.name, declared(self.dockerfile) - _PREDEFINED - self._given)

    @property
    def edits(self) -> tuple[FileEdit, ...] | None:
        return self._renamed(self.better)


def declared(dockerfile: Dockerfile) -> set[str]:
    """The names of all ARGs, those of triggers for later builds too."""
    found: set[str] = set()
    for instruction in dockerfile.instructions:
        inner = instruction.nested if instruction.name == "ONBUILD" else instruction
        if inner and inner.name == "ARG":
            found |= {pair.name for pair in inner.pairs}
    return found


# -- finding them ----------------------------------------------------------------------------------


def is_whole(project: Project) -> bool:
    """Whether the project's files are all there, as far as can be told: also some of another kind."""
    listing = project.files.listing()
    others = (path for path in listing if not path.startswith(".github/") and kind_of(path) is None)
    return len(listing) < MAX_FILES and next(others, None) is not None


def build_paths(project: Project, builds: Iterable[ImageBuild]) -> Iterator[BuildPath]:
    """Every path that the repository itself has to have, each once."""
    seen: set[tuple[str, Span, str]] = set()
    missing = 0
    for build, source in _known(builds if is_whole(project) else ()):
        for path in _paths(project, build, source):
            key = path.path, path.span, path.target
            if key not in seen and not _may_be_elsewhere(build, source, path):
                path.is_hinted = missing < MAX_HINTS
                missing += path.is_missing
                yield path
            seen.add(key)


def _paths(project: Project, build: ImageBuild, source: Source) -> Iterator[BuildPath]:
    context, dockerfile = source.context, source.dockerfile
    folder = None
    if context and context.path:
        folder = BuildPath(build.path, project, "context", context, (context.path,))
        yield folder
    seen_from_it = context is not None and dockerfile is not None and dockerfile.base == context.path
    if dockerfile and source.dockerfiles and not (folder and folder.is_missing and seen_from_it):
        yield BuildPath(build.path, project, "dockerfile", dockerfile, source.dockerfiles)


def _may_be_elsewhere(build: ImageBuild, source: Source, path: BuildPath) -> bool:
    """Whether a path that is not there may be where the build runs: in a submodule, or made before."""
    if not path.is_missing:
        return False
    modules = build.eyes.runs.project.source(".gitmodules")
    if (modules and path.target.partition("/")[0] in modules.text) or "node_modules" in path.target:
        return True
    if is_asked_for(build.site):
        return True
    return not source.is_committed and may_be_made(
        build.eyes.runs, build.site, path.target, command_of(build)
    )


def build_targets(
    project: Project, builds: Iterable[ImageBuild], files: Iterable[Compose]
) -> Iterator[BuildTarget]:
    """The stages that steps and Compose services build, each once."""
    seen: set[tuple[str, Span, str, str]] = set()
    for build, source in _known(builds):
        yield from _target(project, build.path, source, _dockerfile(project, build, source), seen)
    for _, path, source, dockerfile in _of_services(project, files):
        yield from _target(project, path, source, dockerfile, seen)


def _target(
    project: Project,
    path: str,
    source: Source,
    dockerfile: Dockerfile | None,
    seen: set[tuple[str, Span, str, str]],
) -> Iterator[BuildTarget]:
    target = source.target
    if dockerfile and target and HOLE not in target.text:
        key = path, target.span, target.text, dockerfile.path
        if key not in seen:
            seen.add(key)
            yield BuildTarget(path, project, target, dockerfile)


def passed_arguments(
    project: Project, builds: Iterable[ImageBuild], files: Iterable[Compose]
) -> Iterator[PassedArgument]:
    """Every argument whose Dockerfiles are all known, whatever the leg and the caller."""
    found: dict[tuple[str, Span, str], list[tuple[int, Dockerfile | None]]] = {}
    given: dict[int, set[str]] = {}
    read = [*_of_steps(project, builds), *_of_services(project, files)]
    for owner, path, source, known in read:
        given.setdefault(owner, set()).update(each.text for each in source.arguments)
        for argument in source.arguments:
            found.setdefault((path, argument.span, argument.text), []).append((owner, known))
    for (path, span, name), uses in found.items():
        dockerfiles = tuple(dict.fromkeys(each for _, each in uses if each))
        if all(each for _, each in uses) and dockerfiles:
            yield PassedArgument(path, project, Written(name, span), dockerfiles, given[uses[0][0]])


_Read = tuple[int, str, Source, "Dockerfile | None"]
"""A number for the build, the file that says it, what it is made from, the Dockerfile if that is known."""


def _of_steps(project: Project, builds: Iterable[ImageBuild]) -> Iterator[_Read]:
    for build in builds:
        for source in sources(build):
            known = _dockerfile(project, build, source) if _is_own(build, source) else None
            yield id(build), build.path, source, known


def _of_services(project: Project, files: Iterable[Compose]) -> Iterator[_Read]:
    for file in files:
        for source in service_sources(file):
            yield id(source), file.path, source, _of_frontend(project, source)


def _known(builds: Iterable[ImageBuild]) -> Iterator[tuple[ImageBuild, Source]]:
    """The builds of what this repository has, in each leg."""
    for build in builds:
        yield from ((build, source) for source in sources(build) if _is_own(build, source))


def _is_own(build: ImageBuild, source: Source) -> bool:
    """Whether it is this repository that is built: not where only others call the workflow."""
    if set(build.site.call.entry.triggers) == {"workflow_call"}:
        return False
    return source.is_committed or has_checkout(build.eyes.runs, build.site)


def _dockerfile(project: Project, build: ImageBuild, source: Source) -> Dockerfile | None:
    """The Dockerfile that is built, where all that it may say is known."""
    found = _of_frontend(project, source)
    if found and not source.is_committed and may_be_changed(build.eyes.runs, build.site, found.path):
        return None
    return found


def _of_frontend(project: Project, source: Source) -> Dockerfile | None:
    """The Dockerfile, where Docker's own frontend builds it and nothing can hold more than it says."""
    path = next((each for each in source.dockerfiles if each in project.paths), None)
    found = project.dockerfile(path) if path else None
    if found is None or found.unreadable or not found.stages:
        return None
    syntax = found.document.directive("syntax")
    usual = syntax is None or syntax.value.partition(":")[0].partition("@")[0] in _FRONTENDS
    taught = any("onbuild" in stage.base for stage in found.stages)  # its base may take arguments, too
    return found if usual and not taught else None
