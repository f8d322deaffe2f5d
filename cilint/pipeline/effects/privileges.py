"""What the token of each job of a publishing workflow may do, against what the job does."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from cilint.findings.finding import FileEdit
from cilint.model import edits
from cilint.model.workflow import Job, Permissions, Workflow, entries
from cilint.pipeline.effects.images import ImagePush
from cilint.pipeline.effects.job_rights import unused_rights
from cilint.pipeline.runs import Place, Runs
from cilint.pipeline.sites import Site
from cilint.syntax.yaml import Mapping, Scalar
from cilint.text.hints import Literal
from cilint.text.source import Span

PrivilegeFault = Literal["default", "no block", "write-all", "workflow", "packages", "contents", "unused"]

_PACKAGE_WORDS = (
    "package",
    "ghcr",
    "registry",
    "cosign",
    "attest",
    "container",
    "docker",
    "helm",
    "oras",
    "image",
)
_CONTENT_ACTIONS = (
    "release",
    "commit",
    "push",
    "changeset",
    "tag",
    "pages",
    "changelog",
    "bump",
    "pull-request",
    "merge",
)


class Privilege:
    """One thing that a job's token may do without need; ``span`` is where that is said."""

    def __init__(
        self, fault: PrivilegeFault, place: Place, job: Job, publishing: tuple[Job, ...], scope: str = ""
    ) -> None:
        self.fault: PrivilegeFault = fault
        self.scope = scope  # of a right that nothing uses
        self.path = place.path
        self.span = place.span
        self.job = job
        self._publishing = publishing

    @property
    def said(self) -> str:
        """What is wrong, and what to do."""
        return {
            "default": "the job has whatever the repository's settings give, maybe everything; "
            "say what the workflow needs, such as `contents: read`",
            "no block": "the job has whatever the repository's settings give; "
            "give it `contents: read` and `packages: write`",
            "write-all": "`write-all` lets the token do everything; name the scopes that are needed",
            "workflow": "every job of the workflow may write packages; "
            "give `packages: write` to the job that pushes",
            "packages": f"the job `{self.job.id}` may write packages but pushes nothing; leave it out",
            "contents": f"the job `{self.job.id}` may change the repository but does not; "
            "`contents: read` is enough",
            "unused": f"nothing uses `{self.scope}: write` here; leave it out",
        }[self.fault]

    @cached_property
    def edits(self) -> tuple[FileEdit, ...] | None:
        """The block with what is needed."""
        document, block = self.job.workflow.document, self.job.permissions
        if self.fault == "no block":
            return edits.set_permission(self.job, "packages", "write")
        if self.fault == "default":
            return edits.add_to_workflow(self.job.workflow, "permissions", ["contents: read"])
        if block is None or not isinstance(block.node, Mapping):
            return None
        if self.fault == "unused":
            several = len(block.node.pairs) > 1
            return edits.remove_entry(self.path, document, block.node, self.scope) if several else None
        if self.fault == "contents":
            return edits.set_entry(self.path, document, block.node, "contents", "read")
        return self._to_jobs() if self.fault == "workflow" else None

    def _to_jobs(self) -> tuple[FileEdit, ...] | None:
        """Take the scope from the workflow and give it to the jobs that push."""
        workflow = self.job.workflow
        block = workflow.permissions
        if block is None or not isinstance(block.node, Mapping) or len(block.node.pairs) < 2:
            return None
        found = list(edits.remove_entry(workflow.path, workflow.document, block.node, "packages") or ())
        for job in self._publishing:
            if job.own_permissions is None and job.workflow is workflow:
                more = edits.set_job_permission(job, "packages", "write")
                if more is None:
                    return None
                found += more
        return tuple(found)


def privileges(runs: Runs, pushes: tuple[ImagePush, ...]) -> Iterator[Privilege]:
    """What the jobs may do without need: of workflows that publish all, of others what is said in general."""
    publishing: dict[str, list[Job]] = {}
    for push in pushes:
        if push.image.host.lower() == "ghcr.io":
            jobs = publishing.setdefault(push.site.job.workflow.path, [])
            jobs += [push.site.job] if push.site.job not in jobs else []
    for workflow in runs.project.workflows:
        jobs = publishing.get(workflow.path, [])
        yield from _of_workflow(runs, workflow, tuple(jobs))
        for job in workflow.jobs:
            yield from _of_job(runs, job, tuple(jobs))


def _of_workflow(runs: Runs, workflow: Workflow, publishing: tuple[Job, ...]) -> Iterator[Privilege]:
    block = workflow.permissions
    open_jobs = [job for job in workflow.jobs if job.own_permissions is None]
    if not open_jobs:
        return
    if block is None:
        if not publishing and set(workflow.triggers) - {"workflow_call"}:
            yield Privilege("default", Place(workflow.path, open_jobs[0].span), open_jobs[0], publishing)
        return
    job = next(iter(publishing), open_jobs[0])
    if isinstance(block.node, Scalar) and block.node.text == "write-all":
        yield Privilege("write-all", Place(workflow.path, block.node.span), job, publishing)
        return
    if block.level("packages") == "write" and publishing:
        yield Privilege("workflow", Place(workflow.path, _scope(block, "packages")), job, publishing)
    sites = [site for site in runs.sites if site.job in open_jobs]
    calls = any(job.uses for job in open_jobs)
    if block.level("contents") == "write" and publishing and not (calls or _changes_contents(sites)):
        place = Place(workflow.path, _scope(block, "contents"))
        yield Privilege("contents", place, open_jobs[0], publishing)
    if not calls:
        yield from _unused(block, sites, open_jobs[0], publishing)


def _of_job(runs: Runs, job: Job, publishing: tuple[Job, ...]) -> Iterator[Privilege]:
    block = job.own_permissions
    called = "workflow_call" in job.workflow.triggers
    if job.permissions is None and job in publishing and not called:
        yield Privilege("no block", Place(job.path, job.span), job, publishing)
    if block is None:
        return
    if isinstance(block.node, Scalar):
        if block.node.text == "write-all":
            yield Privilege("write-all", Place(job.path, block.node.span), job, publishing)
        return
    sites = [site for site in runs.sites if site.job is job]
    if job.uses is None:
        yield from _unused(block, sites, job, publishing)
    if not publishing:
        return
    idle = job not in publishing and job.uses is None and not _mentions(sites, _PACKAGE_WORDS)
    if block.level("packages") == "write" and idle:
        yield Privilege("packages", Place(job.path, _scope(block, "packages")), job, publishing)
    if block.level("contents") == "write" and job in publishing and not _changes_contents(sites):
        yield Privilege("contents", Place(job.path, _scope(block, "contents")), job, publishing)


def _unused(
    block: Permissions, sites: list[Site], job: Job, publishing: tuple[Job, ...]
) -> Iterator[Privilege]:
    """The rights that nothing which a block holds for uses."""
    for name in unused_rights(block, sites):
        yield Privilege("unused", Place(job.path, _scope(block, name)), job, publishing, name)


def _scope(block: Permissions, name: str) -> Span:
    found = entries(block.node).get(name) if isinstance(block.node, Mapping) else None
    pair = block.node.pair(name) if isinstance(block.node, Mapping) else None
    return Span(pair.key.span.start, found.span.end) if pair and found else block.span


def _mentions(sites: list[Site], words: tuple[str, ...]) -> bool:
    """Whether a step may write packages in a way that is not read."""
    texts = [
        (step.uses.text if step.uses else "") + (step.run.text if step.run else "")
        for step in (s.step for s in sites)
    ]
    return any(word in text.lower() for text in texts for word in words)


def _changes_contents(sites: list[Site]) -> bool:
    """Whether a step may change the repository: by git, by the API, by an action that does such things."""
    for site in sites:
        action = site.step.action
        own = (
            action is not None
            and action.owner.lower() in ("docker", "actions")
            and action.repo != "create-release"
        )
        if (
            action
            and not own
            and (action.kind != "repository" or any(w in action.name for w in _CONTENT_ACTIONS))
        ):
            return True
        text = site.step.run.text if site.step.run else ""
        if any(
            word in text
            for word in ("git push", "gh ", "api.github.com", "semantic-release", "npm version", "./")
        ):
            return True
    return False
