"""Trying the examples of rules, those that judge comments too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from cilint.findings.finding import Finding
from cilint.lint.check import Judged, check
from cilint.model.files import MemoryFiles
from cilint.model.kinds import kind_of
from cilint.rules.active import ActiveRule, activate
from cilint.rules.examples import Problem, judge_files
from cilint.rules.examples import try_rule as try_file
from cilint.rules.load import RuleFile
from cilint.rules.rule import LINT_CHECKS, PROGRAM_CHECKS, Catalogue
from cilint.text.hints import Any


def try_rule(file: RuleFile, catalogue: Catalogue) -> list[Problem]:
    """All that is wrong with the rule's examples."""
    judge = partial(_judge_all, catalogue) if file.rule.check in LINT_CHECKS else judge_files
    return try_file(file, catalogue, judge)


def _judge_all(
    catalogue: Catalogue,
    files: Mapping[str, str],
    active: Sequence[ActiveRule],
    parameters: Mapping[str, Any],
) -> list[Finding]:
    """The findings of ``active`` where every other rule is judged too: a suppression is unused only then.

    But for those that ask another program, which need not be there.
    """
    tried = {each.rule.id for each in active}
    others = [
        activate(rule, parameters)
        for name, rule in catalogue.rules.items()
        if name not in tried and rule.check not in PROGRAM_CHECKS
    ]
    targets = [path for path in files if kind_of(path)]
    result = check(MemoryFiles(files), targets, Judged([*active, *others], catalogue, parameters))
    return [finding for finding in result.findings if finding.rule in tried]
