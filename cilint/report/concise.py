"""One line a finding: ``path:line:column: severity rule message``."""

from __future__ import annotations

from cilint.report.terminal import PLAIN, Style, neutralised, visible
from cilint.report.view import Item, View


def render(view: View, style: Style = PLAIN) -> str:
    """The report; empty where nothing was found."""
    text = "".join(f"{line(item)}\n" for item in view.items)
    return neutralised(text) if style.neutral else text


def line(item: Item) -> str:
    """The finding in a line that editors and terminals can jump from."""
    place = item.place
    where = f"{visible(place.path)}:{place.start.line}:{place.start.column}"
    return f"{where}: {item.severity.label} {item.rule} {visible(item.message)}"
