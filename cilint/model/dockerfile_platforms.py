"""What ``--platform`` may say (github.com/containerd/platforms)."""

from __future__ import annotations

import re

from cilint.text.hole import HOLE

_SYSTEMS = frozenset({
    "aix", "android", "darwin", "dragonfly", "freebsd", "hurd", "illumos", "ios", "js", "linux", "macos",
    "nacl", "netbsd", "openbsd", "plan9", "solaris", "windows", "zos",
})  # fmt: skip
_ARCHITECTURES = frozenset({
    "386", "amd64", "amd64p32", "arm", "armbe", "arm64", "arm64be", "ppc64", "ppc64le", "loong64", "mips",
    "mipsle", "mips64", "mips64le", "mips64p32", "mips64p32le", "ppc", "riscv", "riscv64", "s390", "s390x",
    "sparc", "sparc64", "wasm", "i386", "x86_64", "x86-64", "aarch64", "armhf", "armel",
})  # fmt: skip


def is_platform(text: str) -> bool:
    """Whether it is a platform such as ``linux/arm64/v8``; unknown parts may be anything."""
    if HOLE in text:
        return True
    parts = text.split("/")
    if len(parts) > 3 or not all(re.fullmatch(r"[A-Za-z0-9_.-]+(?:\([^()]*\))?", part) for part in parts):
        return False
    first = parts[0].partition("(")[0].lower()
    return len(parts) > 1 or first in _SYSTEMS or first in _ARCHITECTURES
