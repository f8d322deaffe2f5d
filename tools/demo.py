"""The main job on the example project: check it, then show what `fix` would change. Run by `make demo`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

EXAMPLE = Path(__file__).resolve().parent.parent / "example"


def run(folder: str, *command: str) -> None:
    print(f"\n$ {' '.join(['cilint', *command[1:]])}", flush=True)
    subprocess.run(command, cwd=folder, check=False)


def main() -> None:
    cilint = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory(prefix="cilint-demo-") as parent:
        # A repository of its own, so that its workflows lie where GitHub reads them.
        folder = shutil.copytree(EXAMPLE, os.path.join(parent, "example"))
        subprocess.run(["git", "init", "--quiet", folder], check=True)
        run(folder, cilint, "check")
        run(folder, cilint, "fix", "--unsafe", "--diff")


if __name__ == "__main__":
    main()
