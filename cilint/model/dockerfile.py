"""A Dockerfile as a build sees it: stages, what they are built on, and the state that each instruction finds.

ARG defaults are taken for their values; what is passed from outside or comes with a base image is a hole.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from functools import cached_property

from cilint.model.dockerfile_copies import StageCopy, copies_of
from cilint.model.dockerfile_ports import Port, read_ports
from cilint.model.dockerfile_state import (
    Budget,
    Scope,
    State,
    StateReader,
    Variables,
    platform_arguments,
    resolve,
)
from cilint.model.references import ImageReference
from cilint.syntax.dockerfile import Document, Instruction, parse, unread
from cilint.syntax.dockerfile_words import GRAMMAR
from cilint.text.source import SourceFile, Span

__all__ = ["Dockerfile", "Port", "Stage", "StageCopy", "State"]

MAX_LENGTH = 1 << 20
"""Dockerfiles of more characters are not read."""
MAX_CHAIN = 100
"""How many stages on one another are followed."""


class Stage:
    """One FROM and what follows it. ``name`` is in lower case, None without one.

    ``base`` is the text after FROM with ARG defaults filled in (holes where they are not known);
    ``base_stage`` is the earlier stage of that name: FROM compares names as they are written.
    """

    def __init__(
        self,
        dockerfile: Dockerfile,
        index: int,
        from_: Instruction,
        body: tuple[Instruction, ...],
        base_stage: Callable[[str], Stage | None],
    ) -> None:
        self.dockerfile = dockerfile
        self.path = dockerfile.path
        self.index = index
        self.from_ = from_
        self.instructions = body
        words = from_.arguments
        named = len(words) == 3 and words[1].text.lower() == "as"
        self.name = words[2].text.lower() if named else None
        self.name_span = words[2].span if named else None
        self.span = from_.span
        self.base_span: Span | None = words[0].span if words else None
        self.base = dockerfile.expand_global(words[0].text, from_) if words else ""
        self.base_stage = base_stage(self.base)

    def __repr__(self) -> str:
        return f"<stage {self.name or self.index}>"

    @property
    def is_final(self) -> bool:
        """Whether it is the stage that a build without a target makes."""
        return self.index == len(self.dockerfile.stages) - 1

    @cached_property
    def image(self) -> ImageReference | None:
        """The image it is built on; None for an earlier stage and for ``scratch``."""
        if self.base_stage or self.base in ("", "scratch"):
            return None
        return ImageReference.parse(self.base)

    @cached_property
    def chain(self) -> tuple[Stage, ...]:
        """The stages that it is built on, nearest first."""
        found: list[Stage] = []
        stage = self.base_stage
        while stage and len(found) < MAX_CHAIN:
            found.append(stage)
            stage = stage.base_stage
        return tuple(found)

    @cached_property
    def root_image(self) -> ImageReference | None:
        """The image at the bottom of the chain; None for ``scratch``."""
        return (self.chain[-1] if self.chain else self).image

    @property
    def platform(self) -> str | None:
        """The value of ``--platform`` with ARG defaults filled in."""
        flag = self.from_.flag("platform")
        return self.dockerfile.expand_global(flag.value or "", self.from_) if flag else None

    @property
    def lineage(self) -> Iterator[Instruction]:
        """All instructions that make it: those of the chain first, in order."""
        for stage in (*reversed(self.chain), self):
            yield from stage.instructions

    @cached_property
    def _reader(self) -> StateReader:
        """Made from the bottom up, so that a long chain does not nest calls."""
        bottom = self.chain[-1] if self.chain else self
        image = bottom.base if bottom.base == "scratch" else bottom.image and bottom.image.official
        first = State.initial(self.dockerfile.budget, image or "")
        for stage in reversed(self.chain):
            known = stage.__dict__.get("_reader")
            reader = known or StateReader(self.dockerfile.global_args, first, stage.instructions)
            stage.__dict__["_reader"] = reader
            first = reader.final
        return StateReader(self.dockerfile.global_args, first, self.instructions)

    @cached_property
    def _triggers(self) -> StateReader:
        """Follows what ONBUILD holds, as it runs where an image is built on this one: without its ARGs."""
        nested = tuple(each.nested for each in self.instructions if each.nested is not None)
        nothing = Scope(None).now
        return StateReader(nothing, self.final_state._replace(args=nothing), nested)

    def state(self, instruction: Instruction) -> State:
        """What an instruction of this stage finds: environment, arguments, working directory, user, shell.

        One that an ONBUILD holds finds what the whole stage and the ONBUILDs before have set.
        """
        reader = self._triggers if self._triggers.knows(instruction) else self._reader
        return reader.before(instruction)

    @property
    def final_state(self) -> State:
        """What holds after the last instruction."""
        return self._reader.final

    def expand(self, text: str, instruction: Instruction) -> str:
        """``text`` with the variables that ``instruction`` sees; a hole if BuildKit refuses it."""
        return self.state(instruction).expand(text, instruction.escape)

    def last(self, name: str) -> Instruction | None:
        """The last instruction of that name here or in the chain: the one that counts."""
        for stage in (self, *self.chain):
            if name in stage.last_ones:
                return stage.last_ones[name]
        return None

    @cached_property
    def last_ones(self) -> dict[str, Instruction]:
        """The last instruction of each name here."""
        return {each.name: each for each in self.instructions}

    @property
    def healthcheck(self) -> Instruction | None:
        """The HEALTHCHECK in force; ``health_type`` tells whether it is ``NONE``."""
        return self.last("HEALTHCHECK")

    @property
    def entrypoint(self) -> Instruction | None:
        return self.last("ENTRYPOINT")

    @property
    def command(self) -> Instruction | None:
        """The CMD in force; one of a base stage ends where a later stage sets ENTRYPOINT."""
        for stage in (self, *self.chain):
            if "CMD" in stage.last_ones:
                return stage.last_ones["CMD"]
            if "ENTRYPOINT" in stage.last_ones:
                return None
        return None

    @cached_property
    def ports(self) -> tuple[Port, ...]:
        """The ports that EXPOSE names, here and in the chain."""
        return tuple(
            port
            for stage in (*reversed(self.chain), self)
            for each in stage.instructions
            if each.name == "EXPOSE"
            for port in read_ports(each, stage.state(each))
        )

    @cached_property
    def copies(self) -> tuple[StageCopy, ...]:
        """Its COPY and ADD instructions, with resolved destinations."""
        return tuple(copy for each in self.instructions for copy in copies_of(self, each))

    @cached_property
    def uses(self) -> tuple[Stage, ...]:
        """The stages that this one needs directly: its base, those it copies from or mounts."""
        found = [self.base_stage, *(copy.stage for copy in self.copies)]
        for instruction in self.instructions:
            found += [self.dockerfile.stage(mount.from_) for mount in instruction.mounts if mount.from_]
        return tuple(dict.fromkeys(stage for stage in found if stage))

    @property
    def needed(self) -> tuple[Stage, ...]:
        """The stage itself and all that building it builds."""
        found, pending = {self: None}, [self]
        while pending:
            for each in pending.pop().uses:
                if each not in found:
                    found[each] = None
                    pending.append(each)
        return tuple(found)

    @cached_property
    def is_reachable(self) -> bool:
        """Whether building the final stage needs it."""
        return self in self.dockerfile.reachable

    def resolve(self, path: str, instruction: Instruction) -> str:
        """``path``, expanded, as an absolute path seen from the working directory, without trailing slash."""
        return resolve(self.state(instruction).workdir, self.expand(path, instruction))


class Dockerfile:
    """One Dockerfile. ``document`` is its syntax, ``stages`` what it builds."""

    def __init__(self, source: SourceFile) -> None:
        self.source = source
        self.path = source.path
        self.budget = Budget(1 << 22)

    @cached_property
    def _read(self) -> tuple[Document, str | None]:
        text = self.source.text
        if len(text) > MAX_LENGTH:
            reason = f"the file has more than {MAX_LENGTH:,} characters: it is not read"
            return unread(text, reason), reason
        document = parse(text)
        if "\0" in text and any(each.name not in GRAMMAR for each in document.instructions):
            reason = "the file holds NUL characters: it is binary"
            return unread(text, reason), reason
        return document, None

    @property
    def document(self) -> Document:
        return self._read[0]

    @property
    def unreadable(self) -> str | None:
        """Why nothing of the file is read, if that is so. BuildKit allows NUL: one alone is no reason."""
        return self._read[1]

    @property
    def span(self) -> Span:
        """The first line."""
        return Span(0, len(self.source.line(1)))

    @property
    def instructions(self) -> list[Instruction]:
        return self.document.instructions

    @cached_property
    def preamble(self) -> tuple[Instruction, ...]:
        """The instructions before the first FROM: its ARGs."""
        found: list[Instruction] = []
        for instruction in self.instructions:
            if instruction.name == "FROM":
                break
            found.append(instruction)
        return tuple(found)

    @cached_property
    def global_args(self) -> Variables:
        """The ARGs before the first FROM, with those that BuildKit defines by itself."""
        scope = Scope(platform_arguments())
        for instruction in self.preamble:
            for pair in instruction.pairs if instruction.name == "ARG" else ():
                value = pair.value
                if value is not None:
                    value = self.budget.expand(value, scope.now, instruction.escape, None)
                scope.set(pair.name, value)
        return scope.now

    def expand_global(self, text: str, instruction: Instruction) -> str:
        """``text`` of a FROM with the global ARGs and the predefined ones."""
        return self.budget.expand(text, self.global_args, instruction.escape, None)

    @cached_property
    def stages(self) -> tuple[Stage, ...]:
        found: list[Stage] = []
        named: dict[str, Stage] = {}
        starts = [at for at, each in enumerate(self.instructions) if each.name == "FROM"]
        for index, at in enumerate(starts):
            end = starts[index + 1] if index + 1 < len(starts) else len(self.instructions)
            body = tuple(self.instructions[at + 1 : end])
            stage = Stage(self, index, self.instructions[at], body, named.get)
            found.append(stage)
            if stage.name:
                named[stage.name] = stage
        return tuple(found)

    @cached_property
    def _named(self) -> dict[str, Stage]:
        return {stage.name: stage for stage in self.stages if stage.name}

    @property
    def final(self) -> Stage | None:
        """The stage that a build without a target makes."""
        return self.stages[-1] if self.stages else None

    def stage(self, name: str) -> Stage | None:
        """The stage that ``COPY --from=name`` means: called so, in any case, or numbered so from 0."""
        named = self._named.get(name.lower())
        if named or not (name.isascii() and name.isdecimal() and len(name) < 6):
            return named
        return self.stages[int(name)] if int(name) < len(self.stages) else None

    def stage_of(self, instruction: Instruction) -> Stage | None:
        """The stage that an instruction belongs to; None before the first FROM."""
        at = bisect_right(self.stages, instruction.span.start, key=lambda stage: stage.from_.span.start)
        return self.stages[at - 1] if at else None

    @cached_property
    def reachable(self) -> frozenset[Stage]:
        """The stages that building the final one needs, with itself."""
        found: set[Stage] = set()
        waiting = [self.final] if self.final else []
        while waiting:
            stage = waiting.pop()
            if stage not in found:
                found.add(stage)
                waiting += stage.uses
        return frozenset(found)
