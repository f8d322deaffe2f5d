"""Ways through a script: variables, failures, status codes, loops."""

from __future__ import annotations

import pytest

from cilint.syntax.shell import DOCKER, GITHUB, GITHUB_BASH, Shell, Value, parse
from cilint.syntax.shell_run import Result


@pytest.mark.parametrize(
    ("text", "argv"),
    [
        ("X=1\nc $X", ["1"]),
        ("X=1 c $X", ["\0"]),
        ("export X=1 Y=$X\nc $Y", ["1"]),
        ("X=$(date)\nc $X", ["\0"]),
        ("X=$(echo a)\nc $X", ["a"]),
        ("X=a\nX=b\nc $X", ["b"]),
        ("X=a; X+=b\nc $X", ["ab"]),
        ("if t; then X=1; fi\nc $X", ["\0"]),
        ("if t; then X=1; else X=1; fi\nc $X", ["1"]),
        ("X=1\nif t; then X=2; exit; fi\nc $X", ["1"]),
        ("X=0\nif t; then X=1; c $X; fi", ["1"]),
        ("X=1\nt && X=2\nc $X", ["\0"]),
        ("t || exit 1; X=2\nc $X", ["2"]),
        ("X=1\n(X=2)\nc $X", ["1"]),
        ("X=1\n{ X=2; }\nc $X", ["2"]),
        ("X=1\necho | X=2\nc $X", ["1"]),
        ("for p in a b; do c $p; done", ["\0"]),
        ("for p in a; do c $p; done", ["a"]),
        ("i=0\nwhile t; do i=$((i+1)); c $i; done", ["\0"]),
        ("X=1\nwhile t; do c $X; done", ["1"]),
        ("read X\nc $X", ["\0"]),
        ("read -r X Y <<< '1 2 3'\nc $Y", ["2", "3"]),
        ("read X Y <<< 1\nc $X,$Y.", ["1,."]),
        ("read X Y < <(echo 1 2)\nc $Y", ["2"]),
        ('read X <<< "$(a) 2"\nc $X', ["\0"]),
        ('read X Y <<< "2 $(a)"\nc $X,$Y', ["2,\0"]),
        ("read -p X Y <<< 1\nc $Y", ["\0"]),
        ("IFS=: read X Y <<< 1:2\nc $Y", ["\0"]),
        ("X=1\nsource f\nc $X", ["\0"]),
        ("X=1\nunset X\nc $X", ["\0"]),
        ('E=\n: "${E:=d}"\nc $E', ["d"]),
        ("f() { c $1; }\nf a", ["a"]),
        ("f() { c $1; }\nf a\nf b", ["\0"]),
        ("f() { c $1; }", ["\0"]),
        ("f() { local X=2; }\nX=1\nf\nc $X", ["1"]),
        ("f() { X=2; }\nX=1\nf\nc $X", ["2"]),
        ("case $1 in a) X=1;; *) X=2;; esac\nc $X", ["\0"]),
        ("Y=a\ncase $Y in a) X=1;; *) X=2;; esac\nc $X", ["1"]),
        ("X=1\nbash -c 'c $X'", ["1"]),
        ("X=1\nbash -c 'X=2'\nc $X", ["1"]),
        ("X=1\neval 'X=2'\nc $X", ["2"]),
        ("((i = 1))\nc $i", ["1"]),
        ("read -r -d '' a <<END || true\n  x\ny\nEND\nc \"$a\"", ["x\ny"]),
        ("A=(x 'y z')\nc \"${A[@]}\"", ["x", "y z"]),
        ('[ -n "$URL" ] && X=1 || X=2\nc $X', ["1"]),
        ("exit 0\nc $URL", ["\0"]),
        ("c $URL", ["https://h"]),
    ],
)
def test_variables_that_are_known(text: str, argv: list[str]) -> None:
    script = parse(text)
    (command,) = script.named("c")
    assert script.argv(command, {"URL": "https://h"})[1:] == argv


FAILURES = {
    "curl -f x": "fails",
    "curl -f x\necho": "fails",
    "curl -f x || true": "ignored",
    "curl -f x || echo no": "ignored",
    "curl -f x || exit 1": "fails",
    "curl -f x || exit 0": "ignored",
    "curl -f x || { echo no; exit 1; }": "fails",
    "curl -f x || curl2 y": "handled",
    "set +e\ncurl -f x; exit 0": "ignored",
    "set +e\ncurl -f x": "fails",
    "set +e\ncurl -f x\nif [ $? -ne 0 ]; then exit 1; fi": "fails",
    "set +e\ncurl -f x\nrc=$?\necho\nexit $rc": "fails",
    "curl -f x && echo ok": "fails",
    "curl -f x && echo ok\necho done": "ignored",
    "if curl -f x; then echo; fi": "ignored",
    "if ! curl -f x; then exit 1; fi": "fails",
    "if curl -f x; then echo; else echo; exit 1; fi": "fails",
    "if curl -f x; then echo; else rollback; fi": "handled",
    "! curl -f x": "ignored",
    "curl -f x | jq .": "ignored",
    "set -o pipefail\ncurl -f x | jq .": "fails",
    "echo | curl -f x": "fails",
    "x=$(curl -f x)": "fails",
    "x=$(curl -f x) || true": "ignored",
    "x=$(curl -f x | jq .)": "ignored",
    "export x=$(curl -f x)": "ignored",
    'echo "$(curl -f x)"': "ignored",
    "curl -f x &\nwait": "ignored",
    "(curl -f x)": "fails",
    "{ curl -f x; } || true": "ignored",
    "f() { curl -f x; }\nf": "fails",
    "f() { curl -f x; }\nf || true": "ignored",
    "f() { curl -f x; echo; }\nif f; then echo; fi": "ignored",
    "f() { curl -f x || return 1; }\nf": "fails",
    "f() { curl -f x; }": "fails",
    "bash -c 'curl -f x; echo'": "ignored",
    "bash -ec 'curl -f x; echo'": "fails",
    "ssh h <<EOF\ncurl -f x\necho\nEOF": "ignored",
    'ssh h "curl -f x"': "fails",
    "for i in $(seq 3); do curl -f x && exit 0; sleep 5; done; exit 1": "fails",
    "for i in $(seq 3); do curl -f x && exit 0; sleep 5; done": "ignored",
    "for i in $(seq 3); do curl -f x && break; sleep 5; done; echo": "ignored",
    "until curl -f x; do sleep 5; done": "hangs",
    "while true; do curl -f x && break; sleep 1; done": "hangs",
    "timeout 60 bash -c 'until curl -f x; do sleep 1; done'": "fails",
    "timeout 60 bash -c 'until curl -f x; do sleep 1; done' || true": "ignored",
    "ok=no\nfor i in 1 2; do if curl -f x; then ok=yes; break; fi; done\n[ $ok = yes ] || exit 1": "fails",
    "ok=0\nfor i in {1..3}; do curl -f x && { ok=1; break; }; done\n[ $ok -lt 1 ] && exit 1 || :": "fails",
    "ok=0\nfor i in {1..3}; do curl -f x && { ok=1; break; }; done\necho $ok": "ignored",
    "i=0\nuntil curl -f x; do i=$((i+1)); if [ $i -ge 9 ]; then exit 1; fi; sleep 1; done": "fails",
    "i=0\nuntil curl -f x; do i=$((i+1)); [ $i -ge 9 ] && break; sleep 1; done": "ignored",
    "i=0; while [ $i -lt 9 ]; do if curl -f x; then exit 0; fi; i=$((i+1)); done; exit 1": "fails",
    "a || (sleep 1 && curl -f x)": "fails",
    'FAILED=\ncurl -f x || FAILED=1\nif [ -n "$FAILED" ]; then exit 1; fi': "fails",
    "if [ -f y ]; then exit 0; fi\ncurl -f x": "fails",
    "trap 'rm -f a' EXIT\ncurl -f x": "fails",
    "trap 'rm -f a; exit 0' EXIT\ncurl -f x": "ignored",
    "done_() { exit 0; }\ntrap done_ EXIT\ncurl -f x": "ignored",
    "trap 'exit 0' EXIT\ntrap - EXIT\ncurl -f x": "fails",
    "trap 'exit 0' EXIT\n(curl -f x)\necho": "ignored",
    "(trap 'exit 0' EXIT; curl -f x)\nfalse": "fails",
    "trap 'echo at line $LINENO' ERR\ncurl -f x": "fails",
    "trap 'echo; exit 0' ERR\ncurl -f x": "ignored",
    "trap 'exit 0' ERR\nif ! curl -f x; then exit 1; fi": "fails",
    "trap 'report $?' EXIT\ncurl -f x": "fails",
    "trap '[ $? = 0 ] || exit 3' EXIT\ncurl -f x": "fails",
    "for i in 1 2 3; do curl -f x && break; [ $i = 3 ] && exit 1; sleep 1; done": "fails",
    "for i in 1 2 3; do curl -f x && break; if [ $i = 5 ]; then exit 1; fi; done": "ignored",
    "for i in $(seq 3); do curl -f x && break; if [ $i -eq 3 ]; then exit 1; fi; done": "fails",
    "for ((i = 0; i < 9; i++)); do curl -f x && break; done\n(( i < 9 ))": "fails",
    "for ((i = 0; i < 9; i++)); do curl -f x && break; done\n(( i < 10 ))": "ignored",
    "for i in $(seq 60); do echo $i; curl -f x && break; done\n[ $i -lt 60 ]": "fails",
    "for i in $(seq 60); do echo $i; curl -f x && break; done\n[ $i -le 60 ]": "ignored",
    "for i in {1..60}; do curl -f x && break; if [ $i = 40 ]; then exit 1; fi; done": "fails",
    "for i in {1..60}; do curl -f x && break; echo $i | grep -qx 40 && exit 1 || :; done": "fails",
    "t() { if [ $i = 40 ]; then exit 1; fi; }\nfor i in {1..60}; do curl -f x && break; t; done": "fails",
    "for ((i = 0; i < 60; i++)); do echo $i; curl -f x && break; done\n(( i < 60 ))": "fails",
    "for ((i = 0; i < 60; i++)); do echo $i; curl -f x && break; done\n(( i < 61 ))": "ignored",
    "n=0\nwhile ! curl -f x && [ $n -lt 9 ]; do n=$((n+1)); done\n[ $n -lt 9 ]": "fails",
    "n=0\nwhile ! curl -f x; do ((++n)); if [ $n = 9 ]; then break; fi; done\nexit $(( n / 9 ))": "fails",
    "n=9\nuntil curl -f x || [ $n = 0 ]; do let n-=1 || true; done": "ignored",
    "n=3\nwhile ((n-- > 0)); do curl -f x && exit 0; done": "fails",
    "n=3\nwhile ((n-- > 0)); do curl -f x && exit 0; sleep 1; done": "ignored",
    "n=3\nwhile ((n-- > 0)); do curl -f x && exit 0; done\necho": "ignored",
    "curl -f x | tee y\nexit ${PIPESTATUS[0]}": "fails",
    'again() { for i in 1 2 3; do "$@" && return 0; sleep 1; done; return 1; }\nagain curl -f x': "fails",
    'again() { for i in 1 2 3; do "$@" && return 0; sleep 1; done; }\nagain curl -f x': "ignored",
    'again() { until "$@"; do sleep 1; done; }\nagain curl -f x': "hangs",
    'quiet() { "$@" > log || cat log; }\nquiet curl -f x': "ignored",
    'as() { shift; "$@"; }\nas me curl -f x': "fails",
    "curl -f x | tee y\nexit ${PIPESTATUS[1]}": "ignored",
}


@pytest.mark.parametrize("text", FAILURES)
def test_what_a_failure_leads_to(text: str) -> None:
    script = parse(text)
    assert script.failure(script.named("curl")[0]).outcome == FAILURES[text]


@pytest.mark.parametrize(
    ("text", "shell", "outcome", "reason"),
    [
        ("curl x | jq .", GITHUB, "ignored", "in a pipeline without `pipefail`"),
        ("curl x | jq .", GITHUB_BASH, "fails", ""),
        ("curl x; echo", DOCKER, "ignored", "no `set -e`"),
        ("curl x && echo", DOCKER, "fails", ""),
        ("curl x || true", GITHUB, "ignored", "followed by `|| true`"),
        ("curl x &", GITHUB, "ignored", "in the background (`&`)"),
        (
            "export y=$(curl x)",
            GITHUB,
            "ignored",
            "its output is an argument of `export`, whose own status counts",
        ),
        ("set +e; curl x; echo", GITHUB, "ignored", "`set +e`"),
    ],
)
def test_the_shell_decides_and_the_reason_is_told(text: str, shell: Shell, outcome: str, reason: str) -> None:
    script = parse(text)
    failure = script.failure(script.named("curl")[0], shell)
    assert (failure.outcome, failure.reason) == (outcome, reason)


CODES = ("200", "204", "301", "404")
JUDGED = {
    'c=$(curl u); [ "$c" = 200 ] || exit 1': "200",
    'c=$(curl u)\nif [ "$c" -ne 200 ]; then exit 1; fi': "200",
    "c=$(curl u)\nif [[ $c != 2* ]]; then exit 1; fi": "200 204",
    "c=$(curl u)\nif [[ ! $c =~ ^2[0-9][0-9]$ ]]; then exit 1; fi": "200 204",
    "c=$(curl u)\nif [[ $c == 200 || $c == 204 ]]; then echo; else exit 1; fi": "200 204",
    "c=$(curl u)\ncase $c in 200|201) echo;; *) exit 1;; esac": "200",
    "c=$(curl u)\ncase $c in 2*) ;; *) exit 1;; esac": "200 204",
    'c=$(curl u)\nif [ "$c" -lt 400 ]; then echo; else exit 1; fi': "200 204 301",
    'c=$(curl u)\nif [ "$c" -ge 200 ] && [ "$c" -lt 300 ]; then echo; else exit 1; fi': "200 204",
    'c=$(curl u)\nif [ "$c" -lt 200 -o "$c" -ge 300 ]; then exit 1; fi': "200 204",
    "c=$(curl u)\nif (( c >= 400 )); then exit 1; fi": "200 204 301",
    "c=$(curl u)\necho $c": "200 204 301 404",
    'test "$(curl u)" -eq 200': "200",
    'if test "$(curl u)" != "200"; then exit 1; fi': "200",
    "curl u | grep -q 200": "200",
    "curl u | grep -qE '^(200|204)$'": "200 204",
    "curl u | grep -q '20[04]'": "200 204",
    "grep -q 200 <<< $(curl u)": "200",
    'for i in 1 2; do c=$(curl u || echo 000); if [ "$c" = 200 ]; then exit 0; fi; done; exit 1': "200",
    'for i in 1 2; do c=$(curl u); [ "$c" = 200 ] && break; done\necho': "200 204 301 404",
    'for i in 1 2; do c=$(curl u); [ "$c" = 200 ] && break; done': "200",
    'r=$(curl u); c=${r: -3}; [ "$c" = 200 ]': "200",
    'r=$(curl u); c=$(echo "$r" | tail -n1); [ "$c" = 200 ]': "200",
    "f() { c=$(curl u); [ $c = 200 ]; }\nf": "200",
}


@pytest.mark.parametrize("text", JUDGED)
def test_which_status_codes_pass(text: str) -> None:
    script = parse(text)
    (curl,) = script.named("curl")
    passing = [code for code in CODES if script.simulate({curl: Result(True, code)}).succeeds]
    failing = [code for code in CODES if script.simulate({curl: Result(True, code)}).fails]
    assert " ".join(passing) == JUDGED[text]
    assert sorted(passing + failing) == sorted(CODES)


def test_an_unknown_output_ends_either_way() -> None:
    script = parse('c=$(curl u); [ "$c" = 200 ]')
    assert script.simulate({script.named("curl")[0]: Result(True)}).ends == {"ok", "fail"}


def test_tests_are_listed_with_what_they_compare() -> None:
    script = parse(
        'if [ "$code" -ne 200 ]; then exit 1; fi\n[[ $code == 2* && -n $x ]]\ntest ! "$code" = 200\n'
        "case $code in 200|201) a;; esac\n(( code >= 400 ))\n[ 200 = $code ]"
    )
    assert [(test.variable, test.operator, test.value, test.negated) for test in script.tests] == [
        ("code", "-ne", "200", False),
        ("code", "==", "2*", False),
        ("x", "-n", None, False),
        ("code", "=", "200", True),
        ("code", ">=", "400", False),
        ("code", "=", "200", False),
        ("code", "case", "200", False),
        ("code", "case", "201", False),
    ]


@pytest.mark.parametrize(
    ("text", "bounded"),
    [
        ("for i in 1 2; do a; done", True),
        ("for i in $(seq 30); do a; done", True),
        ("for ((i=0; i<3; i++)); do a; done", True),
        ("for ((;;)); do a; done", False),
        ("while true; do a && break; done", False),
        ("until curl -f x; do sleep 1; done", False),
        ("while [ $i -lt 9 ]; do i=$((i+1)); done", True),
        ("while [ $i -lt 9 ]; do sleep 1; done", False),
        ("until curl x || [ $((i++)) -gt 3 ]; do sleep 1; done", True),
        ("until curl x || [ $left = 0 ]; do echo $((left--)); done", True),
        ("until curl x || [ $left = 0 ]; do echo $((left - 1)); done", False),
        ("while ((left-- > 0)); do curl x && break; done", True),
        ("while ((left > 0)); do curl x && break; done", False),
        ("until curl x; do let left-=1 || exit 1; done", True),
        ("until curl x; do left+=-1; (( left == 0 )) && exit 1; done", True),
        ("until curl x; do ((i++)); if (( i > 9 )); then exit 1; fi; done", True),
        ("until curl x; do i=$((i+1)); [ $i -ge 9 ] && exit 1; done", True),
        ("while [ $SECONDS -lt 60 ]; do a; done", True),
        ("timeout 60 bash -c 'while true; do a; done'", True),
        ("while read -r x; do a; done", True),
    ],
)
def test_bounded_loops(text: str, bounded: bool) -> None:
    script = parse(text)
    assert script.bounded(script.loops[0]) is bounded


@pytest.mark.parametrize(
    ("text", "posix", "bash"),
    [
        ("X='a b' set -x && c $X", ["a", "b"], ["\0"]),
        ("X=1 :; c $X", ["1"], ["\0"]),
        ("X=1 eval 'Y=2'; c $X", ["1"], ["\0"]),
        ("X=0; X=1 export Y; c $X", ["1"], ["0"]),
        ("X=1 command set -x; c $X", ["\0"], ["\0"]),
        ("X=1 true; c $X", ["\0"], ["\0"]),
    ],
)
def test_an_assignment_before_a_special_builtin_stays_in_posix_shells(
    text: str, posix: list[str], bash: list[str]
) -> None:
    script = parse(text)
    last = script.commands[-1]
    for shell, argv in ((DOCKER, posix), (DOCKER._replace(posix=False), bash)):
        assert last.argv(script.environment(last, shell=shell))[1:] == argv


def test_the_same_question_is_answered_alike_for_another_environment() -> None:
    script = parse('[ "$MODE" = on ] || exit 0\ncurl $MODE')
    (curl,) = script.named("curl")
    first: dict[str, Value] = {"MODE": "on"}
    assert script.argv(curl, first) == ["curl", "on"]
    assert script.argv(curl, {}) == ["curl", "\0"]
    assert script.argv(curl, first) == ["curl", "on"]
