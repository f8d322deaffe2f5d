"""Results that are worked out once for each thing, and live as long as it does."""

from __future__ import annotations

from collections.abc import Callable

from cilint.text.hints import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import TypeVar

    T = TypeVar("T")
    R = TypeVar("R")


def remembered(function: Callable[[T], R]) -> Callable[[T], R]:
    """A function of one thing, which is asked only once for each; the thing keeps the answer."""
    key = f"{function.__module__}.{function.__qualname__}"

    def asked(thing: Any) -> Any:
        kept = thing.__dict__
        if key not in kept:
            kept[key] = function(thing)
        return kept[key]

    asked.__doc__ = function.__doc__
    return asked
