"""Whether a Dockerfile that uses newer syntax says in its first line which version of it that is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cilint.findings.violation import Options, Violation
from cilint.model.dockerfile import Dockerfile
from cilint.pipeline.pipeline import Pipeline
from cilint.syntax.dockerfile import Instruction
from cilint.text.edit import Edit
from cilint.text.source import Span

FRONTEND = "docker/dockerfile:1"
_NEWER = {
    "RUN": ("mount", "network", "security", "device"),
    "COPY": ("link", "chmod", "parents", "exclude"),
    "ADD": ("link", "chmod", "checksum", "keep-git-dir", "unpack", "exclude"),
}
"""Flags that came with versions of docker/dockerfile (its release notes), not with the first BuildKit."""


def run(pipeline: Pipeline, _options: Options) -> Iterator[Violation]:
    """At most one violation a file; values: ``what``, ``why``, ``action``."""
    for dockerfile in pipeline.dockerfiles:
        if dockerfile.document.directive("syntax") is None:
            yield from _misplaced(dockerfile) or _missing(dockerfile)


def _misplaced(dockerfile: Dockerfile) -> list[Violation]:
    """A comment that was meant to be the directive."""
    document = dockerfile.document
    plain = {part.span.start for part in document.parts if part.kind == "comment"}
    for comment in document.comments:
        found = re.match(r"syntax[ \t]*=[ \t]*(\S*dockerfile\S*)[ \t]*$", comment.text, re.IGNORECASE)
        line = dockerfile.source.line_span(comment.line)
        if found and line.start in plain:
            values = {
                "what": "this is only a comment and sets no syntax",
                "why": "the directive counts above all blank lines, other comments and instructions only",
                "action": "move it to the first line",
            }
            return [
                Violation(dockerfile.path, comment.span, values, edits=_moved(dockerfile, line, found[1]))
            ]
    return []


def _moved(dockerfile: Dockerfile, line: Span, value: str) -> tuple[Edit, ...]:
    from cilint.syntax.dockerfile_edit import set_directive

    if _has_shebang(dockerfile) or line.start == 0:
        return ()
    return (*set_directive(dockerfile.document, "syntax", value), Edit(line, ""))


def _missing(dockerfile: Dockerfile) -> Iterator[Violation]:
    from cilint.syntax.dockerfile_edit import set_directive

    used = next((use for each in dockerfile.instructions for use in _uses(each.nested or each)), None)
    if used is None:
        return
    span, name = used
    values = {
        "what": f"nothing says which Dockerfile syntax has {name}",
        "why": "whether and how it is understood depends on the version of each builder",
        "action": f"begin the file with `# syntax={FRONTEND}`",
    }
    edits = () if _has_shebang(dockerfile) else tuple(set_directive(dockerfile.document, "syntax", FRONTEND))
    yield Violation(dockerfile.path, span, values, edits=edits)


def _uses(instruction: Instruction) -> Iterator[tuple[Span, str]]:
    """The newer syntax in an instruction, and what to call it."""
    for flag in instruction.flags:
        if flag.name in _NEWER.get(instruction.name, ()):
            yield flag.span, f"`--{flag.name}`"
    for heredoc in instruction.heredocs:
        yield heredoc.span, "a heredoc"


def _has_shebang(dockerfile: Dockerfile) -> bool:
    return dockerfile.source.text.startswith("#!")
