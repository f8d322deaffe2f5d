"""Whether the checks of a build workflow come before what it publishes, and in every run of it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from cilint.findings.finding import Label
from cilint.model.edits import Edits, add_needs
from cilint.pipeline.effects.gate_tools import GateKind
from cilint.pipeline.effects.gates import WORDS, Gate
from cilint.pipeline.effects.images import ImagePush
from cilint.pipeline.evaluate import FAILED, Open, condition
from cilint.pipeline.runs import Runs
from cilint.pipeline.scenarios import Scenario
from cilint.pipeline.sites import Call, Site
from cilint.text.hints import TYPE_CHECKING, Any
from cilint.text.source import Span
from cilint.text.values import NamedTuple

if TYPE_CHECKING:
    from cilint.pipeline.roles import BuildWorkflow


class Gap(NamedTuple):
    """What no check of a kind guards: the words that do it, why, and whether that is certain.

    ``absent``: the workflow has no such check at all.
    """

    path: str
    span: Span
    reason: str
    certain: bool = True
    related: tuple[Label, ...] = ()
    absent: bool = False


class Publication:
    """A step that publishes; ``span`` is its action or its command."""

    def __init__(self, runs: Runs, push: ImagePush) -> None:
        self._runs = runs
        self.push = push
        self.site: Site = push.site
        self.path = push.site.path
        call = push.call or push.build
        self.span = call.span if call else push.site.span

    def follows(self, gate: Gate) -> bool:
        """Whether the gate comes before it in the same job."""
        inside = gate.site is self.site and gate.in_image and gate.span == self.span
        return inside or self._runs.comes_before(gate, self)

    def waits_for(self, gate: Gate) -> bool:
        """Whether its job starts after the gate's job has ended."""
        return self._runs.needs(self.site.call, gate.site.call)

    def precedes(self, gate: Gate) -> bool:
        """Whether the gate's job starts after its own job has ended."""
        return self._runs.needs(gate.site.call, self.site.call)

    def beside(self, gate: Gate) -> bool:
        """Whether the gate's job is another one that neither waits for this one nor is waited for."""
        other = gate.site.call is not self.site.call
        return other and not self.waits_for(gate) and not self.precedes(gate)

    def holds(self, text: str, needs: Open) -> bool:
        """Whether an ``if`` is true in every event that publishes, though something before has failed."""
        reach = self._runs.reach(self.site.call.entry)
        found = [reach.contexts(self.site, scenario) for scenario in self.push.scenarios]
        return all(condition(text, {**each, "needs": needs}, FAILED) is True for each in found or [{}])


class Gating:
    """The checks of one kind in a build workflow."""

    def __init__(self, workflow: BuildWorkflow, kind: GateKind) -> None:
        self.workflow = workflow
        self.kind = kind
        self.words = WORDS[kind]
        self.gates = workflow.gates(kind)

    @cached_property
    def publications(self) -> tuple[Publication, ...]:
        """One for each step or command that publishes, whatever the number of names."""
        found = [Publication(self.workflow.runs, push) for push in self.workflow.pushes]
        return tuple({(id(each.site), each.span): each for each in reversed(found)}.values())[::-1]

    def gap(self) -> Gap | None:
        """The first thing that no check of the kind guards."""
        if not self.gates:
            return self._without()
        found = (self._of_publication(each) for each in self.publications)
        return next((gap for gap in found if gap), None) or self._skipped()

    def _without(self) -> Gap:
        place: Any = next(iter((*self.publications, *self.workflow.builds)), None)
        path, span = (place.path, place.span) if place else (self.workflow.path, self.workflow.triggers_span)
        doing = "this publishes" if self.publications else "this builds" if place else "the workflow ends"
        elsewhere = self.workflow.gates_elsewhere(self.kind)
        if elsewhere:
            label = Label(elsewhere[0].path, elsewhere[0].span, "runs in another workflow")
            reason = f"{doing} whatever another workflow finds: nothing in this one runs {self.words}"
            return Gap(path, span, reason, False, (label,), absent=True)
        reason = f"nothing runs {self.words} before {doing}"
        if self._calls_others():
            return Gap(path, span, f"{reason}, unless a called workflow of another repository does", False)
        return Gap(path, span, reason, absent=True)

    def _calls_others(self) -> bool:
        """Whether a job calls a workflow of another repository, of which nothing is known."""
        return any(job.uses and "@" in job.uses.text for job in self.workflow.workflow.jobs)

    def _of_publication(self, publication: Publication) -> Gap | None:
        before = [gate for gate in self.gates if publication.follows(gate)]
        waited = [gate for gate in self.gates if publication.waits_for(gate)]
        if not before and not waited:
            beside = any(publication.beside(gate) for gate in self.gates)
            late = tuple(Label(gate.path, gate.span, "checks only afterwards") for gate in self.gates[:1])
            # A job beside this one that is not waited for is told by ci/push-needs-gates.
            return (
                None
                if beside
                else Gap(
                    publication.path,
                    publication.span,
                    f"this publishes first and runs {self.words} afterwards",
                    True,
                    late,
                )
            )
        for scenario in publication.push.scenarios:
            if all(gate.state(scenario) is False for gate in (*before, *waited)):
                gate = (before or waited)[0]
                label = Label(gate.path, gate.span, "does not run then")
                reason = f"on {scenario.title} this publishes without running {self.words}"
                return Gap(publication.path, publication.span, reason, True, (label,))
        return None

    def _skipped(self) -> Gap | None:
        """An ordinary push or pull request that the workflow runs on, but no check of the kind."""
        for scenario in self.workflow.scenarios:
            if not _is_ordinary(scenario, self.workflow.main):
                continue
            if all(gate.state(scenario) is False for gate in self.gates):
                gate = self.gates[0]
                return Gap(
                    gate.path, gate.span, f"on {scenario.title} the workflow does not run {self.words}"
                )
        return None


def _is_ordinary(scenario: Scenario, main: str) -> bool:
    if scenario.event == "pull_request":
        return scenario.base == main and not scenario.fork and scenario.action != "closed"
    return scenario.event == "push" and scenario.ref in (f"refs/heads/{main}", "refs/heads/feature/x")


class Unwaited(NamedTuple):
    """A publication that does not wait for checks of the same workflow, or that does not heed them."""

    path: str
    span: Span
    gates: tuple[Gate, ...]
    heedless: bool
    edits: Edits

    @property
    def jobs(self) -> tuple[str, ...]:
        """The ids of the jobs of the entry workflow that check."""
        return tuple(dict.fromkeys(gate.site.call.outermost.job.id for gate in self.gates))


def unwaited(workflow: BuildWorkflow, kinds: Iterable[GateKind]) -> tuple[Unwaited, ...]:
    """The publications that do not wait for a check of these kinds, or run although it has failed."""
    gatings = [Gating(workflow, kind) for kind in kinds]
    found = (_unwaited(each, gatings) for each in (gatings[0].publications if gatings else ()))
    return tuple(each for each in found if each)


def _unwaited(publication: Publication, gatings: list[Gating]) -> Unwaited | None:
    beside: list[Gate] = []
    for gating in gatings:
        if any(publication.follows(gate) or publication.waits_for(gate) for gate in gating.gates):
            continue
        beside += [gate for gate in gating.gates if publication.beside(gate)]
    job = publication.site.call.outermost.job
    if beside:
        needs = job.node.get("needs")
        names = list(dict.fromkeys(gate.site.call.outermost.job.id for gate in beside))
        return Unwaited(
            job.path, needs.span if needs else job.span, tuple(beside), False, add_needs(job, names)
        )
    for gating in gatings:
        for gate in gating.gates:
            place = _heedless(publication, gate)
            if place:
                return Unwaited(*place, (gate,), True, None)
    return None


def _heedless(publication: Publication, gate: Gate) -> tuple[str, Span] | None:
    """The condition that lets it publish though the gate has failed."""
    site = publication.site.top
    given = site.step.condition
    if publication.follows(gate) and gate.site is not publication.site:
        return (site.path, given.span) if given and publication.holds(given.text, Open()) else None
    call = publication.site.call.outermost
    given = call.job.condition
    if given is None or not publication.waits_for(gate):
        return None
    failed = _failed_needs(call, gate)
    return (call.job.path, given.span) if failed and publication.holds(given.text, failed) else None


def _failed_needs(call: Call, gate: Gate) -> Open | None:
    """The ``needs`` context when the gate's job has failed, where the job waits for it directly."""
    failing = gate.site.call.outermost.job.id
    names = [need.text for need in call.job.needs]
    if failing not in names:
        return None
    return Open({name: Open(result="failure" if name == failing else "success") for name in names})
