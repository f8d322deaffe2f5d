"""Bake files: what ``docker buildx bake`` builds, read from HCL or JSON as far as that takes no computing.

Understood are variables with defaults, groups, targets, ``inherits``, strings with ``${NAME}``, lists and
objects (docs.docker.com/build/bake/reference). A function, a condition or any other expression is a HOLE.
Bounded: a file of more than 256 KiB or nested deeper than 20 has no targets.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from cilint.text.hints import Any
from cilint.text.hole import HOLE
from cilint.text.values import NamedTuple

MAX_LENGTH = 262_144
MAX_DEPTH = 20
_TOKEN = re.compile(
    r"""(?P<space>[ \t\r]+|\#[^\n]*|//[^\n]*|/\*.*?\*/)|(?P<line>\n)"""
    r"""|(?P<heredoc><<[-~]?(?P<end>\w+)\n.*?\n[ \t]*(?P=end)\b)"""
    r"""|(?P<string>"(?:[^"\\]|\\.)*")|(?P<word>[A-Za-z_][\w.-]*)|(?P<number>\d[\w.]*)|(?P<mark>.)""",
    re.DOTALL,
)
_REFERENCE = re.compile(r"\$\{\s*([A-Za-z_]\w*)\s*\}")
_PLACEHOLDER = re.compile(r"[$%]\{[^}]*\}")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\"}


class Reference(NamedTuple):
    """A variable that is named where a value is expected."""

    name: str


class BakeFile(NamedTuple):
    """Defaults of the variables, members of the groups, and the attributes of the targets as written."""

    variables: Mapping[str, Any]
    groups: Mapping[str, Any]
    targets: Mapping[str, Mapping[str, Any]]

    def members(self, names: list[str], env: Mapping[str, str]) -> list[str]:
        """The targets that names stand for, groups opened; ``default`` is one of these."""
        found: dict[str, None] = {}
        pending, seen = list(names), set()
        while pending:
            name = pending.pop(0)
            if name in seen:
                continue
            seen.add(name)
            if name in self.groups:
                pending = texts(self.groups[name], self.values(env)) + pending
            elif name in self.targets:
                found[name] = None
        return list(found)

    def values(self, env: Mapping[str, str]) -> dict[str, str]:
        """The variables: from the environment, else their defaults."""
        found: dict[str, str] = {}
        for name, default in self.variables.items():
            found[name] = env[name] if name in env else text(default, found)
        return found

    def attributes(self, name: str, depth: int = 0) -> dict[str, Any]:
        """The attributes of a target, inherited ones first."""
        own = self.targets.get(name, {})
        found: dict[str, Any] = {}
        if depth < MAX_DEPTH:
            for parent in texts(own.get("inherits"), {}):
                found.update(self.attributes(parent, depth + 1))
        return {**found, **own}

    def ancestors(self, name: str, depth: int = 0) -> set[str]:
        """The targets that a target inherits from, whether the file has them or not."""
        parents = texts(self.targets.get(name, {}).get("inherits"), {})
        found = set(parents)
        for parent in parents if depth < MAX_DEPTH else ():
            found |= self.ancestors(parent, depth + 1)
        return found


def text(value: Any, values: Mapping[str, str]) -> str:
    """A value as a text; HOLE for what is not known."""
    if isinstance(value, Reference):
        return values.get(value.name, HOLE)
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return "" if value is None else HOLE
    known = _REFERENCE.sub(lambda match: values.get(match.group(1), HOLE), value)
    return _PLACEHOLDER.sub(HOLE, known)


def texts(value: Any, values: Mapping[str, str]) -> list[str]:
    """A list of texts; objects in it, such as ``{type = "gha"}``, become ``type=gha``."""
    if value is None:
        return []
    if not isinstance(value, list):
        return [text(value, values)]
    found = []
    for item in value:
        if isinstance(item, dict):
            found.append(",".join(f"{key}={text(each, values)}" for key, each in item.items()))
        else:
            found.append(text(item, values))
    return found


def read_bake(source: str, *, json: bool = False) -> BakeFile:
    """The bake file; what cannot be read is left out."""
    if len(source) > MAX_LENGTH:
        return BakeFile({}, {}, {})
    try:
        return _of_json(source) if json else _Parser(source).file()
    except (ValueError, RecursionError):
        return BakeFile({}, {}, {})


def _of_json(source: str) -> BakeFile:
    import json

    data = json.loads(source)
    parts = [data.get(key) if isinstance(data, dict) else None for key in ("variable", "group", "target")]
    variables, groups, targets = (
        {k: v for k, v in p.items() if isinstance(v, dict)} if isinstance(p, dict) else {} for p in parts
    )
    return BakeFile(
        {name: each.get("default", "") for name, each in variables.items()},
        {name: each.get("targets") for name, each in groups.items()},
        targets,
    )


class _Parser:
    """Reads blocks and attributes; skips to the end of the line what it does not know."""

    def __init__(self, source: str) -> None:
        found = ((match.lastgroup or "", match.group(0)) for match in _TOKEN.finditer(source))
        self.tokens = [
            ("heredoc" if kind == "end" else kind, text) for kind, text in found if kind != "space"
        ]
        self.at = 0

    def peek(self) -> tuple[str, str]:
        return self.tokens[self.at] if self.at < len(self.tokens) else ("end", "")

    def next(self) -> tuple[str, str]:
        token = self.peek()
        self.at += 1
        return token

    def lines(self) -> None:
        while self.peek()[0] == "line" or self.peek()[1] == ",":
            self.at += 1

    def file(self) -> BakeFile:
        variables: dict[str, Any] = {}
        groups: dict[str, Any] = {}
        targets: dict[str, Mapping[str, Any]] = {}
        while self.peek()[0] != "end":
            kind, name = self.next()
            if kind != "word":
                continue
            label = self.next()[1].strip('"') if self.peek()[0] == "string" else ""
            if self.peek()[1] != "{":
                self.rest()
                continue
            body = self.body(0)
            if name == "variable":
                variables[label] = body.get("default", "")
            elif name == "group":
                groups[label] = body.get("targets")
            elif name == "target":
                targets[label] = body
        return BakeFile(variables, groups, targets)

    def body(self, depth: int) -> dict[str, Any]:
        """The attributes between braces; those of an object may be written with ``:`` or quotes."""
        if depth > MAX_DEPTH:
            raise ValueError("nested too deeply")
        found: dict[str, Any] = {}
        self.next()
        self.lines()
        while self.peek()[1] != "}" and self.peek()[0] != "end":
            _, name = self.next()
            if self.peek()[1] in ("=", ":"):
                self.next()
                found[name.strip('"')] = self.value(depth + 1)
            elif self.peek()[1] == "{":
                self.body(depth + 1)
            self.lines()
        self.next()
        return found

    def value(self, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise ValueError("nested too deeply")
        start = self.at
        kind, mark = self.peek()
        if mark == "[":
            value: Any = self.items(depth)
        elif mark == "{":
            value = self.body(depth)
        else:
            self.next()
            value = _scalar(kind, mark)
        if self.peek()[0] in ("line", "end") or self.peek()[1] in (",", "]", "}"):
            return value
        self.at = start
        self.rest()
        return HOLE

    def items(self, depth: int) -> list[Any]:
        self.next()
        self.lines()
        found = []
        while self.peek()[1] != "]" and self.peek()[0] != "end":
            found.append(self.value(depth + 1))
            self.lines()
        self.next()
        return found

    def rest(self) -> None:
        """Skip an expression: to the end of the line or of what is around it, outside of brackets."""
        depth = 0
        while self.peek()[0] != "end":
            kind, mark = self.peek()
            if depth == 0 and (kind == "line" or mark in (",", "]", "}")):
                return
            depth += (kind == "mark" and mark in "([{") - (kind == "mark" and mark in ")]}")
            self.at += 1


def _scalar(kind: str, token: str) -> Any:
    if kind == "string":
        return re.sub(r"\\(.)", lambda match: _ESCAPES.get(match.group(1), match.group(1)), token[1:-1])
    if kind == "word":
        return {"true": True, "false": False, "null": None}.get(token, Reference(token))
    return token if kind == "number" else HOLE
