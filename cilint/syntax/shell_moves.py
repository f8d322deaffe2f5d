"""The folder that each command of a script finds, as ``cd`` changes it."""

from __future__ import annotations

from cilint.text.hints import TYPE_CHECKING
from cilint.text.hole import HOLE
from cilint.text.values import NamedTuple

if TYPE_CHECKING:
    from cilint.syntax.shell_tree import Block, Command, Node

MAX_MOVES = 200
MOVING = ("cd", "pushd", "popd")
_ISOLATED = frozenset({"subshell", "substitution", "process", "script", "pipeline", "function"})
_CONDITIONAL = frozenset({"then", "else", "body", "item"})


class _Move(NamedTuple):
    """A ``cd``: it holds within ``scope``; whether it was reached is sure only within ``condition``."""

    folder: str
    scope: Block | None
    condition: Node | None


class Moves:
    """Follows ``cd`` through a script; ``folder`` is where it begins."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.moves: list[_Move] = []

    def at(self, command: Command) -> str:
        """The folder that a command finds."""
        if not self.moves:
            return self.folder
        around = {id(node) for node in command.ancestors}
        for move in reversed(self.moves):
            if move.scope is None or id(move.scope) in around:
                return move.folder if move.condition is None or id(move.condition) in around else HOLE
        return self.folder

    def take(self, command: Command, target: str) -> None:
        """Go on from what one of ``MOVING`` changes to."""
        if len(self.moves) >= MAX_MOVES:
            return
        blocks = list(command.blocks)
        scope = next((block for block in blocks if block.kind in _ISOLATED), None)
        condition: Node | None = next((block for block in blocks if block.kind in _CONDITIONAL), None)
        if command.before == "||":
            condition = command
        self.moves.append(_Move(target, scope, condition))
