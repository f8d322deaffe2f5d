"""Draws how the time of cilint and its peers grows with the number of files: `make growth` writes docs/growth.svg."""

from __future__ import annotations

import tempfile
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
from inputs import workflows
from run import NO_POLICY, write
from timing import medians

mpl.use("svg")
mpl.rcParams["svg.hashsalt"] = "cilint"  # the same picture from the same figures
COUNTS = (1, 10, 50, 100, 200, 400, 800)
ROUNDS = 5
TARGET = Path(__file__).parent.parent / "docs" / "growth.svg"


def figures() -> dict[str, list[float]]:
    """Median wall times in seconds for each tool, by number of workflows."""
    found: dict[str, list[float]] = {}
    for count in COUNTS:
        with tempfile.TemporaryDirectory(prefix="cilint-bench-") as base:
            files = workflows(count)
            folder = write(f"{base}/project", files)
            peers = {"zizmor": ["."], "actionlint": list(files)}
            for name, wall in medians([*NO_POLICY, *files], peers, folder, base, ROUNDS).items():
                found.setdefault(name, []).append(wall)
        print(count, {name: round(walls[-1], 3) for name, walls in found.items()})
    return found


def draw(found: dict[str, list[float]]) -> None:
    figure, axes = plt.subplots(figsize=(7, 4))
    for name, walls in found.items():
        axes.plot(COUNTS[: len(walls)], walls, marker="o", label=name)
    axes.set_xlabel("workflows of 70 lines")
    axes.set_ylabel("wall time, seconds")
    axes.set_xlim(left=0)
    axes.set_ylim(bottom=0)
    axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(TARGET, metadata={"Date": None})


if __name__ == "__main__":
    draw(figures())
