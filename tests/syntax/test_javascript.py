"""Errors of JavaScript programs: there where a program is broken, never where it is whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cilint.syntax.javascript import error_in

WHOLE = (
    "",
    "return await fetch(`${url}/${'é'}`)",
    "for await (const x of y) { if (x?.z ?? 1) continue }",
    "const {a, ...b} = {a: 1}; label: while (true) break label",
    "class A { #p = 1; static { } get q() { return this.#p } }",
    "x = /[/]\\/}/g.test('😀') ? async () => ({}) : function* () { yield 1n }",
)


@pytest.mark.parametrize("program", WHOLE)
def test_whole_programs_have_no_error(program: str) -> None:
    assert error_in(program) is None


@pytest.mark.parametrize(
    ("program", "at", "message"),
    [
        ("f({a: 1)", "", "`}` is missing"),
        ("if (a {\n}", "", "`)` is missing"),
        ("é = 'x'\nconst y = ;", "=", "cannot stand here"),
        ('echo "a" && exit 1', "echo", "cannot stand here"),
    ],
)
def test_broken_programs(program: str, at: str, message: str) -> None:
    error = error_in(program)
    assert error is not None
    assert message in error.message
    if at:
        assert program[error.start :].startswith(at)


@given(st.lists(st.sampled_from([*WHOLE, "(", "}", "`", "'", "😀", "/*", "=>", "${"]), max_size=6))
def test_any_text_gives_a_place_in_it_or_nothing(pieces: list[str]) -> None:
    text = "\n".join(pieces)
    error = error_in(text)
    if error is not None:
        assert 0 <= error.start <= len(text)
        assert error.start <= error.end <= len(text) + 1
