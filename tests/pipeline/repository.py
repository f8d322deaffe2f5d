"""Small repositories in memory, for what the effects find in them."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import dedent, indent

from cilint.model.files import MemoryFiles
from cilint.model.project import Project
from cilint.pipeline.pipeline import Pipeline

PATH = ".github/workflows/build.yml"
PUSH = "{push: {branches: [main]}}"


def pipeline(text: str, files: Mapping[str, str] | None = None) -> Pipeline:
    """The pipeline of a repository with one workflow and other files."""
    return Pipeline(Project(MemoryFiles({PATH: dedent(text), **(files or {})})), {"branch": "main"})


def steps(text: str, on: str = PUSH, files: Mapping[str, str] | None = None, job: str = "") -> Pipeline:
    """A workflow of one job with these steps; ``job`` are more lines of the job."""
    head = f"on: {on}\njobs:\n  build:\n    runs-on: ubuntu-latest\n"
    return pipeline(
        head + indent(dedent(job), "    ") + "    steps:\n" + indent(dedent(text), "      "), files
    )
