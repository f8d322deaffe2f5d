"""The conditions under which a command runs."""

from __future__ import annotations

from collections.abc import Iterator

from cilint.syntax.shell_tree import Block, Command, Guard, Node, commands_in


def guards_of(command: Command) -> Iterator[Guard]:
    node: Node = command
    for parent in command.ancestors:
        if isinstance(parent, Block):
            if parent.kind == "if":
                yield from _if_guards(parent, node.index)
            elif parent.kind in ("while", "until") and node.index == 1:
                test = parent.items[0]
                yield Guard("while", tuple(commands_in(test)), parent.kind == "while", test.span)
            elif parent.kind == "case" and isinstance(node, Block):
                yield Guard("case", (), True, node.span, node.patterns)
            elif parent.kind == "list" and node.index > 0:
                left = parent.items[node.index - 1]
                wanted = parent.operators[node.index - 1] == "&&"
                yield Guard("list", tuple(commands_in(left)), wanted, left.span)
        node = parent


def _if_guards(block: Block, index: int) -> Iterator[Guard]:
    for at in range(min(index, len(block.items) - 1), -1, -1):
        test = block.items[at]
        if at != index and isinstance(test, Block) and test.kind == "condition":
            yield Guard("if", tuple(commands_in(test)), at == index - 1 and _is_then(block, index), test.span)


def _is_then(block: Block, index: int) -> bool:
    item = block.items[index]
    return isinstance(item, Block) and item.kind == "then"
