"""Annotations by GitHub's workflow commands, within the caps that its runner sets."""

from __future__ import annotations

from cilint.findings.finding import Severity
from cilint.report.terminal import visible
from cilint.report.view import Item, View

COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
PER_TYPE = 10  # annotations of a type that the runner keeps in a step
MESSAGE = 4000  # characters; the runner cuts at 4096


def render(view: View) -> str:
    """One command a finding; where a severity has too many, one a file and rule, and one that counts the
    rest.
    """
    lines: list[str] = []
    for severity in COMMANDS:
        items = [item for item in view.items if item.severity == severity]
        lines += _within_cap(items, severity)
    return "".join(f"{line}\n" for line in lines)


def _within_cap(items: list[Item], severity: Severity) -> list[str]:
    if len(items) <= PER_TYPE:
        return [command(item) for item in items]
    distinct = list({(item.place.path, item.rule): item for item in reversed(items)}.values())[::-1]
    chosen = distinct[: PER_TYPE - 1]
    rest = len(items) - len(chosen)
    return [
        *map(command, chosen),
        f"::{COMMANDS[severity]} title=cilint::+{rest} more, see the job's log or summary",
    ]


def command(item: Item) -> str:
    """The workflow command for the finding. Columns only where it lies in one line: others are dropped."""
    place = item.place
    values = {"file": place.path, "line": str(place.start.line), "endLine": str(place.end.line)}
    if place.source is None:
        values = {"file": place.path}
    elif place.start.line == place.end.line:
        values |= {"col": str(place.start.column), "endColumn": str(place.end.column)}
    values["title"] = f"cilint {item.rule}"
    properties = ",".join(f"{name}={_property(value)}" for name, value in values.items())
    return f"::{COMMANDS[item.severity]} {properties}::{_message(visible(item.message[:MESSAGE]))}"


def _message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")
