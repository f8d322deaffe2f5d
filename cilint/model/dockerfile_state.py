"""The state that instructions of a Dockerfile change and later ones find: variables, WORKDIR, USER, SHELL."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from posixpath import normpath

from cilint.model.image_variables import image_variables
from cilint.syntax.dockerfile import Instruction, Pair
from cilint.syntax.expansion import ExpansionError, expand
from cilint.text.hole import HOLE
from cilint.text.values import NamedTuple

MAX_PATH = 4096
"""The longest path that Linux knows."""


class Scope:
    """Variables over time: ``set`` appends, ``now`` gives those so far. Nothing is copied."""

    __slots__ = ("_history", "moment", "outer")

    def __init__(self, outer: Variables | None) -> None:
        if outer is not None and not outer.moment:
            outer = outer.scope.outer  # a long chain of stages has many without variables
        self.outer: Variables | None = outer
        self._history: dict[str, list[tuple[int, str | None]]] = {}
        self.moment = 0

    def set(self, name: str, value: str | None) -> None:
        self._history.setdefault(name, []).append((self.moment, value))
        self.moment += 1

    @property
    def now(self) -> Variables:
        return Variables(self, self.moment)

    def find(self, name: str, moment: int) -> tuple[str | None] | None:
        """The value that held before ``moment``, in a tuple; None if there was none."""
        entries = self._history.get(name)
        if not entries:
            return None
        at = bisect_left(entries, moment, key=lambda entry: entry[0])
        return (entries[at - 1][1],) if at else None

    def names(self, moment: int) -> Iterator[str]:
        return (name for name, entries in self._history.items() if entries[0][0] < moment)


class Uncounted(Collection[str]):
    """Names that are counted only when asked how many they are, not whether there are any."""

    __slots__ = ()

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __bool__(self) -> bool:
        return any(True for _ in self)


class Variables(Uncounted, Mapping[str, "str | None"]):
    """The variables of a scope before a moment, with those of the scopes around it, as for ``expand``."""

    __slots__ = ("moment", "scope")

    def __init__(self, scope: Scope, moment: int) -> None:
        self.scope = scope
        self.moment = moment

    def _layers(self) -> Iterator[tuple[Scope, int]]:
        layer: Variables | None = self
        while layer is not None:
            yield layer.scope, layer.moment
            layer = layer.scope.outer

    def __getitem__(self, name: str) -> str | None:
        for scope, moment in self._layers():
            found = scope.find(name, moment)
            if found:
                return found[0]
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        seen: set[str] = set()
        for scope, moment in self._layers():
            for name in scope.names(moment):
                if name not in seen:
                    seen.add(name)
                    yield name


@cache
def platform_arguments() -> Variables:
    """What BuildKit defines by itself (docs.docker.com, "Automatic platform ARGs in the global scope")."""
    scope = Scope(None)
    for kind in ("BUILD", "TARGET"):
        for part in ("PLATFORM", "OS", "OSVERSION", "ARCH", "VARIANT"):
            scope.set(kind + part, HOLE)
    scope.set("TARGETSTAGE", HOLE)
    return scope.now


class Budget:
    """How many characters the expansions of one file may still yield; a file that wants more gets holes."""

    __slots__ = ("left",)

    def __init__(self, left: int) -> None:
        self.left = left

    def expand(self, text: str, env: Mapping[str, str | None], escape: str, missing: str | None) -> str:
        """``text`` expanded; a hole for what BuildKit refuses."""
        if self.left <= 0:
            return HOLE
        try:
            result = expand(text, env, escape=escape, missing=missing).text
        except ExpansionError:
            result = HOLE
        self.left -= len(result)
        return result


class State(NamedTuple):
    """What an instruction finds. ``env`` wins over ``args``; a value None is a variable without a default.

    ``workdir`` is absolute, or a hole while it is the base image's. ``user`` is None while it is the base
    image's, ``shell`` while it is the base image's or the default; ``user_from`` and ``shell_from`` are the
    instructions that set them. ``image`` are those of the base image that are known by name, ``missing`` is
    the value of all others.
    """

    env: Variables
    args: Variables
    workdir: str
    user: str | None
    user_from: Instruction | None
    shell: tuple[str, ...] | None
    shell_from: Instruction | None
    image: Variables
    missing: str | None
    budget: Budget

    @classmethod
    def initial(cls, budget: Budget, image: str) -> State:
        """What the first instruction on an official image finds: all of ``scratch``, some of others is known.

        ``image`` is empty for any other image.
        """
        scope, names, scratch = Scope(None), image_variables(image), image == "scratch"
        for name in sorted(names or ()):
            scope.set(name, HOLE)
        workdir, user = ("/", "") if scratch else (HOLE, None)
        missing = HOLE if names is None else None
        empty = Scope(None).now
        return cls(empty, empty, workdir, user, None, None, None, scope.now, missing, budget)

    @property
    def variables(self) -> Mapping[str, str | None]:
        """The variables that the file has set."""
        return Layered(self.env, self.args)

    @property
    def visible(self) -> Mapping[str, str | None]:
        """All variables that an instruction can use: these and the base image's own."""
        return Layered(self.variables, self.image)

    @property
    def values(self) -> Mapping[str, str]:
        """The variables that have a value. A view: an environment for each RUN would take too long."""
        return Valued(self.variables)

    def expand(self, text: str, escape: str = "\\") -> str:
        """``text`` with its variables; holes for what is not known and for what BuildKit refuses."""
        return self.budget.expand(text, self.visible, escape, self.missing)

    def expand_by_default(self, text: str, escape: str = "\\") -> str:
        """``text`` as a build reads it that passes no arguments: an ARG without a default is empty."""
        found = self.expand(text, escape)
        if HOLE not in found:
            return found
        values = {name: value or "" for name, value in self.visible.items()}
        return self.budget.expand(text, values, escape, self.missing)


class Layered(Uncounted, Mapping[str, "str | None"]):
    """Two mappings of which the first wins."""

    __slots__ = ("_first", "_second")

    def __init__(self, first: Mapping[str, str | None], second: Mapping[str, str | None]) -> None:
        self._first = first
        self._second = second

    def __getitem__(self, name: str) -> str | None:
        return self._first[name] if name in self._first else self._second[name]

    def __iter__(self) -> Iterator[str]:
        yield from self._first
        yield from (name for name in self._second if name not in self._first)


class Valued(Uncounted, Mapping[str, str]):
    """The variables of a mapping that have a value."""

    __slots__ = ("_all",)

    def __init__(self, variables: Mapping[str, str | None]) -> None:
        self._all = variables

    def __getitem__(self, name: str) -> str:
        value = self._all[name]
        if value is None:
            raise KeyError(name)
        return value

    def __iter__(self) -> Iterator[str]:
        return (name for name, value in self._all.items() if value is not None)


class StateReader:
    """Follows the state through the instructions of one stage."""

    __slots__ = ("_args", "_env", "_global", "_states", "final")

    def __init__(self, global_args: Variables, first: State, instructions: tuple[Instruction, ...]) -> None:
        self._global = global_args
        self._env = Scope(first.env)
        self._args = Scope(first.args)
        self._states: dict[int, State] = {}
        state = first._replace(env=self._env.now, args=self._args.now)
        for instruction in instructions:
            self._states[id(instruction)] = state
            state = self._after(state, instruction)
        self.final = state

    def knows(self, instruction: Instruction) -> bool:
        """Whether it is one of the instructions that are followed."""
        return id(instruction) in self._states

    def before(self, instruction: Instruction) -> State:
        """The state that an instruction of the stage finds; the last one for any other."""
        return self._states.get(id(instruction), self.final)

    def _after(self, state: State, instruction: Instruction) -> State:
        name, escape = instruction.name, instruction.escape
        if name == "ENV":
            values = [
                (state.expand(p.name, escape), state.expand(p.value or "", escape)) for p in instruction.pairs
            ]
            for key, value in values:
                self._env.set(key, value)
            return state._replace(env=self._env.now)
        if name == "ARG":
            for key, default in [(p.name, self._argument(state, p, escape)) for p in instruction.pairs]:
                self._args.set(key, default)
            return state._replace(args=self._args.now)
        if name == "WORKDIR" and instruction.arguments:
            return state._replace(workdir=resolve(state.workdir, state.expand(instruction.text, escape)))
        if name == "USER" and instruction.arguments:
            return state._replace(user=state.expand(instruction.text, escape), user_from=instruction)
        if name == "SHELL" and instruction.form == "json":
            words = tuple(word.text for word in instruction.arguments)
            return state._replace(shell=words, shell_from=instruction)
        return state

    def _argument(self, state: State, pair: Pair, escape: str) -> str | None:
        if pair.value is not None:
            return state.expand(pair.value, escape)
        return self._global.get(pair.name)


def resolve(workdir: str, path: str) -> str:
    """``path`` seen from ``workdir``, without trailing slash; one that begins with a hole stays as it is.

    A hole if it climbs out of an unknown part.
    """
    if not path.startswith(("/", HOLE)):
        path = f"{workdir}/{path}"
    if len(path) > MAX_PATH:
        return HOLE
    _, hole, after = path.partition(HOLE)
    if hole and ".." in after.split("/"):
        return HOLE
    return normpath(path) if path.startswith(HOLE) else "/" + normpath("/" + path).lstrip("/")
