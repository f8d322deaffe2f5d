"""What package managers do in RUN instructions: what they install, how, and what they leave behind."""

from __future__ import annotations

from functools import cached_property

from cilint.model.dockerfile import Dockerfile, Stage
from cilint.pipeline.effects.docker_commands import arguments_of
from cilint.pipeline.effects.docker_lines import is_kept, pieces
from cilint.pipeline.effects.docker_runs import Run, runs
from cilint.pipeline.effects.package_managers import Manager, manager_of
from cilint.pipeline.effects.stage_commands import StageCommand
from cilint.syntax.dockerfile import Instruction
from cilint.syntax.shell import Argument, Arguments
from cilint.text.edit import Edit
from cilint.text.remember import remembered
from cilint.text.source import Span
from cilint.text.values import NamedTuple


class Package(NamedTuple):
    """One thing that is to be installed, as written; ``pinned``: which version is said."""

    text: str
    pinned: bool
    span: Span


class PackageCommand:
    """One command of a package manager.

    ``program`` is its name (``python -m pip`` is ``pip``), ``verb`` what it is told to do, in its plainest
    spelling (``in`` of zypper is ``install``); ``verb_span`` is where that is written.
    """

    def __init__(self, run: Run, call: StageCommand, manager: Manager, program: str, skip: int) -> None:
        self.run = run
        self.path = run.path
        self.stage: Stage = run.stage
        self.instruction: Instruction = run.instruction
        self.call = call
        self.manager = manager
        self.program: str = program
        self._skip = skip

    def __repr__(self) -> str:
        return f"<{self.program} {self.verb}>"

    @property
    def span(self) -> Span:
        return self.call.span

    @property
    def onbuild(self) -> bool:
        return self.run.onbuild

    @property
    def is_kept(self) -> bool:
        """Whether what it leaves behind ends up in an image, this one or one that is built on it."""
        return self.onbuild or is_kept(self.stage)

    # -- the command line --------------------------------------------------------------------------

    @cached_property
    def _arguments(self) -> tuple[Argument, ...]:
        arguments = arguments_of(self.call)
        if self._skip:
            arguments = Arguments(self.program, arguments.items[self._skip :])
        if self.manager.family == "gem":  # the rest is for the compiler of native parts
            texts = [text for text, _ in arguments.items]
            end = texts.index("--") if "--" in texts else len(texts)
            arguments = Arguments(self.program, arguments.items[:end])
        return arguments.parse(self.manager.valued)

    @cached_property
    def _operands(self) -> list[Argument]:
        return [each for each in self._arguments if not each.name]

    @cached_property
    def _verb(self) -> tuple[str, int]:
        """The verb and how many operands it has."""
        words = [each.value or "" for each in self._operands[:2]]
        if not words and self.has("--version", "-v", "--help", "-h"):
            return "help", 0
        if len(words) == 2 and f"{words[0]} {words[1]}" in self.manager.verbs:
            return self.manager.verbs[f"{words[0]} {words[1]}"], 2
        first = words[0] if words else ""
        return self.manager.verbs.get(first, first), min(1, len(words))

    @property
    def verb(self) -> str:
        return self._verb[0]

    @cached_property
    def verb_span(self) -> Span:
        count = self._verb[1]
        return self.call.place(self._operands[count - 1].word) if count else self.span

    @property
    def installs(self) -> bool:
        """Whether it installs packages (or modules of them) that it names."""
        return self.verb in self.manager.installing

    @property
    def downloads(self) -> bool:
        """Whether it installs or upgrades anything, and so fills the manager's cache."""
        return self.verb in self.manager.installing or self.verb in self.manager.upgrading

    @property
    def changes(self) -> bool:
        """Whether it asks before it does what it does."""
        return self.downloads or self.verb in self.manager.asking

    def has(self, *names: str) -> bool:
        """Whether one of these options is given."""
        return any(each.name in names for each in self._arguments)

    def has_operand(self, text: str) -> bool:
        return any(each.value == text for each in self._operands)

    @cached_property
    def assumes_yes(self) -> bool:
        """Whether it does not wait for an answer."""
        manager = self.manager
        if self.has(*manager.yes):
            return True
        settings = [(each.value or "").lower() for each in self._arguments if each.name in manager.settings]
        if any(text in manager.yes_settings for text in settings):
            return True
        texts = [word.static or "" for word in self.call.command.words]
        quiet = sum(each.name in ("-q", "--quiet") for each in self._arguments) if manager.quiet else 0
        source = self.call.command.piped_from
        return (
            quiet > 1
            or (bool(quiet) and "-q=2" in texts)
            or (source is not None and source.raw.startswith("yes"))
        )

    @cached_property
    def takes_recommended(self) -> bool:
        """Whether packages come that nothing needs, because others recommend them."""
        if self.has("--no-install-recommends", "--without-recommends", "-R"):
            return False
        settings = [
            (each.value or "").lower() for each in self._arguments if each.name in self.manager.settings
        ]
        return not any(
            text.startswith("apt::install-recommends=")
            and text.partition("=")[2].strip("\"'") in ("false", "0", "no")
            for text in settings
        )

    # -- packages ----------------------------------------------------------------------------------

    @cached_property
    def packages(self) -> tuple[Package, ...]:
        """What it is told to install; nothing where a file lists it."""
        from cilint.pipeline.effects.package_words import read_packages

        if not self.installs or self.has(*self.manager.listing):
            return ()
        operands = self._operands[self._verb[1] :]
        return tuple(
            Package(each.value or "", pinned, self.call.place(each.word))
            for each, pinned in read_packages(self, operands)
        )

    @property
    def version_option(self) -> bool:
        """Whether an option says the version of all packages."""
        return self.has(*self.manager.version)

    @cached_property
    def unpinned(self) -> tuple[Package, ...]:
        return tuple(package for package in self.packages if not package.pinned)

    @property
    def first_unpinned(self) -> Package | None:
        return self.unpinned[0] if self.unpinned else None

    @property
    def unpinned_names(self) -> tuple[str, ...]:
        return tuple(package.text for package in self.unpinned)

    @property
    def is_alone(self) -> bool:
        """Whether its RUN does nothing else, but for settings of the shell."""
        return all(call is self.call or call.name in ("set", "echo", "true", ":") for call in self.run.calls)

    # -- what is left behind -----------------------------------------------------------------------

    @cached_property
    def leaves_cache(self) -> bool:
        """Whether what it downloads stays in the layer."""
        from cilint.pipeline.effects.package_caches import leaves_cache

        return leaves_cache(self)

    @cached_property
    def with_cleaning(self) -> tuple[Edit, ...]:
        """The edits that clean up behind it, in the same layer."""
        from cilint.pipeline.effects.package_caches import with_cleaning

        return with_cleaning(self)

    def with_option(self, option: str) -> tuple[Edit, ...]:
        """The edits that give it one more option, behind its verb."""
        if self.instruction.form == "json" or not self._verb[1]:
            return ()
        return (Edit(Span(self.verb_span.end, self.verb_span.end), f" {option}"),)


def declares(run: Run, name: str) -> bool:
    """Whether a variable has a value, since the stage or an ARG of any stage before the RUN gives it one."""
    if run.onbuild or name in run.line.state.variables:
        return name in run.line.state.variables
    return _first_arguments(run.stage.dockerfile).get(name, run.span.start) < run.span.start


@remembered
def _first_arguments(dockerfile: Dockerfile) -> dict[str, int]:
    """Where the first ARG of each name in a file begins."""
    found: dict[str, int] = {}
    for piece in pieces(dockerfile):
        for each in piece.instructions:
            for pair in each.pairs if each.name == "ARG" else ():
                found.setdefault(pair.name, each.span.start)
    return found


@remembered
def commands_in(run: Run) -> tuple[PackageCommand, ...]:
    """The commands of package managers in one RUN."""
    found = ((call, manager_of(call)) for call in run.calls)
    return tuple(PackageCommand(run, call, *manager) for call, manager in found if manager is not None)


@remembered
def package_commands(dockerfile: Dockerfile) -> tuple[PackageCommand, ...]:
    """The commands of package managers in a file, in order."""
    return tuple(command for run in runs(dockerfile) for command in commands_in(run))
