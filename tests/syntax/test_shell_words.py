"""Words: their parts, and what becomes of them with what is known."""

from __future__ import annotations

import pytest

from cilint.syntax.shell import Value, Word, parse
from cilint.syntax.shell_arithmetic import assigned, calculate
from cilint.syntax.shell_expand import glob_matches

ENV: dict[str, Value] = {
    "X": "Ab/c.tar.gz",
    "E": "",
    "S": "p q",
    "P": "v\0",
    "A": ("-f", "x y"),
    "N": "7",
    "U": "http://h/p",
}


def word(text: str) -> Word:
    (command,) = parse(f"c {text}").named("c")
    assert len(command.words) == 2
    return command.words[1]


@pytest.mark.parametrize(
    ("text", "static"),
    [
        ("abc", "abc"),
        ("'a b'", "a b"),
        ('"a b"', "a b"),
        (r"a\ b", "a b"),
        (r'"a\"b\$c\d"', 'a"b$c\\d'),
        ("a'b'\"c\"d", "abcd"),
        (r"$'a\tb\'c'", "a\tb'c"),
        ('$"x"', "x"),
        ("''", ""),
        ('""', ""),
        ("*.[ch]", "*.[ch]"),
        ("~/x", "~/x"),
        ("{a,b}", "{a,b}"),
        ("a\\\nb", "ab"),
        ('"a\\\nb"', "ab"),
        ("é'ü'", "éü"),
        ("$", "$"),
        ("a$", "a$"),
        ("--x=$Y", None),
        ('"$(a)"', None),
        ("$((1))", None),
        ("${{ a }}", None),
        ("'${{ a }}'", None),
        ("'$x'", "$x"),
        ('\'{"a":"$x"}\'', '{"a":"$x"}'),
    ],
)
def test_static_text(text: str, static: str | None) -> None:
    assert word(text).static == static
    assert word(text).raw == text


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("$X", "Ab/c.tar.gz"),
        ('"${X}y"', "Ab/c.tar.gzy"),
        ("$unknown", "\0"),
        ("a${unknown}b", "a\0b"),
        ("$P", "v\0"),
        ("${X,,}", "ab/c.tar.gz"),
        ("${X^^}", "AB/C.TAR.GZ"),
        ("${P^^}", "V\0"),
        ("${X#*/}", "c.tar.gz"),
        ("${X##*.}", "gz"),
        ("${X%.*}", "Ab/c.tar"),
        ("${X%%.*}", "Ab/c"),
        ("${P%x}", "\0"),
        ('"${X%".gz"}"', "Ab/c.tar"),
        ("${X/c/d}", "Ab/d.tar.gz"),
        ("${X//./-}", "Ab/c-tar-gz"),
        ("${X/[a]/d}", "\0"),
        ("${X:0:2}", "Ab"),
        ("${X: -2}", "gz"),
        ("${#X}", "11"),
        ("${#A[@]}", "2"),
        ("${A[1]}", "x y"),
        ("${X:-d}", "Ab/c.tar.gz"),
        ("${E:-d}", "d"),
        ("${E-d}", ""),
        ("${E:-$N}", "7"),
        ("${unknown:-d}", "\0"),
        ("${P:-d}", "v\0"),
        ("${X:+y}", "y"),
        ("${E:+y}", ""),
        ("${E:?no}", "\0"),
        ("${!X}", "\0"),
        ("${X@Q}", "\0"),
        ("$((N * 2 + 1))", "15"),
        ("$((unknown + 1))", "\0"),
        ("$(date)", "\0"),
        ("`date`", "\0"),
    ],
)
def test_expansion(text: str, result: str) -> None:
    assert word(text).text(ENV) == result


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("$S", ["p", "q"]),
        ('"$S"', ["p q"]),
        ("a$S", ["ap", "q"]),
        ("$E", []),
        ('"$E"', [""]),
        ('"${A[@]}"', ["-f", "x y"]),
        ("${A[@]}", ["-f", "x", "y"]),
        ('"${A[*]}"', ["-f x y"]),
        ("x{a,b}", ["xa", "xb"]),
        ("{1..3}", ["1", "2", "3"]),
        ("$unknown", ["\0"]),
        ("'{a,b}'", ["{a,b}"]),
    ],
)
def test_fields(text: str, fields: list[str]) -> None:
    assert word(text).fields(ENV) == fields


def test_parts_tell_what_they_are_and_where() -> None:
    text = 'c a"b${X:-d}$(e)"*'
    (command,) = parse(text).named("c")
    parts = command.words[1].parts
    assert [(part.kind, part.quoted, text[part.span.start : part.span.end]) for part in parts] == [
        ("text", False, "a"),
        ("text", True, "b"),
        ("variable", True, "${X:-d}"),
        ("command", True, "$(e)"),
        ("glob", False, "*"),
    ]
    assert (parts[2].text, parts[2].operator, parts[2].default) == ("X", ":-", "d")
    assert command.words[1].variables == ("X",)


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("2*", "200", True),
        ("2??", "2000", False),
        ("[2-3]0[!1]", "302", True),
        ("[2-3]0[!1]", "301", False),
        (r"\*", "*", True),
        (r"\*", "x", False),
        ("*a*a*b", "a" * 500, False),
    ],
)
def test_patterns(pattern: str, text: str, matches: bool) -> None:
    assert glob_matches(pattern, text) is matches


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("N >= 7 && N < 8", 1),
        ("!N", 0),
        ("-7 / 2", -3),
        ("-7 % 2", -1),
        ("1 / 0", None),
        ("0 && unknown", 0),
        ("1 || unknown", 1),
        ("unknown", None),
        ("N++", None),
        ("N = 3", None),
        ("1 +", None),
        ("(1", None),
        ("010", None),
    ],
)
def test_arithmetic(text: str, value: int | None) -> None:
    assert calculate(text, ENV) == value


def test_arithmetic_names_what_it_changes() -> None:
    assert assigned("i++, --j, k += 2, l == 3, m=4") == ("i", "j", "k", "m")
