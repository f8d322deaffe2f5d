"""Which expansions the shell may split into several words, or take for wildcards, as they are not quoted.

A variable that the script gives a plain word or a number on every way needs no quotes; of all others
anything is possible. What splits is said by POSIX.1-2024, Shell Command Language, 2.6.5.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator

from cilint.syntax.shell_arithmetic import assigned
from cilint.syntax.shell_tree import Block, Command, Node, commands_in
from cilint.syntax.shell_words import Assignment, Part, Word
from cilint.text.values import NamedTuple

NUMBERS = frozenset({
    "#", "?", "$", "!", "-", "UID", "EUID", "PPID", "RANDOM", "SRANDOM", "SECONDS", "LINENO", "BASHPID",
    "OPTIND", "EPOCHSECONDS", "BASH_SUBSHELL", "COLUMNS", "LINES",
})  # fmt: skip
"""What the shell itself sets, never with a blank."""
SPLITS = frozenset(" \t\n*?[")
MAX_USES = 2000
"""Of a script with more, the rest is not looked at."""
_ENDS = frozenset({"exit", "return", "exec"})
_JUMPS = frozenset({"break", "continue"})
_SETS = frozenset({"read", "mapfile", "readarray", "getopts", "unset", "printf"})


class Use(NamedTuple):
    """An expansion that may be split: a ``variable`` or ``command`` part of a word of ``node``.

    ``target``: it is where a redirection leads.
    """

    part: Part
    node: Node
    target: bool


def splitting(root: Block, known: Iterable[str]) -> list[Use]:
    """The unquoted expansions of a script, in order; ``known`` are the variables that hold one word."""
    reader = _Reader(set(known))
    reader.visit(root)
    reader.visit_functions()
    return sorted(reader.found, key=lambda use: use.part.span)


def is_plain(word: Word | None, safe: Collection[str]) -> bool:
    """Whether a value is free of blanks and wildcards where the ``safe`` variables are."""
    return word is None or all(_is_safe(part, safe) for part in word.parts)


def _is_safe(part: Part, safe: Collection[str]) -> bool:
    if part.literal:
        return part.kind != "glob" and SPLITS.isdisjoint(part.text)
    if part.kind == "variable":
        return part.operator == "length" or (
            not part.operator and not part.subscript and (part.text in NUMBERS or part.text in safe)
        )
    return part.kind in ("arithmetic", "expression")


class _Reader:
    """Follows the ways through a script; ``safe`` is None where none leads."""

    __slots__ = ("effects", "found", "functions", "jumps", "once", "safe", "unsafe")

    def __init__(self, known: set[str]) -> None:
        self.safe: set[str] | None = known
        self.found: list[Use] = []
        self.functions: dict[str, Block] = {}
        self.effects: dict[str, set[str]] = {}
        self.jumps: list[set[str] | None] = []
        self.once: set[str] = set(known)  # what is plain somewhere
        self.unsafe: set[str] = set()  # what is not plain somewhere

    def visit(self, node: Node) -> None:
        if isinstance(node, Command):
            self._command(node)
        elif isinstance(node, Block):
            for substitution in node.substitutions:
                self.aside(substitution)
            self._targets(node)
            _VISITS.get(node.kind, _Reader.sequence)(self, node)

    def visit_functions(self) -> None:
        """What functions find when they are called is only known of variables that are always plain."""
        for block in self.functions.values():
            self.safe = self.once - self.unsafe
            self.sequence(block)

    def sequence(self, block: Block) -> None:
        for item in block.items:
            self.visit(item)

    def aside(self, block: Node) -> None:
        """What runs in a process of its own changes nothing here."""
        kept = None if self.safe is None else set(self.safe)
        if isinstance(block, Block):
            self.sequence(block)
        else:
            self.visit(block)
        self.safe = kept

    def pipeline(self, block: Block) -> None:
        for item in block.items:
            self.aside(item)

    def list_(self, block: Block) -> None:
        self.visit(block.items[0])
        succeeded = failed = self.safe
        for operator, item in zip(block.operators, block.items[1:], strict=False):
            self.safe = _copy(succeeded if operator == "&&" else failed)
            self.visit(item)
            if operator == "&&":
                succeeded, failed = self.safe, _join(failed, self.safe)
            else:
                succeeded, failed = _join(succeeded, self.safe), self.safe
        self.safe = _join(succeeded, failed)

    def if_(self, block: Block) -> None:
        ends: list[set[str] | None] = []
        for item in block.items:
            if item.kind == "condition" if isinstance(item, Block) else True:
                self.visit(item)
                continue
            before = _copy(self.safe)
            self.visit(item)
            ends.append(self.safe)
            self.safe = None if isinstance(item, Block) and item.kind == "else" else before
        for end in ends:
            self.safe = _join(self.safe, end)

    def case(self, block: Block) -> None:
        before = self.safe
        catches_all = any(
            word.raw == "*" for item in block.items if isinstance(item, Block) for word in item.patterns
        )
        after = None if catches_all else before
        for item in block.items:
            self.safe = _copy(before)
            self.visit(item)
            after = _join(after, self.safe)
        self.safe = after

    def loop(self, block: Block) -> None:
        if block.kind == "for":
            self._for(block)
        self._forget(commands_in(block))
        outer, self.jumps = self.jumps, []
        before = _copy(self.safe)
        for item in block.items:
            self.visit(item)
            if isinstance(item, Block) and item.kind == "condition":
                before = _copy(self.safe)
        self.safe = _join(before, self.safe)
        for jump in self.jumps:
            self.safe = _join(self.safe, jump)
        self.jumps = outer

    def _for(self, block: Block) -> None:
        if block.name == "((":
            for word in block.words or ():
                for name in assigned(word.raw):
                    self._set(name, plain=True)
            return
        plain = block.words is not None and all(is_plain(word, self.safe or ()) for word in block.words)
        self._set(block.name, plain=plain)

    def function(self, block: Block) -> None:
        self.functions[block.name] = block
        self.effects.pop(block.name, None)

    # -- commands ----------------------------------------------------------------------------------

    def _command(self, command: Command) -> None:
        for substitution in command.substitutions:
            self.aside(substitution)
        if self.safe is None:
            return
        self._targets(command)
        for word in split_words(command):
            self._word(word, command, target=False)
        if command.kind in ("assignment", "declaration"):
            for assignment in command.assignments:
                self._assign(assignment)
        elif command.kind == "arithmetic":
            for name in assigned(command.raw):
                self._set(name, plain=True)
        self._builtin(command)

    def _builtin(self, command: Command) -> None:
        name = command.name
        if name in _ENDS and (name != "exec" or len(command.written) > 1):
            self.safe = None
        elif name in _JUMPS:
            self.jumps.append(self.safe)
            self.safe = None
        elif name in self.functions:
            self.safe = (self.safe or set()) - self._changed_by(name)
        else:
            for changed in _changed(command):
                self._set(changed, plain=False)

    def _assign(self, assignment: Assignment) -> None:
        safe = self.safe or ()
        plain = assignment.elements is None and is_plain(assignment.value, safe)
        if assignment.append:
            plain = plain and assignment.name in safe
        self._set(assignment.name, plain=plain)

    def _set(self, name: str, *, plain: bool) -> None:
        (self.once if plain else self.unsafe).add(name)
        if self.safe is not None:
            (self.safe.add if plain else self.safe.discard)(name)

    def _changed_by(self, function: str) -> set[str]:
        """The variables to which a function gives what need not be one word."""
        if function not in self.effects:
            changed: set[str] = set()
            for command in commands_in(self.functions[function]):
                changed.update(_changed(command))
                changed.update(
                    each.name
                    for each in command.assignments
                    if each.elements is not None or not is_plain(each.value, ())
                )
            self.effects[function] = changed
        return self.effects[function]

    def _forget(self, commands: Iterable[Command]) -> None:
        """Of what runs again or elsewhere, only the values that are plain by themselves are relied on."""
        if self.safe is None:
            return
        for command in commands:
            for each in command.assignments:
                if not is_plain(each.value, self.safe) or each.elements is not None:
                    self.safe.discard(each.name)
            self.safe.difference_update(_changed(command))

    # -- words -------------------------------------------------------------------------------------

    def _targets(self, node: Node) -> None:
        for redirect in node.redirects:
            if redirect.target is not None and redirect.operator in (">", ">>", "<", "&>", ">|", "&>>"):
                self._word(redirect.target, node, target=True)

    def _word(self, word: Word, node: Node, *, target: bool) -> None:
        if self.safe is None or not _expands(word) or len(self.found) >= MAX_USES:
            return
        for part in word.parts:
            if part.quoted or part.kind not in ("variable", "command"):
                continue
            if part.kind == "command" or _may_split(part, self.safe):
                self.found.append(Use(part, node, target))


_VISITS: dict[str, Callable[[_Reader, Block], None]] = {
    "subshell": _Reader.aside,
    "substitution": _Reader.aside,
    "process": _Reader.aside,
    "pipeline": _Reader.pipeline,
    "list": _Reader.list_,
    "if": _Reader.if_,
    "case": _Reader.case,
    "for": _Reader.loop,
    "while": _Reader.loop,
    "until": _Reader.loop,
    "function": _Reader.function,
}


def split_words(command: Command) -> tuple[Word, ...]:
    """The words of a command in which unquoted expansions are split.

    A program that is one expansion may be meant to bring its arguments along.
    """
    if command.kind == "command":
        return command.written[len(command.written) > 0 and len(command.written[0].parts) == 1 :]
    if command.kind == "test":
        return () if command.raw.startswith("[[") else command.written
    if command.kind == "declaration":
        assignments = {assignment.span for assignment in command.assignments}
        return tuple(word for word in command.written if word.span not in assignments)
    return ()


def _changed(command: Command) -> Iterator[str]:
    """The names that ``read x``, ``printf -v x`` and the like give a value of any kind."""
    if command.name not in _SETS:
        return
    words = [word.static or "" for word in command.words[1:]]
    if command.name == "printf":
        words = words[words.index("-v") + 1 :][:1] if "-v" in words else []
    yield from (word for word in words if word.isidentifier())


def _expands(word: Word) -> bool:
    masked = word.input.masked
    return masked.find("$", word.start, word.end) >= 0 or masked.find("`", word.start, word.end) >= 0


def _may_split(part: Part, safe: Collection[str]) -> bool:
    if part.text in ("@", "*") or part.subscript in ("@", "*") or _is_safe(part, safe):
        return False
    if part.operator in ("+", ":+") and part.argument is not None:
        return not all(each.quoted or each.literal or _is_safe(each, safe) for each in part.argument.parts)
    return part.operator not in ("length", "indirect", "?unreadable")


def _copy(safe: set[str] | None) -> set[str] | None:
    return None if safe is None else set(safe)


def _join(one: set[str] | None, other: set[str] | None) -> set[str] | None:
    """What holds where two ways come together."""
    if one is None or other is None:
        return _copy(other if one is None else one)
    return one & other
