"""What COPY and ADD bring into a stage, from where and to which place."""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import basename

from cilint.model.dockerfile_state import resolve
from cilint.model.references import ImageReference
from cilint.syntax.dockerfile import Instruction
from cilint.text.hints import TYPE_CHECKING
from cilint.text.source import Span
from cilint.text.values import NamedTuple

if TYPE_CHECKING:
    from cilint.model.dockerfile import Stage


class StageCopy(NamedTuple):
    """One COPY or ADD. From ``stage`` or ``image``, or (both None) the build context or a named one.

    ``origin`` is the text of ``--from`` (None without it). ``sources`` are expanded, those of another stage
    absolute, without trailing slashes; heredocs are left out. ``destination`` is absolute, without a trailing
    slash; ``into`` tells that it must be a directory (trailing slash, ``.``, or several sources).
    """

    instruction: Instruction
    origin: str | None
    stage: Stage | None
    image: ImageReference | None
    sources: tuple[str, ...]
    source_spans: tuple[Span, ...]
    destination: str
    destination_span: Span
    into: bool

    @property
    def span(self) -> Span:
        return self.instruction.span

    def origins(self, path: str) -> list[str]:
        """The places at the source that may hold what ends up at the absolute ``path``.

        The content of a directory is copied, not the directory itself; a file goes into a directory under its
        own name. Whether a source is a file is not known, so both are listed.
        """
        below = _below(self.destination, path)
        if below is None:
            return []
        parents = self.instruction.flag("parents") is not None
        found = []
        for source in self.sources:
            if parents:
                inner = _below("/" + source.lstrip("/"), "/" + below)
                found += [f"{source}/{inner}".rstrip("/")] if inner is not None else []
                continue
            found.append(f"{source.rstrip('/')}/{below}" if below else source)
            name, _, rest = below.partition("/")
            if name == basename(source) and name and not rest:
                found.append(source)
        return found

    def brings(self, path: str) -> bool:
        """Whether something may end up at or below the absolute ``path``."""
        return bool(self.origins(path)) or _below(path, self.destination) is not None


def _below(folder: str, path: str) -> str | None:
    """``path`` relative to ``folder``, empty for itself, None if it lies elsewhere."""
    folder, path = folder.rstrip("/"), path.rstrip("/")
    if path == folder:
        return ""
    return path[len(folder) + 1 :] if path.startswith(folder + "/") else None


def copies_of(stage: Stage, instruction: Instruction) -> Iterator[StageCopy]:
    """The copy that an instruction makes, if it is a COPY or ADD with a destination."""
    words = instruction.arguments
    if instruction.name not in ("COPY", "ADD") or len(words) < 2:
        return
    flag = instruction.flag("from")
    origin = flag.value if flag else None
    found = stage.dockerfile.stage(origin) if origin else None
    image = ImageReference.parse(origin) if origin and not found else None
    heredocs = {heredoc.span for heredoc in instruction.heredocs}
    sources = [word for word in words[:-1] if word.span not in heredocs]
    expanded = [stage.expand(word.text, instruction) for word in sources]
    if origin:
        expanded = [resolve("", source) for source in expanded]  # seen from the root, whatever its WORKDIR
    target = stage.expand(words[-1].text, instruction)
    yield StageCopy(
        instruction,
        origin,
        found,
        image,
        tuple(expanded),
        tuple(word.span for word in sources),
        stage.resolve(words[-1].text, instruction),
        words[-1].span,
        target.endswith(("/", "/.", "/..")) or target in (".", "..") or len(words) > 2,
    )


def is_git(source: str) -> bool:
    """Whether ADD clones a source (docs.docker.com, "Adding files from a Git repository")."""
    if source.startswith(("git://", "git@", "ssh://")):
        return True
    path = source.partition("#")[0].partition("?")[0]
    return source.startswith(("http://", "https://")) and path.endswith(".git")


def is_remote(source: str) -> bool:
    """Whether ADD fetches a source: a URL or a Git repository."""
    return source.startswith(("http://", "https://")) or is_git(source)
