"""The colours of the SVG picture, for light and dark surroundings."""

from __future__ import annotations

from collections.abc import Mapping

LIGHT = {
    "page": "#f6f8fa", "frame": "#ffffff", "line": "#d0d7de", "box": "#ffffff", "edge": "#8c959f",
    "text": "#1f2328", "muted": "#59636e", "run": "#0969da",
    "trigger": "#59636e", "job": "#0969da", "dockerfile": "#9a6700", "build": "#8250df",
    "registry": "#1b7c83", "deploy": "#bc4c00", "probe": "#1a7f37",
    "error": "#cf222e", "warning": "#9a6700", "info": "#0969da", "on": "#ffffff",
}  # fmt: skip
DARK = {
    "page": "#0d1117", "frame": "#151b23", "line": "#3d444d", "box": "#212830", "edge": "#768390",
    "text": "#f0f6fc", "muted": "#9198a1", "run": "#4493f8",
    "trigger": "#9198a1", "job": "#4493f8", "dockerfile": "#d29922", "build": "#ab7df8",
    "registry": "#39c5cf", "deploy": "#f0883e", "probe": "#3fb950",
    "error": "#f85149", "warning": "#d29922", "info": "#4493f8", "on": "#0d1117",
}  # fmt: skip
_KINDS = ("trigger", "job", "dockerfile", "build", "registry", "deploy", "probe")
_LEVELS = ("info", "warning", "error")
_FORM = (
    "text{font-family:-apple-system,'Segoe UI','Helvetica Neue',Helvetica,Arial,'Liberation Sans',sans-serif}"
    ".name{font-size:15px;font-weight:600}.path,.detail,.legend,.when{font-size:11px}"
    ".title{font-size:13px;font-weight:600}.kind{font-size:9.5px;font-weight:600;letter-spacing:.05em}"
    ".when{text-anchor:end}.badge text{font-size:11px;font-weight:700;text-anchor:middle}"
    ".stripe{stroke-width:3;stroke-linecap:round;fill:none}.edge{fill:none;stroke-width:1.4}"
    ".from,.calls,.back{stroke-dasharray:4 3}.workflow_run{stroke-width:1.8}"
)


def style(themes: tuple[Mapping[str, str], Mapping[str, str] | None] = (LIGHT, DARK)) -> str:
    """The style sheet: the first theme, and the second one where dark is preferred."""
    light, dark = themes
    sheet = _FORM + _colors(light)
    return f"{sheet}@media (prefers-color-scheme:dark){{{_colors(dark)}}}" if dark else sheet


def _colors(theme: Mapping[str, str]) -> str:
    fills = {"page": "page", "frame": "frame", "box": "box", "head": "edge", "run-head": "run"}
    fills |= dict.fromkeys(("name", "title"), "text") | {"badge text": "on"}
    fills |= dict.fromkeys(("path", "detail", "legend", "when"), "muted")
    strokes = {"frame": "line", "box": "line", "edge": "edge", "workflow_run": "run"}
    rules = [f".{name}{{fill:{theme[color]}}}" for name, color in fills.items()]
    rules += [f".{name}{{stroke:{theme[color]}}}" for name, color in strokes.items()]
    rules += [
        f".{kind} .kind{{fill:{theme[kind]}}}.{kind} .stripe{{stroke:{theme[kind]}}}" for kind in _KINDS
    ]
    rules += [
        f".{level} .box{{stroke:{theme[level]};stroke-width:1.8}}.badge.{level} rect{{fill:{theme[level]}}}"
        for level in _LEVELS
    ]
    return "".join(rules)
