"""ShellCheck's findings in files: at their true places, once, with fixes that fit what is written there."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from typing import Any

import pytest

from cilint.findings.finding import Finding
from cilint.lint.check import Judged, check
from cilint.model.files import MemoryFiles
from cilint.rules.active import activate
from cilint.rules.catalogue import builtin
from cilint.rules.rule import Level
from cilint.syntax import shellcheck
from cilint.text.edit import apply_edits

RULE = "shell/shellcheck"
WORKFLOW = ".github/workflows/ci.yml"


def look(files: Mapping[str, str], *others: str, suppressed: int = 0, **options: Any) -> list[Finding]:
    catalogue = builtin()
    policy = catalogue.policies["ghcr-dokploy"]
    parameters = {name: parameter.default for name, parameter in policy.parameters.items()}
    active = [activate(catalogue.rules[RULE], parameters, Level(options=options))]
    active += [activate(catalogue.rules[name], parameters) for name in others]
    result = check(MemoryFiles(files), list(files), Judged(active, catalogue, parameters))
    assert result.suppressed == suppressed
    return result.findings


def shown(files: Mapping[str, str], *others: str, **more: Any) -> list[tuple[str | None, int, int, str]]:
    """Code, line, column and text under the carets of each finding."""
    found = []
    for finding in look(files, *others, **more):
        assert finding.span is not None
        text = files[finding.path]
        before = text[: finding.span.start]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        found.append((finding.code, line, column, text[finding.span.start : finding.span.end]))
    return found


def workflow(*steps: str, head: str = "") -> str:
    body = "".join(f"      - {step}\n" for step in steps)
    return f"on: push\n{head}jobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n{body}"


def test_places_in_a_run_of_several_lines() -> None:
    text = (
        "FROM debian:13.1-slim\n"
        "RUN --mount=type=cache,target=/c set -e; \\\n"
        "    # echo $NOT\n"
        "\n"
        "    echo é $A \\\n"
        '        "x" $B; \\\n'
        "    ec\\\n"
        "ho $C\n"
    )
    places = [("SC2086", 5, 12, "$A"), ("SC2086", 6, 13, "$B"), ("SC2086", 8, 4, "$C")]
    assert shown({"Dockerfile": text}) == places
    assert shown({"Dockerfile": text.replace("\n", "\r\n")}) == places
    shell = 'slim\nSHELL ["/bin/sh", "-c"]\n'
    backticks = "# escape=`\n" + text.replace("\\", "`").replace("slim\n", shell)
    assert shown({"Dockerfile": backticks}) == [
        (code, line + 2, column, words) for code, line, column, words in places
    ]


def test_places_in_heredocs_and_under_onbuild() -> None:
    text = (
        "FROM debian:13.1-slim\n"
        "RUN <<EOF\n  echo $A\nEOF\n"
        "RUN <<-EOF\n\t\techo $B\n\tEOF\n"
        "RUN cat <<'EOF' > /x && echo $C\necho $NOT\nEOF\n"
        "RUN <<EOF\n#!/bin/bash -e\n[[ a = $D ]]; cd /x; echo $D\nEOF\n"
        "RUN <<EOF\n#!/usr/bin/env python3\nprint($NOT)\nEOF\n"
        "ONBUILD RUN echo $E\n"
        'RUN ["echo", "$NOT"]\nCOPY $NOT /\n'
    )
    assert [(line, column, words) for _, line, column, words in shown({"Dockerfile": text})] == [
        (3, 8, "$A"), (6, 8, "$B"), (8, 30, "$C"), (13, 8, "$D"), (13, 27, "$D"), (19, 18, "$E"),
    ]  # fmt: skip


def test_the_shell_is_the_one_in_force() -> None:
    text = "RUN [[ a = a ]]; cd /x; y\n"
    assert [code for code, *_ in shown({"Dockerfile": f"FROM debian:13.1-slim\n{text}"})] == [
        "SC3010", "SC2050", "SC2164",
    ]  # fmt: skip
    bash = f'FROM debian:13.1-slim\nSHELL ["/bin/bash", "-eo", "pipefail", "-c"]\n{text}'
    assert [code for code, *_ in shown({"Dockerfile": bash})] == ["SC2050"]
    assert [code for code, *_ in shown({"Dockerfile": f"FROM alpine:3.22.1\n{text}"})] == ["SC2050", "SC2164"]
    for other in ('["pwsh", "-c"]', '["/bin/zsh", "-c"]', '["/usr/bin/python3", "-c"]'):
        assert shown({"Dockerfile": f"FROM x\nSHELL {other}\n{text}"}) == []


def test_places_in_every_notation_of_yaml() -> None:
    text = workflow(
        "run: echo $A",
        "run: 'echo ''x'' $B'",
        'run: "echo \\"\\u00e9\\" \\\n          $C"',
        "run: >-\n          echo\n          $D",
        "run: |2-\n          echo $E\n\n           echo $F",
        "run: &s echo $G",
        "run: *s",
        "run: echo $NOT\n        shell: pwsh",
        "run: echo $NOT\n        shell: python",
    )
    assert [(line, column, words) for _, line, column, words in shown({WORKFLOW: text})] == [
        (6, 19, "$A"), (7, 26, "$B"), (9, 11, "$C"), (12, 11, "$D"), (14, 16, "$E"), (16, 17, "$F"),
        (17, 22, "$G"),
    ]  # fmt: skip


def test_actions_and_the_shell_of_steps() -> None:
    action = (
        "name: a\nruns:\n  using: composite\n  steps:\n"
        "    - run: cd a; [[ -n $B ]]\n      shell: bash {0}\n"
        "    - run: cd a; [[ -n $B ]]\n      shell: sh\n"
    )
    assert shown({"a/action.yml": action}) == [("SC2164", 5, 12, "cd a"), ("SC3010", 7, 18, "[[ -n $B ]]")]
    defaults = workflow("run: '[[ -n $B ]]'", head="defaults: {run: {shell: sh}}\n")
    assert [code for code, *_ in shown({WORKFLOW: defaults})] == ["SC3010"]


def test_variables_of_the_stage_are_known_and_those_of_runners_are_not_asked_for() -> None:
    docker = 'FROM x\nARG one\nENV two=2\nRUN echo "$one $two $three $http_proxy"\nONBUILD RUN echo "$one"\n'
    assert shown({"Dockerfile": docker}) == [("SC2154", 4, 21, "$three"), ("SC2154", 5, 19, "$one")]
    assert shown({WORKFLOW: workflow('run: echo "$one"')}) == []


def fixed(files: Mapping[str, str], path: str) -> tuple[str, set[str]]:
    fixes = [finding.fix for finding in look(files) if finding.fix]
    edits = [change.edit for fix in fixes for change in fix.edits]
    return apply_edits(files[path], edits), {fix.safety for fix in fixes}


def test_fixes_are_made_where_the_script_stands_as_it_is() -> None:
    docker = 'FROM x\nRUN echo $A \\\n  # comment\n  $B\\\n  && c=`d` && e "$c"\n'
    result, safety = fixed({"Dockerfile": docker}, "Dockerfile")
    assert result == ('FROM x\nRUN echo "$A" \\\n  # comment\n  "$B"\\\n  && c=$(d) && e "$c"\n')
    assert safety == {"safe", "unsafe"}
    steps = workflow("run: |\n          echo $A${{ x }} $B", "run: >\n          echo\n          $C")
    assert fixed({WORKFLOW: steps}, WORKFLOW)[0] == steps.replace("$A", '"$A"').replace("$B", '"$B"').replace(
        "$C", '"$C"'
    )


def test_fixes_are_written_in_the_quotes_of_yaml_and_none_is_made_where_they_would_begin_some() -> None:
    steps = workflow("run: $A", "run: 'echo $A'", 'run: "echo $A"', 'run: "echo `a`"')
    mended = workflow("run: $A", "run: 'echo \"$A\"'", 'run: "echo \\"$A\\""', 'run: "echo $(a)"')
    assert fixed({WORKFLOW: steps}, WORKFLOW) == (mended, {"safe", "unsafe"})


def test_backslashes_in_backticks_may_mean_something_else() -> None:
    for text, safety in (("a=`b`", {"safe"}), ("a=`b \\\\\\\\n`", {"unsafe"})):
        steps = workflow(f'run: |\n          {text}\n          echo "$a"')
        assert fixed({WORKFLOW: steps}, WORKFLOW)[1] == safety


def test_what_a_rule_of_cilint_finds_is_said_once() -> None:
    text = 'FROM x\nRUN cd /a; rm $B; c $D; export E="$(f)" G="$(h)"\n'
    alone = [(code, words) for code, _, _, words in shown({"Dockerfile": text})]
    assert alone == [
        ("SC2164", "cd /a"), ("SC2086", "$B"), ("SC2086", "$D"), ("SC2155", "E"), ("SC2155", "G"),
    ]  # fmt: skip
    both = shown({"Dockerfile": text}, "shell/unguarded-cd", "shell/unquoted-path", "shell/masked-failure")
    assert [(code, words) for code, _, _, words in both] == [
        (None, "cd /a"), (None, "$B"), ("SC2086", "$D"), (None, "$(f)"), ("SC2155", "G"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "comment",
    [
        "# hadolint ignore=SC2086",
        "# hadolint global ignore=SC2086",
        "# cilint: ignore[shell/shellcheck] words are meant",
    ],
)
def test_comments_suppress(comment: str) -> None:
    text = f"{comment}\nFROM x\nRUN echo $A\n" if "global" in comment else f"FROM x\n{comment}\nRUN echo $A\n"
    assert shown({"Dockerfile": text}, suppressed=1) == []
    assert len(shown({"Dockerfile": text.replace("SC2086", "SC2046").replace("ignore[", "x[")})) == 1


def test_codes_are_left_out_and_severities_follow_shellcheck() -> None:
    text = workflow("run: |\n          . ./a; read b; if c; echo `d`; [ $b ]")
    found = {finding.code: finding.severity.label for finding in look({WORKFLOW: text})}
    assert found["SC1073"] == "error"
    text = workflow("run: |\n          . ./a; read b; export b=$(c); d `e`")
    levels = {finding.code: finding.severity.label for finding in look({WORKFLOW: text})}
    assert levels == {"SC2162": "info", "SC2155": "warning", "SC2046": "warning", "SC2006": "info"}
    left = {finding.code for finding in look({WORKFLOW: text}, exclude=["SC2162", "SC2006"])}
    assert left == {"SC2155", "SC2046"}


def test_one_process_serves_all_files(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[object] = []
    run: Any = subprocess.run

    def noting(*given: Any, **more: Any) -> Any:
        started.append(given)
        return run(*given, **more)

    monkeypatch.setattr(subprocess, "run", noting)
    shellcheck._answers.clear()
    files = {f"{name}/Dockerfile": f"FROM x\nRUN echo ${name}\n" for name in "ABC"}
    files |= {WORKFLOW: workflow("run: echo $D", "run: echo $D\n        shell: sh")}
    assert len(look(files)) == 5
    assert len(started) == 1
