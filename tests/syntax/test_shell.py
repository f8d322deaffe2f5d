"""Commands of a script: which there are, where they stand, what surrounds them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cilint.syntax.shell import MAX_LENGTH, Command, Script, parse

FOUND = {
    "a; b\nc & d": ["a", "b", "c", "d"],
    "a && b || c | d": ["a", "b", "c", "d"],
    "if a; then b; elif c; then d; else e; fi": ["a", "b", "c", "d", "e"],
    "while a; do b; done; until c; do d; done": ["a", "b", "c", "d"],
    "for x in 1 2; do a; done": ["a"],
    "case $x in 1) a;; *) b;; esac": ["a", "b"],
    "( a ); { b; }; f() { c; }": ["a", "b", "c"],
    "x=$(a) b `c` <(d)": ["b", "a", "c", "d"],
    'a "x $(b "$(c)") y"': ["a", "b", "c"],
    "a > $(b) <<< $(c)": ["a", "b", "c"],
    "cat <<EOF\n$(a) b\nEOF\nc": ["cat", "a", "c"],
    "cat <<'EOF'\n$(a)\nEOF\nc": ["cat", "c"],
    "cat <<EOF | b > c\nx\nEOF\nd": ["cat", "b", "d"],
    "cat <<EOF && b || c\nx\nEOF": ["cat", "b", "c"],
    "[ -f $(a) ] && [[ $(b) = c ]]": ["[", "a", "[[", "b"],
    "while read x; do a; done < <(b)": ["read", "a", "b"],
    "echo $(( $(a) + 1 ))": ["echo", "a"],
    "sudo -E -u bob env A=b nice -n 5 /usr/bin/curl x": ["curl"],
    "timeout -k 5 60 nohup curl x": ["curl"],
    "xargs -n1 -I{} curl {}": ["curl"],
    "command -v curl": ["command"],
    "exec time curl x": ["curl"],
    "bash -c 'a; b'": ["bash", "a", "b"],
    'sh -ec "a && b"': ["sh", "a", "b"],
    "timeout 9 bash -euo pipefail -c 'a | b'": ["bash", "a", "b"],
    "bash script.sh -c 'a'": ["bash"],
    "bash <<EOF\na $x\nEOF": ["bash", "a"],
    "ssh -p 22 u@h <<'EOF'\na\n b\nEOF": ["ssh", "a", "b"],
    "ssh u@h bash -s <<EOF\na\nEOF": ["ssh", "a"],
    'ssh u@h "a && b" c': ["ssh", "a", "b"],
    "eval 'a; b'": ["eval", "a", "b"],
    'docker exec -it x sh -c "a | b"': ["docker", "a", "b"],
    "su - app -c 'a'": ["su", "a"],
    "bash -c \"bash -c 'a $x'\"": ["bash", "bash", "a"],
    "! a | b": ["a", "b"],
    "! { a x; }": ["a"],
    "curl -s > /dev/null x": ["curl"],
    "> f": [""],
    "a() ( b )": ["b"],
    "": [],
    "# only a comment": [],
}


def names(text: str) -> list[str]:
    return [command.name for command in parse(text).commands if command.kind != "assignment"]


@pytest.mark.parametrize("text", FOUND)
def test_every_command_is_found(text: str) -> None:
    assert names(text) == FOUND[text]


def only(text: str, name: str) -> Command:
    (command,) = parse(text).named(name)
    return command


def test_words_after_a_redirection_belong_to_the_command() -> None:
    command = only('curl -s > /dev/null "$URL" -f 2>&1 | x', "curl")
    assert [word.raw for word in command.words] == ["curl", "-s", '"$URL"', "-f"]
    assert [(one.operator, one.fd, one.target and one.target.raw) for one in command.redirects] == [
        (">", None, "/dev/null"),
        (">&", 2, "1"),
    ]
    assert command.output_to is not None
    assert command.output_to.static == "/dev/null"


def test_a_redirection_after_a_list_or_pipeline_is_the_last_commands() -> None:
    script = parse("a && b > x; c | d 2>&1")
    assert [len(command.redirects) for command in script.commands] == [0, 1, 0, 1]


@pytest.mark.parametrize(
    ("text", "body", "quoted"),
    [
        ("cat <<EOF\n  a $x\n\nb\nEOF\n", "  a $x\n\nb\n", False),
        ("cat <<'E O'\n\ta\nE O\n", "\ta\n", True),
        ('cat <<-"EOF"\n\ta\n\tEOF\n', "\ta\n", True),
        ("cat <<EOF > out\nx\nEOF\n", "x\n", False),
        ("cat <<EOF\nEOF\n", "", False),
    ],
)
def test_heredocs(text: str, body: str, quoted: bool) -> None:
    (heredoc,) = [one.heredoc for one in only(text, "cat").redirects if one.heredoc is not None]
    assert (heredoc.body.raw, heredoc.quoted) == (body, quoted)


def test_wrappers_and_assignments() -> None:
    command = only("A=1 sudo -u x env B=2 timeout 5 curl -f x", "curl")
    assert command.wrappers == ("sudo", "env", "timeout")
    assert [one.name for one in command.assignments] == ["A"]
    assert [(one.name, one.value and one.value.static) for one in command.wrapper_assignments] == [("B", "2")]
    assert [word.raw for word in command.words] == ["curl", "-f", "x"]
    assert command.written[0].raw == "sudo"


def test_operators_around_a_command() -> None:
    script = parse("a && b | c; d &\ne || ! f")
    around = {command.name: (command.before, command.after) for command in script.commands}
    assert around == {
        "a": ("", "&&"),
        "b": ("&&", "|"),
        "c": ("|", ";"),
        "d": (";", "&"),
        "e": ("&", "||"),
        "f": ("||", ""),
    }
    assert [command.name for command in script.commands if command.background] == ["d"]
    assert [command.name for command in script.commands if command.negated] == ["f"]
    piped = script.named("b")[0].piped_to
    assert isinstance(piped, Command)
    assert piped.name == "c"


def test_guards_tell_the_conditions() -> None:
    script = parse("if a; then b; elif c; then d && e; else f; fi; case $x in y) g;; esac")
    guards = {
        command.name: [
            (guard.kind, [one.name for one in guard.commands], guard.wanted) for guard in command.guards
        ]
        for command in script.commands
    }
    assert guards["b"] == [("if", ["a"], True)]
    assert guards["d"] == [("if", ["c"], True), ("if", ["a"], False)]
    assert guards["e"] == [("list", ["d"], True), ("if", ["c"], True), ("if", ["a"], False)]
    assert guards["f"] == [("if", ["c"], False), ("if", ["a"], False)]
    assert script.named("g")[0].guards[0].patterns[0].static == "y"
    assert script.named("a")[0].condition is not None
    assert script.named("b")[0].condition is None


def test_loops_functions_and_what_follows() -> None:
    script = parse("f() { while a; do for i in 1; do b; done; done; c; }\nf\nd")
    inner = script.named("b")[0]
    assert [loop.kind for loop in inner.loops] == ["for", "while"]
    assert inner.function == "f"
    assert [command.name for command in script.after(inner.loops[-1])] == ["c"]
    assert [command.name for command in script.after(script.named("f")[0])] == ["d"]
    assert list(script.functions) == ["f"]


def test_a_capture_leads_to_its_command_and_back() -> None:
    script = parse("code=$(curl -s x | tail -n1); body=$(cat y) z=1")
    assert [command.name for command in script.captured("code")] == ["curl", "tail"]
    assert [command.name for command in script.captured("body")] == ["cat"]
    assert script.captured("z") == ()
    assert script.receiver(script.named("curl")[0]) == "code"


def test_inner_scripts_have_places_in_the_outer_text() -> None:
    text = 'é; bash -c "set -e; curl \\"a b\\" \\$X $Y $(date) ${{ a }}"'
    script = parse(text)
    curl = script.named("curl")[0]
    assert [word.raw for word in curl.words] == ["curl", '\\"a b\\"', "\\$X", "$Y", "$(date)", "${{ a }}"]
    assert curl.words[1].static == "a b"
    assert [part.kind for word in curl.words[2:] for part in word.parts] == [
        "variable",
        "variable",
        "command",
        "expression",
    ]
    assert [shell.name for shell in curl.shells] == ["bash"]
    assert script.named("date")[0].substitution is not None


def test_expressions_are_opaque_wherever_they_stand() -> None:
    script = parse(
        "echo \"${{ a['}}'] }}\" ${{ b }}x '${{ c }}' $D${{ d }}\n${{ e }}=1\ncat <<X\n${{ f }}\nX\nb"
    )
    assert not script.error
    echo, cat, last = script.named("echo", "cat", "b")
    assert [part.text for word in echo.words for part in word.expressions] == [
        "${{ a['}}'] }}",
        "${{ b }}",
        "${{ c }}",
        "${{ d }}",
    ]
    assert echo.argv({"D": "x"}) == ["echo", "\0", "\0x", "\0", "x\0"]
    assert [part.kind for part in echo.words[4].parts] == ["variable", "expression"]
    heredoc = cat.redirects[0].heredoc
    assert heredoc is not None
    assert heredoc.body.text() == "\0\n"
    assert last.name == "b"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("if a; then curl b", ["a", "curl"]),
        ("a; (b; c", ["a", "b", "c"]),
        ("echo hi; fi; curl x", ["echo", "curl"]),
    ],
)
def test_commands_of_broken_scripts(text: str, found: list[str]) -> None:
    assert names(text) == found
    assert parse(text).error


def test_the_first_error_is_placed() -> None:
    script = parse("a\nb\n)\nc")
    assert script.error_span is not None
    assert script.text[script.error_span.start] == ")"


@pytest.mark.parametrize(
    "text",
    [
        "a\n" * MAX_LENGTH,
        "( " * 10_000 + "a" + " )" * 10_000,
        "$(" * 10_000,
        "if a; then " * 3_000,
        "! " * 10_000 + "a",
        "${X:-" * 10_000,
        'bash -c "' * 3_000,
        "a && " * 10_000 + "b",
        "while a; do " * 40 + "b; " + "done; " * 40,
        "\n".join(f"f{n}() {{ f{n + 1}; f{n + 1}; }}" for n in range(40)) + "\nf0",
    ],
    ids=lambda text: text[:12],
)
def test_hostile_scripts_are_bounded(text: str) -> None:
    script = parse(text)
    for command in script.commands[-3:]:
        script.argv(command)
        script.failure(command)
    assert script.error or len(script.commands) > 0


def test_too_long_a_script_has_an_error_and_no_commands() -> None:
    script = parse("a\n" * (MAX_LENGTH // 2 + 1))
    assert script.error
    assert script.commands == ()


def test_deep_nesting_is_cut_and_said() -> None:
    script = parse("( " * 500 + "a" + " )" * 500)
    assert script.error
    assert script.commands == ()


FRAGMENTS = [
    "a", " ", "\n", ";", "|", "||", "&&", "&", "(", ")", "{", "}", "$", "$(", "`", '"', "'", "\\", "${X:-",
    "}", "<<E\n", "E\n", ">", "if ", "then ", "fi", "for i in ", "do ", "done", "case x in ", "esac",
    "${{ a }}", "${{", "é", "\r\n", "bash -c ", "ssh h ", "eval ", "[ ", " ]", "[[ ", "=~ ", "x=", "$((",
    "))", "!", "export ", "#", "*", "[", "~", "\0", "\udc80", "\u2028", "$'", "sudo ", "env A=b ", "f() ",
    "$1", "return 1", "set -e", "while ", "break", "exit ",
]  # fmt: skip


def check(script: Script) -> None:
    length = len(script.text)
    previous = 0
    for command in script.commands:
        assert previous <= command.span.start <= command.span.end <= length
        previous = command.span.start
        for word in command.written:
            assert 0 <= word.span.start <= word.span.end <= length
            assert script.text[word.span.start : word.span.end] == word.raw
            for part in word.parts:
                assert word.span.covers(part.span)
        script.argv(command)
        script.failure(command)
    for test in script.tests:
        assert 0 <= test.span.start <= test.span.end <= length
    for loop in script.loops:
        script.bounded(loop)


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=25).map("".join))
def test_any_script_is_read_and_places_are_in_it(text: str) -> None:
    check(parse(text))


@given(st.text(st.characters(exclude_categories=[]), max_size=40))
def test_any_text_is_read(text: str) -> None:
    check(parse(text))


@pytest.mark.parametrize(
    ("function", "call", "expected"),
    [
        ('run() { echo "$*"; "$@"; }', "run docker push a", ["docker", "push", "a"]),
        (
            'again() { n=$1; shift; until "$@"; do sleep 1; done; }',
            "again 3 docker push a",
            ["docker", "push", "a"],
        ),
        ('function try { if ! "${@:2}"; then exit 1; fi; }', "try 5 docker push a", ["docker", "push", "a"]),
        ('say() { echo "$@"; }', "say docker push a", ["say", "docker", "push", "a"]),
        ('run() { "$@"; }', "run", ["run"]),
    ],
)
def test_functions_that_run_what_they_are_given(function: str, call: str, expected: list[str]) -> None:
    command = parse(f"{function}\n{call}\n").commands[-1]
    assert command.argv() == expected
    assert bool(command.wrappers) is (expected[0] == "docker")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('A=1 B=2\ndocker push "$B" && x', ["docker", "push", "2"]),
        ('A=1 B=$(\n  date\n) C=3\ndocker push "$C" | x', ["docker", "push", "3"]),
        ("A=1 B=2 \\\n  docker push $HOME", ["docker", "push", "\0"]),
    ],
)
def test_assignments_on_a_line_of_their_own(text: str, expected: list[str]) -> None:
    script = parse(text)
    (command,) = script.named("docker")
    assert script.argv(command) == expected
    assert bool(command.assignments) is ("\\" in text)
    assert command.span.start == text.index("docker") or command.assignments
