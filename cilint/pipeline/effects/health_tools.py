"""Whether the programs of a health check are in the image that it is run in."""

from __future__ import annotations

from cilint.model.dockerfile import Stage
from cilint.pipeline.effects.health_urls import Url
from cilint.pipeline.effects.tools import has_gnu_wget, has_program, has_shell
from cilint.syntax.shell import Command, Script
from cilint.text.hints import Literal

ToolProblem = Literal["", "no shell", "missing", "localhost"]
NOT_PROBES = frozenset(
    {"exit", "true", "false", "test", "[", "grep", "echo", "printf", "set", "cd", "sleep", ""}
)


def tool_problem(
    stage: Stage, script: Script, command: Command, url: Url | None, *, needs_shell: bool
) -> ToolProblem:
    """Why the program cannot do its work in a stage's image; empty where it can or that cannot be told.

    ``url`` is what it asks for, ``needs_shell``: a shell starts it. ``localhost``: busybox's wget asks for
    that by an address that servers mostly do not listen on.
    """
    if needs_shell and has_shell(stage) is False:
        return "no shell"
    by_busybox = "busybox" in command.wrappers
    needed = "busybox" if by_busybox else command.name
    if has_program(stage, needed) is False and not _has_alternative(stage, script, command.name):
        return "missing"
    wget = command.name == "wget" and url is not None and url.host.lower() == "localhost"
    return "localhost" if wget and (by_busybox or has_gnu_wget(stage) is False) else ""


def _has_alternative(stage: Stage, script: Script, program: str) -> bool:
    """Whether another program of the same check may do its work (``curl … || wget …``)."""
    others = {command.name for command in script.commands} - {program}
    return any(has_program(stage, name) is not False for name in others - NOT_PROBES)
