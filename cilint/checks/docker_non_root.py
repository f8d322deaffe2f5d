"""Whether the container of an image runs as root."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cilint.checks.docker_healthcheck import runs_something
from cilint.findings.finding import Severity
from cilint.findings.violation import Options, Violation
from cilint.model.dockerfile import Stage
from cilint.pipeline.effects.bases import library_name, runs_as_root
from cilint.pipeline.effects.node_modules import lineage
from cilint.pipeline.pipeline import Pipeline
from cilint.syntax.dockerfile import Instruction
from cilint.text.edit import Edit
from cilint.text.source import Span

_DROPS = r"\b(?:gosu|su-exec|setpriv|runuser|s6-setuidgid|chpst|fixuid)\b"
_CHANGES = ("RUN", "COPY", "ADD", "WORKDIR")


def run(pipeline: Pipeline, _options: Options) -> Iterator[Violation]:
    """At most one violation a file, in its final stage; values: ``what``, ``advice``."""
    for dockerfile in pipeline.dockerfiles:
        stage = dockerfile.final
        if stage is None or not runs_something(stage) or _drops(stage):
            continue
        user = stage.final_state.user_from
        root = runs_as_root(stage)
        values = {"what": "the container runs as root", "advice": _advice(stage)}
        if root and user is not None:
            yield Violation(dockerfile.path, user.span, values, edits=_replaced(stage, user))
        elif root:
            values["what"] = "no USER: the container runs as root"
            yield Violation(dockerfile.path, stage.from_.span, values, edits=_added(stage))
        elif root is None and user is None:
            values["what"] = "no USER here: who the container runs as is the base image's choice, often root"
            yield Violation(dockerfile.path, stage.from_.span, values, severity=Severity.INFO)


def _drops(stage: Stage) -> bool:
    """Whether something in it may give up root's rights when the container starts."""
    return any(re.search(_DROPS, instruction.text) for _, instruction in lineage(stage))


def _user(stage: Stage) -> str | None:
    """The unprivileged user that the base image brings."""
    image = stage.root_image
    if library_name(image) == "node":
        return "node"
    return "bun" if image and image.name == "docker.io/oven/bun" else None


def _advice(stage: Stage) -> str:
    user = _user(stage)
    return f"end with `USER {user}`, which the image has" if user else "create a user and end with `USER`"


def _replaced(stage: Stage, user: Instruction) -> tuple[Edit, ...]:
    """The root user's name replaced, where nothing after it in this stage may need root."""
    name = _user(stage)
    own = list(stage.instructions)
    if name is None or user not in own or any(each.name in _CHANGES for each in own[own.index(user) :]):
        return ()
    return (Edit(Span(user.arguments_span.start, user.arguments_span.end), name),)


def _added(stage: Stage) -> tuple[Edit, ...]:
    """``USER`` behind the last instruction that may need root."""
    from cilint.syntax.dockerfile_edit import EditRefused, insert_after, insert_before

    name = _user(stage)
    own = list(stage.instructions)
    if name is None or not own:
        return ()
    last = max((at for at, each in enumerate(own) if each.name in _CHANGES), default=-1)
    following = [each for each in own[last + 1 :] if each.name in ("HEALTHCHECK", "ENTRYPOINT", "CMD")]
    document = stage.dockerfile.document
    try:
        if following:
            return tuple(insert_before(document, following[0], [f"USER {name}"]))
        return tuple(insert_after(document, own[-1], [f"USER {name}"]))
    except EditRefused:
        return ()
