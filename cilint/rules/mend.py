"""From a rule's fix to the edits that mend one finding."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from cilint.findings.finding import FileEdit, Fix, NewFile, Safety
from cilint.findings.violation import Change
from cilint.rules.functions import NoValueError
from cilint.rules.rule import EditTemplate, Expression, FixTemplate
from cilint.text.edit import Edit
from cilint.text.hints import TYPE_CHECKING, Any, Protocol
from cilint.text.source import SourceFile, Span

if TYPE_CHECKING:
    from cilint.syntax.yaml import Document

Evaluate = Callable[[Expression], Any]


class YamlFile(Protocol):
    """A file that is read as YAML."""

    @property
    def document(self) -> Document: ...


class Project(Protocol):
    """The files that fixes change."""

    def source(self, path: str) -> SourceFile | None: ...

    def yaml_file(self, path: str) -> YamlFile | None: ...


def build_fix(fix: FixTemplate, path: str, evaluate: Evaluate, project: Project) -> Fix | None:
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
    return assemble(evaluate(fix.title), safety, changes, path, project)


def assemble(
    title: str, safety: Safety, changes: Iterable[Change], path: str, project: Project
) -> Fix | None:
    """A fix of the given changes, written as their files want it; None where one of them cannot be."""
    edits: list[FileEdit] = []
    creates: list[NewFile] = []
    for change in changes:
        if isinstance(change, NewFile):
            creates.append(change)
            continue
        edit = change if isinstance(change, FileEdit) else FileEdit(path, change)
        try:
            edits.append(_with_newlines(_quoted(edit, project), project))
        except Exception as error:
            if is_refusal(error):
                return None
            raise
    return Fix(title, safety, tuple(edits), tuple(creates))


def is_refusal(error: Exception) -> bool:
    """Whether the error says that a fix cannot be made here, rather than that a rule is wrong."""
    from cilint.syntax.yaml_edit import EditRefused

    return isinstance(error, NoValueError | EditRefused)


def _quoted(change: FileEdit, project: Project) -> FileEdit:
    """The change in the quotes that it lands in. Raises EditRefused; see ``yaml_edit.within``."""
    file = project.yaml_file(change.path)
    if file is None or file.document.errors:
        return change
    from cilint.syntax.yaml_edit import within

    return FileEdit(change.path, within(file.document, change.edit))


def _with_newlines(change: FileEdit, project: Project) -> FileEdit:
    if "\n" not in change.edit.text:
        return change
    source = project.source(change.path)
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
