"""Builds of images by actions. Inputs and their defaults are those of each action's ``action.yml``."""

from __future__ import annotations

from collections.abc import Iterator

from cilint.model.references import ImageReference
from cilint.pipeline.effects.metadata import metadata_tags
from cilint.pipeline.effects.metadata_sources import metadata_steps
from cilint.pipeline.effects.recipes import Recipe, either, output_loads, output_pushes
from cilint.pipeline.effects.tags import Tag, listed, output_images, pieces
from cilint.pipeline.effects.views import View
from cilint.pipeline.runs import Runs
from cilint.pipeline.sites import Site
from cilint.text.hole import HOLE
from cilint.text.source import Span
from cilint.text.values import NamedTuple

BUILDX_ACTIONS = ("docker/build-push-action", "useblacksmith/build-push-action", "depot/build-push-action")
_OWN_BUILDER = ("useblacksmith/build-push-action", "depot/build-push-action")


class Spec(NamedTuple):
    """An action with words of its own: the inputs that hold each part, and their defaults.

    ``listed``: build arguments are separated by commas. ``needs_file``: it builds from ``Dockerfile`` where
    no file is named. ``more`` are switches that add tags of the action's own making.
    """

    names: tuple[str, ...]
    tags: tuple[str, ...]
    registry: tuple[str, ...] = ()
    host: str = ""
    tag: str = "latest"
    push: tuple[str, ...] = ()
    pushes: bool = True
    keeps: tuple[str, ...] = ()  # an input that stops it from pushing
    platforms: tuple[str, ...] = ()
    file: tuple[str, ...] = ("dockerfile",)
    context: tuple[str, ...] = ("context",)
    target: tuple[str, ...] = ("target",)
    arguments: tuple[str, ...] = ("build-args",)
    listed: bool = False
    needs_file: bool = True
    more: tuple[str, ...] = ()


_FIRST_BUILD_PUSH = Spec(
    ("repository",), ("tags",), ("registry",), "docker.io", push=("push",), context=("path",),
    arguments=("build_args",), listed=True, more=("tag_with_ref", "tag_with_sha"),
)  # fmt: skip
"""docker/build-push-action of version 1, which had other inputs than it has now."""
SPECS = {
    "elgohr/publish-docker-github-action": Spec(
        ("name",), ("tags",), ("registry",), "docker.io", keeps=("no_push",), platforms=("platforms",),
        context=("workdir", "context"), arguments=("buildargs",), listed=True,
        more=("snapshot", "tag_names", "tag_semver"),
    ),
    "mr-smithers-excellent/docker-build-push": Spec(
        ("image",), ("tags",), ("registry",), "docker.io", push=("pushimage", "push"),
        platforms=("platform",), context=("directory",), arguments=("buildargs",), listed=True, tag=HOLE,
    ),
    "whoan/docker-build-with-cache-action": Spec(
        ("image_name",), ("image_tag",), ("registry",), "docker.io", push=("push_image_and_stages",),
        more=("push_git_tag",),
    ),
    "macbre/push-to-ghcr": Spec(("image_name",), ("image_tag",), ("repository",), "ghcr.io"),
    "vaultvulp/gp-docker-action": Spec(
        ("image-name",), ("image-tag",), host="ghcr.io", more=("extract-git-tag",)
    ),
    "pmorelli92/github-container-registry-build-push": Spec(
        ("docker-image-name",), ("docker-image-tag",), host="ghcr.io", file=("dockerfile-path",),
        context=("build-context",),
    ),
    "aevea/action-kaniko": Spec(
        ("image",), ("tag",), ("registry",), "docker.io", file=("build_file",), context=("path",)
    ),
    "int128/kaniko-action": Spec((), ("tags",), push=("push",), pushes=False, file=("file",)),
    "redhat-actions/buildah-build": Spec(
        ("image",), ("tags",), pushes=False, platforms=("platforms", "archs", "arch"),
        file=("containerfiles", "dockerfiles"), needs_file=False,
    ),
    "redhat-actions/push-to-registry": Spec(("image",), ("tags",), ("registry",)),
}  # fmt: skip
LOGGING_IN = frozenset(SPECS) - {"int128/kaniko-action", "redhat-actions/buildah-build"}
"""The actions of these that are given the password themselves."""


class BuildPush:
    """docker/build-push-action and those with the same inputs."""

    def __init__(self, runs: Runs, site: Site) -> None:
        self.runs = runs
        self.site = site
        assert site.step.action
        self.tool = site.step.action.name

    def state(self, view: View) -> bool | None:  # noqa: ARG002 -- where the step runs, it builds
        return True

    def place(self, name: str) -> Span | None:
        found = self.site.step.inputs.get(name)
        return found.span if found else None

    def read(self, view: View) -> Recipe:
        outputs = view.input("outputs") or ""
        return Recipe(
            push=either(view.flag("push"), output_pushes(outputs)),
            load=either(view.flag("load"), output_loads(outputs)),
            tags=tuple(action_tags(self.runs, self.site, view)),
            platforms=view.input("platforms") or "",
            by_digest="push-by-digest=true" in outputs.replace(" ", ""),
            cache_from=view.input("cache-from") or "",
            cache_to=view.input("cache-to") or "",
            no_cache=view.flag("no-cache"),
            context=view.input("context"),
            file=view.input("file"),
            target=view.input("target"),
            labels=self._labels(),
            runner=view.runner,
            cached=self.tool in _OWN_BUILDER,
        )

    def _labels(self) -> str:
        given = (self.site.step.inputs.get(name) for name in ("labels", "annotations"))
        return "\n".join(scalar.text for scalar in given if scalar)


class OwnWords:
    """An action with a Spec."""

    def __init__(self, site: Site, spec: Spec) -> None:
        self.site = site
        self.spec = spec
        assert site.step.action
        self.tool = site.step.action.name

    def state(self, view: View) -> bool | None:  # noqa: ARG002 -- where the step runs, it builds
        return True

    def place(self, name: str) -> Span | None:
        names = {"push": self.spec.push, "platforms": self.spec.platforms}.get(name, (name,))
        return next(
            (self.site.step.inputs[each].span for each in names if each in self.site.step.inputs), None
        )

    def read(self, view: View) -> Recipe:
        spec = self.spec
        push = view.flag(*spec.push, default=spec.pushes) if spec.push else spec.pushes
        if spec.keeps and view.flag(*spec.keeps) is not False:
            push = None if view.flag(*spec.keeps) is None else False
        return Recipe(
            push=push,
            tags=tuple(self._tags(view)),
            platforms=view.input(*spec.platforms) or "",
            context=view.input(*spec.context),
            file=view.input(*spec.file),
            target=view.input(*spec.target),
            runner=view.runner,
            cached=True,
        )

    def _tags(self, view: View) -> Iterator[Tag]:
        spec, path = self.spec, self.site.path
        span = next(
            (self.site.step.inputs[n].span for n in (*spec.names, *spec.tags) if n in self.site.step.inputs),
            self.site.span,
        )
        added = [HOLE for name in spec.more if view.flag(name) is not False]
        given = view.input(*spec.tags) or ("" if added else spec.tag)
        tags = [*(piece.text for piece in pieces(given.replace(" ", "\n"))), *added]
        if not spec.names:
            yield from listed(view, spec.tags[0])
            return
        name = view.input(*spec.names) or HOLE
        host = view.input(*spec.registry) or spec.host
        if host and not name.startswith(host) and "." not in name.partition("/")[0]:
            name = f"{host.rstrip('/')}/{name}"
        for tag in tags:
            yield Tag(ImageReference.parse(tag if "/" in tag else f"{name}:{tag}"), path, span)


def action_reader(runs: Runs, site: Site) -> BuildPush | OwnWords | None:
    """What a step builds by an action; None where it builds nothing."""
    action = site.step.action
    if action is None:
        return None
    if action.name in BUILDX_ACTIONS:
        first = action.name == BUILDX_ACTIONS[0] and f"{action.ref}.".startswith("v1.")
        return OwnWords(site, _FIRST_BUILD_PUSH) if first else BuildPush(runs, site)
    spec = SPECS.get(action.name)
    return OwnWords(site, spec) if spec else None


def action_tags(runs: Runs, site: Site, view: View) -> Iterator[Tag]:
    """The names in ``tags``, those that docker/metadata-action makes among them."""
    scalar = site.step.inputs.get("tags")
    if scalar is not None:
        yield from metadata_outputs(runs, site, view, scalar.text)
        known = bool(metadata_steps(runs, site, scalar.text))
        yield from (tag for tag in listed(view, "tags") if tag.image.text != HOLE or not known)
    if scalar is None or not scalar.text.strip():
        yield from output_images(view)


def metadata_outputs(runs: Runs, site: Site, view: View, text: str) -> Iterator[Tag]:
    """The tags of the metadata steps whose outputs a text takes."""
    for step in metadata_steps(runs, site, text):
        yield from metadata_tags(View(runs, _same_leg(step, view), view.scenario, view.reach))


def _same_leg(step: Site, view: View) -> Site:
    """A step in the leg of the view, where it is of the same job."""
    call = view.site.call
    apart = step.parent or step.call.job is not call.job
    return step if step.call is call or apart else Site(call, step.step)
