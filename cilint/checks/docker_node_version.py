"""Whether the Node.js of an image is the one that the project asks for, and one that its Next.js runs on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import basename, dirname

from cilint.findings.finding import Label, Severity
from cilint.findings.violation import Options, Violation
from cilint.model.dockerfile import Stage
from cilint.model.nextjs import app_of
from cilint.model.package import NodeVersion, ancestors, join, read_text
from cilint.pipeline.effects.bases import library_name
from cilint.pipeline.pipeline import Pipeline
from cilint.text.edit import Edit
from cilint.text.hole import HOLE
from cilint.text.source import Span

_CODENAMES = {"hydrogen": 18, "iron": 20, "jod": 22, "krypton": 24}
"""Names of the long-term releases (nodejs.org/en/about/previous-releases)."""
_NEXT_NEEDS = ((16, (20, 9)), (15, (18, 18)), (14, (18, 17)))
"""The ``engines`` of Next.js by its major version."""


def run(pipeline: Pipeline, options: Options) -> Iterator[Violation]:
    """One violation for each stage that is built on the node image itself; values: ``what``, ``image``."""
    for stage in pipeline.stages:
        if stage.is_reachable and stage.image is not None and library_name(stage.image) == "node":
            wanted = _wanted(pipeline, stage.path, options.file)
            yield from _judged(pipeline, stage, wanted)


def _wanted(pipeline: Pipeline, path: str, file: str) -> NodeVersion | None:
    """What the nearest version file of that name asks for."""
    for folder in ancestors(dirname(path)):
        place = join(dirname(file) or folder, basename(file))
        words = (read_text(pipeline.project.files, place) or "").split("#")[0].split()
        if words:
            return NodeVersion(place, re.sub(r"^v(?=\d)", "", words[0]))
    return None


def _judged(pipeline: Pipeline, stage: Stage, wanted: NodeVersion | None) -> Iterator[Violation]:
    assert stage.image is not None
    tag = (stage.image.tag or "latest").split("-")
    numbers = _numbers(tag[1] if tag[0] == "lts" and len(tag) > 1 and tag[1] in _CODENAMES else tag[0])
    span = stage.base_span or stage.span
    values = {"image": stage.image.text, "what": ""}
    if HOLE in (stage.image.tag or ""):
        if wanted and HOLE in tag[0]:
            values["what"] = f"is only known when it is built; {wanted.path} asks for {wanted.text}"
            yield Violation(stage.path, span, values, severity=Severity.INFO)
        return
    asked = _numbers(wanted.text.rpartition("/")[2]) if wanted else ()
    if wanted and wanted.text not in ("lts/*", "node", "latest", "*") and not _agree(numbers, asked):
        values["what"] = "is another Node.js" if numbers else "names no version, and moves with every release"
        values["what"] += (
            f" than {wanted.path} asks for ({wanted.text})"
            if numbers
            else f"; {wanted.path} asks for {wanted.text}"
        )
        label = (Label(wanted.path, Span(0, len(wanted.text)), "the version that development and CI use"),)
        yield Violation(stage.path, span, values, label, _changed(stage, wanted))
        return
    newest = _NEXT_NEEDS[0][1]
    needs = _needs(pipeline, stage.path) if numbers and numbers < newest else None
    if needs and numbers[: len(needs[1])] < needs[1][: len(numbers)]:
        values["what"] = (
            f"is too old for Next.js {needs[0]}, which needs {needs[1][0]}.{needs[1][1]} or newer"
        )
        yield Violation(stage.path, span, values)


def _numbers(text: str) -> tuple[int, ...]:
    """The numbers of a version; empty for one without, such as ``latest``."""
    if text.lower() in _CODENAMES:
        return (_CODENAMES[text.lower()],)
    found = re.fullmatch(r"v?(\d{1,4}(?:\.\d{1,4}){0,2})", text)
    return tuple(int(number) for number in found[1].split(".")) if found else ()


def _agree(numbers: tuple[int, ...], asked: tuple[int, ...]) -> bool:
    """Whether one version is the other or a part of it; a wish that is no number agrees with anything."""
    return not asked or (bool(numbers) and all(a == b for a, b in zip(numbers, asked, strict=False)))


def _needs(pipeline: Pipeline, path: str) -> tuple[int, tuple[int, int]] | None:
    app = app_of(pipeline.next_apps, path)
    if app is None or app.folder not in ancestors(dirname(path)):
        return None
    version = app.next_version
    return next(((major, needs) for major, needs in _NEXT_NEEDS if version and version[0] >= major), None)


def _changed(stage: Stage, wanted: NodeVersion) -> tuple[Edit, ...]:
    """The tag with the version that is asked for, its variant kept, where it is written in the FROM."""
    text = stage.from_.arguments[0].text if stage.from_.arguments else ""
    if not _numbers(wanted.text) or "$" in text or "@" in text or stage.base_span is None:
        return ()
    name, _, tag = text.partition(":") if "/" not in text else (text, "", "/")
    variant = tag.partition("-")[2] if re.match(r"\d|latest|lts|current", tag) else tag
    if tag == "/" or variant in _CODENAMES:
        return ()
    return (Edit(stage.base_span, f"{name}:{wanted.text}{'-' + variant if variant else ''}"),)
