"""Files that COPY and ADD want from the build context although .dockerignore leaves them out."""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import dirname, join, normpath

from cilint.model.dockerfile import Dockerfile
from cilint.model.dockerignore import IgnorePattern, ignored_by, read_patterns
from cilint.model.project import Project
from cilint.pipeline.effects.docker_copies import Copy, copies
from cilint.text.hole import HOLE
from cilint.text.source import Span
from cilint.text.values import NamedTuple

MAX_COMPARED = 100_000
"""So often sources are compared with patterns before the rest of a file is let go."""
_EVERYTHING = ("*", "**", "**/*")
_ELSEWHERE = ("http://", "https://", "git://", "git@", "ssh://")


class IgnoredSource(NamedTuple):
    """A source that is not in the build context; ``pattern`` in the file ``ignore_path`` leaves it out."""

    path: str
    span: Span
    text: str
    instruction: str
    pattern: IgnorePattern
    ignore_path: str

    @property
    def is_all(self) -> bool:
        """Whether it is the whole context."""
        return self.text == "."


def ignored_sources(project: Project, dockerfile: Dockerfile) -> Iterator[IgnoredSource]:
    """The ignored sources of a file; none where exceptions (``!``) make that uncertain, as BuildKit does it.

    The context is taken to be the folder of the Dockerfile if a .dockerignore lies there.
    """
    ignore = project.source(dockerfile.path + ".dockerignore")
    ignore = ignore or project.source(join(dirname(dockerfile.path), ".dockerignore"))
    patterns = read_patterns(ignore) if ignore else ()
    if ignore is None or not patterns or any(pattern.takes_back for pattern in patterns):
        return
    verdicts: dict[str, IgnorePattern | None] = {}
    for copy in copies(dockerfile):
        for text, span in _local(copy):
            if text not in verdicts:
                if len(verdicts) * len(patterns) > MAX_COMPARED:
                    return
                verdicts[text] = ignored_by(text, patterns)
            pattern = verdicts[text]
            if text in (".", "/"):
                pattern = next((each for each in patterns if each.text in _EVERYTHING), None) and pattern
            if pattern is not None:
                yield IgnoredSource(copy.path, span, text, copy.name, pattern, ignore.path)


def _local(copy: Copy) -> Iterator[tuple[str, Span]]:
    if copy.onbuild or copy.origin:
        return
    for word in copy.sources:
        text = copy.stage.expand(word.text, copy.instruction)
        if text and HOLE not in text and not text.startswith(_ELSEWHERE):
            yield normpath(text), word.span
