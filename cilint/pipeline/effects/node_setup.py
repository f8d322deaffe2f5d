"""Steps that set Node.js up, and those that install a project's dependencies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from posixpath import normpath

from cilint.findings.finding import FileEdit
from cilint.model.edits import set_input, set_inputs
from cilint.model.package import Manager, PackageManager, join, package_manager
from cilint.pipeline.effects.node_version import ContainersVersion, NoSource, OtherSource, VersionSource
from cilint.pipeline.invocations import Invocation
from cilint.pipeline.runs import Effect
from cilint.pipeline.sites import Site
from cilint.text.edit import Edit
from cilint.text.hints import TYPE_CHECKING
from cilint.text.hole import HOLE
from cilint.text.source import Span

if TYPE_CHECKING:
    from cilint.pipeline.pipeline import Pipeline

_SETUP = "actions/setup-node"
_INSTALLS: dict[str, Manager] = {"npm": "npm", "pnpm": "pnpm", "yarn": "yarn", "bun": "bun"}
_VERBS = {
    "npm": ("install", "i", "in", "ins", "inst", "isntall", "add", "ci", "clean-install", "ic"),
    "pnpm": ("install", "i"),
    "yarn": ("install", ""),
    "bun": ("install", "i", "ci"),
}
_CLEAN = ("ci", "clean-install", "ic")
_FROZEN = ("--frozen-lockfile", "--immutable", "--pure-lockfile", "--immutable-cache")
_VALUED = (
    "--prefix",
    "-C",
    "--dir",
    "--cwd",
    "--filter",
    "-F",
    "--registry",
    "--loglevel",
    "--network-timeout",
)
_FOLDER = ("--prefix", "-C", "--dir", "--cwd")
_NO_NODE = (
    "actions/checkout",
    "actions/cache",
    "actions/upload-artifact",
    "actions/download-artifact",
    "pnpm/action-setup",
)
"""Actions that surely bring no Node.js."""
_OTHER_NODE = re.compile(
    r"\b(?:nvm|fnm|volta|mise|asdf|nodenv|nodesource|nodejs|nix|devbox|proto|corepack|n)\b"
)
_STORES = ("~/.npm", "npm-cache", "pnpm-store", "store-path", "STORE_PATH", "yarn", "/.cache", "bun/install")


_ROOT_LOCKFILES: dict[Manager, tuple[str, ...]] = {
    "npm": ("package-lock.json", "npm-shrinkwrap.json", "yarn.lock"),
    "pnpm": ("pnpm-lock.yaml",),
    "yarn": ("yarn.lock",),
    "bun": (),
}


class NodeSetup(Effect):
    """One step that sets Node.js up."""

    def __init__(self, pipeline: Pipeline, site: Site) -> None:
        super().__init__(pipeline.runs, site, site.span)
        self._pipeline = pipeline

    @cached_property
    def folder(self) -> str:
        """The folder that the job works in."""
        given = self.site.job.default("working-directory") or ""
        installs = [each for each in self._pipeline.step_installs if each.site.call is self.site.call]
        folder = given or (installs[0].folder if installs else "")
        return "" if HOLE in folder or "$" in folder else normpath(folder).strip("/").removeprefix(".")

    def source(self, wanted: str) -> VersionSource:
        """Where it has the version from, where a file of the name ``wanted`` should say it."""
        return VersionSource(self._pipeline, self, wanted)

    @cached_property
    def installs(self) -> tuple[StepInstall, ...]:
        """The installs of the same job that come after it."""
        later = self._runs.later(self.site)
        return tuple(each for each in self._pipeline.step_installs if each.site in later)

    @cached_property
    def manager(self) -> PackageManager | None:
        """The package manager that the job installs with, and its lockfile."""
        if not self.installs:
            return None
        found = package_manager(self._pipeline.project.files, self.installs[0].folder)
        name = self.installs[0].manager
        return found if found.name == name else PackageManager(name)

    @cached_property
    def cache_problem(self) -> str | None:
        """Why what the job downloads is not kept from one run to the next."""
        manager = self.manager
        if manager is None or manager.name == "bun":
            return None
        cache = self.site.input("cache")
        if cache:
            return self._lockfile_problem(manager)
        if self._caches_itself(manager) or self._cached_otherwise():
            return None
        return f"what {manager.name} downloads is fetched anew in every run"

    def _caches_itself(self, manager: PackageManager) -> bool:
        """setup-node 5 and later cache by themselves where package.json names the package manager."""
        action = self.site.step.action
        found = re.match(r"v?(\d+)", action.ref) if action else None
        recent = found is None or (action is not None and action.is_commit) or int(found[1]) >= 5
        return recent and manager.version is not None and self.site.input("package-manager-cache") != "false"

    def _cached_otherwise(self) -> bool:
        for site in self._runs.earlier(self.site) + self._runs.later(self.site):
            action = site.step.action
            name = action.repository if action else ""
            path = site.input("path") or ""
            if name == "actions/cache" and (HOLE in path or any(store in path for store in _STORES)):
                return True
            if name in ("pnpm/action-setup", "bahmutov/npm-install") and site.input("cache") != "false":
                return name != "pnpm/action-setup" or site.input("cache") == "true"
        return False

    def _lockfile_problem(self, manager: PackageManager) -> str | None:
        paths = self._pipeline.project.paths
        given = self.site.input("cache-dependency-path")
        if manager.lockfile is None or given is not None:
            wrong = given and HOLE not in given and "*" not in given and "\n" not in given
            if wrong and normpath(str(given)) not in paths and manager.lockfile:
                return f"there is no lockfile {given}: the cache cannot be found"
            return None
        if "/" in manager.lockfile and not any(path in paths for path in _ROOT_LOCKFILES[manager.name]):
            return f"the lockfile is {manager.lockfile}, but it is looked for in the root"
        return None

    @property
    def cache_place(self) -> Span:
        wrong = "cache-dependency-path" if self.site.input("cache-dependency-path") else "cache"
        return self.site.input_span(wrong)

    @property
    def cache_edits(self) -> tuple[FileEdit, ...] | None:
        manager = self.manager
        if manager is None:
            return None
        nested = manager.lockfile if manager.lockfile and "/" in manager.lockfile else None
        if self.site.input("cache"):
            return (
                set_input(self.site.step, "cache-dependency-path", manager.lockfile)
                if manager.lockfile
                else None
            )
        added = {"cache": manager.name, **({"cache-dependency-path": nested} if nested else {})}
        return set_inputs(self.site.step, added)


class StepInstall(Effect):
    """A command of a step that installs all of a project's dependencies."""

    def __init__(self, pipeline: Pipeline, call: Invocation, verb: str) -> None:
        super().__init__(pipeline.runs, call.site, call.span)
        self._pipeline = pipeline
        self.call = call
        self.manager = _INSTALLS[call.name]
        self.verb = verb

    @cached_property
    def folder(self) -> str:
        """The folder whose dependencies it installs, relative to the checkout; empty for the root."""
        option = self.call.arguments.option(*_FOLDER)
        folder = join(self.call.site.working_directory, self.call.text(option) or ".")
        script = self.call.site.script
        for command in script.commands if script else ():
            if command is self.call.command:
                break
            if command.name == "cd":
                folder = join(folder, next((each.value or HOLE for each in command.operands()), HOLE))
        return normpath(folder).removeprefix(".").strip("/")

    @cached_property
    def is_frozen(self) -> bool:
        """Whether it installs exactly what the lockfile says, or fails."""
        options = self.call.arguments.parse(_VALUED)
        off = {each.name for each in options if each.value == "false"}
        names = {each.name for each in options} - off
        if self.manager == "pnpm":  # frozen by default where CI is set
            return not {"--no-frozen-lockfile", "--fix-lockfile"} & names and not off & set(_FROZEN)
        if self.manager == "yarn" and self._is_berry and "--no-immutable" not in names:
            return True
        return self.verb in _CLEAN or bool(names & set(_FROZEN)) or "--package-lock-only" in names

    @property
    def _is_berry(self) -> bool:
        """Yarn 2 and later install nothing else in CI by default."""
        found = package_manager(self._pipeline.project.files, self.folder)
        return (found.major or 1) >= 2 or ".yarnrc.yml" in self._pipeline.project.paths

    @property
    def frozen(self) -> str:
        """How it is written to install exactly what the lockfile says."""
        return {"npm": "npm ci", "pnpm": "pnpm install --frozen-lockfile"}.get(
            self.manager, f"{self.manager} install --frozen-lockfile"
        )

    @property
    def has_lockfile(self) -> bool:
        found = package_manager(self._pipeline.project.files, self.folder)
        return found.name == self.manager and found.lockfile is not None

    @property
    def frozen_edits(self) -> tuple[FileEdit, ...] | None:
        names = {argument.name: argument for argument in self.call.arguments.parse(_VALUED)}
        loose = names.get("--no-frozen-lockfile") or names.get("--frozen-lockfile")
        if loose:
            return (FileEdit(self.path, Edit(self.call.span_of(loose.word), "--frozen-lockfile")),)
        if self.manager == "npm":
            word = next((each.word for each in self.call.arguments.operands(*_VALUED)), None)
            return (FileEdit(self.path, Edit(self.call.span_of(word), "ci")),) if word else None
        end = Span(self.span.end, self.span.end)
        return (FileEdit(self.path, Edit(end, " --frozen-lockfile")),)


class RunnersNode(NodeSetup):
    """The first install of a job that no step sets Node.js up for: it has the version of the runner."""

    def __init__(self, pipeline: Pipeline, install: StepInstall) -> None:
        super().__init__(pipeline, install.site)
        self.span = install.span
        self._install = install

    @cached_property
    def manager(self) -> PackageManager | None:
        found = package_manager(self._pipeline.project.files, self._install.folder)
        return found if found.name == self._install.manager else PackageManager(self._install.manager)

    def source(self, wanted: str) -> VersionSource:
        return NoSource(self._pipeline, self, wanted)

    @property
    def cache_problem(self) -> str | None:
        """Nothing: a step that sets Node.js up comes first."""
        return None


class OtherSetup(NodeSetup):
    """A step of another action that is told which Node.js to bring."""

    def source(self, wanted: str) -> VersionSource:
        return OtherSource(self._pipeline, self, wanted)

    @property
    def cache_problem(self) -> str | None:
        """Nothing: what such actions keep is not known."""
        return None


class ContainersNode(RunnersNode):
    """The first install of a job that runs in a container: it has the version of the image."""

    def source(self, wanted: str) -> VersionSource:
        return ContainersVersion(self._pipeline, self, wanted)


def node_setups(pipeline: Pipeline) -> Iterator[NodeSetup]:
    """Every step that sets Node.js up, then the installs that go without one."""
    for site in pipeline.runs.sites:
        if site.step.action and site.step.action.name == _SETUP:
            yield NodeSetup(pipeline, site)
        elif (
            site.step.action and site.step.action.kind == "repository" and "node-version" in site.step.inputs
        ):
            yield OtherSetup(pipeline, site)
    first = {id(each.site.call): each for each in reversed(pipeline.step_installs)}
    for install in reversed(list(first.values())):
        if _has_runners_node(pipeline, install):
            yield RunnersNode(pipeline, install)
        elif install.site.job.container_image and not _has_setup(pipeline, install):
            yield ContainersNode(pipeline, install)


def _has_setup(pipeline: Pipeline, install: StepInstall) -> bool:
    """Whether a step of the job sets Node.js up."""
    sites = pipeline.runs.steps(install.site.call)
    return any(each.step.action is not None and each.step.action.name == _SETUP for each in sites)


def _has_runners_node(pipeline: Pipeline, install: StepInstall) -> bool:
    """Whether surely nothing before an install brings another Node.js than the runner's own."""
    site = install.site
    labels = [label.text for label in site.job.runs_on]
    hosted = bool(labels) and all(label.startswith(("ubuntu-", "windows-", "macos-")) for label in labels)
    if install.manager == "bun" or site.parent or site.job.node.get("container") or not hosted:
        return False
    steps = [each.step for each in (*pipeline.runs.earlier(site), site)]
    late = any(each.step.action and each.step.action.name == _SETUP for each in pipeline.runs.later(site))
    if late or any(step.action and step.action.name not in _NO_NODE for step in steps):
        return False
    return not any(step.run and _OTHER_NODE.search(step.run.text) for step in steps)


def step_installs(pipeline: Pipeline) -> Iterator[StepInstall]:
    """The commands of run steps that install a whole project, not single packages."""
    for site in pipeline.runs.sites:
        script = site.script
        for command in script.named(*_INSTALLS) if script else ():
            call = Invocation(site, command)
            words = [call.text(each) for each in call.arguments.operands(*_VALUED)]
            verb = words[0] if words else ""
            names = {argument.name for argument in call.arguments.parse(_VALUED)}
            if (
                verb in _VERBS[command.name]
                and len(words) < 2
                and not names & {"-g", "--global", "--version", "-v"}
            ):
                yield StepInstall(pipeline, call, verb)
