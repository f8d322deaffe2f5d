"""The instructions of a Dockerfile as rules see them: where they stand, what came before, what is shipped."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from cilint.model.dockerfile import Dockerfile, Stage
from cilint.model.dockerfile_state import State
from cilint.syntax.dockerfile import Instruction
from cilint.text.edit import Edit
from cilint.text.hole import HOLE
from cilint.text.remember import remembered
from cilint.text.source import Span

KNOWN = frozenset({
    "ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER",
    "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR",
})  # fmt: skip
MAX_PARTS = 2000
AUTHORS = "org.opencontainers.image.authors"


class Fragment(Stage):
    """What stands before the first FROM, as if it were a stage on an unknown image.

    A file without any FROM is one: such parts are put together by other tools.
    """

    def __init__(self, dockerfile: Dockerfile) -> None:
        self.dockerfile = dockerfile
        self.path = dockerfile.path
        self.index = -1
        self.instructions = dockerfile.preamble
        self.name = None
        self.name_span = None
        self.from_ = dockerfile.preamble[0]
        self.span = self.from_.span
        self.base_span = None
        self.base = HOLE
        self.base_stage = None


@remembered
def pieces(dockerfile: Dockerfile) -> tuple[Stage, ...]:
    """The stages, after what stands before the first of them."""
    return (Fragment(dockerfile), *dockerfile.stages) if dockerfile.preamble else dockerfile.stages


def is_kept(stage: Stage) -> bool:
    """Whether its layers end up in an image: it is the last stage, or one is built on it."""
    return stage.is_final or stage in _bases(stage.dockerfile)


def is_short(dockerfile: Dockerfile) -> bool:
    """Whether instructions can be put in or taken out for each finding without taking too long."""
    return len(dockerfile.document.parts) <= MAX_PARTS


@remembered
def _bases(dockerfile: Dockerfile) -> frozenset[Stage]:
    return frozenset(stage.base_stage for stage in dockerfile.stages if stage.base_stage)


@remembered
def first_workdir(stage: Stage) -> int | None:
    """Where the first WORKDIR stands that holds in a stage; -1 for one of a stage that it is built on."""
    for each in stage.chain:
        if any(instruction.name == "WORKDIR" for instruction in each.instructions):
            return -1
    return next((each.span.start for each in stage.instructions if each.name == "WORKDIR"), None)


def is_fragment(stage: Stage) -> bool:
    return stage.index < 0


class Line:
    """One instruction. ``outer`` is the ONBUILD that holds it, else the instruction itself."""

    __slots__ = ("__dict__", "instruction", "onbuild", "outer", "path", "span", "stage")

    def __init__(self, stage: Stage, outer: Instruction, instruction: Instruction) -> None:
        self.path: str = stage.path
        self.stage: Stage = stage
        self.outer: Instruction = outer
        self.instruction: Instruction = instruction
        self.onbuild: bool = instruction is not outer
        self.span: Span = instruction.span

    def __repr__(self) -> str:
        return f"<line {self.instruction!r}>"

    @property
    def name(self) -> str:
        """The instruction's name, in upper case."""
        return self.instruction.name

    @property
    def keyword(self) -> str:
        """The instruction's name as written."""
        return self.instruction.keyword

    @property
    def keyword_span(self) -> Span:
        return self.instruction.keyword_span

    @property
    def in_stage(self) -> bool:
        """Whether there is a FROM before it."""
        return not is_fragment(self.stage)

    @property
    def state(self) -> State:
        return self.stage.state(self.instruction)

    @cached_property
    def last_line(self) -> Span:
        """The last line that the instruction's continuations lead to."""
        end = self.instruction.mapped.end(len(self.instruction.mapped.text))
        source = self.stage.dockerfile.source
        blanks = self.instruction.blank_lines
        last = max([end, *(blank.start for blank in blanks)])
        return source.line_span(source.position(last).line)

    @property
    def blank_lines(self) -> tuple[Span, ...]:
        """The empty lines between its continued lines."""
        return self.instruction.blank_lines

    @cached_property
    def blank_removal(self) -> tuple[Edit, ...]:
        """The edits that take those lines out, with their line ends."""
        text = self.stage.dockerfile.source.text
        found = []
        for blank in self.instruction.blank_lines:
            end = text.find("\n", blank.end)
            found.append(Edit(Span(blank.start, len(text) if end < 0 else end + 1), ""))
        return tuple(found)

    @property
    def comes_too_early(self) -> bool:
        """Whether it is one of the instructions that may not stand before the first FROM.

        Where there is no FROM at all, only the first one is; what follows an unknown instruction is none,
        since that may be the FROM.
        """
        if self.in_stage or self.onbuild or self.name == "ARG":
            return False
        return self.span.start < _end_of_early(self.stage.dockerfile)

    @property
    def common_case(self) -> str:
        """``lower`` or ``upper``: how most instructions of the file are written."""
        return common_case(self.stage.dockerfile)

    @property
    def in_common_case(self) -> bool:
        keyword = self.instruction.keyword
        return keyword == (keyword.lower() if self.common_case == "lower" else keyword.upper())

    @property
    def cased(self) -> str:
        """The keyword as most others are written."""
        return self.keyword.lower() if self.common_case == "lower" else self.keyword.upper()

    @cached_property
    def as_label(self) -> str:
        """The LABEL that says what a MAINTAINER says."""
        text, escape = self.instruction.text, self.instruction.escape
        for char in (escape, '"', "$"):
            text = text.replace(char, escape + char)
        if self.instruction.text[:1] == '"' and self.instruction.text.rstrip().endswith('"'):
            text = text[2:-2]
        label = "LABEL" if self.keyword.isupper() else "label"
        return f'{label} {AUTHORS}="{text}"'


class OnLine:
    """What rules see of one instruction: its line, and what each kind adds to that."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.path = line.path
        self.stage: Stage = line.stage
        self.instruction: Instruction = line.instruction
        self.span: Span = line.span

    def __repr__(self) -> str:
        return f"<{self.instruction.name} {self.instruction.text}>"

    @property
    def name(self) -> str:
        """The instruction's name, in upper case."""
        return self.line.name

    @property
    def onbuild(self) -> bool:
        return self.line.onbuild


@remembered
def _end_of_early(dockerfile: Dockerfile) -> int:
    """Up to where instructions before the first FROM are told."""
    misplaced = [each for each in dockerfile.preamble if each.name != "ARG"]
    ends = [each.span.start for each in misplaced if each.name not in KNOWN]
    if not dockerfile.stages:
        ends += [each.span.start for each in misplaced[1:2]]
    return min(ends, default=len(dockerfile.source.text))


@remembered
def common_case(dockerfile: Dockerfile) -> str:
    """The case of most instructions from the first FROM on; of as many, the upper."""
    lower = upper = 0
    for stage in dockerfile.stages:
        for instruction in (stage.from_, *stage.instructions):
            lower += instruction.keyword == instruction.keyword.lower()
            upper += instruction.keyword == instruction.keyword.upper()
    return "lower" if lower > upper else "upper"


@remembered
def lines(dockerfile: Dockerfile) -> tuple[Line, ...]:
    """All known instructions in order; after an ONBUILD, what it holds."""
    return tuple(_lines(dockerfile))


def _lines(dockerfile: Dockerfile) -> Iterator[Line]:
    for stage in pieces(dockerfile):
        body = stage.instructions if is_fragment(stage) else (stage.from_, *stage.instructions)
        for instruction in body:
            if instruction.name in KNOWN:
                yield Line(stage, instruction, instruction)
                if instruction.nested is not None:
                    yield Line(stage, instruction, instruction.nested)
