"""Remembered outcomes: found again when nothing that they depend on has changed, without any parser or rule.

One file an invocation: what was asked of the project (paths and digests), of the configuration and of cilint
itself, and the packed outcome. An entry that is torn, foreign or of another version counts as none.
"""

from __future__ import annotations

import marshal
import os
import sys
from collections.abc import Mapping
from typing import Any, NamedTuple

from cilint import __version__
from cilint.findings.finding import FileEdit, Finding, Fix, Label, NewFile, Severity
from cilint.findings.fingerprint import digest
from cilint.lint.disk import DiskFiles
from cilint.lint.request import Group, Outcome, Request
from cilint.text.edit import Edit
from cilint.text.source import Span

MAGIC = b"cilint\x01"
Packed = Any  # nested tuples of what marshal knows


class Depends(NamedTuple):
    """What an outcome depends on.

    The digest of each path asked for (None: not there), whether the listing was asked for, and the absolute
    paths of the configuration, policy and rule files.
    """

    asked: Mapping[str, bytes | None]
    listed: bool
    outside: tuple[str, ...]


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


def load(files: DiskFiles, group: Group, request: Request) -> Outcome | None:
    """The outcome remembered for this group, if all that it depends on is as it was."""
    entry = _read(_path(group, request))
    if entry is None:
        return None
    try:
        stamp, listing, asked, outside, packed = entry
        if stamp != _stamp() or any(_digest_of(path) != known for path, known in outside):
            return None
        if any(_present(files.peek(path)) != known for path, known in asked):
            return None
        if listing is not None and files.listing_digest() != listing:
            return None
        return _unpack_outcome(packed)
    except (ValueError, TypeError, KeyError):
        return None


def store(files: DiskFiles, group: Group, request: Request, depends: Depends, outcome: Outcome) -> None:
    """Remember an outcome with what it depends on."""
    path = _path(group, request)
    if path is None:
        return
    outside = tuple((name, _digest_of(name)) for name in depends.outside)
    listing = files.listing_digest() if depends.listed else None
    entry = (_stamp(), listing, tuple(sorted(depends.asked.items())), outside, _pack_outcome(outcome))
    payload = marshal.dumps(entry)
    temporary = f"{path}.{os.getpid()}"
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(temporary, "wb") as file:
            file.write(MAGIC + digest(payload) + payload)
        os.replace(temporary, path)
    except OSError:
        pass  # a cache that cannot be written is only slower


def _path(group: Group, request: Request) -> str | None:
    base = folder()
    if base is None:
        return None
    options = (request.policy or "", *request.select, "-", *request.ignore, str(request.force_exclude))
    parts = (group.root, group.config or "", *group.named, "/", *group.found, "/", *options)
    return os.path.join(base, digest("\0".join(parts).encode("utf-8", "surrogateescape")).hex())


def _read(path: str | None) -> Packed:
    try:
        with open(path or "", "rb") as file:
            data = file.read()
        head = len(MAGIC) + 16
        if data[: len(MAGIC)] != MAGIC or digest(data[head:]) != data[len(MAGIC) : head]:
            return None
        return marshal.loads(data[head:])  # noqa: S302 - our own bytes, as the digest shows
    except (OSError, ValueError, EOFError, TypeError):
        return None


def _present(data: bytes | None) -> bytes | None:
    return None if data is None else digest(data)


def _digest_of(path: str) -> bytes | None:
    """The digest of a file's content, or of a folder's file names and contents' sizes and times."""
    try:
        if os.path.isdir(path):
            return digest(repr(_listing(path)).encode())
        with open(path, "rb") as file:
            return digest(file.read())
    except OSError:
        return None


def _stamp() -> bytes:
    """What stands for cilint itself: its version, Python's, and the state of its own files."""
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    own = [*_listing(package), *_listing(os.path.join(os.path.dirname(package), "rules"))]
    return digest(repr((__version__, sys.version, own)).encode())


def _listing(top: str) -> list[tuple[str, int, int]]:
    """Name, size and time of every source or rule file under ``top``."""
    result, pending = [], [top]
    while pending:
        try:
            with os.scandir(pending.pop()) as entries:
                for entry in entries:
                    if entry.name.endswith((".py", ".yaml", ".yml", ".json")):
                        state = entry.stat()
                        result.append((entry.path, state.st_size, state.st_mtime_ns))
                    elif (
                        "." not in entry.name
                        and entry.name != "__pycache__"
                        and entry.is_dir(follow_symlinks=False)
                    ):
                        pending.append(entry.path)
        except OSError:
            continue
    return sorted(result)


def _pack_outcome(outcome: Outcome) -> Packed:
    equivalents = {
        rule: {peer: tuple(ids) for peer, ids in peers.items()} for rule, peers in outcome.equivalents.items()
    }
    findings = tuple(_pack(finding) for finding in outcome.findings)
    return (
        outcome.root,
        outcome.policy,
        findings,
        outcome.suppressed,
        outcome.checked,
        outcome.unparsed,
        equivalents,
    )


def _unpack_outcome(packed: Packed) -> Outcome:
    root, policy, findings, suppressed, checked, unparsed, equivalents = packed
    return Outcome(root, policy, tuple(map(_unpack, findings)), suppressed, checked, unparsed, equivalents)


def _pack(finding: Finding) -> Packed:
    span = None if finding.span is None else tuple(finding.span)
    related = tuple((label.path, *label.span, label.text) for label in finding.related)
    fix = None if finding.fix is None else _pack_fix(finding.fix)
    return (finding.rule, int(finding.severity), finding.message, finding.path, span, related, fix)


def _unpack(packed: Packed) -> Finding:
    rule, severity, message, path, span, related, fix = packed
    labels = tuple(Label(name, Span(start, end), text) for name, start, end, text in related)
    place = None if span is None else Span(*span)
    return Finding(
        rule, Severity(severity), message, path, place, labels, None if fix is None else _unpack_fix(fix)
    )


def _pack_fix(fix: Fix) -> Packed:
    edits = tuple((edit.path, *edit.edit.span, edit.edit.text) for edit in fix.edits)
    return (fix.title, fix.safety, edits, tuple(tuple(new) for new in fix.creates))


def _unpack_fix(packed: Packed) -> Fix:
    title, safety, edits, creates = packed
    changes = tuple(FileEdit(path, Edit(Span(start, end), text)) for path, start, end, text in edits)
    return Fix(title, safety, changes, tuple(NewFile(*new) for new in creates))
