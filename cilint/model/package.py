"""package.json and what lies beside it: scripts, dependencies, the package manager, Node's version file.

Everything is read leniently: a field of the wrong shape counts as absent, and nothing here raises.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from cilint.model.files import Files
from cilint.text.hints import Literal
from cilint.text.values import NamedTuple

Manager = Literal["npm", "pnpm", "yarn", "bun"]

LOCKFILES: Mapping[str, Manager] = {
    "package-lock.json": "npm",
    "npm-shrinkwrap.json": "npm",
    "pnpm-lock.yaml": "pnpm",
    "yarn.lock": "yarn",
    "bun.lock": "bun",
    "bun.lockb": "bun",
}
VERSION_FILES = (".nvmrc", ".node-version")
MAX_BYTES = 1 << 20


class Package(NamedTuple):
    """One package.json. ``valid`` is False where it is no JSON object; every field is then empty."""

    path: str
    valid: bool = False
    name: str = ""
    scripts: Mapping[str, str] = {}
    dependencies: Mapping[str, str] = {}
    dev_dependencies: Mapping[str, str] = {}
    engines: Mapping[str, str] = {}
    package_manager: str = ""
    workspaces: tuple[str, ...] = ()

    @property
    def folder(self) -> str:
        """The folder that holds it, ``""`` for the project's root."""
        return self.path.rpartition("/")[0]

    def range_of(self, name: str) -> str | None:
        """The version range that ``name`` is asked for with, in either kind of dependency."""
        return self.dependencies.get(name, self.dev_dependencies.get(name))

    def has(self, name: str) -> bool:
        return self.range_of(name) is not None

    def version_of(self, name: str) -> tuple[int, int] | None:
        """Lowest (major, minor) of the range of ``name``; None where there is none or it is no number.

        ``latest``, ``catalog:`` and ``workspace:*`` are None; ``^16.1.6`` is (16, 1); ``16.x`` is (16, 0).
        """
        found = re.match(r"[\^~>=v\s]*(\d{1,4})(?:\.(\d{1,6}))?", self.range_of(name) or "")
        return (int(found[1]), int(found[2] or 0)) if found else None

    @property
    def has_tests(self) -> bool:
        """Whether ``test`` is a script that tests, not the placeholder that ``npm init`` writes."""
        return "test" in self.scripts and "no test specified" not in self.scripts["test"]


class PackageManager(NamedTuple):
    """The program that installs, and the folder whose lockfile it follows."""

    name: Manager
    version: str | None = None
    lockfile: str | None = None
    folder: str = ""

    @property
    def major(self) -> int | None:
        found = re.match(r"\d{1,4}", self.version or "")
        return int(found[0]) if found else None


class NodeVersion(NamedTuple):
    """What a version file asks for, such as ``22.21.1``, ``22`` (a leading ``v`` is gone) or ``lts/jod``."""

    path: str
    text: str


_CODENAMES = {"argon": 4, "boron": 6, "carbon": 8, "dubnium": 10, "erbium": 12, "fermium": 14, "gallium": 16,
              "hydrogen": 18, "iron": 20, "jod": 22, "krypton": 24}  # fmt: skip
"""Names of Node.js's long-term releases (nodejs.org/en/about/previous-releases)."""


def is_codename(text: str) -> bool:
    """Whether it names a long-term release of Node.js, such as ``jod``."""
    return text in _CODENAMES


def version_numbers(text: str) -> tuple[int, ...]:
    """The numbers of a version of Node.js, also of ``lts/jod``; empty for one without, such as ``latest``."""
    name = text.lower().removeprefix("lts/")
    if name in _CODENAMES:
        return (_CODENAMES[name],)
    found = re.fullmatch(r"v?(\d{1,4}(?:\.\d{1,4}){0,2})", text)
    return tuple(int(number) for number in found[1].split(".")) if found else ()


def join(folder: str, name: str) -> str:
    """``name`` in ``folder``, where the root is ``""``."""
    return f"{folder}/{name}" if folder else name


def ancestors(folder: str) -> tuple[str, ...]:
    """``folder`` and every folder above it, the root ``""`` last."""
    found = [folder]
    while folder:
        folder = folder.rpartition("/")[0]
        found.append(folder)
    return tuple(found)


def read_text(files: Files, path: str) -> str | None:
    """The file's text; None where there is none or it is too large to be what it claims to be."""
    data = files.read(path)
    if data is None or len(data) > MAX_BYTES:
        return None
    return data.decode("utf-8", "replace").removeprefix("\ufeff")


def read_object(files: Files, path: str) -> dict[str, object] | None:
    """The JSON object in ``path``; None for anything else."""
    text = read_text(files, path)
    if text is None:
        return None
    import json  # only needed once a project has a package.json

    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def read_package(files: Files, path: str) -> Package | None:
    """The package.json at ``path``; None where there is no such file."""
    data = read_object(files, path)
    if data is None:
        return Package(path) if files.read(path) is not None else None
    name, manager = data.get("name"), data.get("packageManager")
    return Package(
        path,
        valid=True,
        name=name if isinstance(name, str) else "",
        scripts=_strings(data.get("scripts")),
        dependencies=_strings(data.get("dependencies")),
        dev_dependencies=_strings(data.get("devDependencies")),
        engines=_strings(data.get("engines")),
        package_manager=manager if isinstance(manager, str) else "",
        workspaces=_globs(data.get("workspaces")),
    )


def _strings(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        return {}
    return {key: text for key, text in value.items() if isinstance(text, str)}


def _globs(value: object) -> tuple[str, ...]:
    """Workspaces are a list, or Yarn's ``{"packages": [...]}``."""
    listed = value.get("packages") if isinstance(value, dict) else value
    return tuple(item for item in listed if isinstance(item, str)) if isinstance(listed, list) else ()


def package_manager(files: Files, folder: str) -> PackageManager:
    """What installs the package in ``folder``: told by the nearest lockfile, ``packageManager``, or npm.

    The lockfile of a workspace lies above its packages, so every folder up to the root is looked at.
    """
    declared = next(filter(None, (_declared(files, above) for above in ancestors(folder))), None)
    for above in ancestors(folder):
        found = [name for name in LOCKFILES if files.read(join(above, name)) is not None]
        if not found:
            continue
        preferred = [name for name in found if declared and LOCKFILES[name] == declared[0]]
        lockfile = (preferred or found)[0]
        manager = LOCKFILES[lockfile]
        version = declared[1] if declared and declared[0] == manager else None
        return PackageManager(manager, version, join(above, lockfile), above)
    if declared:
        return PackageManager(declared[0], declared[1], None, folder)
    return PackageManager("npm", None, None, folder)


def _declared(files: Files, folder: str) -> tuple[Manager, str] | None:
    package = read_package(files, join(folder, "package.json"))
    found = re.match(r"(npm|pnpm|yarn|bun)@(\d[\w.-]*)", package.package_manager) if package else None
    if not found:
        return None
    return next((manager, found[2]) for manager in ("npm", "pnpm", "yarn", "bun") if manager == found[1])


def node_version(files: Files, folder: str) -> NodeVersion | None:
    """The version file that counts in ``folder``: its own, else the nearest one above it."""
    for above in ancestors(folder):
        for name in VERSION_FILES:
            path = join(above, name)
            text = read_text(files, path)
            words = text.split("#")[0].split() if text is not None else []
            if words:
                return NodeVersion(path, re.sub(r"^v(?=\d)", "", words[0]))
    return None
