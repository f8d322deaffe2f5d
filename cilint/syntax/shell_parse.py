"""From tree-sitter's bash tree to commands and blocks.

The grammar decides where statements begin and end. Where it strays from bash (a redirection swallows the
words after it, a heredoc the rest of its line, ``!`` covers one member of a pipeline), this puts it right.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING

from cilint.syntax.shell_input import Ending, Input
from cilint.syntax.shell_tree import (
    SHELLS,
    Assignment,
    Block,
    BlockKind,
    Command,
    CommandKind,
    Heredoc,
    Node,
    Redirect,
)
from cilint.syntax.shell_words import Mode, Word
from cilint.syntax.shell_wrappers import WRAPPERS, compose, look_through, script_of

if TYPE_CHECKING:
    import tree_sitter

MAX_DEPTH = 50
"""Statements nested deeper than this are not read."""
MAX_INNER = 8
"""So many scripts may lie in one another (``bash -c "bash -c …"``)."""

Tree = "tree_sitter.Node"
_GUARDED = {"then", "else", "elif", "do", "done", "fi", "esac", "in", "case", "{", "}"}


@cache
def parser() -> tree_sitter.Parser:
    import tree_sitter

    from cilint.syntax.native import bash_language

    return tree_sitter.Parser(tree_sitter.Language(bash_language()))


def build(input_: Input, parent: Command | None = None, depth: int = 0) -> tuple[Block, int | None]:
    """The block of a whole script and the offset of its first syntax error, if it has one."""
    tree = parser().parse(input_.masked.encode("ascii"))
    builder = _Builder(input_, depth)
    root = tree.root_node
    script = builder.sequence("script", root.children, parent, 0, len(input_.text))
    error = builder.error
    if root.has_error:
        found = _first_error(root)
        error = found if error is None else min(error, found)
    return script, error


def _first_error(node: tree_sitter.Node) -> int:
    while True:
        inner = next((child for child in node.children if child.has_error or child.is_missing), None)
        if node.is_error or node.is_missing or inner is None:
            return node.start_byte
        node = inner


@cache
def _blank() -> re.Pattern[str]:
    return re.compile(r"(?:\s|\\\n)*")


@cache
def _assignment() -> re.Pattern[str]:
    return re.compile(r"([A-Za-z_]\w*)(?:\[([^\]]*)\])?(\+?)=", re.ASCII)


@cache
def _runs_scripts() -> re.Pattern[str]:
    return re.compile(r"\b(?:sh|bash|dash|ash|zsh|ksh|eval|ssh|su|runuser|flock)\b")


class _Builder:
    __slots__ = ("depth", "error", "inner_depth", "input", "masked")

    def __init__(self, input_: Input, inner_depth: int) -> None:
        self.input = input_
        self.masked = input_.masked
        self.depth = 0
        self.inner_depth = inner_depth
        self.error: int | None = None

    # -- sequences ---------------------------------------------------------------------------------

    def sequence(
        self, kind: BlockKind, nodes: Iterable[tree_sitter.Node], parent: Node | None, start: int, end: int
    ) -> Block:
        block = Block(kind, self.input, start, end, parent)
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self._fail(start)
        else:
            self._fill(block, nodes)
        self.depth -= 1
        return block

    def _fill(self, block: Block, nodes: Iterable[tree_sitter.Node]) -> None:
        background: set[int] = set()
        pending = list(nodes)
        pending.reverse()
        while pending:
            node = pending.pop()
            if node.is_named:
                if node.type == "ERROR":
                    pending += reversed(node.children)
                    continue
                statement = self.statement(node)
                if statement is not None:
                    block.adopt(statement)
            elif node.type == "&" and block.items:
                background.add(len(block.items) - 1)
        if background:
            block.background = frozenset(background)

    def _fail(self, at: int) -> None:
        self.error = at if self.error is None else min(at, self.error)

    def _start(self, node: tree_sitter.Node) -> int:
        """Where a node begins: the grammar counts blanks before some tokens in."""
        start = node.start_byte
        if self.masked[start : start + 1] in (" ", "\t", "\n", "\\"):
            match = _blank().match(self.masked, start, node.end_byte)
            return match.end() if match else start
        return start

    # -- statements --------------------------------------------------------------------------------

    def statement(self, node: tree_sitter.Node) -> Node | None:
        match node.type:
            case "command":
                return self._command(node)
            case "redirected_statement":
                return self._redirected(node)
            case "list":
                return self._list(node)
            case "pipeline":
                return self._pipeline(node.children, node)
            case "negated_command":
                return self._negated(node)
            case "variable_assignment" | "variable_assignments":
                return self._simple("assignment", node)
            case "declaration_command" | "unset_command":
                return self._simple("declaration", node)
            case "test_command":
                return self._test(node)
            case "compound_statement" | "subshell":
                return self._group(node)
            case "if_statement":
                return self._if(node)
            case "while_statement" | "for_statement" | "c_style_for_statement":
                return self._loop(node)
            case "case_statement":
                return self._case(node)
            case "function_definition":
                return self._function(node)
        return None

    def _block(self, kind: BlockKind, node: tree_sitter.Node) -> Block:
        return Block(kind, self.input, self._start(node), node.end_byte, None)

    def _list(self, node: tree_sitter.Node) -> Node | None:
        """``a && b || c``; the grammar nests to the left, as deep as the list is long."""
        block = self._block("list", node)
        entries: list[tuple[str, tree_sitter.Node, Sequence[tree_sitter.Node]]] = []
        redirects: Sequence[tree_sitter.Node] = ()
        current = node
        while True:
            children = [child for child in current.children if child.type != "comment"]
            if current.type == "redirected_statement" and children and children[0].type == "list":
                redirects, current = children[1:], children[0]
            elif current.type == "list" and len(children) > 2:
                entries.append((children[-2].type, children[-1], redirects))
                redirects, current = (), children[0]
            else:
                break
        entries.append(("", current, redirects))
        for operator, child, following in reversed(entries):
            self._join(block, operator, self.statement(child), following)
        return block

    def _join(
        self, block: Block, operator: str, item: Node | None, redirects: Sequence[tree_sitter.Node] = ()
    ) -> None:
        if item is None:
            return
        if redirects:
            item = self._redirect(item, redirects)
        if block.items:
            block.operators.append(operator)
        if isinstance(item, Block) and item.kind == block.kind:
            block.operators += item.operators
            for inner in item.items:
                block.adopt(inner)
        else:
            block.adopt(item)

    def _pipeline(self, children: Sequence[tree_sitter.Node], node: tree_sitter.Node) -> Node | None:
        block = self._block("pipeline", node)
        operator, negated = "", False
        for child in children:
            if not child.is_named:
                operator = child.type
                continue
            if child.type == "negated_command" and not block.items:
                negated, inner = True, [part for part in child.children if part.is_named]
                child = inner[0] if inner else child  # noqa: PLW2901
            self._join(block, operator, self.statement(child))
        result: Node | None = block if len(block.items) > 1 else (block.items[0] if block.items else None)
        return self._not(result, node) if negated and result is not None else result

    def _negated(self, node: tree_sitter.Node) -> Node | None:
        inner = [self.statement(child) for child in node.children if child.is_named]
        return self._not(inner[0], node) if inner and inner[0] is not None else None

    def _not(self, item: Node, node: tree_sitter.Node) -> Block:
        block = self._block("not", node)
        block.adopt(item)
        return block

    def _group(self, node: tree_sitter.Node) -> Node:
        children = node.children
        if children and children[0].type == "((":
            return self._simple("arithmetic", node)
        kind: BlockKind = "subshell" if node.type == "subshell" else "group"
        return self.sequence(kind, children, None, self._start(node), node.end_byte)

    def _if(self, node: tree_sitter.Node) -> Block:
        block = self._block("if", node)
        clauses = [node]
        while clauses:
            clause = clauses.pop(0)
            part: list[tree_sitter.Node] = []
            kind: BlockKind = "else" if clause.type == "else_clause" else "condition"
            for child in clause.children:
                if child.type == "then" and not child.is_named:
                    self._clause(block, kind, part)
                    part, kind = [], "then"
                elif child.type in ("elif_clause", "else_clause"):
                    clauses.append(child)
                else:
                    part.append(child)
            self._clause(block, kind, part)
        return block

    def _clause(self, block: Block, kind: BlockKind, nodes: list[tree_sitter.Node]) -> None:
        nodes = [node for node in nodes if node.is_named or node.type == "&"]
        if nodes or kind != "condition":
            start = self._start(nodes[0]) if nodes else block.end
            block.adopt(self.sequence(kind, nodes, None, start, nodes[-1].end_byte if nodes else start))

    def _loop(self, node: tree_sitter.Node) -> Block:
        children = node.children
        kind: BlockKind = "while" if children and children[0].type == "while" else "for"
        if children and children[0].type == "until":
            kind = "until"
        block = self._block(kind, node)
        head = [child for child in children if child.type not in ("do_group", "compound_statement")]
        if kind == "for":
            self._for_head(block, head)
        else:
            start = self._start(head[1]) if len(head) > 1 else block.start
            end = head[-1].end_byte if head else start
            block.adopt(self.sequence("condition", head[1:], None, start, end))
        for child in children[1:]:
            if child.type in ("do_group", "compound_statement") and child is not head:
                block.adopt(self.sequence("body", child.children, None, self._start(child), child.end_byte))
        return block

    def _for_head(self, block: Block, head: list[tree_sitter.Node]) -> None:
        types = [child.type for child in head]
        if "((" in types:
            start, end = head[types.index("((")].end_byte, head[-1].end_byte
            if "))" in types:
                end = head[types.index("))")].start_byte
            block.words = (Word(self.input, start, end, "literal"),)
            block.name = "(("
        else:
            name = next((child for child in head if child.type == "variable_name"), None)
            block.name = self._text(name) if name is not None else ""
            if "in" in types:
                values = head[types.index("in") + 1 :]
                block.words = tuple(self._words(values))
        block.substitutions = self._substitutions(head, block)

    def _case(self, node: tree_sitter.Node) -> Block:
        block = self._block("case", node)
        head: list[tree_sitter.Node] = []
        for child in node.children[1:]:
            if child.type == "case_item":
                block.adopt(self._case_item(child))
            elif not block.items and child.type != "in":
                head.append(child)
        block.words = tuple(self._words(head))
        block.substitutions = self._substitutions(head, block)
        return block

    def _case_item(self, node: tree_sitter.Node) -> Block:
        children = node.children
        close = next((at for at, child in enumerate(children) if child.type == ")"), len(children))
        end = children[-1].start_byte if children and not children[-1].is_named else node.end_byte
        item = self.sequence("item", children[close + 1 :], None, self._start(node), end)
        item.patterns = tuple(self._words(children[:close]))
        item.name = children[-1].type if children and not children[-1].is_named else ""
        return item

    def _function(self, node: tree_sitter.Node) -> Block:
        block = self._block("function", node)
        for child in node.children:
            if child.type == "word" and not block.name:
                block.name = self._text(child)
            elif child.is_named:
                body = self.statement(child)
                if body is not None:
                    block.adopt(body)
        return block

    def _text(self, node: tree_sitter.Node) -> str:
        return self.input.text[node.start_byte : node.end_byte]

    # -- commands ----------------------------------------------------------------------------------

    def _command(self, node: tree_sitter.Node) -> Command | None:
        children = node.children
        if len(children) == 1 and self._text(node) in _GUARDED:
            self._fail(node.start_byte)
            return None
        return self._simple("command", node)

    def _simple(self, kind: CommandKind, node: tree_sitter.Node) -> Command:
        command = Command(kind, self.input, self._start(node), node.end_byte, None)
        children = node.children
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
                self._add_redirect(command, node)
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
            elements, value = tuple(self._words(node.children[-1].children[1:-1])), None
        name = self.input.text[match.start(1) : match.end(1)]
        span = self.input.span(start, end)
        return Assignment(name, value, elements, bool(match[3]), match[2] or "", span)

    def _words(self, nodes: Sequence[tree_sitter.Node]) -> list[Word]:
        return [
            Word(self.input, start, end)
            for node, start, end in _merged(self, nodes)
            if node.is_named and node.type != "comment"
        ]

    def _test(self, node: tree_sitter.Node) -> Command:
        from cilint.syntax.shell_tests import tokens

        command = Command("test", self.input, self._start(node), node.end_byte, None)
        command.substitutions = self._substitutions(node.children, command)
        command.written = command.words = tuple(tokens(self.input, command.start, command.end))
        return command

    def _finish(self, command: Command, children: Sequence[tree_sitter.Node]) -> None:
        command.substitutions = self._substitutions(children, command)
        if command.kind == "command":
            self._look_through(command)
            self._enter(command)

    def _look_through(self, command: Command) -> None:
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

    def _enter(self, command: Command) -> None:
        """Read the script that the command runs, if it runs one."""
        words = command.words
        if not words or self.inner_depth >= MAX_INNER:
            return
        if command.name not in SHELLS and not _runs_scripts().search(self.masked, command.start, command.end):
            return
        script = script_of(command)
        if script is None or not script.words:
            return
        command.shell_flags = script.flags if script.kind != "eval" else "="
        command.inner, error = build(compose(script.words), command, self.inner_depth + 1)
        if error is not None:
            self._fail(command.start)

    # -- redirections and substitutions ------------------------------------------------------------

    def _redirected(self, node: tree_sitter.Node) -> Node | None:
        children = node.children
        body: Node | None = None
        if children and not children[0].type.endswith("_redirect"):
            body = self.statement(children[0])
            children = children[1:]
        if body is None:
            body = Command("command", self.input, self._start(node), node.end_byte, None)
        return self._redirect(body, children)

    def _redirect(self, body: Node, redirects: Sequence[tree_sitter.Node]) -> Node:
        """Put redirections on the command they belong to: the last one of a list or pipeline."""
        target = body
        while isinstance(target, Block) and target.kind in ("list", "pipeline", "not") and target.items:
            target = target.items[-1]
        tail: list[tree_sitter.Node] = []
        for redirect in redirects:
            if redirect.type.endswith("_redirect"):
                tail += self._add_redirect(target, redirect)
        target.substitutions += self._substitutions(
            [child for node in redirects for child in node.children if child not in tail], target
        )
        if isinstance(target, Command) and target.kind == "command":
            self._look_through(target)
            if target.inner is None:
                self._enter(target)
        return self._tail(body, tail)

    def _tail(self, body: Node, nodes: list[tree_sitter.Node]) -> Node:
        """What the grammar puts into a heredoc but stands after it: ``cat <<EOF | x`` or ``cat <<EOF && x``."""
        at = 0
        while at < len(nodes):
            node = nodes[at]
            kind: BlockKind = "pipeline" if node.type == "pipeline" else "list"
            block = Block(kind, self.input, body.start, node.end_byte, None)
            self._join(block, "", body)
            if node.type == "pipeline":
                operator = ""
                for child in node.children:
                    if child.is_named:
                        self._join(block, operator, self.statement(child))
                    else:
                        operator = child.type
            elif at + 1 < len(nodes):
                at += 1
                self._join(block, node.type, self.statement(nodes[at]))
            body, at = block, at + 1
        return body

    def _add_redirect(self, target: Node, node: tree_sitter.Node) -> list[tree_sitter.Node]:
        """Add one redirection; gives the parts of a heredoc that are statements of their own."""
        children = node.children
        fd, operator, rest = None, "", list(children)
        if rest and rest[0].type == "file_descriptor":
            text = self._text(rest.pop(0))
            fd = int(text) if text.isdigit() and len(text) < 4 else None
        if rest:
            operator = rest.pop(0).type
        if node.type == "heredoc_redirect":
            return self._add_heredoc(target, node, operator, fd, rest)
        words = self._words(rest)
        end = words[0].end if words else node.end_byte
        span = self.input.span(self._start(node), end)
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
        at = head = self._start(node)
        for child in rest:
            head = head if child.type in ("heredoc_body", "heredoc_end") else max(head, child.end_byte)
            if child.type == "heredoc_start":
                delimiter = self._text(child)
                at = child.end_byte
            elif child.type == "heredoc_body":
                body = (child.start_byte, child.end_byte)
            elif child.type.endswith("_redirect"):
                tail += self._add_redirect(target, child)
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
        span = self.input.span(self._start(node), at)
        target.redirects += (Redirect(operator, fd, None, heredoc, span),)
        if words and isinstance(target, Command):
            target.written += tuple(self._words(words))
        return tail

    def _substitutions(self, nodes: Sequence[tree_sitter.Node], owner: Node) -> tuple[Block, ...]:
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
                self.input.endings[self._start(node)] = Ending(node.end_byte, "arithmetic")
            if node.child_count:
                stack += reversed(node.children)
        return tuple(found)

    def _substitution(self, node: tree_sitter.Node, owner: Node) -> Block:
        start = self._start(node)
        command = node.type == "command_substitution"
        self.input.endings[start] = Ending(node.end_byte, "command" if command else "process")
        kind: BlockKind = "substitution" if command else "process"
        return self.sequence(kind, node.children, owner, start, node.end_byte)


def _merged(builder: _Builder, nodes: Iterable[tree_sitter.Node]) -> list[tuple[tree_sitter.Node, int, int]]:
    """Nodes with their true places; those with nothing between them are one word."""
    merged: list[tuple[tree_sitter.Node, int, int]] = []
    last_end = -1
    for node in nodes:
        kind = node.type
        start, end = builder._start(node), node.end_byte
        if kind in (";", ")", "(", "|", "do", "in"):
            last_end = -1
            continue
        if start == last_end and not kind.endswith("_redirect") and kind != "comment":
            first, begin, _ = merged[-1]
            merged[-1] = (first, begin, end)
        elif end > start:
            merged.append((node, start, end))
        else:
            continue
        last_end = -1 if kind.endswith("_redirect") else end
    return merged
