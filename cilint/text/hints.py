"""Names for annotations, without loading ``typing``, which takes as long as reading a workflow.

Type checkers see the originals. At run time the names only have to be there; `real` gives what a `Literal`
stands for to the few who ask.
"""

from __future__ import annotations

TYPE_CHECKING = False  # a name that type checkers know to be true
if TYPE_CHECKING:
    from typing import Any as Any
    from typing import Literal as Literal
    from typing import Protocol as Protocol
    from typing import TypeAlias as TypeAlias
    from typing import TypeVar as TypeVar
else:

    class _Hint:
        """Stands for a special form of ``typing``, and for what is written with it."""

        def __init__(self, name, arguments=()):
            self.name = name
            self.arguments = arguments

        def __getitem__(self, arguments):
            return _Hint(self.name, arguments if isinstance(arguments, tuple) else (arguments,))

        def __call__(self, *_arguments, **_named):
            return self

        def __or__(self, other):
            return real(self) | other

        def __ror__(self, other):
            return other | real(self)

    Any, Literal, TypeAlias, TypeVar = (_Hint(name) for name in ("Any", "Literal", "TypeAlias", "TypeVar"))

    class Protocol:
        __slots__ = ()


def real(hint: object) -> object:
    """The form of ``typing`` that a name of this module stands for; anything else is itself."""
    if type(hint).__name__ != "_Hint":
        return hint
    import typing

    found: Any = typing.Any if hint.name == "TypeVar" else getattr(typing, hint.name)  # type: ignore[attr-defined]
    return found[hint.arguments] if hint.arguments else found  # type: ignore[attr-defined]
