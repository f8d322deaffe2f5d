"""Whether a stage is tied to one platform, so that an image for several is none for the others."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cilint.findings.violation import Options, Violation
from cilint.model.dockerfile import Stage
from cilint.model.dockerfile_state import platform_arguments
from cilint.pipeline.pipeline import Pipeline
from cilint.text.hole import HOLE


def run(pipeline: Pipeline, _options: Options) -> Iterator[Violation]:
    """One violation for each stage that the final one needs; values: ``platform``."""
    from cilint.syntax.dockerfile_edit import remove_flag

    for stage in pipeline.stages:
        flag = stage.from_.flag("platform")
        platform = _fixed(pipeline, stage, flag.value or "") if flag and stage.is_reachable else ""
        if flag is None or not platform or _is_named(stage, platform):
            continue
        edits = tuple(remove_flag(stage.dockerfile.document, stage.from_, flag))
        yield Violation(stage.path, flag.span, {"platform": platform}, edits=edits)


def _fixed(pipeline: Pipeline, stage: Stage, given: str) -> str:
    """The platform that ``--platform`` always is: written out, or an ARG's default that no build changes."""
    platform = stage.platform or ""
    if "$" not in given or HOLE in platform:
        return given if "$" not in given else ""
    names = set(re.findall(r"\w+", given))
    changed = {argument.name for argument in pipeline.passed_arguments}
    return "" if names & (changed | set(platform_arguments())) else platform


def _is_named(stage: Stage, platform: str) -> bool:
    """Whether the stage's name says that it is for that platform: others choose between such stages."""
    return any(part in (stage.name or "") for part in platform.lower().split("/"))
