"""Linting: files and settings in, findings out. No input, no output, no state.

The one exception are rules that ask another program, for which it is started: ``PROGRAM_CHECKS``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property

from cilint.findings.finding import Finding
from cilint.model.files import Files
from cilint.model.kinds import kind_of
from cilint.model.project import Project
from cilint.pipeline.pipeline import Pipeline
from cilint.rules.active import ActiveRule
from cilint.rules.rule import LINT_CHECKS, Catalogue
from cilint.rules.run import judge, order, reported
from cilint.text.hints import TYPE_CHECKING
from cilint.text.source import SourceFile
from cilint.text.values import NamedTuple

if TYPE_CHECKING:
    from cilint.findings.violation import Violation
    from cilint.lint.suppress import Suppressed

WORDS = ("cilint:", "hadolint", "zizmor:", "check=", "dclint")
"""A text without any of these has no comment that suppresses something."""


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


class _Scope(Collection[str]):
    """The paths that findings are wanted for: the targets.

    Where these are all of the project's workflows, the project as a whole is judged: then findings of files
    that are of no kind, or that do not exist, are wanted too.
    """

    def __init__(self, files: Files, targets: frozenset[str], beside: Collection[str]) -> None:
        self.files = files
        self.targets = targets
        self.beside = beside

    @cached_property
    def _is_whole(self) -> bool:
        kinds = {path: kind_of(path) for path in self.files.listing()}
        workflows = {path for path, kind in kinds.items() if kind == "workflow"}
        return (workflows or {path for path, kind in kinds.items() if kind}) <= self.targets.union(
            self.beside
        )

    def __contains__(self, path: object) -> bool:
        if path in self.targets or not isinstance(path, str):
            return path in self.targets
        missing = kind_of(path) is None or path not in self.files.listing()
        return missing and self._is_whole

    def __iter__(self) -> Iterator[str]:
        return iter(self.targets)

    def __len__(self) -> int:
        return len(self.targets)


def check(files: Files, targets: Collection[str], judged: Judged, beside: Collection[str] = ()) -> Result:
    """Lint ``targets``, with the rest of the project as context; others lint what is ``beside`` them.

    Raises CilintError where a rule's own code fails; whatever the files hold comes back as findings.
    """
    project = Project(files)
    paths = tuple(sorted(targets))
    pipeline = Pipeline(project, judged.parameters, frozenset(paths))
    found = judge(pipeline, judged.active, _Scope(files, frozenset(paths), beside))
    sources = {path: source for path in paths if (source := project.source(path))}
    unparsed = frozenset(path for path in sources if _is_unparsed(project, path))
    suppressed = len(found)
    wrong: list[tuple[str, Violation]] = []
    if any("disable=" in source.text and "shellcheck" in source.text for source in sources.values()):
        found, wrong = _enabled(found, pipeline, judged)
    suppressed -= len(found)
    marked = {path: source for path, source in sources.items() if any(word in source.text for word in WORDS)}
    if marked:
        left = _suppressed(found, marked, project, judged, unparsed)
        found, suppressed, wrong = left.findings, suppressed + left.number, wrong + left.violations
    if wrong:
        found = sorted([*found, *_told(wrong, project, judged)], key=order)
    return Result(found, suppressed, tuple(sources), unparsed, sources)


def _enabled(
    found: list[Finding], pipeline: Pipeline, judged: Judged
) -> tuple[list[Finding], list[tuple[str, Violation]]]:
    """The findings that no comment for ShellCheck takes back, those of locked rules with them.

    Also which of these comments take back nothing, where all that ShellCheck would say has been said.
    """
    from cilint.lint.directives import Disabled
    from cilint.lint.suppress import SHELLCHECK, UNUSED

    equivalents = {
        name: rule.equivalents
        for name, rule in judged.catalogue.rules.items()
        if judged.locked.isdisjoint((name, rule.group))
    }
    disabled = Disabled(pipeline.shell_directives, equivalents)
    left = disabled.without(found)
    is_asked = any(each.rule.id == SHELLCHECK and not each.off for each in judged.active)
    return left, [(UNUSED, violation) for violation in disabled.unused()] if is_asked else []


def _suppressed(
    found: list[Finding],
    marked: Mapping[str, SourceFile],
    project: Project,
    judged: Judged,
    unparsed: frozenset[str],
) -> Suppressed:
    """The findings that no comment suppresses, how many are suppressed, and what is wrong with comments."""
    from cilint.lint.places import places
    from cilint.lint.suppress import Known, suppress

    rules = judged.catalogue.rules
    active = frozenset(each.rule.id for each in judged.active if not each.off)
    equivalents = {name: rule.equivalents for name, rule in rules.items()}
    known = Known(frozenset(rules), active, equivalents, judged.locked, judged.reason_required)
    return suppress(found, marked, lambda source: places(project, source), known, unparsed)


def _told(wrong: list[tuple[str, Violation]], project: Project, judged: Judged) -> Iterator[Finding]:
    """What is wrong with comments, as far as rules are on that tell it."""
    told = {each.rule.id: each for each in judged.active if each.rule.check in LINT_CHECKS}
    for name, violation in wrong:
        rule = told[name].at(violation.path) if name in told else None
        if rule is not None and not rule.off:
            yield reported(rule, violation, project)


def _is_unparsed(project: Project, path: str) -> bool:
    """Whether GitHub, BuildKit or Compose cannot read the file at all."""
    if kind_of(path) == "dockerfile":
        dockerfile = project.dockerfile(path)
        return dockerfile is not None and dockerfile.document.fatal is not None
    file = project.yaml_file(path)
    return file is not None and bool(file.document.errors)
