"""The lossless parser of Dockerfiles: BuildKit's grammar (frontend/dockerfile/parser) with exact places.

Reading never raises and goes on after what BuildKit refuses. Words, flags and mounts are read when asked for.
"""

from __future__ import annotations

from cilint.syntax.dockerfile_instruction import Flag, Heredoc, Instruction, Pair, Word
from cilint.syntax.dockerfile_lines import (
    Comment,
    Directive,
    DockerfileError,
    LineReader,
    Part,
    line_end,
    line_error,
    read_directive,
)
from cilint.syntax.dockerfile_mounts import Mount
from cilint.syntax.dockerfile_words import HeredocWord, skip_spaces
from cilint.syntax.expansion import SPACES, ExpansionError
from cilint.text.source import Span

__all__ = [
    "Comment",
    "Directive",
    "DockerfileError",
    "Document",
    "Flag",
    "Heredoc",
    "Instruction",
    "Mount",
    "Pair",
    "Part",
    "Word",
    "parse",
    "unread",
]

_BELOW_SHEBANG = ("syntax", "check")
"""The directives that BuildKit looks for below a first line that says what runs the file."""


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


def unread(text: str, message: str) -> Document:
    """A document of which nothing is read, for the reason given."""
    document = Document(text)
    document.parts.append(Part("blank", Span(0, len(text))))
    document.errors.append(DockerfileError(Span(0, min(1, len(text))), message))
    return document


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
        self.has_shebang = text.startswith("#!")

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
            first_line = Span(0, line_end(text, 0)[0])
            document.errors.append(DockerfileError(first_line, "file with no instructions"))
        return document

    def _comment(self, start: int, first: int, end: int) -> None:
        document = self.document
        directive = read_directive(self.text, first, end, self.line) if self.directives_possible else None
        if directive and not (self.has_shebang and directive.name not in _BELOW_SHEBANG):
            document.parts.append(Part("directive", Span(start, self.at)))
            self._directive(directive)
            return
        self.directives_possible = self.has_shebang and self.line == 1
        comment = Comment(self.text[first + 1 : end].strip(SPACES), Span(first, end), self.line)
        document.comments.append(comment)
        document.parts.append(Part("comment", Span(start, self.at)))
        if comment.text:
            self.above.append(comment)
        else:
            self.above.clear()

    def _directive(self, directive: Directive) -> None:
        document = self.document
        first = document.directive(directive.name)
        if first:
            message = f"only one {directive.name} parser directive can be used"
            both = Span(first.span.start, directive.span.end)
            document.errors.append(DockerfileError(both, message))
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
            body, terminator = self._body(word) or self._unterminated(word, instruction)
            place = instruction.mapped.span(word.start, word.end)
            content = self.text[body.start : body.end]
            traits = word.name, word.descriptor, word.expand, word.strip_tabs
            heredocs.append(Heredoc(*traits, place, content, body, terminator))
        if heredocs:
            instruction.with_heredocs(tuple(heredocs), self.line, self.at)

    def _unterminated(self, word: HeredocWord, instruction: Instruction) -> tuple[Span, Span]:
        """All the rest is the body: reading it as instructions would only give false errors."""
        text, start, end = self.text, self.at, len(self.text)
        self.line += text.count("\n", start) + (start < end and not text.endswith("\n"))
        self.at = end
        place = instruction.mapped.span(word.start, word.end)
        self.document.errors.append(DockerfileError(place, f"unterminated heredoc {word.name}"))
        return Span(start, end), Span(end, end)

    def _body(self, word: HeredocWord) -> tuple[Span, Span] | None:
        """Read up to and over the terminator; the spans of both, None if there is no terminator."""
        text, start, at, line = self.text, self.at, self.at, self.line
        while at < len(text):
            end, following = line_end(text, at)
            line += 1
            first = at
            while word.strip_tabs and first < end and text[first] == "\t":
                first += 1
            if text[first:end] == word.name:
                self.at, self.line = following, line
                return Span(start, at), Span(first, end)
            at = following
        return None
