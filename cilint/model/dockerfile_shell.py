"""Which shell a command line such as ``["/usr/bin/env", "bash", "-eo", "pipefail", "-c"]`` starts."""

from __future__ import annotations

from collections.abc import Sequence

from cilint.text.values import NamedTuple

WINDOWS = frozenset({"powershell", "pwsh", "cmd"})
_ENV_VALUES = ("-u", "--unset", "-C", "--chdir")


class ShellLine(NamedTuple):
    """``program`` is the shell's name in small letters, without folder and ``.exe``; empty for none.

    ``options`` are the words after it, ``first`` is the number of the first of them in the whole line.
    """

    program: str
    options: tuple[str, ...]
    first: int

    @property
    def reads_posix(self) -> bool:
        """Whether it may read what POSIX says a shell reads; what is not known is taken for one that does."""
        return self.program not in WINDOWS

    @property
    def script(self) -> int | None:
        """The number of the word that is its script, behind ``-c`` and what else comes before it."""
        at = 0
        while at < len(self.options) and self.options[at].startswith("-"):
            option = self.options[at]
            at += 2 if option[-1] in "oO" and not option.startswith("--") else 1
            if "c" in option and not option.startswith("--"):
                return self.first + at if at < len(self.options) else None
        return None


def shell_line(words: Sequence[str]) -> ShellLine:
    """Read a command line, through ``env`` with its options and variables, and through ``busybox``."""
    at = 0
    while at < len(words):
        program = words[at].replace("\\", "/").rpartition("/")[2].lower().removesuffix(".exe")
        at += 1
        if program == "env":
            while at < len(words) and (words[at].startswith("-") or "=" in words[at]):
                at += 2 if words[at] in _ENV_VALUES else 1
        elif program != "busybox":
            return ShellLine(program, tuple(words[at:]), at)
    return ShellLine("", (), len(words))
