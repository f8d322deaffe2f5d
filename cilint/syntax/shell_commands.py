"""Simple commands from tree-sitter's tree: words, assignments, redirections, heredocs, substitutions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache

from cilint.syntax.shell_input import Ending, Input
from cilint.syntax.shell_tree import SHELLS, Block, BlockKind, Command, CommandKind, Node
from cilint.syntax.shell_words import Assignment, Heredoc, Mode, Redirect, Word
from cilint.syntax.shell_wrappers import WRAPPERS, compose, look_through, script_of
from cilint.text.hints import TYPE_CHECKING

if TYPE_CHECKING:
    import tree_sitter

MAX_INNER = 8
"""So many scripts may lie in one another (``bash -c "bash -c …"``)."""

_KEYWORDS = frozenset({"then", "else", "elif", "do", "done", "fi", "esac", "in", "case", "{", "}"})


@cache
def _blank() -> re.Pattern[str]:
    return re.compile(r"(?:\s|\\\n)*")


@cache
def _assignment() -> re.Pattern[str]:
    return re.compile(r"([A-Za-z_]\w*)(?:\[([^\]]*)\])?(\+?)=", re.ASCII)


@cache
def _runs_scripts() -> re.Pattern[str]:
    return re.compile(r"\b(?:sh|bash|dash|ash|zsh|ksh|eval|trap|ssh|su|runuser|flock)\b")


class CommandReader:
    """Reads commands; what reads statements builds on it."""

    __slots__ = ("depth", "error", "inner_depth", "input", "masked")

    def __init__(self, input_: Input, inner_depth: int) -> None:
        self.input = input_
        self.masked = input_.masked
        self.depth = 0
        self.inner_depth = inner_depth
        self.error: int | None = None

    def sequence(
        self, kind: BlockKind, nodes: Iterable[tree_sitter.Node], parent: Node | None, start: int, end: int
    ) -> Block:
        """The block of some statements."""
        raise NotImplementedError

    def inner(self, input_: Input, command: Command, depth: int) -> tuple[Block, int | None]:
        """The block of a script inside a script."""
        raise NotImplementedError

    def fail(self, at: int) -> None:
        self.error = at if self.error is None else min(at, self.error)

    def begin(self, node: tree_sitter.Node) -> int:
        """Where a node begins: the grammar counts blanks before some tokens in."""
        start = node.start_byte
        if self.masked[start : start + 1] in (" ", "\t", "\n", "\\"):
            match = _blank().match(self.masked, start, node.end_byte)
            return match.end() if match else start
        return start

    def source(self, node: tree_sitter.Node) -> str:
        return self.input.text[node.start_byte : node.end_byte]

    def command(self, node: tree_sitter.Node) -> Command | None:
        children = node.children
        if len(children) == 1 and self.source(node) in _KEYWORDS:
            self.fail(node.start_byte)
            return None
        while len(children) > 1 and self.source(children[0]) == "{":  # of a group after `!`
            self.fail(node.start_byte)
            children = children[1:]
        return self.simple("command", node, children[self._ended(children) :])

    def assignments_before(self, node: tree_sitter.Node) -> Command | None:
        """Several assignments on a line of their own, which the grammar takes for part of what follows."""
        while node.type in ("list", "pipeline", "redirected_statement") and node.children:
            node = node.children[0]
        count = self._ended(node.children) if node.type == "command" else 0
        if not count:
            return None
        children = node.children[:count]
        command = Command("assignment", self.input, children[0].start_byte, children[-1].end_byte, None)
        self._read(command, children)
        self._finish(command, children)
        return command

    def _ended(self, children: Sequence[tree_sitter.Node]) -> int:
        """How many assignments stand before the end of a line that the command's name is not on."""
        count = 0
        while count < len(children) and children[count].type == "variable_assignment":
            count += 1
        if not 0 < count < len(children):
            return 0
        between = self.masked[children[count - 1].end_byte : children[count].start_byte]
        return count if "\n" in between.replace("\\\n", "") else 0

    def simple(
        self, kind: CommandKind, node: tree_sitter.Node, children: Sequence[tree_sitter.Node] | None = None
    ) -> Command:
        """A command of some kind; ``children`` are the parts of the node that belong to it, if not all."""
        children = node.children if children is None else children
        start = self.begin(node if len(children) == node.child_count else children[0])
        command = Command(kind, self.input, start, node.end_byte, None)
        if kind == "arithmetic":
            command.written = (
                Word(self.input, command.start, children[0].end_byte, "literal"),
                Word(self.input, children[0].end_byte, children[-1].start_byte, "literal"),
            )
        elif node.type == "variable_assignment":
            self._read(command, (node,))
        else:
            self._read(command, children)
        self._finish(command, children)
        return command

    def _read(self, command: Command, children: Sequence[tree_sitter.Node]) -> None:
        """Take assignments before the program, words and redirections from the children of a command."""
        assignments: list[Assignment] = []
        words: list[Word] = []
        for child in _merged(self, children):
            node, start, end = child
            if node.type == "variable_assignment":
                assignment = self._assignment(node, start, end)
                if assignment is not None:
                    assignments.append(assignment)
                if command.kind == "declaration":
                    words.append(Word(self.input, start, end))
            elif node.type.endswith("_redirect"):
                self.add_redirect(command, node)
            elif node.type != "comment":
                words.append(Word(self.input, start, end))
        command.assignments = tuple(assignments)
        command.written = command.words = tuple(words)

    def _assignment(self, node: tree_sitter.Node, start: int, end: int) -> Assignment | None:
        match = _assignment().match(self.masked, start, end)
        if match is None:
            return None
        elements: tuple[Word, ...] | None = None
        value: Word | None = Word(self.input, match.end(), end)
        if self.masked.startswith("(", match.end()) and node.children[-1].type == "array":
            elements, value = tuple(self.words(node.children[-1].children[1:-1])), None
        name = self.input.text[match.start(1) : match.end(1)]
        span = self.input.span(start, end)
        return Assignment(name, value, elements, bool(match[3]), match[2] or "", span)

    def words(self, nodes: Sequence[tree_sitter.Node]) -> list[Word]:
        return [
            Word(self.input, start, end)
            for node, start, end in _merged(self, nodes)
            if node.is_named and node.type != "comment"
        ]

    def test(self, node: tree_sitter.Node) -> Command:
        from cilint.syntax.shell_tests import tokens

        command = Command("test", self.input, self.begin(node), node.end_byte, None)
        command.substitutions = self.substitutions(node.children, command)
        command.written = command.words = tuple(tokens(self.input, command.start, command.end))
        return command

    def _finish(self, command: Command, children: Sequence[tree_sitter.Node]) -> None:
        command.substitutions = self.substitutions(children, command)
        if command.kind == "command":
            self.look_through(command)
            self.enter(command)

    def look_through(self, command: Command) -> None:
        words = command.written
        command.words = words
        if words and (words[0].static or "").rpartition("/")[2] in WRAPPERS:
            program = look_through(words)
            command.words = words[program.start :]
            command.wrappers = program.wrappers
            command.wrapper_assignments = tuple(self._env_assignment(words[at]) for at in program.assignments)
        elif not words:
            command.words = ()

    def _env_assignment(self, word: Word) -> Assignment:
        equals = self.masked.index("=", word.start)
        name = self.input.text[word.start : equals]
        return Assignment(name, Word(self.input, equals + 1, word.end), None, False, "", word.span)

    def enter(self, command: Command) -> None:
        """Read the script that the command runs, if it runs one; again where a heredoc has come to it."""
        words = command.words
        if command.inner is not None and command.redirects[-1].heredoc is None:
            return
        if not words or self.inner_depth >= MAX_INNER:
            return
        if command.name not in SHELLS and not _runs_scripts().search(self.masked, command.start, command.end):
            return
        script = script_of(command)
        if script is None or not script.words:
            return
        command.shell_flags = script.flags if script.kind != "eval" else "="
        command.inner, error = self.inner(compose(script.words), command, self.inner_depth + 1)
        if error is not None:
            self.fail(command.start)

    def add_redirect(self, target: Node, node: tree_sitter.Node) -> list[tree_sitter.Node]:
        """Add one redirection; gives the parts of a heredoc that are statements of their own."""
        children = node.children
        fd, operator, rest = None, "", list(children)
        if rest and rest[0].type == "file_descriptor":
            text = self.source(rest.pop(0))
            fd = int(text) if text.isdigit() and len(text) < 4 else None
        if rest:
            operator = rest.pop(0).type
        if node.type == "heredoc_redirect":
            return self._add_heredoc(target, node, operator, fd, rest)
        words = self.words(rest)
        end = words[0].end if words else node.end_byte
        span = self.input.span(self.begin(node), end)
        target.redirects += (Redirect(operator, fd, words[0] if words else None, None, span),)
        if len(words) > 1 and isinstance(target, Command):
            target.written += tuple(words[1:])
            target.end = max(target.end, words[-1].end)
        return []

    def _add_heredoc(
        self,
        target: Node,
        node: tree_sitter.Node,
        operator: str,
        fd: int | None,
        rest: list[tree_sitter.Node],
    ) -> list[tree_sitter.Node]:
        tail: list[tree_sitter.Node] = []
        words: list[tree_sitter.Node] = []
        delimiter, body = "", (node.end_byte, node.end_byte)
        at = head = self.begin(node)
        for child in rest:
            head = head if child.type in ("heredoc_body", "heredoc_end") else max(head, child.end_byte)
            if child.type == "heredoc_start":
                delimiter = self.source(child)
                at = child.end_byte
            elif child.type == "heredoc_body":
                body = (child.start_byte, child.end_byte)
            elif child.type.endswith("_redirect"):
                tail += self.add_redirect(target, child)
            elif child.type == "pipeline" or child.type in ("&&", "||") or (tail and child.is_named):
                tail.append(child)
            elif child.is_named and child.type not in ("heredoc_end", "ERROR"):
                words.append(child)
        quoted = any(char in delimiter for char in "'\"\\")
        mode: Mode = "literal" if quoted else "heredoc"
        # the grammar leaves blanks at the beginning out of the body
        start, end = self.masked.find("\n", head, body[0]) + 1 or body[0], body[1]
        while operator == "<<-" and end > start and self.masked[end - 1] == "\t":
            end -= 1
        name = re.sub(r"""['"\\]""", "", delimiter)
        heredoc = Heredoc(name, quoted, operator == "<<-", Word(self.input, start, end, mode))
        span = self.input.span(self.begin(node), at)
        target.redirects += (Redirect(operator, fd, None, heredoc, span),)
        if words and isinstance(target, Command):
            target.written += tuple(self.words(words))
        return tail

    def substitutions(self, nodes: Sequence[tree_sitter.Node], owner: Node) -> tuple[Block, ...]:
        """The ``$(…)``, backticks and ``<(…)`` in words; those inside of these are theirs."""
        if not nodes:
            return ()
        start, end = nodes[0].start_byte, nodes[-1].end_byte
        if not any(self.masked.find(mark, start, end) >= 0 for mark in ("$(", "`", "<(", ">(")):
            return ()
        found: list[Block] = []
        stack = list(reversed(nodes))
        while stack:
            node = stack.pop()
            if node.type in ("command_substitution", "process_substitution"):
                found.append(self._substitution(node, owner))
                continue
            if node.type == "arithmetic_expansion":
                self.input.endings[self.begin(node)] = Ending(node.end_byte, "arithmetic")
            if node.child_count:
                stack += reversed(node.children)
        return tuple(found)

    def _substitution(self, node: tree_sitter.Node, owner: Node) -> Block:
        start = self.begin(node)
        command = node.type == "command_substitution"
        self.input.endings[start] = Ending(node.end_byte, "command" if command else "process")
        kind: BlockKind = "substitution" if command else "process"
        return self.sequence(kind, node.children, owner, start, node.end_byte)


def _merged(
    reader: CommandReader, nodes: Iterable[tree_sitter.Node]
) -> list[tuple[tree_sitter.Node, int, int]]:
    """Nodes with their true places; those with nothing between them are one word."""
    merged: list[tuple[tree_sitter.Node, int, int]] = []
    last_end = -1
    for node in nodes:
        kind = node.type
        start, end = reader.begin(node), node.end_byte
        if kind in (";", ")", "(", "|", "do", "in"):
            last_end = -1
            continue
        gap = reader.masked[last_end:start] if last_end >= 0 else " "
        if not gap.replace("\\\n", "") and not kind.endswith("_redirect") and kind != "comment":
            first, begin, _ = merged[-1]
            merged[-1] = (first, begin, end)
        elif end > start:
            merged.append((node, start, end))
        else:
            continue
        last_end = -1 if kind.endswith("_redirect") else end
    return merged
