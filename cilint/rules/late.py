"""Expressions of the built-in rules that are turned into code only when they are first needed.

Most rules find nothing in most runs: loading their messages and fixes as text is many times quicker than
loading them as code.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from cilint.rules.functions import COMPILED
from cilint.text.hints import Any


@cache
def compiled(source: str) -> Callable[..., Any]:
    """The function of a lambda's source, which was checked when the catalogue was compiled."""
    function: Callable[..., Any] = eval(compile(source, "<rule>", "eval"), {"__builtins__": {}, **COMPILED})  # noqa: S307
    return function
