"""What a command checks: a linter, a type checker or tests, by name, ``npx`` or a script of package.json."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from posixpath import normpath

from cilint.model.package import Package, read_package
from cilint.model.project import Project
from cilint.pipeline.filters import matches
from cilint.syntax.shell import Command, Script
from cilint.syntax.shell import parse as parse_script
from cilint.text.hints import Literal
from cilint.text.hole import HOLE
from cilint.text.values import NamedTuple

GateKind = Literal["lint", "type-check", "test"]

_LINTERS = (
    "eslint eslint_d biome oxlint xo standard ts-standard tslint rome ultracite ruff flake8 pylint "
    "golangci-lint rubocop phpcs"
)
_TYPE_CHECKERS = "tsc vue-tsc tsgo svelte-check mypy pyright basedpyright phpstan"
_TEST_RUNNERS = (
    "vitest jest mocha ava tap tape c8 nyc jasmine karma uvu qunit testcafe wdio pytest tox nox rspec phpunit"
)
_TOOLS: dict[str, GateKind] = {
    **dict.fromkeys(_LINTERS.split(), "lint"),
    **dict.fromkeys(_TYPE_CHECKERS.split(), "type-check"),
    **dict.fromkeys(_TEST_RUNNERS.split(), "test"),
}
_VERBS: dict[str, dict[str, GateKind]] = {
    "next": {"lint": "lint"},
    "expo": {"lint": "lint"},
    "ng": {"lint": "lint", "test": "test", "e2e": "test"},
    "vue-cli-service": {"lint": "lint", "test:unit": "test", "test:e2e": "test"},
    "react-scripts": {"test": "test"},
    "craco": {"test": "test"},
    "playwright": {"test": "test"},
    "cypress": {"run": "test"},
    "astro": {"check": "type-check"},
    "nuxi": {"typecheck": "type-check"},
    "nuxt": {"typecheck": "type-check"},
    "deno": {"lint": "lint", "check": "type-check", "test": "test"},
    "go": {"vet": "lint", "test": "test"},
    "cargo": {"clippy": "lint", "check": "type-check", "test": "test", "nextest": "test"},
}
_OTHER_VERBS = {  # what these programs do besides checking
    "biome": ("format", "migrate", "init", "start", "stop", "explain"),
    "ruff": ("format", "rule", "config", "clean"),
    "c8": ("report", "check-coverage"),
    "nyc": ("report", "merge", "check-coverage"),
    "vitest": ("bench", "list", "init"),
}
_NO_CHECK = {"--version", "-v", "--help", "-h", "--init", "--print-config", "--showConfig", "--listFilesOnly"}
_MANAGERS = ("npm", "pnpm", "yarn", "bun")
_RUNNERS = ("npx", "bunx", "pnpx", "uvx")
_TASK_RUNNERS = frozenset(
    ("turbo", "nx", "lerna", "npm-run-all", "npm-run-all2", "run-s", "run-p", "make", "just", "task", "moon")
)
_SETTERS = frozenset(
    ("cross-env", "cross-env-shell", "dotenv", "env-cmd", "dotenvx", "infisical", "doppler", "xvfb-run")
)
_FOLDERS = ("--prefix", "-C", "--dir", "--cwd")
_MEMBERS = ("--workspace", "-w", "--filter", "-F")
_EVERYWHERE = ("--workspaces", "-ws", "-r", "--recursive")
_MAKING = frozenset(
    (
        "format",
        "prettier",
        "gen",
        "generate",
        "codegen",
        "build",
        "fix",
        "watch",
        "setup",
        "report",
        "styles",
        "css",
    )
)
_SAYING = ("echo", "printf", "true", ":", "exit")
"""All that ``npm init``'s test script, and others that check nothing, consist of."""
_MAX_DEPTH = 5
_MAX_PACKAGES = 50


class Called(NamedTuple):
    """A script of a package.json that a command runs; ``checking``: those commands in it that check."""

    package: Package
    name: str
    script: Script
    checking: tuple[Command, ...]


class Checked(NamedTuple):
    """What a command checks, and the scripts that it does so through, outermost first."""

    kinds: frozenset[GateKind] = frozenset()
    scripts: tuple[Called, ...] = ()


_NOTHING = Checked()


class Scripts:
    """What commands check, with the scripts of the project's package.json files."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._packages: dict[str, Package | None] = {}
        self._parsed: dict[str, Script] = {}

    def package(self, folder: str) -> Package | None:
        """The package.json of a folder (``.`` or empty: the root)."""
        path = normpath(f"{folder or '.'}/package.json")
        if path not in self._packages:
            self._packages[path] = None if HOLE in path else read_package(self._project.files, path)
        return self._packages[path]

    @cached_property
    def packages(self) -> tuple[Package, ...]:
        """All packages of the project, at most 50."""
        paths = [path for path in self._project.files.listing() if path.rpartition("/")[2] == "package.json"]
        found = (self.package(path.rpartition("/")[0]) for path in paths[:_MAX_PACKAGES])
        return tuple(package for package in found if package)

    def script(self, body: str) -> Script:
        if body not in self._parsed:
            self._parsed[body] = parse_script(body)
        return self._parsed[body]

    def checked(self, command: Command, folder: str, depth: int = 0) -> Checked:
        """What a command checks, seen from the folder that it runs in."""
        words = [text for text in command.argv() if text]
        return self.of_words([command.name, *words[1:]], folder, depth) if words else _NOTHING

    def of_words(self, words: list[str], folder: str, depth: int = 0) -> Checked:
        """What a command of these words checks."""
        if not words or depth > _MAX_DEPTH:
            return _NOTHING
        program, rest = words[0].rpartition("/")[2].partition("@")[0], words[1:]
        if program in _MANAGERS:
            return self._of_manager(program, rest, folder, depth)
        if program in _RUNNERS:
            return self.of_words(_after_options(rest), folder, depth + 1)
        if program in _SETTERS:
            return self.of_words(_wrapped(rest), folder, depth + 1)
        if program == "concurrently":
            return self._several(self._of_text(text, folder, depth) for text in rest if text[:1] != "-")
        if program in _TASK_RUNNERS:
            names = [word.removeprefix("npm:") for word in rest if not word.startswith("-")]
            return self._several(self._of_task(name, folder, depth) for name in names)
        return Checked(_tool(program, rest))

    def _several(self, found: Iterator[Checked]) -> Checked:
        kinds: frozenset[GateKind] = frozenset()
        scripts: tuple[Called, ...] = ()
        for each in found:
            kinds, scripts = kinds | each.kinds, scripts + each.scripts
        return Checked(kinds, scripts)

    def _of_text(self, text: str, folder: str, depth: int) -> Checked:
        """A command in quotes; ``npm:NAME`` is a script."""
        if text.startswith(("npm:", "pnpm:", "yarn:", "bun:")):
            return self._of_script(text.partition(":")[2].partition(" ")[0], folder, depth)
        return self._several(self.checked(each, folder, depth + 1) for each in self.script(text).commands)

    def _of_task(self, name: str, folder: str, depth: int) -> Checked:
        """A script of the package, by name or pattern; a task of another runner by its name."""
        package = self.package(folder)
        pattern = name.replace(":", "/")
        names = package.scripts if package else {}
        found = [
            each
            for each in names
            if each == name or ("*" in name and matches(pattern, each.replace(":", "/")))
        ]
        if found and depth < _MAX_DEPTH:
            return self._several(self._of_script(each, folder, depth + 1) for each in found)
        return Checked(named(name.rpartition("#")[2]))

    def _of_manager(self, program: str, rest: list[str], folder: str, depth: int) -> Checked:
        folder, rest, spread = _located(program, rest, folder)
        verbs = [word for word in rest if not word.startswith("-")]
        if not verbs:
            return _NOTHING
        verb, following = verbs[0], rest[rest.index(verbs[0]) + 1 :]
        optional = "--if-present" in rest
        if verb in ("exec", "dlx", "x"):
            return self.of_words(_after_options(following), folder, depth + 1)
        if verb in ("run", "run-script"):
            return self._of_script(verbs[1], folder, depth, spread, optional) if len(verbs) > 1 else _NOTHING
        if (program, verb) == ("bun", "test"):
            return Checked(frozenset({"test"}))
        if verb in ("test", "t", "tst"):
            return self._of_script("test", folder, depth, spread, optional)
        if verb in ("workspace", "workspaces"):
            return Checked(named(verbs[-1]) if len(verbs) > 2 else frozenset())
        if program == "npm" or verb in ("install", "i", "add", "ci", "up"):
            return _NOTHING
        found = self._of_script(verb, folder, depth, spread)
        return found if found.kinds else Checked(_tool(verb, following))

    def _of_script(
        self, name: str, folder: str, depth: int, spread: bool = False, optional: bool = False
    ) -> Checked:
        package = self._owner(name, folder, spread)
        if package is None:
            missing = self.package(folder)
            return _NOTHING if optional and missing and missing.valid else Checked(named(name))
        script = self.script(package.scripts[name])
        if all(command.name in _SAYING for command in script.commands):
            return _NOTHING
        found = [(each, self.checked(each, package.folder or ".", depth + 1)) for each in script.commands]
        inside = self._several(checked for _, checked in found)
        called = Called(package, name, script, tuple(each for each, checked in found if checked.kinds))
        return Checked(inside.kinds or named(name), (called, *inside.scripts))

    def _owner(self, name: str, folder: str, spread: bool) -> Package | None:
        """The package whose script is run: that of the folder, else the root's, else any workspace's."""
        near = () if spread else (self.package(folder), self.package("."))
        every = (*near, *(self.packages if spread or HOLE in folder else ()))
        return next((package for package in every if package and name in package.scripts), None)


def _matches(pattern: str, script: str) -> bool:
    """Whether a pattern such as ``lint:*``, its colons as slashes, takes a script's name."""
    return "*" in pattern and matches(pattern, script.replace(":", "/"))


def _located(program: str, rest: list[str], folder: str) -> tuple[str, list[str], bool]:
    """The folder that a package manager works in, its other words, and whether workspaces are meant."""
    kept: list[str] = []
    spread = False
    at = 0
    while at < len(rest):
        name, equals, value = rest[at].partition("=")
        takes = name in _FOLDERS or (name in _MEMBERS and program in ("npm", "pnpm", "bun"))
        if takes and not equals:
            at += 1
            value = rest[at] if at < len(rest) else ""
        if name in _FOLDERS:
            folder = normpath(f"{folder}/{value}")
        elif takes or rest[at] in _EVERYWHERE:
            spread = True
        else:
            kept.append(rest[at])
        at += 1
    return folder, kept, spread


def _after_options(words: list[str]) -> list[str]:
    """The words from the first that is no option; ``npx -p typescript tsc`` names a package first."""
    at = 0
    while at < len(words) and words[at].startswith("-"):
        at += 2 if words[at] in ("-p", "--package", "--filter") else 1
    return words[at:]


def _wrapped(words: list[str]) -> list[str]:
    """What a program runs that only sets variables first."""
    if "--" in words:
        return words[words.index("--") + 1 :]
    at = 0
    while at < len(words) and (words[at].startswith("-") or "=" in words[at] or words[at] == "run"):
        at += 2 if words[at] in ("-e", "-f", "-c") else 1
    return words[at:]


def _tool(program: str, rest: list[str]) -> frozenset[GateKind]:
    plain = [word for word in rest if not word.startswith("-")]
    verb = plain[0] if plain else ""
    if _NO_CHECK & set(rest) or verb in _OTHER_VERBS.get(program, ()):
        return frozenset()
    kind = _TOOLS.get(program) or _VERBS.get(program, {}).get(verb)
    if kind:
        return frozenset({kind})
    if program in ("node", "tsx") and "--test" in rest:
        return frozenset({"test"})
    if program in ("python", "python3", "uv", "poetry", "bundle", "pipenv") and plain:
        inner = rest[rest.index("-m") + 1 :] if "-m" in rest[:-1] else plain[1:]
        return _tool(inner[0], inner[1:]) if inner else frozenset()
    return frozenset()


def named(name: str) -> frozenset[GateKind]:
    """What a script or target of that name most likely checks, where its text does not tell."""
    words = name.lower().replace("_", "-").replace(":", "-").replace("/", "-").split("-")
    joined = "".join(words)
    if _MAKING & set(words):
        return frozenset()
    if "typecheck" in joined or "checktypes" in joined or {"tsc", "types"} & set(words):
        return frozenset({"type-check"})
    if {"lint", "eslint"} & set(words):
        return frozenset({"lint"})
    return frozenset({"test"}) if {"test", "tests", "vitest", "jest"} & set(words) else frozenset()
