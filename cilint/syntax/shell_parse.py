"""From tree-sitter's bash tree to commands and blocks.

The grammar decides where statements begin and end. Where it strays from bash (a redirection swallows the
words after it, a heredoc the rest of its line, ``!`` covers one member of a pipeline), this puts it right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from cilint.syntax.shell_commands import CommandReader
from cilint.syntax.shell_input import Input
from cilint.syntax.shell_tree import Block, BlockKind, Command, Node
from cilint.syntax.shell_words import Word
from cilint.text.hints import TYPE_CHECKING

if TYPE_CHECKING:
    import tree_sitter

MAX_DEPTH = 50
"""Statements nested deeper than this are not read."""


def parser() -> tree_sitter.Parser:
    from cilint.syntax.native import code_parser

    found: tree_sitter.Parser = code_parser("bash")
    return found


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


class _Builder(CommandReader):
    """Reads statements."""

    __slots__ = ()

    def inner(self, input_: Input, command: Command, depth: int) -> tuple[Block, int | None]:
        return build(input_, command, depth)

    # -- sequences ---------------------------------------------------------------------------------

    def sequence(
        self, kind: BlockKind, nodes: Iterable[tree_sitter.Node], parent: Node | None, start: int, end: int
    ) -> Block:
        block = Block(kind, self.input, start, end, parent)
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.fail(start)
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
                for statement in (self.assignments_before(node), self.statement(node)):
                    if statement is not None:
                        block.adopt(statement)
            elif node.type == "&" and block.items:
                background.add(len(block.items) - 1)
        if background:
            block.background = frozenset(background)

    # -- statements --------------------------------------------------------------------------------

    def statement(self, node: tree_sitter.Node) -> Node | None:
        read = _STATEMENTS.get(node.type)
        return read(self, node) if read is not None else None

    def _block(self, kind: BlockKind, node: tree_sitter.Node) -> Block:
        return Block(kind, self.input, self.begin(node), node.end_byte, None)

    def list_(self, node: tree_sitter.Node) -> Node | None:
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
        return _simplest(block)

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

    def pipeline(self, node: tree_sitter.Node) -> Node | None:
        block = self._block("pipeline", node)
        operator, negated = "", False
        for child in node.children:
            if not child.is_named:
                operator = child.type
                continue
            if child.type == "negated_command" and not block.items:
                negated, inner = True, [part for part in child.children if part.is_named]
                child = inner[0] if inner else child  # noqa: PLW2901
            self._join(block, operator, self.statement(child))
        result = _simplest(block)
        return self._not(result, node) if negated and result is not None else result

    def negated(self, node: tree_sitter.Node) -> Node | None:
        inner = [self.statement(child) for child in node.children if child.is_named]
        return self._not(inner[0], node) if inner and inner[0] is not None else None

    def _not(self, item: Node, node: tree_sitter.Node) -> Block:
        block = self._block("not", node)
        block.adopt(item)
        return block

    def group(self, node: tree_sitter.Node) -> Node:
        children = node.children
        if children and children[0].type == "((":
            return self.simple("arithmetic", node)
        kind: BlockKind = "subshell" if node.type == "subshell" else "group"
        return self.sequence(kind, children, None, self.begin(node), node.end_byte)

    def if_(self, node: tree_sitter.Node) -> Block:
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
            start = self.begin(nodes[0]) if nodes else block.end
            block.adopt(self.sequence(kind, nodes, None, start, nodes[-1].end_byte if nodes else start))

    def loop(self, node: tree_sitter.Node) -> Block:
        children = node.children
        kind: BlockKind = "while" if children and children[0].type == "while" else "for"
        if children and children[0].type == "until":
            kind = "until"
        block = self._block(kind, node)
        bodies = [at for at, child in enumerate(children) if child.type in ("do_group", "compound_statement")]
        head = children[: bodies[-1]] if bodies else children  # `while (( … ))` has a compound condition
        if kind == "for":
            self._for_head(block, head)
        else:
            start = self.begin(head[1]) if len(head) > 1 else block.start
            end = head[-1].end_byte if head else start
            block.adopt(self.sequence("condition", head[1:], None, start, end))
        for child in children[bodies[-1] : bodies[-1] + 1] if bodies else ():
            block.adopt(self.sequence("body", child.children, None, self.begin(child), child.end_byte))
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
            block.name = self.source(name) if name is not None else ""
            if "in" in types:
                values = head[types.index("in") + 1 :]
                block.words = tuple(self.words(values))
        block.substitutions = self.substitutions(head, block)

    def case(self, node: tree_sitter.Node) -> Block:
        block = self._block("case", node)
        head: list[tree_sitter.Node] = []
        for child in node.children[1:]:
            if child.type == "case_item":
                block.adopt(self._case_item(child))
            elif not block.items and child.type != "in":
                head.append(child)
        block.words = tuple(self.words(head))
        block.substitutions = self.substitutions(head, block)
        return block

    def _case_item(self, node: tree_sitter.Node) -> Block:
        children = node.children
        close = next((at for at, child in enumerate(children) if child.type == ")"), len(children))
        end = children[-1].start_byte if children and not children[-1].is_named else node.end_byte
        item = self.sequence("item", children[close + 1 :], None, self.begin(node), end)
        item.patterns = tuple(self.words(children[:close]))
        item.name = children[-1].type if children and not children[-1].is_named else ""
        return item

    def function(self, node: tree_sitter.Node) -> Block:
        block = self._block("function", node)
        for child in node.children:
            if child.type == "word" and not block.name:
                block.name = self.source(child)
            elif child.is_named:
                body = self.statement(child)
                if body is not None:
                    block.adopt(body)
        return block

    def redirected(self, node: tree_sitter.Node) -> Node | None:
        children = node.children
        body: Node | None = None
        if children and not children[0].type.endswith("_redirect"):
            body = self.statement(children[0])
            children = children[1:]
        if body is None:
            body = Command("command", self.input, self.begin(node), node.end_byte, None)
        return self._redirect(body, children)

    def _redirect(self, body: Node, redirects: Sequence[tree_sitter.Node]) -> Node:
        """Put redirections on the command they belong to: the last one of a list or pipeline."""
        target = body
        while isinstance(target, Block) and target.kind in ("list", "pipeline", "not") and target.items:
            target = target.items[-1]
        tail: list[tree_sitter.Node] = []
        for redirect in redirects:
            if redirect.type.endswith("_redirect"):
                tail += self.add_redirect(target, redirect)
        target.substitutions += self.substitutions(
            [child for node in redirects for child in node.children if child not in tail], target
        )
        if isinstance(target, Command) and target.kind == "command":
            self.look_through(target)
            self.enter(target)
        return self._tail(body, tail)

    def _tail(self, body: Node, nodes: list[tree_sitter.Node]) -> Node:
        """What the grammar puts into a heredoc but stands after it, as in ``cat <<EOF | x``."""
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
            body, at = _simplest(block) or body, at + 1
        return body

    def assigning(self, node: tree_sitter.Node) -> Command:
        return self.simple("assignment", node)

    def declaring(self, node: tree_sitter.Node) -> Command:
        return self.simple("declaration", node)


def _simplest(block: Block) -> Node | None:
    """A list or pipeline, or what is left of it where the grammar found nothing to join."""
    return block if len(block.items) > 1 else (block.items[0] if block.items else None)


_STATEMENTS: dict[str, Callable[[_Builder, tree_sitter.Node], Node | None]] = {
    "command": _Builder.command,
    "redirected_statement": _Builder.redirected,
    "list": _Builder.list_,
    "pipeline": _Builder.pipeline,
    "negated_command": _Builder.negated,
    "variable_assignment": _Builder.assigning,
    "variable_assignments": _Builder.assigning,
    "declaration_command": _Builder.declaring,
    "unset_command": _Builder.declaring,
    "test_command": _Builder.test,
    "compound_statement": _Builder.group,
    "subshell": _Builder.group,
    "if_statement": _Builder.if_,
    "while_statement": _Builder.loop,
    "for_statement": _Builder.loop,
    "c_style_for_statement": _Builder.loop,
    "case_statement": _Builder.case,
    "function_definition": _Builder.function,
}
