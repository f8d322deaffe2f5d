from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cilint.syntax.expression import (
    MAX_DEPTH,
    MAX_LENGTH,
    Binary,
    Call,
    Context,
    ExpressionError,
    Literal,
    embedded,
    parse,
    parse_number,
    parse_template,
    unavailable,
    uses_status,
    walk,
)


def shape(node: object) -> object:
    """A node as nested tuples without offsets."""
    if isinstance(node, tuple):
        return tuple(shape(item) for item in node)
    fields = getattr(node, "__match_args__", None)
    if fields is None:
        return repr(node)
    return (type(node).__name__, *(shape(getattr(node, name)) for name in fields))


def error_of(source: str) -> ExpressionError:
    with pytest.raises(ExpressionError) as caught:
        parse(source)
    return caught.value


@pytest.mark.parametrize(
    ("source", "grouped"),
    [
        ("a || b && c", "a || (b && c)"),
        ("a && b || c && d", "(a && b) || (c && d)"),
        ("a == b && c != d", "(a == b) && (c != d)"),
        ("a < b == c >= d", "(a < b) == (c >= d)"),
        ("a == b == c", "(a == b) == c"),
        ("a && b && c", "(a && b) && c"),
        ("!a == b", "(!a) == b"),
        ("!a.b", "!(a.b)"),
        ("! ! a", "!(!(a))"),
        ("a .b [ 1 ] . *", "((a.b)[1])[*]"),
    ],
)
def test_precedence(source: str, grouped: str) -> None:
    assert shape(parse(source)) == shape(parse(grouped))


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("'it''s ''quoted'''", "it's 'quoted'"),
        ("''", ""),
        ("true", True),
        ("null", None),
        ("-12.5e1", -125.0),
        (".25", 0.25),
        ("+7", 7.0),
        ("0x1F", 31.0),
        ("0o17", 15.0),
        ("0xFFFFFFFF", -1.0),
        ("Infinity", float("inf")),
        ("-Infinity", float("-inf")),
        ("  ", None),
    ],
)
def test_literals(source: str, value: object) -> None:
    node = parse(source)
    assert isinstance(node, Literal)
    assert (type(node.value), node.value) == (type(value), value)


def test_keywords_are_names_after_a_dot_and_in_other_case() -> None:
    assert shape(parse("a.true.NaN")) == (
        "Property",
        ("Property", ("Context", "'a'"), "'true'"),
        "'NaN'",
    )
    assert isinstance(parse("True"), Context)


@pytest.mark.parametrize(
    ("source", "start", "end", "words"),
    [
        ("a = 1", 2, 3, "=="),
        ("a & b", 2, 3, "&&"),
        ("a | b", 2, 3, "||"),
        ('a == "x"', 5, 8, "single quotes"),
        ("a == ${{ b }}", 5, 8, "another ${{ }}"),
        ("'open", 0, 5, "not closed"),
        ("ab.cd@e", 3, 7, "not understood"),
        ("1.2.3", 0, 5, "not understood"),
        ("-0x1", 0, 4, "not understood"),
        ("a.", 1, 2, "too early"),
        ("(a", 1, 2, "`)` is missing"),
        ("contains(a", 9, 10, "`)` is missing"),
        ("a[1", 2, 3, "`]` is missing"),
        ("a)", 1, 2, "not expected"),
        ("a b", 2, 3, "not expected"),
        ("'x'.y", 3, 5, "not understood"),
        ("a.1", 2, 3, "not expected"),
        ("join(a,)", 6, 7, "missing"),
        ("nope(1)", 0, 4, "no function `nope`"),
        ("contains(a)", 0, 11, "wants 2"),
        ("toJson(a, b)", 0, 12, "wants 1"),
        ("x && always(1)", 5, 14, "wants 0"),
        ("case(a, b, c, d)", 0, 16, "odd number"),
    ],
)
def test_errors_have_plain_words_and_a_place(source: str, start: int, end: int, words: str) -> None:
    error = error_of(source)
    assert (error.start, error.end) == (start, end)
    assert words in error.message


@pytest.mark.parametrize("unit", ["!", "(", "toJSON("])
def test_depth_is_bounded_as_github_bounds_it(unit: str) -> None:
    def nested(count: int) -> str:
        return unit * count + "a" + ")" * count * unit.count("(")

    parse(nested(MAX_DEPTH - 1))
    assert "nested" in error_of(nested(MAX_DEPTH)).message
    assert "nested" in error_of(nested(4000 // len(unit))).message


def test_accesses_count_as_depth_but_chains_do_not() -> None:
    parse("a" + ".b" * (MAX_DEPTH - 1))
    assert "nested" in error_of("a" + ".b" * MAX_DEPTH).message
    long = parse(" && ".join(["a"] * 4000))
    assert sum(isinstance(node, Context) for node in walk(long)) == 4000


@pytest.mark.parametrize("operator", ["||", "&&"])
def test_a_logical_operator_is_a_level_for_what_follows(operator: str) -> None:
    def nested(count: int) -> str:
        return f"(a {operator} " * count + "a" + ")" * count

    parse(nested(24))
    assert "nested" in error_of(nested(25)).message
    parse(nested(24).replace(operator, "=="))
    parse("a == (" * 49 + "a" + ")" * 49)


def test_length_is_bounded() -> None:
    parse("a".ljust(MAX_LENGTH))
    assert "longer" in error_of("a".ljust(MAX_LENGTH + 1)).message


def test_offsets_leave_parentheses_out_but_parents_take_them_in() -> None:
    source = "x || (a == 'b') && !(c).d"
    both = parse(source)
    assert isinstance(both, Binary)
    assert isinstance(both.right, Binary)
    assert [source[node.start : node.end] for node in walk(both)] == [
        source,
        "x",
        "(a == 'b') && !(c).d",
        "a == 'b'",
        "a",
        "'b'",
        "!(c).d",
        "(c).d",
        "c",
    ]


def test_status_functions_are_found_anywhere_in_any_case() -> None:
    assert uses_status(parse("a && contains(b, !Cancelled())"))
    assert not uses_status(parse("a.success == 'failure()'"))


def test_unavailable_names_each_context_and_function() -> None:
    expr = parse("Secrets.x == github.ref && hashFiles('a') || env.y")
    errors = list(unavailable(expr, {"github"}, {"contains"}))
    assert [(error.start, error.end) for error in errors] == [(0, 7), (27, 36), (45, 48)]
    assert len(list(unavailable(expr, {"github", "env", "secrets"}))) == 0


def test_embedded_respects_quoted_strings() -> None:
    text = "a ${{ 'x}}''}}' }} b ${{b}}"
    parts = embedded(text)
    assert [part.source for part in parts] == [" 'x}}''}}' ", "b"]
    for part in parts:
        assert text[part.start : part.end] == "${{" + part.source + "}}"
        assert text[part.source_start :].startswith(part.source)


@pytest.mark.parametrize("text", ["${{ a", "${{ 'a }}", "${{ a } }", "${{ 'a' 'b }}"])
def test_unclosed_expression(text: str) -> None:
    assert embedded(text) == []
    with pytest.raises(ExpressionError, match="closing") as caught:
        parse_template("x" + text)
    assert caught.value.start == 1


def test_template_has_literals_and_expressions_in_order() -> None:
    parts = parse_template("v${{ a.b }}-x")
    assert (parts[0], parts[2], len(parts)) == ("v", "-x", 3)
    assert isinstance(parts[1], tuple)
    part, expr = parts[1]
    assert part.source[expr.start : expr.end] == "a.b"
    assert parse_template("") == ()
    assert parse_template("plain }} text") == ("plain }} text",)


def test_template_errors_point_into_the_text() -> None:
    text = "abc ${{ a + }} ${{ b = c }}"
    with pytest.raises(ExpressionError) as caught:
        parse_template(text)
    assert text[caught.value.start : caught.value.end] == "+"
    with pytest.raises(ExpressionError, match="no expression"):
        parse_template("x ${{   }}")


def test_many_quotes_before_the_end_take_linear_time() -> None:
    text = "${{ " + "''" * 300_000 + " }}"
    assert len(embedded(text)) == 1
    assert len(embedded("${{ a }}" * 50_000)) == 50_000


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("", 0),
        (" \n", 0),
        (" 12 ", 12),
        ("1e3", 1000),
        ("0x10", 16),
        ("0o10", 8),
        ("-inFinity", float("-inf")),
        ("1e999", float("inf")),
    ],
)
def test_numbers_of_strings(text: str, number: float) -> None:
    assert parse_number(text) == number


@pytest.mark.parametrize(
    "text", ["1_0", "nan", "0x", "0X10", "-0x1", "0o8", "1 2", "inf", "0x1FFFFFFFF", "٣", "."]
)
def test_strings_that_are_no_number(text: str) -> None:
    assert parse_number(text) != parse_number(text)


names = st.sampled_from(["github", "a", "b-c", "_x1", "Env"])
literals = st.sampled_from(["'x'", "'it''s'", "''", "1", "-2.5", "0xff", "true", "null", ".5", "NaN"])
spaces = st.sampled_from(["", " ", "\n  "])


def _grow(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    operators = st.sampled_from(["&&", "||", "==", "!=", "<", "<=", ">", ">="])
    return st.one_of(
        st.tuples(inner, spaces, operators, spaces, inner).map("".join),
        st.tuples(spaces, inner).map(lambda parts: f"({parts[0]}{parts[1]})"),
        inner.map(lambda text: f"!({text})"),
        st.tuples(names, inner).map(lambda parts: f"{parts[0]}[{parts[1]}].*.x"),
        st.tuples(inner, inner).map(lambda parts: f"contains({parts[0]}, ({parts[1]})).y[*]"),
    )


sources = st.recursive(st.one_of(names, literals), _grow, max_leaves=12)


@given(sources)
def test_every_node_is_the_tree_of_its_own_text(source: str) -> None:
    for node in walk(parse(source)):
        text = source[node.start : node.end]
        assert text == text.strip()
        again = parse(text)
        assert shape(again) == shape(node)
        assert (again.start, again.end) == (0, len(text))


pieces = st.sampled_from(
    [
        "'",
        "''",
        "(",
        ")",
        "[",
        "]",
        ",",
        ".",
        "*",
        "!",
        "&&",
        "||",
        "==",
        "<",
        "=",
        "a",
        "toJSON",
        "1",
        "-",
        "0x",
        " ",
        "${{",
        "}}",
        "é",
    ]
)


@given(st.one_of(st.text(), st.lists(pieces).map("".join)))
def test_any_text_parses_or_is_an_expression_error_inside_it(text: str) -> None:
    for read in (parse, parse_template):
        try:
            read(text)
        except ExpressionError as error:
            place = (0, error.start, error.end, len(text))
        else:
            continue
        assert place == tuple(sorted(place))


def test_call_keeps_its_name_as_written() -> None:
    call = parse("FORMAT('{0}', A)")
    assert isinstance(call, Call)
    assert (call.name, len(call.args)) == ("FORMAT", 2)
    assert "FORMAT" in repr(call)
