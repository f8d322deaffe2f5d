from __future__ import annotations

import sys
import types
from collections.abc import Iterator
from functools import partial

import pytest

from cilint.errors import CilintError
from cilint.findings.finding import FileEdit, Finding, Label, NewFile, Severity
from cilint.findings.violation import Options, Violation
from cilint.rules.active import ActiveRule, Override, activate
from cilint.rules.rule import Level
from cilint.rules.run import judge
from cilint.text.edit import Edit, apply_edits
from cilint.text.source import Span
from tests.rules.things import RULE, Lines, rule

FILES = {"b.txt": "say HEY\nask HEY?\n", "a.txt": "oh no\nHEY you HEY\nquiet HEY\n"}
PARAMETERS = {"host": "h", "hosts": ["a"]}


def active(text: str = RULE, level: Level = Level(), **overrides: Level) -> ActiveRule:  # noqa: B008
    scopes = tuple(Override(partial(_begins, name), each) for name, each in overrides.items())
    return activate(rule(text).rule, PARAMETERS, level)._replace(overrides=scopes)


def _begins(name: str, path: str) -> bool:
    return path.startswith(name)


def findings(
    *rules: ActiveRule, files: dict[str, str] | None = None, targets: list[str] | None = None
) -> list[Finding]:
    return judge(Lines(files or FILES), rules or [active()], targets)


def test_what_a_rule_refuses_is_found_in_order() -> None:
    found = findings()
    assert [(each.path, each.span) for each in found] == [
        ("a.txt", Span(6, 9)), ("b.txt", Span(4, 7)),
    ]  # fmt: skip
    assert found[0].rule == "talk/loud"
    assert found[0].message == "`HEY` shouts HEY"
    assert found[0].severity is Severity.WARNING
    assert found[0].fix is not None
    assert found[0].fix.safety == "safe"
    assert found[0].fix.edits == (FileEdit("a.txt", Edit(Span(6, 9), "hey")),)


def test_only_targets_count() -> None:
    assert [each.path for each in findings(targets=["b.txt"])] == ["b.txt"]
    assert findings(targets=[]) == []


def test_a_finding_in_another_file_counts_for_that_file() -> None:
    text = RULE.replace("at: first(word for word in item.words if word.text == options.loud)", "at: item")
    assert [each.path for each in findings(active(text), targets=["a.txt"])] == ["a.txt"]


def test_options_and_levels() -> None:
    found = findings(active(level=Level(severity=Severity.ERROR, options={"loud": "you"})))
    assert [(each.severity, each.span) for each in found] == [(Severity.ERROR, Span(10, 13))]


def test_overrides_hold_for_their_paths() -> None:
    silent, louder = Level(off=True), Level(severity=Severity.ERROR)
    assert [each.path for each in findings(active(a=silent))] == ["b.txt"]
    assert [each.severity for each in findings(active(a=louder))] == [Severity.ERROR, Severity.WARNING]
    assert [each.span for each in findings(active(a=Level(options={"loud": "no"})))] == [
        Span(3, 5),
        Span(4, 7),
    ]
    only = active(level=Level(off=True), b=louder)
    assert [(each.path, each.severity) for each in findings(only)] == [("b.txt", Severity.ERROR)]


def test_the_first_severity_that_holds_counts_and_else_info() -> None:
    text = RULE.replace(
        "severity: warning", "severity: {error: item.says('you') is True, warning: item.says('say')}"
    )
    files = {"a.txt": "HEY you\nsay HEY\nask HEY\n"}
    assert [each.severity.label for each in findings(active(text), files=files)] == [
        "error",
        "warning",
        "info",
    ]
    lowered = active(text, Level(severity=Severity.WARNING))
    assert [each.severity.label for each in findings(lowered, files=files)] == ["warning", "warning", "info"]
    raised = active(text.replace("{error:", "{warning:").replace(", warning: item.says('say')", ""),
                    Level(severity=Severity.ERROR))  # fmt: skip
    assert [each.severity.label for each in findings(raised, files=files)] == ["error", "info", "info"]


def test_related_places() -> None:
    text = RULE.replace(
        "message:", 'related: [{at: item.words, label: "also {item.verb.text}", when: item.kind == "long"},'
        " {at: 'item.words[7]', label: never}, {at: item.verb, label: verb}]\nmessage:",
    )  # fmt: skip
    found = findings(active(text), targets=["a.txt"])[0]
    assert found.related == (
        Label("a.txt", Span(6, 9), "also HEY"), Label("a.txt", Span(10, 13), "also HEY"),
        Label("a.txt", Span(14, 17), "also HEY"), Label("a.txt", Span(6, 9), "verb"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        ("[{delete: item.verb}]", " HEY\n"),
        ('[{insert: "now ", before: item.verb}, {insert: "!", after: item}]', "now say HEY!\n"),
        ("item.without('HEY')", "say \n"),
        ("item.without('nothing')", None),
        ('[{delete: "item.words[5]"}]', None),
        ('[{replace: item.verb, with: "{item.words[5].text}"}]', None),
        ('[{insert: "a\\n", before: item}]', "a\nsay HEY\n"),
    ],
)
def test_edits(edits: str, expected: str | None) -> None:
    start, end = RULE.index("  edits:\n"), RULE.index("fix_safety")
    text = f"{RULE[:start]}  edits: {edits}\n{RULE[end:]}"
    finding = findings(active(text), files={"a.txt": "say HEY\n"})[0]
    if expected is None:
        assert finding.fix is None
    else:
        assert finding.fix is not None
        assert apply_edits("say HEY\n", [each.edit for each in finding.fix.edits]) == expected


def test_inserted_lines_have_the_line_ends_of_their_file() -> None:
    start, end = RULE.index("  edits:\n"), RULE.index("fix_safety")
    text = f'{RULE[:start]}  edits: [{{insert: "a\\n", before: item}}]\n{RULE[end:]}'
    finding = findings(active(text), files={"a.txt": "say HEY\r\n"})[0]
    assert finding.fix is not None
    assert finding.fix.edits[0].edit.text == "a\r\n"


def test_the_safety_of_a_fix_may_depend() -> None:
    text = RULE.replace("safety: safe\n", "safety: \"'safe' if item.says('say') else 'unsafe'\"\n")
    assert [each.fix and each.fix.safety for each in findings(active(text))] == ["unsafe", "safe"]


def test_a_condition_that_fails_is_an_error_in_the_rule_file() -> None:
    with pytest.raises(CilintError) as caught:
        findings(active(RULE.replace("when: item.verb", "when: item.fails() and item.verb")))
    assert (caught.value.path, caught.value.line, caught.value.column) == ("rules/talk/loud.yaml", 5, 7)
    assert "ZeroDivisionError: as asked" in caught.value.message


CHECKED = """\
title: A word is misspelt
severity: {error: certain == 'yes', info: true}
why: Because.
check: spelling
message: "{word} is wrong"
options: {wrong: {type: string, default: no, description: What is wrong.}}
fix: {safety: safe, title: "remove {word}"}
fix_safety: None.
examples: []
"""


@pytest.fixture
def spelling() -> Iterator[None]:
    def run(pipeline: Lines, options: Options) -> Iterator[Violation]:
        for line in pipeline.select("line"):
            for word in line.words:
                if word.text == options.wrong:
                    values = {"word": word.text, "certain": "yes" if line.kind == "short" else "no"}
                    edits = (Edit(word.span, ""), NewFile("log", "x")) if line.kind == "short" else ()
                    yield Violation(line.path, word.span, values, edits=edits)
                if word.text == "crash":
                    raise ValueError("told to")

    module = types.ModuleType("cilint.checks.spelling")
    module.run = run  # type: ignore[attr-defined]
    sys.modules["cilint.checks.spelling"] = module
    yield
    del sys.modules["cilint.checks.spelling"]


@pytest.mark.usefixtures("spelling")
def test_checks_yield_violations_and_the_rule_tells_them() -> None:
    found = findings(active(CHECKED), files={"a.txt": "oh no\n", "b.txt": "there is no such thing\n"})
    assert [(each.message, each.severity.label) for each in found] == [
        ("no is wrong", "error"), ("no is wrong", "info"),
    ]  # fmt: skip
    assert found[0].fix is not None
    assert found[0].fix.creates == (NewFile("log", "x"),)
    assert found[0].fix.title == "remove no"
    assert found[1].fix is None


@pytest.mark.usefixtures("spelling")
def test_options_of_a_check_may_differ_by_path() -> None:
    files = {"a.txt": "oh no\n", "b.txt": "oh no\n", "c.txt": "oh no\n"}
    rules = active(CHECKED, a=Level(options={"wrong": "oh"}), c=Level(off=True))
    assert [(each.path, each.message) for each in findings(rules, files=files)] == [
        ("a.txt", "oh is wrong"), ("b.txt", "no is wrong"),
    ]  # fmt: skip


@pytest.mark.usefixtures("spelling")
def test_a_check_that_fails_is_an_error_and_no_traceback() -> None:
    with pytest.raises(CilintError, match="talk/loud fails: ValueError: told to"):
        findings(active(CHECKED), files={"a.txt": "crash\n"})


def test_checks_of_lint_are_left_to_it() -> None:
    assert findings(active(CHECKED.replace("check: spelling", "check: suppressions"))) == []


def test_option_defaults_come_from_parameters() -> None:
    text = RULE.replace("default: HEY", 'default: "{parameters.host}-{parameters.host}"')
    assert active(text).options == Options(loud="h-h")
    listed = RULE.replace("type: string, default: HEY", 'type: list, default: "{parameters.hosts}"')
    listed = listed.replace("== options.loud", "in options.loud").replace("lower(options.loud)", "'x'")
    assert active(listed).options == Options(loud=["a"])
    with pytest.raises(CilintError, match="no parameter `host`"):
        activate(rule(text).rule, {})
