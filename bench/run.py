"""Times cilint beside its peers on one workflow, one Dockerfile and a small project: `make bench`.

The tools take turns and each round starts with another one; printed are medians of the wall time, the
peak memory and how cilint compares. Peers come from PyPI (the extra `bench`).
"""

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

from inputs import dockerfile, project, workflow

ROUNDS = 15
CILINT = [str(Path(sys.executable).with_name("cilint"))]
WORKFLOW, DOCKERFILE = ".github/workflows/services.yml", "Dockerfile"
PEERS = {
    "zizmor": (["--offline", "--no-config", "--no-progress", "--format=json-v1"], WORKFLOW),
    "actionlint": (["-shellcheck=", "-pyflakes="], WORKFLOW),
    "jactionlint": (["--shellcheck=", "--pyflakes="], WORKFLOW),
    "hadolint": (["--no-fail", "-f", "json"], DOCKERFILE),
}
PIPELINE = ("backend-build.yml", "backend-deploy.yml")
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


def measure(title: str, arguments: list[str], peers: dict[str, list[str]], folder: str, caches: str) -> None:
    """Time ``cilint check ARGUMENTS`` beside ``peers``, whose values are their arguments."""
    check = [*CILINT, "check", "--report", "json", *arguments]
    warm = tempfile.mkdtemp(dir=caches)
    runs: dict[str, Callable[[], float]] = {
        "cilint cold": lambda: timed(check, folder, tempfile.mkdtemp(dir=caches)),
        "cilint warm": lambda: timed(check, folder, warm),
    }
    for name, options in peers.items():
        if program := peer(name):
            runs[name] = lambda command=[program, *options]: timed(command, folder, caches)  # type: ignore[misc]
    timed(check, folder, warm)
    walls: dict[str, list[float]] = {name: [] for name in runs}
    order = list(runs)
    for number in range(ROUNDS):
        turn = number % len(order)
        for name in order[turn:] + order[:turn]:
            walls[name].append(runs[name]())
    report(title, {name: statistics.median(values) for name, values in walls.items()})
    print(f"  peak memory of cilint, cold: {peak_memory(check, folder, tempfile.mkdtemp(dir=caches)):.0f} MB")


def report(title: str, medians: dict[str, float]) -> None:
    print(f"\n{title}: medians of {ROUNDS} alternating runs")
    for name, wall in medians.items():
        print(f"  {name:14} {wall * 1000:7.1f} ms")
    for kind in ("cold", "warm"):
        for name, wall in medians.items():
            if not name.startswith("cilint"):
                ratio = medians[f"cilint {kind}"] / wall
                limit = LIMITS.get((kind, name))
                verdict = "" if limit is None else f"  (aim: at most {limit})"
                print(f"  cilint {kind} / {name}: {ratio:.2f}{verdict}")


def write(folder: str, files: dict[str, str]) -> None:
    """A repository with these files."""
    for path, text in files.items():
        target = Path(folder, path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    subprocess.run(["git", "init", "-q", folder], check=True)


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="cilint-bench-") as base:
        single, whole, caches = (os.path.join(base, name) for name in ("single", "whole", "caches"))
        os.mkdir(caches)
        write(single, {WORKFLOW: workflow(), DOCKERFILE: dockerfile()})
        for path in (WORKFLOW, DOCKERFILE):
            peers = {name: [*options, path] for name, (options, target) in PEERS.items() if target == path}
            measure(path, ["--policy", "none", path], peers, single, caches)
        write(whole, project())
        zizmor = [*PEERS["zizmor"][0], *sorted(f".github/workflows/{name}" for name in PIPELINE)]
        measure("two workflows and a Dockerfile, all rules", [], {"zizmor": zizmor}, whole, caches)


if __name__ == "__main__":
    main()
