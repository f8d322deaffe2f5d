"""Operators of a shell in lists of words that no shell reads: ``["a", "&&", "b"]`` gives them to ``a``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cilint.model.dockerfile import Dockerfile
from cilint.pipeline.effects.docker_lines import Line, lines
from cilint.text.edit import Edit
from cilint.text.source import Span

_OPERATORS = frozenset({"&&", "||", "|", "|&", ">", ">>", "2>&1", "&>", "2>"})
_OWN = frozenset({"[", "test", "expr", "jq", "yq", "awk", "find", "echo", "printf"})
"""Programs to which such words may mean something."""
_INSTRUCTIONS = ("RUN", "CMD", "ENTRYPOINT", "HEALTHCHECK")


class ExecOperator:
    """The first operator of one list. ``program`` is what gets it; ``in_shell`` lets a shell run the list."""

    def __init__(self, path: str, span: Span, text: str, program: str, in_shell: tuple[Edit, ...]) -> None:
        self.path = path
        self.span = span
        self.text: str = text
        self.program: str = program
        self.in_shell: tuple[Edit, ...] = in_shell


def first_operator(words: Sequence[str]) -> int | None:
    """The number of the first operator."""
    if not words or words[0].rpartition("/")[2] in _OWN:
        return None
    return next((at for at, word in enumerate(words) if at and word in _OPERATORS), None)


def as_script(words: Sequence[str]) -> str:
    """The words as a shell reads them; empty where it would read another command than was meant."""
    from shlex import quote

    if any("$" in word for word in words) or words[1:2] == ["-c"]:
        return ""
    return " ".join(word if word in _OPERATORS else quote(word) for word in words)


def of_image(dockerfile: Dockerfile) -> Iterator[ExecOperator]:
    for line in lines(dockerfile):
        if line.name in _INSTRUCTIONS and line.instruction.form == "json":
            words = [word.text for word in line.instruction.arguments]
            at = first_operator(words)
            if at is not None:
                span = line.instruction.arguments[at].span
                yield ExecOperator(line.path, span, words[at], words[0], _with_shell(line, words))


def _with_shell(line: Line, words: Sequence[str]) -> tuple[Edit, ...]:
    from cilint.syntax.dockerfile_edit import json_array

    script, instruction = as_script(words), line.instruction
    place = Span(instruction.mapped.start(instruction.command_start), instruction.arguments_span.end)
    return (Edit(place, json_array(["sh", "-c", script])),) if script else ()
