from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from cilint.errors import CilintError
from cilint.findings.finding import Finding
from cilint.rules.active import ActiveRule
from cilint.rules.example import default_path, read_examples
from cilint.rules.examples import Problem, apply_fixes, syntax_errors, try_rule
from cilint.rules.load import RuleFile
from cilint.rules.rule import Catalogue
from cilint.rules.run import judge
from tests.rules.things import RULE, Lines, rule

GENTLE = """\
title: A line greets
severity: info
why: Because.
select: line
deny: item.verb.text == 'hey'
message: x
examples: []
"""
SHY = GENTLE.replace("item.verb.text == 'hey'", "any(word.text == 'hey' for word in item.words)")


def judged(
    files: Mapping[str, str], active: Sequence[ActiveRule], parameters: Mapping[str, Any]
) -> list[Finding]:
    return judge(Lines(dict(files)), active)


def problems(text: str = RULE, *others: RuleFile) -> list[str]:
    file = rule(text)
    catalogue = Catalogue({each.rule.id: each.rule for each in (file, *others)}, {})
    return [problem.message for problem in try_rule(file, catalogue, judged)]


def test_a_right_rule_has_no_problems() -> None:
    assert problems() == []
    assert problems(RULE, rule(GENTLE, "talk/gentle")) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("flags: [HEY]", "flags: [say]", "flagged is ['HEY'], not ['say']"),
        ("flags: [HEY]", "flags: [HEY, HEY]", "not ['HEY', 'HEY']"),
        ("flags: [HEY]", "flags: {b.txt: [HEY]}", "not {'b.txt': ['HEY']}"),
        ("quiet HEY", "say HEY", "flagged is ['HEY'], not []"),
        ("      say hey\n", "      say Hey\n", "the fix gives for a.txt"),
        ("      say hey\n", "      say hey\n\n", "the fix gives for a.txt"),
        ("fixed: |\n      say hey\n      be quiet\n", "severity: warning\n", "no example shows in `fixed`"),
        ("    flags: [HEY]", "    flags: [HEY]\n    severity: info", "a finding is of severity warning"),
        ("lower(options.loud)", "options.loud", "the fix never removes its finding"),
        ("when: item.verb.text != 'quiet'\n", "when: item.verb.text != 'z'\n", "`when` is false"),
        ("options: {loud: HO}\n    flags: [HO]", "flags: [HEY]", "no example tries the option `loud`"),
    ],
)  # fmt: skip
def test_each_demand_is_made(old: str, new: str, said: str) -> None:
    assert old in RULE
    found = problems(RULE.replace(old, new))
    assert found
    assert any(said in each for each in found), found


def test_there_must_be_a_bad_and_a_good_example() -> None:
    start = RULE.index("  - bad")
    good = "  - good: |\n      quiet HEY\n    path: a.txt\n"
    assert "the rule has no bad example" in problems(RULE[:start] + good)
    assert "the rule has no good example" in problems(RULE.replace(good, ""))


def test_examples_that_do_not_depend_on_deny_prove_nothing() -> None:
    text = """\
title: The first line counts
severity: info
why: Because.
select: line
deny: item.span.start == 0
message: x
examples:
  - {bad: "one\\none\\n", path: a.txt, flags: [one]}
  - {good: "\\n", path: a.txt}
"""
    assert problems(text) == ["the examples are right even with `deny` turned round"]
    assert problems(text.replace("one\\none", "one\\ntwo")) == []


def test_a_fix_may_not_add_a_finding_of_another_rule() -> None:
    assert problems(RULE, rule(SHY, "talk/shy")) == ["the fix adds a finding of talk/shy"]


def test_a_fix_must_work_with_all_line_ends() -> None:
    text = RULE.replace("when: item.verb", "when: not matches('\\r', item.source.text) and item.verb")
    assert problems(text) == ["with CRLF line ends: there is `fixed`, but no finding here has a fix"]


def test_a_fix_may_not_break_the_syntax() -> None:
    yaml = "a: HEY\n"
    text = RULE.replace("a.txt", "a.yaml").replace('"{lower(options.loud)}"', '"{lower(options.loud)}: {{"')
    found = problems(text)
    assert any("after the fix a.yaml cannot be read" in each for each in found)
    assert syntax_errors("a.yaml", yaml) == []
    assert syntax_errors("a.yaml", "a: {") != []
    assert syntax_errors("Dockerfile", "FROM a\n") == []
    assert syntax_errors("Dockerfile", "FROM a\nRUN <<EOF\n") != []
    assert syntax_errors("a.txt", "a: {") == []


def test_a_rule_that_fails_is_a_problem_with_its_place() -> None:
    file = rule(RULE.replace("item.verb.text !=", "item.fails() and item.verb.text !="))
    found = try_rule(file, Catalogue({}, {}), judged)
    assert [(each.place.path, each.place.line) for each in found] == [("rules/talk/loud.yaml", 5)]
    assert str(found[0]).startswith("rules/talk/loud.yaml:5:7: the rule talk/loud fails")


def test_checks_of_lint_are_tried_only_with_its_judge() -> None:
    text = GENTLE.replace("select: line\ndeny: item.verb.text == 'hey'", "check: suppressions")
    assert try_rule(rule(text), Catalogue({}, {})) == []
    assert [each.message for each in try_rule(rule(text), Catalogue({}, {}), judged)] == [
        "the rule has no bad example", "the rule has no good example",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("example", "said"),
    [
        ("{bad: a, good: b, path: x}", "either `bad` or `good`"),
        ("{path: x}", "either `bad` or `good`"),
        ("{bad: a}", "says in `flags`"),
        ("{bad: a, flags: []}", "`flags` is empty"),
        ("{good: a, flags: [b]}", "a good example has no `flags`"),
        ("{good: true}", "has no file"),
        ("{good: a, options: {lud: x}}", "did you mean `loud`"),
        ("{good: a, options: {loud: 3}}", "must be of type string"),
        ("{good: a, pth: x}", "did you mean `path`"),
        ("{bad: a, flags: [b], severity: wrn}", "`severity` cannot be `wrn`"),
    ],
)
def test_wrong_examples_are_told(example: str, said: str) -> None:
    file = rule(RULE[: RULE.index("  - bad")] + f"  - {example}\n")
    with pytest.raises(CilintError, match=said):
        read_examples(file, {})


def test_files_beside_the_one_and_files_alone() -> None:
    text = RULE[: RULE.index("  - bad")] + (
        "  - {bad: a, flags: [b], files: {x.txt: c}, fixed: d}\n"
        "  - {good: true, files: {x.txt: c, empty: }}\n"
        "  - {bad: a, path: y, flags: {y: b}, fixed: {z: d}}\n"
    )
    first, second, third = read_examples(rule(text), {})
    assert first.files == {"x.txt": "c", ".github/workflows/talk.yml": "a"}
    assert first.fixed == {".github/workflows/talk.yml": "d"}
    assert second.files == {"x.txt": "c", "empty": ""}
    assert (third.flags, third.fixed) == ({"y": ("b",)}, {"z": "d"})


def test_where_examples_lie() -> None:
    assert default_path("docker") == "Dockerfile"
    assert default_path("deploy") == ".github/workflows/backend-deploy.yml"
    assert default_path("workflow") == ".github/workflows/workflow.yml"


def test_fixes_that_overlap_wait() -> None:
    text = RULE.replace("at: first(word for word in item.words if word.text == options.loud)\n", "")
    findings = judged({"a.txt": "say HEY\n"}, [_active(text)], {})
    assert apply_fixes({"a.txt": "say HEY\n"}, findings * 2) == {"a.txt": "say hey\n"}


def _active(text: str) -> ActiveRule:
    from cilint.rules.active import activate

    return activate(rule(text).rule, {})


def test_problems_are_told_with_path_and_line() -> None:
    from cilint.rules.rule import Place

    assert str(Problem(Place("a", 1, 2), "wrong")) == "a:1:2: wrong"
