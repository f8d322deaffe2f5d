"""The events that a workflow may see, as concrete examples with GitHub's own context values.

A fixed list of examples, plus every branch and tag that the workflow mentions and its near misses,
so that over-broad filters and conditions show. Values follow GitHub's tables of events and contexts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from cilint.model.workflow import Trigger, Workflow
from cilint.pipeline.evaluate import UNKNOWN, Open
from cilint.pipeline.filters import examples, selected
from cilint.text.hints import Any
from cilint.text.values import NamedTuple

# Stand-ins for the commit of the run and for the commit that an upstream run or a pull request is about:
# whatever is computed from them can be recognised in a tag, a request or a comparison.
SHA = "5a5a0123456789abcdef0123456789abcdef5a5a"
HEAD_SHA = "4e4e0123456789abcdef0123456789abcdef4e4e"

RUN_NUMBER, RUN_ID = "1234", "10987654321"
REPOSITORY_ID, FORK_ID = 123456789, 987654321

CONCLUSIONS = ("success", "failure", "cancelled", "skipped", "timed_out")
MAX_MENTIONED = 24


class Upstream(NamedTuple):
    """The run that a ``workflow_run`` event tells of."""

    event: str
    branch: str
    conclusion: str
    fork: bool


class Scenario(NamedTuple):
    """One event that may start a workflow."""

    title: str
    event: str
    ref: str
    main: bool  # whether what runs is the policy's main branch, as pushed by its owners
    fork: bool = False
    base: str | None = None
    head: str | None = None
    upstream: Upstream | None = None
    action: str | None = None  # of a pull request: what has happened to it, None where that is not known

    @property
    def is_pull_request(self) -> bool:
        return self.event in ("pull_request", "pull_request_target")

    @property
    def ref_name(self) -> str:
        for prefix in ("refs/heads/", "refs/tags/", "refs/pull/"):
            if self.ref.startswith(prefix):
                return self.ref[len(prefix) :]
        return self.ref

    @property
    def ref_type(self) -> str:
        return "tag" if self.ref.startswith("refs/tags/") else "branch"


def mentioned_names(
    patterns: Iterable[str], literals: Iterable[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Branches and tags that filters and conditions speak of: an example of each pattern, each ref."""
    branches: dict[str, None] = {}
    tags: dict[str, None] = {}
    for pattern in patterns:
        branches.update(dict.fromkeys(examples(pattern.removeprefix("!"))))
    for literal in literals:
        if literal.startswith("refs/tags/"):
            tags[literal[10:]] = None
        elif literal.startswith(("refs/heads/", "heads/")):
            branches[literal.removeprefix("refs/").removeprefix("heads/")] = None
        elif _is_branch_like(literal):
            branches[literal] = None
    return tuple(name for name in branches if name)[:MAX_MENTIONED], tuple(t for t in tags if t)[
        :MAX_MENTIONED
    ]


def _is_branch_like(literal: str) -> bool:
    plain = literal.replace("/", "").replace("-", "").replace("_", "").replace(".", "")
    return 0 < len(literal) <= 60 and plain.isalnum() and not literal[0].isdigit() and literal not in _EVENTS


_EVENTS = frozenset(
    (
        "push",
        "pull_request",
        "pull_request_target",
        "workflow_dispatch",
        "workflow_run",
        "schedule",
        "release",
        "merge_group",
        "repository_dispatch",
        "workflow_call",
        "success",
        "failure",
        "cancelled",
        "skipped",
        "true",
        "false",
        "created",
        "published",
    )
)


def scenarios(
    workflow: Workflow,
    main: str,
    names: tuple[tuple[str, ...], tuple[str, ...]],
    upstream: Collection[str] | None = None,
) -> tuple[Scenario, ...]:
    """All examples that the workflow's triggers let through, the ordinary ones first.

    ``upstream`` are the events that start the workflows which it waits for, where those are known.
    """
    found: dict[str, Scenario] = {}
    for trigger in workflow.triggers.values():
        for scenario in _of_event(trigger, main, names):
            if scenario.upstream is None or _can_start(scenario.upstream, upstream):
                found.setdefault(scenario.title, scenario)
    return tuple(found.values())


def proposal(main: str) -> Scenario:
    """A pull request of the repository's own to the main branch."""
    title = f"a pull request to {main}"
    return Scenario(title, "pull_request", "refs/pull/1/merge", main=False, base=main, head="feature/x")


def _can_start(upstream: Upstream, events: Collection[str] | None) -> bool:
    """Whether workflows with these triggers can have had the run; a push may stand for other events."""
    return (
        events is None or upstream.event == "push" or any(each.startswith("pull_request") for each in events)
    )


def _of_event(
    trigger: Trigger, main: str, names: tuple[tuple[str, ...], tuple[str, ...]]
) -> Iterator[Scenario]:
    event = trigger.event
    if event == "push":
        yield from _pushes(trigger, main, names)
    elif event in ("pull_request", "pull_request_target"):
        yield from _pull_requests(trigger, main)
    elif event == "workflow_run":
        yield from _upstream_runs(trigger, main, names[0])
    elif event == "workflow_dispatch":
        yield Scenario(f"workflow_dispatch on {main}", event, f"refs/heads/{main}", main=True)
        for branch in dict.fromkeys(("feature/x", f"{main}-2", f"feature/{main}", *names[0])):
            if branch != main:
                yield Scenario(f"workflow_dispatch on {branch}", event, f"refs/heads/{branch}", main=False)
    elif event == "merge_group":
        ref = f"refs/heads/gh-readonly-queue/{main}/pr-1-0000000"
        yield Scenario("a merge queue entry", event, ref, main=False, base=main)
    elif event == "release":
        yield Scenario("a release", event, "refs/tags/v1.0.0", main=False)
    elif event != "workflow_call":
        # everything else runs on the default branch
        yield Scenario(event.replace("_", " "), event, f"refs/heads/{main}", main=True)


def _pushes(
    trigger: Trigger, main: str, names: tuple[tuple[str, ...], tuple[str, ...]]
) -> Iterator[Scenario]:
    branches, tags = names
    for branch in dict.fromkeys((main, "feature/x", f"{main}-2", f"feature/{main}", "develop", *branches)):
        if takes_push(trigger, branch, tag=False):
            yield Scenario(f"a push to {branch}", "push", f"refs/heads/{branch}", main=branch == main)
    known = ("v1.0.0", main, *tags)
    for tag in dict.fromkeys((*known, *_more_tags(trigger, known))):
        if takes_push(trigger, tag, tag=True):
            yield Scenario(f"a push of the tag {tag}", "push", f"refs/tags/{tag}", main=False)


def _more_tags(trigger: Trigger, known: tuple[str, ...]) -> list[str]:
    """Tags that only those patterns of the filter fit which fit none of the known ones."""
    patterns = [each for each in trigger.filter("tags") or () if not each.startswith("!")][:MAX_MENTIONED]
    wanting = [each for each in patterns if not any(selected((each,), tag) for tag in known)]
    return [example for pattern in wanting for example in examples(pattern)[:1]]


def takes_push(trigger: Trigger, name: str, *, tag: bool) -> bool:
    """Whether the filters let a push of this branch or tag through.

    Naming only branches leaves tags out, and the other way round; path filters do not count.
    """
    mine, mine_ignored = ("tags", "tags-ignore") if tag else ("branches", "branches-ignore")
    other, other_ignored = ("branches", "branches-ignore") if tag else ("tags", "tags-ignore")
    wanted, unwanted = trigger.filter(mine), trigger.filter(mine_ignored)
    if wanted is None and unwanted is None:
        return trigger.filter(other) is None and trigger.filter(other_ignored) is None
    if wanted is not None and not selected(wanted, name):
        return False
    return unwanted is None or not selected(unwanted, name)


def takes_branch(trigger: Trigger, name: str) -> bool:
    """Whether ``branches`` and ``branches-ignore`` of other events than push take the branch."""
    wanted, unwanted = trigger.filter("branches"), trigger.filter("branches-ignore")
    if wanted is not None and not selected(wanted, name):
        return False
    return unwanted is None or not selected(unwanted, name)


def _pull_requests(trigger: Trigger, main: str) -> Iterator[Scenario]:
    given = trigger.filter("types") or ("synchronize",)
    usual = next((each for each in ("synchronize", "opened") if each in given), None)
    action = given[0] if usual is None and len(given) == 1 else usual
    for base, fork, head, title in (
        (main, False, "feature/x", f"a pull request to {main}"),
        (main, True, "feature/x", f"a pull request to {main} from a fork"),
        (main, True, main, f"a pull request to {main} from a fork's branch {main}"),
        ("develop", False, "feature/x", "a pull request to another branch"),
    ):
        if takes_branch(trigger, base):
            ref = "refs/pull/1/merge" if trigger.event == "pull_request" else f"refs/heads/{base}"
            suffix = "" if trigger.event == "pull_request" else " (pull_request_target)"
            found = Scenario(
                title + suffix, trigger.event, ref, main=False, fork=fork, base=base, head=head, action=action
            )
            yield found
            if "closed" in given and action != "closed":
                yield found._replace(title=f"the end of {found.title}", action="closed")


def _upstream_runs(trigger: Trigger, main: str, branches: tuple[str, ...]) -> Iterator[Scenario]:
    others = dict.fromkeys(("feature/x", f"{main}-2", f"feature/{main}", *branches))
    sources = [("push", main, False, f"a push to {main}")]
    sources += [("push", other, False, f"a push to {other}") for other in others if other != main]
    sources += [
        ("pull_request", "feature/x", False, "a pull request"),
        ("pull_request", main, True, f"a pull request from a fork's branch {main}"),
    ]
    for event, branch, fork, title in sources:
        if not takes_branch(trigger, branch):
            continue
        for conclusion in CONCLUSIONS:
            yield Scenario(
                f"a {conclusion} build of {title}".replace("a success", "a successful").replace(
                    "a failure", "a failed"
                ),
                "workflow_run",
                f"refs/heads/{main}",
                main=event == "push" and branch == main,
                fork=fork,
                upstream=Upstream(event, branch, conclusion, fork),
            )


def github_context(scenario: Scenario, main: str, repository: str) -> Open:
    """The ``github`` context of a run that the scenario started."""
    event: dict[str, Any] = {
        "repository": Open(
            full_name=repository,
            name=repository.rpartition("/")[2],
            owner=Open(login=repository.partition("/")[0]),
            default_branch=main,
            fork=False,
            id=REPOSITORY_ID,
        ),
        "action": _activity(scenario),
    }
    own = repository if not scenario.fork else "someone/fork"
    if scenario.is_pull_request:
        event["pull_request"] = Open(
            head=Open(ref=scenario.head, sha=HEAD_SHA, repo=Open(full_name=own, fork=scenario.fork)),
            base=Open(ref=scenario.base, repo=Open(full_name=repository, fork=False)),
            draft=False,
        )
    else:
        event["pull_request"] = None
    event["workflow_run"] = _workflow_run(scenario, repository, own)
    if scenario.event in ("push", "workflow_dispatch"):
        event["ref"] = scenario.ref
    elif scenario.is_pull_request or scenario.event in ("schedule", "merge_group", "workflow_run", "release"):
        event["ref"] = None
    if scenario.event == "workflow_dispatch":
        event["inputs"] = Open()
    else:
        event["inputs"] = None
    if scenario.event == "merge_group":
        event["merge_group"] = Open(base_ref=f"refs/heads/{scenario.base}")
    return Open(
        event_name=scenario.event,
        ref=scenario.ref,
        sha=SHA,
        run_number=RUN_NUMBER,
        run_id=RUN_ID,
        ref_name="1/merge" if scenario.event == "pull_request" else scenario.ref_name,
        ref_type=scenario.ref_type,
        head_ref=(scenario.head or "") if scenario.is_pull_request else "",
        base_ref=(scenario.base or "") if scenario.is_pull_request else "",
        repository=repository,
        repository_owner=repository.partition("/")[0],
        event=Open(event),
    )


def any_event() -> Open:
    """The ``github`` context of a run of which only the commits are known."""
    head = Open(sha=HEAD_SHA)
    return Open(
        sha=SHA,
        run_number=RUN_NUMBER,
        run_id=RUN_ID,
        event=Open(workflow_run=Open(head_sha=HEAD_SHA), pull_request=Open(head=head)),
    )


def _activity(scenario: Scenario) -> Any:
    if scenario.event in ("push", "workflow_dispatch", "schedule"):
        return None
    return "completed" if scenario.event == "workflow_run" else scenario.action or UNKNOWN


def _workflow_run(scenario: Scenario, repository: str, own: str) -> Any:
    upstream = scenario.upstream
    if upstream is None:
        return None
    return Open(
        conclusion=upstream.conclusion,
        status="completed",
        event=upstream.event,
        head_branch=upstream.branch,
        head_sha=HEAD_SHA,
        head_repository=Open(
            full_name=own,
            fork=upstream.fork,
            owner=Open(login=own.partition("/")[0]),
            id=FORK_ID if upstream.fork else REPOSITORY_ID,
        ),
        repository=Open(full_name=repository, fork=False, id=REPOSITORY_ID),
    )
