"""The shell's own commands that change the course of a script or its variables."""

from __future__ import annotations

from collections.abc import Callable

from cilint.syntax.shell_arithmetic import changes
from cilint.syntax.shell_run import Machine
from cilint.syntax.shell_state import ERREXIT, PIPEFAIL, Status
from cilint.syntax.shell_tree import Command
from cilint.text.hole import HOLE

Builtin = Callable[[Machine, Command, list[str]], Status]


def _true(_machine: Machine, _command: Command, _argv: list[str]) -> Status:
    return True


def _false(_machine: Machine, _command: Command, _argv: list[str]) -> Status:
    return False


def _given(machine: Machine, argv: list[str]) -> Status:
    """The status that ``exit`` or ``return`` passes on."""
    text = argv[0] if argv else machine.env.get("?", HOLE)
    return int(text) % 256 == 0 if isinstance(text, str) and text.isascii() and text.isdigit() else None


def _exit(machine: Machine, _command: Command, argv: list[str]) -> Status:
    status = _given(machine, argv)
    machine.leave(status)
    return status


def _return(machine: Machine, _command: Command, argv: list[str]) -> Status:
    status = _given(machine, argv)
    if machine.returns is None:
        machine.leave(status)
    else:
        machine.returns.append((dict(machine.env), status))
        machine.state = None
    return status


def _jump(machine: Machine, command: Command, argv: list[str]) -> Status:
    levels = int(argv[0]) if argv and argv[0].isascii() and argv[0].isdigit() and len(argv[0]) < 3 else 1
    machine.jump(command.name, levels)
    return True


def _set(machine: Machine, _command: Command, argv: list[str]) -> Status:
    """``set -e``, ``set +e``, ``set -o pipefail``; ``set -- a b`` changes the parameters."""
    at = 0
    while at < len(argv) and argv[at][:1] in ("-", "+") and argv[at] not in ("-", "--"):
        text = argv[at]
        value = "1" if text[0] == "-" else "0"
        if "e" in text[1:]:
            machine.set(ERREXIT, value)
        at += 1
        if text.endswith("o") and at < len(argv):
            name = {"errexit": ERREXIT, "pipefail": PIPEFAIL}.get(argv[at])
            if name:
                machine.set(name, value)
            at += 1
    if at < len(argv):
        _forget_parameters(machine)
    return True


def _shift(machine: Machine, _command: Command, _argv: list[str]) -> Status:
    _forget_parameters(machine)
    return True


def _forget_parameters(machine: Machine) -> None:
    for name in ("1", "2", "3", "4", "5", "6", "7", "8", "9", "@", "*", "#"):
        machine.set(name, None)


def _read(machine: Machine, command: Command, argv: list[str]) -> Status:
    """``read``, ``mapfile`` and ``getopts`` set what they name."""
    for text in argv or ["REPLY"]:
        machine.set(text, None)
    if command.name != "read":
        machine.set("MAPFILE", None)
    return None if machine.explore or machine.conditions else True


def _let(machine: Machine, _command: Command, argv: list[str]) -> Status:
    value = None
    for text in argv:
        value, changed = changes(text, machine.env)
        for name, number in changed.items():
            machine.set(name, None if number is None else str(number))
    return None if value is None else value != 0


def _wait(machine: Machine, _command: Command, argv: list[str]) -> Status:
    """``wait ID`` ends as that job did, ``wait`` alone well; which job it is shows where all ended alike."""
    ends = set(machine.jobs)
    if not argv:
        return True
    return ends.pop() if len(ends) == 1 else None


def _trap(machine: Machine, command: Command, argv: list[str]) -> Status:
    """``trap SCRIPT SIGNAL…``; of the signals those for the shell's end and for failures count."""
    for signal in argv[1:] if len(argv) > 1 else argv:
        name = {"0": "EXIT"}.get(signal, signal.upper().removeprefix("SIG"))
        if command.inner is not None and len(argv) > 1:
            machine.traps[name] = command.inner
        else:
            machine.traps.pop(name, None)
    return True


def _source(machine: Machine, _command: Command, argv: list[str]) -> Status:
    """A file read into the shell may set any variable; a virtual environment's sets none that matters."""
    if not (argv and argv[0].endswith("/bin/activate")):
        for name in list(machine.env):
            if name.isidentifier():
                machine.set(name, None)
    return True


SPECIAL = frozenset({
    ".", ":", "break", "continue", "eval", "exec", "exit", "export", "readonly", "return", "set", "shift",
    "times", "trap", "unset",
})  # fmt: skip
"""POSIX's special builtins: in its shells, assignments before them outlive them."""
BUILTINS: dict[str, Builtin] = {
    ":": _true,
    "true": _true,
    "false": _false,
    "exit": _exit,
    "return": _return,
    "break": _jump,
    "continue": _jump,
    "set": _set,
    "shift": _shift,
    "read": _read,
    "mapfile": _read,
    "readarray": _read,
    "getopts": _read,
    "let": _let,
    "wait": _wait,
    "trap": _trap,
    "source": _source,
    ".": _source,
}
