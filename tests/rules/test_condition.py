from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cilint.findings.violation import Options
from cilint.rules.condition import ConditionError, Scope, check, function
from cilint.rules.functions import LISTED
from cilint.rules.lambdas import MAX_ROUNDS, TooLongError, evaluated
from cilint.text.source import SourceFile, Span
from tests.rules.things import Line


class Choice(NamedTuple):
    host: str | None
    hosts: list[str]
    number: int


LINE = Line(SourceFile("a.txt", "say it loud"), 0, "say it loud")
EMPTY = Line(SourceFile("a.txt", ""), 0, "")
SCOPE = Scope({"item": Line, "options": Choice, "free": Any})
OPTIONS = Options(host="it", hosts=["a", "b"], number=2)


def value(text: str, item: object = LINE, *, bounded: bool = False) -> Any:
    body = check(text, SCOPE._replace(bounded=bounded)).body
    return evaluated(function(body), bounded=bounded)(item, OPTIONS, Options())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("item.verb.text == 'say'", True),
        ("not item.says('it') or item.says('loud')", True),
        ("item.verb.text in ('say', 'tell') and 'x' not in options.hosts", True),
        ("len(item.words) > 2 and count(item.words) == 3", True),
        ("[word.text for word in item.words if word.text != 'it']", ["say", "loud"]),
        ("any(word.text == options.host for word in item.words)", True),
        ("all(a.text != b for a in item.words for b in options.hosts)", True),
        ("{'x': 1}['x'] if False else item.words[-1].text", "loud"),
        ("item.words[0:2][1].text + '!'", "it!"),
        ("item.words[9].text", None),
        ("{'say': 'speak'}[item.verb.text]", "speak"),
        ("join('-', sorted(word.text for word in item.words))", "it-loud-say"),
        ("first(word.text for word in item.words if startswith(word.text, 'l')) or 'none'", "loud"),
        ("matches('^s.y', item.text)", True),
        ("item.text\n  .upper()", "SAY IT LOUD"),
        ("item.span.end - item.span.start", 11),
        ("min(3, options.number)", 2),
        ("item.says('it') is True", True),
        ("any(key == 'say' for key, rest in [(item.verb.text, 1)])", True),
        ("1 if item.kind == 'long' else 2", 1),
        ("options.number > 1", True),
        ("unique([1, 1])", [1]),
    ],
)  # fmt: skip
def test_what_a_condition_gives(text: str, expected: object) -> None:
    assert value(text) == expected
    assert value(text, bounded=True) == expected


def test_a_field_of_nothing_is_nothing() -> None:
    assert value("item.verb.text", EMPTY) is None
    assert value("item.verb.text.upper()", EMPTY) is None
    assert value("any(c == 'x' for c in item.verb.text)", EMPTY) is False
    assert value("'x' in item.verb.text", EMPTY) is False
    assert value("item.verb.span.start > 3", EMPTY) is False
    assert value("item.verb.text.split()[0]", EMPTY) is None


@pytest.mark.parametrize(
    ("text", "under", "hint"),
    [
        ("item.vreb", "vreb", "verb"),
        ("any(w.txt == 'a' for w in item.words)", "txt", "text"),
        ("item.words[0].txt", "txt", "text"),
        ("first(item.words).txt", "txt", "text"),
        ("[w for w in sorted(item.words)][0].txt", "txt", "text"),
        ("itme.verb", "itme", "item"),
        ("options.hots", "hots", "host"),
        ("item.text.startwith('a')", "startwith", "startswith"),
        ("frist(item.words)", "frist", "first"),
        ("item.kind == 'lang'", "'lang'", "long"),
        ("item.kind in ('long', 'shrt')", "'shrt'", "short"),
        ("item.says", "says", None),
        ("item.text()", "text", None),
        ("item.says()", "item.says()", None),
        ("item.says(wrod='a')", "item.says(wrod='a')", None),
        ("len(1, 2)", "len(1, 2)", None),
        ("'äöü' == 'ä' and item.vreb", "vreb", "verb"),
        ("'a'\n  and item.vreb\n", "vreb", "verb"),
        ("any(x for x in item.span.start)", "item.span.start", None),
        ("item.text is 'a'", "item.text is 'a'", None),
        ("(item.verb.text\n).nothing", "nothing", None),
        ("any", "any", None),
        ("any(any for any in item.words)", "any", None),
        ("1 < item.verb.span.start < 3", "1 < item.verb.span.start < 3", None),
        ("item.words[::2]", "2", None),
        ("{**{}}", "{**{}}", None),
        ("any(x for x in [1] for x in [1] for x in [1] for x in [1])", None, None),
        ("matches('(a+)+', item.text)", "'(a+)+'", None),
    ],
)  # fmt: skip
def test_mistakes_are_found_at_their_place(text: str, under: str | None, hint: str | None) -> None:
    with pytest.raises(ConditionError) as caught:
        check(text, SCOPE)
    if under is not None:
        assert text[caught.value.start : caught.value.end] == under
    if hint is not None:
        assert hint in (caught.value.hint or "")


@pytest.mark.parametrize(
    "text",
    [
        "", "  ", "1 +", "item.verb)", "lambda: 1", "(x := 1)", "f'{item}'", "[*item.words]", "{**options}",
        "__import__('os')", "open('x')", "item.__class__", "item._source", "free.__class__", "free._x",
        "free.gi_frame", "free.center(9)", "free.append(1)",
        "free.replace('', 'ab')", "free.f_globals", "free.format(1)", "'{0.__class__}'.format(item)",
        "(w for w in item.words).gi_frame", "item.words.append(1)", "2 ** 99999999", "'a' * 9",
        "'%9d' % 1", "~1",
        "b'x'", "...", "1j", "await x", "yield", "any(_x for _x in item.words)",
        "any(w for w in item.words)(1)",
        "[f(1) for f in [len]]", "item.words[0](1)", "len(*item.words)", "len(**options)",
        "{w: 1 for w in item.words}", "print(1)", "getattr(item, 'x')", "get(item, '__class__')",
        "call(item, 'fails')", "each(item.words)", "a\0b", "(" * 500 + ")" * 500, "-" * 1900 + "1",
        "1 and " * 600 + "1", "item" + ".x" * 900, "import os", "x = 1", "item if item", "'",
    ],
)  # fmt: skip
def test_what_is_not_a_harmless_expression_is_refused(text: str) -> None:
    with pytest.raises(ConditionError) as caught:
        check(text, SCOPE)
    assert 0 <= caught.value.start <= caught.value.end <= len(text) + 1


@given(st.text("item.wordsvb()[]{}'\"+-<>=! anyforin_,:\n01λ", max_size=40))
def test_any_text_is_checked_or_refused(text: str) -> None:
    try:
        body = check(text, SCOPE).body
    except ConditionError:
        return
    assert "__" not in body
    compile(function(body), "<rule>", "eval")


def test_unknown_types_are_not_checked_further() -> None:
    assert check("free.anything.title == free.method(1).get('a')", SCOPE).hint is bool


def test_values_of_a_violation_have_free_names() -> None:
    checked = check("hint + options.host", Scope({"options": Choice}, open=True))
    assert evaluated(function(checked.body), bounded=False)({"hint": "a"}, OPTIONS, Options()) == "ait"


def test_the_loops_of_a_strangers_rule_are_counted() -> None:
    big = Line(SourceFile("a.txt", "x"), 0, "a " * 400)
    text = "all(a.text == b.text == c.text for a in item.words for b in item.words for c in item.words)"
    text = text.replace("a.text == b.text == c.text", "a.text == b.text and b.text == c.text")
    with pytest.raises(TooLongError):
        value(text, big, bounded=True)
    few = Line(SourceFile("a.txt", "x"), 0, "a " * 20)
    function_ = evaluated(function(check(text, SCOPE._replace(bounded=True)).body), bounded=True)
    for _ in range(MAX_ROUNDS // 8_000 + 2):  # the count begins anew with each call
        assert function_(few, OPTIONS, Options()) is True


def test_a_strangers_rule_has_no_builtins() -> None:
    made = evaluated("lambda item, options, parameters: len", bounded=False)
    assert made(None, None, None) is LISTED["len"]
    with pytest.raises(NameError):
        evaluated("lambda item, options, parameters: open", bounded=False)(None, None, None)


def test_spans_are_spans() -> None:
    assert value("item.verb.span") == Span(0, 3)
