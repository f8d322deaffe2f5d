from __future__ import annotations

import pytest

from cilint.findings.finding import Finding, Severity
from cilint.rules.doubles import without_doubles
from cilint.text.source import SourceFile, Span
from tests.rules.things import RULE, rule

TEXT = 'export name="$(a)" other=$(b)\n'
OWN = rule(RULE).rule._replace(id="team/own", equivalents={"shellcheck": ("SC2155", "SC2086")})
PLAIN = OWN._replace(id="team/plain", equivalents={"hadolint": ("SC2155",)})


def found(rule_id: str, words: str, code: str | None = None, path: str = "x") -> Finding:
    start = TEXT.index(words)
    return Finding(rule_id, Severity.INFO, "m", path, Span(start, start + len(words)), code=code)


def left(*findings: Finding) -> list[Finding]:
    rules = {each.id: each for each in (OWN, PLAIN)}
    return without_doubles(findings, rules, lambda path: SourceFile(path, TEXT))


@pytest.mark.parametrize("words", ["name", "$(a)", '"$(a)"', "export name", "a"])
def test_one_word_is_told_once(words: str) -> None:
    own = found("team/own", "$(a)")
    assert left(own, found("shell/shellcheck", words, "SC2155")) == [own]


@pytest.mark.parametrize(
    ("rule_id", "other"),
    [
        ("team/own", found("shell/shellcheck", "other", "SC2155")),
        ("team/own", found("shell/shellcheck", "name", "SC2046")),
        ("team/own", found("shell/shellcheck", "name", "SC2155", "y")),
        ("team/plain", found("shell/shellcheck", "name", "SC2155")),
    ],
)
def test_all_else_stays(rule_id: str, other: Finding) -> None:
    own = found(rule_id, "$(a)")
    assert left(own, other) == [own, other]
