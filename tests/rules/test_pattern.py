from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cilint.rules.functions import matches
from cilint.rules.pattern import MAX_SUBJECT, PatternError, subject_limit


@pytest.mark.parametrize(
    "pattern",
    ["(a+)+$", "(a|a)*b", "(a|ab)*c", "(a?a?)*b", r"(\w*)*x", "(a{1,20}){1,20}b", r"(a)\1", "(?=a)b",
     "a(", "x" * 600,
     "a*a*a*a*a*b", "(?i)(ab|Ac)*b"],
)  # fmt: skip
def test_patterns_that_may_take_for_ever_are_refused(pattern: str) -> None:
    with pytest.raises(PatternError):
        subject_limit(pattern)


@pytest.mark.parametrize("pattern", ["^v[0-9]+$", r"^(\d+)\.(\d+)\.(\d+)$", "(foo|bar)+", "a.*b", "(-rc)?$"])
def test_usual_patterns_are_accepted(pattern: str) -> None:
    assert 100 < subject_limit(pattern) <= MAX_SUBJECT


def test_more_repetitions_leave_less_of_the_text() -> None:
    assert subject_limit("abc") > subject_limit("a+b+") > subject_limit("a+b+c+")


@pytest.mark.parametrize("pattern", [".*.*.*x", "a+a+a+b", "^a*a*a*a*b"])
def test_the_worst_text_takes_a_bounded_time(pattern: str) -> None:
    start = time.process_time()
    assert not matches(pattern, "a" * 100_000)
    assert time.process_time() - start < 30


@given(st.from_regex(r"[abc.+*?|()]{0,8}", fullmatch=True), st.text("abc", max_size=12))
def test_what_is_accepted_matches_as_python_does(pattern: str, text: str) -> None:
    try:
        limit = subject_limit(pattern)
    except PatternError:
        return
    assert matches(pattern, text, limit) == bool(text and re.search(pattern, text))
