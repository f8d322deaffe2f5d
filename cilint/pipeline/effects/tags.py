"""The tags that an image gets: from a ``tags`` list, or from docker/metadata-action's rules."""

from __future__ import annotations

from typing import NamedTuple

from cilint.model.references import ImageReference
from cilint.pipeline.scenarios import HEAD_SHA, SHA
from cilint.pipeline.sites import Site
from cilint.text.hole import HOLE
from cilint.text.source import Span

SHORT = 7  # digits of an abbreviated commit


class Tag(NamedTuple):
    """One name that an image is published under, and where it is written."""

    image: ImageReference
    path: str
    span: Span

    @property
    def is_commit(self) -> bool:
        """Whether the tag names the commit, whole or abbreviated."""
        tag = self.image.tag or ""
        return SHA[:SHORT] in tag or HEAD_SHA[:SHORT] in tag

    @property
    def is_latest(self) -> bool:
        return self.image.tag == "latest"


def listed(site: Site, name: str) -> list[Tag]:
    """The tags of a comma- or line-separated input, each with the words that it comes from."""
    scalar = site.step.inputs.get(name)
    if scalar is None:
        return []
    found = []
    for start, piece in _pieces(scalar.text):
        span = scalar.source_span(start, start + len(piece))
        for text in site.each(piece):
            for item in text.replace(",", "\n").split("\n"):
                if item.strip():
                    found.append(Tag(ImageReference.parse(item.strip()), site.path, span))
    return found


def _pieces(text: str) -> list[tuple[int, str]]:
    """The entries of a list as GitHub's actions split it, with their offsets; braces keep their commas."""
    pieces, start, depth = [], 0, 0
    for at, char in enumerate(text + "\n"):
        depth += (char == "{") - (char == "}")
        if (char == "," and depth == 0) or char == "\n":
            piece = text[start:at]
            if piece.strip() and not piece.strip().startswith("#"):
                pieces.append((start + len(piece) - len(piece.lstrip()), piece.strip()))
            start = at + 1
    return pieces


def metadata_tags(site: Site) -> list[Tag]:
    """What docker/metadata-action's ``outputs.tags`` holds on a push to the default branch."""
    images = [tag for tag in listed(site, "images") if tag.image.path]
    scalar = site.step.inputs.get("tags")
    rules = _pieces_of_lines(scalar.text) if scalar else []
    found = []
    for image in images:
        if scalar is None or not rules:
            found += [Tag(image.image._replace(tag=tag), site.path, image.span) for tag in (HOLE,)]
        for start, rule in rules:
            assert scalar is not None
            span = scalar.source_span(start, start + len(rule))
            found.append(Tag(image.image._replace(tag=_rule_tag(site.each(rule)[0])), site.path, span))
    return found


def _pieces_of_lines(text: str) -> list[tuple[int, str]]:
    pieces, at = [], 0
    for line in text.split("\n"):
        if line.strip() and not line.strip().startswith("#"):
            pieces.append((at + len(line) - len(line.lstrip()), line.strip()))
        at += len(line) + 1
    return pieces


def _rule_tag(rule: str) -> str:
    """The tag that one rule of metadata-action makes; HOLE where the event decides."""
    fields = dict(part.split("=", 1) for part in rule.split(",") if "=" in part)
    kind = fields.get("type", "raw" if "=" not in rule else "")
    prefix, suffix = fields.get("prefix", ""), fields.get("suffix", "")
    if kind == "sha":
        commit = SHA if fields.get("format") == "long" else SHA[:SHORT]
        return f"{fields.get('prefix', 'sha-')}{commit}{suffix}"
    if kind == "raw":
        value = fields.get("value", rule)
        return prefix + value.replace("{{sha}}", SHA[:SHORT]).replace("{{branch}}", HOLE) + suffix
    return HOLE


def output_images(site: Site) -> list[Tag]:
    """The image that ``outputs: type=image,name=…`` names; a digest push has no tags."""
    scalar = site.step.inputs.get("outputs")
    found = []
    for start, piece in _pieces_of_lines(scalar.text) if scalar else ():
        assert scalar is not None
        fields = dict(part.split("=", 1) for part in piece.replace('"', "").split(",") if "=" in part)
        if name := fields.get("name"):
            at = start + piece.index(name)
            image = ImageReference.parse(site.each(name)[0])
            found.append(Tag(image, site.path, scalar.source_span(at, at + len(name))))
    return found
