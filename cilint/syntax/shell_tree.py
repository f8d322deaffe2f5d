"""What a shell script consists of: commands, and the blocks that decide whether and how often they run.

Every command and block knows its ``parent``; whatever a rule asks about the surroundings of a command is
read off by climbing.
"""

from __future__ import annotations

from collections.abc import Iterator

from cilint.syntax.shell_arguments import Argument, Arguments
from cilint.syntax.shell_input import Input
from cilint.syntax.shell_words import Assignment, Environment, Redirect, Word
from cilint.text.hints import Literal
from cilint.text.source import Span
from cilint.text.values import NamedTuple

BlockKind = Literal[
    "script",  # the whole, or a script inside a script
    "condition",  # of if, while and until
    "then",
    "else",
    "body",  # of a loop
    "item",  # of a case
    "group",  # { …; }
    "subshell",
    "substitution",  # $(…) and `…`
    "process",  # <(…) and >(…)
    "list",  # && and ||
    "pipeline",
    "not",
    "if",
    "case",
    "function",
    "for",
    "while",
    "until",
]
CommandKind = Literal["command", "assignment", "declaration", "test", "arithmetic"]
SHELLS = frozenset({"sh", "bash", "dash", "ash", "zsh", "ksh"})
_PREFIXES = ("sudo", "doas", "exec", "command", "time", "nohup")


class Node:
    """A command or a block. ``start`` and ``end`` are offsets into ``input``; ``span`` into the script."""

    __slots__ = ("end", "index", "input", "parent", "redirects", "start", "substitutions")

    def __init__(self, input_: Input, start: int, end: int, parent: Node | None) -> None:
        self.input = input_
        self.start = start
        self.end = end
        self.parent = parent
        self.index = -1  # place among the parent's items
        self.redirects: tuple[Redirect, ...] = ()
        self.substitutions: tuple[Block, ...] = ()

    @property
    def span(self) -> Span:
        return self.input.span(self.start, self.end)

    @property
    def raw(self) -> str:
        span = self.span
        return self.input.outer[span.start : span.end]

    @property
    def ancestors(self) -> Iterator[Node]:
        """The blocks around it and the commands whose substitution or inner script it is in, inmost first."""
        node = self.parent
        while node is not None:
            yield node
            node = node.parent

    @property
    def blocks(self) -> Iterator[Block]:
        """The blocks around it, inmost first."""
        return (node for node in self.ancestors if isinstance(node, Block))

    @property
    def before(self) -> str:
        """The operator before it: ``&&``, ``||``, ``|``, ``|&``, ``;``, ``&``, or none.

        A line end counts as ``;``.
        """
        node, parent = self, self.parent
        while isinstance(parent, Block):
            if node.index > 0 and parent.operators:
                return parent.operators[node.index - 1]
            if parent.kind not in ("list", "pipeline", "not"):
                return parent.separator(node.index - 1)
            node, parent = parent, parent.parent
        return ""

    @property
    def after(self) -> str:
        """The operator after it, as ``before``."""
        node, parent = self, self.parent
        while isinstance(parent, Block):
            if parent.operators and node.index < len(parent.operators):
                return parent.operators[node.index]
            if parent.kind not in ("list", "pipeline", "not"):
                last = node.index + 1 >= len(parent.items) and node.index not in parent.background
                return "" if last else parent.separator(node.index)
            node, parent = parent, parent.parent
        return ""

    def follows(self) -> Iterator[Node]:
        """The statements after it in its own sequence and in those around it, up to the script's end.

        Inside a function that is the function's end; alternative branches are left out.
        """
        node: Node = self
        while isinstance(node.parent, Block) and node.parent.kind not in (
            "function",
            "substitution",
            "process",
        ):
            parent = node.parent
            if parent.sequential and node.index >= 0:
                yield from parent.items[node.index + 1 :]
            node = parent


class Block(Node):
    """Several statements that belong together.

    ``items`` of a sequence are its statements, of ``if`` are condition, then, condition, then, …, else, of
    a loop are the condition (``while``, ``until``) and the body, of ``case`` are its items.
    ``operators`` stand between the items of a list or pipeline. ``background`` are the indices of the
    items followed by ``&``.
    """

    __slots__ = ("background", "items", "kind", "name", "operators", "patterns", "words")

    def __init__(self, kind: BlockKind, input_: Input, start: int, end: int, parent: Node | None) -> None:
        super().__init__(input_, start, end, parent)
        self.kind = kind
        self.items: list[Node] = []
        self.operators: list[str] = []
        self.background: frozenset[int] = frozenset()
        self.name = ""  # of a function, or the variable of a for loop
        self.words: tuple[Word, ...] | None = None  # what a for loop runs over, the subject of a case
        self.patterns: tuple[Word, ...] = ()  # of an item of a case

    def __repr__(self) -> str:
        return f"Block({self.kind}, {self.raw!r})"

    @property
    def sequential(self) -> bool:
        """Whether its items are statements that run one after the other."""
        return self.kind not in ("list", "pipeline", "not", "if", "case", "function", "for", "while", "until")

    def separator(self, index: int) -> str:
        if not self.sequential or not 0 <= index < len(self.items):
            return ""
        return "&" if index in self.background else ";"

    def adopt(self, node: Node) -> None:
        node.parent = self
        node.index = len(self.items)
        self.items.append(node)

    @property
    def commands(self) -> tuple[Command, ...]:
        """All commands in it, however deep, in source order."""
        return tuple(sorted(commands_in(self), key=lambda command: command.span.start))

    @property
    def shell(self) -> Command | None:
        """Of a script inside a script: the command that runs it."""
        return self.parent if self.kind == "script" and isinstance(self.parent, Command) else None


class Command(Node):
    """A simple command, an assignment without one, a test or an arithmetic command.

    ``written`` are all its words. ``words`` begin with the program, after ``sudo``, ``env`` and others
    have been looked through; ``wrappers`` are the names of those. ``inner`` is the script that it runs,
    as in ``bash -c '…'``, ``eval '…'`` or ``ssh host <<EOF``.
    """

    __slots__ = (
        "_name",
        "assignments",
        "inner",
        "kind",
        "shell_flags",
        "words",
        "wrapper_assignments",
        "wrappers",
        "written",
    )

    def __init__(self, kind: CommandKind, input_: Input, start: int, end: int, parent: Node | None) -> None:
        super().__init__(input_, start, end, parent)
        self.kind: CommandKind = kind
        self.written: tuple[Word, ...] = ()
        self.words: tuple[Word, ...] = ()
        self.wrappers: tuple[str, ...] = ()
        self.assignments: tuple[Assignment, ...] = ()
        self.wrapper_assignments: tuple[Assignment, ...] = ()
        self.inner: Block | None = None
        self.shell_flags = ""
        self._name: str | None = None

    def __repr__(self) -> str:
        return f"Command({self.raw!r})"

    @property
    def name(self) -> str:
        """The program without its folders; empty where it is not static or there is none."""
        if self._name is None:
            self._name = program_name(self.words[0]) if self.words else ""
        return self._name

    def run_through(self, at: int) -> None:
        """Take the word at a place for the program, and the one before it for what runs that."""
        self.wrappers = (*self.wrappers, self.name)
        self.words = self.words[at:]
        self._name = None

    @property
    def full_span(self) -> Span:
        """The command with its redirections, but for the bodies of heredocs."""
        ends = [redirect.span.end for redirect in self.redirects if redirect.heredoc is None]
        starts = [redirect.span.start for redirect in self.redirects if redirect.heredoc is None]
        span = self.span
        return Span(min([span.start, *starts]), max([span.end, *ends]))

    def argv(self, env: Environment | None = None) -> list[str]:
        """Program and arguments as the shell passes them on; HOLE for each part that is not known."""
        return [text for word in self.words for text in word.fields(env)]

    def arguments(self, env: Environment | None = None) -> Arguments:
        """The arguments with the given variables put in, to be asked for flags, options and operands.

        Where variables name it, ``$DOCKER push`` or ``"${command[@]}"``, the program is their first word.
        """
        first = 1 if self.name else 0
        items = [(text, word) for word in self.words[first:] for text in word.fields(env)]
        if first:
            return Arguments(self.name, tuple(items))
        while len(items) > 1 and items[0][0] in _PREFIXES:
            del items[0]
        program = items[0][0].rpartition("/")[2] if items else ""
        return Arguments(program, tuple(items[1:]))

    def has_flag(self, *names: str) -> bool:
        """Whether one of the options is there; ``-f`` is found in ``-fsS`` too."""
        return self.arguments().has_flag(*names)

    def option(self, *names: str) -> Argument | None:
        """The last use of an option with a value: ``-X v``, ``-Xv``, ``--request v`` or ``=v``."""
        return self.arguments().option(*names)

    def operands(self, *takes_value: str) -> tuple[Argument, ...]:
        """The arguments that are neither options nor their values."""
        return self.arguments().operands(*takes_value)

    # -- surroundings ------------------------------------------------------------------------------

    @property
    def pipeline(self) -> tuple[Node, ...]:
        """The members of the pipeline that it is a direct member of; itself alone if none."""
        parent = self.parent
        if isinstance(parent, Block) and parent.kind == "pipeline":
            return tuple(parent.items)
        return (self,)

    @property
    def piped_to(self) -> Node | None:
        """What reads its output in a pipeline."""
        members = self.pipeline
        return members[self.index + 1] if len(members) > self.index + 1 and len(members) > 1 else None

    @property
    def piped_from(self) -> Node | None:
        """What it reads from in a pipeline."""
        members = self.pipeline
        return members[self.index - 1] if len(members) > 1 and self.index > 0 else None

    @property
    def negated(self) -> bool:
        """Whether ``!`` turns its exit status round, as that of a whole pipeline's last member."""
        node: Node = self
        parent = node.parent
        if isinstance(parent, Block) and parent.kind == "pipeline" and node.index == len(parent.items) - 1:
            node, parent = parent, parent.parent
        return isinstance(parent, Block) and parent.kind == "not"

    @property
    def background(self) -> bool:
        """Whether it or something around it is followed by ``&``."""
        node: Node = self
        for parent in self.ancestors:
            if isinstance(parent, Block) and node.index in parent.background:
                return True
            node = parent
        return False

    @property
    def condition(self) -> Block | None:
        """The condition of an ``if``, ``while`` or ``until`` that it is part of, the inmost."""
        return next((block for block in self.blocks if block.kind == "condition"), None)

    @property
    def loops(self) -> tuple[Block, ...]:
        """The loops that it runs in, inmost first, its place in a loop's condition included."""
        return tuple(block for block in self.blocks if block.kind in ("for", "while", "until"))

    @property
    def function(self) -> str | None:
        """The name of the function that it is defined in."""
        return next((block.name for block in self.blocks if block.kind == "function"), None)

    @property
    def subshell(self) -> bool:
        return any(block.kind == "subshell" for block in self.blocks)

    @property
    def substitution(self) -> Block | None:
        """The ``$(…)`` that it runs in, the inmost; its ``parent`` is the command that uses the output."""
        return next((block for block in self.blocks if block.kind in ("substitution", "process")), None)

    @property
    def shells(self) -> tuple[Command, ...]:
        """The commands that run the scripts it is part of (``ssh``, ``bash -c``), inmost first."""
        return tuple(block.shell for block in self.blocks if block.shell is not None)

    @property
    def guards(self) -> tuple[Guard, ...]:
        """What decides whether it runs, inmost first."""
        from cilint.syntax.shell_guards import guards_of

        return tuple(guards_of(self))

    @property
    def output_to(self) -> Word | None:
        """The file that its standard output goes to, if it goes to one."""
        for redirect in reversed(self.redirects):
            if redirect.moves_output:
                return redirect.target
        return None


class Guard(NamedTuple):
    """A condition under which a command runs: that ``commands`` succeed (``wanted``) or fail.

    ``kind`` is ``if`` (also elif), ``while`` (until is unwanted), ``list`` or ``case``. For an else it is the
    condition of the same ``if`` that failed, one guard for each.
    """

    kind: Literal["if", "while", "list", "case"]
    commands: tuple[Command, ...]
    wanted: bool
    span: Span
    patterns: tuple[Word, ...] = ()


def program_name(word: Word) -> str:
    """The last part of a static program path, or an empty text."""
    return (word.static or "").rpartition("/")[2]


def commands_in(node: Node) -> Iterator[Command]:
    """The commands of a node in source order, with those in substitutions and inner scripts."""
    stack = [node]
    while stack:
        current = stack.pop()
        nested: list[Node] = list(current.substitutions)
        if isinstance(current, Command):
            yield current
            if current.inner is not None:
                nested.append(current.inner)
        elif isinstance(current, Block):
            nested += current.items
        nested.sort(key=lambda child: child.span.start, reverse=True)
        stack += nested


class Shell(NamedTuple):
    """The options that a shell starts with.

    ``posix``: an assignment before a special builtin such as ``set`` stays (POSIX, 2.14), as in ``sh``.
    """

    errexit: bool = True
    pipefail: bool = False
    posix: bool = False


GITHUB = Shell()
"""``bash -e``: a ``run:`` without ``shell:`` on Linux and macOS."""
GITHUB_BASH = Shell(pipefail=True)
"""``shell: bash`` in a workflow: ``bash --noprofile --norc -eo pipefail``."""
DOCKER = Shell(errexit=False, posix=True)
"""``/bin/sh -c``: the shell form of RUN, CMD and HEALTHCHECK."""


def given_shell(shell: str) -> Shell:
    """A custom shell such as ``bash -eo pipefail {0}`` has just the options that it is given."""
    letters = "".join(
        word for word in shell.split()[1:] if word.startswith("-") and not word.startswith("--")
    )
    return Shell(errexit="e" in letters, pipefail="pipefail" in shell)
