"""Comments that describe ARGs and stages, where a file asks BuildKit to check them."""

from __future__ import annotations

from collections.abc import Iterator

from cilint.model.dockerfile import Dockerfile
from cilint.pipeline.effects.docker_lines import Line, lines
from cilint.text.source import Span
from cilint.text.values import NamedTuple

_CHECK = "InvalidDefinitionDescription"


class Definition(NamedTuple):
    """An ARG or a named FROM with a comment in the line above; ``names`` are those that it defines."""

    path: str
    span: Span
    names: tuple[str, ...]
    comment: str

    @property
    def name(self) -> str:
        """The name, or what stands for several."""
        return " or ".join(self.names)

    @property
    def begins_with_name(self) -> bool:
        return self.comment.partition(" ")[0] in self.names


def definitions(dockerfile: Dockerfile) -> Iterator[Definition]:
    """The definitions with a comment; none where the file does not ask for the check."""
    directive = dockerfile.document.directive("check")
    if directive is None or not _asks(directive.value):
        return
    for line in lines(dockerfile):
        names = () if line.onbuild else _names(line)
        comments = line.instruction.comments
        if names and comments and comments[-1].line == line.instruction.line - 1:
            yield Definition(line.path, line.span, names, comments[-1].text)


def _asks(value: str) -> bool:
    for option in value.split(";"):
        key, _, names = option.partition("=")
        if key.strip() == "experimental":
            return bool({"all", _CHECK} & {name.strip() for name in names.split(",")})
    return False


def _names(line: Line) -> tuple[str, ...]:
    if line.name == "ARG":
        return tuple(pair.name for pair in line.instruction.pairs)
    words = line.instruction.arguments
    return (words[2].text,) if line.name == "FROM" and line.stage.name is not None else ()
