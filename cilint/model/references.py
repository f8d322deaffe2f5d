"""What names an image or an action: ``ghcr.io/owner/name:tag@sha256:…``, ``owner/repo/path@ref``.

A part of which nothing is known is a hole (``"\\0"``).
"""

from __future__ import annotations

import re
from functools import cache

from cilint.text.hints import Literal
from cilint.text.hole import HOLE
from cilint.text.values import NamedTuple

DOCKER_HUB = "docker.io"


@cache
def _image_pattern() -> re.Pattern[str]:
    """The grammar of an image reference (github.com/distribution/reference)."""
    part = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
    label = r"(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])"
    host = rf"(?:{label}(?:\.{label})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?/"
    tag = r":[\w][\w.-]{0,127}"
    digest = r"@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}"
    return re.compile(rf"(?:{host})?{part}(?:/{part})*(?:{tag})?(?:{digest})?", re.ASCII)


class ImageReference(NamedTuple):
    """An image: ``host`` is ``docker.io`` where none is written and a hole where it cannot be told.

    ``path`` is as written (no ``library/`` is added); ``digest`` includes its ``sha256:``.
    """

    text: str
    host: str
    path: str
    tag: str | None
    digest: str | None

    @classmethod
    def parse(cls, text: str) -> ImageReference:
        """The parts of any text, also of one that is no valid reference."""
        name, _, digest = text.partition("@")
        slash, colon = name.rfind("/"), name.rfind(":")
        tag = name[colon + 1 :] if colon > slash else None
        if tag is not None:
            name = name[:colon]
        elif HOLE in name[slash + 1 :] and not digest:
            tag = HOLE
        host, path = _split_host(name)
        return cls(text, host, path, tag, digest or None)

    @property
    def name(self) -> str:
        """Host and path, without tag and digest."""
        return f"{self.host}/{self.path}"

    @property
    def repository(self) -> str:
        """The path as the registry has it: official images of Docker Hub lie under ``library/``."""
        return f"library/{self.path}" if self.host == DOCKER_HUB and "/" not in self.path else self.path

    @property
    def official(self) -> str | None:
        """The name of an official image of Docker Hub (``node`` of ``library/node:22``), else None."""
        if self.host not in (DOCKER_HUB, "index.docker.io"):
            return None
        name = self.path.removeprefix("library/")
        return None if "/" in name or HOLE in name else name

    @property
    def is_local(self) -> bool:
        """Whether its registry runs beside the job, such as ``localhost:5000``: nobody else can pull it."""
        name, colon, _ = self.host.partition(":")
        return HOLE not in self.host and (
            name == "localhost" or name.startswith("127.") or (bool(colon) and "." not in name)
        )

    @property
    def known(self) -> bool:
        """Whether nothing of it is a hole."""
        return HOLE not in self.text

    @property
    def pinned(self) -> bool | None:
        """Whether it has a digest; None if an unknown part may bring one."""
        if self.digest is not None:
            return True
        return None if HOLE in (self.tag or "") else False

    @property
    def valid(self) -> bool:
        """Whether it is a well-formed reference; unknown parts are taken for well-formed ones."""
        if not self.known:
            return True
        if len(self.text) > 4096 or len(self.repository) > 255 or _is_identifier(self.text):
            return False
        return _image_pattern().fullmatch(self.text) is not None


def _is_identifier(text: str) -> bool:
    """Whether it would be read as the identifier of an image, which no name may look like."""
    return len(text) == 64 and all(char in "0123456789abcdef" for char in text)


def _split_host(name: str) -> tuple[str, str]:
    first, slash, rest = name.partition("/")
    if not slash:
        return (HOLE if name.startswith(HOLE) else DOCKER_HUB), name
    if "." in first or ":" in first or first == "localhost" or first != first.lower():
        return first, rest
    if HOLE in first:
        return HOLE, rest
    return DOCKER_HUB, name


class ActionReference(NamedTuple):
    """What ``uses:`` names.

    ``repository``: ``owner/repo/path@ref``; ``local``: ``./path`` (``path`` without the ``./``), also
    ``$/path``; ``docker``: ``docker://image``; ``invalid``: anything else.
    """

    text: str
    kind: Literal["repository", "local", "docker", "invalid"]
    owner: str = ""
    repo: str = ""
    path: str = ""
    ref: str = ""
    image: ImageReference | None = None

    @classmethod
    def parse(cls, text: str) -> ActionReference:
        if text.startswith(("./", ".\\", "$/")) or text in (".", "$"):
            return cls(text, "local", path=text[2:].replace("\\", "/"))
        if text.startswith("docker://"):
            return cls(text, "docker", image=ImageReference.parse(text.removeprefix("docker://")))
        name, at, ref = text.rpartition("@")
        owner, slash, rest = name.partition("/")
        repo, _, path = rest.partition("/")
        if not (at and slash and owner and repo and ref):
            return cls(text, "invalid")
        return cls(text, "repository", owner, repo, path.strip("/"), ref)

    @property
    def name(self) -> str:
        """``owner/repo`` or ``owner/repo/path`` in lower case, to compare; empty if no repository."""
        if self.kind != "repository":
            return ""
        return "/".join(part for part in (self.owner, self.repo, self.path) if part).lower()

    @property
    def repository(self) -> str:
        """``owner/repo`` in lower case; empty if it is no repository."""
        return f"{self.owner}/{self.repo}".lower() if self.kind == "repository" else ""

    @property
    def is_commit(self) -> bool:
        """Whether ``ref`` is a full commit hash (SHA-1 or SHA-256)."""
        return re.fullmatch(r"[0-9a-fA-F]{40}|[0-9a-fA-F]{64}", self.ref) is not None
