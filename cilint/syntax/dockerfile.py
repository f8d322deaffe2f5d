"""The lossless parser of Dockerfiles: BuildKit's grammar (frontend/dockerfile/parser) with exact places.

Reading never raises and goes on after what BuildKit refuses. Words, flags and mounts are read when asked for.
"""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

from cilint.syntax.dockerfile_lines import (
    Comment,
    Directive,
    DockerfileError,
    LineReader,
    LogicalLine,
    Part,
    RawHeredoc,
    line_end,
    line_error,
    read_directive,
)
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
from cilint.syntax.expansion import SPACES, ExpansionError
from cilint.syntax.mapped import MappedBuilder, MappedText
from cilint.text.source import Span

__all__ = [
    "Comment", "Directive", "Document", "DockerfileError", "Flag", "Heredoc", "Instruction", "Mount", "Pair",
    "Part", "Word", "parse",
]  # fmt: skip


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
        end = keyword_end(text, start)
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
        return Flag(
            text[2:name_end], text[equals + 1 :] if equals >= 0 else None, span,
            content.span(2, name_end), value_span, content,
        )  # fmt: skip

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
        return json_words(self.mapped.text, self._command_start, self.arguments_end)

    @cached_property
    def _command_start(self) -> int:
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
        return self.mapped.text[self.arguments_start : self._command_start].strip(SPACES).upper()

    @cached_property
    def arguments(self) -> tuple[Word, ...]:
        """The arguments; those of a shell form are one word, HEALTHCHECK's without its type; none for ONBUILD."""
        form = self.form
        start, end, text = self._command_start, self.arguments_end, self.mapped.text
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
        name, value = words[0], words[1].start
        span = self.mapped.span
        return (
            Pair(
                name.text, self.mapped.text[value:end], " ", span(name.start, end), span(name.start, name.end),
                span(value, end),
            ),
        )  # fmt: skip

    def _pair(self, token: Token) -> Pair:
        name, equals, value = token.text.partition("=")
        span, split = self.mapped.span, token.start + len(name)
        return Pair(
            name, value if equals else None, equals, span(token.start, token.end), span(token.start, split),
            span(split + 1, token.end) if equals else None,
        )  # fmt: skip

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
        if inner.name not in HEREDOC_INSTRUCTIONS or "<<" not in self.mapped.text or inner.json_tokens is not None:
            return []
        return heredoc_words(self.mapped.text)

    def with_heredocs(self, heredocs: tuple[Heredoc, ...], end_line: int, end: int) -> None:
        """Take in the bodies, which end with ``end_line``, before the offset ``end``."""
        last = heredocs[-1].terminator_span
        for instruction in (self, self.nested):
            if instruction:
                instruction.heredocs = heredocs
                instruction.end_line = end_line
                instruction.span = Span(instruction.span.start, max(last.end, heredocs[-1].body_span.end))
                instruction.lines_span = Span(instruction.lines_span.start, end)


class Document:
    """A parsed Dockerfile. ``parts`` cover the text without gaps; ``comments`` are all outside heredocs."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.escape = "\\"
        self.directives: list[Directive] = []
        self.instructions: list[Instruction] = []
        self.comments: list[Comment] = []
        self.parts: list[Part] = []
        self.errors: list[DockerfileError] = []

    def directive(self, name: str) -> Directive | None:
        return next((directive for directive in self.directives if directive.name == name), None)

    @property
    def fatal(self) -> DockerfileError | None:
        """The first error for which BuildKit's parser refuses the file."""
        return min((error for error in self.errors if error.fatal), default=None)


def parse(text: str) -> Document:
    """Read a Dockerfile (without byte order mark). Never raises; takes time in proportion to the text."""
    return _Parser(text).parse()


class _Parser:
    """Goes through the file once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.document = Document(text)
        self.at = 0
        self.line = 0
        self.above: list[Comment] = []
        self.directives_possible = True

    def parse(self) -> Document:
        text, document = self.text, self.document
        while self.at < len(text):
            start = first = self.at
            end, following = line_end(text, start)
            self.line += 1
            self.at = following
            error = line_error(text, start, end)
            if error:
                document.errors.append(error)
            while first < end and text[first] in SPACES:
                first += 1
            if first == end:
                self.directives_possible = False
                document.parts.append(Part("blank", Span(start, following)))
            elif text[first] == "#":
                self._comment(start, first, end)
            else:
                self._instruction(start, first, end)
        if not document.instructions:
            end = len(text)
            document.errors.append(DockerfileError(Span(0, end and line_end(text, 0)[0]), "file with no instructions"))
        return document

    def _comment(self, start: int, first: int, end: int) -> None:
        document = self.document
        directive = read_directive(self.text, first, end, self.line) if self.directives_possible else None
        if directive:
            document.parts.append(Part("directive", Span(start, self.at)))
            self._directive(directive)
            return
        self.directives_possible = False
        comment = Comment(self.text[first + 1 : end].strip(SPACES), Span(first, end), self.line)
        document.comments.append(comment)
        document.parts.append(Part("comment", Span(start, self.at)))
        if comment.text:
            self.above.append(comment)
        else:
            self.above.clear()

    def _directive(self, directive: Directive) -> None:
        document = self.document
        if document.directive(directive.name):
            message = f"only one {directive.name} parser directive can be used"
            document.errors.append(DockerfileError(directive.span, message))
            return
        document.directives.append(directive)
        if directive.name == "escape" and directive.value in ("`", "\\"):
            document.escape = directive.value
        elif directive.name == "escape":
            message = f"invalid escape token '{directive.value}' does not match ` or \\"
            document.errors.append(DockerfileError(directive.value_span, message))

    def _instruction(self, start: int, first: int, end: int) -> None:
        document = self.document
        self.directives_possible = False
        logical = LineReader(self.text, document.escape).read(first, end, self.at, self.line)
        instruction = Instruction(
            logical, skip_spaces(logical.text.text, 0), document.escape, tuple(self.above)
        )
        self.above.clear()
        document.comments += logical.comments
        document.errors += logical.errors
        self.at, self.line = logical.next_offset, logical.end_line
        message = instruction.fatal_error()
        if message:
            document.errors.append(DockerfileError(instruction.span, message))
        self._heredocs(instruction)
        instruction.lines_span = Span(start, self.at)
        document.instructions.append(instruction)
        document.parts.append(Part("instruction", instruction.lines_span))

    def _heredocs(self, instruction: Instruction) -> None:
        try:
            words = instruction.heredoc_words()
        except ExpansionError as error:
            self.document.errors.append(DockerfileError(instruction.span, error.message))
            return
        heredocs = []
        for word in words:
            place = instruction.mapped.span(word.start, word.end)
            raw = self._body(word)
            if raw is None:
                raw = RawHeredoc(Span(self.at, len(self.text)), Span(len(self.text), len(self.text)))
                self.line += self.text.count("\n", self.at) + (not self.text.endswith("\n") and self.at < len(self.text))
                self.at = len(self.text)
                self.document.errors.append(DockerfileError(place, f"unterminated heredoc {word.name}"))
            heredocs.append(
                Heredoc(
                    word.name, word.descriptor, word.expand, word.strip_tabs, place,
                    self.text[raw.body.start : raw.body.end], raw.body, raw.terminator,
                )  # fmt: skip
            )
        if heredocs:
            instruction.with_heredocs(tuple(heredocs), self.line, self.at)

    def _body(self, word: HeredocWord) -> RawHeredoc | None:
        """Read up to and over the terminator; None if there is none."""
        text, start, at, line = self.text, self.at, self.at, self.line
        while at < len(text):
            end, following = line_end(text, at)
            line += 1
            first = at
            while word.strip_tabs and first < end and text[first] == "\t":
                first += 1
            if text[first:end] == word.name:
                self.at, self.line = following, line
                return RawHeredoc(Span(start, at), Span(first, end))
            at = following
        return None
