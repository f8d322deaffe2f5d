"""What a command checks: a linter, a type checker or tests, by name or through what it runs.

Followed are ``npx`` and its like, scripts of package.json, targets of Makefile, justfile and Taskfile, shell
scripts of the repository, and what a container is told to run.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from posixpath import normpath

from cilint.model.package import Package, read_package
from cilint.model.project import Project
from cilint.model.task_files import NAMES, Task, read_tasks
from cilint.pipeline.effects.gate_tools import GateKind, checked_by, named
from cilint.pipeline.filters import matches
from cilint.syntax.shell import Command, Script, Shell
from cilint.syntax.shell import parse as parse_script
from cilint.text.hole import HOLE
from cilint.text.remember import remembered
from cilint.text.values import NamedTuple

_MANAGERS = ("npm", "pnpm", "yarn", "bun")
_RUNNERS = ("npx", "bunx", "pnpx", "uvx")
_SOURCING = ("source", ".")
HIDDEN = ("ignored", "handled")
"""What becomes of a failure that nobody notices."""
_SHELLS = ("sh", "bash", "dash", "zsh", "source", ".")
CONTAINERS = ("docker", "podman", "nerdctl", "docker-compose")
_TASK_RUNNERS = frozenset(("turbo", "nx", "lerna", "npm-run-all", "npm-run-all2", "run-s", "run-p", "moon"))
_SETTERS = frozenset(
    ("cross-env", "cross-env-shell", "dotenv", "env-cmd", "dotenvx", "infisical", "doppler", "xvfb-run",
     "corepack", "mise", "volta")
)  # fmt: skip
_TARGETS = ("--target", "--targets")
_NO_TASKS = (
    "--filter",
    "-F",
    "--projects",
    "-p",
    "--project",
    "--concurrency",
    "--base",
    "--head",
    "--scope",
)
"""Options of task runners whose value is no task."""
_TASK_FOLDERS = ("-C", "--directory", "-d", "--working-directory", "--dir")
_TASK_FILES = ("-f", "--file", "--makefile", "--justfile", "-t", "--taskfile")
_FOLDERS = ("--prefix", "-C", "--dir", "--cwd")
_MEMBERS = ("--workspace", "-w", "--filter", "-F")
_EVERYWHERE = ("--workspaces", "-ws", "-r", "--recursive")
_SAYING = ("echo", "printf", "true", ":", "exit")
"""All that ``npm init``'s test script, and others that check nothing, consist of."""
_MAX_DEPTH = 12
_MAX_PACKAGES = 50
_MAX_SCRIPTS = 50
_MAX_SCRIPT_BYTES = 1 << 16


class Called(NamedTuple):
    """A script of a package.json that a command runs; ``checking``: those commands in it that check."""

    package: Package
    name: str
    script: Script
    checking: tuple[Command, ...]


class Loss(NamedTuple):
    """A shell script of the repository that goes on after a check of these kinds has failed, and why."""

    path: str
    kinds: frozenset[GateKind]
    reason: str


class Checked(NamedTuple):
    """What a command checks, and through what: scripts of package.json, outermost first, and other texts."""

    kinds: frozenset[GateKind] = frozenset()
    scripts: tuple[Called, ...] = ()
    texts: tuple[str, ...] = ()
    losses: tuple[Loss, ...] = ()


_NOTHING = Checked()


class Scripts:
    """What commands check, with the scripts of the project's package.json files; ``scripts_of`` gives the
    one of a project.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._packages: dict[str, Package | None] = {}
        self._parsed: dict[str, Script] = {}
        self._tasks: dict[tuple[str, str, str], Mapping[str, Task] | None] = {}
        self._known: dict[tuple[str, ...], Checked] = {}

    def package(self, folder: str) -> Package | None:
        """The package.json of a folder (``.`` or empty: the root)."""
        path = normpath(f"{folder or '.'}/package.json")
        if path not in self._packages:
            self._packages[path] = None if HOLE in path else read_package(self._project.files, path)
        return self._packages[path]

    @cached_property
    def packages(self) -> tuple[Package, ...]:
        """All packages of the project, at most 50."""
        paths = [path for path in self._project.files.listing() if path.rpartition("/")[2] == "package.json"]
        found = (self.package(path.rpartition("/")[0]) for path in paths[:_MAX_PACKAGES])
        return tuple(package for package in found if package)

    def script(self, body: str) -> Script:
        if body not in self._parsed:
            self._parsed[body] = parse_script(body)
        return self._parsed[body]

    def checked(
        self, command: Command, folder: str, depth: int = 0, argv: Iterable[str] | None = None
    ) -> Checked:
        """What a command checks, seen from the folder that it runs in; ``argv`` are its words where known."""
        words = [text for text in (command.argv() if argv is None else argv) if text]
        if words and words[0] in CONTAINERS:
            inside = _in_container(command, words)
            return self.of_words(inside, HOLE, depth + 1) if inside else _NOTHING
        return self.of_words(words, folder, depth)

    def of_words(self, words: list[str], folder: str, depth: int = 0) -> Checked:
        """What a command of these words checks."""
        if not words or depth > _MAX_DEPTH:
            return _NOTHING
        program, rest = words[0].rpartition("/")[2].partition("@")[0] or words[0], words[1:]
        if program in _MANAGERS:
            return self._of_manager(program, rest, folder, depth)
        if program in _RUNNERS:
            return self.of_words(_after_options(rest), folder, depth + 1)
        if program in _SETTERS:
            return self.of_words(_wrapped(rest), folder, depth + 1)
        if program == "concurrently":
            return self._several(self.of_text(text, folder, depth) for text in rest if text[:1] != "-")
        if program in _TASK_RUNNERS:
            return self._several(self._of_task(name, folder, depth) for name in _task_names(rest))
        if program in NAMES:
            return self._of_targets(program, rest, folder, depth)
        if program == "node" and (script := _node_run(rest)):
            return self._of_script(script, folder, depth, hooks=False)
        kinds = checked_by(program, rest)
        return Checked(kinds) if kinds else self._of_file(words, folder, depth)

    def _several(self, found: Iterator[Checked]) -> Checked:
        kinds: frozenset[GateKind] = frozenset()
        scripts: tuple[Called, ...] = ()
        texts: tuple[str, ...] = ()
        losses: tuple[Loss, ...] = ()
        for each in found:
            kinds, scripts, texts = kinds | each.kinds, scripts + each.scripts, texts + each.texts
            losses += each.losses
        return Checked(kinds, scripts[:_MAX_SCRIPTS], texts[:_MAX_SCRIPTS], losses[:_MAX_SCRIPTS])

    def _once(self, key: tuple[str, ...], find: Callable[[], Checked]) -> Checked:
        """What is found under a key; nothing for what leads back to itself."""
        if key not in self._known:
            self._known[key] = _NOTHING
            self._known[key] = find()
        return self._known[key]

    def _of_file(self, words: list[str], folder: str, depth: int) -> Checked:
        """What a shell script of the repository checks: ``./ci.sh``, ``bash scripts/ci``, ``. ./ci``."""
        given = words[0]
        if given in _SHELLS:
            given = next((word for word in words[1:] if word[:1] not in ("-", "+")), "")
        elif "/" not in given:
            return _NOTHING
        path = normpath(f"{folder or '.'}/{given}")
        if not given or HOLE in path:
            return _NOTHING
        options = "".join(word for word in words[1:] if word.startswith("-") and word != "--")
        errexit = words[0] in _SOURCING or "e" in options.partition("--")[0]
        shell = Shell(errexit=errexit, pipefail="pipefail" in words)
        return self._once(("file", path, str(shell)), lambda: self._of_script_file(path, shell, depth))

    def _of_script_file(self, path: str, shell: Shell, depth: int) -> Checked:
        """``shell`` has the options that the script is started with."""
        data = self._project.files.read(path)
        text = (data or b"")[:_MAX_SCRIPT_BYTES].decode("utf-8", "replace")
        first = text.partition("\n")[0]
        if first.startswith("#!") and not any(first.rstrip().endswith(shell) for shell in _SHELLS[:4]):
            return _NOTHING
        script = self.script(text)
        found = [(each, self.checked(each, ".", depth + 1)) for each in script.commands]
        started = Shell(errexit=shell.errexit or bool(re.search(r"\s-\w*e", first)), pipefail=shell.pipefail)
        losses = tuple(
            Loss(path, checked.kinds, failure.reason)
            for command, checked in found[:_MAX_SCRIPTS]
            if checked.kinds and (failure := script.failure(command, started)).outcome in HIDDEN
        )
        inside = self._several(checked for _, checked in found)
        return inside._replace(texts=(text, *inside.texts), losses=(*losses, *inside.losses))

    def _of_targets(self, runner: str, rest: list[str], folder: str, depth: int) -> Checked:
        """What the targets of a Makefile, justfile or Taskfile check."""
        name, targets, at = "", [], 0
        while at < len(rest):
            option, equals, value = rest[at].partition("=")
            takes = option in _TASK_FOLDERS or option in _TASK_FILES
            if takes and not equals:
                at += 1
                value = rest[at] if at < len(rest) else ""
            if option in _TASK_FOLDERS:
                folder = normpath(f"{folder or '.'}/{value}")
            elif option in _TASK_FILES:
                name = value
            elif not equals and not option.startswith("-"):
                targets.append(option)
            at += 1
        return self._several(self._of_target(runner, each, (folder, name), depth) for each in targets or [""])

    def _of_target(self, runner: str, target: str, place: tuple[str, str], depth: int) -> Checked:
        key = (runner, *place)
        if key not in self._tasks:
            self._tasks[key] = read_tasks(self._project.files, runner, *place)
        tasks = self._tasks[key]
        task = tasks.get(target) if tasks else None
        if task is None:
            return Checked(named(target))
        return self._once((*key, target), lambda: self._of_task_body(runner, task, place, depth))

    def _of_task_body(self, runner: str, task: Task, place: tuple[str, str], depth: int) -> Checked:
        if depth > _MAX_DEPTH:
            return _NOTHING
        needed = [self._of_target(runner, each, place, depth + 1) for each in task.needs]
        own = Checked(texts=(task.body,)), self.of_text(task.body, place[0], depth)
        return self._several(iter((*needed, *own)))

    def of_text(self, text: str, folder: str, depth: int = 0) -> Checked:
        """A command in quotes; ``npm:NAME`` is a script."""
        if text.startswith(("npm:", "pnpm:", "yarn:", "bun:")):
            return self._of_script(text.partition(":")[2].partition(" ")[0], folder, depth)
        return self._several(self.checked(each, folder, depth + 1) for each in self.script(text).commands)

    def _of_task(self, name: str, folder: str, depth: int) -> Checked:
        """A script of the package, by name or pattern; a task of another runner by its name."""
        package = self.package(folder)
        pattern = name.replace(":", "/")
        names = package.scripts if package else {}
        found = [
            each
            for each in names
            if each == name or ("*" in name and matches(pattern, each.replace(":", "/")))
        ]
        if found and depth < _MAX_DEPTH:
            return self._several(self._of_script(each, folder, depth + 1) for each in found)
        return Checked(named(name.rpartition("#")[2]))

    def _of_manager(self, program: str, rest: list[str], folder: str, depth: int) -> Checked:
        folder, rest, spread = _located(program, rest, folder)
        verbs = [word for word in rest if not word.startswith("-")]
        if not verbs:
            return _NOTHING
        verb, following = verbs[0], rest[rest.index(verbs[0]) + 1 :]
        if verb in ("exec", "dlx", "x"):
            return self.of_words(_after_options(following), folder, depth + 1)
        if verb in ("run", "run-script"):
            if len(verbs) < 2:
                return _NOTHING
            found = self._of_script(verbs[1], folder, depth, spread)
            runs_programs = program in ("yarn", "bun") and not found.kinds
            return self._of_program(verbs[1], following, folder, depth) if runs_programs else found
        if (program, verb) == ("bun", "test"):
            return Checked(frozenset({"test"}))
        if verb in ("test", "t", "tst"):
            return self._of_script("test", folder, depth, spread)
        if verb in ("workspace", "workspaces"):
            return Checked(named(verbs[-1]) if len(verbs) > 2 else frozenset())
        if program == "npm" or verb in ("install", "i", "add", "ci", "up"):
            return _NOTHING
        found = self._of_script(verb, folder, depth, spread)
        return found if found.kinds else self._of_program(verb, rest, folder, depth)

    def _of_program(self, name: str, words: list[str], folder: str, depth: int) -> Checked:
        """What a program checks that the manager runs where there is no script of its name."""
        return self.of_words(words[words.index(name) :], folder, depth + 1)

    def _of_script(
        self,
        name: str,
        folder: str,
        depth: int,
        spread: bool = False,
        *,
        hooks: bool = True,
    ) -> Checked:
        """What a script of package.json checks, with those that run before and after it.

        One that the package surely lacks checks nothing, whether the command then fails or is content.
        """
        package = self._owner(name, folder, spread)
        if package is None:
            asked = None if spread else self.package(folder)
            return _NOTHING if asked and asked.valid else Checked(named(name))
        hooks = hooks and not package.package_manager.startswith(("yarn@2", "yarn@3", "yarn@4"))
        names = (f"pre{name}", name, f"post{name}") if hooks else (name,)
        return self._several(
            self._once(("script", package.path, each), lambda each=each: self._of_body(package, each, depth))  # type: ignore[misc]
            for each in names
            if each in package.scripts
        )

    def _of_body(self, package: Package, name: str, depth: int) -> Checked:
        script = self.script(package.scripts[name])
        if all(command.name in _SAYING for command in script.commands):
            return _NOTHING
        found = [(each, self.checked(each, package.folder or ".", depth + 1)) for each in script.commands]
        inside = self._several(checked for _, checked in found)
        called = Called(package, name, script, tuple(each for each, checked in found if checked.kinds))
        return inside._replace(kinds=inside.kinds or named(name), scripts=(called, *inside.scripts))

    def _owner(self, name: str, folder: str, spread: bool) -> Package | None:
        """The package whose script is run: that of the folder, else the root's, else any workspace's."""
        near = () if spread else (self.package(folder), self.package("."))
        every = (*near, *(self.packages if spread or HOLE in folder else ()))
        return next((package for package in every if package and name in package.scripts), None)


@remembered
def scripts_of(project: Project) -> Scripts:
    """What is read of the scripts of a project, each once for all that ask."""
    return Scripts(project)


def _located(program: str, rest: list[str], folder: str) -> tuple[str, list[str], bool]:
    """The folder that a package manager works in, its other words, and whether workspaces are meant."""
    kept: list[str] = []
    spread = False
    at = 0
    while at < len(rest):
        name, equals, value = rest[at].partition("=")
        takes = name in _FOLDERS or (name in _MEMBERS and program in ("npm", "pnpm", "bun"))
        if takes and not equals:
            at += 1
            value = rest[at] if at < len(rest) else ""
        if name in _FOLDERS:
            folder = normpath(f"{folder}/{value}")
        elif takes or rest[at] in _EVERYWHERE:
            spread = True
        else:
            kept.append(rest[at])
        at += 1
    return folder, kept, spread


def _after_options(words: list[str]) -> list[str]:
    """The words from the first that is no option; ``npx -p typescript tsc`` names a package first."""
    at = 0
    while at < len(words) and words[at].startswith("-"):
        at += 2 if words[at] in ("-p", "--package", "--filter") else 1
    return words[at:]


def _wrapped(words: list[str]) -> list[str]:
    """What a program runs that only sets variables first."""
    if "--" in words:
        return words[words.index("--") + 1 :]
    at = 0
    while at < len(words) and (words[at][:1] == "-" or "=" in words[at] or words[at] in ("run", "exec", "x")):
        at += 2 if words[at] in ("-e", "-f", "-c") else 1
    return words[at:]


def _task_names(words: list[str]) -> list[str]:
    """The tasks that a task runner is told to run: ``run lint test``, ``run-many --targets=lint,test``."""
    names: list[str] = []
    skip = False
    for word in words:
        option, _, value = word.partition("=")
        if not skip and option in _TARGETS:
            names += value.split(",")
        elif not skip and not word.startswith("-"):
            names += word.removeprefix("npm:").split(",")
        skip = word in _NO_TASKS
    return [name for name in names if name]


def _node_run(words: list[str]) -> str:
    """The script of ``node --run NAME``; empty where it runs none."""
    for word, following in zip(words, [*words[1:], ""], strict=False):
        if word.startswith("--run"):
            return word[6:] or following
    return ""


def _in_container(command: Command, words: list[str]) -> list[str]:
    """What ``docker run``, ``docker compose run`` or ``exec`` runs in a container."""
    operands = command.operands("-f", "--file")
    verbs = [each.value for each in operands]
    at = next((place for place, verb in enumerate(verbs[:3]) if verb in ("run", "exec")), None)
    if at is None or len(operands) < at + 2:
        return []
    texts = [each.static for each in command.words]
    inside = words[texts.index(operands[at + 1].word.static) + 1 :] if len(texts) == len(words) else []
    entry = command.option("--entrypoint")
    return [entry.value, *inside] if entry and entry.value else inside
