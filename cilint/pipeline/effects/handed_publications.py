"""Scripts and tasks of the repository that push an image somewhere: whether they come to it is not known."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from itertools import chain
from posixpath import basename

from cilint.findings.finding import FileEdit
from cilint.model.project import Project
from cilint.pipeline.effects.handovers import Handover, handed_over
from cilint.pipeline.effects.publications import Publication
from cilint.pipeline.runs import Effect, Runs
from cilint.pipeline.scenarios import Scenario
from cilint.pipeline.sites import Site
from cilint.text.source import Span

_PUSHES = re.compile(
    r"\b(?:docker|podman|buildah|nerdctl)[ \t]+(?:(?:image|manifest|compose)[ \t]+)?push\b"
    r"|\b(?:docker|buildx|depot|podman|nerdctl)\b[^\n#]{0,400}[ \t]--push\b|\bimagetools[ \t]+create\b"
    r"|[\"']docker[\"'],[ \t]*\[?[\"'](?:image[\"'],[ \t]*[\"'])?push[\"']"
)
_COMMENT = re.compile(r"^[ \t]*(?:#|//).*$|\\\n", re.MULTILINE)
_MAX_FILES = 50
_LARGEST = 1 << 16


class HandedPublication(Publication):
    """One command that runs such a script or task."""

    def __init__(self, runs: Runs, site: Site, span: Span) -> None:
        Effect.__init__(self, runs, site, span)
        self._beside = frozenset()
        self.build = None

    def state(self, scenario: Scenario) -> bool | None:
        return False if self._runs.step_state(self.site, scenario) is False else None

    @property
    def _guarded_by_script(self) -> bool:
        return False

    def require_main(self, branch: str) -> tuple[FileEdit, ...] | None:  # noqa: ARG002 -- it may do more
        return None


def handed_publications(runs: Runs) -> Iterator[HandedPublication]:
    """Every command that runs a script or task of which some part pushes an image."""
    found = _Finder(runs.project)
    for site in runs.sites:
        for handed in handed_over(runs, site):
            if found.publishes(handed):
                yield HandedPublication(runs, site, handed.span)


class _Finder:
    """Looks into the texts of scripts and tasks, each once."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def publishes(self, handed: Handover) -> bool:
        if handed.text is not None and _pushes(handed.text):
            return True
        if not (self._is_worthwhile or ".sh" in (handed.text or "")):
            return False
        from cilint.pipeline.effects.handed_texts import handed_texts

        return any(map(_pushes, handed_texts(self._project, handed)))

    @cached_property
    def _is_worthwhile(self) -> bool:
        """Whether any file of tasks speaks of a push: most speak of none, and need not be followed."""
        from cilint.model.task_files import NAMES

        names = {"package.json", *chain(*NAMES.values())}
        paths = [path for path in self._project.files.listing() if basename(path) in names]
        texts = (self._project.files.read(path) or b"" for path in paths[:_MAX_FILES])
        return any(b"push" in text for text in texts)


def _pushes(text: str) -> bool:
    return _PUSHES.search(_COMMENT.sub(" ", text[:_LARGEST])) is not None
