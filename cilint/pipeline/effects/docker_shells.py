"""The shell that reads a RUN: as SHELL chooses it, or as a comment for hadolint says of the base image."""

from __future__ import annotations

import re
from bisect import bisect_left

from cilint.model.dockerfile import Dockerfile, Stage
from cilint.syntax.dockerfile import Instruction
from cilint.text.remember import remembered
from cilint.text.values import NamedTuple

_COMMENT = re.compile(r"hadolint\s+shell\s*=\s*([\w./\\-]+)")


class _Told(NamedTuple):
    """``# hadolint shell=bash`` at an offset of the file."""

    start: int
    shell: str


def chosen_shell(stage: Stage, instruction: Instruction) -> tuple[str, ...] | None:
    """The command line of the shell in force; None for the default one, or the base image's.

    A comment before the first FROM is about all stages, any other about the rest of its stage; a SHELL counts
    from where it stands.
    """
    state = stage.state(instruction)
    first = stage.dockerfile.stages[0] if stage.dockerfile.stages else stage
    last = _last(stage, instruction.span.start)
    if last is None or last.start < stage.from_.span.start:
        last = _last(stage, first.from_.span.start)
    if last is None or (state.shell_from is not None and state.shell_from.span.start > last.start):
        return state.shell
    return (last.shell, "-c")


def _last(stage: Stage, offset: int) -> _Told | None:
    """The last such comment before an offset."""
    told = _told(stage.dockerfile)
    at = bisect_left(told, offset, key=lambda each: each.start)
    return told[at - 1] if at else None


@remembered
def _told(dockerfile: Dockerfile) -> list[_Told]:
    if "hadolint" not in dockerfile.source.text:
        return []
    found = ((comment, _COMMENT.fullmatch(comment.text)) for comment in dockerfile.document.comments)
    return [_Told(comment.span.start, match[1]) for comment, match in found if match]
