"""Variables in Dockerfiles, known and unknown."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cilint.syntax.expansion import ExpansionError, expand
from cilint.text.hole import HOLE

ENV: dict[str, str | None] = {
    "HOME": "/root",
    "EMPTY": "",
    "T": "a.tar.gz",
    "ANY": HOLE,
    "OPT": None,
    "MIX": f"v{HOLE}",
}


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("plain", "plain"),
        ("$HOME/x", "/root/x"),
        ("${HOME}x", "/rootx"),
        ("$HOMEx", ""),
        ("a'$HOME'b", "a$HOMEb"),
        ('a"$HOME b"', "a/root b"),
        (r"\$HOME", "$HOME"),
        (r'"\a\""', r'\a"'),
        ("$", "$"),
        ("$.", "$."),
        ("$12a$@", "a"),
        ("${NO:-d}", "d"),
        ("${NO-d}", "d"),
        ("${EMPTY:-d}${EMPTY-d}", "d"),
        ("${HOME:+s}${NO:+s}${EMPTY+s}${EMPTY:+s}", "ss"),
        ("${HOME:?m}${EMPTY?m}", "/root"),
        ("${NO:-${NO:-$HOME}}", "/root"),
        ("${T%.*}", "a.tar"),
        ("${T%%.*}", "a"),
        ("${T#*.}", "tar.gz"),
        ("${T##*.}", "gz"),
        ("${T#?}", ".tar.gz"),
        ("${T%z?}", "a.tar.gz"),
        ("${T/a/b}", "b.tar.gz"),
        ("${T//a/b}", "b.tbr.gz"),
        ("${T/a*r/x}", "x.gz"),
        ("${T//[.]/x}", "a.tar.gz"),
        (r"${T//\//x}${HOME//\//+}", "a.tar.gz+root"),
        (r"${T#a\*}", "a.tar.gz"),
        ("${NO%x}${NO/a/b}", ""),
    ],
)
def test_known_values(word: str, expected: str) -> None:
    assert expand(word, ENV).text == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("$ANY", HOLE),
        ("x${ANY}y", f"x{HOLE}y"),
        ("${ANY:-d}", HOLE),
        ("${ANY:+d}", HOLE),
        ("${ANY?m}", HOLE),
        ("${ANY%.*}", HOLE),
        ("${T/$ANY/x}", HOLE),
        ("$OPT", HOLE),
        ("${OPT:-d}", "d"),
        ("${OPT:+d}", ""),
        ("${OPT:?m}", HOLE),
        ("$MIX", f"v{HOLE}"),
        ("${MIX:-d}", f"v{HOLE}"),
        ("${MIX#v}", HOLE),
    ],
)
def test_unknown_values(word: str, expected: str) -> None:
    assert expand(word, ENV).text == expected


def test_other_names_are_unset_or_unknown() -> None:
    assert expand("a$NO", {}).text == "a"
    assert expand("a$NO$1$@", {}, missing=HOLE).text == f"a{HOLE}"


@pytest.mark.parametrize(
    "word",
    [
        "'a",
        '"a',
        "${",
        "${}",
        "${a",
        "${a:=b}",
        "${a!b}",
        "${:a}",
        "${NO?}",
        "${NO:?why}",
        "${EMPTY:?}",
        "${T/a}",
        r"${T#\a}",
    ],
)
def test_what_buildkit_refuses(word: str) -> None:
    with pytest.raises(ExpansionError):
        expand(word, ENV)


def test_the_message_of_a_required_variable() -> None:
    with pytest.raises(ExpansionError, match="NO: set it"):
        expand("${NO:?set it}", ENV)


def test_the_escape_character_can_be_a_backtick() -> None:
    assert expand("`$HOME\\x", ENV, escape="`").text == "$HOME\\x"


def test_words_and_names() -> None:
    found = expand("a 'b c' $T\\ d $NO", {"T": "1 2"})
    assert found.words == ("a", "b c", "1", "2 d")
    assert found.matched == ("T",)
    assert found.unmatched == ("NO",)


@given(st.text(alphabet="$ {}:-+?#%/*'\"\\`aA1_\0é", max_size=40), st.sampled_from([None, HOLE]))
def test_any_word_expands_or_is_refused(word: str, missing: str | None) -> None:
    try:
        found = expand(word, ENV, missing=missing)
    except ExpansionError:
        return
    assert expand(word, ENV, missing=missing) == found


VALUES = st.sampled_from(["", "a", "ab", "b/a", HOLE])
PATTERNS = st.text(alphabet="ab*?/", max_size=4)


@given(VALUES, VALUES, PATTERNS, st.sampled_from([":-", "-", ":+", "+", "#", "##", "%", "%%"]))
def test_an_unknown_value_never_contradicts_a_known_one(
    value: str, other: str, operand: str, operator: str
) -> None:
    word = f"x${{V{operator}{operand}}}$W"
    open_ = expand(word, {"V": HOLE, "W": other}).text
    closed = expand(word, {"V": value, "W": other}).text
    before, hole, after = open_.partition(HOLE)
    assert hole
    assert closed.startswith(before)
    assert closed.endswith(after.replace(HOLE, ""))


def test_growth_and_matching_are_bounded() -> None:
    start = time.process_time()
    assert HOLE in expand("$A" * 20_000, {"A": "x" * 5000}).text
    assert expand("${A//" + "*a" * 5000 + "/x}", {"A": "a" * 8000}).text == HOLE
    assert expand("${A//" + "*a" * 30 + "b/x}", {"A": "a" * 8000}).text == "a" * 8000
    with pytest.raises(ExpansionError):
        expand("${a:-" * 5000, {})
    assert time.process_time() - start < 30
