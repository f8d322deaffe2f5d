"""The compiled modules of cilint in one file: finding and opening a hundred takes longer than a small lint.

With each module go the regular expressions that stand in it, compiled (``cilint.patterns``).

The bundle lies beside Python's own compiled files and is held to the same rule: a module whose source has
another size or time than when it was bundled is loaded the ordinary way, and so are all once the package has
moved, since code knows the file that it is from. Where there are no compiled files, or the folder cannot be
written, there is no bundle.
"""

from __future__ import annotations

import marshal
import os
import sys

from cilint import own
from cilint.patterns import Key, Made, Patterns, make

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from types import CodeType, ModuleType

PACKAGE = os.path.dirname(os.path.abspath(__file__))
_HEAD = b"cilint bundle 2 "
_LENGTH = 8  # bytes that tell how long the index is

# Path below the package, whether a package, size and time of the source; where its part of the bundle begins,
# the lengths of the expressions and of the code in it.
Entry = tuple[str, bool, int, int, int, int, int]


class Bundle:
    """A finder and loader of ``cilint`` modules. ``missed``: those that were asked for and not in it."""

    def __init__(self, index: dict[str, Entry], file: int = -1, start: int = 0) -> None:
        self.index = index
        self.file = file  # the descriptor of an open file
        self.start = start  # where the code of the first module begins
        self.missed: set[str] = set()
        self.patterns = Patterns()
        # A checkout's files have been looked up by now.
        walked = () if own.is_installed() else own.files(PACKAGE)
        self.states = {path: (size, time) for path, size, time in walked}

    def find_spec(self, name: str, _path: object = None, _target: object = None) -> ModuleSpec | None:
        if not name.startswith("cilint."):
            return None
        entry = self.index.get(name)
        path = os.path.join(PACKAGE, entry[0]) if entry else ""
        if entry is None or (self.states.get(path) or _state(path)) != entry[2:4]:
            self.missed.add(name)
            return None
        spec = type(__spec__)(name, self, origin=path, is_package=entry[1])  # type: ignore[arg-type]
        if entry[1]:
            spec.submodule_search_locations = [os.path.dirname(path)]
        return spec

    def create_module(self, _spec: ModuleSpec) -> None:
        """As for every ordinary module."""

    def exec_module(self, module: ModuleType) -> None:
        module.__file__ = os.path.join(PACKAGE, self.index[module.__name__][0])
        try:
            self.patterns.known |= self.expressions(module.__name__)
            code = self.code(module.__name__)
        except (OSError, ValueError, EOFError, TypeError):  # a torn bundle
            self.missed.add(module.__name__)
            del self.index[module.__name__]
            with open(module.__file__, "rb") as file:
                code = compile(file.read(), module.__file__, "exec", dont_inherit=True)
        exec(code, vars(module))  # noqa: S102 -- what Python's own loader does

    def code(self, name: str) -> CodeType:
        start, before, length = self.index[name][4:]
        code: CodeType = marshal.loads(_part(self.file, self.start + start + before, length))  # noqa: S302
        return code

    def expressions(self, name: str) -> dict[Key, Made]:
        """The regular expressions of a module."""
        start, length, _ = self.index[name][4:]
        if not length:
            return {}
        known: dict[Key, Made] = marshal.loads(_part(self.file, self.start + start, length))  # noqa: S302
        return known


def place() -> str:
    """Where this Python's bundle lies."""
    return os.path.join(PACKAGE, "__pycache__", f"bundle.{sys.implementation.cache_tag}")


def install() -> None:
    """Let modules come from the bundle, as far as there is one."""
    bundle = _read()
    bundle.patterns.install()
    sys.meta_path.insert(0, bundle)


def _read() -> Bundle:
    try:
        file = os.open(place(), os.O_RDONLY | getattr(os, "O_BINARY", 0))
        head = _part(file, 0, len(_HEAD) + _LENGTH)
        if not head.startswith(_HEAD):
            return Bundle({})
        length = int.from_bytes(head[len(_HEAD) :], "big")
        package, index = marshal.loads(_part(file, len(head), length))  # noqa: S302
        return Bundle(index, file, len(head) + length) if package == PACKAGE else Bundle({})
    except (OSError, OverflowError, MemoryError, ValueError, EOFError, TypeError):
        return Bundle({})


def _part(file: int, start: int, length: int) -> bytes:
    """A part of an open file. Forked processes share the place in it: it is neither used nor moved."""
    if sys.platform != "win32":  # where nothing is forked
        return os.pread(file, length, start)
    os.lseek(file, start, os.SEEK_SET)
    return os.read(file, length)


def renew() -> None:
    """Write a bundle of the modules that are loaded and those that it has, where it can gain any."""
    bundle = next((finder for finder in sys.meta_path if isinstance(finder, Bundle)), None)
    gains = bundle.missed.union(bundle.patterns.missed) if bundle else ()
    places = [path for name in gains if (path := _below(name))]
    if bundle is None or not any(_compiled(os.path.join(PACKAGE, path)) for path in places):
        return
    index: dict[str, Entry] = {}
    blobs: list[bytes] = []
    at = 0
    for name in sorted({*bundle.index, *(each for each in sys.modules if each.startswith("cilint."))}):
        path = bundle.index[name][0] if name in bundle.index else _below(name)
        compiled = _compiled(os.path.join(PACKAGE, path)) if path else None
        if path and compiled:
            size, time, code = compiled
            expressions = _expressions(bundle, name, (size, time))
            index[name] = (path, path.endswith("__init__.py"), size, time, at, len(expressions), len(code))
            blobs += expressions, code
            at += len(expressions) + len(code)
    head = marshal.dumps((PACKAGE, index))
    _write(b"".join([_HEAD, len(head).to_bytes(_LENGTH, "big"), head, *blobs]))


def _expressions(bundle: Bundle, name: str, state: tuple[int, int]) -> bytes:
    """What the new bundle is to keep of a module's regular expressions."""
    entry = bundle.index.get(name)
    known = bundle.expressions(name) if entry and entry[2:4] == state else {}
    made = {key: make(key) for key in bundle.patterns.missed.get(name, ())}
    known |= {key: each for key, each in made.items() if each}
    return marshal.dumps(known) if known else b""


def _below(name: str) -> str | None:
    """Where the source of a loaded module lies below the package's folder."""
    path: str | None = getattr(sys.modules.get(name), "__file__", None)
    return os.path.relpath(path, PACKAGE) if path and path.startswith(PACKAGE + os.sep) else None


def _compiled(path: str) -> tuple[int, int, bytes] | None:
    """Size and time of a source, with the code that Python has compiled from it, if that is up to date."""
    from importlib.util import cache_from_source

    try:
        with open(cache_from_source(path), "rb") as file:
            data = file.read()
    except OSError:
        return None
    state = _state(path)
    if state is None or data[4:8] != bytes(4):  # compiled by another rule than size and time
        return None
    size, seconds = state[0] & 0xFFFFFFFF, state[1] // 10**9 & 0xFFFFFFFF
    same = data[8:16] == seconds.to_bytes(4, "little") + size.to_bytes(4, "little")
    return (*state, data[16:]) if same else None


def _state(path: str) -> tuple[int, int] | None:
    try:
        state = os.stat(path)
    except OSError:
        return None
    return state.st_size, state.st_mtime_ns


def _write(data: bytes) -> None:
    temporary = f"{place()}.{os.getpid()}"
    try:
        with open(temporary, "wb") as file:
            file.write(data)
        os.replace(temporary, place())
    except OSError:
        return
