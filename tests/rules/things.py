"""A small pipeline of invented things, to judge without workflows and Dockerfiles."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Literal, NamedTuple

from cilint.model.files import MemoryFiles
from cilint.rules.load import RuleFile, Setting, load_rule
from cilint.text.edit import Edit
from cilint.text.source import SourceFile, Span


class Word(NamedTuple):
    """A word of a line, with its place."""

    text: str
    span: Span


class Line:
    """One line of a file; its first word is its verb."""

    def __init__(self, source: SourceFile, start: int, text: str) -> None:
        self.source = source
        self.path = source.path
        self.start = start
        self.text = text
        self.span = Span(start, start + len(text))

    @cached_property
    def words(self) -> tuple[Word, ...]:
        found, at = [], 0
        for word in self.text.split():
            at = self.text.index(word, at)
            found.append(Word(word, Span(self.start + at, self.start + at + len(word))))
            at += len(word)
        return tuple(found)

    @property
    def verb(self) -> Word | None:
        return self.words[0] if self.words else None

    @property
    def kind(self) -> Literal["long", "short"]:
        return "long" if len(self.text) > 10 else "short"

    def says(self, word: str) -> bool | None:
        """None, that is unknown, for a line with a question mark."""
        if "?" in self.text:
            return None
        return word in [each.text for each in self.words]

    def without(self, word: str) -> tuple[Edit, ...]:
        return tuple(Edit(each.span, "") for each in self.words if each.text == word)

    def fails(self) -> bool:
        raise ZeroDivisionError("as asked")


class Lines:
    """A pipeline of lines."""

    def __init__(self, files: dict[str, str]) -> None:
        self.project = self
        self.files = MemoryFiles(files)

    def source(self, path: str) -> SourceFile | None:
        data = self.files.read(path)
        return None if data is None else SourceFile.decode(path, data)

    def yaml_file(self, path: str) -> None:  # noqa: ARG002 - no file here is YAML
        return None

    target_kinds = frozenset({"workflow", "dockerfile"})

    def select(self, kind: str) -> Iterable[Line]:
        assert kind == "line"
        for path in self.files.listing():
            source = self.source(path)
            assert source is not None
            start = 0
            for text in source.text.splitlines(keepends=True):
                if text.strip():
                    yield Line(source, start, text.rstrip())
                start += len(text)


SETTING = Setting({"line": Line}, ("spelling", "suppressions"), {"host": str, "hosts": list[str]})

RULE = """\
title: A line shouts
severity: warning
why: Nobody likes it.
select: line
when: item.verb.text != 'quiet'
deny: any(word.text == options.loud for word in item.words)
at: first(word for word in item.words if word.text == options.loud)
message: "`{item.verb.text}` shouts {options.loud}"
options:
  loud: {type: string, default: HEY, description: What counts as shouting.}
fix:
  safety: safe
  title: say it softly
  edits:
    - replace: first(word for word in item.words if word.text == options.loud)
      with: "{lower(options.loud)}"
fix_safety: It means the same.
examples:
  - bad: |
      say HEY
      be quiet
    path: a.txt
    flags: [HEY]
    fixed: |
      say hey
      be quiet
  - good: |
      quiet HEY
    path: a.txt
  - bad: |
      say HO HEY
    path: a.txt
    options: {loud: HO}
    flags: [HO]
"""


def rule(text: str = RULE, identity: str = "talk/loud", *, bounded: bool = False) -> RuleFile:
    return load_rule(identity, f"rules/{identity}.yaml", text, SETTING._replace(bounded=bounded))
