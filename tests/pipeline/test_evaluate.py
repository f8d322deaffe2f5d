from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cilint.pipeline import partial
from cilint.pipeline.coercion import fold
from cilint.pipeline.evaluate import (
    UNKNOWN,
    EvaluationError,
    Open,
    Status,
    Unknown,
    Value,
    condition,
    evaluate,
    evaluate_truth,
    interpolate,
    resolve,
    truth,
)
from cilint.syntax.expression import parse
from cilint.text.hole import HOLE

SUCCEEDED = Status(success=True, failure=False, cancelled=False)
FAILED = Status(success=False, failure=True, cancelled=False)

CONTEXTS: Mapping[str, Value] = {
    "github": Open(ref="refs/heads/main", event_name="push", event=Open(number=12.0)),
    "env": {"REGISTRY": "ghcr.io", "EMPTY": "", "IMAGE": f"ghcr.io/{HOLE}"},
    "matrix": {"os": ["linux", "windows"], "node": 20},
    "list": [{"name": "bug", "n": [1.0, 2.0]}, {"Name": "docs"}, {"other": 1.0}, "text"],
    "opened": [{"name": "a"}, Open(), UNKNOWN],
    "needs": {"a": {"result": "success"}, "b": {"result": UNKNOWN}},
}


def result(source: str) -> Value:
    return evaluate(parse(source), CONTEXTS)


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("GitHub.REF", "refs/heads/main"),
        ("github['Event_Name']", "push"),
        ("github.event.number", 12.0),
        ("env.missing", None),
        ("env.missing.deeper", None),
        ("env.REGISTRY.length", None),
        ("matrix.os[1]", "windows"),
        ("matrix.os['1']", "windows"),
        ("matrix.os[1.9]", "windows"),
        ("matrix.os[2]", None),
        ("matrix.os[-1]", None),
        ("matrix.os.x", None),
        ("list.*.name", ["bug", "docs"]),
        ("list[*].n[1]", [2.0]),
        ("list.*.*", ["bug", [1.0, 2.0], "docs", 1.0]),
        ("needs.*.result", ["success", UNKNOWN]),
        ("env.EMPTY.*", []),
    ],
)
def test_access(source: str, value: Value) -> None:
    assert result(source) == value


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("'a' && 'b'", "b"),
        ("'' && 'b'", ""),
        ("'' || 0 || 'c' || 'd'", "c"),
        ("null || false", False),
        ("'ABC' == 'abc'", True),
        ("'ß' == 'SS'", False),
        ("'1.0' == 1", True),
        ("'' == 0", True),
        ("' ' == false", True),
        ("null == 0", True),
        ("null == ''", True),
        ("true == 'true'", False),
        ("'b' > 'A'", True),
        ("'b' > 1", False),
        ("'b' <= 1", False),
        ("null >= null", True),
        ("NaN != NaN", True),
        ("matrix == matrix", True),
        ("matrix == fromJSON('{}')", False),
        ("fromJSON('{}') == fromJSON('{}')", False),
        ("matrix < 1", False),
        ("1 < 2 == true", True),
        ("!'false'", False),
        ("!matrix", False),
        ("!NaN", True),
    ],
)
def test_operators(source: str, value: Value) -> None:
    assert (type(result(source)), result(source)) == (type(value), value)


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("contains('Hello', 'ELL')", True),
        ("contains('12', 1)", True),
        ("contains(matrix.os, 'LINUX')", True),
        ("contains(matrix.os, 'lin')", False),
        ("contains(matrix, 'os')", False),
        ("startsWith('Refs/Heads', 'refs/')", True),
        ("endsWith('main', 'IN')", True),
        ("endsWith(matrix, '')", False),
        ("format('{1}-{0}-{{{0}}}', 1.50, null)", "-1.5-{1.5}"),
        ("format('{0} {1}', matrix, matrix.os)", "Object Array"),
        ("join(matrix.os)", "linux,windows"),
        ("join(matrix.os, '; ')", "linux; windows"),
        ("join('one', '; ')", "one"),
        ("join(matrix)", ""),
        ("join(fromJSON('[1.25, true, null, [], {}]'), '')", "1.25trueArrayObject"),
        ("toJSON(matrix)", '{\n  "os": [\n    "linux",\n    "windows"\n  ],\n  "node": 20\n}'),
        ("toJSON('é\"\n')", '"é\\"\\n"'),
        ('fromJSON(\'{"A": [1, "x"]}\').a[1]', "x"),
        ("case(false, 1, 1 == 1, 2, fromJSON('{'))", 2.0),
        ("case(false, 1, 'rest')", "rest"),
        ("format('{0}', 123456789012345678)", "1.23456789012346E+17"),
        ("format('{0}', 0.000001)", "1E-06"),
        ("format('{0}', 0.1)", "0.1"),
        ("format('{0}', -0)", "0"),
        ("format('{0}', 1e999)", "Infinity"),
        ("hashFiles('**/package-lock.json')", UNKNOWN),
    ],
)
def test_functions(source: str, value: Value) -> None:
    assert result(source) == value


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("format('{0}')", "only 0 values"),
        ("format('{', 1)", "brace"),
        ("format('}', 1)", "brace"),
        ("format('{0:x}', 1)", "brace"),
        ("fromJSON('')", "not valid JSON"),
        ("fromJSON('[1')", "not valid JSON"),
        ("case('yes', 1, 2)", "neither true nor false"),
        ("a || fromJSON(format('{0}{0}', '[')) == 1", None),
        ("true && fromJSON('{')", "not valid JSON"),
    ],
)
def test_errors(source: str, words: str | None) -> None:
    if words is None:
        assert result(source) is UNKNOWN  # the error may not be reached
        return
    with pytest.raises(EvaluationError, match=words) as caught:
        result(source)
    assert 0 <= caught.value.start < caught.value.end <= len(source)


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("vars.X", UNKNOWN),
        ("vars.X.y[0].*", UNKNOWN),
        ("github.sha", UNKNOWN),
        ("github.event.pull_request.draft", UNKNOWN),
        ("vars.X && false", UNKNOWN),
        ("!(vars.X && false)", True),
        ("(vars.X && false) || 'x'", "x"),
        ("(vars.X || 'x') && 'y'", "y"),
        ("false && vars.X", False),
        ("true || vars.X", True),
        ("vars.X == 'a'", UNKNOWN),
        ("vars.X == matrix", UNKNOWN),
        ("contains(needs.*.result, 'success')", True),
        ("contains(needs.*.result, 'failure')", UNKNOWN),
        ("contains(github.*, 'push')", True),
        ("contains(github.*, 'nothing')", UNKNOWN),
        ("join(github.*)", UNKNOWN),
        ("toJSON(github)", UNKNOWN),
        ("toJSON(needs)", UNKNOWN),
        ("fromJSON(vars.X).y", UNKNOWN),
        ("case(vars.X, 1, 2)", UNKNOWN),
        ("env.IMAGE", f"ghcr.io/{HOLE}"),
        ("!env.IMAGE", False),
        ("startsWith(env.IMAGE, 'GHCR.IO/')", True),
        ("startsWith(env.IMAGE, 'docker.io/')", False),
        ("startsWith(env.IMAGE, 'ghcr.io/owner')", UNKNOWN),
        ("endsWith(env.IMAGE, 'x')", UNKNOWN),
        ("contains(env.IMAGE, 'ghcr')", True),
        ("contains(env.IMAGE, 'quay')", UNKNOWN),
        ("contains('quay.io/x', env.IMAGE)", False),
        ("env.IMAGE == 'docker.io/x'", False),
        ("env.IMAGE == 'ghcr.io/x'", UNKNOWN),
        ("format('{0}/{1}:{2}', env.REGISTRY, github.repository, 'v1')", f"ghcr.io/{HOLE}:v1"),
        ("join(needs.*.result, '+')", f"success+{HOLE}"),
        ("contains(needs.*[vars.X], 'success')", UNKNOWN),
        ("contains(github.*.number, 12)", True),
        ("contains(opened.*.name, 'b')", UNKNOWN),
        ("contains(opened.*.name, 'a')", True),
        ("matrix[vars.X]", UNKNOWN),
        ("env.REGISTRY[vars.X]", None),
        ("contains(list.*.name, vars.X)", UNKNOWN),
    ],
)
def test_unknown_values(source: str, value: Value) -> None:
    assert result(source) == value


def test_truth_of_an_unknown_value_may_be_known() -> None:
    assert evaluate_truth(parse("vars.X && ''"), CONTEXTS) is False
    assert evaluate_truth(parse("vars.X || matrix"), CONTEXTS) is True
    assert evaluate_truth(parse("vars.X || ''"), CONTEXTS) is None
    falsy: list[Value] = [None, 0, -0.0, math.nan, "", False]
    truthy: list[Value] = [1, "0", "false", [], {}, True, HOLE + "x"]
    assert {truth(value) for value in falsy} == {False}
    assert {truth(value) for value in truthy} == {True}
    assert truth(UNKNOWN) is truth(HOLE) is None


@pytest.mark.parametrize(
    ("text", "after_success", "after_failure"),
    [
        ("", True, False),
        ("github.ref == 'REFS/heads/main'", True, False),
        ("${{ github.ref == 'refs/heads/main' }}", True, False),
        ("github.ref_type == 'tag'", None, False),
        ("github.ref == 'x' && vars.Y", False, False),
        ("${{ github.ref == 'x' }} && true", True, False),
        ("${{ false }}\n", True, False),
        ("${{ env.EMPTY }}${{ env.EMPTY }}", False, False),
        ("${{ env.EMPTY }}${{ vars.X }}", None, False),
        ("${{ false }}${{ always() }}", True, True),
        ("always()", True, True),
        ("!Cancelled() && github.ref != 'x'", True, True),
        ("failure()", False, True),
        ("failure('build')", None, None),
        ("success() || failure()", True, True),
        ("contains(fromJSON('[\"a\"]'), success())", False, False),
        ("true", True, False),
        ("false", False, False),
        ("0", False, False),
        ("'false'", True, False),
        ("github.ref == ", None, None),
        ("${{ github.ref", None, None),
        ("x ${{ fromJSON('') }}", None, False),
        ("fromJSON('')", None, False),
    ],
)
def test_condition(text: str, after_success: bool | None, after_failure: bool | None) -> None:
    assert condition(text, CONTEXTS, SUCCEEDED) is after_success
    assert condition(text, CONTEXTS, FAILED) is after_failure


def test_condition_without_status() -> None:
    assert condition("github.event_name == 'push'", CONTEXTS) is None
    assert condition("github.event_name == 'schedule'", CONTEXTS) is False
    assert condition("always()", CONTEXTS) is True
    assert condition("success()", {}, Status(UNKNOWN, False, False)) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain $ text", "plain $ text"),
        ("${{ env.REGISTRY }}/app:${{ github.sha }}", f"ghcr.io/app:{HOLE}"),
        ("${{ env.missing }}", ""),
        ("${{ matrix.node }}/${{ 1 == 1 }}", "20/true"),
        ("a ${{ fromJSON('') }} b", f"a {HOLE} b"),
        ("a ${{ b = c }}", HOLE),
        ("a ${{ b", HOLE),
    ],
)
def test_interpolate(text: str, expected: str) -> None:
    assert interpolate(text, CONTEXTS) == expected


def test_resolve_keeps_the_kind_of_a_lone_expression() -> None:
    assert resolve("${{ matrix.os }}", CONTEXTS) == ["linux", "windows"]
    assert resolve("${{ matrix.node }}", CONTEXTS) == 20
    assert resolve("${{ matrix.node }} ", CONTEXTS) == "20 "
    assert resolve("v${{ matrix.node }}", CONTEXTS) == "v20"
    assert resolve("${{ github.sha }}", CONTEXTS) is UNKNOWN
    assert resolve("${{ github.", CONTEXTS) is UNKNOWN
    assert resolve("20", CONTEXTS) == "20"


def test_a_lone_expression_of_an_open_filter_is_unknown() -> None:
    assert resolve("${{ github.* }}", CONTEXTS) is UNKNOWN


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("ς", "Σ", True),
        ("ü", "Ü", True),
        ("ı", "I", False),
        ("ſ", "S", False),
        ("straße", "STRASSE", False),
        ("ŉa", "ŉA", True),
    ],
)
def test_case_is_folded_by_code_point(left: str, right: str, same: bool) -> None:
    assert (fold(left) == fold(right)) is same


def test_text_that_an_expression_makes_is_bounded() -> None:
    doubled = "'" + "x" * 100 + "'"
    for _ in range(20):
        doubled = f"format('{{0}}{{0}}{{0}}{{0}}', {doubled})"
    with pytest.raises(EvaluationError, match="longer than 1 MiB"):
        result(doubled)
    again = " || ".join(["vars.X && " + doubled] * 10)
    assert result(again) is UNKNOWN


def test_only_text_in_use_counts() -> None:
    contexts: dict[str, Value] = {"env": {"LONG": "x" * 200_000}}
    copy = "format('{0}', env.LONG)"
    assert evaluate(parse(" && ".join([f"{copy} != ''"] * 5)), contexts) is True
    with pytest.raises(EvaluationError, match="too much text"):
        evaluate(parse(f"join({copy}, contains({copy}, {copy}))"), contexts)


def test_no_more_text_is_made_after_too_much() -> None:
    contexts: dict[str, Value] = {"env": {"LONG": "x" * 200_000}}
    too_long = "format('{0}{0}{0}', env.LONG)"
    assert evaluate(parse(f"vars.X && {too_long}"), contexts) is UNKNOWN
    with pytest.raises(EvaluationError, match="too much text"):
        evaluate(parse(f"(vars.X && {too_long}) == toJSON('')"), contexts)


def test_deep_json_is_an_error() -> None:
    contexts: dict[str, Value] = {
        "env": {"DEEP": "[" * 100_000 + "]" * 100_000, "SOME": "[" * 101 + "]" * 101}
    }
    for name in ("DEEP", "SOME"):
        with pytest.raises(EvaluationError):
            evaluate(parse(f"toJSON(fromJSON(env.{name}))"), contexts)


def test_long_chains_do_not_recurse() -> None:
    assert evaluate(parse(" == ".join(["1"] * 4001)), {}) is True
    assert evaluate(parse(" && ".join(["1"] * 4000)), {}) == 1.0


_scalars: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from([0.0, 1.0, 2.5, math.nan]),
    st.sampled_from(["", "a", "A", "ab", "1", "b/a", "Object", "true"]),
)
_keys = st.sampled_from(["k", "name", "1", "a"])
_values = st.recursive(
    _scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_keys, inner, max_size=3),
    max_leaves=8,
)
_atoms = st.sampled_from(
    [
        "x",
        "y",
        "z",
        "x.k",
        "y.k",
        "x.name",
        "x[0]",
        "y[1]",
        "z.*",
        "x.*.k",
        "y.*.*",
        "'a'",
        "''",
        "1",
        "true",
        "null",
        "'b/a'",
    ]
)


def _grow(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pairs = st.tuples(inner, inner)
    operators = st.sampled_from(["&&", "||", "==", "!=", "<", "<=", ">", ">="])
    two = st.sampled_from(["contains", "startsWith", "endsWith", "join"])
    return st.one_of(
        st.tuples(inner, operators, inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        inner.map(lambda text: f"!{text}"),
        inner.map(lambda text: f"toJSON({text})"),
        inner.map(lambda text: f"fromJSON({text})"),
        inner.map(lambda text: f"({text}).*"),
        inner.map(lambda text: f"({text}).k"),
        pairs.map(lambda t: f"({t[0]})[{t[1]}]"),
        pairs.map(lambda t: f"format('{{0}}b{{1}}', {t[0]}, {t[1]})"),
        st.tuples(two, pairs).map(lambda t: f"{t[0]}({t[1][0]}, {t[1][1]})"),
        pairs.map(lambda t: f"case({t[0]}, {t[1]}, 'a')"),
    )


_expressions = st.recursive(_atoms, _grow, max_leaves=6)


def _hide(draw: st.DrawFn, value: Any) -> Any:
    """The value with some of it hidden: leaves, keys, parts of strings."""
    choice = draw(st.integers(0, 5))
    if choice == 0:
        return UNKNOWN
    if isinstance(value, str) and choice == 1:
        start = draw(st.integers(0, len(value)))
        return value[:start] + HOLE + value[draw(st.integers(start, len(value))) :]
    if isinstance(value, list):
        return [_hide(draw, item) for item in value]
    if isinstance(value, dict):
        if choice > 3:
            return {key: _hide(draw, item) for key, item in value.items()}
        kept = {key: _hide(draw, item) for key, item in value.items() if draw(st.booleans())}
        return Open(kept)
    return value


def _agrees(partly: Any, full: Any) -> bool:
    if isinstance(partly, Unknown):
        return True
    if isinstance(partly, str) and HOLE in partly:
        pattern = ".*".join(map(re.escape, partly.split(HOLE)))
        return isinstance(full, str) and re.fullmatch(pattern, full, re.DOTALL) is not None
    if isinstance(partly, list):
        return isinstance(full, list) and len(full) == len(partly) and all(map(_agrees, partly, full))
    if isinstance(partly, dict):
        same_keys = isinstance(partly, Open) or partly.keys() == full.keys()
        return same_keys and all(_agrees(item, full[key]) for key, item in partly.items())
    return repr(partly) == repr(full)


@st.composite
def _cases(draw: st.DrawFn) -> tuple[str, dict[str, Any], dict[str, Any]]:
    full = {name: draw(_values) for name in "xyz"}
    return draw(_expressions), full, {name: _hide(draw, value) for name, value in full.items()}


@given(_cases())
def test_known_results_hold_for_the_full_contexts(case: tuple[str, dict[str, Any], dict[str, Any]]) -> None:
    source, full, partly = case
    expr = parse(source)
    try:
        expected = evaluate(expr, full)
        holds = evaluate_truth(expr, full)
    except EvaluationError:
        assume(False)
    assert _agrees(evaluate(expr, partly), expected)
    assert evaluate_truth(expr, partly) in (None, holds)


_texts = st.text("ab", max_size=5)
_open_texts = st.text("ab" + HOLE, max_size=5)


def _fill(draw: st.DrawFn, text: str) -> str:
    first, *rest = text.split(HOLE)
    return first + "".join(draw(_texts) + part for part in rest)


@st.composite
def _filled_pairs(draw: st.DrawFn) -> tuple[str, str, str, str]:
    left, right = draw(_open_texts), draw(_open_texts)
    return left, right, _fill(draw, left), _fill(draw, right)


def test_known_ends_may_not_overlap() -> None:
    assert partial.equal(f"aba{HOLE}aba", "ababa") is False
    assert partial.equal(f"aba{HOLE}aba", "abaaba") is None
    assert partial.equal(f"a{HOLE}b{HOLE}c", "a-c-b-c") is None
    assert partial.equal(f"a{HOLE}b{HOLE}b", "acb") is False


@given(_filled_pairs())
def test_answers_on_open_strings_hold_however_they_are_filled(pair: tuple[str, str, str, str]) -> None:
    left, right, full_left, full_right = pair
    assert partial.filled(left) in (None, full_left != "")
    assert partial.equal(left, right) in (None, full_left == full_right)
    assert partial.starts(left, right) in (None, full_left.startswith(full_right))
    assert partial.ends(left, right) in (None, full_left.endswith(full_right))
    assert partial.contains(left, right) in (None, full_right in full_left)
