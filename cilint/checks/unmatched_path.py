"""Patterns of `paths` that no file of the repository fits.

Only where all files are known, and of patterns of plain characters and stars: others are left alone. So are
exceptions and `paths-ignore`, which may speak of what is yet to come.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from cilint.findings.finding import Severity
from cilint.findings.violation import Options, Violation
from cilint.model.workflow import Trigger, Workflow, scalars
from cilint.pipeline.filters import MAX_LENGTH, matches
from cilint.pipeline.pipeline import Pipeline
from cilint.syntax import yaml_edit
from cilint.syntax.yaml import Scalar
from cilint.text.edit import Edit

MAX_FILES = 50_000
MAX_TRIALS = 2_000  # files that one pattern is held against, after its beginning and end
MAX_PATTERNS = 300  # of one workflow
_USUAL = re.compile(r"[\w./* @-]+")


def run(pipeline: Pipeline, _options: Options) -> Iterator[Violation]:
    """Values: ``pattern``, ``result``, ``better`` (or empty)."""
    for workflow in pipeline.target_workflows:
        filtered = [trigger for trigger in workflow.triggers.values() if trigger.filter("paths")]
        files = _files(pipeline) if filtered else None
        for trigger in filtered if files else ():
            yield from _of_trigger(workflow, trigger, files or frozenset())


def _files(pipeline: Pipeline) -> frozenset[str] | None:
    """All paths that commits may change; None where they are not known for certain."""
    files = pipeline.project.files
    listing = files.listing()
    whole = any(not path.startswith(".github/") for path in listing)
    if not whole or len(listing) > MAX_FILES or files.read(".gitmodules") is not None:
        return None
    return None if any(len(path) > MAX_LENGTH for path in listing) else frozenset(listing)


def _of_trigger(workflow: Workflow, trigger: Trigger, files: frozenset[str]) -> Iterator[Violation]:
    pair = trigger.pair("paths")
    patterns = scalars(pair.value.resolved) if pair else ()
    wanted = [each for each in patterns if each.text and not each.text.startswith("!")]
    if len(wanted) > MAX_PATTERNS:
        return
    lost = [each for each in wanted if _is_lost(each.text, files)]
    alone = len(lost) == len(wanted)
    for each in lost:
        better = _better(each.text, files)
        hint = f"; did you mean `{better}`?" if better else ""
        result = f"so that {trigger.event} never starts the workflow" if alone else "so that it can go"
        values = {"pattern": each.text, "result": result + hint, "better": better or ""}
        edits = _edits(workflow, each, better) if better else ()
        severity = Severity.WARNING if alone else Severity.INFO
        yield Violation(workflow.path, each.span, values, edits=edits, severity=severity)


def _is_lost(pattern: str, files: frozenset[str]) -> bool:
    if not _USUAL.fullmatch(pattern) or pattern != pattern.strip() or "node_modules" in pattern:
        return False
    if "*" not in pattern:
        return pattern not in files
    first, last = pattern.partition("*")[0], pattern.rpartition("*")[2].removeprefix("/")
    likely = (path for path in files if path.startswith(first) and path.endswith(last))
    tried = list(islice(likely, MAX_TRIALS + 1))
    return len(tried) <= MAX_TRIALS and not any(matches(pattern, path) for path in tried)


def _better(pattern: str, files: frozenset[str]) -> str | None:
    """Everything in the folder, where the pattern is a folder's path."""
    folder = pattern.rstrip("/") + "/"
    return folder + "**" if any(path.startswith(folder) for path in files) else None


def _edits(workflow: Workflow, scalar: Scalar, better: str) -> tuple[Edit, ...]:
    try:
        return tuple(yaml_edit.set_scalar(workflow.document, scalar, better))
    except yaml_edit.EditRefused:
        return ()
