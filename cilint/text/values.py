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

    _new = tuple.__new__

    class _Fields(type):
        """Makes a tuple class of an annotated class body."""

        def __new__(cls, name, bases, body):
            if bases == (tuple,):
                return super().__new__(cls, name, bases, {**body, "__slots__": ()})
            fields = tuple(body.get("__annotations__", ()))
            defaults = {field: body.pop(field) for field in fields if field in body}
            body.update({field: _tuplegetter(at, "") for at, field in enumerate(fields)})
            body.update(__slots__=(), _fields=fields, _field_defaults=defaults, __match_args__=fields)
            body.update(
                _size=len(fields), _required=len(fields) - len(defaults), _tail=tuple(defaults.values())
            )
            return super().__new__(cls, name, bases, body)

    class NamedTuple(tuple, metaclass=_Fields):
        def __new__(cls, *values, **named):
            given = len(values)
            if named or given != cls._size:
                if named or not cls._required <= given < cls._size:
                    values = _completed(cls, values, named)
                else:
                    values += cls._tail[given - cls._required :]
            return _new(cls, values)

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

    def _completed(cls, values, named):
        """All the values in order, defaults put in. Raises TypeError as a call with wrong arguments does."""
        fields, defaults = cls._fields, cls._field_defaults
        found = list(values)
        for field in fields[len(values) :]:
            if field in named:
                found.append(named.pop(field))
            elif field in defaults:
                found.append(defaults[field])
            else:
                raise TypeError(f"{cls.__name__} lacks {field}")
        if named or len(found) > len(fields):
            raise TypeError(f"{cls.__name__} got too many values: {', '.join(named) or len(found)}")
        return found
