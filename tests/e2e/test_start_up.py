"""What a run loads: start-up is most of the time of linting one file."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.command import PROJECT, TOP
from tests.lint.folders import write

CI = ".github/workflows/ci.yml"
PROBE = """
import sys
from cilint.__main__ import main
status = main(sys.argv[1:])
sys.stderr.write("\\n".join(sorted(sys.modules)))
"""
HEAVY = {
    "argparse",
    "asyncio",
    "click",
    "concurrent",
    "dataclasses",
    "difflib",
    "hashlib",
    "inspect",
    "json",
    "jsonschema",
    "logging",
    "multiprocessing",
    "pathlib",
    "pathspec",
    "pickle",
    "random",
    "shutil",
    "socket",
    "subprocess",
    "tempfile",
    "tomllib",
    "typing",
    "unicodedata",
    "urllib",
    "zipfile",
}
REPLAY = {
    "cilint",
    "cilint.__main__",
    "cilint.cli",
    "cilint.cli.put",
    "cilint.errors",
    "cilint.lint",
    "cilint.lint.cache",
    "cilint.own",
    "cilint.lint.disk",
    "cilint.text",
    "cilint.text.digest",
}


def loaded(folder: Path, *arguments: str) -> set[str]:
    """The modules that a run has loaded at its end."""
    env = {"PYTHONPATH": TOP, "CILINT_CACHE_DIR": str(folder.parent / "cache"), "PATH": "/usr/bin:/bin"}
    command = [sys.executable, "-S", "-c", PROBE, *arguments]
    site = [path for path in sys.path if path.endswith("site-packages")]
    env["PYTHONPATH"] = ":".join([TOP, *site])
    ran = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=60, check=True)
    return set(ran.stderr.splitlines())


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = write(tmp_path / "p", {path: text for path, text in PROJECT.items() if not path.endswith(".yaml")})
    loaded(root, "check", "--no-cache", "--policy", "none")  # compiles the rules where that has not been done
    return root


@pytest.mark.parametrize("report", ["json", "text"])
@pytest.mark.parametrize("path", ["Dockerfile", CI])
def test_a_first_run_loads_only_what_it_needs(project: Path, path: str, report: str) -> None:
    modules = loaded(project, "check", "--policy", "none", "--report", report, path)
    assert {name.partition(".")[0] for name in modules} & HEAVY == set()
    assert "ruamel.yaml" not in modules
    assert {name for name in modules if name.startswith("cilint.report.")} <= {
        "cilint.report.view", "cilint.report.terminal", f"cilint.report.{report}", "cilint.report.frame",
    }  # fmt: skip
    assert not any(
        name.startswith(("cilint.reference", "cilint.cli.fix", "cilint.rules.load")) for name in modules
    )


def test_a_dockerfile_is_linted_without_what_reads_workflows_and_compose_files(tmp_path: Path) -> None:
    text = """FROM node:22
        RUN npm ci && cd /app; curl https://example.com | sh
        COPY --from=build . .
        HEALTHCHECK CMD ["node", "-e", "fetch('http://127.0.0.1:3000/').then(() => process.exit(0))"]
        CMD ["npm", "start", "&&", "true"]
        """
    root = write(tmp_path / "p", {"Dockerfile": text})
    modules = loaded(root, "check", "--no-cache", "--policy", "none", "--report", "json", "Dockerfile")
    assert "cilint.pipeline.effects.health_checks" in modules
    assert not {
        "cilint.syntax.yaml", "cilint.syntax.expression", "cilint.model.workflow", "cilint.model.compose",
        "cilint.model.nextjs", "cilint.pipeline.scenarios", "cilint.pipeline.sites", "cilint.pipeline.runs",
        "cilint.pipeline.invocations", "cilint.pipeline.evaluate",
    } & modules  # fmt: skip


@pytest.mark.parametrize("path", ["Dockerfile", CI, "."])
def test_a_second_run_loads_next_to_nothing(project: Path, path: str) -> None:
    arguments = ("check", "--policy", "none", "--report", "json", path)
    first = loaded(project, *arguments)
    second = loaded(project, *arguments)
    assert "cilint.rules.run" in first
    assert {name for name in second if name.startswith("cilint")} == REPLAY
    assert not {"argparse", "re", "typing", "enum", "json", "ruamel", "tree_sitter"} & second


@pytest.mark.parametrize(("shell", "is_read"), [("bash", False), ("python", False), ("pwsh", True)])
def test_powershell_is_only_read_where_there_is_some(tmp_path: Path, shell: str, is_read: bool) -> None:
    step = f"{{run: echo it, shell: {shell}}}"
    root = write(tmp_path / "p", {CI: f"on: push\njobs: {{a: {{runs-on: ubuntu-24.04, steps: [{step}]}}}}\n"})
    modules = loaded(root, "check", "--no-cache", "--policy", "none", "--report", "json", CI)
    assert ("cilint.syntax.powershell" in modules) is is_read
