"""The shell scripts of Dockerfiles' RUN and of steps' ``run``, as rules about the shell itself see them."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from functools import cache, cached_property

from cilint.model.dockerfile_shell import WINDOWS, shell_line
from cilint.pipeline.effects.docker_shells import chosen_shell
from cilint.syntax import shell
from cilint.text.edit import Edit
from cilint.text.hints import TYPE_CHECKING
from cilint.text.remember import remembered
from cilint.text.source import Span

if TYPE_CHECKING:
    import re

    from cilint.model.dockerfile import Dockerfile, Stage
    from cilint.model.workflow import Step
    from cilint.pipeline.effects.docker_runs import Run
    from cilint.syntax.dockerfile import Instruction
    from cilint.syntax.shell import Block, Command

PROXIES = ("http_proxy", "https_proxy", "ftp_proxy", "no_proxy", "all_proxy")
"""What BuildKit passes on to every RUN; also in capital letters."""
_POSIX = frozenset({"sh", "dash", "ash"})
_SHELLS = frozenset({*_POSIX, "bash", "ksh", "zsh"})


class ShellScript:
    """One script. ``program`` is the shell that reads it, with ``-e`` if ``errexit``; ``known`` are those
    of the variables set from outside that it names, ``quotable``: quotes in it are no quotes of the file.

    ``place`` leads from a range of the script to the file; ``stage`` and ``instruction`` are those of a RUN.
    """

    def __init__(
        self,
        path: str,
        parsed: shell.Script,
        program: str,
        place: Callable[[int, int], Span],
        *,
        errexit: bool,
        known: tuple[str, ...] = (),
        stage: Stage | None = None,
        instruction: Instruction | None = None,
        quotable: bool = True,
    ) -> None:
        self.path = path
        self.parsed = parsed
        self.program = program
        self.place = place
        self.known = known
        self.stage = stage
        self.instruction = instruction
        self.errexit = errexit
        self.quotable = quotable

    def __repr__(self) -> str:
        return f"<script of {self.path}>"

    @cached_property
    def span(self) -> Span:
        return self.place(0, len(self.parsed.text))

    @property
    def is_posix(self) -> bool:
        """Whether a shell reads it that need not know what is bash's own."""
        return self.program in _POSIX

    @cached_property
    def commands(self) -> tuple[Command, ...]:
        """Its commands, without those of scripts inside of it."""
        return tuple(command for command in self.parsed.commands if not is_inner(command))

    @cached_property
    def stops_at_failures(self) -> bool:
        """Whether ``-e`` is on, or switched on by it anywhere."""
        return self.errexit or any(
            word == "errexit" or (word.startswith("-") and "e" in word)
            for command in self.commands
            if command.name == "set"
            for word in (word.static or "" for word in command.words[1:])
        )

    @cached_property
    def never_goes_on(self) -> bool:
        """Whether ``-e`` holds from its beginning to its end."""
        return self.errexit and not any(
            word.raw.startswith("+")
            for command in self.commands
            if command.name == "set"
            for word in command.words[1:]
        )

    def insert_before(self, span: Span, text: str) -> Edit:
        """The edit that puts a text right before a span of the script."""
        where = self.place(span.start, span.start + 1).start
        return Edit(Span(where, where), text)

    def insert_after(self, span: Span, text: str) -> Edit:
        where = self.place(span.end - 1, span.end).end
        return Edit(Span(where, where), text)

    def can_quote(self, node: shell.Node) -> bool:
        """Whether a double quote may be put in: not inside of backticks, nor of another quoted text."""
        text = self.parsed.text
        return self.quotable and not any(
            block.kind == "substitution" and text.startswith("`", block.span.start) for block in node.blocks
        )


def is_inner(node: shell.Node) -> bool:
    """Whether it is part of a script inside of a script."""
    return any(block.shell is not None for block in node.blocks)


# -- Dockerfiles ---------------------------------------------------------------------------------------


@remembered
def scripts_of(dockerfile: Dockerfile) -> tuple[ShellScript, ...]:
    """The scripts of a Dockerfile's RUN instructions, also of those under ONBUILD."""
    from cilint.pipeline.effects.docker_runs import runs

    return tuple(script for run in runs(dockerfile) if (script := _of_run(run)) is not None)


def _of_run(run: Run) -> ShellScript | None:
    if not run.calls:
        return None
    if run.instruction.form == "json":
        return _of_members(run)
    call, chosen = run.calls[0], chosen_shell(run.stage, run.instruction)
    line = shell_line(chosen or ("/bin/sh", "-c"))
    program, options = line.program, line.options[:-1]
    if call.script.interpreter:
        program, options = call.script.interpreter, tuple(call.script.text.partition("\n")[0].split()[1:])
    if program not in _SHELLS or (chosen is None and _is_for_windows(run)):
        return None
    return _in_dockerfile(run, call.parsed, program, call.script.span, options)


def _of_members(run: Run) -> ShellScript | None:
    """The script that a JSON form hands to a shell: ``["bash", "-c", "…"]``."""
    from cilint.syntax.dockerfile_script import member_script

    line = shell_line([word.text for word in run.instruction.arguments])
    if line.program not in _SHELLS or line.script is None:
        return None
    script = member_script(run.instruction, line.script)
    parsed = shell.parse(script.text)
    options = line.options[: line.script - line.first]
    return _in_dockerfile(run, parsed, line.program, script.span, options, quotable=False)


def _in_dockerfile(
    run: Run,
    parsed: shell.Script,
    program: str,
    place: Callable[[int, int], Span],
    options: tuple[str, ...],
    *,
    quotable: bool = True,
) -> ShellScript:
    state = run.line.state
    return ShellScript(
        run.path,
        parsed,
        program,
        place,
        errexit=any(word[:1] == "-" and word[1:2] != "-" and "e" in word for word in options),
        known=_named(parsed.text, state.variables),
        stage=run.stage,
        instruction=run.instruction,
        quotable=quotable,
    )


def _named(text: str, variables: Container[str]) -> tuple[str, ...]:
    """Those of the variables that a text names: all of them for each RUN would be too many."""
    return tuple(name for name in dict.fromkeys(_names().findall(text)) if name in variables)


@cache
def _names() -> re.Pattern[str]:
    import re

    return re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def _is_for_windows(run: Run) -> bool:
    """Whether a RUN without SHELL is one for ``cmd``: the file's escape character or its program says so."""
    return run.instruction.escape == "`" or run.calls[0].name.lower().removesuffix(".exe") in WINDOWS


# -- workflows and composite actions -------------------------------------------------------------------


def script_of(step: Step, default_shell: str | None) -> ShellScript | None:
    """The script of a ``run`` for bash or sh."""
    given = step.shell or default_shell or ""
    words = given.split() or ["bash"]
    if step.run is None or step.script is None or words[0] not in ("bash", "sh"):
        return None
    errexit = len(words) == 1 or any(word[:1] == "-" and word[1:2] != "-" and "e" in word for word in words)
    return ShellScript(
        step.path,
        step.script,
        words[0],
        step.run.source_span,
        errexit=errexit,
    )


def blocks_of(script: ShellScript, *kinds: str) -> Iterator[Block]:
    """The blocks of these kinds that are no part of a script inside of the script."""
    return (block for block in script.parsed.blocks if block.kind in kinds and not is_inner(block))
