from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cilint.findings.finding import Finding, Severity
from cilint.findings.fingerprint import fingerprints, line_hashes
from cilint.text.source import SourceFile, Span

LAST = "c129715d7a2bc9a3:1"
GREETING = [
    "e9496ae3ebfced30:1", "fb7c023a8b9ccb3f:1", "ce8ba1a563dcdaca:1",
    "e20e36e16fcb0cc8:1", "b3edc88f2938467e:1", "c8e28b0b4002a3a0:1", LAST,
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [LAST]),
        (
            " a\nb\n  \t\tc\n d",
            ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"],
        ),
        (" hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End\n", GREETING),
        (" hello; \t\nworld!!!\r\r\r  \t\tGreetings\r End\r", GREETING),
        (" hello; \t\r\nworld!!!\r\n\r\n\r\n  \t\tGreetings\r\n End\r\n", GREETING),
    ],
)
def test_line_hashes_are_those_that_github_publishes(text: str, expected: list[str]) -> None:
    assert line_hashes(text) == expected


def test_equal_lines_are_counted() -> None:
    hashes = line_hashes("Lorem ipsum dolor sit amet.\n" * 10)
    assert hashes[:6] == [f"a7f2ff13bc495cf2:{n}" for n in range(1, 7)]
    assert hashes[6:] == [
        "a7f2ff1481e87703:1",
        "a9cf91f7bbf1862b:1",
        "55ec222b86bcae53:1",
        "cc97dc7b1d7d8f7b:1",
        LAST,
    ]


@given(st.text(alphabet="a \t\r\n😀\udc80"))
def test_each_line_has_a_hash(text: str) -> None:
    assert len(line_hashes(text)) == len(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))


def identities(text: str, *words: str, rule: str = "a/b") -> list[str]:
    source, found, at = SourceFile("Dockerfile", text), [], 0
    for word in words:
        at = text.index(word, at)
        found.append(Finding(rule, Severity.INFO, "m", "Dockerfile", Span(at, at + len(word))))
        at += len(word)
    return fingerprints(found, {"Dockerfile": source}.get)


def test_an_identity_survives_moving_and_indenting() -> None:
    before = identities("RUN a \\\n  b\n", "a \\\n  b")
    assert identities("FROM x\n\nRUN a \\\n        b\n", "a \\\n        b") == before


def test_identities_tell_findings_apart() -> None:
    first, second, third = identities("RUN a\nRUN a\nRUN b\n", "a", "a", "b")
    assert len({first, second, third}) == 3
    assert identities("RUN a\n", "a", rule="a/c") != [first]


def test_a_finding_without_a_place_has_an_identity() -> None:
    [one] = fingerprints([Finding("a/b", Severity.INFO, "m", "x", None)], lambda _: None)
    assert len(one) == 32
