"""Whether ``permissions`` name scopes that exist, at levels that they have."""

from __future__ import annotations

from collections.abc import Iterator

from cilint.checks.schema_problems import violations
from cilint.findings.violation import Options, Violation
from cilint.pipeline.pipeline import Pipeline


def run(pipeline: Pipeline, _options: Options) -> Iterator[Violation]:
    return violations(pipeline.target_workflows, "permission")
