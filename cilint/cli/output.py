"""Where reports go: the formats by name, standard output or files."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from cilint.errors import CilintError, nearest
from cilint.report.terminal import Style, style_for
from cilint.report.view import View
from cilint.text.hints import TYPE_CHECKING
from cilint.text.values import NamedTuple

if TYPE_CHECKING:
    from cilint.report.sarif import Description

OF_REPOSITORY = ("github", "gitlab", "sarif")
"""Formats whose readers want paths from the repository's root on, wherever the command ran."""
CHECKOUTS = ("GITHUB_WORKSPACE", "CI_PROJECT_DIR")
FORMATS = ("text", "concise", "json", "sarif", "github", "gitlab", "junit", "markdown")


class Target(NamedTuple):
    """One report: its format and the file it goes to, None for standard output."""

    format: str
    path: str | None


def targets(values: Sequence[str], default: str | None = "text") -> list[Target]:
    """The reports that ``--report`` names. Raises CilintError for an unknown format or a file named twice."""
    found: list[Target] = []
    for value in values or ([default] if default else []):
        name, colon, path = value.partition(":")
        if name not in FORMATS:
            close = nearest(name, FORMATS)
            hint = f"did you mean `{close}`?" if close else f"there are {', '.join(FORMATS)}"
            raise CilintError(f"no report format `{name}`", hint=hint)
        if colon and not path:
            raise CilintError(f"`--report {value}` names no file")
        if path and any(path == each.path for each in found):
            raise CilintError(f"two reports go to `{path}`")
        found.append(Target(name, path or None))
    return found


def rendered(
    reports: Sequence[Target],
    view: View,
    color: str,
    quiet: bool,
    rules: Callable[[], Sequence[Description]],
) -> list[tuple[str | None, str]]:
    """Each report's file (None: standard output) and text.

    ``rules`` is asked for the rules of the run only where a format tells them all.
    """
    return [
        (
            target.path,
            render(
                target.format, _seen_from(view, target), style_for(color, bool(target.path)), quiet, rules
            ),
        )
        for target in reports
    ]


def _seen_from(view: View, target: Target) -> View:
    """The view that the report's paths are to be seen from: a CI's checkout for formats that want it."""
    checkout = next((path for name in CHECKOUTS if (path := os.environ.get(name))), None)
    if target.format not in OF_REPOSITORY or checkout is None:
        return view
    checkout = os.path.abspath(checkout)
    inside = f"{view.base}/".startswith(f"{checkout.rstrip('/')}/")
    return View(view.run, checkout, view.texts) if inside and checkout != view.base else view


def render(
    name: str, view: View, style: Style, quiet: bool, rules: Callable[[], Sequence[Description]]
) -> str:
    """The text of one report; the module of its format alone is loaded."""
    if name == "text":
        from cilint.report import text

        return text.render(view, style, quiet)
    if name == "json":
        from cilint.report import json

        return json.render(view)
    if name == "concise":
        from cilint.report import concise

        return concise.render(view, style)
    if name == "sarif":
        from cilint.report import sarif

        return sarif.render(view, rules())
    from importlib import import_module

    return str(import_module(f"cilint.report.{name}").render(view))
