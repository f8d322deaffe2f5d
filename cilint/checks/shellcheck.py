"""ShellCheck's findings, in every shell script of Dockerfiles, workflows and actions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cilint.errors import CilintError
from cilint.findings.finding import Severity
from cilint.findings.violation import Options, Violation
from cilint.pipeline.effects.bases import base_of
from cilint.pipeline.effects.shell_scripts import PROXIES, ShellScript
from cilint.pipeline.pipeline import Pipeline
from cilint.programs import find
from cilint.syntax.shellcheck import Comment, Replacement, Text, comments
from cilint.text.edit import Edit
from cilint.text.source import SourceFile, Span

_LEVELS = {
    "error": Severity.ERROR,
    "warning": Severity.WARNING,
    "info": Severity.INFO,
    "style": Severity.INFO,
}
_NEVER = frozenset({"SC1090", "SC1091", "SC2148", "SC2187", "SC2239"})
"""Of files that it was not given, and of the first line, which is no part of the script."""
_SHELLS = frozenset({"sh", "dash", "ash", "bash", "ksh"})


def run(pipeline: Pipeline, options: Options) -> Iterator[Violation]:
    """Values: ``code``, ``advice``, ``level``. Raises CilintError where ShellCheck is missing or fails."""
    program = find("shellcheck")
    if program is None:
        raise CilintError(
            "the rule shell/shellcheck asks ShellCheck, which is not installed here",
            hint="`pip install 'cilint[shellcheck]'` brings it; a `shellcheck` in PATH serves as well",
        )
    scripts = [script for script in pipeline.shell_scripts if script.program in _SHELLS]
    left_out = _NEVER.union(options.exclude)
    for script, found in zip(scripts, comments(program, list(map(_shown, scripts))), strict=True):
        source = pipeline.project.source(script.path)
        for comment in found:
            if source is None or comment.code in left_out:
                continue
            violation = _violation(script, comment, source)
            if not _is_moot(script, violation, source):
                yield violation


def _shown(script: ShellScript) -> Text:
    is_busybox = script.program == "ash" or (
        script.program == "sh" and script.stage is not None and base_of(script.stage).busybox
    )
    shell = "busybox sh" if is_busybox else script.program
    known = (*script.known, *PROXIES) if script.stage is not None else script.known
    return Text(script.parsed.text, shell, script.errexit, known)


def _is_moot(script: ShellScript, violation: Violation, source: SourceFile) -> bool:
    """Whether it misses a variable that the runner may set, or the blanks are those of continued lines."""
    if violation.code == "SC2291" and violation.span is not None:
        return "\n" in source.slice(violation.span)
    return violation.code in ("SC2154", "SC2153") and script.stage is None


def _violation(script: ShellScript, comment: Comment, source: SourceFile) -> Violation:
    start = min(comment.start, max(0, len(script.parsed.text) - 1))
    span = script.place(start, max(comment.end, start + 1))
    values = {"code": comment.code, "advice": comment.message.rstrip("."), "level": comment.level}
    return Violation(
        script.path,
        span,
        values,
        edits=tuple(_edits(script, comment, source)),
        severity=_LEVELS.get(comment.level, Severity.WARNING),
        safety="safe" if _is_notation(script, comment) else "unsafe",
        code=comment.code,
    )


def _is_notation(script: ShellScript, comment: Comment) -> bool:
    """Whether its fix only writes the same in another way: ``$(…)`` for backticks without backslashes."""
    return comment.code == "SC2006" and "\\" not in script.parsed.text[comment.start : comment.end]


def _edits(script: ShellScript, comment: Comment, source: SourceFile) -> Iterable[Edit]:
    """Its fix as edits of the file; none where the file writes one of these places otherwise."""
    if not script.quotable:
        return ()
    edits = [_edit(script, part, comment.end, source) for part in comment.replacements]
    found = [edit for edit in edits if edit is not None]
    return found if len(found) == len({edit.span for edit in found}) == len(edits) else ()


def _edit(script: ShellScript, part: Replacement, end: int, source: SourceFile) -> Edit | None:
    if "\n" in part.text:
        return None
    if part.start == part.end:
        if part.start in (end, len(script.parsed.text)):
            return script.insert_after(Span(part.start - 1, part.start), part.text)
        return script.insert_before(Span(part.start, part.start + 1), part.text)
    span = script.place(part.start, part.end)
    as_written = source.slice(span) == script.parsed.text[part.start : part.end]
    return Edit(span, part.text) if as_written else None
