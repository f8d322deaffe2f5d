"""Types of expression values, as far as the files tell them; what is not known is ANY and fits everything."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cilint.text.hints import Any, TypeAlias


class Type:
    """A scalar type, or ANY. ``name`` is what messages call it."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return self.name


class Object(Type):
    """Properties by lower-case name. ``rest`` is the type of all others, None where there are no others."""

    __slots__ = ("props", "rest")

    def __init__(self, props: Mapping[str, Type] | None = None, rest: Type | None = None) -> None:
        super().__init__("an object")
        self.props = {name.lower(): inner for name, inner in (props or {}).items()}
        self.rest = rest

    def get(self, name: str) -> Type | None:
        return self.props.get(name.lower(), self.rest)


class Array(Type):
    """A list; ``filtered`` where it comes of ``.*``, through which properties are read."""

    __slots__ = ("filtered", "item")

    def __init__(self, item: Type, *, filtered: bool = False) -> None:
        super().__init__("a list")
        self.item = item
        self.filtered = filtered


ANY = Type("anything")
NULL = Type("null")
STRING = Type("a text")
NUMBER = Type("a number")
BOOLEAN = Type("a Boolean")
TEXTS = Object(rest=STRING)
OPEN = Object(rest=ANY)

Json: TypeAlias = Any


def merged(types: Iterable[Type]) -> Type:
    """What is true of all of the types; ANY where they differ, or where there are none."""
    found = list(dict.fromkeys(types))
    if not found:
        return ANY
    result = found[0]
    for other in found[1:]:
        result = _both(result, other)
    return result


def _both(left: Type, right: Type) -> Type:
    if left is right:
        return left
    if isinstance(left, Object) and isinstance(right, Object):
        names = {**left.props, **right.props}
        props = {name: merged([o.props[name] for o in (left, right) if name in o.props]) for name in names}
        rests = [each.rest for each in (left, right) if each.rest is not None]
        return Object(props, merged(rests) if rests else None)
    if isinstance(left, Array) and isinstance(right, Array):
        return Array(_both(left.item, right.item), filtered=left.filtered and right.filtered)
    return ANY


def type_of(value: Json) -> Type:
    """The type of a value of JSON or YAML; what an expression makes is given as Ellipsis."""
    match value:
        case None:
            return NULL
        case bool():
            return BOOLEAN
        case int() | float():
            return NUMBER
        case str():
            return STRING
        case list():
            return Array(merged(type_of(item) for item in value) if value else ANY)
        case dict():
            return Object({str(name): type_of(item) for name, item in value.items()})
        case _:
            return ANY
