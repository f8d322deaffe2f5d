"""How a stage that ends as root can end as somebody else: who that may be, and where USER goes."""

from __future__ import annotations

import re

from cilint.model.dockerfile import Stage
from cilint.pipeline.effects.bases import library_name
from cilint.syntax.dockerfile import Instruction
from cilint.text.edit import Edit

_CHANGES = ("RUN", "COPY", "ADD", "WORKDIR")
"""Instructions that may need root, or whose files then belong to somebody else."""
_ROOT = ("root", "0")


def unprivileged_user(stage: Stage) -> str | None:
    """The user that the stage ran as before it became root, else the one that the base image brings."""
    for owner in (stage, *stage.chain):
        for instruction in reversed(owner.instructions):
            name = instruction.text
            plain = instruction.name == "USER" and re.fullmatch(r"[\w.-]+(?::[\w.-]+)?", name, re.ASCII)
            if plain and name.partition(":")[0] not in _ROOT:
                return name
    image = stage.root_image
    if library_name(image) == "node":
        return "node"
    return "bun" if image and image.name == "docker.io/oven/bun" else None


def as_unprivileged(stage: Stage, user: Instruction | None) -> tuple[Edit, ...]:
    """The edits that end the stage as that user; ``user`` is the USER that makes it root, None for none.

    Another name is put there where nothing after it may need root, a USER of its own behind the last
    instruction that may.
    """
    name = unprivileged_user(stage)
    own = list(stage.instructions)
    if name is None or not own:
        return ()
    if user in own and not any(each.name in _CHANGES for each in own[own.index(user) :]):
        return (Edit(user.arguments_span, name),)
    return _added(stage, own, name)


def _added(stage: Stage, own: list[Instruction], name: str) -> tuple[Edit, ...]:
    from cilint.syntax.dockerfile_edit import EditRefused, insert_after, insert_before

    last = max((at for at, each in enumerate(own) if each.name in _CHANGES), default=-1)
    following = [each for each in own[last + 1 :] if each.name in ("HEALTHCHECK", "ENTRYPOINT", "CMD")]
    document = stage.dockerfile.document
    try:
        if following:
            return tuple(insert_before(document, following[0], [f"USER {name}"]))
        return tuple(insert_after(document, own[-1], [f"USER {name}"]))
    except EditRefused:
        return ()
