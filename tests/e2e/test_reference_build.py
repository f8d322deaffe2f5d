"""The shell steps of the canonical build workflow run for real, with stand-ins that record what they are asked.

Its other steps use actions, which would have to be fetched; they are taken out before the run. Only the
checkout stays: act does that by itself.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from cilint.model.files import MemoryFiles
from cilint.model.workflow import Step, Workflow
from cilint.reference.plan import make_plan
from cilint.syntax import yaml_edit
from cilint.syntax.yaml import Mapping, Sequence
from cilint.text.edit import apply_edits
from cilint.text.source import SourceFile
from tests.reference.shapes import SHAPES

ACT = shutil.which("act")
pytestmark = pytest.mark.skipif(ACT is None, reason="act is missing")

PATH = ".github/workflows/backend-build.yml"
STAND_IN = """#!/bin/sh
echo "$(basename "$0") $*" >> "$STAND_IN/calls"
case "$(basename "$0") $*" in "$FAILING"*) exit 1 ;; esac
"""
PROGRAMS = ("npm", "npx", "pnpm", "yarn", "bun", "bunx", "corepack", "docker")


def only_shell_steps(text: str) -> str:
    """The first job's ``run`` steps: what act can run without fetching anything."""
    while True:
        workflow = Workflow(SourceFile(PATH, text))
        jobs = workflow.root.get("jobs") if workflow.root else None
        assert isinstance(jobs, Mapping)
        if len(workflow.jobs) > 1:
            edits = yaml_edit.remove_pair(workflow.document, jobs, workflow.jobs[-1].id)
        else:
            steps = workflow.jobs[0].node.get("steps")
            assert isinstance(steps, Sequence)
            used = [step.index for step in workflow.jobs[0].steps if step.uses and not _is_checkout(step)]
            if not used:
                return text
            edits = yaml_edit.remove_item(workflow.document, steps, used[0])
        text = apply_edits(text, edits)


def _is_checkout(step: Step) -> bool:
    return step.action is not None and step.action.name == "actions/checkout"


def run(folder: Path, shape: str, failing: str = "nothing") -> tuple[bool, list[str]]:
    """Whether a push to a branch succeeds, and the programs that it called."""
    files, choices = SHAPES[shape]
    plan = make_plan(MemoryFiles(files), choices)
    text = next(new.text for new in plan.files if new.path == PATH)
    repository, stand_in = folder / "repository", folder / "stand-in"
    stand_in.mkdir()
    for path, content in {**files, PATH: ""}.items():
        (repository / path).parent.mkdir(parents=True, exist_ok=True)
        (repository / path).write_text(content)
    # act does not know the key `queue` of 2026 yet.
    (repository / PATH).write_text(only_shell_steps(text.replace("  queue: max\n", "")))
    for program in PROGRAMS:
        (stand_in / program).write_text(STAND_IN)
        (stand_in / program).chmod(0o755)
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", "-C", str(repository)]
    subprocess.run([*git, "init", "--quiet", "--initial-branch=main"], check=True)
    subprocess.run([*git, "commit", "--quiet", "--allow-empty", "--message=first"], check=True)
    environment = {
        "HOME": str(folder),
        "XDG_CACHE_HOME": str(folder / "cache"),
        "PATH": f"{stand_in}:{os.environ['PATH']}",
    }
    assert ACT is not None
    command = [ACT, "push", "-P", "ubuntu-latest=-self-hosted"]
    command += ["--env", f"STAND_IN={stand_in}", "--env", f"FAILING={failing}"]
    done = subprocess.run(
        command, cwd=repository, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    calls = stand_in / "calls"
    assert calls.exists(), done.stdout + done.stderr
    return done.returncode == 0, calls.read_text().splitlines()


def test_code_is_installed_linted_checked_and_tested_in_this_order(tmp_path: Path) -> None:
    passed, calls = run(tmp_path, "single")
    assert passed
    verbs = [" ".join(call.split()[:3]) for call in calls]
    assert verbs[0] == "npm ci"
    assert verbs[1] == "npm run lint"
    assert any(call.startswith("npx ") and "tsc --noEmit" in call for call in calls)
    assert not any(call.startswith("docker") for call in calls)


@pytest.mark.parametrize("failing", ["npm ci", "npm run lint"])
def test_what_fails_ends_the_run(tmp_path: Path, failing: str) -> None:
    passed, calls = run(tmp_path, "single", failing)
    assert not passed
    assert calls[-1].startswith(failing)


def test_a_monorepo_works_in_the_application_folder(tmp_path: Path) -> None:
    passed, calls = run(tmp_path, "monorepo")
    assert passed
    assert calls


def test_pnpm_is_asked_where_pnpm_is_used(tmp_path: Path) -> None:
    passed, calls = run(tmp_path, "pnpm")
    assert passed
    assert any(call.startswith("pnpm install --frozen-lockfile") for call in calls)
    assert not any(call.startswith("npm ") for call in calls)
