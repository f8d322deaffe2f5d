"""The course of a script that is run in thought: lists, conditions, loops, functions, subshells.

Nothing is executed. Statements are followed with the variables that are known; where a condition is not
known both ways are taken and what they disagree on is forgotten. Exit statuses are True, False and None for
unknown. The rules of ``set -e`` are those of POSIX.1-2024 (``set``) and the Bash manual 4.3.1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from cilint.syntax.shell_arithmetic import assigned, calculate, changes
from cilint.syntax.shell_expand import fields, pattern_of
from cilint.syntax.shell_state import ERREXIT, NO, PIPEFAIL, REACHED, YES, State, Status, Variables
from cilint.syntax.shell_tests import same_text
from cilint.syntax.shell_tree import Block, Command, Node
from cilint.syntax.shell_words import Environment, Value
from cilint.text.hints import Literal
from cilint.text.hole import HOLE
from cilint.text.source import Span
from cilint.text.values import NamedTuple

End = Literal["ok", "fail", "hang"]
_ROUNDS, _MOST_ROUNDS = 4, 200


class _Loop(NamedTuple):
    breaks: list[State]
    continues: list[State]
    ended: list[Status]  # how the last round ended, empty before the first


class Flow(Variables):
    """Follows the statements of a script. ``explore`` takes every way, whatever is supposed.

    ``exact`` goes round loops one time after the other, as long as what they do is known.
    """

    def __init__(
        self, env: Environment, *, errexit: bool, pipefail: bool, explore: bool, exact: bool = False
    ) -> None:
        super().__init__(env, errexit=errexit, pipefail=pipefail)
        self.explore = explore
        self.exact = exact
        self.traps: dict[str, Block] = {}
        self.conditions = 0
        self.functions: dict[str, Block] = {}
        self.exits: list[tuple[Status, Value]] = []
        self.loops: list[_Loop] = []
        self.returns: list[tuple[State, Status]] | None = None
        self.out: list[str] | None = None
        self.stdin: str | None = None
        self.jobs: list[Status] = []
        self.hung: Status = False  # None: a loop of which that is not known

    # -- the whole ---------------------------------------------------------------------------------

    def run(self, root: Block) -> frozenset[End]:
        """The ways in which the script can end after a supposed command."""
        status = self.sequence(root, tested=False)
        if self.state is not None:
            self.leave(status)
        ends: set[End] = set()
        for end, reached in self.exits:
            if reached != NO:
                ends |= {"ok", "fail"} if end is None else ({"ok"} if end else {"fail"})
        if (self.hung and (not ends or self.explore)) or (self.hung is None and ends == {"ok"}):
            ends.add("hang")
        return frozenset(ends)

    # -- statements --------------------------------------------------------------------------------

    def sequence(self, block: Block, *, tested: bool) -> Status:
        status: Status = True
        for at, item in enumerate(block.items):
            if at in block.background:
                self.jobs.append(self.process(item, tested=True)[0])
                status = True
            else:
                status = self.execute(item, tested=tested)
            if self.state is None:
                break
        return status

    def execute(self, node: Node, *, tested: bool) -> Status:
        """Run one statement. Afterwards ``state`` is None where control does not come back."""
        self.step()
        if isinstance(node, Command):
            return self._checked(self.command(node, tested), tested)
        assert isinstance(node, Block)
        outputs, _ = self.substitutions(node)
        if node.kind == "case":
            return self.case(node, tested, outputs)
        if node.kind == "for":
            return self.loop(node, tested, outputs)
        handler = _HANDLERS.get(node.kind)
        return handler(self, node, tested) if handler else self.sequence(node, tested=tested)

    def _checked(self, status: Status, tested: bool) -> Status:
        """What ``set -e`` makes of an exit status, which is kept as ``$?``."""
        if self.state is None:
            return status
        self.set("?", None if status is None else (NO if status else YES))
        if tested or status is True:
            return status
        errexit = self.env.get(ERREXIT)
        if errexit != NO or "ERR" in self.traps:
            kept = self.fork()
            self._failing(errexit)
            if errexit == YES and status is False:
                return status
            goes_on = self.state if status is False else kept
            self.enter(goes_on)
            return True if status is None else status
        return status

    def _failing(self, errexit: Value | None) -> None:
        """What becomes of a failure that nothing asks for: the trap for it, then maybe the shell's end."""
        if self.returns is None:  # functions do not take the trap over
            self._trapped("ERR", YES)
        if self.state is not None and errexit != NO:
            kept = self.fork()
            self.leave(False)
            self.enter(kept if errexit != YES else None)

    def leave(self, status: Status) -> None:
        """End the shell, after what a trap for its end does."""
        self._trapped("EXIT", None if status is None else (NO if status else YES))
        if self.state is not None:
            self.exits.append((status, self.reached()))
            self.state = None

    def _trapped(self, signal: str, status: Value | None) -> None:
        """Run the trap for a signal, in which no other trap counts."""
        body = self.traps.get(signal)
        if body is None or self.state is None:
            return
        outer, self.traps = self.traps, {}
        self.set("?", status)
        self.sequence(body, tested=False)
        self.traps = outer

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
            skipped = self.fork() if status is None else None
            ran = self.execute(block.items[at], tested=tested or at < last)
            if skipped is not None:
                here = self.state is not None
                self.meet([self.state, skipped])
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
        self.set("PIPESTATUS", tuple(_number(each) for each in statuses))
        status = statuses[-1]
        if False in statuses and status is not False:
            pipefail = self.env.get(PIPEFAIL)
            status = status if pipefail == NO else (False if pipefail == YES else None)
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
            after = self.fork() if status is not True else None
            if status is not False:
                self._arm(items[at + 1], tested, ends)
            self.enter(after)
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
            ends.append((self.fork(), status))

    def _gather(self, ends: Sequence[tuple[State, Status]]) -> Status:
        self.meet(state for state, _ in ends)
        statuses = {status for _, status in ends}
        return statuses.pop() if len(statuses) == 1 else None

    def case(self, block: Block, tested: bool, outputs: Mapping[Span, str]) -> Status:
        subject = block.words[0].text(self.env, outputs) if block.words else HOLE
        ends: list[tuple[State, Status]] = []
        for item in block.items:
            assert isinstance(item, Block)
            matches = [same_text(subject, pattern_of(pattern, self.env, {})) for pattern in item.patterns]
            if "*" in (pattern.static for pattern in item.patterns):
                matches = [True]
            if True not in matches and None not in matches:
                continue
            after = self.fork()
            self._arm(item, tested, ends)
            if True in matches:
                return self._gather(ends)
            self.enter(after)
        ends.append((self.fork(), True))
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

    def loop(self, block: Block, tested: bool, outputs: Mapping[Span, str] | None = None) -> Status:
        """A loop, until going round once more changes nothing."""
        frame = _Loop([], [], [])
        self.loops.append(frame)
        leaving: list[tuple[State, Status]] = []
        if self.explore and block.kind == "for":
            leaving.append((self.fork(), True))
        rest = self._one_by_one(block, tested, frame, leaving, outputs or {}) if self.exact else True
        current: State | None = self.fork()
        for turn in range(_ROUNDS + 1) if rest else ():
            if turn == _ROUNDS:
                current = {}
            self.enter(current)
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

    def _one_by_one(
        self,
        block: Block,
        tested: bool,
        frame: _Loop,
        leaving: list[tuple[State, Status]],
        outputs: Mapping[Span, str],
    ) -> bool:
        """Go round while one way alone leads on; gives whether there are rounds left to be joined."""
        values = [text for word in block.words or () for text in fields(word, self.env, outputs)]
        counting = block.kind == "for"
        if counting and (block.name == "((" or len(values) > _MOST_ROUNDS or any(HOLE in v for v in values)):
            return not self._counted(block, tested, frame, leaving)
        status: Status = True
        alike = counting and self._are_alike(block, len(values))
        for turn in range(len(values) if counting else _MOST_ROUNDS):
            before = self.fork()
            if counting:
                self.set(block.name, values[turn])
                status = self._body(block, tested)
                after = self._continuing(frame)
            else:
                after = self._turn(block, tested, frame, leaving)
                frame.continues.clear()
            if not after:
                return False
            self.meet(after)
            if not counting and (self.state == before or len(after) > 1):
                return True
            if alike and self._is_idle(before, (block.name,)):
                self.set(block.name, values[-1])
                break
        if counting:
            leaving.append((self.fork(), status))
        return not counting

    def _counted(self, block: Block, tested: bool, frame: _Loop, leaving: list[tuple[State, Status]]) -> bool:
        """A ``for ((…; …; …))`` whose counter is known, to its end; gives whether that was reached."""
        parts = (block.words[0].static or "").split(";") if block.name == "((" and block.words else []
        if len(parts) != 3 or not self._count(parts[0]):
            return False
        counters, idle = tuple(assigned(parts[2])), False
        alike = self._are_alike(block, _MOST_ROUNDS)
        for _ in range(_MOST_ROUNDS):
            going = calculate(parts[1], self.env) if parts[1].strip() else 1
            if going is None:
                return False
            if not going:
                leaving.append((self.fork(), True))
                return True
            if not idle:
                before = self.fork()
                self._body(block, tested)
                after = self._continuing(frame)
                if not after:
                    return True
                self.meet(after)
                idle = alike and self._is_idle(before, counters)
            if not self._count(parts[2]):
                return False
        return False

    def _are_alike(self, block: Block, rounds: int) -> bool:
        """Whether all rounds of a longer ``for`` do the same, but for what they print."""
        from cilint.syntax.shell_loops import only_tells

        return rounds > _ROUNDS and only_tells(block, self.functions)

    def _is_idle(self, before: State | None, counters: Sequence[str]) -> bool:
        """Whether a round has changed nothing but the counters."""
        after = self.state
        if before is None or after is None:
            return False
        names = (before.keys() | after.keys()).difference(counters)
        return all(before.get(name) == after.get(name) for name in names)

    def _count(self, text: str) -> bool:
        """Do what one part of ``for ((…))`` says to the variables; false where that is not known."""
        for name, value in changes(text, self.env)[1].items():
            self.set(name, None if value is None else str(value))
            if value is None:
                return False
        return True

    def _body(self, block: Block, tested: bool) -> Status:
        return self.execute(block.items[-1], tested=tested) if _kind(block.items[-1]) == "body" else True

    def _continuing(self, frame: _Loop) -> list[State]:
        """The states with which the next round may begin."""
        after = [*frame.continues, *([self.fork()] if self.state is not None else [])]
        frame.continues.clear()
        return after

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
                leaving.append((self.fork(), frame.ended[0] if frame.ended else True))
            if status is None and not self.explore and not self.hung and not self._ends(block):
                self.hung = None
            if status is (block.kind == "until"):
                return []
        status = True
        if _kind(block.items[-1]) == "body":
            status = self.execute(block.items[-1], tested=tested)
        after = [*frame.continues, *([self.fork()] if self.state is not None else [])]
        ended = True if self.state is None else None if frame.continues else status
        same = self.exact or not frame.ended or frame.ended[0] == ended
        frame.ended[:] = [ended if same else None]
        if block.kind == "for" and not _endless(block):
            leaving += [(state, status if state is self.state else True) for state in after]
        return after

    def _ends(self, block: Block) -> bool:
        """Whether a loop whose condition is not known ends in any case."""
        from cilint.syntax.shell_loops import counted

        return counted(block) or self.reached() == NO

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
            (frame.breaks if name == "break" else frame.continues).append(self.fork())
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
        outer = self.fork()
        saved = self.exits, self.loops, self.returns, self.out, self.hung, self.traps
        self.exits, self.loops, self.returns, self.hung, self.traps = [], [], None, False, {}
        self.out = [] if capture else None
        if errexit is not None:
            self.set(ERREXIT, errexit)
        status = self.execute_within(node, tested=tested)
        if self.state is not None:
            self.leave(status)
        ends = self.exits
        text = "".join(self.out or ())
        hung = self.hung
        self.exits, self.loops, self.returns, self.out, self.hung, self.traps = saved
        self.enter(outer)
        if (hung or hung is None) and timed and not self.explore:
            ends.append((False, YES))
        elif hung and (timed or self.explore):
            ends.append((False, HOLE if not ends else ends[-1][1]))
        elif hung and not ends:
            self.hung, self.state = True, None
            return None, text
        elif hung is None and not self.hung:
            self.hung = None
        reached = {end[1] for end in ends}
        self.set(REACHED, reached.pop() if len(reached) == 1 else None)
        statuses = {end[0] for end in ends}
        return (statuses.pop() if len(statuses) == 1 else None), text

    def execute_within(self, node: Node, *, tested: bool) -> Status:
        if isinstance(node, Block) and node.sequential:
            self.substitutions(node)
            return self.sequence(node, tested=tested)
        return self.execute(node, tested=tested)

    def substitutions(self, node: Node) -> tuple[dict[Span, str], Status]:
        """Run the substitutions in the words of a statement; gives their outputs and the last status."""
        outputs: dict[Span, str] = {}
        status: Status = True
        for block in node.substitutions:
            command = block.kind == "substitution"
            ended, text = self.process(block, tested=not command, capture=True, errexit=NO)
            if self.state is None:
                return outputs, None
            if command:
                status = ended
            outputs[block.span] = text.rstrip("\n") if command else text
        return outputs, status

    def command(self, command: Command, tested: bool) -> Status:
        """Run a simple command; gives its exit status."""
        raise NotImplementedError


_HANDLERS: dict[str, Callable[[Flow, Block, bool], Status]] = {
    "list": Flow.list_,
    "pipeline": Flow.pipeline,
    "not": Flow.not_,
    "if": Flow.if_,
    "subshell": Flow.subshell,
    "function": Flow.define,
    "while": Flow.loop,
    "until": Flow.loop,
}


def _number(status: Status) -> str:
    return HOLE if status is None else NO if status else YES


def _kind(node: Node) -> str:
    return node.kind if isinstance(node, Block) else ""


def _endless(block: Block) -> bool:
    """``for ((;;))``: there is no condition that ends it."""
    parts = (block.words[0].static or "").split(";") if block.name == "((" and block.words else []
    return len(parts) == 3 and not parts[1].strip()
