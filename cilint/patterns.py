"""Regular expressions compiled once for all runs: compiling a hundred takes longer than a small lint.

The bundle keeps, with each module, what Python's compiler made of the expressions that stand in it. Those are
given to ``re`` again; all others are compiled as ever. What a linted project or a user's rule brings along is
never kept.
"""

from __future__ import annotations

import re
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, FrameType
    from typing import Any

    _sre: Any
else:
    try:
        import _sre
    except ImportError:  # another Python
        _sre = None

CALLERS = 20  # frames above the compiler in which an expression may stand

# Text and flags of an expression.
Key = tuple[str, int]
# Its flags with those in its text, code, number of groups, index of its named groups, names by index.
Made = tuple[int, bytes, int, dict[str, int], tuple[str | None, ...]]


class Patterns:
    """Compiled expressions by text and flags, as ``re`` asks for them.

    ``missed``: expressions that stand in the modules and had to be compiled, by the module's name.
    """

    def __init__(self) -> None:
        self.known: dict[Key, Made] = {}
        self.missed: dict[str, set[Key]] = {}
        self._compile: Any = None

    def install(self) -> None:
        """Let ``re`` ask here first. Another Python than the one that it is written for compiles as ever."""
        compiler: Any = getattr(re, "_compiler", None)
        if hasattr(compiler, "_code") and getattr(_sre, "CODESIZE", 0) == 4:  # the size of an "I"
            self._compile = compiler.compile
            compiler.compile = self.compile

    def compile(self, pattern: Any, flags: int = 0) -> Any:
        """What ``re._compiler.compile`` gives."""
        made = self.known.get((pattern, flags)) if isinstance(pattern, str) else None
        if made is None:
            compiled = self._compile(pattern, flags)
            if isinstance(pattern, str) and (module := _home(pattern)):
                self.missed.setdefault(module, set()).add((pattern, int(flags)))
            return compiled
        flags, code, groups, index, names = made
        return _sre.compile(pattern, flags, memoryview(code).cast("I").tolist(), groups, index, names)


def make(key: Key) -> Made | None:
    """What Python's compiler makes of an expression, if it lets itself be asked."""
    pattern, flags = key
    try:
        compiler: Any = re._compiler  # type: ignore[attr-defined]  # noqa: SLF001
        parsed = compiler._parser.parse(pattern, flags)  # noqa: SLF001
        code = compiler._code(parsed, flags)  # noqa: SLF001
        state = parsed.state
        names: list[str | None] = [None] * state.groups
        for name, at in state.groupdict.items():
            names[at] = name
        data = b"".join(word.to_bytes(4, sys.byteorder) for word in code)
        return int(flags | state.flags), data, state.groups - 1, dict(state.groupdict), tuple(names)
    except AttributeError:
        return None


def _home(pattern: str) -> str | None:
    """The module of ``cilint`` that an expression being compiled belongs to; None where it is made of what
    this run has met.
    """
    frame: FrameType | None = sys._getframe(2)  # noqa: SLF001
    first, fixed = True, False  # fixed: it stands in a module that one of ours loads
    for _ in range(CALLERS):
        if frame is None:
            return None
        name = str(frame.f_globals.get("__name__"))
        if name.startswith("cilint."):
            if fixed or _stands_in(frame, pattern) or (first and _takes_nothing(frame.f_code)):
                return name
            first = False
        elif not name.startswith(("re", "importlib")):
            fixed = fixed or frame.f_code.co_name == "<module>"
        frame = frame.f_back
    return None


def _stands_in(frame: FrameType, pattern: str) -> bool:
    """Whether an expression is made by the body of a module, or a constant of it."""
    code = frame.f_code
    if code.co_name == "<module>" or pattern in code.co_consts:
        return True
    return pattern in frame.f_globals.values()


def _takes_nothing(code: CodeType) -> bool:
    """Whether a function makes the same expression whenever it is called."""
    return not (code.co_argcount or code.co_kwonlyargcount or code.co_freevars)
