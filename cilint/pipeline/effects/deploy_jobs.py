"""The jobs that deploy to Dokploy: their environments, and what keeps two of them apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from itertools import islice, product

from cilint.findings.finding import FileEdit
from cilint.model import edits
from cilint.model.workflow import Job, scalar_at, texts
from cilint.pipeline.effects.deploys import Deploy
from cilint.pipeline.evaluate import Open, interpolate
from cilint.pipeline.runs import Place
from cilint.pipeline.scenarios import Scenario
from cilint.syntax.yaml import Mapping, Scalar
from cilint.text.hints import TYPE_CHECKING, Any
from cilint.text.hole import HOLE
from cilint.text.source import Span

if TYPE_CHECKING:
    from cilint.pipeline.pipeline import Pipeline

MAX_CHOICES = 64
_EVERY_RUN = re.compile(
    r"(?i)github\.(?:sha|run_id|run_number|run_attempt|event\.after)\b|\bhead_sha\b|\bhead_commit\.id\b"
    r"|workflow_run\.(?:id|run_number)\b"
)
_ALIASES = {
    "prod": "production",
    "live": "production",
    "prd": "production",
    "stage": "staging",
    "stg": "staging",
}


class DeployJob:
    """One job; ``span`` is its id's."""

    def __init__(self, pipeline: Pipeline, deploy: Deploy) -> None:
        self._pipeline = pipeline
        self._deploy = deploy
        self.job: Job = deploy.site.job
        self.path = self.job.path
        self.span: Span = self.job.span

    @property
    def is_delegated(self) -> bool:
        """Whether it is a workflow of another repository, which alone can name environments and steps."""
        return self.job.uses is not None

    @property
    def _deploys_production(self) -> bool:
        """Whether some event makes it deploy the main branch or a tag; others are for previews or a stage."""
        events = [run.scenario for run in self._deploy.runs]
        return any(event.main or event.ref_type == "tag" for event in events)

    # -- its environment ---------------------------------------------------------------------------

    @property
    def environment(self) -> Scalar | None:
        """The name of its environment, maybe an expression."""
        return self.job.environment

    @property
    def environment_edits(self) -> tuple[FileEdit, ...] | None:
        """Name the environment that a manual start chooses, or production, where that is deployed at all."""
        if not self._deploys_production:
            return None
        chosen = "environment" in (trigger.inputs if (trigger := self._dispatch) else {})
        name = "${{ inputs.environment || 'production' }}" if chosen else "production"
        return edits.add_to_job(self.job, "environment", [f"name: {name}", "url: ${{ vars.APP_URL }}"])

    @property
    def _dispatch(self) -> Any:
        return self._deploy.site.call.entry.triggers.get("workflow_dispatch")

    @cached_property
    def environment_names(self) -> tuple[str, ...]:
        """All names that its environment can have, as far as events and choices tell."""
        if self.environment is None:
            return ()
        text = self.environment.text
        if "${{" not in text:
            return (text,)
        found = [interpolate(text, contexts) for contexts in islice(self._contexts(), MAX_CHOICES)]
        return tuple(dict.fromkeys(name for name in found if HOLE not in name and name))

    def _contexts(self) -> Iterator[dict[str, Any]]:
        reach = self._pipeline.runs.reach(self._deploy.site.call.entry)
        for run in self._deploy.runs:
            for leg in self._deploy.site.call.legs or ({},):
                for inputs in self._inputs(run.scenario):
                    yield {"github": reach.github(run.scenario), "inputs": inputs, "matrix": Open(leg)}

    def _inputs(self, scenario: Scenario) -> Iterator[Any]:
        given = self._deploy.site.call.inputs
        if given is not None:
            yield Open({name: value for name, value in given.items() if HOLE not in value})
        elif scenario.event != "workflow_dispatch" or self._dispatch is None:
            yield {}
        else:
            choices = {
                name: texts(node.get("options")) for name, node in self._dispatch.inputs.items() if node
            }
            offered = {name: values for name, values in choices.items() if values}
            for values in product(*offered.values()):
                yield Open(dict(zip(offered, values, strict=True)))

    @property
    def has_url(self) -> bool:
        """Whether the environment links to what was deployed."""
        node = self.job.node.get("environment")
        return isinstance(node, Mapping) and node.get("url") is not None

    def renamed(self, allowed: list[str]) -> tuple[FileEdit, ...] | None:
        """Write the usual name where another one for the same thing is written."""
        if self.environment is None:
            return None
        name = _ALIASES.get(self.environment.text.lower(), self.environment.text.lower())
        if name not in allowed or name == self.environment.text:
            return None
        return edits.replace_scalar(self.job.path, self.job.workflow.document, self.environment, name)

    # -- what keeps two of them apart --------------------------------------------------------------

    @cached_property
    def _groups(self) -> list[tuple[Place, Scalar | None, Scalar | None]]:
        """The ``concurrency`` of job and workflow: where, the group, ``cancel-in-progress``."""
        found = []
        root = self.job.workflow.root
        for node in (self.job.node, root):
            pair = node.pair("concurrency") if node else None
            if pair is None:
                continue
            value = pair.value.resolved
            group = scalar_at(value, "group") if isinstance(value, Mapping) else value
            cancel = scalar_at(value, "cancel-in-progress") if isinstance(value, Mapping) else None
            place = Place(self.path, value.span if isinstance(value, Scalar) else pair.key.span)
            found.append((place, group if isinstance(group, Scalar) else None, cancel))
        return found

    @property
    def is_alone(self) -> bool:
        """Whether a group keeps a second deploy waiting."""
        return bool(self._groups)

    @cached_property
    def cancelled_by(self) -> Scalar | None:
        """What breaks a deploy off when another one begins."""
        for _, _, cancel in self._groups:
            if cancel is not None and any(
                "true" in interpolate(cancel.text, c).lower() for c in self._contexts()
            ):
                return cancel
        return None

    @property
    def never_shared(self) -> Scalar | None:
        """A group that every run has for itself, where no other one keeps them apart."""
        groups = [group for _, group, _ in self._groups if group is not None]
        apart = [group for group in groups if _EVERY_RUN.search(group.text)]
        return apart[0] if apart and len(apart) == len(groups) else None

    @property
    def deadlock(self) -> Scalar | None:
        """The job's group, where the workflow has the same one: then each waits for the other."""
        groups = [group for _, group, _ in self._groups if group is not None]
        same = len(groups) == 2 and groups[0].text.strip().lower() == groups[1].text.strip().lower()
        return groups[0] if same else None

    @property
    def concurrency_problem(self) -> str | None:
        if not self.is_alone:
            return "two deploys may run at once, and the older one may end last; name a `concurrency` group"
        if self.deadlock:
            return "workflow and job wait for the same group, so neither ever starts; keep one of them"
        if self.cancelled_by:
            return "a new deploy breaks this one off half-way; let it end, with `cancel-in-progress: false`"
        if self.never_shared:
            return "every run has this group for itself, so it keeps none apart; name it by the environment"
        return None

    @property
    def concurrency_place(self) -> Place:
        found = self.deadlock or self.cancelled_by or self.never_shared
        return Place(self.path, found.span if found else self.span)

    @property
    def concurrency_edits(self) -> tuple[FileEdit, ...] | None:
        """Add a group for each environment, take it for one that nothing shares, or let deploys end."""
        document = self.job.workflow.document
        group = f"deploy-{self.environment.text if self.environment else 'production'}"
        is_named = self.environment is not None or self._deploys_production
        if not self.is_alone:
            lines = [f"group: {group}", "cancel-in-progress: false"]
            return edits.add_to_job(self.job, "concurrency", lines) if is_named else None
        if self.deadlock:
            return None
        if self.cancelled_by:
            return edits.replace_scalar(self.path, document, self.cancelled_by, False)
        return (
            edits.replace_scalar(self.path, document, self.never_shared, group) if self.never_shared else None
        )


def deploy_jobs(pipeline: Pipeline) -> Iterator[DeployJob]:
    """Each job with a deploy to Dokploy, once."""
    seen = set()
    for deploy in pipeline.deploys:
        key = (deploy.site.job.path, deploy.site.job.id)
        if deploy.to_target and key not in seen:
            seen.add(key)
            yield DeployJob(pipeline, deploy)
