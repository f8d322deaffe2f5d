"""Small repositories for the tests of what workflows do."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import dedent, indent

from cilint.model.files import MemoryFiles
from cilint.model.project import Project
from cilint.pipeline.pipeline import Pipeline

DEPLOY = ".github/workflows/backend-deploy.yml"
BUILD = ".github/workflows/backend-build.yml"


def repository(files: str | Mapping[str, str], **parameters: object) -> Pipeline:
    """A repository of one deploy workflow, or of the given files."""
    given = {DEPLOY: files} if isinstance(files, str) else files
    return Pipeline(Project(MemoryFiles({path: dedent(text) for path, text in given.items()})), parameters)


def job(
    script: str, *, on: str = "workflow_dispatch", step: str = "", head: str = "", shell: str = ""
) -> str:
    """A workflow with one job of one script; ``step`` and ``head`` are further YAML lines of step and job."""
    lines = [f"on: {on}", "jobs:", "  deploy:", "    runs-on: ubuntu-latest"]
    lines += [indent(dedent(head).strip("\n"), "    ")] if head else []
    lines += ["    steps:", "      - run: |", indent(dedent(script).strip("\n"), " " * 10)]
    lines += [f"        shell: {shell}"] if shell else []
    lines += [indent(dedent(step).strip("\n"), "        ")] if step else []
    return "\n".join(lines) + "\n"


def deploy(script: str, **changes: str) -> Pipeline:
    return repository(job(script, **changes))


def sliced(pipeline: Pipeline, path: str, span: tuple[int, int]) -> str:
    """The text under the carets."""
    source = pipeline.project.source(path)
    assert source is not None
    return source.text[span[0] : span[1]]
