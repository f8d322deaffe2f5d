"""The tags under which a project names an image elsewhere: what a FROM without one most likely means."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from cilint.model.kinds import kind_of
from cilint.model.project import Project
from cilint.model.references import ImageReference
from cilint.text.hole import HOLE

_MOST_FILES = 50


def known_tag(project: Project, image: ImageReference, path: str) -> str:
    """The only tag that the Dockerfile at ``path`` gives the image, else the only one of the whole project.

    Empty where there is none, or where there are several.
    """
    for paths in ([path], islice(_files_of_images(project), _MOST_FILES)):
        tags = {tag for each in paths for tag in _tags(project, each, image)}
        if tags:
            return tags.pop() if len(tags) == 1 else ""
    return ""


def _files_of_images(project: Project) -> Iterator[str]:
    return (path for path in project.files.listing() if kind_of(path) in ("dockerfile", "compose"))


def _tags(project: Project, path: str, image: ImageReference) -> Iterator[str]:
    source = project.source(path)
    if source is None or image.path.rpartition("/")[2] not in source.text:
        return
    for other in _images(project, path):
        same = (other.host, other.repository) == (image.host, image.repository)
        if same and other.tag and other.tag != "latest" and HOLE not in other.tag:
            yield other.tag


def _images(project: Project, path: str) -> Iterator[ImageReference]:
    if kind_of(path) == "compose":
        file = project.compose(path)
        yield from (each.image for each in file.services if each.image) if file else ()
        return
    dockerfile = project.dockerfile(path)
    yield from (stage.image for stage in dockerfile.stages if stage.image) if dockerfile else ()
