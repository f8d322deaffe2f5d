"""Scripts of package.json that commands ask a package manager for, and whether there are such scripts.

What becomes of a name that is no script: the documentation of ``npm run``, ``pnpm run``, ``yarn run``,
``bun run`` and ``node --run``. Yarn and Bun, and pnpm without ``run``, look for a program too.
"""

from __future__ import annotations

import re
from posixpath import join, normpath

from cilint.errors import nearest
from cilint.findings.finding import Label
from cilint.findings.violation import Violation
from cilint.model.files import Files
from cilint.model.package import Package, ancestors, read_package
from cilint.model.project import Project
from cilint.text.edit import Edit
from cilint.text.hints import TYPE_CHECKING
from cilint.text.hole import HOLE
from cilint.text.source import Span
from cilint.text.values import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cilint.syntax.shell import Word

MANAGERS = ("npm", "pnpm", "yarn", "bun", "node", "corepack")
_FOLDERS = ("--prefix", "-C", "--dir", "--cwd", "--working-dir")
_MEMBERS: dict[str, tuple[str, ...]] = {
    "npm": ("--workspace", "-w"), "pnpm": ("--filter", "-F"), "bun": ("--filter", "-F"), "yarn": (),
}  # fmt: skip
_EVERYWHERE: dict[str, tuple[str, ...]] = {
    "npm": ("--workspaces", "-ws"), "pnpm": ("-r", "--recursive", "-w", "--workspace-root"),
    "bun": ("--workspaces",), "yarn": (),
}  # fmt: skip
_VALUED = (
    "--loglevel", "--registry", "--reporter", "--script-shell", "--userconfig", "--cache", "--env-file",
    "--workspace-concurrency", "--network-timeout", "--config",
)  # fmt: skip
_MOST_COMPARED = 200
"""So many scripts are compared with the name that was meant to be one of them."""
_ALIASES = {"t": "test", "tst": "test"}
_LIFECYCLE = ("test", "t", "tst", "start", "stop")
"""The scripts that npm and pnpm have commands for; ``restart`` does with the two others."""
_BUILT_IN = ("env", "restart")
_CUSTOMARY = frozenset(
    ("build", "lint", "test", "typecheck", "type-check", "check-types", "format", "start", "dev", "ci")
)
"""Names of scripts that hardly a program has, so that a manager which looks for programs too finds none."""
_OWN = {"bun": ("test", "build"), "pnpm": ("ci",), "yarn": ()}
"""Commands of the managers themselves that a script's name could be."""


SEVERAL = "*"

WRITES = re.compile(
    r"\bpkg\s+set\b|>\s{0,20}\S{0,200}package\.json|\bnpm\s+init\b|\bcreate[ -]\S"
    r"|(?:cp|mv|sed)\b.{0,400}package\.json"
)
"""Commands that make or change a package.json."""
ASKS = re.compile(r"grep|\bjq\b|pkg\s+get|-[ef]\s{1,20}\S{0,200}package\.json")
"""Commands that look whether a script is there."""


class ScriptCall(NamedTuple):
    """One script that is asked for; ``word`` holds its name. ``is_named``: by ``run NAME`` or the like.

    ``folder`` is where the manager is told to look, seen from where the command runs. ``member`` is the name
    or folder of a workspace, ``SEVERAL`` where more may be meant. ``maybe_program``: the manager runs a
    program of that name too.
    """

    manager: str
    name: str
    word: Word
    is_named: bool
    folder: str
    member: str
    maybe_program: bool


class _Located(NamedTuple):
    """Where a manager is told to look, and the words that are no options."""

    folder: str
    member: str
    operands: list[tuple[str, Word]]


def read_call(program: str, items: Iterable[tuple[str, Word]]) -> ScriptCall | None:
    """The script that a command asks for; None where it asks for none, or only for one that there is."""
    words = list(items)
    if program == "corepack" and words:
        program, words = words[0][0], words[1:]
    if program == "node":
        return _node_run(words)
    if program not in ("npm", "pnpm", "yarn", "bun") or any(text == "--if-present" for text, _ in words):
        return None
    folder, member, operands = _located(program, words)
    if HOLE in member + folder:
        return None
    if program == "yarn" and [text for text, _ in operands[:1]] == ["workspace"] and len(operands) > 2:
        member, operands = operands[1][0], operands[2:]
    return _asked(program, operands, folder, member)


def _located(program: str, words: list[tuple[str, Word]]) -> _Located:
    folder, member, operands = ".", "", list[tuple[str, "Word"]]()
    members = _MEMBERS[program]
    at = 0
    while at < len(words) and words[at][0] != "--":
        option, equals, value = words[at][0].partition("=")
        if option in (*_FOLDERS, *members, *_VALUED) and not equals:
            at += 1
            value = words[at][0] if at < len(words) else HOLE
        if option in _FOLDERS:
            folder = join(folder, value)
        elif option in members:
            member = SEVERAL if member or set(value) & set("*{}[]!^") or "..." in value else value
        elif option in _EVERYWHERE[program]:
            member = SEVERAL
        elif not option.startswith("-"):
            operands.append(words[at])
        at += 1
    return _Located(folder, member, operands)


def _asked(program: str, operands: list[tuple[str, Word]], folder: str, member: str) -> ScriptCall | None:
    verb = operands[0][0] if operands else ""
    named = verb == "run" or (verb in ("run-script", "rum", "urn") and program != "yarn")
    if named and len(operands) < 2:
        return None
    text, word = operands[1] if named else operands[0] if operands else ("", None)
    name = text if named else _ALIASES.get(text, text)
    lifecycle = program in ("npm", "pnpm") and verb in _LIFECYCLE
    if word is None or not name or HOLE in name or name.startswith("/") or name in _BUILT_IN:
        return None
    if not named and not lifecycle and (program == "npm" or name in _OWN[program]):
        return None
    maybe_program = program in ("yarn", "bun") or not (named or lifecycle)
    return ScriptCall(program, name, word, named, folder, member, maybe_program)


def _node_run(words: list[tuple[str, Word]]) -> ScriptCall | None:
    for at, (text, word) in enumerate(words):
        if text == "--run" and at + 1 < len(words) and HOLE not in words[at + 1][0]:
            return ScriptCall("node", *words[at + 1], True, ".", "", False)
        if text.startswith("--run=") and HOLE not in text:
            return ScriptCall("node", text[6:], word, True, ".", "", False)
        if not text.startswith("-"):
            break
    return None


class Missing(NamedTuple):
    """A script that there is not, in the package that is asked; ``meant`` is probably the right one."""

    package: Package
    name: str
    meant: str | None

    @property
    def is_clear(self) -> bool:
        """Whether the two names are the same but for the marks between their words, or for a letter."""
        if self.meant is None:
            return False
        one, other = _letters(self.name), _letters(self.meant)
        from difflib import SequenceMatcher

        return one == other or SequenceMatcher(None, one, other).ratio() >= 0.8


def _letters(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())


def missing(files: Files, packages: tuple[Package, ...], call: ScriptCall, folder: str) -> Missing | None:
    """The script that is missing; None where it is there, or where it is not known which package is asked.

    ``folder`` is the one that the command runs in, relative to the root of the repository.
    """
    package = _package(files, packages, call, folder)
    if package is None or not package.valid or call.name in package.scripts:
        return None
    elsewhere = any(call.name in each.scripts for each in packages)
    if call.member and (call.member == SEVERAL or call.manager in ("pnpm", "bun")):
        is_there = call.name == "test" or elsewhere
    elif call.name == "start" and call.manager in ("npm", "pnpm"):
        is_there = files.read(join(package.folder, "server.js")) is not None
    elif call.maybe_program:
        plain = call.name in _CUSTOMARY and not package.has(call.name)
        is_there = not plain and (":" not in call.name or elsewhere)
    else:
        is_there = False
    if is_there:
        return None
    return Missing(package, call.name, nearest(call.name[:100], tuple(package.scripts)[:_MOST_COMPARED]))


def _package(files: Files, packages: tuple[Package, ...], call: ScriptCall, folder: str) -> Package | None:
    place = normpath(join(folder, call.folder))
    if HOLE in place or place.startswith(("..", "/", "~")):
        return None
    place = "" if place == "." else place
    if place and not any(path.startswith(f"{place}/") for path in files.listing()):
        return None  # made by the pipeline
    near = (read_package(files, join(above, "package.json")) for above in ancestors(place))
    package = next(filter(None, near), None)
    if call.member in ("", SEVERAL) or package is None:
        return package
    folder = normpath(join(place, call.member))
    found = [each for each in packages if each.name == call.member or (each.folder and each.folder == folder)]
    return found[0] if len(found) == 1 else None


def violation(project: Project, path: str, span: Span, asked: ScriptCall, found: Missing) -> Violation:
    """What to say of a script that is missing; values: ``name``, ``package``, ``meant``."""
    meant = found.meant or ""
    values = {"name": found.name, "package": found.package.path, "meant": meant}
    source = project.source(path)
    written = source.slice(span) if source else ""
    edits: tuple[Edit, ...] = ()
    if found.is_clear and written in (asked.word.raw, asked.word.static):
        changed = written.replace(asked.name, meant if asked.is_named else f"run {meant}")
        edits = (Edit(span, changed),) if asked.is_named or written == asked.name else ()
    return Violation(path, span, values, _scripts(project, found), edits)


def _scripts(project: Project, found: Missing) -> tuple[Label, ...]:
    """Where the scripts are that there are."""
    source = project.source(found.package.path)
    place = re.search(r'"scripts"(?=\s*:)', source.text) if source else None
    return (Label(found.package.path, Span(*place.span()), "the scripts"),) if place else ()
