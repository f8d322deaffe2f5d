"""Projects of our own making, one for each shape that ``init`` has to know."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import NamedTuple

from cilint.reference.shape import Choices

STANDALONE = 'export default { output: "standalone" };\n'
HEALTH = "export function GET() { return Response.json({ version: process.env.APP_VERSION }); }\n"


def package(manager: str | None = None, **changes: object) -> str:
    """A package.json of a Next.js backend with every script that the pipeline asks for."""
    content: dict[str, object] = {
        "name": "orders-backend",
        "scripts": {"build": "next build", "lint": "eslint", "test": "vitest run", "start": "next start"},
        "dependencies": {"next": "^16.1.0", "react": "19.2.0"},
        "devDependencies": {"typescript": "^5", "eslint": "^9", "vitest": "^4"},
    }
    if manager:
        content["packageManager"] = manager
    return json.dumps(content | changes)


def project(lockfile: str, manager: str | None = None, **changes: object) -> dict[str, str]:
    """A complete application at the root."""
    return {
        "package.json": package(manager, **changes),
        lockfile: "",
        ".nvmrc": "22.21.1\n",
        "next.config.ts": STANDALONE,
        "tsconfig.json": "{}",
        "app/api/health/route.ts": HEALTH,
        "public/robots.txt": "",
    }


def under(folder: str, files: Mapping[str, str]) -> dict[str, str]:
    return {f"{folder}/{path}": text for path, text in files.items()}


class Shape(NamedTuple):
    files: Mapping[str, str]
    choices: Choices = Choices()


_APP = project("package-lock.json")
_WORKSPACE = {path: text for path, text in project("x").items() if path not in ("x", ".nvmrc")}

SHAPES = {
    "single": Shape(_APP),
    "monorepo": Shape({**under("backend", _APP), "ios/README.md": "the other half\n"}),
    "pnpm": Shape(project("pnpm-lock.yaml", "pnpm@10.2.0")),
    "api-only": Shape(_APP, Choices(deploy="api")),
    "workspace": Shape(
        {
            **under("apps/api", _WORKSPACE),
            "package.json": '{"packageManager": "pnpm@10.2.0"}',
            "packages/db/package.json": "{}",
            "pnpm-workspace.yaml": "packages: [apps/*, packages/*]\n",
            "pnpm-lock.yaml": "",
            ".nvmrc": "v22\n",
        }
    ),
    "yarn": Shape(project("yarn.lock")),
    "berry": Shape({**project("yarn.lock", "yarn@4.6.0"), ".yarnrc.yml": "nodeLinker: node-modules\n"}),
    "bun": Shape(project("bun.lock", "bun@1.2.3")),
    "bare": Shape(
        {
            "package.json": package(),
            "src/app/page.tsx": "",
            ".pre-commit-config.yaml": "repos:\n- repo: meta\n",
        }
    ),
    "prisma": Shape(project("package-lock.json", dependencies={"next": "16.0.0", "@prisma/client": "6"})),
    "branch": Shape(_APP, Choices(branch="release/stable")),
}
