"""Whether the version of Node.js that files and workflows name is one that the project's Next.js runs on."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cilint.findings.finding import Label, Severity
from cilint.findings.violation import Options, Violation
from cilint.model.nextjs import NextApp
from cilint.model.package import ancestors, version_numbers
from cilint.pipeline.pipeline import Pipeline
from cilint.text.hole import HOLE
from cilint.text.source import Span


def run(pipeline: Pipeline, options: Options) -> Iterator[Violation]:
    """One violation a place that names one; values: ``version``, ``is_``, ``next``, ``needed``."""
    told = set()
    for app in pipeline.next_apps:
        if app.needed_node is None:
            continue
        file = app.node_version
        if file and file.path not in told and _is_too_old(file.text, app):
            told.add(file.path)
            yield _violation(pipeline, app, file.path, file.text)
        yield from _in_package(pipeline, app)
    for setup in pipeline.node_setups:
        apps = {app.folder: app for app in pipeline.next_apps if app.needed_node}
        nearest = next((apps[folder] for folder in ancestors(setup.folder) if folder in apps), None)
        given = setup.site.step.inputs.get("node-version") if nearest else None
        for version in setup.site.each(given.text) if given else ():
            if nearest and given and HOLE not in version and _is_too_old(version, nearest):
                yield _violation(pipeline, nearest, setup.path, version, given.span)


def _is_too_old(text: str, app: NextApp) -> bool:
    """Whether even the newest release that a version or range admits is too old."""
    needed = app.needed_node or (0, 0)
    return all(_newest(part.strip()) < needed for part in text.split("||"))


def _newest(text: str) -> tuple[float, float]:
    """(major, minor) of the newest release that a simple range admits; infinite where it has no bound."""
    bound = re.search(r"<(=?)\s*v?(\d{1,4})(?:\.(\d{1,4}))?", text)
    if bound:
        major, minor = int(bound[2]), int(bound[3] or 0)
        if bound[1]:
            return major, minor if bound[3] else float("inf")
        return (major, minor - 1) if minor else (major - 1, float("inf"))
    found = re.fullmatch(r"([~^]?)\s*(v?[\d.]+?)(?:\.[x*])*", text)
    numbers = version_numbers(found[2] if found else text)
    if not numbers:
        return float("inf"), float("inf")
    open_ended = len(numbers) == 1 or (found is not None and found[1] == "^")
    return numbers[0], float("inf") if open_ended else numbers[1]


def _in_package(pipeline: Pipeline, app: NextApp) -> Iterator[Violation]:
    """What the application's own package.json says of Node.js, for Volta and as ``engines``."""
    source = pipeline.project.source(app.package.path)
    for field in ("volta", "engines") if source else ():
        text = source.text if source else ""
        found = re.search(rf'"{field}"\s*:\s*\{{[^{{}}]*?"node"\s*:\s*"([^"\\]*)"', text)
        if found is None:
            continue
        told = _violation(pipeline, app, app.package.path, found[1], Span(*found.span(1)))
        if _is_too_old(found[1], app):
            yield told
        elif _begins_too_early(found[1], app):
            values = {**told.values, "is_": "admits versions that are"}
            yield told._replace(severity=Severity.INFO, values=values)


def _begins_too_early(text: str, app: NextApp) -> bool:
    found = re.match(r"\s*>=?\s*v?(\d{1,4})(?:\.(\d{1,4}))?", text)
    return found is not None and (int(found[1]), int(found[2] or 0)) < (app.needed_node or (0, 0))


def _violation(
    pipeline: Pipeline, app: NextApp, path: str, version: str, span: Span | None = None
) -> Violation:
    needed = app.needed_node or (0, 0)
    values = {
        "version": version,
        "is_": "is",
        "next": app.package.range_of("next"),
        "needed": f"{needed[0]}.{needed[1]}",
    }
    source = pipeline.project.source(path)
    start = source.text.find(version) if source else -1
    place = span or (Span(start, start + len(version)) if start >= 0 else Span(0, 0))
    package = pipeline.project.source(app.package.path)
    found = re.search(r'"next"\s*:\s*"[^"]*"', package.text) if package else None
    label = Label(app.package.path, Span(*found.span()), "the version of Next.js") if found else None
    return Violation(path, place, values, (label,) if label else ())
