"""The step that runs a check which a job lacks, with the project's own package manager."""

from __future__ import annotations

from cilint.model.package import Manager, package_manager
from cilint.pipeline.effects.gate_scripts import scripts_of
from cilint.pipeline.effects.gate_tools import GateKind
from cilint.pipeline.sites import Site
from cilint.text.hints import TYPE_CHECKING

if TYPE_CHECKING:
    from cilint.pipeline.pipeline import Pipeline

_INSTALL: dict[Manager, str] = {
    "npm": "npm ci",
    "pnpm": "pnpm install --frozen-lockfile",
    "yarn": "yarn install --frozen-lockfile",
    "bun": "bun install --frozen-lockfile",
}
_RUN: dict[Manager, str] = {"npm": "npm run", "pnpm": "pnpm run", "yarn": "yarn run", "bun": "bun run"}
_EXECUTE: dict[Manager, str] = {"npm": "npx", "pnpm": "pnpm exec", "yarn": "yarn run", "bun": "bunx"}
_NAMES: dict[GateKind, str] = {"lint": "Run the linter", "type-check": "Check types", "test": "Run the tests"}


def gate_step(pipeline: Pipeline, site: Site, place: int, kind: GateKind) -> list[str] | None:
    """The lines of a step that checks; it installs the dependencies where none of the first ``place`` steps
    of the job does.

    None where the project's own script of that name checks nothing.
    """
    folder = _folder(pipeline, site)
    manager = package_manager(pipeline.project.files, folder).name
    commands = {
        "lint": f"{_RUN[manager]} lint",
        "type-check": f"{_EXECUTE[manager]} tsc --noEmit",
        "test": f"{_RUN[manager]} test" if manager in ("yarn", "bun") else f"{manager} test",
    }
    if kind not in scripts_of(pipeline.project).of_words(commands[kind].split(), folder or ".").kinds:
        return None
    lines = [f"name: {_NAMES[kind]}"]
    if folder and site.job.default("working-directory") is None:
        lines.append(f"working-directory: {folder}")
    if _installs(site, place):
        return [*lines, f"run: {commands[kind]}"]
    return [*lines, "run: |", f"  {_INSTALL[manager]}", f"  {commands[kind]}"]


def _folder(pipeline: Pipeline, site: Site) -> str:
    """The folder of the one package that there is, or that the job works in; empty for the root."""
    given = (site.job.default("working-directory") or "").removeprefix("./").strip("/")
    folders = {package.folder for package in pipeline.packages}
    if given or not folders or "" in folders:
        return given
    image = next((each.context for each in pipeline.image_builds if each.site is site), None) or ""
    inside = image.removeprefix("./").strip("/")
    return inside if inside in folders else min(folders)


def _installs(site: Site, place: int) -> bool:
    """Whether one of the first steps of the job installs the dependencies."""
    for step in site.job.steps[:place]:
        for command in step.script.commands if step.script else ():
            words = [*command.argv(), ""]
            if command.name in _RUN and words[1] in ("ci", "install", "i", ""):
                return True
    return False
