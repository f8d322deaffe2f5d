"""What a job's token may do: its own permissions, the workflow's, and those of the jobs that call it."""

from __future__ import annotations

from cilint.model.workflow import Job, Permissions
from cilint.pipeline.runs import Place
from cilint.pipeline.sites import Call
from cilint.text.values import NamedTuple

_LEVELS = {"none": 0, "read": 1, "write": 2}


class Grant(NamedTuple):
    """What the token of a job may do: ``level`` is None where the repository's settings decide.

    ``job`` and ``permissions`` are where that is said, maybe in the workflow that calls.
    """

    level: str | None
    job: Job
    permissions: Permissions | None

    @property
    def place(self) -> Place:
        """The permissions that count, or the job's name where there are none."""
        if self.permissions is None:
            return Place(self.job.path, self.job.span)
        return Place(self.job.path, self.permissions.span)


def grant(call: Call, scope: str) -> Grant:
    """The permission of a job: the least of its own and those of the jobs that call it."""
    least: Grant | None = None
    current: Call | None = call
    while current:
        block = current.job.permissions
        if block is not None:
            level = block.level(scope)
            if least is None or _LEVELS.get(level, 0) < _LEVELS.get(least.level or "", 2):
                least = Grant(level, current.job, block)
        current = current.caller
    return least or Grant(None, call.job, None)
