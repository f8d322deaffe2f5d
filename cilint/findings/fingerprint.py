"""Identities of findings that survive the moving of lines, and GitHub's own hash of a line."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable

from cilint.findings.finding import Finding
from cilint.text.digest import digest
from cilint.text.source import SourceFile

MASK = (1 << 64) - 1
WINDOW = 100  # UTF-16 units that GitHub's rolling hash looks at
BASE = 37
OLDEST = pow(BASE, WINDOW, 1 << 64)
END_OF_FILE = 65535
UTF_16 = f"utf-16-{sys.byteorder[0]}e"
QUOTED = 400  # code points of the text under the carets that count


Sources = Callable[[str], SourceFile | None]  # the text of a file, by its path in the project


def fingerprints(findings: Iterable[Finding], source: Sources) -> list[str]:
    """One identity a finding, in their order: made of rule, path, the words under the carets and a counter.

    Moving a finding to another line, or indenting it otherwise, leaves its identity as it was.
    """
    seen: dict[tuple[str, str, str], int] = {}
    result = []
    for finding in findings:
        key = (finding.rule, finding.path, _words(finding, source(finding.path)))
        seen[key] = seen.get(key, 0) + 1
        text = "\0".join((*key, str(seen[key])))
        result.append(digest(text.encode("utf-8", "surrogateescape")).hex())
    return result


def _words(finding: Finding, source: SourceFile | None) -> str:
    if source is None or finding.span is None:
        return ""
    start, end = finding.span
    return " ".join(source.text[start : min(end, start + QUOTED)].split())


def line_hashes(text: str) -> list[str]:
    """GitHub code scanning's ``primaryLocationLineHash`` of each line: ``hex:counter``.

    A rolling hash over 100 UTF-16 units from each line's first unit on; spaces and tabs do not count, every
    line end is one line feed (github/codeql-action, src/fingerprints.ts). Lines end at LF, CR or CR LF.
    """
    window = [0] * WINDOW
    starts = [-1] * WINDOW  # the line whose first unit lies at that place of the window
    value = at = line = 0
    hashes: list[str] = []
    counts: dict[int, int] = {}

    def put(unit: int, begins: int) -> None:
        nonlocal value, at
        if starts[at] >= 0:
            counts[value] = counts.get(value, 0) + 1
            hashes.append(f"{value:x}:{counts[value]}")
        starts[at] = begins
        value = (value * BASE + unit - OLDEST * window[at]) & MASK
        window[at] = unit
        at = (at + 1) % WINDOW

    fresh = True
    for unit in [*_units(text), END_OF_FILE]:
        put(unit, line if fresh else -1)
        line += fresh
        fresh = unit == 10
    for _ in range(WINDOW):
        put(0, -1)
    return hashes


def _units(text: str) -> list[int]:
    """UTF-16 units without spaces and tabs, each line end as one line feed."""
    folded = text.replace("\r\n", "\n").replace("\r", "\n").replace(" ", "").replace("\t", "")
    data = folded.encode(UTF_16, "surrogatepass")
    return list(memoryview(data).cast("H")) if data else []
