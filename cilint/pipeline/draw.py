"""The graph of a pipeline, drawn from what its workflows do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cilint.model.references import ImageReference
from cilint.model.workflow import Job, Trigger, Workflow
from cilint.pipeline.effects.builders import dockerfile_of
from cilint.pipeline.effects.deploys import Deploy
from cilint.pipeline.effects.images import ImageBuild
from cilint.pipeline.graph import Edge, EdgeKind, Graph, Group, Node
from cilint.pipeline.pipeline import Pipeline
from cilint.pipeline.runs import Effect, Place
from cilint.pipeline.scenarios import HEAD_SHA, SHA, Scenario
from cilint.pipeline.simulation import calls_of, ids
from cilint.pipeline.sites import Call, Site
from cilint.text.hints import TypeVar
from cilint.text.hole import HOLE
from cilint.text.source import Span

_E = TypeVar("_E", bound=Effect)
_WORKFLOW_RUN = "workflowrun"
_SHOWN = 4  # patterns, tags or platforms in one line
_FILTERS = (
    "workflows",
    "branches",
    "branches-ignore",
    "tags",
    "tags-ignore",
    "paths",
    "paths-ignore",
    "types",
)


def draw(pipeline: Pipeline, workflows: Sequence[Workflow]) -> Graph:
    """The workflows that events start; what they call is drawn where it is called."""
    entries = [workflow for workflow in workflows if set(workflow.triggers) - {"workflow_call"}]
    entries = _upstream_first(entries)
    names = {workflow.path: f"w{number}" for number, workflow in enumerate(entries, 1)}
    groups = tuple(_Drawing(pipeline, workflow, names[workflow.path]).group() for workflow in entries)
    edges = [
        Edge(names[source.path], f"{names[target.path]}on{_WORKFLOW_RUN}", "workflow_run")
        for target in entries
        for source in _upstreams(target, entries)
    ]
    return Graph(groups, tuple(edges))


def _upstreams(workflow: Workflow, entries: Sequence[Workflow]) -> list[Workflow]:
    trigger = workflow.triggers.get("workflow_run")
    wanted = (trigger.filter("workflows") or ()) if trigger else ()
    return [each for each in entries if each.name in wanted and each is not workflow]


def _upstream_first(entries: Sequence[Workflow]) -> list[Workflow]:
    """Each workflow followed by those that wait for it, in the order of the paths otherwise."""
    found: list[Workflow] = []
    starts = [each for each in entries if not _upstreams(each, entries)]
    for start in (*starts, *entries):
        pending = [start]
        while pending:
            workflow = pending.pop()
            if workflow not in found:
                found.append(workflow)
                pending += [each for each in reversed(entries) if workflow in _upstreams(each, entries)]
    return found


class _Drawing:
    """One workflow's nodes and edges, gathered in order; a node that is there already is not added again."""

    def __init__(self, pipeline: Pipeline, workflow: Workflow, name: str) -> None:
        self.pipeline = pipeline
        self.runs = pipeline.runs
        self.workflow = workflow
        self.name = name
        self.scenarios = self.runs.scenarios(workflow)
        found = (each for each in workflow.triggers.values() if each.event != "workflow_call")
        self.triggers = sorted(found, key=lambda each: each.span)
        self.nodes: dict[str, Node] = {}
        self.edges: dict[Edge, None] = {}
        self._names: dict[tuple[str, str], str] = {}

    def group(self) -> Group:
        calls = list(calls_of(self.runs, self.workflow))
        for trigger in self.triggers:
            self._trigger(trigger)
        for call in calls:
            self._job(call)
        for call in calls:
            self._job_edges(call)
        self._images()
        self._deploys()
        title = self.workflow.name if self.workflow.name_node else self.workflow.path.rpartition("/")[2]
        place = _whole(self.pipeline, self.workflow.path)
        nodes, edges = tuple(self.nodes.values()), tuple(self.edges)
        return Group(self.name, title, self.workflow.path, nodes, edges, (place,))

    def _id(self, kind: str, key: str) -> str:
        """A short name for the thing of this kind that has the key."""
        number = sum(1 for known, _ in self._names if known == kind) + 1
        return self._names.setdefault((kind, key), f"{self.name}{kind}{number}")

    def _edge(self, source: str, target: str, kind: EdgeKind) -> None:
        if source != target:
            self.edges[Edge(source, target, kind)] = None

    # -- triggers and jobs ---------------------------------------------------------------------------------

    def _trigger(self, trigger: Trigger) -> None:
        id_ = self._trigger_id(trigger.event)
        end = trigger.value.span.end if trigger.value else trigger.span.end
        place = Place(self.workflow.path, Span(trigger.span.start, max(end, trigger.span.end)))
        details = tuple(f"{key}: {_listed(found)}" for key in _FILTERS if (found := trigger.filter(key)))
        self.nodes[id_] = Node(id_, "trigger", trigger.event, details, places=(place,))

    def _trigger_id(self, event: str) -> str:
        return f"{self.name}on{''.join(char for char in event if char.isascii() and char.isalnum())}"

    def _job_id(self, call: Call) -> str:
        return self._id("job", "/".join(ids(call)))

    def _job(self, call: Call) -> None:
        job, id_ = call.job, self._job_id(call)
        details = [job.id] if job.name != job.id else []
        details += [f"calls {job.uses.text}"] if job.uses else []
        details += [f"environment {_shown(job.environment.text)}"] if job.environment else []
        details += [f"{len(call.legs)} legs"] if len(call.legs) > 1 else []
        reach = self.runs.reach(self.workflow)
        when = self._when([(scenario, reach.job(call, scenario)) for scenario in self.scenarios])
        self.nodes[id_] = Node(
            id_, "job", _shown(job.name), tuple(details), when, tuple(self._job_places(job))
        )

    def _job_places(self, job: Job) -> Iterable[Place]:
        yield Place(job.path, Span(job.span.start, job.node.span.end))
        if job.uses and job.uses.text.startswith(("./", "$/")):
            yield _whole(self.pipeline, job.uses.text[2:])
        actions = {site.path for site in self.runs.sites if site.job is job and site.parent}
        for path in sorted(actions):
            yield _whole(self.pipeline, path)

    def _job_edges(self, call: Call) -> None:
        id_ = self._job_id(call)
        needed = [found for need in call.job.needs if (found := call.sibling(need.text))]
        for each in needed:
            self._edge(self._job_id(each), id_, "needs")
        if needed:
            return
        if call.caller:
            self._edge(self._job_id(call.caller), id_, "calls")
            return
        reach = self.runs.reach(self.workflow)
        events = {each.event for each in self.scenarios if reach.job(call, each) is not False}
        for trigger in self.triggers:
            if trigger.event in events:
                self._edge(self._trigger_id(trigger.event), id_, "starts")

    # -- what they do --------------------------------------------------------------------------------------

    def _mine(self, effects: Iterable[_E]) -> list[_E]:
        return [each for each in effects if each.site.call.entry is self.workflow]

    def _images(self) -> None:
        for build in self._mine(self.pipeline.image_builds):
            self._build(build)
        registries: dict[str, tuple[ImageReference, list[str]]] = {}
        for push in self._mine(self.pipeline.image_pushes):
            id_ = self._id("registry", push.image.name)
            registries.setdefault(id_, (push.image, []))[1].append(_tag(push.image))
            source = self._build_id(push.build) if push.build else self._job_id(push.site.call)
            self._edge(source, id_, "pushes")
        for id_, (image, tags) in registries.items():
            title = _shown(image.path)
            details = (_shown(image.host), f"tags: {_listed(tuple(dict.fromkeys(tags)))}")
            self.nodes[id_] = Node(id_, "registry", title, details)

    def _build_id(self, build: ImageBuild) -> str:
        return self._id(
            "build", f"{'/'.join(ids(build.site.call))}:{build.path}:{build.span.start}:{id(build)}"
        )

    def _build(self, build: ImageBuild) -> None:
        id_ = self._build_id(build)
        details = [_listed(build.platforms)] if build.platforms else []
        details += [f"target {_shown(build.target)}"] if build.target else []
        details.append("publishes" if build.publishes else "does not publish")
        when = self._effect_when(build)
        self.nodes[id_] = Node(
            id_, "build", _shown(build.site.step.name), tuple(details), when, _step(build.site)
        )
        self._edge(self._job_id(build.site.call), id_, "does")
        dockerfile = dockerfile_of(self.pipeline.project, build)
        if dockerfile:
            path = dockerfile.path
            file = self._id("dockerfile", path)
            self.nodes[file] = Node(file, "dockerfile", path, places=(_whole(self.pipeline, path),))
            self._edge(file, id_, "from")

    def _deploys(self) -> None:
        deploys = self._mine(self.pipeline.deploys)
        for deploy in deploys:
            id_ = self._deploy_id(deploy)
            details = (_shown(deploy.site.step.name),)
            when = self._effect_when(deploy)
            self.nodes[id_] = Node(id_, "deploy", _deploy_title(deploy), details, when, _step(deploy.site))
            self._edge(self._job_id(deploy.site.call), id_, "does")
        for probe in self._mine(self.pipeline.probes):
            id_ = self._id("probe", f"{'/'.join(ids(probe.site.call))}:{probe.path}:{probe.span.start}")
            name, url = _shown(probe.site.step.name), probe.request.url if probe.request else ""
            asked = (_shown(url),) if url.strip(HOLE) else ()
            when = self._effect_when(probe)
            self.nodes[id_] = Node(id_, "probe", name, asked, when, _step(probe.site))
            before = [each for each in deploys if probe.follows(each)]
            near = [each for each in before if each.site.call is probe.site.call]
            for deploy in near:
                self._edge(self._deploy_id(deploy), id_, "then")
            if not near:
                self._edge(self._job_id(probe.site.call), id_, "does")

    def _deploy_id(self, deploy: Deploy) -> str:
        return self._id("deploy", f"{'/'.join(ids(deploy.site.call))}:{deploy.path}:{deploy.span.start}")

    # -- when ----------------------------------------------------------------------------------------------

    def _effect_when(self, effect: Effect) -> str:
        return self._when([(scenario, effect.state(scenario)) for scenario in self.scenarios])

    def _when(self, states: list[tuple[Scenario, bool | None]]) -> str:
        """In which of the workflow's events it happens, in two or three words."""
        certain = [scenario.main for scenario, state in states if state]
        maybe = [scenario for scenario, state in states if state is None]
        if not certain:
            return "maybe" if maybe else "never" if states else ""
        if len(certain) == len(states):
            return "main only" if all(certain) else "every event"
        if maybe:
            return "some events"
        return "main only" if all(certain) else "some events" if any(certain) else "not from main"


def _deploy_title(deploy: Deploy) -> str:
    if deploy.kind == "webhook":
        return "Dokploy webhook"
    if deploy.kind == "api":
        return f"Dokploy API {deploy.endpoint}"
    if deploy.to_dokploy:
        return "Dokploy"
    action = deploy.site.step.action
    return _shown(action.name if action else "another target")


def _step(site: Site) -> tuple[Place, ...]:
    return (Place(site.path, site.step.node.span),)


def _whole(pipeline: Pipeline, path: str) -> Place:
    source = pipeline.project.source(path)
    return Place(path, Span(0, len(source.text) + 1 if source else 1))


def _tag(image: ImageReference) -> str:
    if image.tag is None:
        return "by digest" if image.digest else "latest"
    return _shown(image.tag)


def _listed(values: Sequence[str]) -> str:
    shown = ", ".join(_shown(value) for value in values[:_SHOWN])
    return f"{shown} and {len(values) - _SHOWN} more" if len(values) > _SHOWN else shown


def _shown(text: str) -> str:
    """The text in one line, with words for what stands in for values."""
    words = " ".join(text.split())
    for commit in (SHA, HEAD_SHA):
        words = words.replace(commit, "COMMIT")
    return words.replace(HOLE, "…")
