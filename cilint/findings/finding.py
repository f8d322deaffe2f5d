"""A finding, its severity, its related places and its fix, as plain values."""

from __future__ import annotations

from enum import IntEnum

from cilint.text.edit import Edit
from cilint.text.hints import Literal
from cilint.text.source import Span
from cilint.text.values import NamedTuple

Safety = Literal["safe", "unsafe"]


class Severity(IntEnum):
    """How bad a finding is; comparable."""

    INFO = 1
    WARNING = 2
    ERROR = 3

    @property
    def label(self) -> str:
        return self.name.lower()

    @classmethod
    def of(cls, label: str) -> Severity:
        """The severity called ``label`` (``info``, ``warning``, ``error``); KeyError for any other."""
        return cls[label.upper()]


class Label(NamedTuple):
    """A related place and what it has to do with the finding."""

    path: str
    span: Span
    text: str


class FileEdit(NamedTuple):
    """An edit in one of the project's files."""

    path: str
    edit: Edit


class NewFile(NamedTuple):
    """A file that a fix writes where none is; ``instead`` is one that goes for it, if any does."""

    path: str
    text: str
    instead: str = ""


class Fix(NamedTuple):
    """What mends a finding. Safe: the pipeline can only move towards the rule."""

    title: str
    safety: Safety
    edits: tuple[FileEdit, ...] = ()
    creates: tuple[NewFile, ...] = ()


class Finding(NamedTuple):
    """One thing that is wrong at one place. ``span`` is None for a file that does not exist.

    ``code`` is what ShellCheck calls it, where the finding is ShellCheck's.
    """

    rule: str
    severity: Severity
    message: str
    path: str
    span: Span | None
    related: tuple[Label, ...] = ()
    fix: Fix | None = None
    code: str | None = None
