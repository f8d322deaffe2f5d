"""Linting: files and settings in, findings out. No input, no output, no state."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from cilint.findings.finding import Finding
from cilint.lint.places import places
from cilint.lint.suppress import Known, suppress
from cilint.model.files import Files
from cilint.model.kinds import kind_of
from cilint.model.project import Project
from cilint.pipeline.pipeline import Pipeline
from cilint.rules.active import ActiveRule
from cilint.rules.rule import LINT_CHECKS, Catalogue
from cilint.rules.run import judge, order, reported
from cilint.text.source import SourceFile


class Result(NamedTuple):
    """What linting gave: findings by path, place and rule; how many were suppressed; what was looked at.

    ``unparsed``: the checked files with a syntax error; ``sources``: the texts that spans are of, by path.
    """

    findings: list[Finding]
    suppressed: int
    checked: tuple[str, ...]
    unparsed: frozenset[str]
    sources: Mapping[str, SourceFile]


class Judged(NamedTuple):
    """The rules of a run and what else is needed to judge by them."""

    active: Sequence[ActiveRule]
    catalogue: Catalogue
    parameters: Mapping[str, object] = {}
    locked: frozenset[str] = frozenset()
    reason_required: bool = True


def check(files: Files, targets: Collection[str], judged: Judged) -> Result:
    """Lint ``targets``, with the rest of the project as context.

    Raises CilintError where a rule's own code fails; whatever the files hold comes back as findings.
    """
    project = Project(files)
    paths = tuple(sorted(targets))
    pipeline = Pipeline(project, judged.parameters, frozenset(paths))
    found = judge(pipeline, judged.active, frozenset(paths))
    sources = {path: source for path in paths if (source := project.source(path))}
    unparsed = frozenset(path for path in sources if _is_unparsed(project, path))
    left = suppress(found, sources, lambda source: places(project, source), _known(judged), unparsed)
    told = {active.rule.id: active for active in judged.active if active.rule.check in LINT_CHECKS}
    wrong = []
    for rule, violation in left.violations:
        active = told[rule].at(violation.path) if rule in told else None
        if active is not None and not active.off:
            wrong.append(reported(active, violation, project.source))
    findings = sorted([*left.findings, *wrong], key=order)
    return Result(findings, left.number, tuple(sources), unparsed, sources)


def _known(judged: Judged) -> Known:
    rules = judged.catalogue.rules

    def equivalents(rule: str) -> Mapping[str, Sequence[str]]:
        return rules[rule].equivalents if rule in rules else {}

    active = frozenset(each.rule.id for each in judged.active if not each.off)
    return Known(frozenset(rules), active, equivalents, judged.locked, judged.reason_required)


def _is_unparsed(project: Project, path: str) -> bool:
    """Whether GitHub or BuildKit cannot read the file at all."""
    kind = kind_of(path)
    if kind == "dockerfile":
        dockerfile = project.dockerfile(path)
        return dockerfile is not None and dockerfile.document.fatal is not None
    file = project.workflow(path) if kind == "workflow" else project.action(path)
    return file is not None and bool(file.document.errors)
