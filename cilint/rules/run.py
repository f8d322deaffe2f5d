"""Judging a pipeline by the active rules: each thing that a rule selects and refuses becomes a finding."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Iterator, Sequence

from cilint.errors import CilintError
from cilint.findings.finding import Finding, Fix, Label, Severity
from cilint.findings.violation import Violation
from cilint.rules.active import ActiveRule
from cilint.rules.mend import Project, assemble, build_fix, is_refusal, place_of
from cilint.rules.rule import LINT_CHECKS, Expression, Rule
from cilint.text.hints import Any, Protocol
from cilint.text.source import Span

_APART = {"docker": "dockerfile", "compose": "compose"}
"""Groups whose checks look at one kind of file, at which no other group's do."""


class Pipeline(Protocol):
    """What is judged; see ``cilint.pipeline.pipeline``."""

    @property
    def project(self) -> Project: ...

    @property
    def target_kinds(self) -> frozenset[str]: ...

    def select(self, kind: str) -> Iterable[Any]: ...


def judge(
    pipeline: Pipeline, active: Sequence[ActiveRule], targets: Collection[str] | None = None
) -> list[Finding]:
    """The findings that lie in the target files (None: in any), by path, place and rule.

    Raises CilintError, with the rule file's place, where a condition fails.
    """
    found: dict[tuple[object, ...], Finding] = {}
    for rule in active:
        for finding in _Run(pipeline, rule, targets).findings():
            found.setdefault((finding.rule, finding.path, finding.span, finding.message), finding)
    findings = list(found.values())
    if any(finding.code for finding in findings):
        from cilint.rules.doubles import without_doubles

        findings = without_doubles(
            findings, {each.rule.id: each.rule for each in active}, pipeline.project.source
        )
    return sorted(findings, key=order)


def order(finding: Finding) -> tuple[str, Span, str, str]:
    """What findings are sorted by; those of files that do not exist come first in their path."""
    return finding.path, finding.span or Span(-1, -1), finding.rule, finding.message


class _Run:
    """One rule over the whole pipeline."""

    def __init__(self, pipeline: Pipeline, active: ActiveRule, targets: Collection[str] | None) -> None:
        self.pipeline = pipeline
        self.base = active
        self.rule = active.rule
        self.targets = targets
        self.by_path: dict[str, ActiveRule] = {}

    def findings(self) -> Iterator[Finding]:
        if self.rule.select:
            for item in self.refused(self.pipeline.select(self.rule.select)):
                finding = self.finding(item)
                if finding is not None:
                    yield finding
        elif self.rule.check not in LINT_CHECKS and self.concerned:
            yield from self.checked()

    @property
    def concerned(self) -> bool:
        """Whether the check may find something: its modules need not be loaded for files of other kinds.

        The checks of a policy also find what is missing, which is of no kind.
        """
        kinds = self.pipeline.target_kinds
        if self.rule.group in _APART:
            return _APART[self.rule.group] in kinds
        return self.rule.policy or bool(kinds.difference(_APART.values()))

    def at(self, path: str) -> ActiveRule:
        if not self.base.overrides:
            return self.base
        if path not in self.by_path:
            self.by_path[path] = self.base.at(path)
        return self.by_path[path]

    def wanted(self, path: str) -> bool:
        return (self.targets is None or path in self.targets) and not self.at(path).off

    def refused(self, items: Iterable[Any]) -> Iterator[Any]:
        """Those that the rule refuses. Nearly all of a run's time in this module is spent here."""
        tests = [test for test in (self.rule.when, self.rule.deny) if test is not None]
        anywhere = self.rule.at is not None  # a place of its own may be wanted where the thing's is not
        for item in items:
            if not anywhere and not self.wanted(item.path):
                continue
            active = self.at(item.path)
            for test in tests:
                try:
                    if not test.call(item, active.options, active.parameters):
                        break
                except Exception as error:
                    if is_refusal(error):
                        raise
                    raise failure(self.rule, error, test) from error
            else:
                yield item

    def finding(self, item: Any) -> Finding | None:
        """That the thing is refused, if it is to be told where it is."""
        rule = self.rule
        evaluate = _Evaluation(rule, self.at(item.path), item)
        path, span = (rule.at and place_of(evaluate(rule.at), item.path)) or (item.path, item.span)
        if not self.wanted(path):
            return None
        severity = self.at(path).severity_of(evaluate.severity())
        message, related = evaluate(rule.message), tuple(evaluate.related())
        return Finding(rule.id, severity, message, path, span, related, self.fix(evaluate, item.path))

    def fix(self, evaluate: _Evaluation, path: str) -> Fix | None:
        if self.rule.fix is None:
            return None
        return build_fix(self.rule.fix, path, evaluate, self.pipeline.project)

    def checked(self) -> Iterator[Finding]:
        name = f"cilint.checks.{self.rule.check}"
        __import__(name)  # `importlib` takes longer to load than a check
        module = sys.modules[name]
        variants = [self.base, *(self.base.changed(override.level) for override in self.base.overrides)]
        options = []
        for active in variants:
            if active.options in options:
                continue
            options.append(active.options)
            yield from self.violations(module, active)

    def violations(self, module: Any, active: ActiveRule) -> Iterator[Finding]:
        """The findings of the check with these options, where these are the options that hold."""
        try:
            for violation in module.run(self.pipeline, active.options):
                if self.wanted(violation.path) and self.at(violation.path).options == active.options:
                    yield reported(self.at(violation.path), violation, self.pipeline.project)
        except CilintError:
            raise
        except Exception as error:
            raise failure(self.rule, error) from error


def reported(active: ActiveRule, violation: Violation, project: Project) -> Finding:
    """The finding of a violation, as the rule that names the check tells it."""
    rule = active.rule
    evaluate = _Evaluation(rule, active, violation.values)
    severity = active.severity_of(violation.severity or evaluate.severity())
    fix = None
    if rule.fix and violation.edits:
        safety = violation.safety or rule.fix.safety
        safety = evaluate(safety) if isinstance(safety, Expression) else safety
        fix = assemble(evaluate(rule.fix.title), safety, violation.edits, violation.path, project)
    message = evaluate(rule.message)
    path, span, related = violation.path, violation.span, violation.related
    return Finding(rule.id, severity, message, path, span, related, fix, violation.code)


class _Evaluation:
    """Evaluates a rule's expressions for one thing."""

    __slots__ = ("active", "item", "rule")

    def __init__(self, rule: Rule, active: ActiveRule, item: Any) -> None:
        self.rule = rule
        self.active = active
        self.item = item

    def __call__(self, expression: Expression | None) -> Any:
        if expression is None:
            return None
        try:
            return expression.call(self.item, self.active.options, self.active.parameters)
        except Exception as error:
            if is_refusal(error):
                raise
            raise failure(self.rule, error, expression) from error

    def severity(self) -> Severity:
        if isinstance(self.rule.severity, Severity):
            return self.rule.severity
        return next((level for level, holds in self.rule.severity if self(holds)), Severity.INFO)

    def related(self) -> Iterator[Label]:
        for related in self.rule.related:
            if related.when is not None and not self(related.when):
                continue
            places = self(related.at)
            several = isinstance(places, list | tuple) and not isinstance(places, Span)
            for place in places if several and not hasattr(places, "span") else (places,):
                at = place_of(place, self.item.path)
                if at is not None and at[1] is not None:
                    yield Label(at[0], at[1], self(related.label))


def failure(rule: Rule, error: Exception, expression: Expression | None = None) -> CilintError:
    """The error for a rule that cannot be judged by."""
    said = f"the rule {rule.id} fails: {type(error).__name__}: {error}"
    if expression is None:
        return CilintError(said, path=rule.path)
    return CilintError(said, path=rule.path, line=expression.line, column=expression.column)
