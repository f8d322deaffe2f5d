"""The secrets that workflows which deploy ask for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cilint.findings.finding import FileEdit
from cilint.model.workflow import Workflow
from cilint.syntax.yaml import Node, scalars
from cilint.text.edit import Edit
from cilint.text.hints import TYPE_CHECKING
from cilint.text.source import Span

if TYPE_CHECKING:
    from cilint.pipeline.pipeline import Pipeline

_SECRET = re.compile(r"(?i)\bsecrets(?:\.([A-Za-z_]\w*)|\[\s*'([^']+)'\s*\])")


class SecretUse:
    """One mention; ``span`` is the secret's name."""

    def __init__(self, path: str, span: Span, name: str) -> None:
        self.path = path
        self.span = span
        self.name = name

    def meant(self, names: list[str]) -> str | None:
        """Which of the names is meant: for the same credential of Dokploy, or almost the same name."""
        from difflib import get_close_matches

        own = self.name.upper()
        near = next(iter(get_close_matches(own, names, 1, 0.85)), None)
        if near or "DOKPLOY" not in own:
            return near
        parts = {"DOKPLOY_WEBHOOK_URL": ("HOOK", "DEPLOY_URL"), "DOKPLOY_API_KEY": ("KEY", "TOKEN", "SECRET")}
        found = [
            name for name, words in parts.items() if name in names and any(word in own for word in words)
        ]
        return next(iter(found), None)

    def rename_edits(self, names: list[str]) -> tuple[FileEdit, ...] | None:
        meant = self.meant(names)
        return (FileEdit(self.path, Edit(self.span, meant)),) if meant else None


def secret_uses(pipeline: Pipeline) -> Iterator[SecretUse]:
    """In the workflows that deploy to Dokploy; of one that also builds, in the jobs that deploy."""
    deploys = [deploy for deploy in pipeline.deploys if deploy.to_dokploy]
    workflows = {deploy.site.call.workflow.path: deploy.site.call.workflow for deploy in deploys}
    building = {build.site.call.workflow.path for build in pipeline.image_builds}
    for path, workflow in workflows.items():
        jobs = {
            deploy.site.job.id: deploy.site.job.node for deploy in deploys if deploy.site.job.path == path
        }
        yield from _mentions(workflow, list(jobs.values()) if path in building else [workflow.root])


def _mentions(workflow: Workflow, nodes: list[Node | None]) -> Iterator[SecretUse]:
    for node in nodes:
        for scalar in sorted(scalars(node), key=lambda each: each.span):
            for match in _SECRET.finditer(scalar.text) if "${{" in scalar.text else ():
                group = 1 if match.group(1) else 2
                yield SecretUse(workflow.path, scalar.source_span(*match.span(group)), match.group(group))
