"""Programs that run another one (``sudo``, ``timeout 5 …``) and those that run a script (``bash -c``)."""

from __future__ import annotations

from collections.abc import Sequence

from cilint.syntax.mapped import MappedBuilder
from cilint.syntax.shell_input import Input, Opaque
from cilint.syntax.shell_scan import Scanner
from cilint.syntax.shell_tree import SHELLS, Command, program_name
from cilint.syntax.shell_words import Part, Word
from cilint.text.values import NamedTuple


class Wrapper(NamedTuple):
    """How the command line of a program goes on to that of the program that it runs.

    ``short`` and ``long`` are the options that take a value, ``operands`` how many words come first,
    ``assignments`` whether ``NAME=value`` may stand before the program.
    """

    short: str = ""
    long: frozenset[str] = frozenset()
    operands: int = 0
    assignments: bool = False


_SUDO_LONG = frozenset(
    {"--user", "--group", "--host", "--prompt", "--close-from", "--chdir", "--chroot", "--role", "--type"}
)
_XARGS_LONG = frozenset(
    {"--max-args", "--max-procs", "--max-lines", "--delimiter", "--arg-file", "--max-chars"}
)
WRAPPERS: dict[str, Wrapper] = {
    "sudo": Wrapper("ughpCrtTDRU", _SUDO_LONG, assignments=True),
    "doas": Wrapper("uC"),
    "env": Wrapper("uCS", frozenset({"--unset", "--chdir"}), assignments=True),
    "exec": Wrapper("a"),
    "command": Wrapper(),
    "builtin": Wrapper(),
    "time": Wrapper("fo", frozenset({"--format", "--output"})),
    "nice": Wrapper("n", frozenset({"--adjustment"})),
    "ionice": Wrapper("cnp", frozenset({"--class", "--classdata"})),
    "nohup": Wrapper(),
    "setsid": Wrapper(),
    "stdbuf": Wrapper("ioe", frozenset({"--input", "--output", "--error"})),
    "xargs": Wrapper("InPLdEsa", _XARGS_LONG),
    "timeout": Wrapper("ks", frozenset({"--kill-after", "--signal"}), operands=1),
    "gosu": Wrapper(operands=1),
    "su-exec": Wrapper(operands=1),
    "tini": Wrapper("pe"),
    "dumb-init": Wrapper("r"),
    "busybox": Wrapper(),
    "eatmydata": Wrapper(),
    "xvfb-run": Wrapper("senfpw", frozenset({"--server-args", "--server-num"})),
    "chronic": Wrapper(),
    "unbuffer": Wrapper(),
}
_MOST_WRAPPERS = 20


class Program(NamedTuple):
    """Where the real program stands among the words, and what was looked through to get there."""

    start: int
    wrappers: tuple[str, ...]
    assignments: tuple[int, ...]


def look_through(words: Sequence[Word]) -> Program:
    """Find the program that the words run in the end."""
    start = 0
    names: list[str] = []
    assignments: list[int] = []
    while start < len(words) and len(names) < _MOST_WRAPPERS:
        name = program_name(words[start])
        wrapper = WRAPPERS.get(name)
        if wrapper is None:
            break
        at, found = _skip(words, start + 1, name, wrapper)
        if at >= len(words):
            break
        names.append(name)
        assignments += found
        start = at
    return Program(start, tuple(names), tuple(assignments))


def _skip(words: Sequence[Word], at: int, name: str, wrapper: Wrapper) -> tuple[int, list[int]]:
    """The place of the program after the wrapper's own words; the end where it runs none."""
    operands, assignments = wrapper.operands, []
    while at < len(words):
        text = words[at].static
        if text == "--":
            at += 1
            break
        if text is not None and text.startswith("-") and text != "-":
            if name == "command" and set(text) & set("vV"):
                return len(words), []
            at += 2 if _takes_next(text, wrapper) else 1
        elif wrapper.assignments and _assigns(words[at]):
            assignments.append(at)
            at += 1
        else:
            break
    return at + operands, assignments


def _takes_next(text: str, wrapper: Wrapper) -> bool:
    if text.startswith("--"):
        return text in wrapper.long
    for place, letter in enumerate(text[1:], 2):
        if letter in wrapper.short:
            return place == len(text)
    return False


def _assigns(word: Word) -> bool:
    name, equals, _ = word.input.masked[word.start : word.end].partition("=")
    return bool(equals) and name.isidentifier()


class Script(NamedTuple):
    """A script that a command runs. ``flags`` are the options of its shell, as letters."""

    words: tuple[Word, ...]
    kind: str
    flags: str


_SSH_VALUES = "BbcDEeFIiJLlmOoPpQRSWw"
_RUNNERS = frozenset(
    {
        "docker",
        "podman",
        "kubectl",
        "docker-compose",
        "su",
        "runuser",
        "chroot",
        "lxc",
        "nsenter",
        "flock",
        "unshare",
    }
)


def script_of(command: Command) -> Script | None:
    """The script that a command line carries in its words or in a heredoc."""
    words = command.words
    name = command.name
    if name in SHELLS:
        return _shell_script(words, command)
    if name == "eval":
        return Script(words[1:], "eval", "") if len(words) > 1 else None
    if name == "trap":
        return Script(words[1:2], "eval", "") if len(words) > 2 and words[1].raw not in ("-", "''") else None
    if name == "ssh":
        return _remote_script(words, command)
    if name in _RUNNERS:
        for at, word in enumerate(words[1:], 1):
            if program_name(word) in SHELLS or (name in ("su", "runuser", "flock") and word.static == "-c"):
                shell = words[at:] if word.static != "-c" else words[at - 1 :]
                return _shell_script(shell, command)
    return None


def _shell_script(words: Sequence[Word], command: Command) -> Script | None:
    flags, at, reads = "", 1, False
    while at < len(words):
        text = words[at].static
        if text is None or text[:1] not in ("-", "+") or text in ("-", "--"):
            break
        at += 1
        if text.startswith("--"):
            continue
        letters = text[1:] if text[0] == "-" else ""
        reads = reads or "c" in letters
        flags += letters
        if text.endswith("o") and at < len(words):
            flags += "P" if words[at].static == "pipefail" and text[0] == "-" else ""
            flags += "e" if words[at].static == "errexit" and text[0] == "-" else ""
            at += 1
    if reads:
        return Script((words[at],), "shell", flags) if at < len(words) else None
    if at >= len(words) or "s" in flags or words[at].static == "-":
        return _fed(command, flags)
    return None


def _fed(command: Command, flags: str) -> Script | None:
    for redirect in reversed(command.redirects):
        if redirect.heredoc is not None:
            return Script((redirect.heredoc.body,), "fed", flags)
        if redirect.operator == "<<<" and redirect.target is not None:
            return Script((redirect.target,), "fed", flags)
    return None


def _remote_script(words: Sequence[Word], command: Command) -> Script | None:
    at = 1
    while at < len(words):
        text = words[at].static
        if text is None or not text.startswith("-") or text == "-":
            break
        at += 2 if _takes_next(text, Wrapper(_SSH_VALUES)) else 1
    remote = words[at + 1 :]
    while remote and (remote[0].static or "").startswith("-"):
        remote = remote[2:] if _takes_next(remote[0].static or "", Wrapper(_SSH_VALUES)) else remote[1:]
    if not remote:
        return _fed(command, "") if at < len(words) else None
    if program_name(remote[0]) in SHELLS and (fed := _shell_script(remote, command)) is not None:
        return fed
    return Script(tuple(remote), "remote", "")


def compose(words: Sequence[Word]) -> Input:
    """The text of an inner script, as the shell that runs it gets it: one level of quotes removed.

    What the outer shell expands stays as it is written; its command substitutions become opaque.
    """
    builder = MappedBuilder()
    opaque: list[Opaque] = []
    length = 0
    for number, word in enumerate(words):
        if number:
            builder.add(" ", word.span.start, word.span.start)
            length += 1
        for run in _Runs(word).runs():
            if run.opaque:
                opaque.append(Opaque(length, length + len(run.text), "command"))
            _add_run(builder, word.input, run)
            length += len(run.text)
    mapped = builder.build()
    return Input(mapped.text, outer=words[0].input.outer, mapped=mapped, opaque=tuple(opaque))


def _add_run(builder: MappedBuilder, input_: Input, run: _Run) -> None:
    if input_.mapped is not None and run.end - run.start == len(run.text):
        builder.add_part(input_.mapped, run.start, run.end)
    else:
        builder.add(run.text, *input_.span(run.start, run.end))


class _Run(NamedTuple):
    text: str
    start: int
    end: int
    opaque: bool


class _Runs(Scanner):
    """Reads a word like any other, but keeps apart what comes from different places."""

    __slots__ = ("found",)

    def runs(self) -> list[_Run]:
        self.found: list[_Run] = []
        self.scan()
        return self.found

    def _literal(self, start: int, end: int, _quoted: bool, outer: tuple[int, int] | None = None) -> None:
        escaped = outer is not None and outer == (start - 1, end) and end - start == 1
        place = outer if escaped and outer else (start, end)
        self.found.append(_Run(self.input.text[start:end], *place, opaque=False))

    def _add(self, part: Part, start: int, end: int) -> None:
        text = part.text if part.literal else self.input.text[start:end]
        self.found.append(_Run(text, start, end, part.kind in ("command", "process")))
