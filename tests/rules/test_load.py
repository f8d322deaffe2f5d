from __future__ import annotations

import json
import os
import re

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cilint.rules
from cilint.errors import CilintError
from cilint.findings.finding import Severity
from cilint.rules.example import KEYS as EXAMPLE_KEYS
from cilint.rules.example import read_examples
from cilint.rules.load import KEYS, TOOLS, rule_id
from cilint.rules.reader import read_yaml
from tests.rules.things import RULE, rule

HERE = os.path.dirname(cilint.rules.__file__)


def schema(name: str) -> dict[str, object]:
    with open(os.path.join(HERE, f"{name}.schema.json"), encoding="utf-8") as file:
        found: dict[str, object] = json.load(file)
    return found


def test_a_rule_file_is_read() -> None:
    file = rule()
    assert file.rule.id == "talk/loud"
    assert file.rule.group == "talk"
    assert file.rule.severity is Severity.WARNING
    assert file.rule.options["loud"].default == "HEY"
    assert file.option_descriptions == {"loud": "What counts as shouting."}
    assert file.why == "Nobody likes it."
    assert len(file.examples) == 3
    assert file.rule.deny is not None
    assert (file.rule.deny.line, file.rule.deny.column) == (6, 7)


@pytest.mark.parametrize(
    ("old", "new", "line", "column", "said"),
    [
        ("title: A line shouts\n", "", 1, 1, "no `title`"),
        ("severity: warning", "severity: warn", 2, 11, "did you mean `warning`"),
        ("severity: warning", "severity: {warning: item.vreb, info: true}", 2, 26, "did you mean `verb`"),
        ("severity: warning", "sevrity: warning", 2, 1, "did you mean `severity`"),
        ("select: line", "select: lien", 4, 9, "did you mean `line`"),
        ("select: line", "check: spelling", 5, 1, "a rule with `check` has no `when`"),
        ("select: line\n", "", 1, 1, "either `select`"),
        ("item.verb.text !=", "item.vreb.text !=", 5, 12, "did you mean `verb`"),
        ("options.loud for", "options.lod for", 6, 32, "did you mean `loud`"),
        ("deny: any(word.text == options.loud for word in item.words)\n",
         "deny: |\n  any(\n    word.txt\n    for word in item.words)\n", 8, 10, "did you mean `text`"),
        ("deny: any(word.text == options.loud for word in item.words)\n",
         "deny: >-\n  any(word.text\n  for word in item.wrods)\n", 8, 20, "did you mean `words`"),
        ('message: "`{item.verb.text}`', 'message: "`{item.vreb.text}`', 8, 18, "did you mean `verb`"),
        ('message: "`{item.verb.text}`', 'message: "`{item.verb.text`', 8, 12, "without `}`"),
        ("type: string", "type: strong", 10, 16, "did you mean `string`"),
        ("default: HEY", "default: 3", 10, 33, "must be of type string"),
        ("default: HEY", 'default: "{parameters.hots}"', 10, 33, "did you mean `hosts`"),
        ("safety: safe", "safety: sfae", 12, 11, "unknown name `sfae`"),
        ("      with:", "      wth:", 16, 7, "did you mean `with`"),
        ("fix_safety: It means the same.\n", "", 11, 1, "fix_safety"),
        ("title: say it softly", "title: say {it}", 13, 15, "unknown name `it`"),
        ("why: Nobody likes it.", "why: 3", 3, 6, "must be text"),
        ("why: Nobody likes it.", "why: a\nequivalents: {hadolnt: [DL1]}", 4, 15, "did you mean `hadolint`"),
        ("why: Nobody likes it.", "why: a\nenabled: sometimes", 4, 10, "true or false"),
        ("why: Nobody likes it.", "why: a\nwhy: b", 4, 1, "why"),
        ("why: Nobody likes it.", "why: [", None, None, ""),
        ("at: first", "related: [{at: item.vreb, label: x}]\nat: first", 7, 21, "did you mean `verb`"),
        ("at: first", "related: [{at: item.verb}]\nat: first", 7, 11, "`at` and `label`"),
    ],
)  # fmt: skip
def test_mistakes_are_told_with_their_place(
    old: str, new: str, line: int | None, column: int | None, said: str
) -> None:
    assert old in RULE
    with pytest.raises(CilintError) as caught:
        rule(RULE.replace(old, new, 1))
    error = caught.value
    assert error.path == "rules/talk/loud.yaml"
    assert said in str(error)
    if line is not None:
        assert (error.line, error.column) == (line, column)


def test_a_check_has_no_conditions_of_its_own() -> None:
    text = """\
title: A word is misspelt
severity: {error: certain, info: true}
why: Because.
check: spelling
message: "{word} should be {options.language} for {better}"
options: {language: {type: string, default: "{parameters.host}", description: The language.}}
fix: {safety: safe, title: "write {better}"}
fix_safety: None.
examples: []
"""
    file = rule(text)
    assert file.rule.check == "spelling"
    assert file.rule.fix is not None
    assert file.rule.fix.edits == ()
    with pytest.raises(CilintError, match="has no `edits`"):
        rule(text.replace('better}"}', 'better}", edits: []}'))
    with pytest.raises(CilintError, match="did you mean `spelling`"):
        rule(text.replace("check: spelling", "check: speling"))


@pytest.mark.parametrize("path", ["a/b.yaml", "docker/non-root.yml", "deploy/exact-200.yaml"])
def test_ids_are_paths(path: str) -> None:
    assert rule_id(path) == path.rpartition(".")[0]


@pytest.mark.parametrize("path", ["b.yaml", "a/b/c.yaml", "A/b.yaml", "a/-b.yaml", "a/b_c.yaml", "../b.yaml"])
def test_other_paths_are_refused(path: str) -> None:
    with pytest.raises(CilintError):
        rule_id(path)


@given(st.integers(0, len(RULE)), st.integers(0, 40), st.text(" :{}[]'\"-|>&*!#\n\tabcitem.()0", max_size=6))
def test_any_damage_is_told_as_an_error(start: int, length: int, put: str) -> None:
    damaged = RULE[:start] + put + RULE[start + length :]
    said = None
    try:
        read_examples(rule(damaged), {})
    except CilintError as error:
        said = error
    if said is not None:
        assert said.path == "rules/talk/loud.yaml"
        assert 1 <= (said.line or 0) <= damaged.count("\n") + 1


def test_the_schema_for_editors_agrees_with_what_is_read() -> None:
    described = schema("rule")
    assert set(described["properties"]) == set(KEYS)  # type: ignore[call-overload]
    examples = described["$defs"]["example"]  # type: ignore[index]
    assert set(examples["properties"]) == set(EXAMPLE_KEYS)
    assert set(described["properties"]["equivalents"]["properties"]) == set(TOOLS)  # type: ignore[index]
    jsonschema.Draft202012Validator.check_schema(described)
    validator = jsonschema.Draft202012Validator(described)
    assert validator.is_valid(read_yaml("a", RULE).plain())
    for old in ("title: A line shouts\n", "severity: warning\n", "select: line\n", "message: ", "why: "):
        broken = re.sub(re.escape(old) + (".*\n" if not old.endswith("\n") else ""), "", RULE)
        assert not validator.is_valid(read_yaml("a", broken).plain()), old
