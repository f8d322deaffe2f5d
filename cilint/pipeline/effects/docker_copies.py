"""What is wrong with COPY and ADD: what they take from where, and to which place."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property
from posixpath import basename, normpath

from cilint.model.dockerfile import Dockerfile, Stage
from cilint.model.dockerfile_copies import is_remote
from cilint.model.dockerfile_origins import origin_problem
from cilint.pipeline.effects.docker_lines import OnLine, first_workdir, lines
from cilint.pipeline.effects.stage_commands import StageCommand, mentions, run_commands
from cilint.syntax.dockerfile import Word
from cilint.text.edit import Edit
from cilint.text.hole import HOLE
from cilint.text.remember import remembered
from cilint.text.source import Span

ARCHIVES = (
    ".tar", ".gz", ".tgz", ".bz2", ".tbz", ".tbz2", ".tb2", ".xz", ".txz", ".lzma", ".tlz", ".lz", ".z",
    ".tz", ".tpz", ".zst", ".tzst",
)  # fmt: skip
"""The ends of the names of files that ADD unpacks, or that look so."""
_PACKAGES = frozenset({"node_modules", "site-packages", "venv", ".venv"})
"""Folders of installed packages, some of which have native parts."""
_UNPACKERS = {
    "tar": 1, "bsdtar": 1, "gunzip": 0, "bunzip2": 0, "unxz": 0, "unlzma": 0, "uncompress": 0,
    "zcat": 0, "zgz": 0, "gzip": 2, "bzip2": 2, "xz": 2, "lzma": 2,
}  # fmt: skip
"""Programs that unpack: always, with ``x`` among tar's letters (1), with ``-d`` (2)."""


class Copy(OnLine):
    """One COPY or ADD. ``words`` are its sources and, last, its target, without heredocs."""

    @cached_property
    def sources(self) -> tuple[Word, ...]:
        heredocs = {heredoc.span for heredoc in self.instruction.heredocs}
        return tuple(word for word in self.instruction.arguments[:-1] if word.span not in heredocs)

    @property
    def target(self) -> Word | None:
        words = self.instruction.arguments
        return words[-1] if len(words) > 1 else None

    @property
    def target_text(self) -> str:
        """The target as written, without quotes around it."""
        return _bare(self.target.text) if self.target else ""

    @property
    def origin(self) -> str:
        """What ``--from`` names; empty without it."""
        flag = self.instruction.flag("from")
        return flag.value or "" if flag else ""

    @property
    def origin_span(self) -> Span | None:
        flag = self.instruction.flag("from")
        return flag.value_span or flag.span if flag else None

    # -- ADD ---------------------------------------------------------------------------------------

    @cached_property
    def plain_sources(self) -> tuple[Word, ...]:
        """What an ADD brings as COPY would: local files that it does not unpack; not what is unknown."""
        if self.name != "ADD" or self.instruction.flag("unpack"):
            return ()
        return tuple(
            word
            for word in self.sources
            if not _is_special(_bare(self.stage.expand(word.text, self.line.instruction)))
        )

    @property
    def only_copies(self) -> bool:
        """Whether an ADD does nothing but what COPY does."""
        return len(self.plain_sources) == len(self.sources) > 0

    @property
    def with_copy(self) -> tuple[Edit, ...]:
        """The edit that writes COPY; none where some source is more than a plain file."""
        keyword = "COPY" if self.line.keyword.isupper() else "copy"
        return (Edit(self.line.keyword_span, keyword),) if self.only_copies else ()

    # -- the target --------------------------------------------------------------------------------

    @property
    def needs_a_folder(self) -> bool:
        """Whether several sources go to a target that is not written as a folder."""
        if self.name != "COPY" or len(self.instruction.arguments) < 3:
            return False
        text = self.stage.expand(self.target_text, self.line.instruction)
        return text not in (".", "..") and not text.endswith(("/", "/.", "/..", "\\", HOLE))

    @property
    def with_slash(self) -> tuple[Edit, ...]:
        """The edit that writes the target as a folder."""
        word = self.target
        if word is None or "$" in word.text:
            return ()
        end = word.span.end - (self.instruction.form == "json" or word.text[-1:] in ("'", '"'))
        return (Edit(Span(end, end), "/"),)

    @cached_property
    def is_relative(self) -> bool:
        """Whether the target depends on a WORKDIR that nothing in this file sets."""
        text = self.target_text
        text = text.lstrip("'\"")
        if self.name != "COPY" or not text or text.startswith(("/", "$", "\\")) or _has_drive(text):
            return False
        workdir = first_workdir(self.stage)
        return workdir is None or workdir > self.line.outer.span.start

    # -- --from ------------------------------------------------------------------------------------

    @property
    def copies_itself(self) -> bool:
        return bool(self.origin) and self.stage.dockerfile.stage(self.origin) is self.stage

    @cached_property
    def origin_problem(self) -> str:
        """Why nothing can be copied from what ``--from`` names; empty if something can, or perhaps.

        The stage itself has a rule of its own.
        """
        if self.name != "COPY" or not self.origin or "$" in self.origin or self.copies_itself:
            return ""
        return origin_problem(self.stage, self.origin)

    @cached_property
    def origin_is_unknown(self) -> bool:
        """Whether ``--from`` is no earlier stage and does not look like an image either."""
        name = self.origin
        if not name or ":" in name or "/" in name or "@" in name or "$" in name or self.name != "COPY":
            return False
        found = self.stage.dockerfile.stage(name)
        return found is None or (found.index >= self.stage.index and found is not self.stage)

    @property
    def near_stage(self) -> str:
        """The stage above whose name is almost that; empty if there is none."""
        from cilint.errors import nearest

        above = self.stage.dockerfile.stages[: max(0, min(self.stage.index, 50))]
        return nearest(self.origin, [each.name for each in above if each.name]) or ""

    @property
    def takes_all(self) -> bool:
        """Whether the whole file system of another stage or image is laid over this one."""
        if not self.origin or self.target is None:
            return False
        sources = {normpath(_bare(word.text)) for word in self.sources}
        target = self.stage.resolve(self.target_text, self.line.instruction)
        return bool(sources & {"/", "/*"}) and target == "/"

    @cached_property
    def foreign_packages(self) -> Word | None:
        """The source with installed packages of another stage whose native parts do not run here."""
        if not self.foreign_trait:
            return None
        copy = next((each for each in self.stage.copies if each.instruction is self.instruction), None)
        if copy is None or copy.stage is None:
            return None
        return next((word for word in self.sources if _PACKAGES & set(_slashes(word.text).split("/"))), None)

    @cached_property
    def foreign_trait(self) -> str:
        """What makes programs of the stage copied from unfit for this one; empty if nothing does."""
        from cilint.pipeline.effects.bases import libc_of

        other = self.stage.dockerfile.stage(self.origin) if self.origin else None
        if other is None:
            return ""
        theirs, ours = libc_of(other), libc_of(self.stage)
        if theirs and ours and theirs != ours:
            return f"{theirs}, and this image has {ours}"
        bottoms = [stage.chain[-1] if stage.chain else stage for stage in (other, self.stage)]
        flags = [bottom.from_.flag("platform") for bottom in bottoms]
        values = [(flag.value or "") if flag else "" for flag in flags]
        if "BUILDPLATFORM" in values[0] and "TARGET" in (values[1] or "TARGET"):
            return "the machine that builds, and this image may be for another"
        return ""

    # -- archives ----------------------------------------------------------------------------------

    @cached_property
    def unpacked_by(self) -> StageCommand | None:
        """The later command of the stage that unpacks an archive which this brings."""
        if self.name != "COPY" or self.origin or self.onbuild:
            return None
        names = [_file_name(word.text) for word in self.sources]
        target = _file_name(self.target_text)
        wanted = {name for name in names if name.lower().endswith(ARCHIVES)}
        if target.lower().endswith(ARCHIVES) and len(names) == 1:
            wanted = {target}
        start = self.line.outer.span.start
        for name in wanted:
            calls = _unpacking(self.stage).get(name, [])
            at = bisect_right(calls, start, key=lambda call: call.instruction.span.start)
            if at < len(calls):
                return calls[at]
        return None

    @cached_property
    def with_add(self) -> tuple[Edit, ...]:
        """The edits that let ADD unpack it, where the command does nothing else."""
        from cilint.pipeline.effects.unpacking import with_add

        return with_add(self)

    @property
    def unpacked_archive(self) -> Word | None:
        archives = (word for word in self.sources if _slashes(word.text).lower().endswith(ARCHIVES))
        return next(archives, self.sources[0] if self.sources else None)


def _bare(text: str) -> str:
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"" else text


def _slashes(text: str) -> str:
    return text.strip("'\"").replace("\\", "/")


def _file_name(text: str) -> str:
    """The last part of a path; ``${name}`` is written ``$name``, so that both are the same."""
    return basename(re.sub(r"\$\{(\w+)\}", r"$\1", _slashes(text)))


def _has_drive(text: str) -> bool:
    return len(text) > 1 and text[1] == ":" and text[0].isalpha()


def _is_special(text: str) -> bool:
    """Whether ADD fetches or unpacks it."""
    return text.startswith(HOLE) or is_remote(text) or text.lower().endswith(ARCHIVES)


@remembered
def _unpacking(stage: Stage) -> dict[str, list[StageCommand]]:
    """The commands of a stage that unpack archives, by the archives' base names."""
    found: dict[str, list[StageCommand]] = {}
    for instruction in stage.instructions:
        if instruction.name == "RUN" and mentions(instruction, *_UNPACKERS):
            for call in run_commands(stage, instruction):
                words = call.command.words[1:]
                if _unpacks(call.name, [word.static or "" for word in words]):
                    for word in words:
                        text = word.raw if word.static is None else word.static
                        found.setdefault(_file_name(text.rpartition("=")[2]), []).append(call)
    return found


def _unpacks(name: str, arguments: list[str]) -> bool:
    how = _UNPACKERS.get(name)
    if how is None:
        return False
    options = [text for text in arguments if text.startswith("-")]
    if how == 1:
        letters = "".join(text[1:] for text in options if not text.startswith("--"))
        old = arguments[0] if arguments and "-" not in arguments[0] and "/" not in arguments[0] else ""
        return "x" in letters or "x" in old.partition(".")[0] or bool({"--extract", "--get"} & set(options))
    return how == 0 or any("d" in text for text in options)


def copies(dockerfile: Dockerfile) -> Iterator[Copy]:
    """The COPY and ADD instructions of a file, in order, also those under ONBUILD."""
    return (Copy(line) for line in lines(dockerfile) if line.name in ("COPY", "ADD"))
