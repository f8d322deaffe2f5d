"""The command as a process of its own, as people and CI run it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

TOP = str(Path(__file__).parents[2])
RULE = """\
title: A stage is called bad
severity: {severity}
why: because
select: stage
deny: item.name == "bad"
at: item.name_span
message: the stage is called {{item.name}}
fix: {{safety: {safety}, title: call it good, edits: [{{replace: item.name_span, with: good}}]}}
fix_safety: names only
equivalents: {{hadolint: [DL3006]}}
examples: [{{good: FROM x}}]
"""
PROJECT = {
    "cilint.yaml": "policy: none\nrule_files: [own]\n",
    "own/team/named.yaml": RULE.format(severity="error", safety="safe"),
    "own/team/other.yaml": RULE.format(severity="info", safety="unsafe").replace("bad", "worse"),
    "Dockerfile": "FROM x AS bad\nFROM y AS worse\n",
    ".github/workflows/ci.yml": "on: push\njobs: {a: {runs-on: ubuntu-latest, steps: [{run: a}]}}\n",
}
TEAM = ("--select", "team")


class Ran(NamedTuple):
    status: int
    out: str
    err: str


def cilint(folder: Path, *arguments: str, stdin: bytes = b"", **environment: str) -> Ran:
    """Run ``python -m cilint`` in ``folder``."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "TMPDIR")}
    env = {**kept, "PYTHONPATH": TOP, "CILINT_CACHE_DIR": str(folder.parent / "cache"), **environment}
    command = [sys.executable, "-m", "cilint", *arguments]
    ran = subprocess.run(
        command, cwd=folder, env=env, input=stdin, capture_output=True, timeout=60, check=False
    )
    return Ran(ran.returncode, ran.stdout.decode(), ran.stderr.decode())
