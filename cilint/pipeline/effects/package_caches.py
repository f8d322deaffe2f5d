"""What package managers leave in a layer, what keeps it out, and what takes it away again."""

from __future__ import annotations

from posixpath import normpath

from cilint.model.dockerfile_state import resolve
from cilint.text.edit import Edit
from cilint.text.hints import TYPE_CHECKING
from cilint.text.hole import HOLE
from cilint.text.remember import remembered
from cilint.text.source import Span
from cilint.text.values import NamedTuple

if TYPE_CHECKING:
    from cilint.pipeline.effects.docker_runs import Run
    from cilint.pipeline.effects.package_installs import PackageCommand
    from cilint.pipeline.effects.stage_commands import StageCommand
    from cilint.syntax.dockerfile import Instruction

APT_LISTS = "/var/lib/apt/lists"
_DIST_CLEAN = ("dist-clean", "distclean")
MAX_CALLS = 200
"""Longer scripts are not mended."""
_OFF = frozenset({"", "0", "off", "no", "false", "f", "n"})


class Cache(NamedTuple):
    """Where a manager keeps what it downloads, and the command and verbs that empty that."""

    folders: tuple[str, ...]
    cleaning: str
    verbs: tuple[str, ...]


_CACHES = {
    "apk": Cache(("/var/cache/apk", "/etc/apk/cache"), "", ()),
    "yum": Cache(("/var/cache/yum",), "yum clean all", ("clean",)),
    "rpm": Cache(
        ("/var/cache/libdnf5", "/var/cache/dnf", "/var/cache/yum"), "{program} clean all", ("clean",)
    ),
    "zypper": Cache(("/var/cache/zypp",), "zypper clean --all", ("clean",)),
    "yarn": Cache(
        (".cache/yarn", ".yarn/berry", ".yarn/berry/cache", "/usr/local/share/.cache"),
        "yarn cache clean",
        ("cache",),
    ),
}
_VARIABLES = {"yarn": ("YARN_CACHE_FOLDER", "YARN_GLOBAL_FOLDER")}

_FOLDERS = (
    APT_LISTS,
    *(folder for cache in _CACHES.values() for folder in cache.folders if folder[0] == "/"),
)


def leaves_cache(command: PackageCommand) -> bool:
    """Whether what the command downloads stays in its layer."""
    family = command.manager.family
    if family == "apt":
        return command.verb == "update" and not _lists_are_gone(command)
    if not command.downloads:
        return False
    if family == "pip":
        return command.program == "pip" and command.verb == "install" and _pip_caches(command)
    if family == "apk" and (command.has("--no-cache", "--no-network") or command.verb != "add"):
        return False
    cache = _cache(command)
    return (
        cache is not None
        and not _is_kept_out(command.instruction, (*cache.folders, *_chosen(command)))
        and not _is_emptied(command, cache)
    )


def _chosen(command: PackageCommand) -> list[str]:
    """The folders that variables give a manager for its downloads."""
    folders = [command.call.env.get(name, HOLE) for name in _VARIABLES.get(command.manager.family, ())]
    return [normpath(folder) for folder in folders if folder.startswith("/") and HOLE not in folder]


def _cache(command: PackageCommand) -> Cache | None:
    return _CACHES.get("yum" if command.program == "yum" else command.manager.family)


def _is_kept_out(instruction: Instruction, folders: tuple[str, ...]) -> bool:
    """Whether a mount lies over one of the folders, so that nothing of it comes into the layer."""
    targets = _mounted(instruction)
    return any(
        target == folder
        or (target.endswith("/" + folder) if folder[0] != "/" else folder.startswith(target + "/"))
        for folder in folders
        for target in targets
    )


def _mounted(instruction: Instruction) -> list[str]:
    mounts = [mount for mount in instruction.mounts if mount.type in ("cache", "tmpfs")]
    return [normpath(mount.target) for mount in mounts if mount.target]


def _lists_are_gone(command: PackageCommand) -> bool:
    """Whether the lists of ``apt-get update`` are deleted in the same RUN, or lie on a mount."""
    targets = _mounted(command.instruction)
    if APT_LISTS in targets or {"/var/lib/apt", "/var/cache/apt"} <= set(targets):
        return True
    return APT_LISTS in _emptied(command.run)


@remembered
def _emptied(run: Run) -> dict[str, int]:
    """What the commands of a RUN empty, and where in the script the last one to do so begins.

    The keys are folders of caches, and the names of programs whose own cleaning command is run.
    """
    from cilint.pipeline.effects.package_installs import commands_in

    found: dict[str, int] = {}
    for call in run.calls:
        start = call.command.span.start
        if call.name in ("rm", "find"):
            found |= {folder: start for folder in _FOLDERS if _removes(call, folder)}
        if call.name == "apt-dist-clean":
            found[APT_LISTS] = start
        if call.name == "rm" and any(".cache" in (word.static or "") for word in call.command.words):
            found["pip"] = start
    for command in commands_in(run):
        cache = _cache(command)
        start = command.call.command.span.start
        if command.program == "pip" and command.verb == "cache" and command.has_operand("purge"):
            found["pip"] = start
        elif cache is not None and command.verb in cache.verbs:
            found[command.program] = start
        elif command.program == "apt-get" and command.verb in _DIST_CLEAN:
            found[APT_LISTS] = start
    return found


def _removes(call: StageCommand, folder: str) -> bool:
    """Whether a command deletes the folder, one above it, or something that is in it."""
    above = "/var/lib/apt" if folder == APT_LISTS else folder
    texts = [text for word in call.command.words[1:] for text in word.fields(call.env)]
    paths = [resolve(call.folder, text).rpartition(HOLE)[2] for text in texts]  # whatever is before it
    return any(path.startswith(above) or folder.startswith(path.rstrip("/*") + "/") for path in paths)


def _is_emptied(command: PackageCommand, cache: Cache) -> bool:
    """Whether a later command of the same RUN empties the cache."""
    emptied = _emptied(command.run)
    start = command.call.command.span.start
    return any(emptied.get(key, -1) > start for key in (command.program, *cache.folders))


def _pip_caches(command: PackageCommand) -> bool:
    if command.has("--no-cache-dir"):
        return False
    targets = _mounted(command.instruction)
    if any(".cache/pip" in target or target.endswith("/.cache") for target in targets):
        return False
    value = command.call.env.get("PIP_NO_CACHE_DIR")
    if value is not None and value.lower() not in _OFF:
        return False
    return _emptied(command.run).get("pip", -1) < command.call.command.span.start


# -- mending -----------------------------------------------------------------------------------------


def with_cleaning(command: PackageCommand) -> tuple[Edit, ...]:
    """The edits that let the RUN clean up at the end of its chain; none where it is no plain chain."""
    family = command.manager.family
    cache = _cache(command)
    if len(command.run.calls) > MAX_CALLS:
        return ()
    if family == "apt":
        text = f"rm -rf {APT_LISTS}/*"
    elif cache is not None and cache.cleaning:
        text = cache.cleaning.replace("{program}", command.program)
    else:
        return ()
    last = _last_of_chain(command)
    if last is None:
        return ()
    document = command.stage.dockerfile.document.text
    end = command.call.script.span(*last).end
    start = command.call.script.span(*last).start
    line = document[document.rfind("\n", 0, start) + 1 : start]
    if command.instruction.line == command.instruction.end_line or command.instruction.heredocs:
        return (Edit(Span(end, end), f" && {text}"),)
    indent = line[: len(line) - len(line.lstrip())] or "    "
    return (Edit(Span(end, end), f" {command.instruction.escape}\n{indent}&& {text}"),)


def _last_of_chain(command: PackageCommand) -> Span | None:
    """The place in the script of the last command of the ``&&`` chain that the command is a part of."""
    node = command.call.command
    chain = node.parent
    root = command.call.parsed.root
    if command.instruction.form == "json" or len(root.items) != 1:
        return None
    if chain is root:
        last = node
    elif chain is not None and chain is root.items[0] and _is_chain(chain):
        last = chain.items[-1]  # type: ignore[attr-defined]
    else:
        return None
    span = last.full_span if hasattr(last, "full_span") else last.span
    return None if any(redirect.heredoc for redirect in last.redirects) else span


def _is_chain(block: object) -> bool:
    return getattr(block, "kind", "") == "list" and set(getattr(block, "operators", ())) == {"&&"}
