"""Comments in Dockerfiles that switch rules of hadolint off."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cilint.model.dockerfile import Dockerfile
from cilint.text.source import Span
from cilint.text.values import NamedTuple


class IgnoringComment(NamedTuple):
    """``# hadolint ignore=…``; ``names`` are the rules as it lists them."""

    path: str
    span: Span
    tool: str
    names: str


def ignoring_comments(dockerfile: Dockerfile) -> Iterator[IgnoringComment]:
    if "hadolint" not in dockerfile.source.text:
        return
    for comment in dockerfile.document.comments:
        found = re.match(r"hadolint\s+(?:global\s+|stage\s+)?ignore\s*=\s*([A-Za-z0-9, \t]+)", comment.text)
        if found:
            yield IgnoringComment(dockerfile.path, comment.span, "hadolint", found[1].strip())
