"""Health checks that are content with whatever happens, found by running them in thought.

A check is run as Docker runs it: its exit status alone decides. What it asks with is supposed to fail, then
to be answered with error statuses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from cilint.pipeline.effects.clients import CLIENTS, ERRORS, SILENT, address_of, answer, hides_failure
from cilint.syntax.shell import Arguments, Block, Command, Environment, Script, Shell
from cilint.syntax.shell_outputs import judges_input
from cilint.syntax.shell_run import Result
from cilint.text.hints import TYPE_CHECKING, Literal
from cilint.text.values import NamedTuple

if TYPE_CHECKING:
    from cilint.pipeline.effects.programs import Program

Kind = Literal["asks nothing", "ignored", "status"]
_TALK = frozenset({
    ":", "break", "cat", "cd", "continue", "date", "echo", "env", "exit", "export", "hostname", "printf",
    "pwd", "return", "set", "shift", "sleep", "true", "uname", "unset", "whoami",
})  # fmt: skip
"""Programs whose exit status says nothing about a container."""
_MOST_PROBES = 20
_REFUSED = Result(False, "")


class Weakness(NamedTuple):
    """Why a check cannot fail, or not on an error status (``status``); ``command`` is what it asks with.

    ``reason`` says it in a few words.
    """

    kind: Kind
    command: Command
    reason: str


class Check:
    """A health check's script, with the variables and the options that its shell starts with.

    ``program_of`` reads the program that a command hands to an interpreter, None where none can be read.
    """

    def __init__(
        self,
        script: Script,
        env: Environment,
        shell: Shell,
        program_of: Callable[[Command], Program | None],
    ) -> None:
        self.script = script
        self.env = env
        self.shell = shell
        self.program_of = program_of

    def weakness(self) -> Weakness | None:
        """The worst that is known of it; None for a check that can fail."""
        commands = self.script.commands
        if self.script.error or not commands:
            return None
        probes = [command for command in commands if _may_tell(command)]
        if not probes:
            return self._of_talk(commands[0])
        if len(probes) > _MOST_PROBES:
            return None
        if all(self._is_content(results) for results in _failures(probes)):
            return Weakness("ignored", probes[-1], self._reason(probes[-1]))
        return self._of_statuses(probes)

    def _is_content(self, results: Mapping[Command, Result]) -> bool:
        return self.script.simulate(results, self.shell, self.env).ends == {"ok"}

    def _of_talk(self, first: Command) -> Weakness | None:
        """What nothing is asked in can still end with a failure of its own: ``exit 1``."""
        leaving = self.script.named("exit", "return")
        if any((word.static or "?").strip("0") for command in leaving for word in command.words[1:]):
            return None
        return Weakness("asks nothing", first, f"`{_short(first.raw)}` asks nothing of the container")

    def _reason(self, probe: Command) -> str:
        from cilint.syntax.shell_failure import reason_of

        parent = probe.parent
        if isinstance(parent, Block) and parent.kind == "list" and "||" in parent.operators[probe.index :]:
            at = parent.operators.index("||", probe.index)
            return f"followed by `|| {_short(parent.items[at + 1].raw)}`"
        reason = reason_of(probe, self.shell)
        following = next(probe.follows(), None)
        if reason.endswith(("set -e`", "set +e`")) and following is not None:
            return f"followed by `; {_short(following.raw)}`"
        return f"{reason} that ends well either way" if reason.startswith("tested") else reason

    def _of_statuses(self, probes: list[Command]) -> Weakness | None:
        asking = {probe: found for probe in probes if (found := self._answers(probe)) is not None}
        if not asking:
            return None
        answers = list(zip(*asking.values(), strict=True))
        if any(None in each for each in answers):
            return None
        for results in answers:
            known = {probe: one for probe, one in zip(asking, results, strict=True) if one is not None}
            if not self._is_content(known):
                return None
        first = next((probe for probe, each in asking.items() if each[0] and each[0].status), None)
        if first is None:
            return None
        return Weakness("status", first, SILENT.get(first.name, "no error status makes it fail"))

    def _answers(self, probe: Command) -> list[Result | None] | None:
        """What a command does for each error status; None where it asks for nothing by HTTP."""
        if probe.name in CLIENTS:
            arguments = probe.arguments(self.script.environment(probe, self.env, self.shell))
            if not _asks(arguments):
                return None
            hidden = hides_failure(arguments) or arguments.has_flag("-K", "--config")
            return [None if hidden else answer(arguments, status) for status in ERRORS]
        program = self.program_of(probe)
        if program is None:
            return None
        from cilint.pipeline.effects.programs import calls_of, verdict

        if not any(True for _ in calls_of(program)):
            return None
        refuses = verdict(program).errors
        return [None if refuses is None else Result(not refuses)] * len(ERRORS)


def _asks(arguments: Arguments) -> bool:
    """Whether a client asks for an address by HTTP, as far as is known."""
    address = address_of(arguments)
    text = (address.value or "") if address else ""
    return bool(text) and ("://" not in text or text.lower().startswith(("http://", "https://")))


def _may_tell(command: Command) -> bool:
    """Whether a command's exit status may say something about the container."""
    if command.inner is not None or command.kind in ("assignment", "declaration"):
        return False
    reads = command.piped_from is not None
    if reads and not judges_input(command.name, command.arguments()):
        return False
    return command.name not in _TALK


def _failures(probes: list[Command]) -> Iterator[dict[Command, Result]]:
    """All fail; all succeed, for what is negated; those that ask by HTTP fail; each fails alone."""
    yield dict.fromkeys(probes, _REFUSED)
    yield dict.fromkeys(probes, Result(True))
    yield {probe: _REFUSED for probe in probes if probe.name in CLIENTS} or dict.fromkeys(probes, _REFUSED)
    for probe in probes if len(probes) > 1 else ():
        yield {probe: _REFUSED}


def _short(text: str) -> str:
    return text.partition("\n")[0][:40]
