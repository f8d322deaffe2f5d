"""Whether the container of an image runs as root."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cilint.checks.docker_healthcheck import runs_something
from cilint.findings.finding import Severity
from cilint.findings.violation import Options, Violation
from cilint.model.dockerfile import Stage
from cilint.pipeline.effects.bases import runs_as_root
from cilint.pipeline.effects.node_modules import lineage
from cilint.pipeline.effects.unprivileged import as_unprivileged, unprivileged_user
from cilint.pipeline.pipeline import Pipeline

_DROPS = r"\b(?:gosu|su-exec|setpriv|runuser|s6-setuidgid|chpst|fixuid)\b"


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
            yield Violation(dockerfile.path, user.span, values, edits=as_unprivileged(stage, user))
        elif root:
            values["what"] = "no USER: the container runs as root"
            yield Violation(dockerfile.path, stage.from_.span, values, edits=as_unprivileged(stage, None))
        elif root is None and user is None:
            values["what"] = "no USER here: who the container runs as is the base image's choice, often root"
            yield Violation(dockerfile.path, stage.from_.span, values, severity=Severity.INFO)


def _drops(stage: Stage) -> bool:
    """Whether something in it may give up root's rights when the container starts."""
    return any(re.search(_DROPS, instruction.text) for _, instruction in lineage(stage))


def _advice(stage: Stage) -> str:
    user = unprivileged_user(stage)
    return f"end with `USER {user}`" if user else "create a user and end with `USER`"
