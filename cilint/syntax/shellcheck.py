"""What ShellCheck says of shell scripts: many of them in one process, with places as offsets into each.

The scripts lie in a private folder while it reads them. It runs none of them, follows no other file and reads
no configuration, so what it says depends on its version alone. Facts: shellcheck(1), the format ``json1``.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from tempfile import TemporaryDirectory

from cilint.errors import CilintError
from cilint.syntax.expression import embedded
from cilint.text.hints import Any
from cilint.text.source import SourceFile, Span
from cilint.text.values import NamedTuple

MAX_LENGTH = 65_536
"""Scripts of more characters are not shown to it: it takes seconds for each 10 KB."""
SECONDS = 30
"""How long it may take; for each 1000 characters a second more."""
BATCH = 1000
"""Scripts for one process: the names of more do not go onto a command line of Windows."""
KEPT = 10_000
"""How many answers are remembered, for the rounds of fixing."""

_SETTINGS = ("SHELLCHECK_OPTS", "GHCRTS")  # would make it another program on every machine
_EXPANDS = re.compile(r"[$`]")
_OF_EXPANSIONS = frozenset({"SC2016", "SC2053", "SC2059", "SC2115", "SC2231", "SC2295"})
"""Says of a longer word that there is an expansion in it."""
_OF_CONSTANTS = frozenset({"SC2050", "SC2078", "SC2157", "SC2158", "SC2170", "SC2193", "SC2194", "SC2195"})
"""Says that a comparison always gives the same; in single quotes, what stands there is no expansion."""


class Text(NamedTuple):
    """A script as it is shown to ShellCheck.

    ``shell`` is the program that reads it (``busybox sh`` for that of Alpine), ``errexit``: with ``-e``;
    ``known`` are variables that are set when it begins.
    """

    text: str
    shell: str
    errexit: bool = False
    known: tuple[str, ...] = ()


class Replacement(NamedTuple):
    """``start`` and ``end`` are offsets into the script; an empty range inserts."""

    start: int
    end: int
    text: str


class Comment(NamedTuple):
    """One thing that it found in ``[start, end)`` of a script.

    ``code`` is like ``SC2086``, ``level`` one of ``error``, ``warning``, ``info`` and ``style``.
    """

    start: int
    end: int
    code: str
    level: str
    message: str
    replacements: tuple[Replacement, ...]


_answers: dict[tuple[str, Text], tuple[Comment, ...]] = {}


def comments(program: str, scripts: Sequence[Text]) -> list[tuple[Comment, ...]]:
    """What ShellCheck (at the path ``program``) says of each script, in their order.

    Nothing of a script that is too long. Raises CilintError where it fails or takes too long.
    """
    if len(_answers) > KEPT:
        _answers.clear()
    short = [script for script in dict.fromkeys(scripts) if len(script.text) <= MAX_LENGTH]
    unknown = [script for script in short if (program, script) not in _answers]
    for start in range(0, len(unknown), BATCH):
        part = unknown[start : start + BATCH]
        for script, answer in zip(part, _ask(program, part), strict=True):
            _answers[program, script] = answer
    return [_answers.get((program, script), ()) for script in scripts]


def _ask(program: str, scripts: Sequence[Text]) -> Iterator[tuple[Comment, ...]]:
    # a script that could guess the name of another one could have it read as a part of itself
    secret = os.urandom(8).hex()
    names = [f"{number}.{secret}" for number in range(len(scripts))]
    pages = [_Page(script) for script in scripts]
    with TemporaryDirectory(prefix="cilint-") as folder:
        for name, page in zip(names, pages, strict=True):
            with open(os.path.join(folder, name), "wb") as file:
                file.write(page.file.text.encode("utf-8", "replace"))
        output = _run(program, folder, names, SECONDS + sum(len(each.text) for each in scripts) // 1000)
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
    try:
        for comment in json.loads(output)["comments"]:
            found[comment["file"]].append(comment)
        for name, page in zip(names, pages, strict=True):
            yield tuple(page.comments(found[name]))
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise CilintError(f"what {program} says is not ShellCheck's json1: {error!r}") from error


def _run(program: str, folder: str, names: Sequence[str], seconds: int) -> bytes:
    command = [program, "--norc", "--format=json1", "--severity=style", "--", *names]
    environment = {name: value for name, value in os.environ.items() if name not in _SETTINGS}
    try:
        ran = subprocess.run(  # noqa: S603 -- the user's own ShellCheck; names that were made here
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True,
            timeout=seconds, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise CilintError(
            f"ShellCheck did not end within {seconds} seconds; a script may be nested too deeply for it",
            hint="exclude the file, or switch shell/shellcheck off for it with `overrides`",
        ) from error
    except OSError as error:
        raise CilintError(f"{program} cannot be run: {error}") from error
    if ran.returncode not in (0, 1):  # 1: there are findings
        said = ran.stderr.decode("utf-8", "replace").strip().split("\n")[0][:200]
        raise CilintError(f"{program} failed with status {ran.returncode}: {said}")
    return ran.stdout


class _Page:
    """A script as a file, with lines in front that tell ShellCheck what it is to know."""

    def __init__(self, script: Text) -> None:
        self.script = script
        self.masks = [Span(part.start, part.end) for part in embedded(script.text)]
        head = f"#!/bin/{script.shell}{' -e' if script.errexit else ''}\n"
        known = [name for name in script.known if name.isidentifier() and name.isascii()]
        if known:
            head += f"export {' '.join(f'{name}=1' for name in known)}\n"
        self.length = len(head)
        self.file = SourceFile("", head + self._body())

    def _body(self) -> str:
        """The script, character for character in its place.

        ``${{ }}`` becomes the expansion of a variable that nobody knows. A ``#!`` is a comment here: the
        first line says already what it would.
        """
        text = self.script.text
        pieces, at = [], 0
        for start, end in self.masks:
            pieces += [text[at:start], "${", "_" * (end - start - 3), "}"]
            at = end
        body = "".join([*pieces, text[at:]])
        return f"# {body[2:]}" if body.startswith("#!") else body

    def comments(self, found: Iterable[dict[str, Any]]) -> Iterator[Comment]:
        for each in found:
            start, end = self._range(each)
            code = f"SC{each['code']}"
            if start >= 0 and not self._is_about_mask(code, start, end):
                fix = each.get("fix") or {"replacements": ()}
                replacements = tuple(self._replacement(part) for part in fix["replacements"])
                if any(self._is_masked(part) for part in replacements):
                    replacements = ()
                yield Comment(start, end, code, each["level"], each["message"], replacements)

    def _replacement(self, part: dict[str, Any]) -> Replacement:
        return Replacement(*self._range(part), part["replacement"])

    def _range(self, place: dict[str, Any]) -> tuple[int, int]:
        """Offsets into the script; negative in the lines before it."""
        start = self._offset(place["line"], place["column"])
        return start, max(start, self._offset(place["endLine"], place["endColumn"]))

    def _offset(self, line: int, column: int) -> int:
        starts = self.file.line_starts
        offset = starts[line - 1] + column - 1 if line <= len(starts) else len(self.file.text)
        return min(offset, len(self.file.text)) - self.length

    def _is_masked(self, part: Replacement) -> bool:
        return part.start < 0 or bool(self._masks_in(part.start, part.end))

    def _is_about_mask(self, code: str, start: int, end: int) -> bool:
        """Whether it is about what stands there for a ``${{ }}``."""
        text = self.script.text
        if code in _OF_CONSTANTS:
            line_end = text.find("\n", end)
            return bool(
                self._masks_in(text.rfind("\n", 0, start) + 1, line_end if line_end >= 0 else len(text))
            )
        inner = self._masks_in(start, end)
        if any(mask.start <= start and end <= mask.end for mask in inner):
            return True
        rest, at = "", start
        for mask in inner:
            rest, at = rest + text[at : mask.start], mask.end
        return bool(inner) and code in _OF_EXPANSIONS and not _EXPANDS.search(rest + text[at:end])

    def _masks_in(self, start: int, end: int) -> list[Span]:
        return [mask for mask in self.masks if mask.start < end and start < mask.end]
