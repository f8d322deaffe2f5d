"""A small catalogue of rules that does not change when built-in rules do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cilint.findings.finding import Finding
from cilint.lint.check import Judged, Result, check
from cilint.model.files import MemoryFiles
from cilint.model.kinds import kind_of
from cilint.rules.active import activate
from cilint.rules.catalogue import builtin
from cilint.rules.compile import builtin_setting
from cilint.rules.load import load_rule
from cilint.rules.rule import Catalogue, Rule

NAMED = """\
title: A stage is called bad
severity: error
why: because
select: stage
deny: item.name == "bad"
at: item.name_span
message: the stage is called {item.name}
fix: {safety: safe, title: call it good, edits: [{replace: item.name_span, with: good}]}
fix_safety: names only
equivalents: {hadolint: [DL3006], buildkit: [StageName], zizmor: [bad-name]}
examples: [{good: FROM x}]
"""
LATEST = """\
title: An image is the latest
severity: warning
why: because
select: stage
deny: endswith(item.base, ":latest")
at: item.base_span
message: the base is {item.base}
fix: {safety: unsafe, title: drop the tag, edits: [{replace: item.base_span, with: x}]}
fix_safety: another image
equivalents: {hadolint: [DL3007]}
examples: [{good: FROM x}]
"""
JOB = """\
title: A job is called bad
severity: info
why: because
select: job
deny: item.id == "bad"
message: the job is called {item.id}
equivalents: {zizmor: [bad-job]}
examples: [{good: "on: push"}]
"""
TEXTS = {"docker/named": NAMED, "docker/latest": LATEST, "ci/job": JOB}


def catalogue(texts: Mapping[str, str] = TEXTS) -> Catalogue:
    """The rules of ``texts`` and the built-in ones about suppressions."""
    base = builtin()
    setting = builtin_setting(base.policies.values())
    rules: dict[str, Rule] = {name: load_rule(name, name, text, setting).rule for name, text in texts.items()}
    rules |= {name: rule for name, rule in base.rules.items() if rule.group == "suppress"}
    return Catalogue(rules, base.policies)


def judged(
    names: Iterable[str] | None = None, *, locked: Iterable[str] = (), reason_required: bool = True
) -> Judged:
    """All rules of the catalogue, or those with these names and those about suppressions."""
    known = catalogue()
    chosen = [
        rule for rule in known.rules.values() if names is None or rule.id in names or rule.group == "suppress"
    ]
    active = [activate(rule, {}) for rule in chosen]
    return Judged(active, known, {}, frozenset(locked), reason_required)


def look(files: Mapping[str, str | bytes], judged: Judged) -> Result:
    """What is found in every file that cilint understands."""
    return check(MemoryFiles(files), [path for path in files if kind_of(path)], judged)


def rules_of(findings: Iterable[Finding]) -> list[str]:
    return [finding.rule for finding in findings]
