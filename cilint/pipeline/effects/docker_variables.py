"""Variables that a Dockerfile uses and nothing defines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import islice

from cilint.errors import nearest
from cilint.model.dockerfile import Dockerfile, Stage
from cilint.model.image_variables import image_variables
from cilint.pipeline.effects.bases import library_name
from cilint.syntax.dockerfile import Instruction
from cilint.syntax.expansion import ExpansionError, expand
from cilint.text.edit import Edit
from cilint.text.source import Span

_EXPANDED = frozenset({"ADD", "COPY", "ENV", "LABEL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR", "ARG"})
_FLAGS = ("chown", "chmod", "checksum")
MAX_HINTS = 50
"""So many undefined variables of a file are compared with so many defined ones, to find the one meant."""


class _Known(Mapping[str, "str | None"]):
    """The names that an instruction may use; all have some value."""

    __slots__ = ("_image", "_variables")

    def __init__(self, variables: Mapping[str, str | None], image: frozenset[str] = frozenset()) -> None:
        self._variables = variables
        self._image = image

    def __contains__(self, name: object) -> bool:
        return name in self._image or name in self._variables

    def __getitem__(self, name: str) -> str | None:
        return "x"

    def __iter__(self) -> Iterator[str]:
        yield from self._image
        yield from self._variables

    def __len__(self) -> int:
        return len(self._image) + len(self._variables)


class Undefined:
    """A variable that one word of an instruction uses although nothing defines it.

    ``in_from``: FROM knows the ARGs before the first FROM alone.
    """

    def __init__(
        self, stage: Stage, instruction: Instruction, name: str, known: _Known, places: list[Span]
    ) -> None:
        self.stage: Stage = stage
        self.path = stage.path
        self.instruction = instruction
        self.name = name
        self.in_from: bool = instruction is stage.from_
        self.wants_hint = True
        self._known = known
        self._places = places

    @cached_property
    def near(self) -> str:
        """A defined variable of almost the same name; empty if there is none."""
        size = len(self.name)
        names = (each for each in self._known if abs(len(each) - size) <= 2)
        found = nearest(self.name, tuple(islice(names, MAX_HINTS))) if self.wants_hint else None
        return found or ""

    @cached_property
    def span(self) -> Span:
        """The variable's name where it is used; the word of the heredoc in whose text that is."""
        place = next(iter(self._places), self.instruction.span)
        bodies = (each for each in self.instruction.heredocs if each.body_span.covers(place))
        return next((each.span for each in bodies), place)

    @property
    def heredoc_place(self) -> Span | None:
        """Where it stands in the text of a heredoc."""
        place = next(iter(self._places), None)
        return None if place == self.span else place

    @property
    def corrected(self) -> tuple[Edit, ...]:
        """The edits that write the name of the one that is almost the same."""
        return tuple(Edit(place, self.near) for place in self._places) if self.near else ()


class _Uses:
    """Where one instruction uses variables: its words take the places of their names one after another."""

    def __init__(self, stage: Stage, instruction: Instruction) -> None:
        self._text = stage.dockerfile.source.text
        self._span = instruction.span
        self._taken: dict[str, int] = {}

    @cached_property
    def _places(self) -> dict[str, list[Span]]:
        return _names(self._text, self._span)

    def take(self, word: str) -> dict[str, list[Span]]:
        """The places of the names in the next word, by name."""
        found = {}
        for name, spans in _names(word, Span(0, len(word))).items():
            start = self._taken.get(name, 0)
            self._taken[name] = start + len(spans)
            found[name] = self._places.get(name, [])[start : start + len(spans)]
        return found


def _names(text: str, span: Span) -> dict[str, list[Span]]:
    """Where variables are named in a part of a text, by name."""
    found: dict[str, list[Span]] = {}
    at, end = span
    while (at := text.find("$", at, end)) >= 0:
        at += 1 + text.startswith("{", at + 1)
        start = at
        while at < end and (text[at].isalnum() or text[at] == "_"):
            at += 1
        if at > start:
            found.setdefault(text[start:at], []).append(Span(start, at))
    return found


def undefined(dockerfile: Dockerfile) -> Iterator[Undefined]:
    """The undefined variables of a file, once for each word."""
    for number, found in enumerate(_undefined(dockerfile)):
        found.wants_hint = number < MAX_HINTS
        yield found


def _undefined(dockerfile: Dockerfile) -> Iterator[Undefined]:
    if "$" not in dockerfile.source.text:
        return
    for stage in dockerfile.stages:
        yield from _in_from(stage)
        yield from _in_stage(stage)


def _in_from(stage: Stage) -> Iterator[Undefined]:
    """FROM and its platform may use the ARGs above and what BuildKit defines, also ARGs without a value."""
    known, uses = _Known(stage.dockerfile.global_args), _Uses(stage, stage.from_)
    flag = stage.from_.flag("platform")
    texts = ([flag.value or ""] if flag else []) + [word.text for word in stage.from_.arguments[:1]]
    for text in texts:
        places = uses.take(text)
        for name in _unknown(text, known, stage.from_.escape):
            yield Undefined(stage, stage.from_, name, known, places.get(name, []))


def _in_stage(stage: Stage) -> Iterator[Undefined]:
    image = _image_variables(stage)
    if image is None:
        return
    for instruction in stage.instructions:
        texts = [(text, escape) for text, escape in _texts(instruction) if "$" in text]
        if not texts:
            continue
        known, uses = _Known(stage.state(instruction).variables, image), _Uses(stage, instruction)
        for text, escape in texts:
            places = uses.take(text)
            for name in _unknown(text, known, escape):
                yield Undefined(stage, instruction, name, known, places.get(name, []))


def _image_variables(stage: Stage) -> frozenset[str] | None:
    """The variables of the image at the bottom; None if they are not known."""
    bottom = stage.chain[-1] if stage.chain else stage
    name = "scratch" if bottom.base == "scratch" else library_name(bottom.image)
    return image_variables(name or "")


def _texts(instruction: Instruction) -> Iterator[tuple[str, str]]:
    """The texts of an instruction in which BuildKit reports unknown names, each with its escape character."""
    escape = instruction.escape
    if instruction.name == "RUN":
        for mount in instruction.mounts:
            yield from ((option.value or "", escape) for option in mount.options if option.key != "from")
    if instruction.name not in _EXPANDED:
        return
    for flag in instruction.flags:
        if flag.name in _FLAGS:
            yield flag.value or "", escape
    for pair in instruction.pairs:
        if instruction.name != "ARG":
            yield pair.name, escape
        yield pair.value or "", escape
    heredocs = {heredoc.span for heredoc in instruction.heredocs}
    for word in () if instruction.pairs else instruction.arguments:
        if word.span not in heredocs:
            yield word.text, escape
    for heredoc in instruction.heredocs:
        if heredoc.expand:
            yield heredoc.body.replace("'", " ").replace('"', " "), "\\"


def _unknown(text: str, known: _Known, escape: str) -> tuple[str, ...]:
    """The names that ``text`` uses and that are not known; each once, in order."""
    if "$" not in text:
        return ()
    try:
        return expand(text, known, escape=escape).unmatched
    except ExpansionError:
        return ()
