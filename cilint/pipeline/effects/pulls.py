"""Images that jobs pull, by commands and as containers, and images that are promoted by pulling."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from cilint.findings.finding import FileEdit
from cilint.model.references import ImageReference
from cilint.model.workflow import Job, mapping_at, scalar_at
from cilint.pipeline.effects.images import ImagePush
from cilint.pipeline.effects.logins import Login
from cilint.pipeline.effects.views import SOMEBODY, CommandView, View, words_of
from cilint.pipeline.evaluate import Open, interpolate
from cilint.pipeline.invocations import Invocation, invocations
from cilint.pipeline.reach import Reach
from cilint.pipeline.runs import Place, Runs
from cilint.syntax.yaml import Mapping, Scalar
from cilint.text.edit import Edit
from cilint.text.hole import HOLE
from cilint.text.source import Span

_PROGRAMS = ("docker", "podman", "nerdctl")
_OWNER = SOMEBODY.partition("/")[0]


class ImagePull:
    """One image that a job pulls. ``is_own``: the repository publishes it, or it is named after its owner."""

    def __init__(
        self, path: str, span: Span, image: ImageReference, is_own: bool, is_authenticated: bool
    ) -> None:
        self.path = path
        self.span = span
        self.image = image
        self.host = image.host.lower()
        self.is_own = is_own
        self.is_authenticated = is_authenticated


def image_pulls(runs: Runs, pushes: tuple[ImagePush, ...], logins: tuple[Login, ...]) -> Iterator[ImagePull]:
    """Every pull: by commands, then as actions, then as containers of jobs."""
    own = frozenset(map(_owner, (push.image for push in pushes))) | {f"ghcr.io/{_OWNER.lower()}"}
    for call in invocations(runs, *_PROGRAMS):
        at = 1 if call.words[:1] in (("image",), ("container",)) else 0
        if call.words[at : at + 1] in (("pull",), ("run",), ("create",)) and len(call.words) > at + 1:
            image = ImageReference.parse(_text(runs, call, at + 1))
            fits = any(_allows(runs, login, image, call) for login in logins)
            span = call.span_of(call.arguments.operands()[at + 1].word)
            yield ImagePull(call.path, span, image, _owner(image) in own, fits)
    for site in runs.sites:
        if site.step.uses and site.step.uses.text.startswith("docker://"):
            image = ImageReference.parse(site.step.uses.text.removeprefix("docker://"))
            yield ImagePull(site.path, site.step.uses.span, image, _owner(image) in own, False)
    for workflow in runs.project.workflows:
        for job in workflow.jobs:
            for place, image, credentials in _containers(job):
                yield ImagePull(place.path, place.span, image, _owner(image) in own, credentials)


def _owner(image: ImageReference) -> str:
    """The registry and the first part of the path, to whom the image belongs."""
    return f"{image.host}/{image.path.partition('/')[0]}".lower()


def _allows(runs: Runs, login: Login, image: ImageReference, call: Invocation) -> bool:
    """Whether a login comes before a command of the same job and is one for the image's registry."""
    fits = HOLE in login.host or login.host == image.host.lower()
    return fits and runs.comes_before(login, call)


def _text(runs: Runs, call: Invocation, operand: int) -> str:
    """An operand with the repository's name put in."""
    scenario = next(iter(runs.scenarios(call.site.call.entry)), None)
    operands = CommandView(View(runs, call.site, scenario, _reach(runs)), call).arguments.operands()
    return (operands[operand].value or "") if len(operands) > operand else ""


def _reach(runs: Runs) -> Reach:
    return Reach(runs.main, SOMEBODY, runs.project)


def _containers(job: Job) -> Iterator[tuple[Place, ImageReference, bool]]:
    nodes = [job.node.get("container")]
    services = mapping_at(job.node, "services")
    nodes += [pair.value.resolved for pair in services.pairs] if services else []
    for node in nodes:
        outer = node if isinstance(node, Mapping) else None
        scalar = node if isinstance(node, Scalar) else scalar_at(outer, "image")
        if scalar is None:
            continue
        github = {"repository": SOMEBODY, "repository_owner": _OWNER}
        text = interpolate(scalar.text, {"github": Open(github)})
        yield (
            Place(job.path, scalar.span),
            ImageReference.parse(text),
            mapping_at(outer, "credentials") is not None,
        )


class Promotion:
    """An image that is pulled, tagged and pushed again, which leaves all platforms but one behind."""

    def __init__(self, push: ImagePush, pull: Invocation, source: str, target: str) -> None:
        self.path = push.path
        self.push = push
        self.pull = pull
        self.source = source
        self.target = target
        self.span = push.call.span if push.call else push.span

    @property
    def pull_place(self) -> Place:
        return Place(self.pull.path, self.pull.span)

    @cached_property
    def edits(self) -> tuple[FileEdit, ...] | None:
        """Copy the image within the registry instead of pushing the one platform that was pulled."""
        call, operands = self.push.call, self.pull.arguments.operands()
        if call is None or call.name != "docker" or len(operands) < 2 or call.site is not self.pull.site:
            return None
        pushed = call.arguments.operands()[-1].word.raw
        text = f"docker buildx imagetools create -t {pushed} {operands[1].word.raw}"
        return (FileEdit(self.path, Edit(call.span, text)),)


def promotions(runs: Runs, pushes: tuple[ImagePush, ...]) -> Iterator[Promotion]:
    """Every push of what the same job has pulled."""
    found_calls = invocations(runs, *_PROGRAMS)
    calls = [(call, words) for call in found_calls for words in _turns(runs, call)]
    calls = [(call, words) for call, words in calls if words[:1] in (("pull",), ("tag",))]
    done: set[tuple[str, Span]] = set()
    for push in pushes:
        call = push.call
        if call is None or push.build is not None or push.merges or (push.path, call.span) in done:
            continue
        if source := _copied_alone(runs, call):
            done.add((push.path, call.span))
            yield Promotion(push, call, source, _words(runs, call)[-1].removeprefix("docker://"))
            continue
        words = _words(runs, call)
        target = words[1] if len(words) > 1 else words[-1]  # podman push IMAGE DESTINATION
        earlier = [(each, words) for each, words in calls if runs.comes_before(each, call)]
        renamed = words[-1] if words[-1] != target else ""
        if call.arguments.has_flag("-a", "--all-tags"):
            tagged = (words[2] for _, words in earlier if words[0] == "tag" and len(words) == 3)
            target = next((name for name in tagged if name.startswith(f"{target}:")), target)
        found = _origin(earlier, target, renamed) if words[0] == "push" and HOLE not in target else None
        if found:
            done.add((push.path, call.span))
            yield Promotion(push, *found, renamed or target)


def _copied_alone(runs: Runs, call: Invocation) -> str | None:
    """What skopeo copies from a registry without ``--all``: the runner's platform alone."""
    words = _words(runs, call)
    if call.name != "skopeo" or words[:1] != ("copy",) or len(words) != 3:
        return None
    several = call.arguments.has_flag("-a", "--all", "--multi-arch")
    source = words[1].removeprefix("docker://")
    return None if several or source == words[1] or HOLE in source else source


def _origin(
    earlier: list[tuple[Invocation, tuple[str, ...]]], name: str, renamed: str = ""
) -> tuple[Invocation, str] | None:
    """The pull of what a name was tagged from, and what was pulled; ``renamed`` in the push itself."""
    target = renamed or name
    for each, words in reversed(earlier):
        if words[0] == "tag" and len(words) == 3 and words[2] == name:
            name = words[1]
        elif words[0] == "pull" and len(words) == 2 and words[1] == name != target:
            return each, name
    return None


def _words(runs: Runs, call: Invocation) -> tuple[str, ...]:
    """The operands with expressions resolved; ``docker image tag`` is ``docker tag``."""
    return _turns(runs, call)[0]


def _turns(runs: Runs, call: Invocation) -> tuple[tuple[str, ...], ...]:
    """The operands in each turn of a loop."""
    found = map(words_of, CommandView(View(runs, call.site, None, _reach(runs)), call).variants)
    return tuple(words[1:] if words[:1] == ("image",) else words for words in found)
