"""How each package manager installs from its lockfile, runs a script and runs an installed program."""

from __future__ import annotations

from cilint.model.package import PackageManager
from cilint.text.values import NamedTuple


class Commands(NamedTuple):
    """Commands as ``run:`` and ``RUN`` spell them, and where downloads are kept."""

    install: str
    run: str
    test: str
    execute: str
    store: str
    manifests: tuple[str, ...]
    corepack: bool = False


_NPM = Commands("npm ci", "npm run", "npm test", "npx", "/root/.npm", (".npmrc",))
_PNPM = Commands(
    "pnpm install --frozen-lockfile",
    "pnpm run",
    "pnpm test",
    "pnpm exec",
    "/root/.local/share/pnpm/store",
    ("pnpm-workspace.yaml", ".npmrc"),
    corepack=True,
)
_YARN_CLASSIC = Commands(
    "yarn install --frozen-lockfile",
    "yarn run",
    "yarn test",
    "yarn run",
    "/usr/local/share/.cache/yarn",
    (".yarnrc", ".npmrc"),
)
_YARN = _YARN_CLASSIC._replace(
    install="yarn install --immutable",
    store="/root/.yarn/berry/cache",
    manifests=(".yarnrc.yml",),
    corepack=True,
)
_BUN = Commands(
    "bun install --frozen-lockfile",
    "bun run",
    "bun run test",
    "bunx",
    "/root/.bun/install/cache",
    ("bunfig.toml", ".npmrc"),
)


def commands_of(manager: PackageManager, *, berry: bool) -> Commands:
    """The commands of a package manager; ``berry`` tells Yarn 2 and later from Yarn 1."""
    if manager.name == "yarn":
        return _YARN if berry else _YARN_CLASSIC
    return {"npm": _NPM, "pnpm": _PNPM, "bun": _BUN}[manager.name]
