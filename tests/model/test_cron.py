"""Schedules that GitHub keeps, and those that it does not."""

from __future__ import annotations

import pytest

from cilint.model.cron import FIELDS, problem_of, shortfall_of, values


@pytest.mark.parametrize(
    "cron",
    [
        "0 0 * * *",
        "*/5 * * * *",
        "0,30 4-6/2 1 JAN-mar MON,2",
        "7/20 * * * *",
        "59 23 31 12 6",
        "55,0 3 * * *",
        "2 */3 * * *",
    ],
)
def test_kept(cron: str) -> None:
    assert problem_of(cron) is None
    assert shortfall_of(cron) is None


@pytest.mark.parametrize(
    ("cron", "words"),
    [
        ("0 0 * *", "has 4"),
        ("0 0 * * * *", "has 6"),
        ("@hourly", "no words"),
        ("60 * * * *", "`60` is no minute"),
        ("0 24 * * *", "`24` is no hour"),
        ("0 0 0 * *", "`0` is no day of the month"),
        ("0 0 * 13 *", "`13` is no month"),
        ("0 0 * * 7", "`7` is no day of the week"),
        ("0 0 * * fri-mon", "`fri-mon` is no day of the week"),
        ("a * * * *", "`a` is no minute"),
        ("*/0 * * * *", "`*/0` is no minute"),
        ("1,,2 * * * *", "`1,,2` is no minute"),
        ("*/60 * * * *", "`*/60` is no minute"),
        ("0 0 1/32 * *", "`1/32` is no day of the month"),
        (" 0 0 * * *", "a space too many"),
        ("0 0\t* * *", "or a tab"),
        ("9" * 100 + " * * * *", "is no minute"),
    ],
)
def test_refused(cron: str, words: str) -> None:
    assert words in (problem_of(cron) or "")


@pytest.mark.parametrize(
    ("cron", "words"),
    [
        ("* * * * *", "every minute"),
        ("*/4 3 * * *", "every 4 minutes"),
        ("58,1 * * * *", "every 3 minutes"),
        ("0 0 30 2 *", "never runs"),
        ("0 0 31 4,6,9,11 *", "never runs"),
    ],
)
def test_taken_and_not_kept(cron: str, words: str) -> None:
    assert problem_of(cron) is None
    assert words in (shortfall_of(cron) or "")


def test_a_weekday_or_one_month_that_is_long_enough_makes_a_day() -> None:
    assert shortfall_of("0 0 31 2 1") is None
    assert shortfall_of("0 0 29 2 *") is None
    assert shortfall_of("0 0 31 2-3 *") is None


def test_fields() -> None:
    assert values("1-10/4,20", FIELDS[0]) == {1, 5, 9, 20}
    assert values("50/5", FIELDS[0]) == {50, 55}
    assert values("dec", FIELDS[3]) == {12}
