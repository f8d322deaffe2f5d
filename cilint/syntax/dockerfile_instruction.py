"""One instruction of a Dockerfile: its flags, arguments, pairs, mounts and heredocs, read when asked for."""

from __future__ import annotations

from functools import cached_property

from cilint.syntax.dockerfile_lines import Comment, LogicalLine
from cilint.syntax.dockerfile_mounts import Mount, read_mount
from cilint.syntax.dockerfile_words import (
    GRAMMAR,
    HEREDOC_INSTRUCTIONS,
    MAYBE_JSON,
    Form,
    HeredocWord,
    NotStringsError,
    Token,
    blank_words,
    heredoc_words,
    json_words,
    keyword_end,
    quoted_words,
    read_flags,
    skip_spaces,
)
from cilint.syntax.expansion import SPACES
from cilint.syntax.mapped import MappedBuilder, MappedText
from cilint.text.hints import TYPE_CHECKING
from cilint.text.source import Span
from cilint.text.values import NamedTuple

if TYPE_CHECKING:
    from cilint.syntax.dockerfile_script import Script


class Flag(NamedTuple):
    """``--name=value``; ``value`` without the quotes that may stand around it, None for a bare flag."""

    name: str
    value: str | None
    span: Span
    name_span: Span
    value_span: Span | None
    content: MappedText
    """``--name=value`` as BuildKit has it, with its places."""


class Word(NamedTuple):
    """An argument: of a JSON array decoded and with the quotes in ``span``, otherwise as written."""

    text: str
    span: Span


class Pair(NamedTuple):
    """``name=value`` of ENV, LABEL, ARG; ``separator`` is ``" "`` in ``ENV name value``; no value: None."""

    name: str
    value: str | None
    separator: str
    span: Span
    name_span: Span
    value_span: Span | None


class Heredoc(NamedTuple):
    """A heredoc of RUN, COPY or ADD. ``span`` is its word on the instruction's line, ``body`` as written.

    ``body_span`` is whole lines; ``terminator_span`` is empty where the terminator is missing.
    """

    name: str
    descriptor: int
    expand: bool
    strip_tabs: bool
    span: Span
    body: str
    body_span: Span
    terminator_span: Span


class Instruction:
    """One instruction: ``name`` in upper case, ``line`` and ``end_line`` 1-based and inclusive.

    ``span`` runs from the keyword to the end of the arguments or of the last heredoc; ``lines_span`` has
    all its lines with their ends. ``comments`` are the documenting comments above, ``inner_comments`` and
    ``blank_lines`` stand between continued lines. ``nested`` is what ONBUILD holds.
    """

    def __init__(
        self,
        logical: LogicalLine,
        start: int,
        escape: str,
        comments: tuple[Comment, ...] = (),
        *,
        is_nested: bool = False,
    ) -> None:
        mapped = logical.text
        text = mapped.text
        end = min(keyword_end(text, start), len(text.rstrip(SPACES)))  # a line is trimmed of more blanks
        self.mapped = mapped
        self.escape = escape
        self.keyword = text[start:end]
        self.name = self.keyword.upper()
        self.keyword_span = mapped.span(start, end)
        self.line = logical.line
        self.end_line = logical.end_line
        self.comments = comments
        self.inner_comments = logical.comments
        self.blank_lines = logical.blanks
        self.lines_span = Span(logical.span.start, logical.next_offset)
        self.span = Span(self.keyword_span.start, mapped.end(len(text.rstrip(SPACES)) or len(text)))
        self.heredocs: tuple[Heredoc, ...] = ()
        self.nested: Instruction | None = None
        self._start = start
        if self.name == "ONBUILD" and not is_nested and self.arguments_start < len(text):
            self.nested = Instruction(logical, self.arguments_start, escape, is_nested=True)

    def __repr__(self) -> str:
        return f"<{self.name} at line {self.line}>"

    @cached_property
    def _split(self) -> tuple[list[Token], int]:
        text = self.mapped.text
        return read_flags(text, min(len(text), self._start + len(self.keyword)))

    @property
    def arguments_start(self) -> int:
        """Where in ``mapped.text`` the arguments begin, after the flags."""
        return self._split[1]

    @cached_property
    def arguments_end(self) -> int:
        return max(self.arguments_start, len(self.mapped.text.rstrip(SPACES)))

    @cached_property
    def text(self) -> str:
        """The arguments as one logical line, without the flags."""
        return self.mapped.text[self.arguments_start : self.arguments_end]

    @cached_property
    def arguments_span(self) -> Span:
        return self.mapped.span(self.arguments_start, self.arguments_end)

    @cached_property
    def flags(self) -> tuple[Flag, ...]:
        return tuple(self._flag(token) for token in self._split[0])

    def _flag(self, token: Token) -> Flag:
        content = self._content(token)
        text = content.text
        equals = text.find("=")
        name_end = equals if equals >= 0 else len(text)
        span = self.mapped.span(token.start, token.end)
        raw = self.mapped.text.find("=", token.start, token.end)
        value_span = self.mapped.span(raw + 1, token.end) if equals >= 0 else None
        value = text[equals + 1 :] if equals >= 0 else None
        return Flag(text[2:name_end], value, span, content.span(2, name_end), value_span, content)

    def _content(self, token: Token) -> MappedText:
        if token.origins is None:
            return self.mapped.part(token.start, token.end)
        builder = MappedBuilder()
        for char, origin in zip(token.text, token.origins, strict=False):
            builder.add(char, self.mapped.start(origin), self.mapped.end(origin + 1))
        return builder.build(self.mapped.start(token.start))

    def flag(self, name: str) -> Flag | None:
        """The first flag with that name."""
        return next((flag for flag in self.flags if flag.name == name), None)

    @cached_property
    def mounts(self) -> tuple[Mount, ...]:
        """The ``--mount`` flags that have a value."""
        values = [flag for flag in self.flags if flag.name == "mount" and flag.value is not None]
        return tuple(read_mount(f.span, f.content.part(len("--mount="), len(f.content.text))) for f in values)

    @cached_property
    def json_tokens(self) -> list[Token] | None:
        """The members of the arguments if they are a JSON array of strings (after CMD for HEALTHCHECK)."""
        try:
            return self._json()
        except NotStringsError:
            return None

    def _json(self) -> list[Token] | None:
        if self.name not in MAYBE_JSON:
            return None
        return json_words(self.mapped.text, self.command_start, self.arguments_end)

    @cached_property
    def command_start(self) -> int:
        """Where the command begins: for HEALTHCHECK after its type."""
        start = self.arguments_start
        if self.name != "HEALTHCHECK":
            return start
        text = self.mapped.text
        while start < self.arguments_end and text[start] not in SPACES:
            start += 1
        return min(skip_spaces(text, start), self.arguments_end)

    @property
    def form(self) -> Form:
        """How the arguments are written; ``json`` wins over what is usual for the instruction."""
        if self.json_tokens is not None:
            return "json"
        return GRAMMAR.get(self.name, "unknown")

    @cached_property
    def health_type(self) -> str:
        """``CMD`` or ``NONE`` of a HEALTHCHECK, in upper case; else empty."""
        if self.name != "HEALTHCHECK":
            return ""
        return self.mapped.text[self.arguments_start : self.command_start].strip(SPACES).upper()

    @cached_property
    def arguments(self) -> tuple[Word, ...]:
        """The arguments: a shell form's are one word, HEALTHCHECK's without its type, none of ONBUILD."""
        form = self.form
        start, end, text = self.command_start, self.arguments_end, self.mapped.text
        tokens = self.json_tokens or []
        if form == "words":
            tokens = blank_words(text, start, end)
        elif form == "pairs":
            tokens = quoted_words(text, start, end, self.escape)
        elif form in ("shell", "text", "health") and start < end:
            tokens = [Token(text[start:end], start, end)]
        return tuple(Word(token.text, self.mapped.span(token.start, token.end)) for token in tokens)

    @cached_property
    def pairs(self) -> tuple[Pair, ...]:
        """What ENV, LABEL and ARG set; words that are no pairs are left out (there is an error for them)."""
        if GRAMMAR.get(self.name) != "pairs":
            return ()
        text, start, end = self.mapped.text, self.arguments_start, self.arguments_end
        tokens = quoted_words(text, start, end, self.escape)
        if self.name != "ARG" and tokens and "=" not in tokens[0].text:
            return self._legacy_pair(blank_words(text, start, end), end)
        return tuple(self._pair(token) for token in tokens if self.name == "ARG" or "=" in token.text)

    def _legacy_pair(self, words: list[Token], end: int) -> tuple[Pair, ...]:
        if len(words) < 2:
            return ()
        start, value, span = words[0].start, words[1].start, self.mapped.span
        places = span(start, end), span(start, words[0].end), span(value, end)
        return (Pair(words[0].text, self.mapped.text[value:end], " ", *places),)

    def _pair(self, token: Token) -> Pair:
        name, equals, value = token.text.partition("=")
        span, split = self.mapped.span, token.start + len(name)
        value_span = span(split + 1, token.end) if equals else None
        whole, named = span(token.start, token.end), span(token.start, split)
        return Pair(name, value if equals else None, equals, whole, named, value_span)

    def script(self) -> Script | None:
        """What a shell (or a JSON form's program) runs: of RUN, CMD, ENTRYPOINT and HEALTHCHECK CMD."""
        return self._script

    @cached_property
    def _script(self) -> Script | None:
        from cilint.syntax.dockerfile_script import script_of

        return script_of(self)

    def fatal_error(self) -> str | None:
        """Why BuildKit's parser refuses the instruction, in its words; None if it does not."""
        if self.nested:
            return self.nested.fatal_error()
        if self.name in ("ENV", "LABEL"):
            return self._pairs_error()
        try:
            self._json()
        except NotStringsError as error:
            return str(error)
        return None

    def _pairs_error(self) -> str | None:
        tokens = quoted_words(self.mapped.text, self.arguments_start, self.arguments_end, self.escape)
        if tokens and "=" not in tokens[0].text:
            return None if self.pairs else f"{self.name} must have two arguments"
        bad = next((token for token in tokens if "=" not in token.text), None)
        if bad is None:
            return None
        return f"Syntax error - can't find = in {bad.text!r}. Must be of the form: name=value"

    def heredoc_words(self) -> list[HeredocWord]:
        """The heredocs that the line asks for. Raises ExpansionError."""
        inner = self.nested or self
        if "<<" not in self.mapped.text or inner.name not in HEREDOC_INSTRUCTIONS:
            return []
        return heredoc_words(self.mapped.text) if inner.json_tokens is None else []

    def with_heredocs(self, heredocs: tuple[Heredoc, ...], end_line: int, end: int) -> None:
        """Take in the bodies, which end with ``end_line``, before the offset ``end``."""
        last = heredocs[-1].terminator_span
        for instruction in (self, self.nested):
            if instruction:
                instruction.heredocs = heredocs
                instruction.end_line = end_line
                instruction.span = Span(instruction.span.start, max(last.end, heredocs[-1].body_span.end))
                instruction.lines_span = Span(instruction.lines_span.start, end)
