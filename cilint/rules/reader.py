"""Values with places, as rule files, policies and configuration are read: every error has line and column."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from cilint.errors import CilintError
from cilint.findings.finding import Severity
from cilint.rules.names import suggestion
from cilint.rules.rule import Place
from cilint.text.hints import Any
from cilint.text.source import SourceFile

SEVERITIES = ("info", "warning", "error")
TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,), "integer": (int,), "number": (int, float), "boolean": (bool,),
    "list": (list,), "mapping": (dict,),
}  # fmt: skip
"""The types of options and parameters."""


class Value:
    """One value: a scalar, a list of values, or a mapping of names to values.

    ``raw`` is a scalar's text as decoded, ``keys`` the places of a mapping's keys.
    """

    __slots__ = ("_inside", "data", "keys", "place", "raw")

    def __init__(
        self,
        data: Any,
        place: Place,
        *,
        raw: str | None = None,
        keys: Mapping[str, Place] | None = None,
        inside: Callable[[int], Place] | None = None,
    ) -> None:
        self.data = data
        self.place = place
        self.raw = raw
        self.keys = keys or {}
        self._inside = inside

    def error(self, message: str, hint: str | None = None) -> CilintError:
        return self.place.error(message, hint)

    def inside(self, offset: int) -> Place:
        """The place of the character at ``offset`` of a scalar's text."""
        return self._inside(offset) if self._inside else self.place

    def mapping(self, what: str, allowed: Collection[str] | None = None) -> dict[str, Value]:
        """The entries of a mapping whose keys are among ``allowed``."""
        if not isinstance(self.data, dict):
            raise self.error(f"{what} must be a mapping, not {_kind(self.data)}")
        for key in self.data if allowed is not None else ():
            if allowed is not None and key not in allowed:
                raise unknown(self.keys.get(key, self.place), f"unknown key `{key}` in {what}", key, allowed)
        return dict(self.data)

    def items(self, what: str) -> list[Value]:
        if not isinstance(self.data, list):
            raise self.error(f"{what} must be a list, not {_kind(self.data)}")
        return list(self.data)

    def text(self, what: str) -> str:
        if not isinstance(self.data, str):
            quote = "put it in quotes" if self.raw else None
            raise self.error(f"{what} must be text, not {_kind(self.data)}", quote)
        return self.data

    def source(self, what: str) -> str:
        """The text of an expression or a template, which YAML may take for a number or for true or false."""
        if self.raw is None or self.data is None:
            raise self.error(f"{what} must be text, not {_kind(self.data)}")
        return str(self.data) if isinstance(self.data, bool) else self.raw

    def texts(self, what: str) -> tuple[str, ...]:
        """The texts of a list; one text alone counts as a list of it."""
        if isinstance(self.data, str):
            return (self.data,)
        return tuple(item.text(f"each of {what}") for item in self.items(what))

    def boolean(self, what: str) -> bool:
        if not isinstance(self.data, bool):
            raise self.error(f"{what} must be true or false, not {_kind(self.data)}")
        return self.data

    def choice(self, what: str, choices: Collection[str]) -> str:
        raw = self.raw or ""
        if raw not in choices:
            given = f"`{raw}`" if raw else _kind(self.data)
            raise unknown(self.place, f"{what} cannot be {given}", raw, choices)
        return raw

    def severity(self, what: str) -> Severity:
        return Severity.of(self.choice(what, SEVERITIES))

    def typed(self, what: str, type_name: str) -> Any:
        """The plain value, which must be of one of TYPES; null is allowed for any."""
        plain = self.plain()
        if plain is not None and (
            not isinstance(plain, TYPES[type_name])
            or (isinstance(plain, bool) and type_name in ("integer", "number"))
        ):
            raise self.error(f"{what} must be of type {type_name}, not {_kind(self.data)}")
        return plain

    def plain(self) -> Any:
        """The value as plain data."""
        if isinstance(self.data, dict):
            return {key: value.plain() for key, value in self.data.items()}
        if isinstance(self.data, list):
            return [value.plain() for value in self.data]
        return self.data


def unknown(place: Place, message: str, name: str, candidates: Collection[str]) -> CilintError:
    """The error for a wrong name, with the nearest right one or, where there are few, all of them."""
    return place.error(message, suggestion(name, candidates))


def read_yaml(path: str, text: str) -> Value:
    """The value of a YAML document. Raises CilintError for one that is not well-formed."""
    from cilint.syntax.yaml import parse

    source = SourceFile(path, text)
    document = parse(source.text)
    if document.errors:
        error = document.errors[0]
        line, column = source.position(error.span.start)
        raise CilintError(error.message, path=path, line=line, column=column)
    if document.root is None:
        return Value(None, Place(path, 1, 1))
    return _value(document.root, source, 0)


def _value(node: Any, source: SourceFile, depth: int) -> Value:
    from cilint.syntax.yaml import Alias, Mapping, Scalar, Sequence

    place = _place(source, node.span.start)
    node = node.resolved
    if depth > 50 or isinstance(node, Alias):
        raise place.error("this is nested too deeply, or stands for nothing")
    if isinstance(node, Scalar):
        inside = lambda offset: _place(source, node.source_span(offset, offset + 1).start)  # noqa: E731
        return Value(node.value, place, raw=node.text, inside=inside)
    if isinstance(node, Sequence):
        return Value([_value(item, source, depth + 1) for item in node.items], place)
    assert isinstance(node, Mapping)
    entries, keys = {}, {}
    for pair in node.pairs:
        if not isinstance(pair.key, Scalar):
            raise _place(source, pair.key.span.start).error("a key must be a text")
        entries[pair.key.text] = _value(pair.value, source, depth + 1)
        keys[pair.key.text] = _place(source, pair.key.span.start)
    return Value(entries, place, keys=keys)


def _place(source: SourceFile, offset: int) -> Place:
    return Place(source.path, *source.position(offset))


def _kind(data: object) -> str:
    if data is None:
        return "nothing"
    if isinstance(data, bool):
        return "true" if data else "false"
    if isinstance(data, str):
        return "text"
    return "a mapping" if isinstance(data, dict) else "a list" if isinstance(data, list) else "a number"
