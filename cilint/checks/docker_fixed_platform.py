"""Whether a stage is tied to one platform, so that an image for several is none for the others."""

from __future__ import annotations

from collections.abc import Iterator

from cilint.findings.violation import Options, Violation
from cilint.model.dockerfile import Stage
from cilint.pipeline.pipeline import Pipeline


def run(pipeline: Pipeline, _options: Options) -> Iterator[Violation]:
    """One violation for each stage that the final one needs; values: ``platform``."""
    from cilint.syntax.dockerfile_edit import remove_flag

    for stage in pipeline.stages:
        flag = stage.from_.flag("platform")
        if (
            flag is None
            or not flag.value
            or "$" in flag.value
            or not stage.is_reachable
            or _is_named(stage, flag.value)
        ):
            continue
        edits = tuple(remove_flag(stage.dockerfile.document, stage.from_, flag))
        yield Violation(stage.path, flag.span, {"platform": flag.value}, edits=edits)


def _is_named(stage: Stage, platform: str) -> bool:
    """Whether the stage's name says that it is for that platform: others choose between such stages."""
    return any(part in (stage.name or "") for part in platform.lower().split("/"))
