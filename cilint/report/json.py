"""The JSON report, version 1, written without loading a JSON library: it is what tools ask for most often."""

from __future__ import annotations

from collections.abc import Iterable

from cilint import __version__
from cilint.report.view import Item, Place, View
from cilint.text.hints import Any

_encode: Any
try:
    from _json import encode_basestring_ascii as _quote
    from _json import make_encoder as _encoder

    _encode = _encoder(None, dict, _quote, None, ": ", ", ", False, False, False)
except ImportError:  # pragma: no cover - an interpreter without the built-in module
    from json import JSONEncoder

    _encode = JSONEncoder(default=dict).iterencode


def dumps(value: Any) -> str:
    """``value`` (None, bool, int, str, mappings with text keys, lists and tuples) as compact ASCII JSON.

    ``##[`` is escaped: GitHub's runner would take it for a command anywhere in a line of a job's log.
    """
    return "".join(_encode(value, 0)).replace("##[", "##\\u005b")


def lines_of(values: Iterable[Any], indent: str) -> str:
    """A JSON array with one member a line."""
    members = [f"{indent}  {dumps(value)}" for value in values]
    return "[\n" + ",\n".join(members) + f"\n{indent}]" if members else "[]"


def render(view: View) -> str:
    """The report, one line a finding."""
    head = dumps({"version": 1, "cilint": __version__, "policy": view.run.policy})
    tail = {
        "suppressed": view.suppressed,
        "baselined": 0,
        "files": {"checked": view.checked, "unparsed": view.unparsed},
        "summary": {level.label: count for level, count in view.counts().items()},
    }
    findings = lines_of(map(_finding, view.items), " ")
    return f'{head[:-1]},\n "findings": {findings},\n {dumps(tail)[1:]}\n'


def place(each: Place) -> dict[str, Any]:
    """A place as both the finding and its related places have it."""
    return {
        "path": each.path,
        "line": each.start.line,
        "column": each.start.column,
        "end_line": each.end.line,
        "end_column": each.end.column,
    }


def _finding(item: Item) -> dict[str, Any]:
    return {
        "rule": item.rule,
        "severity": item.severity.label,
        "message": item.message,
        **place(item.place),
        "related": [{**place(each), "label": each.label} for each in item.related],
        "fix": item.fix.safety if item.fix else None,
        "fingerprint": item.fingerprint,
        "equivalents": item.equivalents,
    }
