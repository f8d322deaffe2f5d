"""Results that are worked out once for each thing, and live as long as it does."""

from __future__ import annotations

from collections.abc import Callable

from cilint.text.hints import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import TypeVar

    T = TypeVar("T")
    K = TypeVar("K")
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


def remembered_by(function: Callable[[T, K], R]) -> Callable[[T, K], R]:
    """A function of a thing and something hashable, which is asked only once for both; the thing keeps the
    answers.
    """
    key = f"{function.__module__}.{function.__qualname__}"

    def asked(thing: Any, by: Any) -> Any:
        kept = thing.__dict__.setdefault(key, {})
        if by not in kept:
            kept[by] = function(thing, by)
        return kept[by]

    asked.__doc__ = function.__doc__
    return asked
