"""Whether the Node.js of an image is the one that the project asks for, and one that its Next.js runs on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import basename, dirname

from cilint.findings.finding import Label, Severity
from cilint.findings.violation import Options, Violation
from cilint.model.dockerfile import Stage
from cilint.model.nextjs import NextApp, app_of
from cilint.model.package import NodeVersion, ancestors, is_codename, join, read_text, version_numbers
from cilint.pipeline.effects.bases import library_name, node_release
from cilint.pipeline.pipeline import Pipeline
from cilint.text.edit import Edit
from cilint.text.hole import HOLE
from cilint.text.source import Span


def run(pipeline: Pipeline, options: Options) -> Iterator[Violation]:
    """One violation for each stage that is built on an image for Node.js; values: ``what``, ``image``."""
    for stage in pipeline.stages:
        release = node_release(stage.image) if stage.is_reachable and stage.image else None
        if release is not None:
            wanted = _wanted(pipeline, stage.path, options.file)
            yield from _judged(pipeline, stage, release, wanted)


def _wanted(pipeline: Pipeline, path: str, file: str) -> NodeVersion | None:
    """What the nearest version file of that name asks for."""
    for folder in ancestors(dirname(path)):
        place = join(dirname(file) or folder, basename(file))
        words = (read_text(pipeline.project.files, place) or "").split("#")[0].split()
        if words:
            return NodeVersion(place, re.sub(r"^v(?=\d)", "", words[0]))
    return None


def _judged(
    pipeline: Pipeline, stage: Stage, release: str, wanted: NodeVersion | None
) -> Iterator[Violation]:
    assert stage.image is not None
    tag = release.split("-")
    numbers = version_numbers(tag[1] if tag[0] == "lts" and len(tag) > 1 and is_codename(tag[1]) else tag[0])
    span = stage.base_span or stage.span
    values = {"image": stage.image.text, "what": ""}
    if HOLE in release:
        if wanted and HOLE in tag[0]:
            values["what"] = f"is only known when it is built; {wanted.path} asks for {wanted.text}"
            yield Violation(stage.path, span, values, severity=Severity.INFO)
        return
    asked = version_numbers(wanted.text) if wanted else ()
    if wanted and wanted.text not in ("lts/*", "node", "latest", "*") and not _agree(numbers, asked):
        values["what"] = "is another Node.js" if numbers else "names no version, and moves with every release"
        values["what"] += (
            f" than {wanted.path} asks for ({wanted.text})"
            if numbers
            else f"; {wanted.path} asks for {wanted.text}"
        )
        label = (Label(wanted.path, Span(0, len(wanted.text)), "the version that development and CI use"),)
        edits = () if _needs_newer(pipeline, stage, asked) else _changed(stage, wanted)
        yield Violation(stage.path, span, values, label, edits)
        return
    app = _needs_newer(pipeline, stage, numbers)
    if app and app.needed_node:
        version, needed = app.package.range_of("next"), app.needed_node
        values["what"] = f"is too old for Next.js {version}, which needs {needed[0]}.{needed[1]} or newer"
        yield Violation(stage.path, span, values)


def _needs_newer(pipeline: Pipeline, stage: Stage, numbers: tuple[int, ...]) -> NextApp | None:
    """The application that a version of Node.js is too old for."""
    app = app_of(pipeline.next_apps, stage.path) if numbers else None
    needed = app.needed_node if app and app.folder in ancestors(dirname(stage.path)) else None
    return app if needed and numbers[:2] < needed[: len(numbers)] else None


def _agree(numbers: tuple[int, ...], asked: tuple[int, ...]) -> bool:
    """Whether one version is the other or a part of it; a wish that is no number agrees with anything."""
    return not asked or (bool(numbers) and all(a == b for a, b in zip(numbers, asked, strict=False)))


def _changed(stage: Stage, wanted: NodeVersion) -> tuple[Edit, ...]:
    """The tag with the version that is asked for, its variant kept, where it is written in the FROM."""
    text = stage.from_.arguments[0].text if stage.from_.arguments else ""
    official = stage.image is not None and library_name(stage.image) == "node"
    if not (official and wanted.text[:1].isdigit() and stage.base_span) or "$" in text or "@" in text:
        return ()
    name, _, tag = text.partition(":") if "/" not in text else (text, "", "/")
    variant = tag.partition("-")[2] if re.match(r"\d|latest|lts|current", tag) else tag
    if tag == "/" or is_codename(variant):
        return ()
    return (Edit(stage.base_span, f"{name}:{wanted.text}{'-' + variant if variant else ''}"),)
