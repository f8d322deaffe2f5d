"""What has been copied from the build context when an install runs: manifests alone, or all sources."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from posixpath import basename, normpath

from cilint.model.dockerfile import StageCopy
from cilint.model.package import LOCKFILES
from cilint.pipeline.effects.installs import Install, installs
from cilint.pipeline.effects.node_modules import MAX_INSTALLS, copies_at, lineage
from cilint.text.hole import HOLE

_WHOLE = (".", "*", "/", "./*")


def has_lockfile(install: Install) -> bool | None:
    """Whether the manager's lockfile is among what was copied; None where whole folders were."""
    names = [name for name, manager in LOCKFILES.items() if manager == install.manager]
    found: bool | None = False
    if install.number >= MAX_INSTALLS:
        return None
    if install.instruction.mounts and any(mount.type == "bind" for mount in install.instruction.mounts):
        return None
    for copy in _copies_before(install):
        for source in copy.sources:
            last = basename(source.rstrip("/"))
            if any(fnmatchcase(name, last) for name in names):
                return True
            if HOLE in source or copy.origin is not None or _is_whole(source) or "." not in last:
                found = None
    return found


def source_copy(install: Install) -> StageCopy | None:
    """The first copy of the whole context into the install's folder, unless it was installed there before."""
    found = None
    for owner, instruction in lineage(install.stage) if install.number < MAX_INSTALLS else ():
        if instruction is install.instruction:
            return found
        for copy in copies_at(owner, instruction) if found is None else ():
            whole = copy.origin is None and any(_is_whole(source) for source in copy.sources)
            if whole and install.folder.startswith(copy.destination):
                found = copy
        if any(each.folder == install.folder and each.is_project for each in installs(owner, instruction)):
            return None
    return None


def _is_whole(source: str) -> bool:
    return source in _WHOLE or normpath(source) in (".", "/")


def _copies_before(install: Install) -> Iterator[StageCopy]:
    for owner, instruction in lineage(install.stage):
        if instruction is install.instruction:
            return
        yield from copies_at(owner, instruction)
