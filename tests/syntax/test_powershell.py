"""What is not closed in PowerShell scripts: there where it is opened, never in a script that PowerShell can read."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cilint.syntax.powershell import error_in

WHOLE = (
    "",
    "echo 'it''s' \u2018a\u2019 \"b\u201d 'c\u201b",
    '"a ""b"" `" $x $$( ${a`}b} $(Get-X "c" ($d[0]) ""e"") f"',
    "\"$('(') x) y\"",
    "@'\nit's \"( $(\n '@ x\n'@",
    '@"  \nit\'s `$( $(f "x") \'\n "@" x\n"@',
    '$x=@"\n(\n"@',
    "-Body:@'\n(\n'@ + [xml]@'\n'\n'@",
    "git show stash@{0} user@'a b' a@\"b\"",
    "# it's (\n<# it's\n( #> echo x # {",
    "'a'#it's\n(b)#it's",
    "a#b c#",
    "@{a = @(1, (2)); b = {param($c) $($c)}}",
    "echo [ [a ] ${a`}b} x`\n 'y' `\" `( `' `\r\n z",
    'icacls --% it\'s ("a|b" | ForEach-Object { "$_" }',
    "icacls --% it's ( && echo 'x'",
    '$a = 1 # $( { "\n$b',
    "$x=$(f 'a b') + \"$?\" + $^ + $$",
    "echo --%a 'b'",
)
CLOSED = ("('a')", "{ # }\n}", "@(1)", "@{a=1}", "$(f)", "'a'", '"a $(b) ${c}"', "@'\na\n'@", "<# a #>")
BROKEN = "this `{}` is not closed: its `{}` is missing"


@pytest.mark.parametrize("script", WHOLE)
def test_whole_scripts_have_no_error(script: str) -> None:
    assert error_in(script) is None


@pytest.mark.parametrize(
    ("script", "words", "message"),
    [
        ("echo it's fine\necho x", "'s fine", "this string is not closed"),
        ("'a'' ", "'a'' ", "this string is not closed"),
        ('echo "a`"', '"a`"', "this string is not closed"),
        ("echo \u201ca'", "\u201ca'", "this string is not closed"),
        ('"a""" + "$(f ""g"" \'h)"', "'h", "this string is not closed"),
        ('"a $(f ""g"" (\'h\') })"', "}", "this `}` closes nothing"),
        ('"$(f "$(g "h)")"', '"h', "this string is not closed"),
        ("\"$(')')\"", "'", "this string is not closed"),
        ('"$(f"', "$(", BROKEN.format("$(", ")")),
        ('"${a"', "${", BROKEN.format("${", "}")),
        ('"${a" | f { b }', "${", BROKEN.format("${", "}")),
        ("f ${a`}", "${", BROKEN.format("${", "}")),
        ("f <# a # >", "<#", "this comment is not closed: its `#>` is missing"),
        ("if ($x { f }", "(", BROKEN.format("(", ")")),
        ("f { @(1 }", "@(", BROKEN.format("@(", ")")),
        ("f 'a' )", ")", "this `)` closes nothing"),
        ("(f\n}", "}", "this `}` closes nothing"),
        ('f @"a"@', '@"a"@', 'nothing may follow `@"` on its line: the text starts on the next'),
        ("f @' \nx\n  '@\n", "'@", "`'@` closes only at the very start of a line"),
        ('f @"\n$(g)', '@"', 'this string is not closed: no line starts with `"@`'),
        ("f @'", "@'", "this string is not closed: no line starts with `'@`"),
        ("f --% (\n(", "(", BROKEN.format("(", ")")),
        ("f `# (", "(", BROKEN.format("(", ")")),
    ],
)
def test_broken_scripts(script: str, words: str, message: str) -> None:
    error = error_in(script)
    assert error is not None
    assert error.message == message
    assert script[error.start : error.end] == words


@pytest.mark.parametrize("script", ["$a#it's", "f $a<#it's", "f $a$(g # )\n", "f a@'\n(", 'f a$(g ""h"")}'])
def test_what_commands_and_expressions_read_differently_is_left_alone(script: str) -> None:
    assert error_in(script) is None


@given(st.lists(st.sampled_from([*WHOLE, *CLOSED]), max_size=8))
def test_scripts_of_whole_pieces_have_no_error(pieces: list[str]) -> None:
    assert error_in("\n".join(pieces)) is None


@given(st.lists(st.sampled_from(WHOLE), max_size=4), st.sampled_from(CLOSED))
def test_a_piece_without_its_last_character_is_told(pieces: list[str], closed: str) -> None:
    before = "".join(f"{each}\n" for each in pieces)
    error = error_in(before + closed[:-1])
    assert error is not None
    assert error.start >= len(before)


@given(
    st.lists(
        st.sampled_from(
            [*WHOLE, *CLOSED, *"'\"`$(){}@#<>\n\r a&|%-\u201c\u2018\0", "@'", '@"', "--%", "$(", "${", '"$(']
        )
    )
)
def test_any_text_gives_a_place_in_it_or_nothing(pieces: list[str]) -> None:
    text = "".join(pieces)
    error = error_in(text)
    assert error is None or 0 <= error.start < error.end <= len(text)


@pytest.mark.parametrize(
    "piece", ['"$(', "a$(", "'", "@'\n ", "${`", "a#", '"', 'a$("" ', "<#", "@'\n'@", "({", '`"$(']
)
def test_long_scripts_are_read_in_a_moment(piece: str) -> None:
    started = time.process_time()
    error_in(piece * (100_000 // len(piece)))
    assert time.process_time() - started < 2
