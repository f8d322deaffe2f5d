"""Running a script in thought: which ways through it there are, and what variables hold on them.

Nothing is executed. Statements are followed with the variables that are known; where a condition is not
known both ways are taken and what they disagree on is forgotten. Exit statuses are True, False and None for
unknown. The rules of ``set -e`` are those of POSIX.1-2024 (special built-in ``set``) and the Bash manual 4.3.1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

from cilint.syntax.shell_arithmetic import assigned, calculate
from cilint.syntax.shell_expand import fields, parameter, pattern_of
from cilint.syntax.shell_input import HOLE
from cilint.syntax.shell_outputs import filtered, grep, printed
from cilint.syntax.shell_tests import condition_of, holds, same_text
from cilint.syntax.shell_tree import Assignment, Block, Command, Node, Shell
from cilint.syntax.shell_words import Environment, Value, Word
from cilint.text.source import Span

Status = bool | None
State = dict[str, Value]
End = Literal["ok", "fail", "hang"]
MAX_STEPS = 20_000
_MAX_CALLS = 8
_ROUNDS = 4
_ERREXIT, _PIPEFAIL, _REACHED = "set -e", "set -o pipefail", "reached"
_INTERNAL = (_ERREXIT, _PIPEFAIL, _REACHED, "?")
_YES, _NO = "1", "0"


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


class _ExhaustedError(Exception):
    """The script has more ways than there is time for."""


class _Loop(NamedTuple):
    breaks: list[State]
    continues: list[State]


class Machine:
    """Follows one script. ``results`` are the supposed commands; without any, all ways are followed."""

    def __init__(
        self, env: Environment, shell: Shell, results: Mapping[Command, Result] | None = None
    ) -> None:
        self.results = results or {}
        self.explore = results is None
        state: State = dict(env)
        state[_ERREXIT] = _YES if shell.errexit else _NO
        state[_PIPEFAIL] = _YES if shell.pipefail else _NO
        state[_REACHED] = _NO
        self.state: State | None = state
        self.shared = False
        self.steps = 0
        self.calls = 0
        self.conditions = 0
        self.functions: dict[str, Block] = {}
        self.exits: list[tuple[Status, Value]] = []
        self.loops: list[_Loop] = []
        self.returns: list[tuple[State, Status]] | None = None
        self.out: list[str] | None = None
        self.stdin: str | None = None
        self.hung = False
        self.records: dict[Command, State] = {}
        self.called: set[str] = set()

    # -- the whole ---------------------------------------------------------------------------------

    def run(self, root: Block) -> frozenset[End]:
        """The ways in which the script can end after a supposed command."""
        status = self.sequence(root, tested=False)
        if self.state is not None:
            self.exits.append((status, self._reached()))
        ends: set[End] = set()
        for end, reached in self.exits:
            if reached != _NO:
                ends |= {"ok", "fail"} if end is None else ({"ok"} if end else {"fail"})
        if self.hung and (not ends or self.explore):
            ends.add("hang")
        return frozenset(ends)

    def _reached(self) -> Value:
        return self.state.get(_REACHED, HOLE) if self.state is not None else _NO

    def _step(self, cost: int = 1) -> None:
        self.steps += cost
        if self.steps > MAX_STEPS:
            raise _ExhaustedError

    # -- variables ---------------------------------------------------------------------------------

    @property
    def env(self) -> State:
        return self.state if self.state is not None else {}

    def set(self, name: str, value: Value | None) -> None:
        """Give a variable a value; None forgets it."""
        if self.state is None:
            return
        if self.shared:
            self._step(len(self.state) // 50)
            self.state, self.shared = dict(self.state), False
        if value is None or value == HOLE:
            self.state.pop(name, None)
        else:
            self.state[name] = value

    def _fork(self) -> State:
        """The state as it is now, to come back to."""
        self.shared = True
        return self.env

    def _enter(self, state: State | None) -> None:
        self.state, self.shared = state, True

    def _meet(self, states: Iterable[State | None]) -> None:
        """Go on with what all the states agree on."""
        self._enter(self.join(states))

    def join(self, states: Iterable[State | None]) -> State | None:
        joined: State | None = None
        for state in states:
            if state is None or state is joined:
                continue
            if joined is None:
                joined = state
            else:
                self._step(1 + len(joined) // 50)
                joined = {name: value for name, value in joined.items() if state.get(name) == value}
        return joined

    def assign(self, assignment: Assignment, outputs: Mapping[Span, str]) -> None:
        value: Value | None
        name = assignment.name
        if assignment.elements is not None:
            texts = [text for word in assignment.elements for text in fields(word, self.env, outputs)]
            value = None if any(text.startswith("[") for text in texts) else tuple(texts)
        else:
            value = assignment.value.text(self.env, outputs) if assignment.value is not None else ""
        if assignment.index:
            value = None
        elif assignment.append:
            value = _added(self.env.get(name), value)
        self.set(name, value if value is None or len(value) < 20_000 else None)

    # -- statements --------------------------------------------------------------------------------

    def sequence(self, block: Block, *, tested: bool) -> Status:
        status: Status = True
        for at, item in enumerate(block.items):
            if at in block.background:
                self.process(item, tested=True)
                status = True
            else:
                status = self.execute(item, tested=tested)
            if self.state is None:
                break
        return status

    def execute(self, node: Node, *, tested: bool) -> Status:
        """Run one statement. Afterwards ``state`` is None where control does not come back."""
        self._step()
        if isinstance(node, Command):
            return self._checked(self.command(node, tested), tested)
        assert isinstance(node, Block)
        self._substitutions(node)
        handler = _HANDLERS.get(node.kind)
        return handler(self, node, tested) if handler else self.sequence(node, tested=tested)

    def _checked(self, status: Status, tested: bool) -> Status:
        """What ``set -e`` makes of an exit status, which is kept as ``$?``."""
        if self.state is None:
            return status
        self.set("?", None if status is None else (_NO if status else _YES))
        if tested or status is True:
            return status
        errexit = self.env.get(_ERREXIT)
        if errexit != _NO:
            self.exits.append((False, self._reached()))
            if errexit == _YES and status is False:
                self.state = None
            return True if status is None else status
        return status

    def leave(self, status: Status) -> None:
        """End the shell."""
        self.exits.append((status, self._reached()))
        self.state = None

    def _condition(self, node: Node) -> Status:
        self.conditions += 1
        status = self.execute(node, tested=True)
        self.conditions -= 1
        return status

    def list_(self, block: Block, tested: bool) -> Status:
        last = len(block.items) - 1
        status = self.execute(block.items[0], tested=tested or last > 0)
        for at, operator in enumerate(block.operators, 1):
            if self.state is None:
                break
            wanted = operator == "&&"
            if status is not None and status != wanted:
                continue
            skipped = self._fork() if status is None else None
            ran = self.execute(block.items[at], tested=tested or at < last)
            if skipped is not None:
                here = self.state is not None
                self._meet([self.state, skipped])
                ran = (not wanted) if not here or ran is (not wanted) else None
            status = ran
        return status

    def pipeline(self, block: Block, tested: bool) -> Status:
        outer = self.stdin
        statuses: list[Status] = []
        text: str | None = outer
        for at, item in enumerate(block.items):
            self.stdin = text
            last = at == len(block.items) - 1
            status, text = self.process(item, tested=True, capture=not last or self.out is not None)
            if self.state is None:
                return None
            statuses.append(status)
            if last and self.out is not None:
                self.out.append(text)
        self.stdin = outer
        status = statuses[-1]
        if False in statuses and status is not False:
            pipefail = self.env.get(_PIPEFAIL)
            status = status if pipefail == _NO else (False if pipefail == _YES else None)
        return self._checked(status, tested)

    def not_(self, block: Block, _tested: bool) -> Status:
        status = self._condition(block.items[0])
        return None if status is None else not status

    def if_(self, block: Block, tested: bool) -> Status:
        ends: list[tuple[State, Status]] = []
        at, items = 0, block.items
        while at < len(items):
            if at + 1 >= len(items) or _kind(items[at]) == "else":
                self._arm(items[at], tested, ends)
                break
            status = self._condition(items[at])
            if self.state is None:
                break
            after = self._fork() if status is not True else None
            if status is not False:
                self._arm(items[at + 1], tested, ends)
            self._enter(after)
            if after is None:
                break
            at += 2
        else:
            if self.state is not None:
                ends.append((self.state, True))
        return self._gather(ends)

    def _arm(self, node: Node, tested: bool, ends: list[tuple[State, Status]]) -> None:
        status = self.execute(node, tested=tested)
        if self.state is not None:
            ends.append((self._fork(), status))

    def _gather(self, ends: Sequence[tuple[State, Status]]) -> Status:
        self._meet(state for state, _ in ends)
        statuses = {status for _, status in ends}
        return statuses.pop() if len(statuses) == 1 else None

    def case(self, block: Block, tested: bool) -> Status:
        subject = block.words[0].text(self.env) if block.words else HOLE
        ends: list[tuple[State, Status]] = []
        for item in block.items:
            assert isinstance(item, Block)
            matches = [same_text(subject, pattern_of(pattern, self.env, {})) for pattern in item.patterns]
            if "*" in (pattern.static for pattern in item.patterns):
                matches = [True]
            if True not in matches and None not in matches:
                continue
            after = self._fork()
            self._arm(item, tested, ends)
            if True in matches:
                return self._gather(ends)
            self._enter(after)
        ends.append((self._fork(), True))
        return self._gather(ends)

    def group(self, block: Block, tested: bool) -> Status:
        return self.sequence(block, tested=tested)

    def subshell(self, block: Block, tested: bool) -> Status:
        status, _ = self.process(block, tested=tested)
        return self._checked(status, tested)

    def define(self, block: Block, _tested: bool) -> Status:
        self.functions[block.name] = block
        return True

    # -- loops -------------------------------------------------------------------------------------

    def loop(self, block: Block, tested: bool) -> Status:
        """A loop, until going round once more changes nothing."""
        frame = _Loop([], [])
        self.loops.append(frame)
        leaving: list[tuple[State, Status]] = []
        if self.explore and block.kind == "for":
            leaving.append((self._fork(), True))
        current: State | None = self._fork()
        for turn in range(_ROUNDS + 1):
            if turn == _ROUNDS:
                current = {}
            self._enter(current)
            after = self._turn(block, tested, frame, leaving)
            merged = self.join([current, *after])
            frame.continues.clear()
            if not after or merged == current:
                break
            current = merged
        self.loops.pop()
        leaving += [(state, True) for state in frame.breaks]
        if not leaving:
            self.state = None
            self.hung = True
            return None
        return self._gather(leaving)

    def _turn(
        self, block: Block, tested: bool, frame: _Loop, leaving: list[tuple[State, Status]]
    ) -> list[State]:
        """One round of a loop; gives the states with which the next may begin."""
        if block.kind == "for":
            self._bind(block)
        elif block.items:
            status = self._condition(block.items[0])
            if self.state is None:
                return []
            if status is None or status is (block.kind == "until"):
                leaving.append((self._fork(), True))
            if status is (block.kind == "until"):
                return []
        status = True
        if _kind(block.items[-1]) == "body":
            status = self.execute(block.items[-1], tested=tested)
        after = [*frame.continues, *([self._fork()] if self.state is not None else [])]
        if block.kind == "for" and not _endless(block):
            leaving += [(state, status if state is self.state else True) for state in after]
        return after

    def _bind(self, block: Block) -> None:
        if block.name == "((":
            for word in block.words or ():
                for name in assigned(word.static or ""):
                    self.set(name, None)
            return
        values = [text for word in block.words or () for text in fields(word, self.env, {})]
        self.set(block.name, values[0] if len(values) == 1 else None)

    def jump(self, name: str, levels: int) -> None:
        """``break`` and ``continue``."""
        if self.loops:
            frame = self.loops[-min(max(levels, 1), len(self.loops))]
            (frame.breaks if name == "break" else frame.continues).append(self._fork())
            self.state = None

    # -- processes ---------------------------------------------------------------------------------

    def process(
        self,
        node: Node,
        *,
        tested: bool,
        capture: bool = False,
        errexit: str | None = None,
        timed: bool = False,
    ) -> tuple[Status, str]:
        """Run something in a shell of its own; gives its exit status and what it prints."""
        outer = self._fork()
        saved = self.exits, self.loops, self.returns, self.out, self.hung
        self.exits, self.loops, self.returns, self.hung = [], [], None, False
        self.out = [] if capture else None
        if errexit is not None:
            self.set(_ERREXIT, errexit)
        status = self.execute_within(node, tested=tested)
        ends = self.exits + ([(status, self._reached())] if self.state is not None else [])
        text = "".join(self.out or ())
        hung = self.hung
        self.exits, self.loops, self.returns, self.out, self.hung = saved
        self._enter(outer)
        if hung and (timed or self.explore):
            ends.append((False, HOLE if not ends else ends[-1][1]))
            if timed and self.results:
                ends[-1] = (False, _YES)
        elif hung and not ends:
            self.hung, self.state = True, None
            return None, text
        reached = {end[1] for end in ends}
        self.set(_REACHED, reached.pop() if len(reached) == 1 else None)
        statuses = {end[0] for end in ends}
        return (statuses.pop() if len(statuses) == 1 else None), text

    def execute_within(self, node: Node, *, tested: bool) -> Status:
        if isinstance(node, Block) and node.sequential:
            self._substitutions(node)
            return self.sequence(node, tested=tested)
        return self.execute(node, tested=tested)

    def _substitutions(self, node: Node) -> tuple[dict[Span, str], Status]:
        """Run the substitutions in the words of a statement; gives their outputs and the last status."""
        outputs: dict[Span, str] = {}
        status: Status = True
        for block in node.substitutions:
            command = block.kind == "substitution"
            ended, text = self.process(block, tested=not command, capture=True, errexit=_NO)
            if self.state is None:
                return outputs, None
            if command:
                status = ended
                outputs[block.span] = text.rstrip("\n")
        return outputs, status

    # -- commands ----------------------------------------------------------------------------------

    def command(self, command: Command, tested: bool) -> Status:
        """Run a simple command; gives its exit status."""
        if self.explore:
            before = self.records.get(command)
            joined = self.join([before, self._fork()])
            self.records[command] = joined if joined is not None else {}
        else:
            self.records[command] = {}
        outputs, status = self._substitutions(command)
        if self.state is None:
            return status
        result = self.results.get(command)
        if result is not None:
            self.set(_REACHED, _YES)
            self._print(command, result.output)
            for assignment in command.assignments if not command.words else ():
                self.set(assignment.name, result.output)
            return result.status
        self._defaults(command.written, outputs)
        if command.kind in ("assignment", "declaration") or not command.words:
            return self._assigning(command, outputs, status)
        return self._program(command, outputs, tested)

    def _defaults(self, words: Sequence[Word], outputs: Mapping[Span, str]) -> None:
        """``${name:=value}`` assigns."""
        for word in words:
            for part in word.parts:
                if part.operator in ("=", ":="):
                    self.set(part.text, parameter(part, self.env, outputs))

    def _assigning(self, command: Command, outputs: Mapping[Span, str], status: Status) -> Status:
        if command.kind == "arithmetic":
            text = command.written[-1].static or ""
            value = calculate(text, self.env)
            for name in assigned(text):
                self.set(name, None)
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
        from cilint.syntax.shell_builtins import BUILTINS

        condition = condition_of(command)
        if condition is not None:
            return holds(condition, self.env, outputs)
        builtin = BUILTINS.get(command.name)
        if builtin is not None and not command.wrappers:
            return builtin(self, command, self._argv(command, outputs))
        if command.name in self.functions and not command.wrappers:
            return self._call(command, self._argv(command, outputs), tested)
        if command.inner is not None:
            return self._inner(command, outputs, tested)
        status = self._outside(command, outputs)
        if "exec" in command.wrappers:
            self.leave(status)
        return status

    def _argv(self, command: Command, outputs: Mapping[Span, str]) -> list[str]:
        return [text for word in command.words[1:] for text in fields(word, self.env, outputs)]

    def _outside(self, command: Command, outputs: Mapping[Span, str]) -> Status:
        """A program that is none of the shell's: it is taken to succeed, or in a condition to do either."""
        name = command.name
        if name in ("echo", "printf"):
            self._print(command, printed(name, self._argv(command, outputs)))
            return True
        stdin = self._input(command, outputs)
        if name == "grep":
            found = grep(command.arguments(self.env), stdin)
            if found is not None:
                return found
        known = stdin is not None and name in ("cat", "tail", "head", "tr")
        self._print(command, filtered(name, command.arguments(self.env), stdin or "") if known else HOLE)
        return None if self.explore or self.conditions else True

    def _input(self, command: Command, outputs: Mapping[Span, str]) -> str | None:
        for redirect in command.redirects:
            if redirect.operator == "<<<" and redirect.target is not None:
                return redirect.target.text(self.env, outputs) + "\n"
            if redirect.heredoc is not None:
                return redirect.heredoc.body.text(self.env, outputs)
            if redirect.operator == "<":
                return None
        return self.stdin

    def _print(self, command: Command, text: str) -> None:
        if self.out is not None and not any(redirect.moves_output for redirect in command.redirects):
            self.out.append(text)

    def _inner(self, command: Command, outputs: Mapping[Span, str], tested: bool) -> Status:
        assert command.inner is not None
        if command.shell_flags == "=":
            return self.sequence(command.inner, tested=tested)
        outer = self._fork()
        for assignment in (*command.assignments, *command.wrapper_assignments):
            self.assign(assignment, outputs)
        self.set(_PIPEFAIL, _YES if "P" in command.shell_flags else _NO)
        errexit = _YES if "e" in command.shell_flags else _NO
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
            reached = self._reached()
            self._enter(outer)
            self.set(_REACHED, reached)
        self._print(command, text)
        return status

    def _call(self, command: Command, argv: list[str], tested: bool) -> Status:
        """Call one of the script's functions."""
        self.called.add(command.name)
        if self.calls >= _MAX_CALLS:
            raise _ExhaustedError
        function = self.functions[command.name]
        caller = self._fork()
        self._positional(command, argv)
        saved, self.returns = (self.returns, self.loops), []
        self.loops, self.calls = [], self.calls + 1
        status: Status = True
        for item in function.items:
            status = self.execute(item, tested=tested)
            if self.state is None:
                break
        ends = [*self.returns, *([(self._fork(), status)] if self.state is not None else [])]
        (self.returns, self.loops), self.calls = saved, self.calls - 1
        status = self._gather(ends)
        for name in (*_PARAMETERS, *_locals(function)):
            self.set(name, caller.get(name))
        return status

    def _positional(self, command: Command, argv: list[str]) -> None:
        known = all(word.quoted or word.static is not None for word in command.words[1:])
        for at, name in enumerate(_PARAMETERS[:9]):
            self.set(name, (argv[at] if at < len(argv) else "") if known else None)
        self.set("@", tuple(argv) if known else None)
        self.set("*", tuple(argv) if known else None)
        self.set("#", str(len(argv)) if known else None)


_PARAMETERS = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "@", "*", "#")
_HANDLERS: dict[str, Callable[[Machine, Block, bool], Status]] = {
    "list": Machine.list_,
    "pipeline": Machine.pipeline,
    "not": Machine.not_,
    "if": Machine.if_,
    "case": Machine.case,
    "subshell": Machine.subshell,
    "function": Machine.define,
    "for": Machine.loop,
    "while": Machine.loop,
    "until": Machine.loop,
}


def _kind(node: Node) -> str:
    return node.kind if isinstance(node, Block) else ""


def _endless(block: Block) -> bool:
    """``for ((;;))``: there is no condition that ends it."""
    parts = (block.words[0].static or "").split(";") if block.name == "((" and block.words else []
    return len(parts) == 3 and not parts[1].strip()


def _locals(function: Block) -> list[str]:
    return [
        word.raw.partition("=")[0]
        for command in function.commands
        if command.kind == "declaration" and command.name == "local"
        for word in command.words[1:]
    ]


def _added(old: Value | None, new: Value | None) -> Value | None:
    if isinstance(old, tuple) and isinstance(new, tuple):
        return old + new
    if isinstance(old, str) and isinstance(new, str):
        return old + new
    return None


def simulate(root: Block, shell: Shell, results: Mapping[Command, Result], env: Environment) -> Run:
    """Run a script with commands that are supposed to do something; everything, where that takes too long."""
    machine = Machine(env, shell, results)
    try:
        ends = machine.run(root)
    except (_ExhaustedError, RecursionError):
        ends = frozenset(("ok", "fail", "hang"))
    return Run(ends, frozenset(machine.records))


def environments(root: Block, shell: Shell, env: Environment) -> dict[Command, State]:
    """For each command that may run, the variables that hold the same on every way to it.

    Functions that nothing calls are followed with nothing known. Empty where it takes too long.
    """
    machine = Machine(env, shell)
    try:
        machine.run(root)
        for name, function in list(machine.functions.items()):
            if name not in machine.called:
                machine._enter({})
                for item in function.items:
                    machine.execute(item, tested=True)
                    if machine.state is None:
                        break
    except (_ExhaustedError, RecursionError):
        return {}
    return machine.records


def visible(state: State) -> State:
    """A state without what the machine keeps for itself."""
    return {name: value for name, value in state.items() if name not in _INTERNAL}
