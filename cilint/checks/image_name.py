"""Whether what is deployed is an image that the repository publishes, or has almost the name of one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from cilint.findings.finding import Label
from cilint.findings.violation import Options, Violation
from cilint.model.references import DOCKER_HUB, ImageReference
from cilint.pipeline.effects.images import ImagePush
from cilint.pipeline.effects.request_parts import read_json
from cilint.pipeline.effects.views import SOMEBODY, CommandView, View
from cilint.pipeline.invocations import invocations
from cilint.pipeline.pipeline import Pipeline
from cilint.pipeline.reach import Reach
from cilint.pipeline.runs import Place
from cilint.text.edit import Edit
from cilint.text.hole import HOLE
from cilint.text.source import Span

_PUBLIC = (DOCKER_HUB, "ghcr.io", "quay.io", "registry.gitlab.com", "public.ecr.aws")
_OWNER = SOMEBODY.partition("/")[0].lower() + "/"
_SHORTEST = 4
"""Words of fewer letters, such as ``api`` and ``app``, are different words if one letter differs."""
_LONGEST = 255
_MOST_PUSHES = 50
_SET = re.compile(r"(?:^|,)[\w.-]*image(?:\.repository|\.name)?=([^,]+)")


def run(pipeline: Pipeline, options: Options) -> Iterator[Violation]:
    """One violation a place that names an image by almost its name; values: ``name``, ``meant``."""
    pushes = {push.image.name.lower(): push for push in pipeline.image_pushes}
    if not pushes or any(HOLE in name for name in pushes):
        return
    built = {
        tag.image.name.lower()
        for build in pipeline.image_builds
        for recipe in build.likely
        for tag in recipe.tags
    }
    told = set()
    for place, image in (*_pulled(pipeline), *_set_in_dokploy(pipeline), *_set_in_kubernetes(pipeline)):
        name = image.name.lower()
        if HOLE in name or name in pushes or name in built or place in told:
            continue
        meant = next(
            (push for push in islice(pushes.values(), _MOST_PUSHES) if is_almost(image, push.image)), None
        )
        if meant is not None:
            told.add(place)
            yield _violation(pipeline, place, image, meant)


def _pulled(pipeline: Pipeline) -> Iterator[tuple[Place, ImageReference]]:
    for pull in pipeline.image_pulls:
        yield Place(pull.path, pull.span), pull.image


def _set_in_dokploy(pipeline: Pipeline) -> Iterator[tuple[Place, ImageReference]]:
    for call in pipeline.dokploy_calls:
        text = call.body.text if call.sets_image and call.body else None
        try:
            value = read_json(text) if text and "dockerImage" in text else None
        except ValueError:
            continue
        image = value.get("dockerImage") if isinstance(value, dict) else None
        if isinstance(image, str):
            yield call.body_place, ImageReference.parse(image)


def _set_in_kubernetes(pipeline: Pipeline) -> Iterator[tuple[Place, ImageReference]]:
    """The images of ``kubectl set image NAME CONTAINER=IMAGE`` and ``helm upgrade --set image=IMAGE``."""
    runs = pipeline.runs
    for call in invocations(runs, "kubectl", "helm"):
        scenario = next(iter(runs.scenarios(call.site.call.entry)), None)
        view = CommandView(View(runs, call.site, scenario, Reach(runs.main, SOMEBODY)), call)
        items = view.arguments.items
        is_set = call.name == "kubectl" and [text for text, _ in items[:2]] == ["set", "image"]
        for text, word in items:
            if is_set and "=" in text and not text.startswith("-"):
                yield Place(call.path, call.span_of(word)), ImageReference.parse(text.partition("=")[2])
            elif call.name == "helm" and (found := _SET.search(text.removeprefix("--set="))):
                yield Place(call.path, call.span_of(word)), ImageReference.parse(found[1])


def is_almost(image: ImageReference, published: ImageReference) -> bool:
    """Whether an image is surely meant to be a published one.

    Its name is the same but for the registry, the owner that was forgotten, the marks between its words, or
    one letter. Names that are only alike, such as those of two services of one owner, are left alone.
    """
    one, other = image.path.lower(), published.path.lower()
    if one.startswith(_OWNER) != other.startswith(_OWNER):
        return False  # who `github.repository` is, is not known
    if image.host.lower() != published.host.lower():
        return one == other and "/" in one and image.host.lower() in _PUBLIC
    if other.endswith(f"/{one}"):
        return image.host != DOCKER_HUB
    words, others = re.split(r"[-_./]+", one), re.split(r"[-_./]+", other)
    if "".join(words) == "".join(others):
        return True
    if len(words) != len(others):
        return False
    differing = [pair for pair in zip(words, others, strict=True) if pair[0] != pair[1]]
    return len(differing) == 1 and _is_slip(*differing[0])


def _is_slip(one: str, other: str) -> bool:
    """Whether one letter is missing, too many, another one, or changed places with its neighbour."""
    if min(len(one), len(other)) < _SHORTEST or max(len(one), len(other)) > _LONGEST:
        return False
    while one and other and one[0] == other[0]:
        one, other = one[1:], other[1:]
    while one and other and one[-1] == other[-1]:
        one, other = one[:-1], other[:-1]
    swapped = len(one) == 2 and one == other[::-1]
    return (max(len(one), len(other)) < 2 or swapped) and not any(letter.isdigit() for letter in one + other)


def _written_name(image: ImageReference) -> str:
    """The name as it is written, without tag and digest."""
    at = image.text.rfind(image.path)
    return image.text[: at + len(image.path)]


def _violation(pipeline: Pipeline, place: Place, image: ImageReference, push: ImagePush) -> Violation:
    source = pipeline.project.source(place.path)
    written = source.slice(place.span) if source else ""
    name, meant = _written_name(image), _written_name(push.image)
    edits: tuple[Edit, ...] = ()
    if written.count(name) == 1 and not push.image.path.lower().startswith(_OWNER):
        start = place.span.start + written.index(name)
        edits = (Edit(Span(start, start + len(name)), meant),)
    label = Label(push.path, push.span, "the image is published here")
    return Violation(place.path, place.span, {"name": name, "meant": meant}, (label,), edits)
