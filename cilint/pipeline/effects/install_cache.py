"""Where package managers keep what they download, and whether a cache mount keeps it between builds."""

from __future__ import annotations

from posixpath import normpath

from cilint.pipeline.effects.bases import home_of, runs_as_root
from cilint.pipeline.effects.stage_commands import StageCommand, mentions, run_commands
from cilint.syntax.dockerfile import Mount
from cilint.text.edit import Edit
from cilint.text.hints import TYPE_CHECKING, Literal
from cilint.text.hole import HOLE
from cilint.text.remember import remembered
from cilint.text.source import Span
from cilint.text.values import NamedTuple

if TYPE_CHECKING:
    from cilint.model.dockerfile import Stage
    from cilint.pipeline.effects.installs import Install

_VARIABLES = {
    "npm": ("npm_config_cache", "NPM_CONFIG_CACHE"),
    "yarn": ("YARN_CACHE_FOLDER", "YARN_GLOBAL_FOLDER"),
    "pnpm": ("npm_config_store_dir", "NPM_CONFIG_STORE_DIR", "pnpm_config_store_dir"),
    "bun": ("BUN_INSTALL_CACHE_DIR",),
}
_BELOW_HOME = {
    "npm": ("/.npm",),
    "yarn": ("/.cache/yarn", "/.yarn/berry/cache"),
    "pnpm": ("/.local/share/pnpm/store", "/.pnpm-store", "/.cache/pnpm"),
    "bun": ("/.bun/install/cache",),
}
"""Folders below the user's home, the usual one first (``npm config get cache``, ``pnpm store path`` …)."""
_YARN_OF_ROOT = "/usr/local/share/.cache/yarn"
_SETTINGS = {
    "npm": ("cache",),
    "yarn": ("cache-folder", "cacheFolder", "globalFolder"),
    "pnpm": ("store-dir",),
}
"""What ``config set`` calls the folder."""
_CLEANS = {
    "npm": (("cache", "clean"), ("cache", "clear"), ("cache", "rm")),
    "yarn": (("cache", "clean"),),
    "pnpm": (("store", "prune"),),
    "bun": (("pm", "cache"),),
}


class CacheProblem(NamedTuple):
    """Why an install's downloads are not kept between builds, and the edits that mend it, if there are any.

    ``what`` begins with a small letter; ``advice`` is a sentence of its own, without its full stop.
    """

    span: Span
    what: str
    advice: str
    edits: tuple[Edit, ...] | None
    safety: Literal["safe", "unsafe"]


def cache_problem(install: Install) -> CacheProblem | None:
    """What is wrong with how the downloads of a project's install are kept; None where nothing surely is."""
    if install.offline or install.verb == "deploy" or not (install.is_project or install.action == "fetch"):
        return None
    verdicts = [(mount, _keeps(install, _target(install, mount))) for mount in install.cache_mounts]
    if any(kept is None for _, kept in verdicts):
        return None
    if any(kept for _, kept in verdicts):
        return _cleaned(install)
    wrong = next((mount for mount, _ in verdicts if _means(install, _target(install, mount))), None)
    if wrong is not None:
        return _wrong(install, wrong)
    return _missing(install) if _is_first(install) else None


def cache_folders(install: Install) -> tuple[str, ...] | None:
    """The folders of which one, mounted, keeps the downloads, the usual one first; None where not known."""
    env = install.call.env
    chosen = install.cache_option or next(
        (env[name] for name in _VARIABLES[install.manager] if name in env), _configured(install)
    )
    if chosen is not None:
        return None if HOLE in chosen or not chosen.startswith("/") else (normpath(chosen),)
    if install.manager == "pnpm" and "PNPM_HOME" in env:
        return None if HOLE in env["PNPM_HOME"] else (normpath(env["PNPM_HOME"]) + "/store",)
    home = env.get("HOME") or home_of(install.stage, install.instruction)
    if home is None or HOLE in home:
        return None
    below = tuple(f"{home}{part}" for part in _BELOW_HOME[install.manager])
    return (_YARN_OF_ROOT, *below) if install.manager == "yarn" else below


def _configured(install: Install) -> str | None:
    """The folder that ``npm config set cache`` or its like has set before the install; None for none."""
    found = None
    for place, manager, folder in _settings(install.stage):
        if manager == install.manager and place < install.call.span.start:
            found = folder
    return found


@remembered
def _settings(stage: Stage) -> tuple[tuple[int, str, str], ...]:
    """The settings of cache folders in a stage and those that it is built on: where, of whom, and which."""
    found = []
    for level in (*reversed(stage.chain), stage):
        for instruction in level.instructions:
            if instruction.name == "RUN" and mentions(instruction, "config"):
                found += [each for call in run_commands(level, instruction) if (each := _setting(call))]
    return tuple(found)


def _setting(call: StageCommand) -> tuple[int, str, str] | None:
    words = [word for word in call.command.argv(call.env)[1:] if not word.startswith("-")]
    key, equals, value = (words[2:] or [""])[0].partition("=")
    if words[:2] != ["config", "set"] or key not in _SETTINGS.get(call.name, ()):
        return None
    return call.span.start, call.name, value if equals else (words[3:] or [HOLE])[0]


def _target(install: Install, mount: Mount) -> str:
    target = mount.target
    return install.stage.resolve(target, install.instruction) if target else HOLE


def _keeps(install: Install, target: str) -> bool | None:
    """Whether a cache mount at ``target`` keeps the downloads; None where that cannot be told."""
    if HOLE in target:
        return None
    folders = cache_folders(install)
    if folders is None:
        return True if _means(install, target) else None
    inside = any(target == folder or target.startswith(folder + "/") for folder in folders)
    return inside or (target != "/" and any(folder.startswith(target + "/") for folder in folders))


def _means(install: Install, target: str) -> bool:
    """Whether a mount at ``target`` seems to be there for this package manager's downloads."""
    last = target.removeprefix("/")
    return "node_modules" not in last and (install.manager in last or last.endswith((".cache", "cache")))


def _is_first(install: Install) -> bool:
    """Whether it is the first install of its RUN, and no other of them has its mount."""
    from cilint.pipeline.effects.installs import installs

    others = [each for each in installs(install.stage, install.instruction) if each.is_project]
    if any(_keeps(other, _target(other, mount)) for other in others for mount in other.cache_mounts):
        return False
    return not others or others[0].call.command is install.call.command


def _missing(install: Install) -> CacheProblem:
    from cilint.syntax.dockerfile_edit import insert_flag

    what = (
        f"{install.manager}'s downloads lie in no cache mount: each rebuild of this layer fetches all again"
    )
    found = _mount(install)
    edits = tuple(insert_flag(install.instruction, f"--mount={found[0]}")) if found else None
    advice = f"Add {_advice(install)}"
    return CacheProblem(install.span, what, advice, edits, found[1] if found else "unsafe")


def _wrong(install: Install, mount: Mount) -> CacheProblem:
    option = mount.option("target", "dst", "destination")
    span = option.value_span if option and option.value_span else mount.span
    target = _target(install, mount)
    what = f"{install.manager} does not put its downloads into {target}: this cache mount keeps nothing"
    found, folders = _mount(install), cache_folders(install)
    edits = (Edit(span, folders[0]),) if found and folders and span != mount.span else None
    return CacheProblem(span, what, f"Use {_advice(install)}", edits, found[1] if found else "unsafe")


def _cleaned(install: Install) -> CacheProblem | None:
    """The command in the same RUN that empties the mounted cache again."""
    calls = [call for call in run_commands(install.stage, install.instruction) if call.command.inner is None]
    for number, call in enumerate(calls):
        if call.name == install.manager and is_cache_clean(call):
            what = "this empties the mounted cache, so that the next build fetches everything again"
            advice = "Leave it out: the mount is no part of the image"
            return CacheProblem(call.span, what, advice, _without(install, calls, number), "safe")
    return None


def _without(install: Install, calls: list[StageCommand], number: int) -> tuple[Edit, ...] | None:
    from cilint.syntax.dockerfile_edit import EditRefused, drop_commands

    spans = [call.command.span for call in calls]
    document = install.stage.dockerfile.document
    try:
        return tuple(drop_commands(document, install.instruction, install.call.script, spans, {number}))
    except EditRefused:
        return None


def is_cache_clean(call: StageCommand) -> bool:
    """Whether the command empties a package manager's cache."""
    words = tuple(word for word in call.command.argv()[1:] if not word.startswith("-"))
    return any(words[: len(clean)] == clean for clean in _CLEANS.get(call.name, ()))


def _advice(install: Install) -> str:
    folders = cache_folders(install)
    if folders is None:
        return f"`--mount=type=cache` at {install.manager}'s cache folder"
    found = _mount(install)
    return f"`--mount={found[0] if found else f'type=cache,target={folders[0]}'}`"


def _mount(install: Install) -> tuple[str, Literal["safe", "unsafe"]] | None:
    """The value of a ``--mount`` that keeps the downloads; safe where root installs.

    None where it is not known: which Yarn it is, and so which folder, only the project tells.
    """
    folders = cache_folders(install)
    if not folders or install.manager == "yarn":
        return None
    if runs_as_root(install.stage, install.instruction):
        return f"type=cache,target={folders[0]}", "safe"
    if folders[0].startswith("/home/node/"):
        return f"type=cache,target={folders[0]},uid=1000,gid=1000", "unsafe"
    return None
