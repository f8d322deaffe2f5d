"""Workflows that lie where GitHub does not read them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cilint.findings.finding import NewFile
from cilint.findings.violation import Options, Violation
from cilint.model.kinds import kind_of
from cilint.model.workflow import Workflow
from cilint.pipeline.pipeline import Pipeline

_FOLDER = ".github/workflows/"
_SUSPECT = re.compile(r"(^|/)\.github/|(^|/)workflows?/")
_ENDINGS = (".yml", ".yaml", ".bak", ".disabled", ".txt", ".old", ".orig", ".yml~", ".yaml~")
_SAMPLES = re.compile(
    r"(^|/)(tests?|__tests__|fixtures?|testdata|examples?|templates?|samples?|docs|vendor|workflow-templates|\.git)/"
)
_MOST = 50


def run(pipeline: Pipeline, options: Options) -> Iterator[Violation]:
    """One violation a file that is a workflow by what it says; values: ``problem``, ``target``."""
    paths = [path for path in pipeline.project.files.listing() if _is_suspect(path)]
    for path in paths[:_MOST]:
        source = pipeline.project.source(path)
        workflow = Workflow(source) if source else None
        keys = workflow.root.keys() if workflow and workflow.root else []
        if workflow is None or source is None or not {"on", "jobs"} <= set(keys):
            continue
        name = re.sub(r"(\.(bak|disabled|txt|old|orig)|~)+$", "", path.rpartition("/")[2])
        target = _FOLDER + (name if name.endswith((".yml", ".yaml")) else f"{name}.yml")
        problem = "GitHub reads workflows in .github/workflows of the root alone, and never this one"
        if path.startswith(_FOLDER) and "/" not in path.removeprefix(_FOLDER):
            problem = "GitHub reads workflows that end in .yml or .yaml, and never this one"
        edits = () if target in pipeline.project.paths else (NewFile(target, source.text, instead=path),)
        yield Violation(path, workflow.span, {"problem": problem, "target": target}, edits=edits)


def _is_suspect(path: str) -> bool:
    if kind_of(path) in ("workflow", "action") or not path.endswith(_ENDINGS) or _SAMPLES.search(path):
        return False
    if path.rpartition("/")[2] in ("dependabot.yml", "release.yml") and path.startswith(".github/"):
        return False
    inside = path.startswith(".github/") or "/.github/" in path
    return inside and _SUSPECT.search(path) is not None
