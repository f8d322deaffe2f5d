"""Wall time and peak memory of cilint and its peers, which take turns: each round starts with another one."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

CILINT = [str(Path(sys.executable).with_name("cilint"))]
PEERS = {
    "zizmor": ["--offline", "--no-config", "--no-progress", "--format=json-v1"],
    "actionlint": ["-shellcheck=", "-pyflakes="],
    "jactionlint": ["--shellcheck=", "--pyflakes="],
    "hadolint": ["--no-fail", "-f", "json"],
}
"""Their options before the files. None looks anything up in the network or asks another linter."""


def peer(name: str) -> str | None:
    """The program beside this Python, else on the PATH."""
    beside = Path(sys.executable).with_name(name)
    return str(beside) if beside.exists() else shutil.which(name)


def timed(command: list[str], folder: str, cache: str) -> float:
    """Wall time of one run in seconds. Statuses other than a crash are fine: the tools report findings."""
    environment = {**os.environ, "CILINT_CACHE_DIR": cache}
    start = time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
    wall = time.perf_counter() - start
    if done.returncode == 2 and command[0] == CILINT[0]:
        raise SystemExit(done.stderr.decode())
    return wall


def peak_memory(command: list[str], folder: str, cache: str) -> float:
    """Peak resident memory of one run in MB."""
    script = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], capture_output=True);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    environment = {**os.environ, "CILINT_CACHE_DIR": cache}
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", script, *command],
        cwd=folder, env=environment, capture_output=True, check=True,
    )  # fmt: skip
    unit = 1 if sys.platform == "darwin" else 1024
    return int(done.stdout) * unit / 1e6


def medians(
    check: list[str], peers: dict[str, list[str]], folder: str, caches: str, rounds: int
) -> dict[str, float]:
    """Median wall times in seconds: ``cilint cold`` and ``cilint warm`` for ``cilint check CHECK``, and each
    peer that is installed, whose values are the files that it is given.
    """
    command = [*CILINT, "check", "--report", "json", *check]
    warm = tempfile.mkdtemp(dir=caches)
    runs: dict[str, Callable[[], float]] = {
        "cilint cold": lambda: timed(command, folder, tempfile.mkdtemp(dir=caches)),
        "cilint warm": lambda: timed(command, folder, warm),
    }
    for name, files in peers.items():
        if program := peer(name):
            runs[name] = lambda call=[program, *PEERS[name], *files]: timed(call, folder, caches)  # type: ignore[misc]
    timed(command, folder, warm)
    walls: dict[str, list[float]] = {name: [] for name in runs}
    order = list(runs)
    for number in range(rounds):
        turn = number % len(order)
        for name in order[turn:] + order[:turn]:
            walls[name].append(runs[name]())
    return {name: statistics.median(values) for name, values in walls.items()}
