"""What the name of a program, a script or a task tells of what it checks."""

from __future__ import annotations

from cilint.text.hints import Literal

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
_PLAIN_WORDS = frozenset(("standard", "tap", "ava", "tape", "rome", "xo"))
"""Tools whose names mean something else, too."""
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


def checked_by(program: str, rest: list[str]) -> frozenset[GateKind]:
    """What a program checks that is called with these arguments."""
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
        return checked_by(inner[0], inner[1:]) if inner else frozenset()
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


def action_named(name: str) -> GateKind | None:
    """What an action checks that is called after a tool, such as ``acme/run-eslint``."""
    words = name.rpartition("/")[2].lower().replace("_", "-").split("-")
    if {"setup", "install", "report", "reporter", "coverage", "comment", "annotate", "upload"} & set(words):
        return None
    return next((_TOOLS[word] for word in words if word in _TOOLS and word not in _PLAIN_WORDS), None)
