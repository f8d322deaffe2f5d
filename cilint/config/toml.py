"""The ``[tool.cilint]`` table of a pyproject.toml as values with places, which ``tomllib`` does not tell."""

from __future__ import annotations

import re

from cilint.errors import CilintError
from cilint.rules.reader import Value
from cilint.rules.rule import Place
from cilint.text.hints import Any
from cilint.text.source import SourceFile

TABLE = ("tool", "cilint")
_HEADER = re.compile(r"\s*\[\[?\s*(?P<keys>[^\]]+?)\s*\]\]?")
_KEY = re.compile(r"""[\w-]+|"[^"\n]*"|'[^'\n]*'""")
_ASSIGNED = re.compile(rf"\s*(?P<keys>(?:{_KEY.pattern})(?:\s*\.\s*(?:{_KEY.pattern}))*)\s*=")


def read_toml(path: str, text: str) -> Value | None:
    """The table's value, or None where the file has no such table. Raises CilintError for wrong TOML."""
    import tomllib

    try:
        data: Any = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line (\d+), column (\d+)", str(error))
        line, column = (int(place[1]), int(place[2])) if place else (1, 1)
        raise CilintError(str(error).partition(" (at ")[0], path=path, line=line, column=column) from None
    for name in TABLE:
        data = data.get(name) if isinstance(data, dict) else None
    return None if data is None else _Places(SourceFile(path, text)).value(data, TABLE, 0)


class _Places:
    """Where keys stand: those at the start of a line exactly, others by a search from the key around them."""

    def __init__(self, source: SourceFile) -> None:
        self.source = source
        self.offsets: dict[tuple[str, ...], int] = {}
        table: tuple[str, ...] = ()
        for start in source.line_starts:
            header = _HEADER.match(source.text, start)
            assigned = _ASSIGNED.match(source.text, start)
            if assigned:
                self.offsets.setdefault((*table, *_keys(assigned["keys"])), assigned.start("keys"))
            elif header:
                table = _keys(header["keys"])
                self.offsets.setdefault(table, header.start("keys"))

    def value(self, data: Any, keys: tuple[str, ...], around: int) -> Value:
        offset = self.offsets.get(keys, around)
        if isinstance(data, dict):
            starts = {key: self.start((*keys, key), offset) for key in data}
            entries = {key: self.value(each, (*keys, key), starts[key]) for key, each in data.items()}
            places = {key: self.place(start) for key, start in starts.items()}
            return Value(entries, self.place(offset), keys=places)
        if isinstance(data, list):
            return Value([self.value(each, (*keys, ""), offset) for each in data], self.place(offset))
        raw = str(data).lower() if isinstance(data, bool) else str(data)
        return Value(data, self.place(offset), raw=raw)

    def start(self, keys: tuple[str, ...], around: int) -> int:
        if keys in self.offsets:
            return self.offsets[keys]
        found = re.compile(rf"""["']?{re.escape(keys[-1])}["']?\s*[=.\]]""").search(self.source.text, around)
        return found.start() if found else around

    def place(self, offset: int) -> Place:
        return Place(self.source.path, *self.source.position(offset))


def _keys(text: str) -> tuple[str, ...]:
    return tuple(key.strip("\"'") for key in _KEY.findall(text))
