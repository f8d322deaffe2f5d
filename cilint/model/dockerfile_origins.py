"""What COPY --from and the ``from`` of mounts name, and why a build cannot take anything from there."""

from __future__ import annotations

import re

from cilint.model.references import ImageReference
from cilint.text.hints import TYPE_CHECKING

if TYPE_CHECKING:
    from cilint.model.dockerfile import Stage


def origin_problem(stage: Stage, name: str, *, numbers: bool = True) -> str:
    """Why files of ``name`` cannot come into the stage; empty if they can, as far as that is known.

    Stages above can be taken from, and images. ``numbers``: whether a number is that of a stage, as it is for
    COPY and not for mounts. The rules are those of BuildKit (frontend/dockerfile/dockerfile2llb).
    """
    is_number = re.fullmatch(r"[+-]?[0-9]{1,9}", name) is not None
    found = stage.dockerfile.stage(name) if numbers or not is_number else None
    if found is stage:
        return f"stage {name} is this very stage, which is not finished yet"
    if found is not None:
        return f"stage {name} comes after this one, which needs it" if found.index > stage.index else ""
    if is_number:
        last = len(stage.dockerfile.stages) - 1
        return f"there is no stage {name}: they are numbered from 0 to {last}" if numbers else ""
    return (
        "" if ImageReference.parse(name).valid else f"there is no stage {name}, and no image can be called so"
    )
