"""Running the examples of a rule, and the demands that every rule must meet.

At least one bad and one good example; a bad one flags exactly what it says, a good one nothing; a fix gives
what ``fixed`` says (with CRLF line ends too), leaves nothing that it could mend, breaks no syntax and adds no
finding of another rule; ``when`` is true somewhere and false somewhere; each option is tried at another
value; and turning ``deny`` round must break an example, or the examples would prove nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

from cilint.errors import CilintError
from cilint.findings.finding import FileEdit, Finding
from cilint.rules.active import ActiveRule, activate
from cilint.rules.example import Example, read_examples
from cilint.rules.load import RuleFile
from cilint.rules.rule import DEFAULT_POLICY, LINT_CHECKS, Catalogue, Level, Place, Rule
from cilint.text.edit import Edit, apply_edits, overlap
from cilint.text.hints import Any
from cilint.text.values import NamedTuple

MAX_ROUNDS = 10

Judge = Callable[[Mapping[str, str], Sequence[ActiveRule], Mapping[str, Any]], list[Finding]]
"""Files by path, active rules and parameters in; findings out."""


class Problem(NamedTuple):
    """What is wrong with a rule's examples, and where that is written."""

    place: Place
    message: str

    def __str__(self) -> str:
        return str(self.place.error(self.message))


def judge_files(
    files: Mapping[str, str], active: Sequence[ActiveRule], parameters: Mapping[str, Any]
) -> list[Finding]:
    """Judge a project that is held in memory."""
    from cilint.model.files import MemoryFiles
    from cilint.model.project import Project
    from cilint.pipeline.pipeline import Pipeline
    from cilint.rules.run import judge

    return judge(Pipeline(Project(MemoryFiles(files)), parameters), active)


def try_rule(file: RuleFile, catalogue: Catalogue, judge: Judge = judge_files) -> list[Problem]:
    """All that is wrong with the rule's examples; nothing for a rule that is as it should be.

    ``catalogue`` gives the parameters and the other rules. ``judge`` runs the rules; the one given by default
    leaves out the checks of LINT_CHECKS, whose rules it therefore does not try at all.
    """
    if file.rule.check in LINT_CHECKS and judge is judge_files:
        return []
    policy = catalogue.policies.get(DEFAULT_POLICY)
    parameters = policy.parameters if policy else {}
    try:
        examples = read_examples(file, parameters)
        defaults = {name: parameter.default for name, parameter in parameters.items()}
        return list(_Trial(file, examples, defaults, catalogue, judge).problems())
    except CilintError as error:
        place = Place(error.path or file.rule.path, error.line or 1, error.column or 1)
        return [Problem(place, error.message if not error.hint else f"{error.message} ({error.hint})")]


class _Trial:
    def __init__(
        self,
        file: RuleFile,
        examples: Sequence[Example],
        parameters: Mapping[str, Any],
        catalogue: Catalogue,
        judge: Judge,
    ) -> None:
        self.file = file
        self.rule = file.rule
        self.examples = examples
        self.parameters = parameters
        self.catalogue = catalogue
        self.judge = judge
        self.place = Place(file.rule.path, 1, 1)

    def problems(self) -> Iterator[Problem]:
        if not any(example.bad for example in self.examples):
            yield Problem(self.place, "the rule has no bad example")
        if all(example.bad for example in self.examples):
            yield Problem(self.place, "the rule has no good example")
        applied: set[bool] = set()
        watched = _watched(self.rule, applied)
        for example in self.examples:
            findings = self.run(watched, example)
            yield from self.flagged(example, findings)
            mended = list(self.mended(example, findings))
            yield from mended or self.mended_with_crlf(example)
        yield from self.exercised(applied)
        if self.rule.deny and not self.breaks(_inverted(self.rule)):
            yield Problem(self.place, "the examples are right even with `deny` turned round")

    def run(self, rule: Rule, example: Example, files: Mapping[str, str] | None = None) -> list[Finding]:
        parameters = {**self.parameters, **example.parameters}
        active = activate(rule, parameters, Level(options=example.options))
        return self.judge(example.files if files is None else files, [active], parameters)

    def flagged(self, example: Example, findings: Sequence[Finding]) -> Iterator[Problem]:
        said = differences(example, findings)
        if said:
            yield Problem(example.place, said)
        for finding in findings if example.severity else ():
            if finding.severity != example.severity:
                yield Problem(example.place, f"a finding is of severity {finding.severity.label}")

    def breaks(self, rule: Rule) -> bool:
        """Whether an example is no longer right with this rule."""
        try:
            return any(differences(example, self.run(rule, example)) for example in self.examples)
        except CilintError:
            return True

    def exercised(self, applied: set[bool]) -> Iterator[Problem]:
        if self.rule.when:
            for value in {True, False} - applied:
                yield Problem(self.place, f"`when` is {'true' if value else 'false'} in no example")
        for name in self.rule.options:
            default = activate(self.rule, self.parameters).options
            if not any(
                name in example.options and example.options[name] != getattr(default, name)
                for example in self.examples
            ):
                yield Problem(self.place, f"no example tries the option `{name}` at another value")
        if self.rule.fix and not any(example.fixed for example in self.examples):
            yield Problem(self.place, "no example shows in `fixed` what the fix does")

    def mended(self, example: Example, findings: Sequence[Finding]) -> Iterator[Problem]:
        """What is wrong with the result of the fixes of one example."""
        if not any(finding.fix for finding in findings):
            if example.fixed is not None:
                yield Problem(example.place, "there is `fixed`, but no finding here has a fix")
            return
        files, rounds = dict(example.files), 0
        while any(finding.fix for finding in findings):
            files, rounds = apply_fixes(files, findings), rounds + 1
            if rounds > MAX_ROUNDS:
                yield Problem(example.place, "the fix never removes its finding")
                return
            findings = self.run(self.rule, example, files)
        for path in {*files, *(example.fixed or {})}:
            expected = (example.fixed or {}).get(path, example.files.get(path))
            found = files.get(path)
            if found is not None and path not in example.files:  # written anew, with whatever line ends
                found = found.replace("\r\n", "\n")
            if example.fixed is not None and not _shown(expected, found):
                yield Problem(example.place, f"the fix gives for {path}:\n{files.get(path)}")
        yield from self.sound(example, files)

    def mended_with_crlf(self, example: Example) -> Iterator[Problem]:
        """What is wrong with the fixes where lines end as on Windows: all others must stay as they are."""
        if not example.fixed or any("\r" in text for text in example.files.values()):
            return
        files = {path: text.replace("\n", "\r\n") for path, text in example.files.items()}
        fixed = {p: text.replace("\n", "\r\n") if p in files else text for p, text in example.fixed.items()}
        twin = example._replace(files=files, fixed=fixed)
        for problem in self.mended(twin, self.run(self.rule, twin)):
            yield Problem(problem.place, f"with CRLF line ends: {problem.message}")

    def sound(self, example: Example, files: Mapping[str, str]) -> Iterator[Problem]:
        """What the fix breaks elsewhere: syntax, or other rules."""
        for path, text in files.items():
            before = syntax_errors(path, example.files.get(path, ""))
            for error in syntax_errors(path, text)[len(before) :]:
                yield Problem(example.place, f"after the fix {path} cannot be read: {error}")
        old, new = self.others(example, example.files), self.others(example, files)
        for rule, count in new.items():
            if count > old[rule]:
                yield Problem(example.place, f"the fix adds a finding of {rule}")

    def others(self, example: Example, files: Mapping[str, str]) -> Counter[str]:
        """How many findings each other rule has."""
        parameters = {**self.parameters, **example.parameters}
        rules = [rule for rule in self.catalogue.rules.values() if rule.id != self.rule.id and rule.enabled]
        active = [activate(rule, parameters) for rule in rules]
        return Counter(finding.rule for finding in self.judge(files, active, parameters))


def differences(example: Example, findings: Sequence[Finding]) -> str | None:
    """How the findings differ from what the example flags, or None."""
    if isinstance(example.flags, Mapping):
        expected = {path: list(texts) for path, texts in example.flags.items()}
        found: dict[str, list[str]] = {}
        for finding in findings:
            found.setdefault(finding.path, []).append(_caret_text(example, finding))
        if found.keys() == expected.keys() and all(_same(expected[path], found[path]) for path in found):
            return None
        return f"flagged is {found}, not {expected}"
    texts = [_caret_text(example, finding) for finding in findings]
    return None if _same(example.flags, texts) else f"flagged is {texts}, not {list(example.flags)}"


def _same(expected: Sequence[str], found: Sequence[str]) -> bool:
    return len(expected) == len(found) and all(
        text in (whole, whole.split("\n")[0].rstrip()) for text, whole in zip(expected, found, strict=True)
    )


def _caret_text(example: Example, finding: Finding) -> str:
    """The text under the finding's carets; the path of a file that does not exist."""
    if finding.span is None:
        return finding.path
    return example.files[finding.path][finding.span.start : finding.span.end]


def apply_fixes(files: Mapping[str, str], findings: Sequence[Finding]) -> dict[str, str]:
    """The files after one round of the findings' fixes; a fix that overlaps an earlier one waits."""
    chosen: list[FileEdit] = []
    result = dict(files)
    for finding in findings:
        fix = finding.fix
        if fix is None or any(_overlap(edit, other) for edit in fix.edits for other in chosen):
            continue
        chosen += fix.edits
        for new in fix.creates:
            result.setdefault(new.path, new.text)
            result.pop(new.instead, None)
    edits: dict[str, list[Edit]] = {}
    for change in chosen:
        edits.setdefault(change.path, []).append(change.edit)
    return result | {path: apply_edits(files[path], each) for path, each in edits.items()}


def _shown(expected: str | None, found: str | None) -> bool:
    """Whether a file is as the example shows it; a last line ``…`` stands for any rest."""
    if expected is not None and found is not None and expected.endswith("\n…\n"):
        return found.startswith(expected.removesuffix("…\n"))
    return found == expected


def _overlap(a: FileEdit, b: FileEdit) -> bool:
    return a.path == b.path and overlap(a.edit.span, b.edit.span)


def syntax_errors(path: str, text: str) -> list[str]:
    """Why a file cannot be read, if it is of a kind that has a syntax here."""
    from cilint.model.kinds import kind_of

    if path.endswith((".yml", ".yaml")):
        from cilint.model.compose import DIALECT
        from cilint.syntax.yaml import parse

        return [error.message for error in parse(text, dialect=DIALECT).errors]
    if kind_of(path) == "dockerfile" and text:
        from cilint.syntax.dockerfile import parse as parse_dockerfile

        return [error.message for error in parse_dockerfile(text).errors]
    return []


def _watched(rule: Rule, applied: set[bool]) -> Rule:
    """The rule, noting in ``applied`` what ``when`` gives."""
    when = rule.when
    if when is None:
        return rule

    def noting(*arguments: Any) -> bool:
        value = bool(when.call(*arguments))
        applied.add(value)
        return value

    return rule._replace(when=when._replace(function=noting))


def _inverted(rule: Rule) -> Rule:
    deny = rule.deny
    assert deny is not None
    return rule._replace(deny=deny._replace(function=lambda *arguments: not deny.call(*arguments)))
