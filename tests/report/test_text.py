from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cilint.findings.finding import Finding, Fix, Label, Severity
from cilint.report import concise, text
from cilint.report.terminal import PLAIN, Style, columns, laid_out, neutralised, style_for, visible
from cilint.text.source import Span
from tests.report.views import finding, view_of

DOCKERFILE = "FROM node:20\nRUN npm ci && \\\n    npm run build && \\\n    npm prune\nCMD node .\n"


def test_the_carets_stand_under_the_very_words() -> None:
    found = finding(DOCKERFILE, "node:20", severity=Severity.ERROR, message="has no digest")
    assert text.render(view_of([found], {"Dockerfile": DOCKERFILE})) == (
        "error[docker/a]: has no digest\n"
        " --> Dockerfile:1:6\n"
        "  |\n"
        "1 | FROM node:20\n"
        "  |      ^^^^^^^\n"
        "  |\n"
        "\n"
        "1 finding (1 error) in 1 file.\n"
    )


def test_related_places_in_the_same_file_and_in_another() -> None:
    workflow = "on: push\njobs: {}\n"
    start = DOCKERFILE.index("CMD")
    labels = (
        Label("Dockerfile", Span(start, start + 3), "starts here"),
        Label("ci.yml", Span(4, 8), "runs on this"),
    )
    found = finding(DOCKERFILE, "node:20", related=labels)
    shown = text.render(view_of([found], {"Dockerfile": DOCKERFILE, "ci.yml": workflow}))
    assert "1 | FROM node:20\n  |      ^^^^^^^\n...\n5 | CMD node .\n  | --- starts here\n" in shown
    assert " ::: ci.yml:1:5\n  |\n1 | on: push\n  |     ---- runs on this\n" in shown


def test_a_long_span_is_shown_by_its_first_and_last_line() -> None:
    found = finding(DOCKERFILE, "npm ci && \\\n    npm run build && \\\n    npm prune")
    shown = text.render(view_of([found], {"Dockerfile": DOCKERFILE}))
    assert "2 | RUN npm ci && \\\n  |     ^^^^^^^^^^^\n...\n4 |     npm prune\n  |     ^^^^^^^^^\n" in shown
    assert "npm run build" not in shown


def test_a_span_that_ends_with_its_line_has_carets_on_that_line_only() -> None:
    found = finding(DOCKERFILE, "FROM node:20\n")
    shown = text.render(view_of([found], {"Dockerfile": DOCKERFILE}))
    assert "1 | FROM node:20\n  | ^^^^^^^^^^^^\n  |\n" in shown


def test_the_fix_and_the_way_to_apply_it() -> None:
    safe = finding(DOCKERFILE, "node:20", fix=Fix("pin it", "safe"))
    unsafe = finding(DOCKERFILE, "CMD", fix=Fix("drop it", "unsafe"))
    shown = text.render(view_of([safe, unsafe], {"Dockerfile": DOCKERFILE}, suppressed=3))
    assert "  help: pin it (`cilint fix`)\n" in shown
    assert "  help: drop it (`cilint fix --unsafe`)\n" in shown
    assert shown.endswith(
        "2 findings (2 warnings) in 1 file; 3 suppressed.\n"
        "1 fixable with `cilint fix`, 1 more with `--unsafe`.\n"
    )


def test_a_file_that_is_missing_has_no_frame() -> None:
    shown = text.render(view_of([Finding("a/b", Severity.INFO, "is missing", "x.json", None)], {}))
    assert shown.startswith("info[a/b]: is missing\n --> x.json\n\n")


def test_nothing_found() -> None:
    view = view_of([], {"Dockerfile": DOCKERFILE})
    assert text.render(view) == "No findings in 1 file.\n"
    assert text.render(view, PLAIN, quiet=True) == ""


def test_tabs_and_wide_characters_keep_the_carets_in_place() -> None:
    source = "\tRUN echo 漢字 done\n"
    shown = text.render(view_of([finding(source, "done")], {"Dockerfile": source}))
    assert "1 |     RUN echo 漢字 done\n  |                   ^^^^\n" in shown


def test_a_long_line_is_cut_around_the_carets() -> None:
    source = "RUN " + "a " * 400 + "HERE " + "b " * 400 + "\n"
    shown = text.render(view_of([finding(source, "HERE")], {"Dockerfile": source}))
    line, carets = shown.splitlines()[3:5]
    assert len(line) < 180
    assert line.index("HERE") == carets.index("^^^^")
    assert "… " in line
    assert line.endswith(" …")


def test_control_and_direction_characters_are_made_visible() -> None:
    source = "RUN echo \x1b[31m\u202e x\n"
    shown = text.render(view_of([finding(source, "x", message="a\x07b\rc")], {"Dockerfile": source}))
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "warning[docker/a]: a␇b␍c\n" in shown
    assert "␛[31m" in shown


def test_a_jobs_log_takes_nothing_for_a_command() -> None:
    source = "RUN a ##[add-mask]b\n::error::oops\n"
    found = [
        finding(source, "b", message="::error::me", path="::x/Dockerfile"),
        finding(source, "oops", path="c"),
    ]
    view = view_of(found, {"::x/Dockerfile": source, "c": source})
    for shown in (text.render(view, Style(neutral=True)), concise.render(view, Style(neutral=True))):
        assert "##[" not in shown
        assert not any(line.strip().startswith("::") for line in shown.splitlines() if "::: " not in line)
    assert "##[add-mask]b" in text.render(view)


def test_colours_only_where_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    view = view_of([finding(DOCKERFILE, "node:20")], {"Dockerfile": DOCKERFILE})
    assert "\x1b[" in text.render(view, Style(color=True))
    assert "\x1b[" not in text.render(view)
    for name in ("NO_COLOR", "FORCE_COLOR", "GITHUB_ACTIONS"):
        monkeypatch.delenv(name, raising=False)
    assert style_for("always").color
    assert not style_for("never").color
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert style_for("auto").color
    assert not style_for("auto", to_file=True).color
    monkeypatch.setenv("NO_COLOR", "1")
    assert not style_for("auto").color
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert style_for("never").neutral


def test_concise_is_one_line_a_finding() -> None:
    found = [finding(DOCKERFILE, "CMD", message="two\nlines"), finding(DOCKERFILE, "node:20")]
    assert concise.render(view_of(found, {"Dockerfile": DOCKERFILE})) == (
        "Dockerfile:1:6: warning docker/a is wrong\nDockerfile:5:1: warning docker/a two␊lines\n"
    )


@given(st.text())
def test_what_is_printed_is_as_wide_as_said_and_holds_no_control_character(line: str) -> None:
    printed, offsets = laid_out(line)
    assert len(offsets) == len(line) + 1
    assert list(offsets) == sorted(offsets)
    assert offsets[-1] == sum(map(columns, printed))
    assert all(char.isprintable() for char in printed)
    assert visible(visible(line)) == visible(line)


@given(st.text(alphabet=":#[ \n\tax"))
def test_neutralised_text_holds_no_command(log: str) -> None:
    safe = neutralised(log)
    assert "##[" not in safe
    assert not any(line.strip().startswith("::") for line in safe.split("\n"))
    assert safe.replace("\u200b", "") == log


@pytest.mark.parametrize("end", ["", " \u00e9"])
def test_many_findings_on_one_long_line_take_little_time(end: str) -> None:
    line = "x" * 99_000 + end
    span = Span(90_000, 90_003)
    one = finding(line, "x")._replace(span=span)
    began = process_time()
    shown = text.render(view_of([one] * 1500, {"Dockerfile": line}))
    assert shown.count("… " + "x" * 160 + " …") == 1500
    assert shown.count("|" + " " * 63 + "^^^\n") == 1500
    assert process_time() - began < 30
