"""Puts the compiled rules into the wheel, so that an installed cilint reads no YAML to check a file."""

from __future__ import annotations

import os
import sys
import tempfile
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

COMPILED = "cilint/rules/_compiled.py"


class CompileRules(BuildHookInterface[Any]):
    """Compiles ``rules/`` when a wheel is built; a checkout installed for editing compiles at first use."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name != "wheel" or version == "editable":
            return
        sys.path.insert(0, self.root)
        try:
            from cilint.rules.compile import compile_folder, module_text
        finally:
            sys.path.remove(self.root)
        catalogue = compile_folder(os.path.join(self.root, "rules"))
        self.folder = tempfile.TemporaryDirectory()
        path = os.path.join(self.folder.name, "_compiled.py")
        with open(path, "w", encoding="utf-8") as file:
            file.write(module_text(catalogue, ""))
        build_data["force_include"][path] = COMPILED

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002
        if hasattr(self, "folder"):
            self.folder.cleanup()
