from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Self

import pytest

from cilint.findings.finding import Label, Severity
from cilint.rules.fields import UNKNOWN, choices, declared, element, fields, item_at, union, without_none
from cilint.text.source import SourceFile, Span

if TYPE_CHECKING:
    from cilint.model.package import Package


class Point(NamedTuple):
    x: int
    y: int | None

    @property
    def far(self) -> bool:
        return self.x > 9


class Thing:
    __slots__ = ("label", "loose", "other", "path", "place", "size", "source")
    shared: tuple[Point, ...]

    def __init__(self, source: SourceFile, label: Label | None) -> None:
        self.source = source
        self.path = source.path
        self.label = label
        self.size: int = 3
        self.loose = len(source.text)
        self.place = Span(0, 1)

    @cached_property
    def points(self) -> dict[str, Point]:
        return {}

    def again(self) -> Self:
        return self

    def file(self) -> Package | None:
        return None

    def _secret(self) -> int:
        return 1


class Child(Thing):
    @property
    def path_length(self) -> int:
        return 1


class Left:
    def __init__(self, right: Right) -> None:
        self.right = right
        self.name = right.name


class Right:
    def __init__(self, left: Left, name: str) -> None:
        self.left = left
        self.name = name


def hints(owner: Any) -> dict[str, Any]:
    known = fields(owner)
    assert known is not None
    return {name: field.hint for name, field in known.items()}


def test_attributes_of_init_have_the_types_of_the_parameters() -> None:
    found = hints(Thing)
    assert found["source"] is SourceFile
    assert found["path"] is str
    assert found["label"] == Label | None
    assert found["size"] is int
    assert found["place"] is Span
    assert found["loose"] is UNKNOWN
    assert found["shared"] == tuple[Point, ...]
    assert found["points"] == dict[str, Point]
    assert found["again"] is Thing
    assert not any(name.startswith("_") for name in found)


def test_inherited_fields_and_named_tuples() -> None:
    assert hints(Child)["path"] is str
    assert hints(Child)["path_length"] is int
    assert hints(Point) == {"x": int, "y": int | None, "far": bool}


def test_classes_that_are_imported_for_type_checkers_are_found_once_loaded() -> None:
    import cilint.model.package as loaded

    declared.cache_clear()
    assert declared(Thing)["file"].hint == loaded.Package | None


def test_classes_that_speak_of_each_other() -> None:
    declared.cache_clear()
    assert hints(Left)["right"] is Right
    assert hints(Right)["name"] is str


def test_unions_have_the_fields_of_all_members() -> None:
    assert {"x", "path"} <= hints(Point | Thing | None).keys()
    assert fields(Point | Any) is None
    assert fields(object) is None


def test_enums_and_literals() -> None:
    assert {"name", "value", "label"} <= hints(Severity).keys()
    assert choices(Literal["a", "b"] | None) == ("a", "b")
    assert "lower" in hints(Literal["a"])


@pytest.mark.parametrize(
    ("hint", "expected"),
    [(tuple[int, ...], int), (list[str] | None, str), (Iterator[Point], Point),
     (Mapping[str, int], str), (str, str),
     (tuple[int, str], int | str), (list, UNKNOWN), (Span, UNKNOWN), (Any, UNKNOWN)],
)  # fmt: skip
def test_elements(hint: Any, expected: Any) -> None:
    assert element(hint) == expected


def test_subscripts() -> None:
    assert item_at(Mapping[str, int], "a") is int
    assert item_at(tuple[int, str], 1) is str
    assert item_at(tuple[int, str], -2) is int
    assert item_at(tuple[int, str], 5) is UNKNOWN
    assert item_at(list[Point], 0) is Point
    assert item_at(Point, 0) is UNKNOWN


def test_nothing_in_a_type() -> None:
    assert without_none(int | None) == (int, True)
    assert without_none(int) == (int, False)
    assert without_none(None) == (UNKNOWN, True)
    assert union(int, None) == int | None
    assert union(int, UNKNOWN) is UNKNOWN
