"""Linters, type checkers and tests that steps run: by name, by ``npx``, by a script of package.json."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from posixpath import normpath
from typing import Literal

from cilint.model.package import Package, read_package
from cilint.model.project import Project
from cilint.pipeline.invocations import Invocation
from cilint.pipeline.runs import Effect, Runs
from cilint.pipeline.sites import Site
from cilint.syntax.shell import Command
from cilint.syntax.shell import parse as parse_script
from cilint.text.source import Span

GateKind = Literal["lint", "type-check", "test"]

_TOOLS: dict[str, GateKind] = {
    **dict.fromkeys(("eslint", "biome", "oxlint", "xo", "standard", "tslint", "ng-lint"), "lint"),
    **dict.fromkeys(("tsc", "vue-tsc", "tsgo", "svelte-check", "astro-check"), "type-check"),
    **dict.fromkeys(("vitest", "jest", "mocha", "ava", "tap", "c8", "nyc", "cypress", "uvu"), "test"),
}
_ACTIONS: dict[str, GateKind] = {
    "super-linter/super-linter": "lint",
    "github/super-linter": "lint",
    "biomejs/setup-biome": "lint",
    "cypress-io/github-action": "test",
}
_MANAGERS = ("npm", "pnpm", "yarn", "bun")
_RUNNERS = ("npx", "bunx", "pnpx")
_FORMATTING = ("format", "prettier")
_MAX_DEPTH = 5


class Gate(Effect):
    """One check that can stop a pipeline."""

    def __init__(self, runs: Runs, site: Site, span: Span, kind: GateKind, call: Invocation | None = None) -> None:
        super().__init__(runs, site, span)
        self.kind = kind
        self.call = call

    @cached_property
    def can_fail(self) -> bool:
        """Whether a failure of the check fails the step and the job."""
        if self.site.top.step.continue_on_error or self.site.step.continue_on_error:
            return False
        return self.call is None or self.call.failure.outcome not in ("ignored", "handled")


def gates(runs: Runs) -> Iterator[Gate]:
    """Every gate in the order of the files; one command may be several."""
    scripts = Scripts(runs.project)
    for site in runs.sites:
        action = site.step.action
        if action and action.repository in _ACTIONS:
            yield Gate(runs, site, site.span, _ACTIONS[action.repository])
        script = site.script
        for command in script.commands if script else ():
            kinds = scripts.kinds(command, site.working_directory)
            for kind in sorted(kinds):
                call = Invocation(site, command)
                yield Gate(runs, site, call.span, kind, call)


class Scripts:
    """What commands check, with the scripts of the project's package.json files."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._packages: dict[str, Package | None] = {}

    def package(self, folder: str) -> Package | None:
        """The package.json of a folder (``.`` or empty: the root)."""
        path = normpath(f"{folder}/package.json") if folder else "package.json"
        if path not in self._packages:
            self._packages[path] = read_package(self._project.files, path)
        return self._packages[path]

    def kinds(self, command: Command, folder: str, depth: int = 0) -> frozenset[GateKind]:
        """The gates that a command is, seen from the folder that it runs in."""
        words = [text for text in command.argv() if text]
        if not words or depth > _MAX_DEPTH:
            return frozenset()
        return self._of_words([command.name, *words[1:]], folder, depth)

    def _of_words(self, words: list[str], folder: str, depth: int) -> frozenset[GateKind]:
        program, rest = words[0].rpartition("/")[2].partition("@")[0], words[1:]
        if program in _MANAGERS:
            return self._of_manager(program, rest, folder, depth)
        if program in _RUNNERS:
            plain = [word for word in rest if not word.startswith("-")]
            return self._of_words(plain[:1] + rest[rest.index(plain[0]) + 1 :], folder, depth) if plain else frozenset()
        if program in ("turbo", "nx", "lerna", "npm-run-all", "run-s", "run-p", "wireit", "make", "just", "task"):
            return frozenset(kind for word in rest for kind in _named(word.removeprefix("npm:")))
        return _tool(program, rest)

    def _of_manager(self, program: str, rest: list[str], folder: str, depth: int) -> frozenset[GateKind]:
        for option in ("--prefix", "-C", "--dir", "--cwd"):
            if option in rest[:-1]:
                at = rest.index(option)
                folder, rest = normpath(f"{folder}/{rest[at + 1]}"), rest[:at] + rest[at + 2 :]
        values = {"--workspace", "-w", "--filter", "-F"} if program in ("npm", "pnpm") else set()
        rest = [word for at, word in enumerate(rest) if at == 0 or rest[at - 1] not in values]
        verbs = [word for word in rest if not word.startswith("-")]
        if not verbs:
            return frozenset()
        verb, following = verbs[0], rest[rest.index(verbs[0]) + 1 :]
        if verb in ("exec", "dlx", "x"):
            return self._of_words([word for word in following if word != "--"], folder, depth) if following else frozenset()
        if verb in ("run", "run-script"):
            return self._of_script(verbs[1], folder, depth) if len(verbs) > 1 else frozenset()
        if program == "bun" and verb == "test":
            return frozenset({"test"})
        if verb in ("test", "t", "tst"):
            return self._of_script("test", folder, depth)
        if program == "npm" or verb in ("install", "add", "ci", "build", "workspace", "workspaces"):
            return self._of_workspace(verbs, folder, depth)
        return self._of_script(verb, folder, depth) or _tool(verb, following)

    def _of_workspace(self, verbs: list[str], folder: str, depth: int) -> frozenset[GateKind]:
        if verbs[0] == "workspace" and len(verbs) > 2:
            return _named(verbs[-1])
        return frozenset()

    def _of_script(self, name: str, folder: str, depth: int) -> frozenset[GateKind]:
        package = self.package(folder) or self.package("")
        body = package.scripts.get(name) if package else None
        if body is None:
            return _named(name)
        found: set[GateKind] = set()
        for command in parse_script(body).commands:
            found |= self.kinds(command, folder, depth + 1)
        return frozenset(found) or (_named(name) if body and not _is_placeholder(body) else frozenset())


def _is_placeholder(body: str) -> bool:
    """``npm init``'s test script, and scripts that only say something."""
    return body.strip().startswith("echo ")


def _tool(program: str, rest: list[str]) -> frozenset[GateKind]:
    kind = _TOOLS.get(program)
    plain = [word for word in rest if not word.startswith("-")]
    if program == "biome" and plain[:1] == ["format"]:
        return frozenset()
    if program in ("tsc", "vue-tsc", "tsgo") and {"--version", "-v", "--init", "--help"} & set(rest):
        return frozenset()
    if kind:
        return frozenset({kind})
    if (program, *plain[:1]) == ("next", "lint"):
        return frozenset({"lint"})
    if program in ("playwright", "deno") and plain[:1] == ["test"]:
        return frozenset({"test"})
    if program == "deno" and plain[:1] in (["lint"], ["check"]):
        return frozenset({"lint"} if plain[0] == "lint" else {"type-check"})
    if program == "node" and "--test" in rest:
        return frozenset({"test"})
    return frozenset()


def _named(name: str) -> frozenset[GateKind]:
    """What a script or target of that name most likely is, where its text is not known."""
    words = name.lower().replace("_", "-").replace(":", "-").split("-")
    joined = "".join(words)
    if any(word in _FORMATTING for word in words):
        return frozenset()
    if "typecheck" in joined or "checktypes" in joined or {"tsc", "types"} & set(words):
        return frozenset({"type-check"})
    if {"lint", "eslint"} & set(words):
        return frozenset({"lint"})
    return frozenset({"test"}) if {"test", "tests", "vitest", "jest"} & set(words) else frozenset()
