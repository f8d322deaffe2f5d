"""What BuildKit refuses of a ``RUN --mount``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cilint.errors import nearest
from cilint.model.dockerfile_state import resolve
from cilint.syntax.dockerfile import DockerfileError, Mount
from cilint.syntax.dockerfile_mounts import MountOption

TYPES = ("bind", "cache", "tmpfs", "secret", "ssh")
SHARING = ("shared", "private", "locked")
_BARE = ("readonly", "ro", "readwrite", "rw", "required")
_TARGET = ("target", "dst", "destination")
_VALUES = ("type", "from", "source", "src", *_TARGET, "id", "sharing", "size", "mode")
_KEYS = (*_VALUES, *_BARE, "uid", "gid", "env")
BOOLEAN = frozenset({"1", "t", "T", "TRUE", "true", "True", "0", "f", "F", "FALSE", "false", "False"})
_ONLY = {
    "required": ("secret", "ssh"),
    "size": ("tmpfs",),
    "mode": ("secret", "ssh", "cache"),
    "uid": ("secret", "ssh", "cache"),
    "gid": ("secret", "ssh", "cache"),
    "sharing": ("cache",),
}
"""The types that an option is for."""
_AFTER_TYPE = ("required", "size")
"""Options that are refused where they stand before ``type``."""


def mount_problems(mount: Mount, workdir: str) -> Iterator[DockerfileError]:
    """The errors of one mount of a RUN in ``workdir``; values with variables are not judged."""
    if mount.error:
        yield DockerfileError(mount.span, f"the mount is no list of options: {mount.error}", fatal=False)
        return
    so_far, final = "bind", mount.type
    for option in mount.options:
        kind = so_far if option.key in _AFTER_TYPE else final
        message = _option_problem(option) or _type_problem(option, kind, final)
        if message:
            yield DockerfileError(option.span, message, fatal=False)
        if option.key == "type" and option.value:
            so_far = option.value.lower()
    message = _secret_problem(mount) if mount.type == "secret" else None
    if message:
        yield DockerfileError(mount.span, message, fatal=False)
    target = mount.option(*_TARGET)
    if mount.type in ("bind", "cache", "tmpfs") and resolve(workdir, mount.target or "") == "/":
        place = target.span if target else mount.span
        yield DockerfileError(place, "a mount cannot have / as its target", fatal=False)


def _option_problem(option: MountOption) -> str | None:
    key, value = option.key, option.value
    if key not in _KEYS:
        close = nearest(key, _KEYS) if key else None
        return f"unknown mount option {key}" + (f"; did you mean {close}?" if close else "")
    if value is None:
        return None if key in _BARE else f"mount option {key} needs a value"
    if key == "from" and re.search(r"\$.", value):
        return "mount option from knows no variables; name a stage FROM it instead"
    if "$" in value:
        return None
    return _value_problem(key, value)


def _value_problem(key: str, value: str) -> str | None:
    allowed = {"type": TYPES, "sharing": SHARING}.get(key)
    if allowed and value.lower() not in allowed:
        close = nearest(value, allowed)
        return f"unknown {key} {value} of a mount" + (f"; did you mean {close}?" if close else "")
    if key in _BARE and value not in BOOLEAN:
        return f"mount option {key} is true or false, not {value}"
    if key in ("uid", "gid") and not _is_number(value, 10):
        return f"mount option {key} is a number below 2^32, not {value}"
    if key == "mode" and not _is_number(value, 8):
        return f"mount option mode is an octal number, not {value}"
    if key == "size" and not re.fullmatch(r"[0-9]+(?:\.[0-9]+)* ?[kmgtp]?i?b?", value, re.IGNORECASE):
        return f"mount option size is a number of bytes such as 64m, not {value}"
    return None


def _type_problem(option: MountOption, kind: str, final: str) -> str | None:
    """``kind`` is the type that counts for the option, ``final`` that of the mount."""
    types = _ONLY.get(option.key)
    if types is None or "$" in kind or kind not in TYPES or kind in types:
        return None
    if final in types:
        return f"mount option {option.key} must come after type={final}"
    return f"mount option {option.key} is only for mounts of type {' or '.join(types)}, not {kind}"


def _secret_problem(mount: Mount) -> str | None:
    if mount.from_:
        return "a secret mount has no from"
    if not (mount.source or mount.target or mount.id):
        return "a secret mount needs an id, a source or a target"
    if mount.source and mount.id:
        return "a secret mount has either source or id, not both"
    return None


def _is_number(text: str, base: int) -> bool:
    """Whether BuildKit takes it for a number of 32 bits."""
    return re.fullmatch(rf"[0-{base - 1}]{{1,40}}", text) is not None and int(text, base) < 1 << 32
