"""The variables of a script that is run in thought, and what different ways through it agree on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cilint.syntax.shell_expand import fields
from cilint.syntax.shell_words import Assignment, Environment, Value
from cilint.text.hole import HOLE
from cilint.text.source import Span

Status = bool | None
State = dict[str, Value]
MAX_STEPS = 20_000
ERREXIT, PIPEFAIL, REACHED = "set -e", "set -o pipefail", "reached"
"""The names under which a state keeps the shell's options and whether a supposed command has run."""
_INTERNAL = (ERREXIT, PIPEFAIL, REACHED, "?")
YES, NO = "1", "0"


class ExhaustedError(Exception):
    """The script has more ways than there is time for."""


class Variables:
    """The state on the way that is being followed; None where that way has ended."""

    def __init__(self, env: Environment, *, errexit: bool, pipefail: bool) -> None:
        state: State = dict(env)
        state[ERREXIT] = YES if errexit else NO
        state[PIPEFAIL] = YES if pipefail else NO
        state[REACHED] = NO
        self.state: State | None = state
        self.shared = False
        self.steps = 0
        self.limit = MAX_STEPS

    def reached(self) -> Value:
        return self.state.get(REACHED, HOLE) if self.state is not None else NO

    def step(self, cost: int = 1) -> None:
        self.steps += cost
        if self.steps > self.limit:
            raise ExhaustedError

    @property
    def env(self) -> State:
        return self.state if self.state is not None else {}

    def set(self, name: str, value: Value | None) -> None:
        """Give a variable a value; None forgets it."""
        if self.state is None:
            return
        if self.shared:
            self.step(len(self.state) // 50)
            self.state, self.shared = dict(self.state), False
        if value is None or value == HOLE:
            self.state.pop(name, None)
        else:
            self.state[name] = value

    def fork(self) -> State:
        """The state as it is now, to come back to."""
        self.shared = True
        return self.env

    def enter(self, state: State | None) -> None:
        self.state, self.shared = state, True

    def meet(self, states: Iterable[State | None]) -> None:
        """Go on with what all the states agree on."""
        self.enter(self.join(states))

    def join(self, states: Iterable[State | None]) -> State | None:
        joined: State | None = None
        for state in states:
            if state is None or state is joined:
                continue
            if joined is None:
                joined = state
            else:
                self.step(1 + len(joined) // 50)
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
        if assignment.subscript:
            value = None
        elif assignment.append:
            value = _added(self.env.get(name), value)
        self.set(name, value if value is None or len(value) < 20_000 else None)


def _added(old: Value | None, new: Value | None) -> Value | None:
    if isinstance(old, tuple) and isinstance(new, tuple):
        return old + new
    if isinstance(old, str) and isinstance(new, str):
        return old + new
    return None


def visible(state: State) -> State:
    """A state without what the machine keeps for itself."""
    return {name: value for name, value in state.items() if name not in _INTERNAL}
