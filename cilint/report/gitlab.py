"""GitLab's Code Quality report: an array, also where nothing was found."""

from __future__ import annotations

from collections.abc import Mapping

from cilint.findings.finding import Severity
from cilint.report.json import lines_of
from cilint.report.view import Item, View
from cilint.text.hints import Any

SEVERITIES: Mapping[Severity, str] = {
    Severity.ERROR: "major",
    Severity.WARNING: "minor",
    Severity.INFO: "info",
}


def render(view: View) -> str:
    """The report; the description begins with the rule since GitLab does not show its name elsewhere."""
    return lines_of(map(_issue, view.items), "") + "\n"


def _issue(item: Item) -> dict[str, Any]:
    return {
        "description": f"{item.rule}: {item.message}",
        "check_name": item.rule,
        "fingerprint": item.fingerprint,
        "severity": SEVERITIES[item.severity],
        "location": {"path": item.place.path, "lines": {"begin": item.place.start.line}},
    }
