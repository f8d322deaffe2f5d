"""Which of the words behind ``install`` are packages, and which of them say their version."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

from cilint.text.hints import TYPE_CHECKING
from cilint.text.hole import HOLE

if TYPE_CHECKING:
    import re

    from cilint.pipeline.effects.package_installs import PackageCommand
    from cilint.syntax.shell import Argument

_TARBALLS = (".tgz", ".tar.gz", ".tar")
_HOSTS = ("https://github.com/", "https://gitlab.com/", "https://bitbucket.org/")
_REPOSITORIES = ("git+", "git://", "git@", "ssh://", "github:", "gitlab:", "bitbucket:", "gist:")


def read_packages(command: PackageCommand, operands: list[Argument]) -> Iterator[tuple[Argument, bool]]:
    """The operands that name packages, each with whether it is pinned."""
    pinned = _PINNED[command.manager.family]
    after = _extra(command)
    for number, operand in enumerate(operands):
        text = operand.value or ""
        if after(text, number):
            return
        if text == HOLE or not text:
            continue
        verdict = command.version_option or pinned(command, operand, text)
        if verdict is not None:
            yield operand, verdict


def _extra(command: PackageCommand) -> Callable[[str, int], bool]:
    """Where the words begin that are the business of something else."""
    if command.manager.family == "go" and command.verb == "run":
        return lambda _, number: number > 0
    return lambda _text, _number: False


def _apt(_command: PackageCommand, _operand: Argument, text: str) -> bool | None:
    if text.endswith("-"):
        return None  # is removed
    return "=" in text or "/" in text or text.endswith(".deb")


def _apk(_command: PackageCommand, _operand: Argument, text: str) -> bool | None:
    if text.startswith("!"):
        return None
    return any(mark in text for mark in "=~<>") or text.endswith(".apk")


@cache
def _version() -> re.Pattern[str]:
    import re

    return re.compile(r"-[0-9][^-]*(?:-[^-]*[0-9][^-]*)?\Z")


def _rpm(command: PackageCommand, operand: Argument, text: str) -> bool | None:
    from cilint.pipeline.effects.package_installs import declares

    if command.verb == "groupinstall" or text.startswith("@"):
        return None
    if command.verb == "module-install":
        return ":" in text
    if text.endswith(".rpm"):
        return True
    if HOLE in text:
        return any(declares(command.run, name) for name in operand.word.variables)
    return _version().search(text) is not None


def _zypper(_command: PackageCommand, _operand: Argument, text: str) -> bool | None:
    return any(mark in text for mark in "=<>") or text.endswith(".rpm")


def _pip(_command: PackageCommand, _operand: Argument, text: str) -> bool | None:
    if text.startswith(("git+", "hg+", "svn+", "bzr+")):
        return "@" in text.partition("://")[2].partition("#")[0].partition("/")[2]
    if (
        "/" in text
        or text in (".", "..")
        or text.endswith((".whl", ".zip", *_TARBALLS))
        or text.startswith(".[")
    ):
        return None
    return any(mark in text for mark in ("==", ">=", "<=", "!=", "~=", "<", ">", "@"))


def _gem(_command: PackageCommand, _operand: Argument, text: str) -> bool | None:
    if text.endswith(".gem"):
        return None
    return ":" in text


def _npm(_command: PackageCommand, _operand: Argument, text: str) -> bool | None:
    if text.startswith(("./", "../", "/", "~/", "file:")) or text in (".", "..") or text.endswith(_TARBALLS):
        return None
    if text.startswith(_REPOSITORIES) or (
        text.count("/") == 1 and not text.startswith("@") and ":" not in text
    ):
        return "#" in text
    if text.startswith(_HOSTS) and text.partition("#")[0].rstrip("/").count("/") == 4:
        return "#" in text  # a whole repository, which npm clones
    if "://" in text:
        return None
    return "@" in text[1:]


def _go(_command: PackageCommand, _operand: Argument, text: str) -> bool | None:
    if text.startswith((".", "/")) or text.endswith(".go") or text in ("all", "std", "cmd", "tool"):
        return None
    _, at, version = text.partition("@")
    return bool(at) and version not in ("latest", "none")


def _yarn(_command: PackageCommand, _operand: Argument, text: str) -> bool | None:
    return _npm(_command, _operand, text)


_PINNED = {
    "apt": _apt, "apk": _apk, "rpm": _rpm, "zypper": _zypper, "pip": _pip, "gem": _gem, "npm": _npm,
    "yarn": _yarn, "go": _go,
}  # fmt: skip
