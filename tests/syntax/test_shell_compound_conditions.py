"""Loops whose condition is ``(( … ))`` or ``{ …; }``, which look like their bodies."""

from __future__ import annotations

import pytest

from cilint.syntax.shell import parse


@pytest.mark.parametrize(
    ("text", "kinds", "bounded"),
    [
        ("while (( SECONDS < end )); do a; done", ["condition", "body"], True),
        ("while (( end > SECONDS )); do a; done", ["condition", "body"], True),
        ("until (( ++n > 3 )); do a; done", ["condition", "body"], True),
        ("while (( 1 )); do a; done", ["condition", "body"], False),
        ("while { a; }; do b; done", ["condition", "body"], False),
        ("for ((i = 0; i < 3; i++)) { a; }", ["body"], True),
        ("for i in 1 2; do { a; }; done", ["body"], True),
    ],
)
def test_parts(text: str, kinds: list[str], bounded: bool) -> None:
    script = parse(text)
    (loop,) = script.loops
    assert [getattr(item, "kind", "") for item in loop.items] == kinds
    assert script.bounded(loop) is bounded
