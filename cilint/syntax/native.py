"""The compiled readers, libyaml and tree-sitter with its grammars, without their packages' ``__init__``.

``import ruamel.yaml`` takes 20 ms and ``import tree_sitter_bash`` 10, nearly all of it for Python code that
is not used here; the extension modules alone take 2 ms and 0.5 ms. A later ordinary import of either
package works as if this module had never run. Where the short way fails, the ordinary one is taken.
"""

from __future__ import annotations

import sys
from _frozen_importlib_external import PathFinder
from functools import cache
from types import ModuleType

from cilint.text.hints import Any

_YAML = "ruamel.yaml"
_READER = "_ruamel_yaml"
# The modules of ruamel.yaml from which the reader takes classes: stand-ins will do for all but the events.
_STUBBED = (
    "error",
    "reader",
    "scanner",
    "parser",
    "tokens",
    "nodes",
    "composer",
    "constructor",
    "emitter",
    "serializer",
    "representer",
)
_CLASSES = ("CParser", "CEmitter")


@cache
def yaml_parser() -> Any:
    """libyaml's ``CParser``: ``CParser(text).get_event()`` gives event after event.

    Events are those of ``ruamel.yaml.events``, with ``start_mark.index`` and ``end_mark.index`` in code
    points. It raises errors whose ``args`` are (context, its mark or None, problem, its mark or None).
    Raises ImportError where ruamel.yaml.clib is missing.
    """
    if _YAML not in sys.modules and _READER not in sys.modules:
        try:
            return _bare_parser()
        except Exception:  # noqa: S110 - another version of the package: the ordinary way is always right
            pass
    from ruamel.yaml import cyaml

    parser: Any = cyaml
    return parser.CParser


def _bare_parser() -> Any:
    import ruamel  # a namespace package: costs nothing

    before = set(sys.modules)
    package = sys.modules[_YAML] = ModuleType(_YAML)
    package.__path__ = [place + "/yaml" for place in ruamel.__path__]
    try:
        for part in _STUBBED:
            stub = sys.modules[f"{_YAML}.{part}"] = ModuleType(part)
            vars(stub)["__getattr__"] = _stand_in
        import _ruamel_yaml

        parser = _ruamel_yaml.CParser
        _repair_when_imported(_ruamel_yaml)
    except BaseException:
        sys.modules.pop(_READER, None)
        raise
    finally:
        for name in set(sys.modules) - before:
            if name.startswith(_YAML):
                del sys.modules[name]
        vars(ruamel).pop("yaml", None)
    return parser


def _stand_in(name: str) -> type:
    if name.startswith("_"):
        raise AttributeError(name)
    return type(name, (Exception,), {})


def _repair_when_imported(reader: ModuleType) -> None:
    """Let the first ordinary ``from _ruamel_yaml import CParser`` put ruamel.yaml's own classes in place."""
    names = vars(reader)
    hidden = {name: names.pop(name) for name in _CLASSES}

    def __getattr__(name: str) -> Any:  # noqa: N807 - PEP 562
        if name not in hidden or _YAML not in sys.modules:
            raise AttributeError(f"module {_READER!r} has no attribute {name!r}")
        from importlib import import_module

        del names["__getattr__"]
        for part in (*_STUBBED, "events"):
            real = vars(import_module(f"{_YAML}.{part}"))
            names.update({key: real[key] for key in names if key in real and not key.startswith("_")})
        names.update(hidden)
        return names[name]

    names["__getattr__"] = __getattr__


@cache
def code_parser(grammar: str) -> Any:
    """A ``tree_sitter.Parser`` by a grammar: ``bash``, ``javascript``.

    Raises ImportError where a package is missing.
    """
    binding: Any = sys.modules.get("tree_sitter")
    if binding is None:
        try:
            binding = _bare_binding("tree_sitter")
        except Exception:  # another layout of the package: the ordinary way is always right
            import tree_sitter

            binding = tree_sitter
    return binding.Parser(binding.Language(language(grammar)))


@cache
def language(grammar: str) -> object:
    """The pointer of a grammar that ``tree_sitter.Language`` takes.

    Raises ImportError where the grammar's package is missing.
    """
    package = f"tree_sitter_{grammar}"
    if package not in sys.modules:
        try:
            return _bare_binding(package).language()
        except Exception:  # noqa: S110 - another layout of the package: the ordinary way is always right
            pass
    from importlib import import_module

    return import_module(package).language()


def _bare_binding(package_name: str) -> Any:
    """The extension module ``_binding`` of a package, loaded as if nobody had."""
    package = PathFinder.find_spec(package_name)
    if package is None:
        raise ImportError(package_name)
    name = f"{package_name}._binding"
    spec = PathFinder.find_spec(name, package.submodule_search_locations)
    if spec is None or spec.loader is None:
        raise ImportError(name)
    module = spec.loader.create_module(spec)
    if module is None:
        raise ImportError(name)
    spec.loader.exec_module(module)
    sys.modules.pop(name, None)
    return module
