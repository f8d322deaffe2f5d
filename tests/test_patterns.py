"""Regular expressions kept between runs: the same as Python's own, and of cilint's modules alone."""

from __future__ import annotations

import re
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cilint.patterns import Patterns, make

FLAGS = (0, re.IGNORECASE, re.VERBOSE, re.DOTALL | re.MULTILINE, re.ASCII)
WRITTEN = (
    r"",
    r"a|b",
    r"(?P<host>[\w.-]+)(?::(\d{1,5}))?/(?P<path>[^@\s]*)(?=@|$)",
    r"(?<!\\)\$\{\{(?:[^}']|'[^']*')*+\}\}",
    r"(?i:dockerfile)\.[^/]*\Z",
    "[äöü😀-😂]+?",
)


def kept(*keys: tuple[str, int]) -> Patterns:
    """Patterns that know these expressions."""
    patterns = Patterns()
    for key in keys:
        made = make(key)
        assert made is not None
        patterns.known[key] = made
    return patterns


@pytest.mark.parametrize("flags", FLAGS)
@pytest.mark.parametrize("pattern", WRITTEN)
def test_a_kept_expression_is_the_one_that_python_compiles(pattern: str, flags: int) -> None:
    found = kept((pattern, int(flags))).compile(pattern, flags)
    expected = re.compile(pattern, flags)
    assert found == expected  # flags, code and text
    assert (found.groups, found.groupindex) == (expected.groups, expected.groupindex)


@given(st.text(st.sampled_from("ab01/.-:@ "), max_size=20))
def test_a_kept_expression_finds_the_same(text: str) -> None:
    pattern = WRITTEN[2]
    found, expected = kept((pattern, 0)).compile(pattern).search(text), re.search(pattern, text)
    assert (found and (found.groups(), found.groupdict(), found.span())) == (
        expected and (expected.groups(), expected.groupdict(), expected.span())
    )


class Asked:
    """``re`` with patterns that know nothing yet; what they miss belongs to the module that asks."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        compiler = re._compiler  # type: ignore[attr-defined]
        monkeypatch.setattr(compiler, "compile", compiler.compile)  # so that it is put back
        re.purge()
        self.patterns = Patterns()
        self.patterns.install()
        self.module = ModuleType("cilint.asking")
        vars(self.module)["re"] = re

    def run(self, source: str) -> dict[str, set[tuple[str, int]]]:
        exec(compile(source, "asking.py", "exec"), vars(self.module))
        return self.patterns.missed


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    return Asked(monkeypatch)


@pytest.mark.parametrize(
    "source",
    [
        "re.compile('a' + 'b', re.I)",
        "def look(text): return re.search('(?i)ab', text)\nlook('b')",
        "def made(): return re.compile(''.join(('a', 'b')))\nmade()",
        "AB = 'ab+'\ndef look(text): return re.search(AB, text)\nlook('b')",
    ],
)
def test_what_stands_in_a_module_is_kept(asked: Asked, source: str) -> None:
    assert len(asked.run(source)["cilint.asking"]) == 1


@pytest.mark.parametrize(
    "body", ["re.compile(word + '+')", "re.search(f'{word}?', 'x')", "(lambda: re.compile(word))()"]
)
def test_what_is_made_of_what_a_run_meets_is_not_kept(asked: Asked, body: str) -> None:
    asked.run(f"def look(word): return {body}")
    vars(asked.module)["look"]("met")
    assert asked.patterns.missed == {}


def test_what_others_compile_is_not_kept(asked: Asked) -> None:
    re.compile("others[0-9]")
    assert asked.patterns.missed == {}
