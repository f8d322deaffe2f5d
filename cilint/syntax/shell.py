"""The commands of a shell script (sh, bash), wherever they stand, and what is known about them."""

from __future__ import annotations

from cilint.syntax.shell_arguments import Argument, Arguments
from cilint.syntax.shell_input import HOLE, Input
from cilint.syntax.shell_tree import (
    DOCKER,
    GITHUB,
    GITHUB_BASH,
    Assignment,
    Block,
    Command,
    Guard,
    Heredoc,
    Node,
    Redirect,
    Shell,
    commands_in,
)
from cilint.syntax.shell_words import Environment, Part, Value, Word
from cilint.text.source import Span

__all__ = [
    "DOCKER", "GITHUB", "GITHUB_BASH", "HOLE", "MAX_LENGTH", "Argument", "Arguments", "Assignment", "Block",
    "Command", "Environment", "Guard", "Heredoc", "Node", "Part", "Redirect", "Script", "Shell", "Value", "Word",
    "parse",
]  # fmt: skip

MAX_LENGTH = 262_144
"""Scripts longer than this many characters are not read."""


class Script:
    """A parsed script. All spans are offsets into ``text``.

    ``error`` says that some of it could not be read; ``error_span`` where that begins. The commands that
    could be read are there all the same.
    """

    __slots__ = ("_commands", "_functions", "error_span", "root", "text")

    def __init__(self, text: str, root: Block, error: int | None) -> None:
        self.text = text
        self.root = root
        self.error_span = None if error is None else Span(min(error, len(text)), min(error + 1, len(text)))
        self._commands: tuple[Command, ...] | None = None
        self._functions: dict[str, Block] | None = None

    @property
    def error(self) -> bool:
        return self.error_span is not None

    @property
    def commands(self) -> tuple[Command, ...]:
        """All commands in source order, also those in substitutions, functions and inner scripts."""
        if self._commands is None:
            self._commands = tuple(commands_in(self.root))
        return self._commands

    def named(self, *names: str) -> tuple[Command, ...]:
        """The commands that run one of these programs."""
        return tuple(command for command in self.commands if command.name in names)


def parse(text: str) -> Script:
    """Read a script; never raises. ``${{ … }}`` is an opaque part of the word that it stands in."""
    from cilint.syntax.shell_parse import build

    input_ = Input(text if len(text) <= MAX_LENGTH else "")
    try:
        root, error = build(input_)
    except RecursionError:  # nested deeper than the stack of the caller allows
        root, error = Block("script", input_, 0, 0, None), 0
    return Script(text, root, error if len(text) <= MAX_LENGTH else 0)
