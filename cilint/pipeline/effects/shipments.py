"""Whether the main branch is published and pull requests are built, whatever workflow does it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property

from cilint.findings.finding import FileEdit
from cilint.model import edits
from cilint.model.workflow import Workflow
from cilint.pipeline.effects.publications import Publication
from cilint.pipeline.effects.recipes import either
from cilint.pipeline.runs import Place
from cilint.pipeline.scenarios import Scenario, proposal
from cilint.text.hints import TYPE_CHECKING

if TYPE_CHECKING:
    from cilint.pipeline.effects.unread_images import UnreadImage
    from cilint.pipeline.pipeline import Pipeline

_PATHS = ("paths", "paths-ignore")


class Shipment:
    """The build workflow, seen from what becomes of commits."""

    def __init__(self, pipeline: Pipeline, workflow: Workflow) -> None:
        self._pipeline = pipeline
        self.workflow = workflow
        self.path = workflow.path
        pair = workflow.root.pair("on") if workflow.root else None
        self.span = pair.key.span if pair else workflow.span

    @cached_property
    def _main(self) -> list[tuple[Publication, Scenario]]:
        """The publications that a push to the main branch may lead to."""
        return [
            (each, run.scenario)
            for each in self._pipeline.publications
            for run in each.runs
            if _is_main(run.scenario)
        ]

    @cached_property
    def _maybe_main(self) -> tuple[Workflow, ...]:
        """The workflows that may publish a push to the main branch in ways that are not read."""
        return tuple(
            each.entry
            for each in self._pipeline.unread_images
            if each.publishes and self._may(each, _is_main)
        )

    def _may(self, image: UnreadImage, wanted: Callable[[Scenario], bool]) -> bool:
        events = self._pipeline.runs.scenarios(image.entry)
        return any(wanted(event) and image.may_happen(event) for event in events)

    @property
    def publishes_main(self) -> bool:
        """Whether a push to the main branch publishes an image, or may."""
        return bool(self._main or self._maybe_main)

    @property
    def path_filter(self) -> Place | None:
        """The filter that leaves some pushes to the main branch out, where every way to publish has one."""
        found = [_path_filter(each.site.call.entry) for each, _ in self._main]
        if not found or None in found:
            return None
        return None if None in map(_path_filter, self._maybe_main) else found[0]

    @property
    def at(self) -> Place:
        """The filter, or what keeps the first publication from happening, or the triggers."""
        filtered = self.path_filter
        if filtered:
            return filtered
        own = [each for each in self._pipeline.publications if each.site.call.entry is self.workflow]
        starts = any(_is_main(s) for s in self._pipeline.runs.scenarios(self.workflow))
        return own[0].guard if own and starts else Place(self.path, self.span)

    @property
    def builds_pull_requests(self) -> bool:
        """Whether a pull request to the main branch builds an image, or may."""
        for build in self._pipeline.image_builds:
            events = self._pipeline.runs.scenarios(build.site.call.entry)
            if either(*(build.state(event) for event in events if self._asks_for_main(event))) is not False:
                return True
        return any(self._may(each, self._asks_for_main) for each in self._pipeline.unread_images)

    def _asks_for_main(self, event: Scenario) -> bool:
        return event.is_pull_request and event.base == self._pipeline.main and event.action != "closed"

    @property
    def pull_request_edits(self) -> tuple[FileEdit, ...] | None:
        """The trigger, where nothing would be pushed for it."""
        proposed = proposal(self._pipeline.main)
        own = [each for each in self._pipeline.publications if each.site.call.entry is self.workflow]
        if "pull_request" in self.workflow.triggers or any(each.state(proposed) is not False for each in own):
            return None
        return edits.set_trigger(self.workflow, "pull_request", [f"branches: [{self._pipeline.main}]"])


def _is_main(event: Scenario) -> bool:
    return event.main and event.event in ("push", "workflow_run")


def _path_filter(workflow: Workflow) -> Place | None:
    trigger = workflow.triggers.get("push")
    if trigger is None:
        return None
    pairs = (trigger.pair(key) for key in _PATHS)
    return next((Place(workflow.path, pair.key.span) for pair in pairs if pair), None)


def shipments(pipeline: Pipeline) -> Iterator[Shipment]:
    """The build workflow, where it builds an image; the first one where several might be it."""
    found = [role.workflow for role in pipeline.build_workflows if role.builds]
    found = [
        workflow for workflow in found if set(workflow.triggers) - {"workflow_call"}
    ]  # else others call it
    yield from (Shipment(pipeline, workflow) for workflow in found[:1])
