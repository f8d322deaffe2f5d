"""A table in GitHub's Markdown, for a job's step summary."""

from __future__ import annotations

from cilint.report.terminal import PLAIN, visible
from cilint.report.text import summary
from cilint.report.view import Item, View

LIMIT = 900 * 1024  # bytes; GitHub drops a summary of more than 1 MiB
ESCAPED = "\\`*_{}[]<>()#+!|~@&"


def render(view: View) -> str:
    """The table and the summary line; cut, with a note, before it grows too large for GitHub."""
    head = f"### cilint\n\n{summary(view, PLAIN)}\n"
    if not view.items:
        return head
    lines = [head, "\n| Severity | Place | Rule | Message |\n| --- | --- | --- | --- |\n"]
    size = 0
    for shown, item in enumerate(view.items):
        row = _row(item)
        size += len(row.encode("utf-8", "replace"))
        if size > LIMIT:
            lines.append(f"\n{len(view.items) - shown} more findings are in the job's log.\n")
            break
        lines.append(row)
    return "".join(lines)


def _row(item: Item) -> str:
    place = f"{item.place.path}:{item.place.start.line}"
    return (
        f"| {item.severity.label} | {_escaped(place)} | {_escaped(item.rule)} | {_escaped(item.message)} |\n"
    )


def _escaped(text: str) -> str:
    """``text`` so that it is shown as it is: no markup, no mention, no link."""
    return "".join(f"&#{ord(char)};" if char in ESCAPED else char for char in visible(text))
