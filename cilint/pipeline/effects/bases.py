"""What is known of the images that stages are built on: their user, their shell, the programs in them.

Facts of the images' own Dockerfiles: docker-library's (node, python …), which end as root and of which the
slim variants purge curl and wget; Alpine's, whose wget is busybox's; distroless, which has a shell in
``debug`` alone.
Of any other image nothing is known, which is never told as a fault.
"""

from __future__ import annotations

import re

from cilint.model.dockerfile import Stage
from cilint.model.references import ImageReference
from cilint.syntax.dockerfile import Instruction
from cilint.text.hole import HOLE
from cilint.text.values import NamedTuple

_MIRRORS = (
    "public.ecr.aws/docker/library/",
    "mirror.gcr.io/library/",
    "mcr.microsoft.com/mirror/docker/library/",
)
_ROOT = frozenset({
    "node", "alpine", "debian", "ubuntu", "python", "golang", "ruby", "php", "rust", "openjdk",
    "eclipse-temurin", "amazoncorretto", "maven", "nginx", "httpd", "busybox", "buildpack-deps", "fedora",
    "rockylinux", "almalinux", "amazonlinux", "archlinux", "centos", "oraclelinux", "perl", "elixir",
    "erlang", "swift", "bash", "caddy", "composer", "clojure", "haskell", "julia", "pypy", "mono",
})  # fmt: skip
"""Official images that run as root and do not give that up by themselves when they start."""
_ROOT_ELSEWHERE = ("docker.io/oven/bun", "docker.io/denoland/deno")
_DEBIAN = frozenset(
    {"node", "python", "ruby", "golang", "rust", "perl", "pypy", "openjdk", "erlang", "elixir"}
)
"""Official images on buildpack-deps, which brings curl and wget; their slim variants have neither."""
_RUNTIMES = {
    "node": ("node", "npm", "npx"),
    "python": ("python", "python3", "pip", "pip3"),
    "ruby": ("ruby",),
    "golang": ("go",),
    "php": ("php",),
    "perl": ("perl",),
}
_BUSYBOX = frozenset({
    "wget", "nc", "nslookup", "ping", "sh", "ash", "cat", "echo", "grep", "sed", "awk", "test", "true",
    "false", "sleep", "ps", "pgrep", "netstat", "date", "find", "head", "tail", "tr", "cut", "xargs",
    "timeout", "env", "expr",
})  # fmt: skip
_COREUTILS = frozenset({
    "sh", "cat", "echo", "grep", "sed", "test", "true", "false", "sleep", "date", "find", "head", "tail",
    "tr", "cut", "xargs", "timeout", "env", "expr",
})  # fmt: skip
_PROBES = frozenset(
    {"curl", "wget", "nc", "node", "python3", "python", "bun", "deno", "ruby", "php", "httpie"}
)


class Base(NamedTuple):
    """An image: of programs in neither set it is not known whether they are there, of ``None`` the same."""

    present: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()
    has_shell: bool | None = None
    busybox: bool = False

    def has(self, program: str) -> bool | None:
        return True if program in self.present else (False if program in self.absent else None)


def library_name(image: ImageReference | None) -> str | None:
    """The name of one of Docker's official images, also where it comes from a mirror; None for any other."""
    if image is None:
        return None
    for mirror in _MIRRORS:
        if image.name.startswith(mirror):
            name = image.name.removeprefix(mirror)
            return None if "/" in name or HOLE in name else name
    return image.official


def runtime_env(stage: Stage) -> dict[str, str]:
    """The variables of a container of the stage; no official image sets PORT by itself."""
    env = {name: value for name, value in stage.final_state.env.items() if value is not None}
    if "PORT" not in env and library_name(stage.root_image):
        env["PORT"] = ""
    return env


def node_release(image: ImageReference) -> str | None:
    """The version of Node.js that an image is for, as its name or tag has it; None for other images.

    Tags of images that are not Docker's own count where they begin with a number.
    """
    tag = image.tag or "latest"
    if library_name(image) == "node":
        return tag
    name = re.fullmatch(r"node(?:js)?(?:-?(\d+)(?:-.*)?)?", image.path.rpartition("/")[2])
    if name is None:
        return None
    return name[1] or (tag if tag[:1].isdigit() else None)


def node_major(stage: Stage) -> int | None:
    """The major version of Node.js in a stage built on the official image; None where it is not said."""
    image = stage.root_image
    if image is None or library_name(image) != "node":
        return None
    major = (image.tag or "").partition("-")[0].partition(".")[0]
    return int(major) if major.isdecimal() and len(major) < 4 else None


def base_of(stage: Stage) -> Base:
    """What is known of the image at the bottom of a stage."""
    bottom = stage.chain[-1] if stage.chain else stage
    if bottom.base == "scratch":
        return Base(absent=_PROBES | _BUSYBOX, has_shell=False)
    image = bottom.image
    if image is None:
        return Base()
    tag = image.tag or ""
    if image.host == "gcr.io" and image.path.startswith("distroless/"):
        return _distroless(image.path, tag)
    name = library_name(image)
    alpine = name == "alpine" or "alpine" in tag
    runtime = frozenset(_RUNTIMES.get(name or "", ()))
    if image.name == "docker.io/oven/bun":
        runtime = frozenset({"bun"})
    elif name is None or (name in ("php", "nginx") and alpine):
        return Base()
    if alpine or name == "busybox":
        return Base(_BUSYBOX | runtime, _PROBES - _BUSYBOX - runtime, has_shell=True, busybox=True)
    if name in ("debian", "ubuntu") or (name in _DEBIAN and "slim" in tag):
        return Base(_COREUTILS | runtime, _PROBES - runtime - {"python3"}, has_shell=True)
    if name in _DEBIAN and HOLE not in tag and "windows" not in tag and "nanoserver" not in tag:
        present = _COREUTILS | runtime | {"curl", "wget", "python3"}
        return Base(present, _PROBES - present - {"python"}, has_shell=True)
    return Base(runtime)


def libc_of(stage: Stage) -> str:
    """The C library of the image at the bottom of a stage, ``musl`` or ``glibc``; empty where unknown."""
    bottom = stage.chain[-1] if stage.chain else stage
    image = bottom.image
    if image is None or HOLE in image.text:
        return ""
    name, tag = library_name(image), image.tag or ""
    if name == "alpine" or (name is not None and "alpine" in tag):
        return "musl"
    is_distroless = image.host == "gcr.io" and image.path.startswith("distroless/")
    if is_distroless or (
        name in (*_DEBIAN, "debian", "ubuntu") and "windows" not in tag and "nano" not in tag
    ):
        return "glibc"
    return ""


def _distroless(path: str, tag: str) -> Base:
    runtime = frozenset({"node"}) if "/nodejs" in path else frozenset[str]()
    if "python" in path:
        runtime = frozenset({"python", "python3"})
    if "debug" in tag or HOLE in tag:
        return Base(runtime, frozenset({"curl"}))
    return Base(runtime, (_PROBES | _BUSYBOX) - runtime, has_shell=False)


def ends_as_root(image: ImageReference) -> bool | None:
    """Whether a container of the image runs as root unless something says otherwise."""
    if image.host == "gcr.io" and image.path.startswith("distroless/"):
        tag = image.tag or ""
        return None if HOLE in tag else "nonroot" not in tag
    if library_name(image) in _ROOT or image.name in _ROOT_ELSEWHERE:
        return True
    return None


def is_root(user: str) -> bool | None:
    """Whether a USER means root; None where it is not known."""
    name = user.partition(":")[0].strip()
    return None if HOLE in name else name in ("", "root") or (name.isdecimal() and int(name) == 0)


def runs_as_root(stage: Stage, instruction: Instruction | None = None) -> bool | None:
    """Whether an instruction (None: the container in the end) runs as root."""
    state = stage.state(instruction) if instruction else stage.final_state
    if state.user is not None:
        return is_root(state.user)
    image = stage.root_image
    return ends_as_root(image) if image else None


def home_of(stage: Stage, instruction: Instruction) -> str | None:
    """The home of the user that an instruction runs as; None where it is not known."""
    if runs_as_root(stage, instruction):
        return "/root"
    user = (stage.state(instruction).user or "").partition(":")[0]
    if library_name(stage.root_image) == "node" and user in ("node", "1000"):
        return "/home/node"
    return None
