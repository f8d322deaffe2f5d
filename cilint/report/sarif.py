"""SARIF 2.1.0 as GitHub code scanning reads it, with all rules of the run, fingerprints, related places
and fixes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from cilint import __version__
from cilint.findings.finding import FileEdit, Severity
from cilint.findings.fingerprint import line_hashes
from cilint.report.json import dumps, lines_of
from cilint.report.view import Item, Place, View
from cilint.text.hints import Any
from cilint.text.source import SourceFile
from cilint.text.values import NamedTuple

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
SECURITY = {Severity.ERROR: "8.0", Severity.WARNING: "5.5", Severity.INFO: "2.5"}
PROBLEM = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "recommendation"}
TEXT = 1024  # characters that GitHub takes in a description
RESULTS = 25_000
PERCENT = "-._~/abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


class Description(NamedTuple):
    """A rule as SARIF tells of it: ``help`` is Markdown, ``equivalents`` the ids in other tools."""

    id: str
    title: str
    why: str
    severity: Severity
    help: str = ""
    equivalents: Mapping[str, Sequence[str]] = {}

    @property
    def security(self) -> bool:
        return self.id.startswith("security/")


def render(view: View, rules: Sequence[Description] = ()) -> str:
    """The log. ``rules``: all that were judged; those with findings only are added where they are missing."""
    described = {rule.id: rule for rule in rules}
    for item in view.items:
        described.setdefault(item.rule, Description(item.rule, item.rule, item.rule, item.severity))
    index = {identity: number for number, identity in enumerate(described)}
    hashes = _Hashes()
    items = sorted(view.items, key=lambda item: -item.severity)[:RESULTS]
    results = lines_of((_result(item, index, hashes, view) for item in items), "  ")
    driver = {
        "name": "cilint", "semanticVersion": __version__, "version": __version__,
        "rules": [_rule(rule) for rule in described.values()],
    }  # fmt: skip
    head = dumps({"tool": {"driver": driver}, "columnKind": "unicodeCodePoints"})
    start = dumps({"$schema": SCHEMA, "version": "2.1.0"})
    return f'{start[:-1]},\n "runs": [{head[:-1]},\n  "results": {results}}}]}}\n'


class _Hashes:
    """GitHub's hash of the line of a place; each file is hashed once."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[SourceFile, list[str]]] = {}

    def at(self, place: Place) -> str | None:
        source = place.source
        if source is None:
            return None
        if id(source) not in self._known:
            self._known[id(source)] = (source, line_hashes(source.text))
        hashes = self._known[id(source)][1]
        return hashes[place.start.line - 1] if place.start.line <= len(hashes) else None


def _rule(rule: Description) -> dict[str, Any]:
    properties: dict[str, Any] = {"tags": [rule.id.partition("/")[0]], "precision": "high"}
    if rule.security:
        properties["tags"] = ["security"]
        properties["security-severity"] = SECURITY[rule.severity]
    else:
        properties["problem.severity"] = PROBLEM[rule.severity]
    why = rule.why.strip() or rule.title
    return {
        "id": rule.id,
        "name": rule.id,
        "shortDescription": {"text": rule.title[:TEXT]},
        "fullDescription": {"text": why[:TEXT]},
        "help": {"text": why, "markdown": rule.help or why},
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": properties,
    }


def _result(item: Item, index: Mapping[str, int], hashes: _Hashes, view: View) -> dict[str, Any]:
    line_hash = hashes.at(item.place)
    result: dict[str, Any] = {
        "ruleId": item.rule,
        "ruleIndex": index[item.rule],
        "level": LEVELS[item.severity],
        "message": {"text": item.message or item.rule},
        "locations": [_location(item.place)],
        "partialFingerprints": {
            **({"primaryLocationLineHash": line_hash} if line_hash else {}),
            "cilint/v1": item.fingerprint,
        },
    }
    if item.related:
        result["relatedLocations"] = [
            {"id": number, **_location(place), **({"message": {"text": place.label}} if place.label else {})}
            for number, place in enumerate(item.related, 1)
        ]
    if item.fix and item.fix.edits:
        result["fixes"] = [_fix(item, view)]
    return result


def _location(place: Place) -> dict[str, Any]:
    return {"physicalLocation": {"artifactLocation": {"uri": uri(place.path)}, "region": _region(place)}}


def _region(place: Place) -> dict[str, int]:
    return {
        "startLine": place.start.line, "startColumn": place.start.column,
        "endLine": place.end.line, "endColumn": place.end.column,
    }  # fmt: skip


def _fix(item: Item, view: View) -> dict[str, Any]:
    assert item.fix is not None
    root = item.root
    changes: dict[str, list[FileEdit]] = {}
    for edit in item.fix.edits:
        changes.setdefault(edit.path, []).append(edit)
    return {
        "description": {"text": item.fix.title or "fix"},
        "artifactChanges": [
            {
                "artifactLocation": {"uri": uri(view.shown(root, path))},
                "replacements": _replacements(edits, view, root),
            }
            for path, edits in changes.items()
        ],
    }


def _replacements(edits: Iterable[FileEdit], view: View, root: str) -> list[dict[str, Any]]:
    return [
        {
            "deletedRegion": _region(view.place(root, each.path, each.edit.span)),
            "insertedContent": {"text": each.edit.text},
        }
        for each in edits
    ]


def uri(path: str) -> str:
    """A relative path as a URI reference."""
    data = path.encode("utf-8", "surrogateescape")
    return "".join(chr(byte) if chr(byte) in PERCENT else f"%{byte:02X}" for byte in data)
