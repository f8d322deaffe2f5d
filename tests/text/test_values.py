"""The quick NamedTuple behaves as the standard library's does."""

from __future__ import annotations

import copy
import pickle
import typing

import pytest

from cilint.text.values import NamedTuple


class Ours(NamedTuple):
    a: int
    b: str = "x"
    c: tuple[int, ...] = ()

    def twice(self) -> int:
        return 2 * self.a


class Theirs(typing.NamedTuple):
    a: int
    b: str = "x"
    c: tuple[int, ...] = ()


@pytest.mark.parametrize(
    ("values", "named"),
    [((1,), {}), ((1, "y"), {}), ((1, "y", (2,)), {}), ((1,), {"c": (3,)}), ((), {"a": 1, "b": "z"})],
)
def test_calls_give_the_same_values(values: tuple[typing.Any, ...], named: dict[str, typing.Any]) -> None:
    ours, theirs = Ours(*values, **named), Theirs(*values, **named)
    assert tuple(ours) == tuple(theirs)
    assert repr(ours) == repr(theirs).replace("Theirs", "Ours")
    assert (ours.a, ours.b, ours.c) == tuple(ours)
    assert hash(ours) == hash(theirs)
    assert ours._asdict() == theirs._asdict()


@pytest.mark.parametrize(
    ("values", "named"),
    [((), {}), ((1, "y", (), 4), {}), ((1,), {"d": 5}), ((1,), {"a": 2}), ((), {"b": "y"})],
)
def test_wrong_calls_are_refused(values: tuple[typing.Any, ...], named: dict[str, typing.Any]) -> None:
    for kind in (Ours, Theirs):
        with pytest.raises(TypeError):
            kind(*values, **named)


def test_values_are_immutable_copied_pickled_and_matched() -> None:
    value = Ours(1, c=(2,))
    with pytest.raises(AttributeError):
        value.a = 2  # type: ignore[misc]
    with pytest.raises(AttributeError):
        value.other = 2  # type: ignore[attr-defined]
    assert pickle.loads(pickle.dumps(value)) == value
    assert type(copy.deepcopy(value)) is Ours
    assert value._replace(b="q") == Ours(1, "q", (2,))
    with pytest.raises((TypeError, ValueError)):
        value._replace(z=1)  # type: ignore[call-arg]
    match value:
        case Ours(a, b, c):
            assert (a, b, c) == (1, "x", (2,))
    assert value.twice() == 2
    assert Ours._make([1, "y", ()]) == Ours(1, "y")
    assert (Ours._fields, Ours._field_defaults) == (Theirs._fields, Theirs._field_defaults)
