"""The programs that ``run`` steps call, with their arguments resolved as far as files tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from posixpath import join, normpath

from cilint.pipeline.scenarios import SHA
from cilint.pipeline.sites import Site
from cilint.syntax.shell import (
    GITHUB,
    GITHUB_BASH,
    Argument,
    Arguments,
    Command,
    Script,
    Shell,
    Value,
    Word,
)
from cilint.syntax.shell_tree import given_shell
from cilint.text.hints import TYPE_CHECKING
from cilint.text.hole import HOLE
from cilint.text.source import Span

if TYPE_CHECKING:
    from cilint.pipeline.runs import Runs
    from cilint.syntax.shell_failure import Failure
    from cilint.syntax.shell_run import Result, Run


PACKAGE_RUNNERS = ("npx", "bunx", "pnpx", "npm", "pnpm", "yarn", "bun", "uvx", "pipx")
"""Programs that run those of packages."""
_MOST_CALLS = 20
"""So many calls of a function are told apart."""


class Invocation:
    """One command of a script where its step runs.

    ``assumed`` is what variables hold that name the program, where different ways lead to different values.
    ``caller`` is the call, one of several, of the function that it is part of. ``added`` are arguments that
    it reads from elsewhere.
    """

    def __init__(
        self,
        site: Site,
        command: Command,
        assumed: Mapping[str, Value] | None = None,
        caller: Command | None = None,
        added: tuple[tuple[str, Word], ...] = (),
    ) -> None:
        self.site = site
        self.command = command
        self.path = site.path
        self.assumed = assumed or {}
        self.caller = caller
        self.added = added

    def at(self, site: Site) -> Invocation:
        """The same command in another leg of its job."""
        return Invocation(site, self.command, self.assumed, self.caller, self.added)

    def with_arguments(self, added: tuple[tuple[str, Word], ...]) -> Invocation:
        """The same command with more arguments."""
        return Invocation(self.site, self.command, self.assumed, self.caller, added)

    @cached_property
    def span(self) -> Span:
        """The program's name and its arguments, in the file."""
        return self.site.file_span(self.command.span)

    @property
    def name(self) -> str:
        """The program, also where a variable that is known names it."""
        return self.command.name or self.arguments.program

    @cached_property
    def known(self) -> dict[str, Value]:
        """Variables that are known when the script begins."""
        values = {"GITHUB_SHA": SHA, **self.site.env}
        return {name: value for name, value in values.items() if value != HOLE}

    @cached_property
    def env(self) -> dict[str, Value]:
        """Variables that are known when the command runs, those assigned in the script included."""
        script = self.site.script
        assert script is not None
        found = script.environment(self.command, self.known, self.shell) or self.known
        return {**self.assumed, **found} if self.assumed else found

    def variable(self, name: str) -> str | None:
        """A known text variable."""
        value = self.env.get(name)
        return value if isinstance(value, str) else None

    @property
    def argv(self) -> list[str]:
        return self.command.argv(self.env)

    @cached_property
    def arguments(self) -> Arguments:
        found = self.command.arguments(self.env)
        return Arguments(found.program, (*found.items, *self.added)) if self.added else found

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Operands only: ``docker``'s ``buildx``, ``build``, ``.``; expressions and variables resolved."""
        return tuple(self.text(argument) for argument in self.arguments.operands())

    def text(self, argument: Argument | None) -> str:
        """The value of an argument with the step's expressions resolved; empty for none."""
        if argument is None or argument.value is None:
            return ""
        return self.resolve(argument.value)

    def resolve(self, value: str) -> str:
        return self.site.each(value)[0] if "${{" in value else value

    def span_of(self, word: Word | None) -> Span:
        """Where a word of the command stands in the file."""
        return self.site.file_span(word.span) if word else self.span

    @property
    def shell(self) -> Shell:
        """The options that the step's shell starts with."""
        known = {"": GITHUB, "sh": GITHUB, "bash": GITHUB_BASH}
        return known.get(self.site.shell) or given_shell(self.site.shell)

    @cached_property
    def failure(self) -> Failure:
        """What becomes of a failure of the command."""
        script = self.site.script
        assert script is not None
        return script.failure(self.command, self.shell, self.known)

    def ending(self, result: Result) -> Run:
        """How the script ends where the command gives this result and all others succeed."""
        script = self.site.script
        assert script is not None
        return script.simulate({self.command: result}, self.shell, self.known)

    def folder(self) -> str:
        """The folder that the command runs in, relative to the checkout; maybe with a HOLE."""
        return normpath(join(self.site.working_directory, "."))


def program_run(call: Invocation) -> str:
    """The program that a command runs; of ``npx NAME`` and ``pnpm exec NAME`` the package's."""
    words = list(call.words)
    if call.name in ("npm", "pnpm", "yarn", "bun", "pipx"):
        running = ("run",) if call.name == "pipx" else ("exec", "x", "dlx")
        words = words[1:] if words[:1] and words[0] in running else []
    return (words or [""])[0] if call.name in PACKAGE_RUNNERS else call.name


def invocations(runs: Runs, *names: str) -> Iterator[Invocation]:
    """Every call of one of the programs, in the order of the files; of a step those by name come first."""
    for site in runs.sites:
        script = site.script
        for command in script.named(*names) if script else ():
            yield Invocation(site, command)
        if script:
            yield from _by_variables(site, script, names)


def _by_variables(site: Site, script: Script, names: tuple[str, ...]) -> Iterator[Invocation]:
    """The calls of programs that variables name: as they are then, else as they are first assigned."""
    for command in script.indirect:
        yield from _by_variable(site, script, command, names)


def _by_variable(
    site: Site, script: Script, command: Command, names: tuple[str, ...]
) -> Iterator[Invocation]:
    call = Invocation(site, command)
    if HOLE in call.name:
        call = Invocation(site, command, _first_value(script, command.words[0]))
    if call.name in names:
        yield call


def each_call(site: Site, command: Command, names: tuple[str, ...]) -> Iterator[Invocation]:
    """The command, if it runs one of the programs.

    It comes once for each of several calls of the function that it is part of, with what these give it.
    """
    script = site.script
    if script is None or command.kind != "command" or not command.words:
        return
    if not command.name:
        yield from _by_variable(site, script, command, names)
    elif command.name in names:
        calls = script.named(command.function)[:_MOST_CALLS] if command.function else ()
        for call in calls if len(calls) > 1 else ():
            argv = Invocation(site, call).argv
            yield Invocation(site, command, _parameters(argv), call)
        if len(calls) < 2:
            yield Invocation(site, command)


def _parameters(argv: list[str]) -> dict[str, Value]:
    """The parameters of a function that is called with these words."""
    given: dict[str, Value] = {str(at): text for at, text in enumerate(argv[1:10], 1)}
    return {**given, "@": tuple(argv[1:]), "*": tuple(argv[1:]), "#": str(len(argv) - 1)}


def _first_value(script: Script, word: Word) -> dict[str, Value]:
    """What the variable that is the whole word is assigned at first, where that is written out."""
    part = word.parts[0] if len(word.parts) == 1 else None
    if part is None or part.kind != "variable" or part.operator:
        return {}
    for command in script.commands:
        for assignment in command.assignments:
            if assignment.name == part.text and not (assignment.append or assignment.subscript):
                texts = [each.text() for each in assignment.elements or ()]
                value = assignment.value.text() if assignment.value else ""
                return {part.text: tuple(texts) if assignment.elements is not None else value}
    return {}
