"""Expansions without quotes: where the shell may make several words, or file names, of one value."""

from __future__ import annotations

from cilint.pipeline.effects.shell_scripts import ShellScript, blocks_of
from cilint.syntax.shell import Block, Command, Node, Word
from cilint.syntax.shell_spaces import Use, split_words, splitting
from cilint.text.edit import Edit
from cilint.text.remember import remembered
from cilint.text.source import Span

MAX_COMMANDS = 2000
"""Longer scripts are not followed."""
_RISKY = frozenset({"rm", "rmdir", "mv", "cp", "chmod", "chown", "chgrp", "ln", "dd", "shred", "truncate"})
_LISTS = (["seq"], ["pgrep"], ["nproc"])
"""What prints words that are meant to be split, or a number."""


class Expansion:
    """One unquoted ``$name`` or ``$(…)`` that may become several words."""

    def __init__(self, script: ShellScript, use: Use) -> None:
        self.script = script
        self.path: str = script.path
        self._use = use
        self.kind: str = use.part.kind

    def __repr__(self) -> str:
        return f"<expansion {self.text}>"

    @property
    def span(self) -> Span:
        return self.script.place(*self._use.part.span)

    @property
    def text(self) -> str:
        """The expansion as written."""
        span = self._use.part.span
        return self.script.parsed.text[span.start : span.end]

    @property
    def is_target(self) -> bool:
        """Whether a redirection leads there."""
        return self._use.target

    @property
    def is_test(self) -> bool:
        """Whether ``[`` or ``test`` gets it, which several words or none confuse."""
        node = self._use.node
        return isinstance(node, Command) and not self.is_target and node.name in ("[", "test")

    @property
    def is_risky(self) -> bool:
        """Whether a program gets it that removes, overwrites or changes the files it is given."""
        node = self._use.node
        return isinstance(node, Command) and not self.is_target and node.name in _RISKY

    @property
    def quoted(self) -> tuple[Edit, ...]:
        """The edits that put it in double quotes; none where these would end other quotes."""
        span = self._use.part.span
        if not self.script.can_quote(self._use.node):
            return ()
        return (self.script.insert_before(span, '"'), self.script.insert_after(span, '"'))


@remembered
def expansions(script: ShellScript) -> tuple[Expansion, ...]:
    """The unquoted expansions of a script that may be split."""
    parsed = script.parsed
    if "$" not in parsed.text and "`" not in parsed.text:
        return ()
    if len(parsed.commands) > MAX_COMMANDS:
        return ()
    outputs = {block.span: block for block in parsed.blocks if block.kind == "substitution"}
    uses = splitting(parsed.root, script.known)
    return tuple(Expansion(script, use) for use in uses if not _is_list(use, outputs.get(use.part.span)))


def arrays(script: ShellScript) -> tuple[Expansion, ...]:
    """The elements of arrays, and arguments of functions, that stand without quotes and are split again."""
    if "@" not in script.parsed.text:
        return ()
    nodes: list[tuple[Node, tuple[Word, ...]]] = [
        (command, split_words(command)) for command in script.commands
    ]
    nodes += [(block, block.words or ()) for block in blocks_of(script, "for")]
    return tuple(
        Expansion(script, Use(part, node, target=False))
        for node, words in nodes
        for word in words
        for part in word.parts
        if part.kind == "variable" and not part.quoted and "@" in (part.text, part.subscript)
        if part.operator != "length"
    )


def _is_list(use: Use, output: Block | None) -> bool:
    """Whether it is the output of a program that is made to be split."""
    if use.part.kind != "command":
        return False
    names = [command.name for command in output.items if isinstance(command, Command)] if output else []
    return output is None or not output.items or (len(output.items) == 1 and names in _LISTS)
