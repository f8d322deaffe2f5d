"""What a shell gets of an instruction, and the way back to the file."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cilint.syntax.dockerfile import parse
from cilint.syntax.dockerfile_edit import json_array
from cilint.syntax.dockerfile_script import Script


def script(text: str) -> Script:
    found = parse(text).instructions[0].script()
    assert found
    return found


def place(text: str, words: str) -> str:
    """What stands in the file where the script has ``words``."""
    found = script(text)
    at = found.text.index(words)
    span = found.span(at, at + len(words))
    return text[span.start : span.end]


def test_a_shell_form_over_several_lines() -> None:
    text = "RUN --network=none a && \\\r\n  # no\r\n  b 'c'\r\n"
    assert script(text).text == "a &&   b 'c'"
    assert place(text, "a &&") == "a &&"
    assert place(text, "b 'c'") == "b 'c'"
    assert place(text, "a &&   b") == "a && \\\r\n  # no\r\n  b"


@pytest.mark.parametrize(
    ("text", "expected", "interpreter"),
    [
        ("RUN <<E\na\nb\nE\n", "a\nb\n", None),
        ("RUN <<-E\r\n\ta\r\n\tb\r\n\tE\r\n", "a\nb\n", None),
        ("RUN <<E\n#!/bin/bash -e\na\nE\n", "#!/bin/bash -e\na\n", "bash"),
        ("RUN <<E\n#!/usr/bin/env -S python3\nE\n", "#!/usr/bin/env -S python3\n", "python3"),
        ("RUN bash <<'E' && c\na\nE\n", "bash <<'E' && c\na\nE", None),
        ("RUN cat <<A <<B\na\nA\nb\nB\n", "cat <<A <<B\na\nA\nb\nB", None),
        ("HEALTHCHECK --retries=1 CMD curl a", "curl a", None),
        ('HEALTHCHECK CMD ["curl", "a b"]', "curl 'a b'", None),
        ('RUN ["sh", "-c", "a && b"]', "sh -c 'a && b'", None),
        ('CMD ["it\'s"]', "'it'\\''s'", None),
        ("ENTRYPOINT []", "", None),
    ],
)
def test_the_text_that_runs(text: str, expected: str, interpreter: str | None) -> None:
    assert script(text).text == expected
    assert script(text).interpreter == interpreter


@pytest.mark.parametrize("text", ["HEALTHCHECK NONE", "RUN", "USER a", "ONBUILD RUN a", "SHELL a"])
def test_instructions_that_run_nothing(text: str) -> None:
    assert parse(text).instructions[0].script() is None


def test_places_in_heredocs_and_arrays() -> None:
    assert place("RUN <<-E\r\n\ta b\r\n\tc\r\n\tE\r\n", "a b") == "a b"
    assert place("RUN <<-E\r\n\ta b\r\n\tc\r\n\tE\r\n", "c\n") == "c\r\n"
    assert place("RUN x <<E\na\nE\n", "\na") == "\na"
    assert place('CMD ["a", "b && c"]', "b && c") == "b && c"
    assert place('CMD ["a", "b \\u0026\\u0026 c"]', "&& c") == "\\u0026\\u0026 c"
    assert place('CMD ["a", "b && c"]', "'b && c'") == '"b && c"'


@given(st.lists(st.text(alphabet="ab $'\"\\/é\n&;\U0001f600", max_size=8), max_size=4))
def test_an_array_becomes_the_same_words(words: list[str]) -> None:
    found = parse(f"CMD {json_array(words)}").instructions[0]
    assert [word.text for word in found.arguments] == words
    shell = found.script()
    assert shell
    assert shlex.split(shell.text) == words
