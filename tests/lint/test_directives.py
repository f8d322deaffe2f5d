"""Comments for ShellCheck in scripts also take back what cilint's own rules find."""

from __future__ import annotations

import pytest

from cilint.lint.check import Judged, check
from cilint.model.files import MemoryFiles
from cilint.rules.active import activate
from cilint.rules.catalogue import builtin

RULES = ("shell/unquoted-expansion", "shell/backticks", "shell/old-grep", "docker/sudo")
HEAD = "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: |\n"


def found(script: str, locked: frozenset[str] = frozenset()) -> tuple[list[str], int]:
    """The words under the carets and the number of findings that were taken back."""
    text = HEAD + "".join(f"          {line}\n" for line in script.split("\n"))
    return judged(".github/workflows/ci.yml", text, locked)


def in_image(text: str) -> list[str]:
    return judged("Dockerfile", f"FROM debian:13.1-slim\n{text}\n", frozenset())[0]


def judged(path: str, text: str, locked: frozenset[str]) -> tuple[list[str], int]:
    catalogue = builtin()
    policy = catalogue.policies["ghcr-dokploy"]
    parameters = {name: parameter.default for name, parameter in policy.parameters.items()}
    active = [activate(catalogue.rules[name], parameters) for name in RULES]
    result = check(MemoryFiles({path: text}), [path], Judged(active, catalogue, parameters, locked))
    spans = [finding.span for finding in result.findings]
    return [text[span.start : span.end] for span in spans if span is not None], result.suppressed


@pytest.mark.parametrize(
    ("script", "left"),
    [
        ("# shellcheck disable=SC2086\necho $A `b`\necho $C", ["`b`"]),
        ("# shellcheck shell=sh disable=2086,SC2006 # why\necho $A `b`", []),
        ("# shellcheck disable=all\necho $A `b`", []),
        ("# shellcheck disable=SC2000-SC2100\necho $A; egrep b c", ["egrep"]),
        ("set -x\n# shellcheck disable=SC2086\necho $A && echo $B\necho $C", ["$C"]),
        ("set -x\n# shellcheck disable=SC2086\n# more\nif a; then\n  echo $A\nfi; echo $C", ["$C"]),
        ("if a; then\n  # shellcheck disable=SC2086\n  echo $A\n  echo $B\nfi\necho $C", ["$B", "$C"]),
        ("f() {\n  b\n  # shellcheck disable=SC2086\n  echo $A\n}\necho $C", ["$C"]),
        ("echo $A\n# shellcheck disable=SC2086", ["$A"]),
        ("# shellcheck disable=SC2087\necho $A", ["$A"]),
        ("# shellcheck source=disable=SC2086\necho $A", ["$A"]),
        ("echo '# shellcheck disable=SC2086'\necho $A", ["$A"]),
        ("# shellcheck disable=\necho $A", ["$A"]),
    ],
)
def test_a_comment_is_about_the_command_behind_it_or_the_whole_script(script: str, left: list[str]) -> None:
    words, suppressed = found(script)
    assert words == left
    assert suppressed == len(found(script.replace("shellcheck", "nobody"))[0]) - len(left)


def test_what_is_locked_stays() -> None:
    script = "# shellcheck disable=SC2086,SC2006\necho $A `b`"
    assert found(script, frozenset({"shell/backticks"})) == (["`b`"], 1)
    assert found(script, frozenset({"shell"})) == (["$A", "`b`"], 0)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("# shellcheck disable=SC2086\nRUN echo $A && echo $B", []),
        ("# shellcheck disable=SC2086\n# why\nRUN echo $A `b`", ["`b`"]),
        ("# shellcheck disable=SC2086\n\nRUN echo $A", ["$A"]),
        ("# shellcheck disable=SC2086\nRUN a\nRUN echo $A", ["$A"]),
        ("# shellcheck disable=SC2086\nRUN <<EOF\necho $A\necho $B\nEOF", []),
        ("RUN <<EOF\nset -x\n# shellcheck disable=SC2086\necho $A\necho $B\nEOF", ["$B"]),
        ('# shellcheck disable=SC2086\nRUN ["bash", "-c", "echo $A"]', []),
        ("# shellcheck disable=SC2086\nONBUILD RUN echo $A", []),
        ("RUN \\\n  # shellcheck disable=SC2086\n  echo $A && echo $B", []),
        ("RUN set -x \\\n  # shellcheck disable=SC2086\n && echo $A \\\n && echo $B", ["$B"]),
        ("RUN echo $A \\\n  # shellcheck disable=SC2086\n $B $C && echo $D", ["$A", "$D"]),
        ("RUN set -x; if a; then \\\n  # shellcheck disable=SC2086\n echo $A; \\\nfi; echo $B", ["$B"]),
        ("RUN echo $A \\\n # shellcheck disable=SC2086\n", ["$A"]),
        ("RUN set -x; \\\r\n # shellcheck disable=SC2086\r\n echo $A; echo $B", ["$B"]),
    ],
)
def test_comments_of_dockerfiles_are_about_the_run_below_or_around_them(text: str, left: list[str]) -> None:
    assert in_image(text) == left
