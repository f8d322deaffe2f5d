"""Names of images made lower case where they are written, or by a step before."""

from __future__ import annotations

import re

from cilint.findings.finding import FileEdit
from cilint.model import edits
from cilint.pipeline.effects.images import ImagePush
from cilint.syntax.yaml import Scalar
from cilint.text.edit import Edit
from cilint.text.source import Span

_EXPRESSION = re.compile(r"\$\{\{\s*github\.(repository(?:_owner)?)\s*\}\}")
_NAME = r"(GITHUB_REPOSITORY(?:_OWNER)?)"
_SHELL = re.compile(rf"{_EXPRESSION.pattern}|\${_NAME}\b|\$\{{{_NAME}\}}")
_VARIABLE = re.compile(r"\$\{\{\s*env\.(\w+)\s*\}\}")


def in_lower_case(push: ImagePush) -> tuple[FileEdit, ...] | None:
    """Edits after which the name has no capitals; None where it is not plain how it comes to have them."""
    source = push.source.eyes.runs.project.source(push.path)
    step = push.site.step
    if source is None or push.path != step.path or push.tag.metadata:
        return None
    written = source.slice(push.span)
    if not push.by_repository:
        start = push.span.start + written.find(push.image.path)
        once = written.count(push.image.path) == 1
        place = Span(start, start + len(push.image.path))
        return (FileEdit(push.path, Edit(place, push.image.path.lower())),) if once else None
    if step.run is not None:
        return _by_shell(push, written) if (step.shell or "bash").startswith("bash") else None
    given = step.inputs.get("tags")
    if given is None or push.site.parent is not None or not given.span.covers(push.span):
        return None
    return _by_step(push, given)


def _by_shell(push: ImagePush, written: str) -> tuple[FileEdit, ...] | None:
    if "'" in written:
        return None
    found = []
    for match in _SHELL.finditer(written):
        name = next(filter(None, match.groups())).upper()
        name = name if name.startswith("GITHUB_") else f"GITHUB_{name}"
        place = Span(*match.span()).shift(push.span.start)
        found.append(FileEdit(push.path, Edit(place, f"${{{name},,}}")))
    return tuple(found) or None


def _by_step(push: ImagePush, given: Scalar) -> tuple[FileEdit, ...] | None:
    """A step before that hands the name over by the environment, and what reads it there."""
    names = {match[1] for match in _EXPRESSION.finditer(given.text)}
    layers = (push.site.job.env, push.site.call.workflow.env)
    read = {match[1] for match in _VARIABLE.finditer(given.text)}
    set_to = {name: layer[name].text for layer in layers for name in read.intersection(layer)}
    known = {name for name, text in set_to.items() if "github.repository" in text}
    lines = [f'echo "{name.upper()}=${{GITHUB_{name.upper()},,}}" >> "$GITHUB_ENV"' for name in sorted(names)]
    lines += [f'echo "{name}=${{{name},,}}" >> "$GITHUB_ENV"' for name in sorted(known)]
    if not lines or (names and known):
        return None
    run = [f"run: {lines[0]}"] if len(lines) == 1 else ["run: |", *(f"  {line}" for line in lines)]
    added = edits.insert_step(push.site.step, ["name: Write the image's name in lower case", *run])
    changed = tuple(
        FileEdit(push.path, Edit(given.source_span(*match.span()), f"${{{{ env.{match[1].upper()} }}}}"))
        for match in _EXPRESSION.finditer(given.text)
    )
    return (*added, *changed) if added else None
