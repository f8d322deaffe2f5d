"""The catalogue of built-in rules and policies, from the module that was compiled from them.

In an installed package that module is part of it. In a checkout it is made at first use, and again when the
listing (name, size, time) of the rule files or of the code that compiles them has changed.
"""

from __future__ import annotations

import os
import sys
from functools import cache
from types import ModuleType

from cilint import own
from cilint.rules.rule import Catalogue
from cilint.text.digest import digest

CHECKOUT = own.CHECKOUT_RULES
HERE = os.path.dirname(os.path.abspath(__file__))
COMPILED = os.path.join(HERE, "_compiled.py")


def folder() -> str:
    """The folder of the built-in rules' files."""
    return own.PACKAGED_RULES if own.is_installed() else CHECKOUT


@cache
def builtin() -> Catalogue:
    """All built-in rules and policies. Raises CilintError where a rule of a checkout is wrong."""
    module = _compiled()
    now = "" if module is not None and not module.LISTING else listing()
    if module is None or now != module.LISTING:
        return _compile(now)
    catalogue: Catalogue = module.CATALOGUE
    return catalogue


def listing() -> str:
    """What stands for the rule files and the modules that compile them, as they are now."""
    made_of = [each for each in own.files(own.PACKAGE) if each[0].startswith(HERE) and each[0] != COMPILED]
    return digest(repr((made_of, own.files(CHECKOUT))).encode()).hex()


def _compiled() -> ModuleType | None:
    try:
        from cilint.rules import _compiled  # type: ignore[attr-defined,unused-ignore]
    except Exception:  # missing, or made by another version and no longer fitting
        sys.modules.pop("cilint.rules._compiled", None)
        return None
    module: ModuleType = _compiled
    return module


def _compile(now: str) -> Catalogue:
    from cilint.rules.compile import compile_folder, module_text

    catalogue = compile_folder(CHECKOUT)
    _write(module_text(catalogue, now))
    return catalogue


def _write(text: str) -> None:
    """Keep the module for the next time, compiled; where the folder cannot be written there is none."""
    import py_compile

    temporary = f"{COMPILED}.{os.getpid()}"
    try:
        with open(temporary, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(temporary, COMPILED)
        py_compile.compile(COMPILED, invalidation_mode=py_compile.PycInvalidationMode.TIMESTAMP)
    except OSError:
        if os.path.exists(temporary):
            os.remove(temporary)
