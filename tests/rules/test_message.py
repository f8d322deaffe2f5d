from __future__ import annotations

import pytest

from cilint.findings.violation import Options
from cilint.rules.condition import ConditionError, Scope, function
from cilint.rules.functions import NoValueError
from cilint.rules.lambdas import evaluated
from cilint.rules.message import check_template
from cilint.text.source import SourceFile
from tests.rules.things import Line

SCOPE = Scope({"item": Line})


def fill(template: str, text: str = "say it", render: str = "said") -> str:
    made = evaluated(function(check_template(template, SCOPE, render)), bounded=False)
    return str(made(Line(SourceFile("a", text), 0, text), Options(), Options()))


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("", ""),
        ("plain", "plain"),
        ("{item.verb.text}!", "say!"),
        ("{{not}} {item.words[0].text}", "{not} say"),
        ("${{ github.sha }}", "${{ github.sha }}"),
        ("a ${{ steps.{item.verb.text}.outputs.x }} b", "a ${{ steps.say.outputs.x }} b"),
        ("${{ steps.{item.verb.text}}}", "${{ steps.say}}"),
        ("{'}' + item.verb.text}", "}say"),
        ("{{'a': 'b'}['a']}", "{'a': 'b'}['a']}"),
        ("{ {'say': 'b'}[item.verb.text] }", "b"),
        ("{[w.text for w in item.words]}", "say, it"),
    ],
)
def test_templates(template: str, expected: str) -> None:
    if template == "{{'a': 'b'}['a']}":
        with pytest.raises(ConditionError):
            fill(template)
    else:
        assert fill(template) == expected


@pytest.mark.parametrize(
    ("template", "under"),
    [("a {item.vreb} b", "vreb"), ("{item.verb.text} {itme}", "itme"), ("a } b", "}"), ("a { b", "{")],
)
def test_mistakes_have_their_place_in_the_template(template: str, under: str) -> None:
    with pytest.raises(ConditionError) as caught:
        check_template(template, SCOPE, "said")
    assert template[caught.value.start : caught.value.end] == under


def test_a_fix_cannot_write_what_is_unknown() -> None:
    assert fill("{item.verb.text}", render="written") == "say"
    with pytest.raises(NoValueError):
        fill("{item.verb.text}", "", render="written")
    with pytest.raises(NoValueError):
        fill("{item.text}", "a\0b", render="written")
