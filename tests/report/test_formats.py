from __future__ import annotations

import json as json_library
from typing import Any
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from cilint.findings.finding import FileEdit, Finding, Fix, Label, Severity
from cilint.report import github, gitlab, json, junit, markdown, sarif
from cilint.text.edit import Edit
from cilint.text.source import Span
from tests.report.views import ROOT, finding, view_of

DOCKERFILE = "FROM node:20\nRUN a \\\n  b\n"
EQUIVALENTS = {"docker/a": {"hadolint": ("DL3008",)}}


def pinned(safety: Any = "safe") -> Finding:
    fix = Fix("pin it", safety, (FileEdit("Dockerfile", Edit(Span(9, 12), ":20@sha256:0")),))
    label = Label("Dockerfile", Span(13, 16), "used here")
    return finding(DOCKERFILE, "node:20", severity=Severity.ERROR, related=(label,), fix=fix)


def test_the_json_report_has_every_field_of_version_1() -> None:
    view = view_of([pinned()], {"Dockerfile": DOCKERFILE}, equivalents=EQUIVALENTS, suppressed=2)
    report = json_library.loads(json.render(view))
    fingerprint = report["findings"][0].pop("fingerprint")
    assert len(fingerprint) == 32
    assert report.pop("cilint")
    assert report == {
        "version": 1, "policy": "strict", "suppressed": 2, "baselined": 0,
        "files": {"checked": 1, "unparsed": 0},
        "summary": {"error": 1, "warning": 0, "info": 0},
        "findings": [{
            "rule": "docker/a", "severity": "error", "message": "is wrong", "path": "Dockerfile",
            "line": 1, "column": 6, "end_line": 1, "end_column": 13, "fix": "safe",
            "equivalents": {"hadolint": ["DL3008"]},
            "related": [{
                "path": "Dockerfile", "label": "used here",
                "line": 2, "column": 1, "end_line": 2, "end_column": 4,
            }],
        }],
    }  # fmt: skip


def test_paths_are_seen_from_the_working_folder() -> None:
    files = {"app/Dockerfile": DOCKERFILE}
    found = [finding(DOCKERFILE, "a", path="app/Dockerfile")]
    for base, path in (
        ("/nowhere", "project/app/Dockerfile"),
        (f"{ROOT}/app", "Dockerfile"),
        (f"{ROOT}/x", "../app/Dockerfile"),
    ):
        report = json_library.loads(json.render(view_of(found, files, base=base)))
        assert [item["path"] for item in report["findings"]] == [path]


def test_json_without_findings_is_json() -> None:
    assert json_library.loads(json.render(view_of([], {})))["findings"] == []


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(VALUES)
def test_the_json_writer_agrees_with_the_library(value: object) -> None:
    written = json.dumps(value)
    assert json_library.loads(written) == value
    assert written.isascii()
    assert "##[" not in written


def test_github_commands_are_escaped() -> None:
    found = finding(DOCKERFILE, "node:20", message="50%\nof::it", path="a,b:c/Dockerfile")
    [line] = github.render(view_of([found], {"a,b:c/Dockerfile": DOCKERFILE})).splitlines()
    assert line == (
        "::warning file=a%2Cb%3Ac/Dockerfile,line=1,endLine=1,col=6,endColumn=13,"
        "title=cilint docker/a::50%25␊of::it"
    )


def test_github_columns_only_for_one_line_and_none_for_a_missing_file() -> None:
    found = [finding(DOCKERFILE, "a \\\n  b"), Finding("a/b", Severity.INFO, "missing", "x", None)]
    long, missing = github.render(view_of(found, {"Dockerfile": DOCKERFILE})).splitlines()
    assert long.startswith("::warning file=Dockerfile,line=2,endLine=3,title=")
    assert missing == "::notice file=x,title=cilint a/b::missing"


def test_github_keeps_within_ten_of_a_type_worst_first() -> None:
    text = "x\n" * 30
    found = [
        Finding(f"a/r{n % 15}", Severity.WARNING, "w", "f", Span(2 * n, 2 * n + 1)) for n in range(30)
    ] + [Finding("a/e", Severity.ERROR, "e", "f", Span(0, 1))]
    lines = github.render(view_of(found, {"f": text})).splitlines()
    assert lines[0].startswith("::error ")
    warnings = lines[1:]
    assert len(warnings) == 10
    assert len({line.split("title=")[1] for line in warnings[:9]}) == 9
    assert "+21 more" in warnings[9]


def test_sarif_tells_all_rules_and_points_into_them() -> None:
    rules = [
        sarif.Description("security/x", "X", "because", Severity.ERROR, "help"),
        sarif.Description("docker/a", "A", "", Severity.WARNING),
    ]
    view = view_of([pinned(), finding(DOCKERFILE, "RUN", rule="ci/new")], {"Dockerfile": DOCKERFILE})
    log = json_library.loads(sarif.render(view, rules))
    [run] = log["runs"]
    assert (log["version"], run["columnKind"]) == ("2.1.0", "unicodeCodePoints")
    listed = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in listed] == ["security/x", "docker/a", "ci/new"]
    assert listed[0]["properties"]["security-severity"] == "8.0"
    assert "security" in listed[0]["properties"]["tags"]
    assert "security-severity" not in listed[1]["properties"]
    assert all(
        rule[key]["text"] for rule in listed for key in ("shortDescription", "fullDescription", "help")
    )
    for result in run["results"]:
        assert listed[result["ruleIndex"]]["id"] == result["ruleId"]
    first = run["results"][0]
    assert first["level"] == "error"
    assert first["relatedLocations"][0]["message"] == {"text": "used here"}
    [change] = first["fixes"][0]["artifactChanges"]
    assert change["replacements"] == [{
        "deletedRegion": {"startLine": 1, "startColumn": 10, "endLine": 1, "endColumn": 13},
        "insertedContent": {"text": ":20@sha256:0"},
    }]  # fmt: skip
    assert first["partialFingerprints"]["primaryLocationLineHash"].endswith(":1")


def test_sarif_paths_are_uris() -> None:
    assert sarif.uri("a b/ü#.yml") == "a%20b/%C3%BC%23.yml"


def test_gitlab_is_an_array_also_without_findings() -> None:
    assert json_library.loads(gitlab.render(view_of([], {}))) == []
    [issue] = json_library.loads(gitlab.render(view_of([pinned()], {"Dockerfile": DOCKERFILE})))
    assert issue["description"] == "docker/a: is wrong"
    assert issue["location"] == {"path": "Dockerfile", "lines": {"begin": 1}}
    assert issue["severity"] == "major"


def test_junit_is_well_formed_whatever_a_message_holds() -> None:
    found = finding(DOCKERFILE, "a", message='<b> & "c" \x00\x1b')
    root = ET.fromstring(junit.render(view_of([found], {"Dockerfile": DOCKERFILE})))
    failure = root.find("testsuite/testcase/failure")
    assert failure is not None
    assert failure.get("message") == '<b> & "c" ␀␛'
    clean = ET.fromstring(junit.render(view_of([], {})))
    assert (clean.get("tests"), clean.get("failures")) == ("1", "0")


def test_markdown_shows_text_as_it_is_and_stays_small() -> None:
    found = finding(DOCKERFILE, "a", message="a | b @team <img> `x` [l](u)")
    shown = markdown.render(view_of([found], {"Dockerfile": DOCKERFILE}))
    row = shown.splitlines()[-1]
    assert row.count("|") == 5
    assert not set("@<`[") & set(row)
    many = [finding(DOCKERFILE, "a", message="m" * 1000)] * 2000
    large = markdown.render(view_of(many, {"Dockerfile": DOCKERFILE}))
    assert len(large) < 1024 * 1024
    assert "more findings are in the job's log" in large
