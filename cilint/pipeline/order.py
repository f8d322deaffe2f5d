"""The order in which jobs and steps of a run happen, for asking of many without going through all of them.

Jobs are the bits of a number, so that what thousands of jobs wait for takes little room and time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from cilint.model.workflow import Job, Workflow
from cilint.pipeline.sites import Call, Site
from cilint.text.hints import Protocol
from cilint.text.source import Span


class Thing(Protocol):
    @property
    def site(self) -> Site: ...

    @property
    def span(self) -> Span: ...


class Order:
    """Which jobs start after others have ended; some are missed in cycles of needs, which GitHub refuses."""

    def __init__(self) -> None:
        self._bits: dict[tuple[Workflow, Job], int] = {}
        self._waited: dict[tuple[Job, Call | None], int] = {}

    def needs(self, call: Call, other: Call) -> bool:
        """Whether a job starts after another one of the same run has ended, calls included."""
        return bool(self.waited_for(call) & self.around(other))

    def around(self, call: Call) -> int:
        """The job, and those that call the workflow which it is part of."""
        found = 0
        current: Call | None = call
        while current is not None:
            found |= self._bit(current)
            current = current.caller
        return found

    def waited_for(self, call: Call) -> int:
        """All jobs that have ended when this one starts."""
        if _key(call) not in self._waited:
            self._follow(call)
        return self._waited[_key(call)]

    def _follow(self, first: Call) -> None:
        """Work it out for a job after those that it waits for; chains may be long."""
        entered, pending = {_key(first)}, [(first, *_above(first))]
        while pending:
            call, needed, rest = pending[-1]
            following = next(rest, None)
            if following is None:
                pending.pop()
                found = self._waited.get(_key(call.caller), 0) if call.caller else 0
                for each in needed:
                    found |= self._bit(each) | self._waited.get(_key(each), 0)
                self._waited[_key(call)] = found
            elif _key(following) not in entered and _key(following) not in self._waited:
                entered.add(_key(following))
                pending.append((following, *_above(following)))

    def _bit(self, call: Call) -> int:
        return 1 << self._bits.setdefault((call.entry, call.job), len(self._bits))


class Earliest:
    """The first of many things in each job: whether any of them comes before something else.

    ``position`` tells the place of a step in its job. Things of one step come in the order of its text.
    """

    def __init__(self, order: Order, position: Callable[[Site], int], things: Iterable[Thing]) -> None:
        self._order = order
        self._position = position
        self._jobs = 0
        self._first: dict[Call, tuple[int, int]] = {}
        for thing in things:
            call = thing.site.call
            place = (position(thing.site), thing.span.start)
            self._first[call] = min(self._first.get(call, place), place)
            self._jobs |= order.around(call)

    def before(self, site: Site, offset: int) -> bool:
        """Whether one comes before an offset in the text of a step."""
        first = self._first.get(site.call)
        if first is not None and first < (self._position(site), offset):
            return True
        return bool(self._jobs and self._order.waited_for(site.call) & self._jobs)


def _key(call: Call) -> tuple[Job, Call | None]:
    """What tells a job in one call from the same job in another; ``sibling`` makes each anew."""
    return call.job, call.caller


def _above(call: Call) -> tuple[list[Call], Iterator[Call]]:
    """The jobs that one needs, and these with its caller."""
    needed = [each for need in call.job.needs if (each := call.sibling(need.text))]
    return needed, iter([*needed, call.caller] if call.caller else needed)
