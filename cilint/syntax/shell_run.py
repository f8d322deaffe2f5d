"""Running a script in thought: how it can end, and what variables hold when a command runs.

Nothing is executed: programs are taken to succeed, and what the shell does itself is followed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cilint.syntax.shell_arithmetic import calculate, changes
from cilint.syntax.shell_expand import fields, parameter
from cilint.syntax.shell_flow import End, Flow
from cilint.syntax.shell_outputs import built, filtered, grep, judges_input, printed, sequence
from cilint.syntax.shell_state import (
    MAX_STEPS,
    NO,
    PIPEFAIL,
    REACHED,
    YES,
    ExhaustedError,
    State,
    Status,
)
from cilint.syntax.shell_tests import condition_of, holds
from cilint.syntax.shell_tree import Block, Command, Shell
from cilint.syntax.shell_words import Environment, Word
from cilint.text.hole import HOLE
from cilint.text.source import Span
from cilint.text.values import NamedTuple

_MAX_CALLS = 8


class Result(NamedTuple):
    """What a command is supposed to do: whether it succeeds, and what it prints (HOLE: unknown)."""

    status: bool
    output: str = HOLE


class Run(NamedTuple):
    """How a script can end once a supposed command has run; empty where none of them can run.

    ``hang`` is a loop that nothing but a time limit ends. ``executed`` are the commands that may run.
    """

    ends: frozenset[End]
    executed: frozenset[Command]

    @property
    def fails(self) -> bool:
        """Whether every way ends in failure."""
        return self.ends == {"fail"}

    @property
    def succeeds(self) -> bool:
        return self.ends == {"ok"}


class Machine(Flow):
    """Follows one script. ``results`` are the supposed commands; without any, all ways are followed.

    With ``doubt``, programs before the first supposed one may succeed or fail.
    """

    def __init__(
        self,
        env: Environment,
        shell: Shell,
        results: Mapping[Command, Result] | None = None,
        *,
        doubt: bool = False,
        exact: bool = False,
    ) -> None:
        super().__init__(
            env, errexit=shell.errexit, pipefail=shell.pipefail, explore=results is None, exact=exact
        )
        self.posix = shell.posix
        self.results = results or {}
        self.doubt = doubt
        self.calls = 0
        self.records: dict[Command, State] = {}
        self.called: set[str] = set()

    def command(self, command: Command, tested: bool) -> Status:
        """Run a simple command; gives its exit status."""
        if self.explore:
            before = self.records.get(command)
            joined = self.join([before, self.fork()])
            self.records[command] = joined if joined is not None else {}
        else:
            self.records[command] = {}
        outputs, status = self.substitutions(command)
        if self.state is None:
            return status
        result = self.results.get(command)
        inner = self._passed(command) if result is not None else None
        if result is not None and inner is not None:
            return self._passing(command, {inner: result}, outputs, tested)
        if result is not None:
            self.set(REACHED, YES)
            self._print(command, result.output)
            for assignment in command.assignments if not command.words else ():
                self.set(assignment.name, result.output)
            return result.status
        self._defaults(command.written, outputs)
        if command.kind in ("assignment", "declaration") or not command.words:
            return self._assigning(command, outputs, status)
        return self._program(command, outputs, tested)

    def _passed(self, command: Command) -> Command | None:
        """What runs the command in the function that is given it; None where none is."""
        function = self.functions.get(command.wrappers[-1]) if command.wrappers else None
        if function is None:
            return None
        from cilint.syntax.shell_passing import passed_to

        return passed_to(function)

    def _passing(
        self, command: Command, inner: Mapping[Command, Result], outputs: Mapping[Span, str], tested: bool
    ) -> Status:
        """Call a function that is given the command, with what is supposed of that."""
        at = next((n for n, word in enumerate(command.written) if word.raw == command.wrappers[-1]), 0)
        words = command.written[at + 1 :]
        outer, self.results = self.results, inner
        status = self._call(command.wrappers[-1], words, outputs, tested)
        self.results = outer
        return status

    def _defaults(self, words: Sequence[Word], outputs: Mapping[Span, str]) -> None:
        """``${name:=value}`` assigns."""
        for word in words:
            for part in word.parts:
                if part.operator in ("=", ":="):
                    self.set(part.text, parameter(part, self.env, outputs))

    def _assigning(self, command: Command, outputs: Mapping[Span, str], status: Status) -> Status:
        if command.kind == "arithmetic":
            text = command.written[-1].static or command.written[-1].raw
            value, changed = changes(text, self.env)
            for name, number in changed.items():
                self.set(name, None if number is None else str(number))
            return None if value is None else value != 0
        if command.name == "unset":
            for word in command.words[1:]:
                self.set(word.static or "", None)
        for assignment in command.assignments:
            self.assign(assignment, outputs)
        if command.kind == "assignment":
            return status if command.substitutions else True
        return True

    def _program(self, command: Command, outputs: Mapping[Span, str], tested: bool) -> Status:
        from cilint.syntax.shell_builtins import BUILTINS, SPECIAL

        if self.posix and command.name in SPECIAL and not command.wrappers:
            for assignment in command.assignments:
                self.assign(assignment, outputs)
        condition = condition_of(command)
        if condition is not None:
            return holds(condition, self.env, outputs)
        if command.name == "read" and not command.wrappers and not command.assignments:
            return self._reads(command, outputs)
        builtin = BUILTINS.get(command.name or self._named_by_variable(command, outputs))
        if builtin is not None and not command.wrappers:
            return builtin(self, command, self._argv(command, outputs))
        if command.name in self.functions and not command.wrappers:
            return self._call(command.name, command.words[1:], outputs, tested)
        if command.inner is not None:
            return self._inner(command, outputs, tested)
        status = self._outside(command, outputs)
        if "exec" in command.wrappers:
            self.leave(status)
        return status

    def _named_by_variable(self, command: Command, outputs: Mapping[Span, str]) -> str:
        """The program of a command such as ``$healthy``, where the variable's value is known."""
        names = fields(command.words[0], self.env, outputs)
        return names[0] if len(names) == 1 and names[0] in ("true", "false", ":") else ""

    def _argv(self, command: Command, outputs: Mapping[Span, str]) -> list[str]:
        return [text for word in command.words[1:] for text in fields(word, self.env, outputs)]

    def _outside(self, command: Command, outputs: Mapping[Span, str]) -> Status:
        """A program that is none of the shell's: it is taken to succeed, or in a condition to do either."""
        name = command.name
        if name in ("echo", "printf"):
            self._print(command, printed(name, self._argv(command, outputs)))
            return True
        if name == "expr":
            return self._expression(command, self._argv(command, outputs))
        if name == "seq":
            self._print(command, sequence(self._argv(command, outputs)))
            return True
        if name == "jq":
            made = built([name, *self._argv(command, outputs)])
            if made is not None:
                self._print(command, made)
                return True
        stdin = self._input(command, outputs)
        if name == "grep":
            found = grep(command.arguments(self.env), stdin)
            if found is not None:
                return found
        known = stdin is not None and name in ("cat", "tail", "head", "tr")
        self._print(command, filtered(name, command.arguments(self.env), stdin or "") if known else HOLE)
        doubtful = self.explore or self.conditions or (self.doubt and self.reached() == NO)
        judges = self.reached() != NO and judges_input(name, command.arguments(self.env))
        return None if doubtful or judges else True

    def _expression(self, command: Command, argv: list[str]) -> Status:
        """``expr`` prints a value, and fails where that is empty or 0."""
        value = calculate(" ".join("==" if text == "=" else text for text in argv), self.env)
        self._print(command, HOLE if value is None else f"{value}\n")
        return None if value is None else value != 0

    def _input(self, command: Command, outputs: Mapping[Span, str]) -> str | None:
        for redirect in command.redirects:
            if redirect.operator == "<<<" and redirect.target is not None:
                return redirect.target.text(self.env, outputs) + "\n"
            if redirect.heredoc is not None:
                return redirect.heredoc.body.text(self.env, outputs)
            if redirect.operator == "<":
                process = redirect.target.parts[0].span if redirect.target and redirect.target.parts else None
                return outputs.get(process) if process else None
        return self.stdin

    def _reads(self, command: Command, outputs: Mapping[Span, str]) -> Status:
        """``read NAME…`` shares a line out to variables, as far as what it is given is known."""
        argv = self._argv(command, outputs)
        if argv[-3:-1] == ["-d", ""]:  # all that there is, without the blanks around it
            given = self._input(command, outputs)
            self.set(argv[-1], None if given is None else given.strip())
            return False
        names = [text for text in argv if not text.startswith("-")] or ["REPLY"]
        plain = all(text == "-r" for text in argv if text.startswith("-"))
        own = any(redirect.operator in ("<<<", "<") for redirect in command.redirects)
        given = self._input(command, outputs) if own and plain else None
        line, ended, _ = (given or "").partition("\n")
        pieces = [HOLE] if given is None else line.split(maxsplit=len(names) - 1)
        known = True
        for number, name in enumerate(names):
            piece = pieces[number] if number < len(pieces) else ""
            known = known and HOLE not in piece
            self.set(name, piece.rstrip() if known else None)
        if given is None or (HOLE in given and not ended):
            return None if self.explore or self.conditions else True
        return bool(ended)

    def _print(self, command: Command, text: str) -> None:
        if self.out is not None and not any(redirect.moves_output for redirect in command.redirects):
            self.out.append(text)

    def _inner(self, command: Command, outputs: Mapping[Span, str], tested: bool) -> Status:
        assert command.inner is not None
        if command.shell_flags == "=":
            return self.sequence(command.inner, tested=tested)
        outer = self.fork()
        for assignment in (*command.assignments, *command.wrapper_assignments):
            self.assign(assignment, outputs)
        self.set(PIPEFAIL, YES if "P" in command.shell_flags else NO)
        errexit = YES if "e" in command.shell_flags else NO
        conditions, self.conditions = self.conditions, 0
        status, text = self.process(
            command.inner,
            tested=False,
            capture=self.out is not None,
            errexit=errexit,
            timed="timeout" in command.wrappers,
        )
        self.conditions = conditions
        if self.state is not None:
            reached = self.reached()
            self.enter(outer)
            self.set(REACHED, reached)
        self._print(command, text)
        return status

    def _call(self, name: str, words: Sequence[Word], outputs: Mapping[Span, str], tested: bool) -> Status:
        """Call one of the script's functions."""
        self.called.add(name)
        if self.calls >= _MAX_CALLS:
            raise ExhaustedError
        function = self.functions[name]
        caller = self.fork()
        self._positional(words, [text for word in words for text in fields(word, self.env, outputs)])
        saved, self.returns = (self.returns, self.loops), []
        self.loops, self.calls = [], self.calls + 1
        status: Status = True
        for item in function.items:
            status = self.execute(item, tested=tested)
            if self.state is None:
                break
        ends = [*self.returns, *([(self.fork(), status)] if self.state is not None else [])]
        (self.returns, self.loops), self.calls = saved, self.calls - 1
        status = self._gather(ends)
        for each in (*_PARAMETERS, *_locals(function)):
            self.set(each, caller.get(each))
        return status

    def _positional(self, words: Sequence[Word], argv: list[str]) -> None:
        known = all(word.quoted or word.static is not None for word in words)
        for at, name in enumerate(_PARAMETERS[:9]):
            self.set(name, (argv[at] if at < len(argv) else "") if known else None)
        self.set("@", tuple(argv) if known else None)
        self.set("*", tuple(argv) if known else None)
        self.set("#", str(len(argv)) if known else None)


_PARAMETERS = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "@", "*", "#")


def _locals(function: Block) -> list[str]:
    return [
        word.raw.partition("=")[0]
        for command in function.commands
        if command.kind == "declaration" and command.name == "local"
        for word in command.words[1:]
    ]


def simulate(
    root: Block, shell: Shell, results: Mapping[Command, Result], env: Environment, limit: int
) -> tuple[Run | None, int]:
    """Run a script with commands that are supposed to do something; also the number of steps that it took.

    Where they are not reached while everything before them succeeds, that may fail as well. Loops are gone
    round one time after the other, unless that takes too long. None where even the rest takes more than
    ``limit`` steps.
    """
    steps = 0
    run: Run | None = None
    for doubt in (False, True):
        for exact in (True, False):
            machine = Machine(env, shell, results, doubt=doubt, exact=exact)
            machine.limit = min(MAX_STEPS, limit - steps)
            try:
                run = Run(machine.run(root), frozenset(machine.records))
            except (ExhaustedError, RecursionError):
                run = None
            steps += machine.steps
            if run is not None:
                break
        if run is None or run.ends:
            break
    return run, steps


def environments(root: Block, shell: Shell, env: Environment) -> dict[Command, State]:
    """For each command that may run, the variables that hold the same on every way to it.

    Functions that nothing calls are followed with nothing known. Empty where it takes too long.
    """
    machine = Machine(env, shell)
    try:
        machine.run(root)
        for name, function in list(machine.functions.items()):
            if name not in machine.called:
                machine.enter({})
                for item in function.items:
                    machine.execute(item, tested=True)
                    if machine.state is None:
                        break
    except (ExhaustedError, RecursionError):
        return {}
    return machine.records
