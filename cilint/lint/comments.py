"""Comments that suppress findings: cilint's own and those of its peers, read from a file's text."""

from __future__ import annotations

import re
from collections.abc import Iterable

from cilint.text.hints import Literal
from cilint.text.source import SourceFile, Span
from cilint.text.values import NamedTuple

Tool = Literal["cilint", "hadolint", "zizmor", "buildkit", "dclint"]
Scope = Literal["block", "span", "stage", "file"]

OWN = (
    r"(?P<head>#\s*cilint:\s*(?P<kind>ignore-file|ignore)\b(?:\s*\[(?P<names>[^\]\n]*)\])?)"
    r"[ \t:-]*(?P<reason>.*)"
)
ZIZMOR = r"#\s*zizmor:\s*ignore\[(?P<names>[^\]\n]+)\]"
HADOLINT = (
    r"#\s*hadolint\s+(?:(?P<kind>global|stage)\s+)?ignore\s*="
    r"\s*(?P<names>(?:DL|SC)[0-9]{4}(?:\s*,\s*(?:DL|SC)[0-9]{4})*)\s*(?:#|\Z)"
)
BUILDKIT = r"#\s*check\s*=(?P<names>.*)"
DCLINT = r"#\s*dclint\s+disable(?P<kind>-file|-line)?(?:\s+(?P<names>[^#]*))?(?:#|\Z)"
NEXT_MARKER = r"#\s*(?:zizmor|hadolint|cilint|dclint)\b"


class Name(NamedTuple):
    """A rule's id, a group, or a peer's id, and where it is written."""

    text: str
    span: Span


class Marker(NamedTuple):
    """One comment that suppresses. ``line`` is the one it stands for: its own, or the next with more.

    ``span`` is the comment from its ``#`` on; ``alone``: nothing else is on its line.
    """

    tool: Tool
    scope: Scope
    span: Span
    names: tuple[Name, ...]
    reason: str
    line: int
    alone: bool


def markers(source: SourceFile, comments: Iterable[Span]) -> list[Marker]:
    """The markers in a file's comments, in source order."""
    lines = {source.position(span.start).line: span for span in comments}
    following, directives = _following(source, lines), _directives(source)
    found = []
    checked: set[int] = set()
    for number, span in sorted(lines.items()):
        for marker in _in_comment(source, span, number, following[number], number <= directives):
            if marker.tool == "buildkit" and marker.scope == "block":
                if marker.line in checked:
                    continue  # of several above an instruction, BuildKit reads the first
                checked.add(marker.line)
            found.append(marker)
    return found


def _in_comment(
    source: SourceFile, span: Span, number: int, following: int, is_directive: bool
) -> list[Marker]:
    text = source.slice(span)
    alone = not source.text[source.line_starts[number - 1] : span.start].strip()
    target = following if alone else number
    found = []
    for match in re.finditer(OWN, text):
        scope: Scope = "file" if match["kind"] == "ignore-file" else "block"
        reason = re.split(NEXT_MARKER, match["reason"])[0].strip()
        end = match.start("reason") + len(reason) if reason else match.end("head")
        whole = Span(match.start(), end).shift(span.start)
        found.append(Marker("cilint", scope, whole, _names(match, span), reason, target, alone))
    peers: list[tuple[Tool, Scope, tuple[Name, ...], int]] = []
    if ignore := re.search(ZIZMOR, text):
        peers.append(("zizmor", "span", _names(ignore, span), target))
    if ignore := re.match(HADOLINT, text):
        scope = "file" if ignore["kind"] == "global" else "stage" if ignore["kind"] else "block"
        peers.append(("hadolint", scope, _names(ignore, span), number + 1))
    if disable := re.match(DCLINT, text):
        scope = "block" if disable["kind"] == "-line" else "file"
        peers.append(("dclint", scope, _names(disable, span) or (Name("all", span),), target))
    if alone and (check := re.match(BUILDKIT, text)):
        scope = "file" if is_directive else "block"
        peers.append(("buildkit", scope, _skipped(check, span), target))
    return found + [Marker(tool, reach, span, names, "", line, alone) for tool, reach, names, line in peers]


def _following(source: SourceFile, comments: dict[int, Span]) -> dict[int, int]:
    """For each line with a comment the first after it that is not blank and no comment of its own.

    Itself where there is none.
    """
    found: dict[int, int] = {}
    following = 0
    for line in range(len(source.line_starts), 0, -1):
        if line in comments:
            found[line] = following or line
        text = source.line(line).strip()
        if text and not (line in comments and text.startswith("#")):
            following = line
    return found


def _names(match: re.Match[str], comment: Span) -> tuple[Name, ...]:
    start = comment.start + max(match.start("names"), 0)
    return tuple(
        Name(word[0], Span(start + word.start(), start + word.end()))
        for word in re.finditer(r"[^\s,]+", match["names"] or "")
    )


def _skipped(match: re.Match[str], comment: Span) -> tuple[Name, ...]:
    """The checks that BuildKit's ``# check=skip=…;error=…`` leaves out; a reason may follow after a blank."""
    skip = re.search(r"(?:^|;)\s*skip\s*=\s*([^;,\s]*(?:\s*,\s*[^;,\s]+)*)", match["names"])
    if skip is None:
        return ()
    return tuple(Name(word, comment) for word in re.split(r"[\s,]+", skip[1]) if word)


def _directives(source: SourceFile) -> int:
    """How many of the first lines are directives of BuildKit: they end with anything that is none."""
    number = 0
    while re.match(r"#\s*[A-Za-z][\w-]*\s*=", source.line(number + 1)):
        number += 1
    return number
