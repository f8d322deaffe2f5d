"""The names and values that ENV, ARG and LABEL set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

from cilint.model.dockerfile import Dockerfile
from cilint.model.dockerfile_state import State
from cilint.pipeline.effects.docker_lines import Line, lines
from cilint.syntax.dockerfile import Instruction, Pair
from cilint.text.edit import Edit
from cilint.text.hole import HOLE
from cilint.text.remember import remembered
from cilint.text.source import Span

_SECRET = frozenset({
    "apikey", "auth", "credential", "credentials", "key", "password", "pword", "passwd", "secret", "token",
})  # fmt: skip
_NO_SECRET = frozenset({"public", "file", "version"})
"""Words that BuildKit takes for a secret's (its check SecretsUsedInArgOrEnv), and those that excuse them."""
_SENSITIVE = ("api_key", "client_key", "password", "private", "secret", "token", "username")
_INNOCENT = ("tokeniz", "secretary")


class Setting:
    """One pair of an ENV, ARG or LABEL; ``position`` is its place among those of the instruction."""

    def __init__(self, line: Line, pair: Pair, position: int) -> None:
        self.line = line
        self.path = line.path
        self.pair = pair
        self.position = position
        self.span: Span = pair.span

    def __repr__(self) -> str:
        return f"<{self.kind} {self.name}>"

    @property
    def kind(self) -> str:
        """``ENV``, ``ARG`` or ``LABEL``."""
        return self.line.name

    @property
    def instruction(self) -> Instruction:
        return self.line.instruction

    @property
    def name(self) -> str:
        return self.pair.name

    @property
    def name_span(self) -> Span:
        return self.pair.name_span

    @property
    def in_stage(self) -> bool:
        return self.line.in_stage

    @property
    def onbuild(self) -> bool:
        return self.line.onbuild

    @property
    def state(self) -> State:
        return self.line.state

    @property
    def has_no_equals(self) -> bool:
        """Whether a blank stands between name and value, as only old Dockerfiles have it."""
        return self.pair.separator == " "

    @cached_property
    def with_equals(self) -> tuple[Edit, ...]:
        """The edits that write ``name=value``, quoted where the value has blanks."""
        value, span = self.pair.value, self.pair.value_span
        document = self.line.stage.dockerfile.document
        if value is None or span is None or document.text[span.start : span.end] != value:
            return ()
        quoted = _quoted(value, self.instruction.escape)
        between = Span(self.pair.name_span.end, span.start)
        if quoted is None or "\n" in document.text[between.start : between.end]:
            return ()
        return (Edit(between, "="), Edit(span, quoted))

    @cached_property
    def is_secret(self) -> bool:
        """Whether the name is that of a secret, as BuildKit reads it: by its words between underscores."""
        words = set(self.name.lower().split("_"))
        return bool(words & _SECRET) and not words & _NO_SECRET

    @cached_property
    def is_sensitive(self) -> bool:
        """Whether some part of the name hints at a secret, in the middle of a word too."""
        name = self.name.lower()
        return any(word in name for word in _SENSITIVE) and not any(word in name for word in _INNOCENT)

    @property
    def switches_certificates_off(self) -> bool:
        """Whether some program checks no certificates because of it."""
        from cilint.pipeline.effects.unchecked import switches_certificates_off

        return self.kind in ("ENV", "ARG") and switches_certificates_off(self.name, self.value)

    @property
    def hints_at_secret(self) -> bool:
        """Whether it looks like a secret and is not one that ``is_secret`` finds in a stage."""
        surely = self.is_secret and self.in_stage and not self.onbuild
        return not surely and (self.is_secret or self.is_sensitive)

    @cached_property
    def label_problem(self) -> str:
        """What is wrong with the name of a LABEL, by Docker's guidelines; empty if nothing is."""
        name = self.name.strip("'\"")
        used = [variable for variable, _ in _variables(name, self.instruction.escape)]
        if used and all(variable in self.state.variables for variable in used):
            name = self.state.expand(name, self.instruction.escape)
        if HOLE in name:
            return ""
        if not (name[:1].isascii() and name[:1].islower()):
            return "does not begin with a small letter"
        if not (name[-1:].isascii() and (name[-1:].islower() or name[-1:].isdecimal())):
            return "does not end with a small letter or a digit"
        if name.startswith(("com.docker.", "io.docker.", "org.dockerproject.")):
            return "lies in a namespace that is reserved for Docker"
        if ".." in name or "--" in name:
            return "has two separators in a row"
        if (
            not all(char.isascii() and (char.isalnum() or char in ".-_/") for char in name)
            or name != name.lower()
        ):
            return "has a character that is neither a small letter, a digit, a dot nor a hyphen"
        return ""

    @cached_property
    def value(self) -> str:
        """The value with its variables filled in and its quotes removed."""
        return self.state.expand(self.pair.value or "", self.instruction.escape)

    def value_problem(self, schema: Mapping[str, str]) -> str:
        """What is wrong with the value of a LABEL, for which ``schema`` has a type; empty if nothing is."""
        kind = schema.get(self.name.strip("'\"")) if self.kind == "LABEL" else None
        if kind is None:
            return ""
        from cilint.pipeline.effects.docker_labels import problem

        return problem(self.value, str(kind))

    @cached_property
    def used_sibling(self) -> Span | None:
        """Where the value uses a variable that only the same ENV sets, so that it is not set yet."""
        value, span = self.pair.value, self.pair.value_span
        if value is None or span is None or "$" not in value or self.has_no_equals:
            return None
        names = _counted(self.instruction)
        known = self.state.variables
        for name, at in _variables(value, self.instruction.escape):
            if name in names and name not in known and not self._of_the_image(name):
                written = self.line.stage.dockerfile.source.text[span.start : span.end]
                if written != value:
                    return span
                return Span(span.start + at, span.start + at + len(name))
        return None

    @cached_property
    def in_own_instruction(self) -> tuple[Edit, ...]:
        """The edits that begin an ENV of its own with it, where that sets what it uses."""
        first = _first_places(self.instruction)
        names = (name for name, _ in _variables(self.pair.value or "", self.instruction.escape))
        if not any(first.get(name, self.position) < self.position for name in names):
            return ()
        document = self.line.stage.dockerfile.document
        gap = Span(self.instruction.pairs[self.position - 1].span.end, self.span.start)
        if document.text[gap.start : gap.end].replace(self.instruction.escape, "").strip():
            return ()  # comments
        from cilint.syntax.dockerfile_edit import newline_of

        return (Edit(gap, f"{newline_of(document)}{self.instruction.keyword} "),)

    def _of_the_image(self, name: str) -> bool:
        """Whether every image has a variable of that name already, and only this pair sets it anew."""
        return name == self.name and _counted(self.instruction)[name] == 1


@remembered
def _counted(instruction: Instruction) -> dict[str, int]:
    """How often an instruction sets each name."""
    found: dict[str, int] = {}
    for pair in instruction.pairs:
        found[pair.name] = found.get(pair.name, 0) + 1
    return found


@remembered
def _first_places(instruction: Instruction) -> dict[str, int]:
    """The place of the first pair of each name in an instruction."""
    return {pair.name: place for place, pair in reversed(tuple(enumerate(instruction.pairs)))}


def _quoted(value: str, escape: str) -> str | None:
    """A value of the old form as the new form writes it; None where that cannot be told."""
    if not value:
        return '""'
    if value[0] in "'\"" or not any(char in value for char in " \t'\""):
        return value if _is_one_word(value, escape) else None
    if '"' in value or "'" in value or escape in value:
        return None
    return f'"{value}"'


def _is_one_word(value: str, escape: str) -> bool:
    from cilint.syntax.dockerfile_words import quoted_words

    words = quoted_words(value, 0, len(value), escape)
    return len(words) == 1 and words[0].text == value


def _variables(value: str, escape: str) -> Iterator[tuple[str, int]]:
    """The variables in a value and where their names begin; not those in single quotes or escaped."""
    at, quoted, double = 0, False, False
    while at < len(value):
        char = value[at]
        if quoted:
            quoted = char != "'"
        elif char == escape:
            at += 1
        elif char == '"':
            double = not double
        elif char == "'" and not double:
            quoted = True
        elif char == "$":
            at += 1 + value.startswith("{", at + 1)
            start = at
            while at < len(value) and (value[at].isalnum() or value[at] == "_"):
                at += 1
            if at > start:
                yield value[start:at], start
            continue
        at += 1


def settings(dockerfile: Dockerfile) -> Iterator[Setting]:
    """All pairs of a file's ENV, ARG and LABEL instructions, in order."""
    for line in lines(dockerfile):
        if line.name in ("ENV", "ARG", "LABEL"):
            for position, pair in enumerate(line.instruction.pairs):
                yield Setting(line, pair, position)
