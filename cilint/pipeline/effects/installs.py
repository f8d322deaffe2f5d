"""Dependency installs of npm, yarn, pnpm and bun in the stages of a Dockerfile, however they are spelt."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from cilint.model.dockerfile import Stage, StageCopy
from cilint.model.dockerfile_state import resolve
from cilint.model.package import Manager
from cilint.pipeline.effects.bases import node_major
from cilint.pipeline.effects.docker_lines import first_workdir
from cilint.pipeline.effects.install_cache import CacheProblem
from cilint.pipeline.effects.stage_commands import StageCommand, mentions, run_commands
from cilint.syntax.dockerfile import Instruction, Mount
from cilint.text.edit import Edit
from cilint.text.hints import TYPE_CHECKING, Literal
from cilint.text.hole import HOLE
from cilint.text.remember import remembered, remembered_by
from cilint.text.source import Span

if TYPE_CHECKING:
    from cilint.pipeline.effects.node_modules import Copied
    from cilint.syntax.shell import Argument

Action = Literal["install", "prune", "fetch"]

_NPM_INSTALL = frozenset({
    "install", "i", "in", "ins", "inst", "insta", "instal", "isnt", "isnta", "isntal", "isntall", "add",
    "it", "install-test", "ci", "clean-install", "ic", "install-clean", "isntall-clean", "cit",
    "install-ci-test", "clean-install-test", "sit",
})  # fmt: skip
_NPM_CLEAN = frozenset({
    "ci", "clean-install", "ic", "install-clean", "isntall-clean", "cit", "install-ci-test",
    "clean-install-test", "sit",
})  # fmt: skip
_PROGRAMS: dict[str, Manager] = {
    "npm": "npm", "yarn": "yarn", "yarnpkg": "yarn", "pnpm": "pnpm", "bun": "bun",
}  # fmt: skip
_ACTIONS: dict[Manager, dict[str, Action]] = {
    "npm": {**dict.fromkeys(_NPM_INSTALL, "install"), "prune": "prune"},
    "yarn": {"install": "install", "add": "install", "": "install", "focus": "install"},
    "pnpm": {
        "install": "install", "i": "install", "ci": "install", "add": "install", "install-clean": "install",
        "deploy": "install", "prune": "prune", "fetch": "fetch",
    },
    "bun": {"install": "install", "i": "install", "add": "install", "a": "install", "ci": "install"},
}  # fmt: skip
_VALUED = frozenset({
    "--only", "--also", "--omit", "--include", "--loglevel", "--cache", "--prefix", "--cwd", "--dir", "-C",
    "--registry", "--filter", "-F", "--store-dir", "--cache-folder", "--network-timeout",
    "--modules-folder", "--mutex", "--network-concurrency", "--fetch-retries", "--fetch-timeout",
    "--maxsockets", "--install-strategy", "--location", "--workspace", "-w", "--userconfig",
    "--node-linker", "--reporter", "--lockfile-dir", "--virtual-store-dir", "--cache-dir", "--backend",
    "--concurrent-scripts", "--linker", "--fetch-retry-mintimeout", "--fetch-retry-maxtimeout",
    "--fetch-retry-factor", "--before", "--tag", "--target", "--arch", "--platform", "--libc", "--os",
    "--cpu", "--mode",
})  # fmt: skip
_FOLDER = {"npm": ("--prefix", "-C"), "yarn": ("--cwd",), "pnpm": ("--dir", "-C"), "bun": ("--cwd",)}
_CACHE = {
    "npm": ("--cache",), "yarn": ("--cache-folder",), "pnpm": ("--store-dir",), "bun": ("--cache-dir",),
}  # fmt: skip
_FROZEN = ("--frozen-lockfile", "--immutable", "--pure-lockfile")
_PRODUCTION = ("prod", "production")
_DRY = (
    "--dry-run",
    "--package-lock-only",
    "--lockfile-only",
    "--help",
    "-h",
    "--version",
    "--mode=update-lockfile",
)


class Install:
    """One command that installs a project's dependencies, removes some of them (``prune``) or fetches them.

    ``verb`` is the word as written (``ci``; empty for a bare ``yarn``), ``packages`` are those that it names.
    ``folder`` is where its node_modules lies, absolute, with holes for what is not known. ``old_flag_span``
    is an option whose name npm calls deprecated, ``new_flag`` the option that it recommends instead.
    """

    number = 0
    """Its place among the installs of its stage, from 0."""

    def __init__(self, call: StageCommand, manager: Manager, verb: str, packages: tuple[str, ...]) -> None:
        self.stage = stage = call.stage
        self.call = call
        self.instruction: Instruction = call.instruction
        self.path = stage.path
        self.manager = manager
        self.verb = verb
        self.packages = packages
        self.action: Action = _ACTIONS[manager][verb]
        self._options = call.arguments.parse(_VALUED)

    def __repr__(self) -> str:
        return f"<install {self.text!r} in {self.folder}>"

    @property
    def span(self) -> Span:
        """The command in the file."""
        return self.call.span

    @cached_property
    def text(self) -> str:
        """The command's words."""
        return " ".join(self.call.command.argv(self.call.env))

    @property
    def in_final(self) -> bool:
        return self.stage.is_final

    def _option(self, *names: str) -> Argument | None:
        return next((each for each in reversed(self._options) if each.name in names), None)

    @cached_property
    def is_global(self) -> bool:
        """Whether it installs programs for the whole image instead of a project."""
        location = self._option("--location")
        names = ("-g", "--global") if self.manager != "yarn" else ("--global",)
        return self._option(*names) is not None or bool(location and location.value == "global")

    @property
    def is_project(self) -> bool:
        """Whether it installs all that a project's package.json asks for."""
        return self.action == "install" and not self.packages and not self.is_global

    @cached_property
    def folder(self) -> str:
        option = self._option(*_FOLDER[self.manager])
        if option is None:
            return self.call.folder
        return resolve(self.call.folder, option.value or HOLE)

    @property
    def folder_known(self) -> bool:
        """Whether an equal ``folder`` in the stage is the same place: of holes only the base's WORKDIR is."""
        if HOLE not in self.folder:
            return True
        fixed = HOLE not in self.folder[1:] and self.folder.startswith(HOLE)
        return fixed and first_workdir(self.stage) is None

    @property
    def is_clean(self) -> bool:
        """Whether it installs exactly what the lockfile says, or fails."""
        if self.manager == "npm":
            return self.verb in _NPM_CLEAN
        frozen = self._option(*_FROZEN)
        if frozen is not None:
            return frozen.value != "false"
        if self.manager == "pnpm" and self._option("--no-frozen-lockfile") is None:
            in_ci = self.call.env.get("CI", "") not in ("", "false", HOLE)
        else:
            in_ci = self.call.env.get("YARN_ENABLE_IMMUTABLE_INSTALLS", "") in ("1", "true")
        return in_ci or self.verb in ("ci", "install-clean")

    @cached_property
    def production(self) -> bool | None:
        """Whether development dependencies are left out; None where that is not known."""
        said = self._said
        if said is not None:
            return said
        if self.manager == "npm":
            if "dev" in self._setting("include"):
                return False
            if "dev" in self._setting("omit") or self._setting("only") in _PRODUCTION:
                return True
            if self._setting("production") in ("true", "false"):
                return self._setting("production") == "true"
        node_env = self.call.env.get("NODE_ENV", "")
        if HOLE in node_env:
            return None
        if node_env != "production":
            return False
        return True if self.manager == "npm" or self._is_classic else None

    def _setting(self, name: str) -> str:
        """The value of npm's setting that a variable gives; empty where none does."""
        env = self.call.env
        spelt = (f"npm_config_{name}", f"NPM_CONFIG_{name.upper()}", f"NPM_CONFIG_{name}")
        return next((env[each] for each in spelt if each in env), "")

    @property
    def _is_classic(self) -> bool:
        """Whether only Yarn 1 knows the options that are used."""
        known = ("--frozen-lockfile", "--pure-lockfile", "--production", "--prod", "--non-interactive")
        return self.manager == "yarn" and self.verb != "focus" and self._option(*known) is not None

    @property
    def _said(self) -> bool | None:
        """What its options say."""
        result = None
        for option in self._options:
            value = (option.value or "").lower()
            if option.name in ("--production", "--prod") or (option.name, self.manager) in (
                ("-P", "pnpm"), ("-p", "bun")
            ):  # fmt: skip
                result = None if HOLE in value else value != "false"
            elif option.name == "--omit":
                result = True if "dev" in value.split(",") else result
            elif option.name == "--only":
                result = True if value in _PRODUCTION else result
            elif option.name in ("--include", "--also") and value in ("dev", "development"):
                return False
        return result

    @cached_property
    def _old(self) -> tuple[Argument, str] | None:
        """The option that npm calls deprecated, and the one that npm 11 recommends."""
        for option in self._options if self.manager == "npm" else ():
            value = (option.value or "true").lower()
            if option.name in ("--production", "--prod") and value in ("true", "false"):
                return option, "--omit=dev" if value == "true" else "--include=dev"
            if option.name == "--only" and value in _PRODUCTION:
                return option, "--omit=dev"
            if option.name == "--also" and value in ("dev", "development"):
                return option, "--include=dev"
        return None

    @property
    def old_flag_span(self) -> Span | None:
        return self.call.argument_place(self._old[0]) if self._old else None

    @property
    def old_flag(self) -> str:
        if self._old is None:
            return ""
        name, value = self._old[0].name, self._old[0].value
        return name if value is None else f"{name}={value}"

    @property
    def new_flag(self) -> str:
        return self._old[1] if self._old else ""

    @cached_property
    def _copied(self) -> Copied | None:
        from cilint.pipeline.effects.node_modules import copied

        return copied(self)

    @property
    def copied(self) -> StageCopy | None:
        """The copy from another stage or image that brings the same node_modules."""
        return self._copied.copy if self._copied else None

    @property
    def copied_before(self) -> bool:
        """Whether that copy stands before the install."""
        return bool(self._copied and self._copied.before)

    @property
    def verb_span(self) -> Span:
        """The verb in the file; of a bare ``yarn``, the program."""
        words = [each.word for each in self._options if not each.name and each.value == self.verb]
        return self.call.place(words[0] if words and self.verb else self.call.command.words[0])

    @property
    def frozen(self) -> str:
        """The spelling that follows the lockfile: ``npm ci``, or the same command with an option."""
        return "npm ci" if self.manager == "npm" else f"{self.text} --frozen-lockfile"

    @cached_property
    def has_lockfile(self) -> bool | None:
        """Whether the lockfile has been copied to it; None where that cannot be told."""
        from cilint.pipeline.effects.manifests import has_lockfile

        return has_lockfile(self)

    @cached_property
    def source_copy(self) -> StageCopy | None:
        """The copy of the whole build context before it, so that any change of the sources repeats it."""
        from cilint.pipeline.effects.manifests import source_copy

        return source_copy(self)

    def freezing(self) -> tuple[Edit, ...] | None:
        """Edits that make it follow the lockfile, where one has been copied."""
        if self.has_lockfile is not True or self.manager == "yarn" or self.instruction.form == "json":
            return None
        if self.manager == "npm":
            return (Edit(self.verb_span, "ci"),)
        return (Edit(Span(self.span.end, self.span.end), " --frozen-lockfile"),)

    @property
    def copied_full(self) -> bool:
        """Whether that copy brings development dependencies, which the install then takes out."""
        return bool(self._copied and self._copied.full)

    @property
    def removal_safety(self) -> Literal["safe", "unsafe"]:
        """Safe where nothing changes in the image but its size when the install goes."""
        return "safe" if self._copied and self._copied.safe else "unsafe"

    @cached_property
    def removal(self) -> tuple[Edit, ...] | None:
        """Edits that take it out of its RUN, with its pruning done before the copy; None where not plain."""
        from cilint.pipeline.effects.node_modules import replacement

        return replacement(self, self._copied) if self._copied else None

    @cached_property
    def cache_problem(self) -> CacheProblem | None:
        """Why its downloads are not kept between builds."""
        from cilint.pipeline.effects.install_cache import cache_problem

        return cache_problem(self)

    @property
    def has_npm6(self) -> bool:
        """Whether the image is a Node.js of npm 6 or older, which does not know ``--omit``."""
        major = node_major(self.stage)
        return major is not None and major <= 14

    @property
    def offline(self) -> bool:
        return self._option("--offline") is not None

    @property
    def cache_mounts(self) -> tuple[Mount, ...]:
        """The cache mounts of its RUN."""
        return tuple(mount for mount in self.instruction.mounts if mount.type == "cache")

    @property
    def cache_option(self) -> str | None:
        """The folder for downloads that an option names, if one does."""
        option = self._option(*_CACHE[self.manager])
        return option.value if option else None


@remembered_by
def installs(stage: Stage, instruction: Instruction) -> tuple[Install, ...]:
    """The installs of one RUN of the stage, in order."""
    if instruction.name != "RUN" or not mentions(instruction, "npm", "yarn", "bun"):
        return ()
    found = (read_install(call) for call in run_commands(stage, instruction))
    return tuple(install for install in found if install)


def stage_installs(stage: Stage) -> Iterator[Install]:
    """The installs of a stage, without those of the stages that it is built on."""
    number = 0
    for instruction in stage.instructions:
        for install in installs(stage, instruction):
            install.number = number
            number += 1
            yield install


@remembered
def read_install(call: StageCommand) -> Install | None:
    """The install that a command is, if it is one."""
    name, skip = call.name, 0
    operands = [each.value or "" for each in call.arguments.operands(*_VALUED)]
    if name in ("corepack", "npx") and operands:
        name, skip = operands[0].partition("@")[0], 1
    manager = _PROGRAMS.get(name)
    if manager is None:
        return None
    words = [word for word in operands[skip:] if word not in ("true", "false")]
    if words[:2] == ["workspaces", "focus"]:
        words = ["focus"]
    verb = words[0] if words else ""
    if verb not in _ACTIONS[manager] or any(each.name in _DRY for each in call.arguments.parse(_VALUED)):
        return None
    packages = () if verb == "deploy" or words[1:] == ["."] else tuple(words[1:])
    install = Install(call, manager, verb, packages)
    if verb == "deploy" and words[1:]:
        install.folder = resolve(call.folder, words[-1])
    return install
