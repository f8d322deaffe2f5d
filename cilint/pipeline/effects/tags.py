"""The names that an image is published under: from lists, ``outputs``, words of a command."""

from __future__ import annotations

from cilint.model.references import ImageReference
from cilint.pipeline.effects.views import View
from cilint.pipeline.scenarios import HEAD_SHA, SHA
from cilint.text.hole import HOLE
from cilint.text.source import Span
from cilint.text.values import NamedTuple

SHORT = 7  # digits of an abbreviated commit


class Tag(NamedTuple):
    """One name that an image is published under, and where it is written.

    ``maybe``: it is given only where something unknown is true. ``metadata``: docker/metadata-action
    makes it, which writes names in lower case.
    """

    image: ImageReference
    path: str
    span: Span
    maybe: bool = False
    metadata: bool = False

    @property
    def is_commit(self) -> bool:
        """Whether the tag names the commit, whole or abbreviated."""
        return names_commit(self.image.tag or "")

    @property
    def is_latest(self) -> bool:
        """Whether it is ``latest``, which an image without a tag gets too."""
        return self.image.tag == "latest" or (self.image.tag is None and self.image.digest is None)


def names_commit(tag: str) -> bool:
    """Whether a tag has the commit in it, whole or abbreviated."""
    return SHA[:SHORT] in tag or HEAD_SHA[:SHORT] in tag


def image_of(text: str) -> ImageReference:
    """The image that a tag names; a branch's name with a slash in it makes a tag that is none, but a tag."""
    head, slash, rest = text.partition("/")
    path, colon, tag = rest.partition(":")
    if slash and colon and "/" in tag and "@" not in tag:
        return ImageReference.parse(f"{head}/{path}:{tag.replace('/', '-')}")
    return ImageReference.parse(text)


class Piece(NamedTuple):
    """One entry of a list, and its offset in the list's text."""

    start: int
    text: str


def pieces(text: str, *, commas: bool = True) -> list[Piece]:
    """The entries of a list as GitHub's actions split it: at line ends and commas, outside of ``${{ }}``."""
    found, start, depth = [], 0, 0
    for at, char in enumerate(text + "\n"):
        depth += (char == "{") - (char == "}")
        if (char == "," and depth <= 0 and commas) or (char == "\n" and depth <= 0) or at == len(text):
            piece = text[start:at]
            if piece.strip() and not piece.strip().startswith("#"):
                found.append(Piece(start + len(piece) - len(piece.lstrip()), piece.strip()))
            start, depth = at + 1, 0
    return found


def listed(view: View, name: str, *, commas: bool = True) -> list[Tag]:
    """The images of an input that lists them, each with the words that it comes from."""
    scalar = view.site.step.inputs.get(name)
    if scalar is None:
        return []
    found = []
    for piece in pieces(scalar.text, commas=commas):
        span = scalar.source_span(piece.start, piece.start + len(piece.text))
        images = (image_of(item.text) for item in pieces(view.text(piece.text)))
        found += [Tag(image, view.site.path, span) for image in images]
    return found


def fields(text: str) -> dict[str, str]:
    """The ``key=value`` fields of a line such as ``type=image,name=app,"push=true"``."""
    found = {}
    for part in pieces(text):
        key, equals, value = part.text.strip('"').partition("=")
        if equals:
            found[key.strip().lower()] = value.strip()
    return found


def output_images(view: View) -> list[Tag]:
    """The image that ``outputs: type=image,name=…`` names; one pushed by digest has no tag."""
    scalar = view.site.step.inputs.get("outputs")
    found: list[Tag] = []
    for piece in pieces(scalar.text, commas=False) if scalar else ():
        assert scalar is not None
        written = fields(piece.text).get("name", "")
        text = view.text(piece.text)
        names = fields(text).get("name", HOLE if written else "")
        # what an expression makes as a whole has no place of its own
        words = piece.text if not written or "{{" in piece.text.partition("name=")[0] else written
        at = piece.start + piece.text.index(words)
        span = scalar.source_span(at, at + len(words))
        found += [Tag(ImageReference.parse(name), view.site.path, span) for name in names.split(",") if name]
    return found
