"""Times cilint beside its peers on one workflow, one Dockerfile and a small project: `make bench`.

The tools take turns and each round starts with another one; printed are medians of the wall time, the
peak memory and how cilint compares. Peers come from PyPI (the extra `bench`).
"""

from __future__ import annotations

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from inputs import dockerfile, workflow

ROUNDS = 15
CILINT = [str(Path(sys.executable).with_name("cilint"))]
WORKFLOW, DOCKERFILE = ".github/workflows/services.yml", "Dockerfile"
PEERS = {
    "zizmor": (["--offline", "--no-config", "--no-progress", "--format=json-v1"], WORKFLOW),
    "actionlint": (["-shellcheck=", "-pyflakes="], WORKFLOW),
    "jactionlint": (["--shellcheck=", "--pyflakes="], WORKFLOW),
    "hadolint": (["--no-fail", "-f", "json"], DOCKERFILE),
}
LIMITS = {("cold", "zizmor"): 1.3, ("warm", "zizmor"): 0.6, ("cold", "hadolint"): 0.7}


def peer(name: str) -> str | None:
    """The peer beside this Python, else on the PATH."""
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


def measure(path: str, folder: str, caches: str) -> None:
    check = [*CILINT, "check", "--policy", "none", "--report", "json", path]
    warm = os.path.join(caches, "warm")
    runs: dict[str, Callable[[], float]] = {
        "cilint cold": lambda: timed(check, folder, tempfile.mkdtemp(dir=caches)),
        "cilint warm": lambda: timed(check, folder, warm),
    }
    for name, (options, target) in PEERS.items():
        program = peer(name)
        if target == path and program:
            command = [program, *options, path]
            runs[name] = lambda command=command: timed(command, folder, caches)  # type: ignore[misc]
    timed(check, folder, warm)
    walls: dict[str, list[float]] = {name: [] for name in runs}
    order = list(runs)
    for number in range(ROUNDS):
        turn = number % len(order)
        for name in order[turn:] + order[:turn]:
            walls[name].append(runs[name]())
    report(path, {name: statistics.median(values) for name, values in walls.items()})
    print(f"  peak memory of cilint, cold: {peak_memory(check, folder, tempfile.mkdtemp(dir=caches)):.0f} MB")


def report(path: str, medians: dict[str, float]) -> None:
    print(f"\n{path}: medians of {ROUNDS} alternating runs")
    for name, wall in medians.items():
        print(f"  {name:14} {wall * 1000:7.1f} ms")
    for kind in ("cold", "warm"):
        for name, wall in medians.items():
            if not name.startswith("cilint"):
                ratio = medians[f"cilint {kind}"] / wall
                limit = LIMITS.get((kind, name))
                verdict = "" if limit is None else f"  (aim: at most {limit})"
                print(f"  cilint {kind} / {name}: {ratio:.2f}{verdict}")


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with tempfile.TemporaryDirectory(prefix="cilint-bench-") as folder:
        for path, text in ((WORKFLOW, workflow()), (DOCKERFILE, dockerfile())):
            target = Path(folder, path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        subprocess.run(["git", "init", "-q", folder], check=True)
        caches = tempfile.mkdtemp(prefix="cilint-bench-cache-")
        try:
            for path in (WORKFLOW, DOCKERFILE):
                measure(path, folder, caches)
        finally:
            shutil.rmtree(caches)


if __name__ == "__main__":
    main()
