"""What scripts and tasks say that steps leave their work to, with those that they run in turn."""

from __future__ import annotations

from cilint.model.project import Project
from cilint.pipeline.effects.build_sources import folder_of
from cilint.pipeline.effects.gate_scripts import scripts_of
from cilint.pipeline.effects.handovers import Handover
from cilint.pipeline.invocations import Invocation


def handed_texts(project: Project, handed: Handover) -> list[str]:
    """All that a script or task consists of; nothing where it is not to be found in the repository."""
    call = Invocation(handed.site, handed.command)
    words = handed.command.argv(call.env)
    found = scripts_of(project).checked(handed.command, folder_of(call), argv=words)
    texts = [*found.texts, *(each.package.scripts[each.name] for each in found.scripts)]
    return texts if handed.text is None else [*texts, handed.text]
