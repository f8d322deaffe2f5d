"""A rule's texts as code: checked expressions become lambdas, templates lambdas that give a text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from cilint.rules.condition import ConditionError, Scope, check, function
from cilint.rules.functions import COMPILED
from cilint.rules.message import check_template
from cilint.rules.reader import Value
from cilint.rules.rule import Expression
from cilint.text.hints import Any

MAX_ROUNDS = 100_000


class TooLongError(Exception):
    """A condition's loops went round too often."""


class Bounded:
    """A function whose loops go round at most ``MAX_ROUNDS`` times in each call."""

    __slots__ = ("function", "left")

    def __init__(self) -> None:
        self.function: Callable[..., Any] = lambda *_: None
        self.left = 0

    def each(self, values: Iterable[Any]) -> Iterator[Any]:
        for value in values:
            self.left -= 1
            if self.left < 0:
                raise TooLongError(f"the loops of this condition go round more than {MAX_ROUNDS} times")
            yield value

    def __call__(self, *arguments: Any) -> Any:
        self.left = MAX_ROUNDS
        return self.function(*arguments)


class Compiler:
    """Compiles the expressions of one rule file. Every method raises CilintError with the exact place."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def expression(self, value: Value, what: str) -> Expression:
        text = value.source(what)
        try:
            return self._compiled(check(text, self.scope).body, value)
        except ConditionError as error:
            raise value.inside(error.start).error(error.message, error.hint) from None

    def template(self, value: Value, what: str, render: str = "said") -> Expression:
        """``render`` is ``said`` for people or ``written`` for the text of an edit."""
        text = value.source(what)
        try:
            return self._compiled(check_template(text, self.scope, render), value)
        except ConditionError as error:
            raise value.inside(error.start).error(error.message, error.hint) from None

    def _compiled(self, body: str, value: Value) -> Expression:
        source = function(body)
        place = value.inside(0)
        return Expression(evaluated(source, bounded=self.scope.bounded), place.line, place.column, source)


def evaluated(source: str, *, bounded: bool) -> Callable[..., Any]:
    """The function of a lambda that was made from a checked expression; it has no builtins."""
    names: dict[str, Any] = {"__builtins__": {}, **COMPILED}
    counter = Bounded()
    names["each"] = counter.each
    # Only what condition.check has rewritten comes here: its names are those of COMPILED.
    compiled: Callable[..., Any] = eval(compile(source, "<rule>", "eval"), names)  # noqa: S307
    counter.function = compiled
    return counter if bounded else compiled
