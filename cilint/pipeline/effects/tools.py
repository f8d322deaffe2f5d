"""Whether a program is in the image that a stage makes: from its base, installed, or copied."""

from __future__ import annotations

import re
from posixpath import basename

from cilint.model.dockerfile import Stage, StageCopy
from cilint.pipeline.effects.bases import base_of
from cilint.pipeline.effects.node_modules import copies_at, lineage
from cilint.pipeline.effects.stage_commands import StageCommand, mentions, run_commands
from cilint.syntax.dockerfile import Instruction
from cilint.text.hole import HOLE

_ADDING = {
    "apt-get": ("install",), "apt": ("install",), "aptitude": ("install",), "apk": ("add",),
    "dnf": ("install",), "yum": ("install",), "microdnf": ("install",), "tdnf": ("install",),
    "zypper": ("install", "in"),
    "apt-install": (), "install_packages": (), "clean-install": (),
}  # fmt: skip
_REMOVING = ("remove", "purge", "del", "erase", "autoremove")
_PACKAGES = {
    "curl": ("curl", "curl-minimal", "libcurl"),
    "wget": ("wget", "wget2"),
    "node": ("nodejs", "nodejs-current", "node", "nodejs-lts"),
    "nc": ("netcat", "netcat-openbsd", "netcat-traditional", "ncat", "nmap-ncat", "busybox-extras"),
    "python3": ("python3", "python3-minimal", "python3.12", "python3.11"),
    "python": ("python", "python3", "python-is-python3"),
}
_SYSTEM = ("/", "/bin", "/usr", "/usr/bin", "/usr/local", "/usr/local/bin", "/sbin", "/usr/sbin")


def has_program(stage: Stage, program: str) -> bool | None:
    """Whether the program is in the stage's image; None where that cannot be told."""
    present = base_of(stage).has(program)
    if present is not False:
        return present
    virtual: dict[str, bool] = {}
    found: bool | None = False
    for owner, instruction in lineage(stage):
        if instruction.name == "RUN":
            found = _after(owner, instruction, program, found, virtual)
        elif instruction.name in ("COPY", "ADD"):
            copied = (_copied(copy, program) for copy in copies_at(owner, instruction))
            found = found or next(filter(_is_news, copied), found)
    return found


def has_gnu_wget(stage: Stage) -> bool | None:
    """Whether ``wget`` is another one than busybox's; None where that cannot be told."""
    base = base_of(stage)
    if not base.busybox:
        return True if base.has("wget") else None
    virtual: dict[str, bool] = {}
    found: bool | None = False
    for owner, instruction in lineage(stage):
        if instruction.name == "RUN":
            found = _after(owner, instruction, "wget", found, virtual)
    return found


def has_shell(stage: Stage) -> bool | None:
    """Whether the shell form of an instruction can run; None where that cannot be told."""
    shell = base_of(stage).has_shell
    if shell is False and (any(copy.origin for copy in _all_copies(stage) if _may_bring_shell(copy))):
        return None
    return shell


def _is_news(value: bool | None) -> bool:
    return value is not False


def _all_copies(stage: Stage) -> list[StageCopy]:
    return [copy for owner in (*stage.chain, stage) for copy in owner.copies]


def _may_bring_shell(copy: StageCopy) -> bool:
    return copy.destination in _SYSTEM or any(
        basename(place) in ("sh", "bash", "busybox", "dash") for place in (*copy.sources, copy.destination)
    )


def _copied(copy: StageCopy, program: str) -> bool | None:
    """Whether a copy brings the program; None where it may, as whole system folders or unknown names do."""
    places = [*copy.sources, copy.destination]
    if any(basename(place) == program for place in places):
        return True
    if any(HOLE in place for place in copy.sources):
        return None
    return None if copy.origin and copy.destination in _SYSTEM else False


def _after(
    stage: Stage, instruction: Instruction, program: str, found: bool | None, virtual: dict[str, bool]
) -> bool | None:
    """Whether the program is there after a RUN, where before it ``found`` held."""
    for call in run_commands(stage, instruction):
        words = [each.value or "" for each in call.arguments.operands("-t", "--virtual")]
        if call.name in _ADDING:
            verbs = _ADDING[call.name]
            if not verbs or (words and words[0] in verbs):
                found = _installed(call, words, program, found, virtual)
            elif words and words[0] in _REMOVING:
                found = False if _removed(words[1:], program, virtual) else found
        elif not found and _may_install(call, program):
            found = None
    if not found and mentions(instruction, f"/{program} ", f"bin/{program}") and instruction.form != "json":
        return None
    return found


def _installed(
    call: StageCommand, words: list[str], program: str, found: bool | None, virtual: dict[str, bool]
) -> bool | None:
    names = [re.split(r"[=<>~@/]", word)[0] for word in words]
    if any(name in _PACKAGES.get(program, (program,)) for name in names):
        option = call.arguments.option("-t", "--virtual")
        if option and option.value:
            virtual[option.value] = True
        return True
    return None if not found and any(HOLE in word for word in words) else found


def _removed(words: list[str], program: str, virtual: dict[str, bool]) -> bool:
    return any(word in _PACKAGES.get(program, (program,)) or virtual.get(word, False) for word in words)


def _may_install(call: StageCommand, program: str) -> bool:
    """Whether the command may bring anything at all: a script, or an installer that is not known."""
    argv = call.command.argv(call.env)
    if call.name in ("sh", "bash", "ash", "source", ".") and call.command.inner is None:
        return True
    if call.name.endswith((".sh", ".bash")) or not call.name:
        return call.command.kind == "command" and bool(call.command.words)
    if call.name in ("curl", "wget", "ln", "cp", "mv", "install") and any(
        program in word for word in argv[1:]
    ):
        return True
    return call.name in (
        "make",
        "ansible-playbook",
        "nix-env",
        "brew",
        "conda",
        "pip",
        "playwright",
        "npx",
        "dpkg",
    )
