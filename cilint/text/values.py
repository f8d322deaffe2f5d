"""Immutable values with named fields: ``typing.NamedTuple``, at a tenth of what its classes cost to define.

The command is started for one file at a time, and defining its hundred value classes would take longer than
linting. Type checkers see the original.
"""

from __future__ import annotations

from cilint.text.hints import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple
else:
    from _collections import _tuplegetter
    from types import FunctionType

    _new = tuple.__new__
    _codes = {}  # what makes a tuple of so many values

    def _maker(fields, defaults):
        """``__new__`` of a class: one code for each number of fields, with the names of these put in."""
        size = len(fields)
        if size not in _codes:
            values = "".join(f"v{at}, " for at in range(size))
            _codes[size] = eval(f"lambda cls, {values}: _new(cls, ({values}))").__code__  # noqa: S307
        code = _codes[size].replace(co_varnames=("_cls", *fields))
        return FunctionType(code, globals(), "__new__", defaults)

    class _Fields(type):
        """Makes a tuple class of an annotated class body."""

        def __new__(cls, name, bases, body):
            if bases == (tuple,):
                return super().__new__(cls, name, bases, {**body, "__slots__": ()})
            fields = tuple(body.get("__annotations__", ()))
            defaults = {field: body.pop(field) for field in fields if field in body}
            body.update({field: _tuplegetter(at, "") for at, field in enumerate(fields)})
            body.update(__slots__=(), _fields=fields, _field_defaults=defaults, __match_args__=fields)
            body.setdefault("__new__", _maker(fields, tuple(defaults.values())))
            return super().__new__(cls, name, bases, body)

    class NamedTuple(tuple, metaclass=_Fields):
        def __repr__(self):
            pairs = ", ".join(f"{field}={value!r}" for field, value in zip(self._fields, self, strict=True))
            return f"{type(self).__name__}({pairs})"

        def __getnewargs__(self):
            return tuple(self)

        @classmethod
        def _make(cls, values):
            return cls(*values)

        def _asdict(self):
            return dict(zip(self._fields, self, strict=True))

        def _replace(self, **named):
            values = [named.pop(field, value) for field, value in zip(self._fields, self, strict=True)]
            if named:
                raise TypeError(f"{type(self).__name__} has no field {', '.join(named)}")
            return _new(type(self), values)
