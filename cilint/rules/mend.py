"""From a rule's fix to the edits that mend one finding."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from cilint.findings.finding import FileEdit, Fix, NewFile, Safety
from cilint.findings.violation import Change
from cilint.rules.functions import NoValueError
from cilint.rules.rule import EditTemplate, Expression, FixTemplate
from cilint.text.edit import Edit
from cilint.text.hints import Any
from cilint.text.source import SourceFile, Span

Evaluate = Callable[[Expression], Any]
Sources = Callable[[str], "SourceFile | None"]


def build_fix(fix: FixTemplate, path: str, evaluate: Evaluate, sources: Sources) -> Fix | None:
    """The fix of one finding in the file at ``path``; None where there is none here.

    ``evaluate`` gives the value of one of the rule's expressions for the thing that was found.
    """
    try:
        if isinstance(fix.edits, Expression):
            changes = evaluate(fix.edits)
        else:
            changes = [_edit(edit, path, evaluate) for edit in fix.edits]
    except Exception as error:
        if is_refusal(error):
            return None
        raise
    if not changes or any(change is None for change in changes):
        return None
    safety = evaluate(fix.safety) if isinstance(fix.safety, Expression) else fix.safety
    return assemble(evaluate(fix.title), safety, changes, path, sources)


def assemble(title: str, safety: Safety, changes: Iterable[Change], path: str, sources: Sources) -> Fix:
    """A fix of the given changes; inserted lines get the line ends of their file."""
    edits: list[FileEdit] = []
    creates: list[NewFile] = []
    for change in changes:
        if isinstance(change, NewFile):
            creates.append(change)
            continue
        edit = change if isinstance(change, FileEdit) else FileEdit(path, change)
        edits.append(_with_newlines(edit, sources))
    return Fix(title, safety, tuple(edits), tuple(creates))


def is_refusal(error: Exception) -> bool:
    """Whether the error says that a fix cannot be made here, rather than that a rule is wrong."""
    from cilint.syntax.yaml_edit import EditRefused

    return isinstance(error, NoValueError | EditRefused)


def _with_newlines(change: FileEdit, sources: Sources) -> FileEdit:
    if "\n" not in change.edit.text:
        return change
    source = sources(change.path)
    if source is None or source.newline == "\n":
        return change
    text = change.edit.text.replace("\r\n", "\n").replace("\n", "\r\n")
    return FileEdit(change.path, Edit(change.edit.span, text))


def _edit(template: EditTemplate, path: str, evaluate: Evaluate) -> FileEdit | None:
    at = place_of(evaluate(template.place), path)
    if at is None or at[1] is None:
        return None
    path, span = at[0], at[1]
    text = evaluate(template.text) if template.text else ""
    if template.action == "before":
        span = Span(span.start, span.start)
    elif template.action == "after":
        span = Span(span.end, span.end)
    return FileEdit(path, Edit(span, text))


def place_of(value: Any, path: str) -> tuple[str, Span | None] | None:
    """Path and span of a ``Span``, or of a thing with a ``span`` and perhaps a ``path``; None for nothing."""
    if value is None:
        return None
    if isinstance(value, Span):
        return path, value
    return getattr(value, "path", path), value.span
