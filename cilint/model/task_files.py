"""What task runners beside package managers are told to do: Makefile, justfile, Taskfile.

Everything is read leniently: what cannot be read is left out, and nothing here raises.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from posixpath import normpath

from cilint.model.files import Files
from cilint.syntax.yaml import Mapping as YamlMapping
from cilint.syntax.yaml import Scalar, Sequence, parse
from cilint.text.hole import HOLE
from cilint.text.values import NamedTuple

MAX_BYTES = 1 << 18
MAX_TASKS = 500

NAMES: Mapping[str, tuple[str, ...]] = {
    "make": ("GNUmakefile", "makefile", "Makefile"),
    "just": ("justfile", "Justfile", ".justfile"),
    "task": ("Taskfile.yml", "taskfile.yml", "Taskfile.yaml", "taskfile.yaml", "Taskfile.dist.yml"),
}
"""The files that each runner looks for, in its order."""

_VARIABLE = re.compile(r"^([A-Za-z_]\w*)\s*(?::{0,3}|\?)=\s*(.*)$")
_TARGET = re.compile(r"^([^\s#:=][^:=#]*?)\s*::?(?!=)\s*([^;#]*)(?:;\s*(.*))?")
_USED = re.compile(r"\$[({]([A-Za-z_]\w*)[)}]")
_RECIPE = re.compile(r"^@?([A-Za-z_][\w-]*)\b[^:]*:(?!=)\s*([^#]*)")
_NEEDED = re.compile(r"\(\s*([\w-]+)[^)]*\)|([\w-]+)")


class Task(NamedTuple):
    """One task: the names of those that run with it, and its commands as a script."""

    needs: tuple[str, ...]
    body: str


def read_tasks(files: Files, runner: str, folder: str, name: str = "") -> Mapping[str, Task] | None:
    """The tasks that ``make``, ``just`` or ``task`` finds in a folder, in order; None where it finds no file.

    ``name`` is the file where it is told which; the task that runs when none is named is also under ``""``.
    """
    for each in (name,) if name else NAMES[runner]:
        path = normpath(f"{folder or '.'}/{each}")
        data = None if HOLE in path else files.read(path)
        if data is not None:
            text = data[:MAX_BYTES].decode("utf-8", "replace").replace("\r\n", "\n")
            tasks = dict(_READERS[runner](text))
            first = "default" if runner != "make" and "default" in tasks else next(iter(tasks), None)
            return tasks if first is None else {**tasks, "": tasks[first]}
    return None


def _of_makefile(text: str) -> Iterator[tuple[str, Task]]:
    variables: dict[str, str] = {"MAKE": "make"}
    found: dict[str, tuple[list[str], list[str]]] = {}
    current: list[str] = []
    for line in text.replace("\\\n", " ").split("\n"):
        if line.startswith("\t"):
            current.append(_expanded(_plain(line), variables))
        elif assigned := _VARIABLE.match(line):
            variables[assigned[1]] = _expanded(assigned[2].partition(" #")[0].strip(), variables)
        elif target := _TARGET.match(line):
            current = [_expanded(_plain(target[3]), variables)] if target[3] else []
            needs = _expanded(target[2], variables).replace("|", " ").split()
            for name in target[1].split():
                known = found.setdefault(name, ([], [])) if len(found) < MAX_TASKS else ([], [])
                known[0].extend(needs)
                if current or not known[1]:
                    found[name] = (known[0], current)
    for name, (needed, body) in found.items():
        if not name.startswith("."):
            yield name, Task(tuple(needed), "\n".join(body))


def _plain(line: str) -> str:
    """A recipe's line for the shell; one whose failure the runner ignores cannot stop anything."""
    marks = re.match(r"\s*([@+-]*)\s*", line)
    assert marks
    return ":" if "-" in marks[1] else line[marks.end() :]


def _expanded(text: str, variables: Mapping[str, str]) -> str:
    found = _USED.sub(lambda use: variables.get(use[1], use[0])[:1000], text)
    return found[:10_000].replace("$$", "$")


def _of_justfile(text: str) -> Iterator[tuple[str, Task]]:
    name, needs, body = "", [""], [""]
    for line in [*text.replace("\\\n", " ").split("\n"), "end:"]:
        if line[:1] in (" ", "\t"):
            body.append(_plain(line))
        elif header := _RECIPE.match(line):
            if name:
                yield name, Task(tuple(needs), "\n".join(body))
            needs = [each[0] or each[1] for each in _NEEDED.findall(header[2])][:MAX_TASKS]
            name, body = header[1], []


def _of_taskfile(text: str) -> Iterator[tuple[str, Task]]:
    root = parse(text).root
    tasks = root.get("tasks") if isinstance(root, YamlMapping) else None
    for pair in tasks.pairs[:MAX_TASKS] if isinstance(tasks, YamlMapping) else ():
        node = pair.value.resolved
        needs: list[str] = []
        lines: list[str] = []
        if isinstance(node, YamlMapping):
            for key, kept in (("deps", needs), ("cmds", lines), ("cmd", lines)):
                for each in _items(node.get(key)):
                    _add(each, needs, kept)
        else:
            for each in _items(node):
                _add(each, needs, lines)
        yield pair.key.text if isinstance(pair.key, Scalar) else "", Task(tuple(needs), "\n".join(lines))


def _items(node: object) -> list[object]:
    if isinstance(node, Sequence):
        return [item.resolved for item in node.items]
    return [] if node is None else [node]


def _add(node: object, needs: list[str], kept: list[str]) -> None:
    """A member of ``deps`` or ``cmds``: a text, or a mapping that names a task or a command."""
    if isinstance(node, Scalar):
        kept.append(node.text)
        return
    for key, names in (("task", needs), ("cmd", kept)) if isinstance(node, YamlMapping) else ():
        given = node.get(key) if isinstance(node, YamlMapping) else None
        if isinstance(given, Scalar):
            names.append(given.text)


_READERS = {"make": _of_makefile, "just": _of_justfile, "task": _of_taskfile}
