"""The five fields of a schedule, as GitHub reads them (npm's @actions/workflow-parser, converter/cron)."""

from __future__ import annotations

from itertools import pairwise

from cilint.text.values import NamedTuple

SHORTEST = 5
"""Minutes between two runs: GitHub starts none sooner."""

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()  # noqa: SIM905
_DAYS = "sun mon tue wed thu fri sat".split()  # noqa: SIM905


class Field(NamedTuple):
    name: str
    least: int
    most: int
    names: dict[str, int]


_LONGEST = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

FIELDS = (
    Field("minute", 0, 59, {}),
    Field("hour", 0, 23, {}),
    Field("day of the month", 1, 31, {}),
    Field("month", 1, 12, {name: number for number, name in enumerate(_MONTHS, 1)}),
    Field("day of the week", 0, 6, {name: number for number, name in enumerate(_DAYS)}),
)


def problem_of(cron: str) -> str | None:
    """Why GitHub refuses a schedule; None where it does not."""
    parts = cron.split()
    if cron.strip().startswith("@"):
        return "GitHub knows no words such as `@daily`: a schedule has five fields"
    if len(parts) != len(FIELDS):
        return f"a schedule has five fields (minute, hour, day, month, weekday), and this has {len(parts)}"
    for text, field in zip(parts, FIELDS, strict=True):
        if values(text, field) is None:
            return f"`{text}` is no {field.name}: {field.least} to {field.most}"
    return "there is a space too many, or a tab: GitHub parts fields at spaces" if _is_loose(cron) else None


def _is_loose(cron: str) -> bool:
    return cron != cron.strip() or any(char.isspace() for char in cron.replace(" ", ""))


def shortfall_of(cron: str) -> str | None:
    """Why GitHub takes a schedule and does not keep it: runs too often, or on no day that there is."""
    parts = cron.split()
    days, months = (values(parts[index], FIELDS[index]) or set() for index in (2, 3))
    if parts[4] == "*" and not any(min(days) <= _LONGEST[month - 1] for month in months):
        return "no month that is named has such a day: this never runs"
    minutes = sorted(values(parts[0], FIELDS[0]) or ())
    gap = _shortest_gap(minutes, len(values(parts[1], FIELDS[1]) or ()))
    if gap < SHORTEST:
        times = "minute" if gap == 1 else f"{gap} minutes"
        return f"this asks for a run every {times}, and GitHub starts one every {SHORTEST} minutes at most"
    return None


def _shortest_gap(minutes: list[int], hours: int) -> int:
    gaps = [later - earlier for earlier, later in pairwise(minutes)]
    if hours > 1 and minutes:
        gaps.append(60 + minutes[0] - minutes[-1])
    return min(gaps, default=60)


def values(text: str, field: Field) -> set[int] | None:
    """The numbers that a field stands for; None where it is wrong."""
    found: set[int] = set()
    for part in text.lower().split(","):
        span, slash, step = part.partition("/")
        limits = _limits(span, field)
        if limits is None or (slash and not _is_step(step, field)):
            return None
        first, last = limits
        if slash and "-" not in span:
            last = field.most
        found.update(range(first, last + 1, int(step[:4]) if slash else 1))
    return found


def _is_step(text: str, field: Field) -> bool:
    return text.isascii() and text.isdigit() and 0 < int(text[:5]) <= field.most


def _limits(text: str, field: Field) -> tuple[int, int] | None:
    if text == "*":
        return field.least, field.most
    first, dash, last = text.partition("-")
    low = _number(first, field)
    high = _number(last, field) if dash else low
    return None if low is None or high is None or low > high else (low, high)


def _number(text: str, field: Field) -> int | None:
    if text in field.names:
        return field.names[text]
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 5 else -1
    return number if field.least <= number <= field.most else None
