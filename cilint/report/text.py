"""The report for people: each finding with its code frame, related places and the fix, then a summary."""

from __future__ import annotations

from collections.abc import Mapping

from cilint.findings.finding import Severity
from cilint.report.frame import frame
from cilint.report.terminal import BLUE, BOLD, DIM, PLAIN, RED, YELLOW, Style, neutralised, visible
from cilint.report.view import Item, View

COLORS = {Severity.ERROR: RED, Severity.WARNING: YELLOW, Severity.INFO: BLUE}
HOW: Mapping[str, str] = {"safe": "`cilint fix`", "unsafe": "`cilint fix --unsafe`"}


def render(view: View, style: Style = PLAIN, quiet: bool = False) -> str:
    """The whole report; ``quiet`` leaves the summary out where nothing was found."""
    text = "".join(f"{_finding(item, style)}\n\n" for item in view.items)
    if view.items or not quiet:
        text += summary(view, style) + "\n"
    return neutralised(text) if style.neutral else text


def _finding(item: Item, style: Style) -> str:
    color = COLORS[item.severity]
    head = style.paint(f"{item.severity.label}[{item.rule}]", BOLD, color)
    lines = [
        f"{head}: {style.paint(visible(item.message), BOLD)}",
        *frame(item.place, item.related, style, color),
    ]
    if item.fix:
        lines.append(f"  {style.paint('help:', BOLD)} {visible(item.fix.title)} ({HOW[item.fix.safety]})")
    return "\n".join(lines)


def summary(view: View, style: Style) -> str:
    """The last lines: how many findings of which severity in how many files, and what can be fixed."""
    files = counted(view.checked, "file")
    aside = f"; {view.suppressed} suppressed" if view.suppressed else ""
    if not view.items:
        return style.paint(f"No findings in {files}{aside}.", DIM)
    counts = [counted(count, level.label) for level, count in view.counts().items() if count]
    lines = [f"{counted(len(view.items), 'finding')} ({', '.join(counts)}) in {files}{aside}."]
    safe = sum(item.fix is not None and item.fix.safety == "safe" for item in view.items)
    unsafe = sum(item.fix is not None and item.fix.safety == "unsafe" for item in view.items)
    if safe or unsafe:
        more = f"{unsafe} more with `--unsafe`" if safe else f"{unsafe} with `cilint fix --unsafe`"
        lines.append(
            ", ".join([f"{safe} fixable with `cilint fix`"] * bool(safe) + [more] * bool(unsafe)) + "."
        )
    return "\n".join(lines)


def counted(number: int, noun: str) -> str:
    """``1 file``, ``2 files``; ``info`` has no plural."""
    return f"{number} {noun}" if number == 1 or noun == "info" else f"{number} {noun}s"
