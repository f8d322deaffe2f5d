"""The commands of a shell script (sh, bash), wherever they stand, and what can be known about them.

The public door: `parse` gives a `Script`. What costs more than reading (variables, ways through the
script) is worked out when it is first asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from operator import itemgetter

from cilint.syntax.shell_arguments import Argument, Arguments
from cilint.syntax.shell_input import Input
from cilint.syntax.shell_tree import (
    DOCKER,
    GITHUB,
    GITHUB_BASH,
    Block,
    Command,
    Guard,
    Node,
    Shell,
    commands_in,
)
from cilint.syntax.shell_words import Assignment, Environment, Heredoc, Part, Redirect, Value, Word
from cilint.text.hints import TYPE_CHECKING
from cilint.text.source import Span

if TYPE_CHECKING:
    from cilint.syntax.shell_failure import Failure
    from cilint.syntax.shell_run import Result, Run
    from cilint.syntax.shell_tests import Test

__all__ = [
    "DOCKER", "GITHUB", "GITHUB_BASH", "MAX_LENGTH", "Argument", "Arguments", "Assignment", "Block",
    "Command", "Environment", "Guard", "Heredoc", "Node", "Part", "Redirect", "Script", "Shell", "Value",
    "Word", "parse",
]  # fmt: skip

MAX_LENGTH = 262_144
"""Scripts longer than this many characters are not read."""
MAX_HEREDOCS = 100
LEAST_STEPS, STEPS = 10_000, 30
"""So many statements of a script are followed in all, and so many more for each of its commands."""


class Script:
    """A parsed script. All spans are offsets into ``text``.

    ``error`` says that some of it could not be read, ``error_span`` where that begins. The commands that
    could be read are there all the same.
    """

    __slots__ = (
        "_by_name",
        "_commands",
        "_environments",
        "_failures",
        "_indirect",
        "_left",
        "_runs",
        "_tests",
        "_unknown",
        "_visible",
        "error_span",
        "root",
        "text",
    )

    def __init__(self, text: str, root: Block, error: int | None) -> None:
        self.text = text
        self.root = root
        self.error_span = None if error is None else Span(min(error, len(text)), min(error + 1, len(text)))
        self._commands: tuple[Command, ...] | None = None
        self._by_name: dict[str, list[tuple[int, Command]]] | None = None
        self._indirect: tuple[Command, ...] | None = None
        self._tests: tuple[Test, ...] | None = None
        self._environments: list[
            tuple[Environment, dict[str, Value], Shell, dict[Command, dict[str, Value]]]
        ] = []
        self._visible: dict[int, tuple[dict[str, Value], dict[str, Value]]] = {}
        self._failures: dict[tuple[Command, Shell, frozenset[tuple[str, Value]]], Failure] = {}
        self._runs: dict[tuple[object, ...], Run] = {}
        self._left: int | None = None
        self._unknown: Run | None = None

    @property
    def error(self) -> bool:
        return self.error_span is not None

    @property
    def commands(self) -> tuple[Command, ...]:
        """All commands in source order, also those in substitutions, functions and inner scripts."""
        if self._commands is None:
            self._commands = self.root.commands
        return self._commands

    def named(self, *names: str) -> tuple[Command, ...]:
        """The commands that run one of these programs."""
        if self._by_name is None:
            self._by_name = {}
            for place, command in enumerate(self.commands):
                self._by_name.setdefault(command.name, []).append((place, command))
        found = [each for name in dict.fromkeys(names) for each in self._by_name.get(name, ())]
        return tuple(command for _, command in sorted(found, key=itemgetter(0)))

    @property
    def indirect(self) -> tuple[Command, ...]:
        """The commands whose program a variable names."""
        if self._indirect is None:
            self._indirect = tuple(each for each in self.named("") if each.kind == "command" and each.words)
        return self._indirect

    @property
    def blocks(self) -> Iterator[Block]:
        """All blocks, from the outside in."""
        stack: list[Node] = [self.root]
        while stack:
            node = stack.pop()
            children: list[Node] = list(node.substitutions)
            if isinstance(node, Block):
                yield node
                children += node.items
            elif isinstance(node, Command) and node.inner is not None:
                children.append(node.inner)
            stack += reversed(children)

    @property
    def loops(self) -> tuple[Block, ...]:
        return tuple(block for block in self.blocks if block.kind in ("for", "while", "until"))

    @property
    def functions(self) -> dict[str, Block]:
        """The functions that it defines, by name; of several of one name the last."""
        return {block.name: block for block in self.blocks if block.kind == "function"}

    @property
    def tests(self) -> tuple[Test, ...]:
        """All comparisons in ``[``, ``[[``, ``test``, ``(( ))`` and the patterns of ``case``."""
        if self._tests is None:
            from cilint.syntax.shell_tests import tests_in

            self._tests = tuple(tests_in(self.commands, self.blocks))
        return self._tests

    def captured(self, name: str) -> tuple[Command, ...]:
        """The commands whose output a variable is given: those of ``name=$(…)``, all assignments together."""
        found: list[Command] = []
        for command in self.commands:
            for assignment in command.assignments:
                if assignment.name == name:
                    span = assignment.span
                    blocks = [block for block in command.substitutions if span.covers(block.span)]
                    found += [inner for block in blocks for inner in block.commands]
        return tuple(found)

    def receiver(self, command: Command) -> str | None:
        """The variable that gets the output of the substitution that a command runs in, if one does."""
        block = command.substitution
        owner = block.parent if block is not None else None
        for assignment in owner.assignments if isinstance(owner, Command) else ():
            if block is not None and assignment.span.covers(block.span):
                return assignment.name
        return None

    def after(self, node: Node) -> tuple[Command, ...]:
        """The commands that follow a command or loop on its way to the end of the script."""
        return tuple(command for following in node.follows() for command in commands_in(following))

    def bounded(self, loop: Block) -> bool:
        """Whether a loop ends by itself: it counts, watches the clock or runs over words."""
        from cilint.syntax.shell_loops import bounded

        return bounded(loop)

    def environment(
        self, command: Command, outer: Environment | None = None, shell: Shell = GITHUB
    ) -> dict[str, Value]:
        """The variables that are known when a command runs, whichever way led there.

        ``outer`` is the environment that the script starts with. A variable that was assigned something
        unknown, or different values on different ways, is missing; texts may have HOLEs. Commands that find
        the same variables are given one object, which is not to be changed.
        """
        from cilint.syntax.shell_state import visible

        state = self._states(outer or {}, shell).get(command, {})
        kept = self._visible.get(id(state))
        if kept is None or kept[0] is not state:
            kept = self._visible[id(state)] = state, visible(state)
        return kept[1]

    def _states(self, outer: Environment, shell: Shell) -> dict[Command, dict[str, Value]]:
        """The state that each command finds; an ``outer`` that is asked with again is known at once."""
        for given, copy, one, found in self._environments:
            if one == shell and (given is outer or copy == outer):
                return found
        from cilint.syntax.shell_run import environments

        states = environments(self.root, shell, outer)
        self._environments.append((outer, dict(outer), shell, states))
        return states

    def argv(self, command: Command, outer: Environment | None = None) -> list[str]:
        """Program and arguments with everything known put in."""
        return command.argv(self.environment(command, outer))

    def arguments(self, command: Command, outer: Environment | None = None) -> Arguments:
        """The arguments with everything known put in, to be asked for flags, options and operands."""
        return command.arguments(self.environment(command, outer))

    def simulate(
        self, results: Mapping[Command, Result], shell: Shell = GITHUB, outer: Environment | None = None
    ) -> Run:
        """How the script ends when the given commands do as supposed and all others succeed.

        Of a script that has been asked for more than its length allows, nothing is known.
        """
        key = (frozenset(results.items()), shell, frozenset((outer or {}).items()))
        if key not in self._runs:
            self._runs[key] = self._simulated(results, shell, outer or {})
        return self._runs[key]

    def _simulated(self, results: Mapping[Command, Result], shell: Shell, outer: Environment) -> Run:
        run = self._followed(self.root, results, shell, outer)
        if run.ends or not results:
            return run
        function = next((one.function for one in results if one.function is not None), None)
        block = self.functions.get(function) if function is not None else None
        return self._followed(block, results, shell, {}) if block is not None else run

    def _followed(
        self, block: Block, results: Mapping[Command, Result], shell: Shell, outer: Environment
    ) -> Run:
        from cilint.syntax.shell_run import Run, simulate

        if self._left is None:
            self._left = LEAST_STEPS + STEPS * len(self.commands)
        run, steps = simulate(block, shell, results, outer, self._left)
        self._left -= steps
        if run is not None:
            return run
        if self._unknown is None:
            self._unknown = Run(frozenset(("ok", "fail", "hang")), frozenset(self.commands))
        return self._unknown

    def failure(self, command: Command, shell: Shell = GITHUB, outer: Environment | None = None) -> Failure:
        """What becomes of the command's failure in a shell with the given options."""
        key = (command, shell, frozenset((outer or {}).items()))
        if key not in self._failures:
            from cilint.syntax.shell_failure import failure_of
            from cilint.syntax.shell_run import Result

            failed = self.simulate({command: Result(status=False)}, shell, outer)
            succeeded = self.simulate({command: Result(status=True)}, shell, outer)
            self._failures[key] = failure_of(command, failed, succeeded, shell)
        return self._failures[key]


def parse(text: str) -> Script:
    """Read a script; never raises. ``${{ … }}`` is an opaque part of the word that it stands in."""
    from cilint.syntax.shell_parse import build

    readable = len(text) <= MAX_LENGTH and not _has_many_heredocs(text)
    input_ = Input(text if readable else "")
    try:
        root, error = build(input_)
    except RecursionError:  # nested deeper than what is left of the stack allows
        root, error = Block("script", input_, 0, 0, None), 0
    if "$@" in text or "${@" in text or "$*" in text:
        from cilint.syntax.shell_passing import look_through_functions

        look_through_functions(root)
    return Script(text, root, error if readable else 0)


def _has_many_heredocs(text: str) -> bool:
    """Whether more heredocs begin on one line than are read: the grammar looks at all for each word."""
    many = text.count("<<") > MAX_HEREDOCS
    return many and any(line.count("<<") > MAX_HEREDOCS for line in text.split("\n"))
