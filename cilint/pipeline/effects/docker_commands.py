"""The single commands of RUN instructions, as rules about one program see them."""

from __future__ import annotations

from functools import cached_property

from cilint.model.dockerfile import Dockerfile, Stage
from cilint.pipeline.effects.docker_runs import Run, runs
from cilint.pipeline.effects.stage_commands import StageCommand
from cilint.syntax.dockerfile import Instruction
from cilint.syntax.shell import Argument, Arguments, Command
from cilint.text.edit import Edit
from cilint.text.remember import remembered
from cilint.text.source import Span

_PACKAGE_TOOLS = frozenset({
    "install", "update", "upgrade", "remove", "purge", "autoremove", "clean", "autoclean", "full-upgrade",
    "dist-upgrade", "build-dep", "source", "download", "satisfy", "changelog",
})  # fmt: skip
"""What ``apt`` and ``apt-get`` have in common."""
_INTERPRETERS = frozenset(
    {"sh", "bash", "dash", "ash", "zsh", "ksh", "python", "perl", "ruby", "node", "php"}
)
_VERSION = "0123456789."
_QUIET_WGET = (
    "--progress", "-q", "--quiet", "-nv", "--no-verbose", "-o", "--output-file", "-a", "--append-output",
    "--version", "-V", "--help", "-h",
)  # fmt: skip


class RunCommand:
    """One command of a RUN; ``name`` is the program that runs in the end, behind ``sudo``, ``xargs`` …"""

    __slots__ = ("__dict__", "call", "name", "path", "run")

    def __init__(self, run: Run, call: StageCommand) -> None:
        self.run: Run = run
        self.path: str = run.path
        self.call: StageCommand = call
        self.name: str = call.command.name

    def __repr__(self) -> str:
        return f"<command {self.name}>"

    @property
    def stage(self) -> Stage:
        return self.run.stage

    @property
    def instruction(self) -> Instruction:
        return self.run.instruction

    @property
    def onbuild(self) -> bool:
        return self.run.onbuild

    @property
    def span(self) -> Span:
        return self.call.span

    @cached_property
    def program_span(self) -> Span:
        """Where the program is named."""
        words = self.call.command.words
        return self.call.place(words[0]) if words else self.span

    @property
    def is_of_the_system(self) -> bool:
        """Whether it is called by its name or its absolute path, and so is no script of the project's own."""
        words = self.call.command.words
        text = words[0].static or "" if words else ""
        return "/" not in text or text.startswith("/")

    @property
    def wrappers(self) -> tuple[str, ...]:
        """The programs that run it, such as ``sudo`` and ``xargs``."""
        return self.call.command.wrappers

    @property
    def has_arguments(self) -> bool:
        return len(self.call.command.words) > 1

    @property
    def in_loop(self) -> bool:
        return bool(self.call.command.loops)

    @property
    def is_first_of_its_name(self) -> bool:
        """Whether no command before it in the RUN runs the same program."""
        return next(call for call in self.run.calls if call.name == self.name) is self.call

    @cached_property
    def _arguments(self) -> tuple[Argument, ...]:
        return arguments_of(self.call).parse()

    def has(self, *names: str) -> bool:
        """Whether one of these options is given; ``-f`` is found in ``-fsS`` too."""
        return any(each.name in names for each in self._arguments)

    @property
    def operands(self) -> tuple[str, ...]:
        """The arguments that are no options."""
        return tuple(each.value or "" for each in self._arguments if not each.name)

    def operand_span(self, text: str) -> Span | None:
        """Where an argument of that text stands."""
        found = (each.word for each in self._arguments if not each.name and each.value == text)
        word = next(found, None)
        return self.call.place(word) if word is not None else None

    # -- sudo --------------------------------------------------------------------------------------

    @cached_property
    def sudo_span(self) -> Span | None:
        """Where ``sudo`` is written, if it runs the command or is all there is."""
        if self.name != "sudo" and "sudo" not in self.wrappers:
            return None
        names = ((word, (word.static or "").rpartition("/")[2]) for word in self.call.command.written)
        return next((self.call.place(word) for word, name in names if name == "sudo"), None)

    @cached_property
    def without_sudo(self) -> tuple[Edit, ...]:
        """The edits that let the command run by itself; none where sudo has options or sets variables."""
        written, words = self.call.command.written, self.call.command.words
        if self.wrappers != ("sudo",) or len(written) != len(words) + 1 or self.instruction.form == "json":
            return ()
        start = self.call.place(written[0]).start
        return (Edit(Span(start, self.call.place(words[0]).start), ""),)

    # -- trust -------------------------------------------------------------------------------------

    @cached_property
    def without_certificates(self) -> Span | None:
        """The option or variable with which it checks no certificates."""
        from cilint.pipeline.effects.unchecked import without_certificates

        return without_certificates(self.call)

    @cached_property
    def without_signatures(self) -> Span | None:
        """The option with which it checks no signatures of packages."""
        from cilint.pipeline.effects.unchecked import without_signatures

        return without_signatures(self.call)

    @property
    def is_run_unseen(self) -> bool:
        """Whether it downloads a script straight into a shell or another interpreter."""
        if self.name not in ("curl", "wget") or not self.has_arguments:
            return False
        command = self.call.command
        if isinstance(command.piped_to, Command) and command.piped_to.name.rstrip(_VERSION) in _INTERPRETERS:
            return True
        block = command.substitution
        reader = block.parent if block is not None else None
        if not isinstance(reader, Command) or reader.kind != "command":
            return False
        words = [word.static for word in reader.words]
        is_script = block is not None and (block.kind == "process" or "-c" in words)
        return reader.name in ("eval", "source", ".") or (reader.name in _INTERPRETERS and is_script)

    # -- apt ---------------------------------------------------------------------------------------

    @property
    def with_apt_get(self) -> tuple[Edit, ...]:
        """The edit that lets apt-get do it; none where it cannot do the same."""
        operands = self.operands
        if not operands or operands[0] not in _PACKAGE_TOOLS or self.instruction.form == "json":
            return ()
        end = self.program_span.end
        return (Edit(Span(end, end), "-get"),)

    # -- useradd -----------------------------------------------------------------------------------

    @cached_property
    def has_a_high_uid(self) -> bool:
        """Whether ``useradd`` makes a user whose number is so high that the login logs become huge."""
        if self.name != "useradd" or self.has("-l", "--no-log-init"):
            return False
        uid = arguments_of(self.call).option("-u", "--uid")
        return uid is not None and (uid.value or "").isdecimal() and len(uid.value or "") > 5

    # -- wget and curl -----------------------------------------------------------------------------

    @cached_property
    def draws_progress(self) -> bool:
        """Whether ``wget`` fills the build log with its progress."""
        return self.name == "wget" and self.has_arguments and not self.has(*_QUIET_WGET)

    @cached_property
    def quiet_option(self) -> str:
        """An option that stops that, which the image's ``wget`` knows; busybox's has only ``-q``."""
        from cilint.pipeline.effects.bases import base_of

        base = base_of(self.stage)
        return "--progress=dot:giga" if "wget" in base.present and not base.busybox else "-q"

    @property
    def is_other_downloader(self) -> bool:
        """Whether it is the first ``wget`` after a ``curl`` in the stage, or the other way round."""
        return self.name in ("curl", "wget") and self.call in _other_downloaders(self.stage)

    @property
    def downloader_before(self) -> StageCommand | None:
        """The first use of the other one."""
        other = "curl" if self.name == "wget" else "wget"
        return next((call for call in _downloads(self.stage)[self.onbuild] if call.name == other), None)

    def with_option(self, option: str) -> tuple[Edit, ...]:
        """The edits that give the program one more option, as its first argument."""
        end = self.program_span.end
        return () if self.instruction.form == "json" else (Edit(Span(end, end), f" {option}"),)


def arguments_of(call: StageCommand) -> Arguments:
    """The arguments of a command; quickly, where no variable stands among them."""
    words = call.command.words[1:]
    texts = [word.static for word in words]
    if None in texts:
        return call.arguments
    return Arguments(call.name, tuple((text or "", word) for text, word in zip(texts, words, strict=True)))


@remembered
def _downloads(stage: Stage) -> dict[bool, list[StageCommand]]:
    """The uses of curl and wget in a stage: those under ONBUILD (True) and the others."""
    found: dict[bool, list[StageCommand]] = {False: [], True: []}
    for run in runs(stage.dockerfile):
        if run.stage is stage:
            found[run.onbuild] += [call for call in run.calls if call.name in ("curl", "wget")]
    return found


@remembered
def _other_downloaders(stage: Stage) -> tuple[StageCommand, ...]:
    """For either kind the first use of another program than the very first."""
    found = []
    for calls in _downloads(stage).values():
        found += [call for call in calls if call.name != calls[0].name][:1]
    return tuple(found)


@remembered
def run_commands(dockerfile: Dockerfile) -> tuple[RunCommand, ...]:
    """The commands of all RUN instructions of a file, in order."""
    return tuple(RunCommand(run, call) for run in runs(dockerfile) for call in run.calls)
