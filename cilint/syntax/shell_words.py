"""The words of a shell command: literal text, variables, substitutions, with their places.

What the quoting means follows POSIX.1-2024, Shell Command Language, 2.2 and 2.6, and the Bash manual 3.1.2.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from cilint.syntax.shell_input import Input
from cilint.text.hints import Literal
from cilint.text.source import Span
from cilint.text.values import NamedTuple

Value = str | tuple[str, ...]
"""What a variable holds: a text, in which HOLE stands for what is unknown, or the elements of an array."""

Environment = Mapping[str, Value]
"""The variables that are known. One that is missing may hold anything."""

Mode = Literal["plain", "double", "heredoc", "literal"]
"""How a text is quoted from the outside: not at all, by double quotes, as a heredoc's body, entirely."""
Kind = Literal["text", "glob", "brace", "home", "variable", "command", "process", "arithmetic", "expression"]
_LITERAL = ("text", "glob", "brace", "home")


class Part(NamedTuple):
    """A piece of a word.

    ``text`` is the literal text with its quotes removed (``text``, ``glob``, ``brace``, ``home``), the
    variable's name, or the source of the substitution or expression with its delimiters. ``span`` lies in
    the script's text. A ``variable`` has the ``operator`` and ``argument`` of ``${name:-argument}``
    (``length`` for ``${#name}``, ``indirect`` for ``${!name}``) and the ``subscript`` of
    ``${name[subscript]}``.
    """

    kind: Kind
    text: str
    span: Span
    quoted: bool = False
    operator: str = ""
    argument: Word | None = None
    subscript: str = ""

    @property
    def literal(self) -> bool:
        return self.kind in _LITERAL

    @property
    def default(self) -> str | None:
        """The literal text that stands in where the variable is unset, if there is one."""
        if self.operator in (":-", "-", ":=", "=") and self.argument is not None:
            return self.argument.static
        return None


class Word:
    """One word as written. ``start`` and ``end`` are offsets into ``input``; ``span`` into the script."""

    __slots__ = ("_parts", "depth", "end", "input", "mode", "start")

    def __init__(self, input_: Input, start: int, end: int, mode: Mode = "plain", depth: int = 0) -> None:
        self.input = input_
        self.depth = depth
        self.start = start
        self.end = end
        self.mode: Mode = mode
        self._parts: tuple[Part, ...] | None = None

    def __repr__(self) -> str:
        return f"Word({self.raw!r})"

    @property
    def span(self) -> Span:
        return self.input.span(self.start, self.end)

    @property
    def raw(self) -> str:
        """The word as it stands in the script, quotes and all."""
        span = self.span
        return self.input.outer[span.start : span.end]

    @property
    def parts(self) -> tuple[Part, ...]:
        if self._parts is None:
            self._parts = self._plain_part() or self._scanned()
        return self._parts

    def _scanned(self) -> tuple[Part, ...]:
        from cilint.syntax.shell_scan import Scanner

        return tuple(Scanner(self).scan())

    def _plain_part(self) -> tuple[Part] | None:
        """The one part of a word without any quoting, as most are."""
        match = _plain_word().match(self.input.masked, self.start, self.end)
        if match is None or match.end() != self.end or self.mode != "plain":
            return None
        if self.input.opaque_within(self.start, self.end):
            return None
        return (Part("text", self.input.text[self.start : self.end], self.span),)

    @property
    def static(self) -> str | None:
        """The text that the word always has, or None where anything in it is expanded.

        Wildcards, braces and ``~`` stand for themselves.
        """
        parts = self.parts
        if len(parts) == 1 and parts[0].literal:
            return parts[0].text
        return "".join(part.text for part in parts) if all(part.literal for part in parts) else None

    @property
    def quoted(self) -> bool:
        """Whether all of it is quoted, so that it is exactly one word whatever its variables hold."""
        parts = self.parts
        return all(part.quoted for part in parts) if parts else self.end > self.start

    @property
    def single_quoted(self) -> bool:
        """Whether it is one text in single quotes, in which nothing is expanded."""
        raw = self.input.masked[self.start : self.end]
        return raw.startswith("'") and raw.find("'", 1) == len(raw) - 1

    @property
    def variables(self) -> tuple[str, ...]:
        """The names of the variables that it expands, also in the defaults of others."""
        names: list[str] = []
        for part in self.parts:
            if part.kind == "variable":
                names.append(part.text)
            if part.argument is not None:
                names += part.argument.variables
        return tuple(names)

    @property
    def expressions(self) -> tuple[Part, ...]:
        """The ``${{ }}`` in it, wherever they are quoted."""
        return tuple(
            Part("expression", self.input.text[hole.start : hole.end], self.input.span(hole.start, hole.end))
            for hole in self.input.opaque_within(self.start, self.end)
            if hole.kind == "expression"
        )

    def text(self, env: Environment | None = None, outputs: Mapping[Span, str] | None = None) -> str:
        """What the word is as one text; each unknown part is HOLE.

        ``env`` are the known variables, ``outputs`` the known outputs of command substitutions by span.
        """
        static = self.static
        if static is not None:
            return static
        from cilint.syntax.shell_expand import expand

        return expand(self, env or {}, outputs or {})

    def fields(self, env: Environment | None = None, outputs: Mapping[Span, str] | None = None) -> list[str]:
        """The words that the shell makes of it: arrays, unquoted variables and simple braces are split.

        An unquoted part of unknown value makes one field with a HOLE, though it may become any number.
        """
        from cilint.syntax.shell_expand import fields

        return fields(self, env or {}, outputs or {})


class Assignment(NamedTuple):
    """``name=value``, ``name+=value``, ``name[subscript]=value`` or ``name=(elements)``."""

    name: str
    value: Word | None
    elements: tuple[Word, ...] | None
    append: bool
    subscript: str
    span: Span


class Heredoc(NamedTuple):
    """The text after ``<<DELIMITER``; ``quoted`` where nothing in it is expanded."""

    delimiter: str
    quoted: bool
    strip_tabs: bool
    body: Word


class Redirect(NamedTuple):
    """One redirection. ``fd`` is None where the operator's own default applies."""

    operator: str
    fd: int | None
    target: Word | None
    heredoc: Heredoc | None
    span: Span

    @property
    def writes(self) -> bool:
        return ">" in self.operator

    @property
    def moves_output(self) -> bool:
        """Whether standard output goes elsewhere, to a file or another descriptor."""
        return self.writes and (self.fd == 1 or (self.fd is None and self.operator != "<>"))


@cache
def _plain_word() -> re.Pattern[str]:
    return re.compile(r"[A-Za-z0-9_./:=@%+,-]+")
