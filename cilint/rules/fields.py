"""The declared fields of a class: what a condition may ask of a thing, and the type of the answer.

A type is a type hint; ``Any`` stands for one that is not known, of which nothing more is checked.
"""

from __future__ import annotations

import ast
import inspect
import sys
import textwrap
import types
import typing
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from functools import cache, cached_property, lru_cache
from typing import Any

from cilint.text.hints import real
from cilint.text.values import NamedTuple

UNKNOWN: Any = Any

_TEXT = {
    **dict.fromkeys(("startswith", "endswith", "isdigit", "isalpha", "isalnum", "isupper", "islower"), bool),
    **dict.fromkeys(("lower", "upper", "strip", "lstrip", "rstrip", "removeprefix", "removesuffix"), str),
    **dict.fromkeys(("split", "rsplit", "splitlines"), list[str]),
    **dict.fromkeys(("partition", "rpartition"), tuple[str, str, str]),
    **dict.fromkeys(("count", "find", "rfind"), int),
}
_COLLECTION = ("get", "keys", "values", "items", "index", "union", "intersection", "difference")
_HARMLESS = frozenset((*_TEXT, *_COLLECTION))
_PYTHONS = (str, bytes, int, float, tuple, list, dict, set)
_FRAMES = ("gi_", "f_", "cr_", "ag_", "tb_", "co_", "func_", "format", "mro")


class Field(NamedTuple):
    """A field's type; for a method, the type of what it returns and the method itself."""

    hint: Any
    method: Callable[..., object] | None = None
    builtin: bool = False


def without_none(hint: Any) -> tuple[Any, bool]:
    """The type without ``None``, and whether ``None`` was in it."""
    members = alternatives(hint)
    rest = [member for member in members if member is not types.NoneType]
    if not rest:
        return UNKNOWN, True
    return _joined(rest), len(rest) < len(members)


def alternatives(hint: Any) -> tuple[Any, ...]:
    """The members of a union; a type of its own is its only member."""
    if hint is None:
        return (types.NoneType,)
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return typing.get_args(hint)
    return (hint,)


def union(*hints: Any) -> Any:
    if any(hint is UNKNOWN for hint in hints):
        return UNKNOWN
    return _joined([types.NoneType if hint is None else hint for hint in hints])


def _joined(hints: list[Any]) -> Any:
    return typing.Union[tuple(hints)]  # noqa: UP007


def element(hint: Any) -> Any:
    """The type of what a loop over the value gives; UNKNOWN where that is not declared."""
    hint, _ = without_none(hint)
    found = []
    for member in alternatives(hint):
        origin, arguments = typing.get_origin(member) or member, typing.get_args(member)
        if origin is str:
            found.append(str)
        elif origin is tuple and arguments:
            found += [argument for argument in arguments if argument is not Ellipsis]
        elif arguments and isinstance(origin, type) and issubclass(origin, Iterable):
            found.append(arguments[0])
        else:
            return UNKNOWN
    return union(*found)


def item_at(hint: Any, index: object) -> Any:
    """The type of ``value[index]``."""
    hint, _ = without_none(hint)
    origin, arguments = typing.get_origin(hint) or hint, typing.get_args(hint)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return arguments[1] if len(arguments) == 2 else UNKNOWN
    if origin is tuple and arguments and Ellipsis not in arguments and isinstance(index, int):
        return arguments[index] if -len(arguments) <= index < len(arguments) else UNKNOWN
    if isinstance(origin, type) and issubclass(origin, tuple) and not arguments:
        return UNKNOWN  # a named tuple: its fields have names
    return element(hint)


def choices(hint: Any) -> tuple[object, ...]:
    """The values of a ``Literal`` type, or none."""
    hint, _ = without_none(hint)
    return typing.get_args(hint) if typing.get_origin(hint) is typing.Literal else ()


def fields(hint: Any) -> Mapping[str, Field] | None:
    """The fields that a value of the type has, by name; None where the type is not known."""
    hint, _ = without_none(hint)
    found: dict[str, Field] = {}
    for member in alternatives(hint):
        own = _fields(member)
        if own is None:
            return None
        for name, field in own.items():
            both = found.get(name)
            found[name] = field if both is None else field._replace(hint=union(both.hint, field.hint))
    return found


def is_forbidden(name: str, *, called: bool) -> bool:
    """Whether a name may do harm where a type is not known.

    It leads into the interpreter, or is a method of Python's own types that changes a value or fills memory.
    """
    if name.startswith(("_", *_FRAMES)):
        return True
    return called and name not in _HARMLESS and any(hasattr(each, name) for each in _PYTHONS)


def _fields(hint: Any) -> Mapping[str, Field] | None:
    if hint is UNKNOWN or hint is object:
        return None
    origin, arguments = typing.get_origin(hint) or hint, typing.get_args(hint)
    if origin is typing.Literal:
        origin = type(arguments[0])
    if not isinstance(origin, type):
        return None
    if origin is str:
        return _methods(_TEXT)
    if issubclass(origin, Mapping):
        key, value = arguments if len(arguments) == 2 else (UNKNOWN, UNKNOWN)
        entries = {"get": union(value, None), "keys": list[key], "values": list[value],  # type: ignore[valid-type]
                   "items": list[tuple[key, value]]}  # type: ignore[valid-type]  # fmt: skip
        return _methods(entries)
    if origin in (tuple, list) or (issubclass(origin, Iterable) and origin.__module__ == "collections.abc"):
        return _methods({"index": int, "count": int} if origin in (tuple, list) else {})
    if origin in (set, frozenset):
        return _methods(dict.fromkeys(("union", "intersection", "difference"), hint))
    if origin.__module__ == "builtins":
        return {}
    own: type = origin
    return declared(own)


def _methods(hints: Mapping[str, Any]) -> dict[str, Field]:
    return {name: Field(hint, None, builtin=True) for name, hint in hints.items()}


@cache
def declared(owner: type) -> Mapping[str, Field]:
    """Attributes, properties and methods of a class and its bases, without names that begin with ``_``.

    An attribute has the type of its annotation, or that of the parameter of ``__init__`` which it is set to.
    """
    if owner in _OPENED:
        return {}
    _OPENED.add(owner)
    try:
        return _collected(owner)
    finally:
        _OPENED.discard(owner)


_OPENED: set[type] = set()
"""Classes whose fields are being collected: two classes may speak of each other."""


def _collected(owner: type) -> dict[str, Field]:
    found: dict[str, Field] = {}
    for base in reversed(owner.__mro__):
        if base.__module__ in ("builtins", "typing", "types", "enum", "abc"):
            continue
        found |= {name: Field(UNKNOWN) for name in _slots(base)}
        found |= {name: Field(hint) for name, hint in _assigned(base).items()}
        found |= {name: Field(_evaluate(text, base)) for name, text in inspect.get_annotations(base).items()}
        for name, value in vars(base).items():
            field = _described(value, base)
            if field is not None:
                found[name] = field
    if issubclass(owner, Enum):
        found |= {"name": Field(str), "value": Field(UNKNOWN)}
    return {name: field for name, field in found.items() if not name.startswith("_")}


def _slots(owner: type) -> tuple[str, ...]:
    slots = owner.__dict__.get("__slots__", ())
    return (slots,) if isinstance(slots, str) else tuple(slots)


def _described(value: object, owner: type) -> Field | None:
    if isinstance(value, property) and value.fget:
        return Field(_returned(value.fget, owner))
    if isinstance(value, cached_property):
        return Field(_returned(value.func, owner))
    if isinstance(value, types.FunctionType):
        return Field(_returned(value, owner), value)
    return None


def _returned(function: Callable[..., object], owner: type) -> Any:
    return _evaluate(getattr(function, "__annotations__", {}).get("return", UNKNOWN), owner)


_JUDGED = ("cilint.text.", "cilint.findings.", "cilint.syntax.", "cilint.model.", "cilint.pipeline.")


class _Names(dict[str, Any]):
    """What an annotation of a class may name: what its module has, what ``typing`` has, and the classes that
    the module imports for type checkers only.
    """

    def __init__(self, owner: type) -> None:
        self.own = vars(sys.modules[owner.__module__]) if owner.__module__ in sys.modules else {}

    def __missing__(self, name: str) -> Any:
        if name in self.own:
            return real(self.own[name])
        return vars(typing)[name] if name in vars(typing) else _classes(len(sys.modules))[name]


@lru_cache(maxsize=1)
def _classes(_modules: int) -> dict[str, type]:
    """The classes that rules may meet, by name, with so many modules loaded."""
    judged = [each for name, each in list(sys.modules.items()) if name.startswith(_JUDGED)]
    found = [(name, value) for module in reversed(judged) for name, value in vars(module).items()]
    return {name: value for name, value in found if isinstance(value, type)}


def _evaluate(annotation: Any, owner: type) -> Any:
    """The type that an annotation of the class's own source stands for; UNKNOWN where it cannot be told."""
    if isinstance(annotation, typing.ForwardRef):  # as named tuples have them
        annotation = annotation.__forward_arg__
    if not isinstance(annotation, str):
        return annotation
    try:
        # The text is an annotation in this program's own source, never a rule's.
        hint = eval(annotation, {}, _Names(owner))  # noqa: S307
    except Exception:
        return UNKNOWN
    if hint is typing.Self or isinstance(hint, typing.TypeVar):
        return owner if hint is typing.Self else UNKNOWN
    return hint


def _assigned(owner: type) -> dict[str, Any]:
    """The attributes that ``__init__`` sets, with the types that follow from its parameters."""
    init = owner.__dict__.get("__init__")
    if not isinstance(init, types.FunctionType):
        return {}
    parameters = {name: _evaluate(text, owner) for name, text in init.__annotations__.items()}
    found: dict[str, Any] = {}
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(init)))
    except (OSError, SyntaxError):
        return {}
    for node in ast.walk(tree):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Attribute):
            found[node.target.attr] = _evaluate(ast.unparse(node.annotation), owner)
        elif isinstance(node, ast.Assign):
            names = [target.attr for target in node.targets if isinstance(target, ast.Attribute)]
            found |= dict.fromkeys(names, _follow(node.value, parameters, owner))
    return found


def _follow(value: ast.expr, parameters: Mapping[str, Any], owner: type) -> Any:
    """The type of a constant, of ``Class(…)``, of ``parameter`` or of ``parameter.field.field``."""
    if isinstance(value, ast.Constant):
        return UNKNOWN if value.value is None else type(value.value)
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
        made = vars(sys.modules[owner.__module__]).get(value.func.id)
        return made if isinstance(made, type) else UNKNOWN
    if isinstance(value, ast.Name):
        return parameters.get(value.id, UNKNOWN)
    if isinstance(value, ast.Attribute):
        known = fields(_follow(value.value, parameters, owner))
        field = known.get(value.attr) if known else None
        return field.hint if field and field.method is None and not field.builtin else UNKNOWN
    return UNKNOWN
