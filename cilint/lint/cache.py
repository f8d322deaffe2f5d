"""Runs remembered whole: what one printed is printed again while nothing that it looked at has changed.

An entry belongs to the arguments, the working folder and what else decides how a run prints. It holds a
digest of all that the run looked at: cilint's own files, the files read and those not found, listings, the
kinds of paths, other programs; then what was written and the exit status. A torn, foreign or outdated entry
counts as none. Nothing here loads a parser, a rule or a library for the command line: that is what makes a
second run quick.
"""

from __future__ import annotations

import marshal
import os
import stat
import sys

from cilint import __version__, own
from cilint.lint.disk import DiskFiles
from cilint.text.digest import SIZE, digest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

MAGIC = b"cilint\x02"
ENVIRONMENT = (
    "CI_PROJECT_DIR", "CILINT_DEBUG", "FORCE_COLOR", "GITHUB_ACTIONS", "GITHUB_WORKSPACE", "NO_COLOR", "TERM",
)  # fmt: skip
ENTRIES = 1000
NEVER = ("-", "--no-cache", "-v", "--verbose", "-h", "--help")


class Trace:
    """What a run looked at.

    ``probes``: the kind of each absolute path (as ``probe`` gives it). ``contents``: the digest of each
    file by
    its project's root and its path (None: not there); the root is empty for a path outside any project.
    ``listings``: the digest of the listing of each project whose files were listed, by its root.
    ``programs``: the state of each program that was asked, by its name.
    """

    __slots__ = ("contents", "listings", "probes", "programs")

    def __init__(self) -> None:
        self.probes: dict[str, int] = {}
        self.contents: dict[tuple[str, str], bytes | None] = {}
        self.listings: dict[str, bytes] = {}
        self.programs: dict[str, str] = {}

    def probe(self, path: str) -> int:
        """The kind of the file at ``path``, noted down."""
        self.probes[path] = kind = probe(path)
        return kind

    def read(self, path: str) -> None:
        """Note the content of a file outside any project."""
        self.contents["", path] = _content(path)


class Entry:
    """What a run wrote: each output with its file (None: standard output), the errors, the exit status."""

    __slots__ = ("errors", "outputs", "status")

    def __init__(self, outputs: Sequence[tuple[str | None, str]], errors: str, status: int) -> None:
        self.outputs = tuple(outputs)
        self.errors = errors
        self.status = status


def probe(path: str) -> int:
    """The file format bits of a path's mode, links followed where they lead somewhere; 0 where there is
    nothing.
    """
    try:
        return stat.S_IFMT(os.stat(path).st_mode)
    except OSError:
        return stat.S_IFLNK if os.path.islink(path) else 0


def folder() -> str | None:
    """The cache folder: CILINT_CACHE_DIR, else the user's; None where neither is known."""
    chosen = os.environ.get("CILINT_CACHE_DIR")
    if chosen:
        return os.path.abspath(chosen)
    shared = os.environ.get("XDG_CACHE_HOME")
    if shared and os.path.isabs(shared):
        return os.path.join(shared, "cilint")
    home = os.path.expanduser("~")
    return os.path.join(home, ".cache", "cilint") if os.path.isabs(home) else None


def entry_path(arguments: Sequence[str]) -> str | None:
    """Where the run with these arguments is remembered; None for one that never is."""
    base = folder()
    if base is None or any(each in NEVER for each in arguments):
        return None
    try:
        facts = [os.getcwd(), str(sys.stdout.isatty()), *(os.environ.get(name, "") for name in ENVIRONMENT)]
    except OSError:
        return None
    return os.path.join(
        base, digest("\0".join([*facts, *arguments]).encode("utf-8", "surrogateescape")).hex()
    )


def load(arguments: Sequence[str]) -> Entry | None:
    """What the same run wrote before, if all that it looked at is as it was."""
    path = entry_path(arguments)
    remembered = _read(path) if path else None
    try:
        if remembered is None or remembered[0] != _stamp() or not _holds(*remembered[1:5]):
            return None
        return Entry(*remembered[5:])
    except (ValueError, TypeError):
        return None


def store(arguments: Sequence[str], trace: Trace, entry: Entry) -> None:
    """Remember a run. A cache that cannot be written only makes the next run slower."""
    path = entry_path(arguments)
    if path is None:
        return
    looked = (trace.probes, trace.contents, trace.listings, trace.programs)
    payload = marshal.dumps((_stamp(), *looked, entry.outputs, entry.errors, entry.status))
    temporary = f"{path}.{os.getpid()}"
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(temporary, "wb") as file:
            file.write(MAGIC + digest(payload) + payload)
        os.replace(temporary, path)
        _prune(os.path.dirname(path))
    except OSError:
        pass


def _prune(path: str) -> None:
    """Remove the older half of the entries where there are too many."""
    names = os.listdir(path)
    if len(names) <= ENTRIES:
        return
    entries = sorted((os.path.join(path, name) for name in names), key=os.path.getmtime)
    for entry in entries[: len(entries) // 2]:
        os.unlink(entry)


def _read(path: str) -> Any:
    head = len(MAGIC) + SIZE
    try:
        with open(path, "rb") as file:
            data = file.read()
        if data[: len(MAGIC)] != MAGIC or digest(data[head:]) != data[len(MAGIC) : head]:
            return None
        return marshal.loads(data[head:])  # noqa: S302 - our own bytes, as the digest shows
    except (OSError, ValueError, EOFError, TypeError):
        return None


def _holds(
    probes: dict[str, int],
    contents: dict[tuple[str, str], bytes | None],
    listings: dict[str, bytes],
    asked: dict[str, str],
) -> bool:
    """Whether everything is as a trace has it."""
    if any(probe(path) != kind for path, kind in probes.items()):
        return False
    if asked and not _are_the_same(asked):
        return False
    projects = {root: DiskFiles(root) for root in {*listings, *(root for root, _ in contents)} if root}
    for (root, path), known in contents.items():
        if (projects[root].peek_digest(path) if root else _content(path)) != known:
            return False
    return all(projects[root].listing_digest() == known for root, known in listings.items())


def _are_the_same(asked: dict[str, str]) -> bool:
    from cilint import programs

    return all(programs.state(name) == known for name, known in asked.items())


def _content(path: str) -> bytes | None:
    try:
        with open(path, "rb") as file:
            return digest(file.read())
    except OSError:
        return None


def _stamp() -> bytes:
    """What stands for cilint itself: its version, Python's, and the state of its own files."""
    return digest(repr((__version__, sys.version, own.state())).encode())
