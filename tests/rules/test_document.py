from __future__ import annotations

import json

from cilint.rules.catalogue import builtin
from cilint.rules.compile import builtin_setting
from cilint.rules.document import builtin_file, explained, markdown, template
from cilint.rules.examples import try_rule
from cilint.rules.load import load_rule
from cilint.rules.rule import Catalogue
from tests.rules.things import RULE, rule

EMPTY = Catalogue({}, {})


def test_a_rule_is_explained_as_data() -> None:
    data = explained(rule(RULE.replace("why:", "policy: true\nequivalents: {hadolint: DL1}\nwhy:")), EMPTY)
    assert json.loads(json.dumps(data)) == data
    assert (data["rule"], data["severity"], data["fix"], data["policy"]) == (
        "talk/loud",
        "warning",
        "safe",
        True,
    )
    assert data["options"] == {
        "loud": {"type": "string", "default": "HEY", "description": "What counts as shouting."}
    }
    assert data["equivalents"] == {"hadolint": ["DL1"]}
    assert [example["bad"] for example in data["examples"]] == [True, False, True]
    assert data["examples"][0]["fixed"] == {"a.txt": "say hey\nbe quiet\n"}


def test_several_severities_are_named() -> None:
    levels = "severity: {error: item.says('x'), warning: item.says('y')}"
    file = rule(RULE.replace("severity: warning", levels))
    assert explained(file, EMPTY)["severities"] == ["error", "warning", "info"]
    assert "(error or warning or info)" in markdown(explained(file, EMPTY))


def test_the_page_says_everything() -> None:
    text = RULE.replace(
        "why:", "decision: The second.\nreferences: [https://x.example]\nenabled: false\nwhy:"
    )
    page = markdown(explained(rule(text), EMPTY))
    for said in ("# talk/loud", "**A line shouts**", "off unless asked", "Nobody likes it.", "The second.",
                 "`loud` (string, default `HEY`)", "Safe. It means the same.", "## Refused", "## Accepted",
                 "say HEY\nbe quiet", "After the fix:", "With `loud` = `HO`:",
                 "- https://x.example"):  # fmt: skip
        assert said in page


def test_built_in_rules_are_found() -> None:
    file = builtin_file("suppress/unused", builtin())
    assert file.rule.title == builtin().rules["suppress/unused"].title
    assert file.rule.path == "rules/suppress/unused.yaml"


def test_the_template_of_a_new_rule_is_right_as_it_stands() -> None:
    catalogue = builtin()
    setting = builtin_setting(catalogue.policies.values(), bounded=True)
    file = load_rule("team/new", "team/new.yaml", template("team/new"), setting)
    assert [str(problem) for problem in try_rule(file, catalogue)] == []
