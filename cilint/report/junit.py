"""JUnit XML: a suite a file, a case a finding; one passing case where there is none."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from cilint.report.terminal import visible
from cilint.report.view import Item, View
from cilint.text.hints import Any

PASSED = '<testcase classname="cilint" name="check"/>'
ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}


def render(view: View) -> str:
    """The report as one ``testsuites`` element."""
    suites = "".join(_suite(path, items) for path, items in groupby(view.items, lambda item: item.place.path))
    if not view.items:
        suites = f'  <testsuite name="cilint" tests="1" failures="0">{PASSED}</testsuite>\n'
    total = len(view.items)
    head = f'<testsuites name="cilint" tests="{total or 1}" failures="{total}">'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{head}\n{suites}</testsuites>\n'


def _suite(path: str, group: Iterable[Item]) -> str:
    items = list(group)
    cases = "".join(_case(item) for item in items)
    name = _escaped(path)
    return (
        f'  <testsuite name="{name}" tests="{len(items)}" failures="{len(items)}">\n{cases}  </testsuite>\n'
    )


def _case(item: Item) -> str:
    place = item.place
    values: dict[str, Any] = {"classname": place.path, "name": f"{item.rule}:{place.start.line}"}
    attributes = " ".join(f'{name}="{_escaped(value)}"' for name, value in values.items())
    where = _escaped(f"{place.path}:{place.start.line}:{place.start.column}")
    failure = f'<failure type="{item.severity.label}" message="{_escaped(item.message)}">{where}</failure>'
    return f"    <testcase {attributes}>{failure}</testcase>\n"


def _escaped(text: str) -> str:
    return "".join(ENTITIES.get(char, char) for char in visible(text))
