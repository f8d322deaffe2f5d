"""Expressions of the built-in rules that are turned into code only when they are first needed.

Most rules find nothing in most runs: loading their messages and fixes as text is many times quicker than
loading them as code.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cilint.rules.functions import COMPILED


class Late:
    """The function of a lambda's source, which was checked when the catalogue was compiled."""

    __slots__ = ("function", "source")

    def __init__(self, source: str) -> None:
        self.source = source
        self.function: Callable[..., Any] | None = None

    def __call__(self, *arguments: Any) -> Any:
        if self.function is None:
            self.function = eval(compile(self.source, "<rule>", "eval"), {"__builtins__": {}, **COMPILED})  # noqa: S307
        return self.function(*arguments)
