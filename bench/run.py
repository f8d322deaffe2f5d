"""Times cilint beside its peers: one file, a small project, many files. `make bench`

Printed are medians of the wall time, the peak memory and how cilint compares. Peers come from PyPI (the extra
`bench`). `--real DIR` adds all workflows (DIR/.github/workflows) and Dockerfiles of a folder of your own.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import tempfile
from pathlib import Path

from inputs import dockerfile, dockerfiles, project, workflow, workflows
from timing import CILINT, medians, peak_memory

from cilint.model.kinds import kind_of

ROUNDS, ROUNDS_OF_MANY = 15, 5
MANY = 300  # files
ONE_WORKFLOW, ONE_DOCKERFILE = ".github/workflows/services.yml", "Dockerfile"
PIPELINE = ("backend-build.yml", "backend-deploy.yml")
OF_WORKFLOWS, OF_DOCKERFILES = ("zizmor", "actionlint", "jactionlint"), ("hadolint",)
NO_POLICY = ["--policy", "none"]
Limits = dict[tuple[str, str], float]
OF_REAL: Limits = {
    ("cold", "zizmor"): 1.0,
    ("warm", "zizmor"): 0.1,
    ("warm", "actionlint"): 2.0,
    ("cold", "hadolint"): 0.15,
}


def measure(
    title: str,
    check: list[str],
    peers: dict[str, list[str]],
    folder: str,
    limits: Limits,
    *,
    rounds: int = ROUNDS,
) -> None:
    """Time ``cilint check CHECK`` and the peers on their files, and print how they compare."""
    with tempfile.TemporaryDirectory(prefix="cilint-bench-") as caches:
        found = medians(check, peers, folder, caches, rounds)
        cold = peak_memory(
            [*CILINT, "check", "--report", "json", *check], folder, tempfile.mkdtemp(dir=caches)
        )
    print(f"\n{title}: medians of {rounds} alternating runs")
    for name, wall in found.items():
        print(f"  {name:14} {wall * 1000:8.1f} ms")
    for kind in ("cold", "warm"):
        for name in peers:
            if name in found:
                limit = limits.get((kind, name))
                aim = "" if limit is None else f"  (aim: at most {limit})"
                print(f"  cilint {kind} / {name}: {found[f'cilint {kind}'] / found[name]:.2f}{aim}")
    print(f"  peak memory of cilint, cold: {cold:.0f} MB")


def many(title: str, folder: str, limits: Limits) -> None:
    """Time the linting of all workflows, then of all Dockerfiles, below a folder."""
    paths = [str(path.relative_to(folder)) for path in sorted(Path(folder).rglob("*")) if path.is_file()]
    flows = [path for path in paths if kind_of(path) == "workflow"]
    images = [path for path in paths if kind_of(path) == "dockerfile"]
    if flows:
        peers = {name: flows if name != "zizmor" else ["."] for name in OF_WORKFLOWS}
        measure(
            f"{len(flows)} {title} workflows",
            [*NO_POLICY, *flows],
            peers,
            folder,
            limits,
            rounds=ROUNDS_OF_MANY,
        )
    if images:
        peers = dict.fromkeys(OF_DOCKERFILES, images)
        measure(
            f"{len(images)} {title} Dockerfiles",
            [*NO_POLICY, *images],
            peers,
            folder,
            limits,
            rounds=ROUNDS_OF_MANY,
        )


def write(folder: str, files: dict[str, str]) -> str:
    """A repository with these files."""
    for path, text in files.items():
        target = Path(folder, path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    subprocess.run(["git", "init", "-q", folder], check=True)
    return folder


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--real", metavar="DIR", action="append", default=[])
    real = parser.parse_args().real
    with tempfile.TemporaryDirectory(prefix="cilint-bench-") as base:
        single = write(os.path.join(base, "one"), {ONE_WORKFLOW: workflow(), ONE_DOCKERFILE: dockerfile()})
        limits: Limits = {("cold", "zizmor"): 1.2, ("warm", "zizmor"): 0.6}
        peers = {name: [ONE_WORKFLOW] for name in OF_WORKFLOWS}
        measure("one workflow", [*NO_POLICY, ONE_WORKFLOW], peers, single, limits)
        peers = {name: [ONE_DOCKERFILE] for name in OF_DOCKERFILES}
        measure("one Dockerfile", [*NO_POLICY, ONE_DOCKERFILE], peers, single, {("cold", "hadolint"): 0.7})
        whole = write(os.path.join(base, "project"), project())
        peers = {"zizmor": [f".github/workflows/{name}" for name in PIPELINE]}
        measure("two workflows and a Dockerfile, all rules", [], peers, whole, {("cold", "zizmor"): 1.3})
        many("made", write(os.path.join(base, "many"), {**workflows(MANY), **dockerfiles(MANY)}), {})
    for folder in real:
        many("real", os.path.abspath(folder), OF_REAL)


if __name__ == "__main__":
    main()
