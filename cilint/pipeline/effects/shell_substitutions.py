"""Command substitutions: how they are written, and whether they are needed."""

from __future__ import annotations

from cilint.pipeline.effects.shell_scripts import ShellScript, is_inner
from cilint.syntax.shell import Block, Command, Part
from cilint.text.edit import Edit
from cilint.text.source import Span


class Substitution:
    """One ``$(…)`` or `` `…` ``."""

    def __init__(self, script: ShellScript, block: Block) -> None:
        self.script = script
        self.path: str = script.path
        self.block = block

    def __repr__(self) -> str:
        return f"<substitution {self._text}>"

    @property
    def span(self) -> Span:
        return self.script.place(*self.block.span)

    @property
    def _text(self) -> str:
        return self.script.parsed.text[self.block.span.start : self.block.span.end]

    @property
    def in_backticks(self) -> bool:
        return self._text.startswith("`")

    @property
    def in_parentheses(self) -> tuple[Edit, ...]:
        """The edits that write ``$(…)``; none where a backslash means something else there."""
        start, end = self.block.span
        inner = self._text[1:-1]
        if "\\" in inner or not inner.strip() or inner.startswith("(") or not self._text.endswith("`"):
            return ()
        opening = Edit(self.script.place(start, start + 1), "$(")
        return (opening, Edit(self.script.place(end - 1, end), ")"))

    @property
    def _alone(self) -> Command | None:
        """The ``echo`` that is all of it."""
        items = self.block.items
        if len(items) != 1 or not isinstance(items[0], Command):
            return None
        command = items[0]
        plain = not command.redirects and not command.assignments and not command.wrappers
        return command if plain and command.name == "echo" and command.written[0].raw == "echo" else None

    @property
    def only_repeats(self) -> bool:
        """Whether it is ``$(echo …)`` of words that could stand there themselves."""
        command = self._alone
        if command is None or len(command.written) < 2 or command.written[1].raw.startswith("-"):
            return False
        parts = [part for word in command.written[1:] for part in word.parts]
        return all(part.kind not in ("glob", "brace", "home") and "\\" not in part.text for part in parts)

    @property
    def itself(self) -> tuple[Edit, ...]:
        """The edit that puts the one variable that it repeats in its place."""
        command = self._alone
        words = command.written[1:] if command is not None else ()
        if not self.only_repeats or len(words) != 1 or len(words[0].parts) != 1:
            return ()
        part: Part = words[0].parts[0]
        if part.kind != "variable" or (part.argument is not None and '"' in part.argument.raw):
            return ()
        return (Edit(self.span, self.script.parsed.text[part.span.start : part.span.end]),)

    @property
    def is_only_printed(self) -> bool:
        """Whether an ``echo`` has nothing else to print than its output."""
        owner = self.block.parent
        if (
            not isinstance(owner, Command)
            or owner.name != "echo"
            or len(owner.written) != 2
            or owner.wrappers
        ):
            return False
        parts = owner.written[1].parts
        return len(parts) == 1 and parts[0].kind == "command" and parts[0].span == self.block.span


def substitutions(script: ShellScript) -> tuple[Substitution, ...]:
    """Those of a script, without those of scripts inside of it."""
    text = script.parsed.text
    if "`" not in text and "$(" not in text:
        return ()
    blocks = (block for block in script.parsed.blocks if block.kind == "substitution")
    return tuple(Substitution(script, block) for block in blocks if not is_inner(block))
