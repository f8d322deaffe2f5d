from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from cilint.lint.check import check
from cilint.lint.trial import try_rule
from cilint.model.files import MemoryFiles
from cilint.rules.catalogue import builtin
from cilint.rules.document import builtin_file
from tests.lint.rules import catalogue, judged, look, rules_of

WORKFLOW = ".github/workflows/ci.yml"
FILES = {
    WORKFLOW: "on: push\njobs:\n  bad:\n    runs-on: x\n",
    "b/Dockerfile": "FROM x:latest AS bad\n",
    "a/Dockerfile": "FROM x AS bad\nFROM y:latest\n",
    "README.md": "FROM x AS bad\n",
}


def test_findings_are_sorted_by_path_and_place() -> None:
    result = look(FILES, judged())
    assert [(finding.path, finding.rule) for finding in result.findings] == [
        (WORKFLOW, "ci/job"),
        ("a/Dockerfile", "docker/named"),
        ("a/Dockerfile", "docker/latest"),
        ("b/Dockerfile", "docker/latest"),
        ("b/Dockerfile", "docker/named"),
    ]
    assert result.checked == (WORKFLOW, "a/Dockerfile", "b/Dockerfile")
    assert result.unparsed == frozenset()


def test_only_targets_have_findings() -> None:
    result = check(MemoryFiles(FILES), ["a/Dockerfile"], judged())
    assert {finding.path for finding in result.findings} == {"a/Dockerfile"}
    assert result.checked == ("a/Dockerfile",)


def test_a_broken_file_loses_no_other() -> None:
    broken: dict[str, str | bytes] = {
        **FILES,
        "c/Dockerfile": b"\x00\xff",
        ".github/workflows/z.yml": "a: [",
        "d/Dockerfile": "",
    }
    result = look(broken, judged())
    assert rules_of(result.findings) == rules_of(look(FILES, judged()).findings)
    assert ".github/workflows/z.yml" in result.unparsed
    assert len(result.checked) == 6


def test_a_target_that_is_gone_is_not_counted() -> None:
    assert check(MemoryFiles(FILES), ["x/Dockerfile"], judged()).checked == ()


@settings(max_examples=60)
@given(st.sampled_from([WORKFLOW, "Dockerfile", "action.yml"]), st.binary(max_size=200))
def test_any_bytes_end_in_findings(path: str, data: bytes) -> None:
    result = look({path: data}, judged())
    assert result.checked == (path,)


def test_the_rules_about_suppressions_hold_their_examples() -> None:
    known = builtin()
    for name in (name for name, rule in known.rules.items() if rule.group == "suppress"):
        assert try_rule(builtin_file(name, known), known) == []


def test_the_catalogue_of_these_tests_has_the_suppress_rules() -> None:
    assert {"suppress/no-reason", "suppress/unknown-rule", "suppress/unused"} <= set(catalogue().rules)
