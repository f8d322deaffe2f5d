"""Whether the linter is called by ``next lint``, which Next.js 16 and later do not have."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cilint.findings.finding import FileEdit
from cilint.findings.violation import Options, Violation
from cilint.model.package import Package
from cilint.pipeline.effects.gates import Gate
from cilint.pipeline.pipeline import Pipeline
from cilint.text.edit import Edit
from cilint.text.source import Span

_REMOVED_IN = 16


def run(pipeline: Pipeline, options: Options) -> Iterator[Violation]:
    """One violation a place that calls it; values: ``what``, ``version``."""
    gone = {
        each.path: each for each in pipeline.packages if (each.version_of("next") or (0, 0))[0] >= _REMOVED_IN
    }
    told = set()
    for gate in pipeline.gates if gone else ():
        for called in gate.scripts:
            if called.package.path in gone and _calls(called.package.scripts[called.name]):
                told.add((called.package.path, called.name))
                edits = _script_edits(pipeline, called.package, called.name)
                yield _violation(gate.path, gate.span, called.package, called.name, edits)
        package = _own_package(pipeline, gate, gone)
        if package and gate.call and not gate.scripts and _calls(gate.call.command.raw):
            yield _violation(gate.path, gate.span, package, None, _command_edits(gate))
    for package in gone.values():
        for name, body in package.scripts.items():
            span = _script_span(pipeline, package, name) if _calls(body) else None
            if span and (package.path, name) not in told:
                yield _violation(package.path, span, package, name, _script_edits(pipeline, package, name))


def _calls(script: str) -> bool:
    return re.search(r"(^|[\s;&|'\"(])next lint\b", script) is not None


def _own_package(pipeline: Pipeline, gate: Gate, gone: dict[str, Package]) -> Package | None:
    folder = gate.site.working_directory.removeprefix("./").strip("/")
    return gone.get(f"{folder}/package.json" if folder not in ("", ".") else "package.json")


def _violation(
    path: str, span: Span, package: Package, name: str | None, edits: tuple[FileEdit, ...]
) -> Violation:
    major = (package.version_of("next") or (_REMOVED_IN, 0))[0]
    what = f"the script `{name}` of {package.path}" if name else "this"
    return Violation(path, span, {"what": what, "version": major}, edits=edits)


def _script_span(pipeline: Pipeline, package: Package, name: str) -> Span | None:
    """Where the script's text stands in package.json, between its quotes."""
    source = pipeline.project.source(package.path)
    pattern = rf'"{re.escape(name)}"\s*:\s*"({re.escape(package.scripts[name])})"'
    found = re.search(pattern, source.text) if source else None
    return Span(*found.span(1)) if found else None


def _script_edits(pipeline: Pipeline, package: Package, name: str) -> tuple[FileEdit, ...]:
    """The script with ESLint in the place of a plain call; none for anything more involved."""
    span = _script_span(pipeline, package, name)
    if span is None or re.search(r"[;&|]", package.scripts[name]):
        return ()
    return (FileEdit(package.path, Edit(span, "eslint .")),)


def _command_edits(gate: Gate) -> tuple[FileEdit, ...]:
    """The command with ESLint in the place of its words from ``next`` on."""
    call = gate.call
    assert call is not None
    items = call.arguments.items
    word = next((word for text, word in items if text == "next"), None)
    start = call.span_of(word).start if word else gate.span.start
    return (FileEdit(gate.path, Edit(Span(start, gate.span.end), "eslint ." if word else "npx eslint .")),)
