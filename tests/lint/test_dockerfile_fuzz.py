"""Dockerfiles that are put together by the grammar and then damaged: every rule has an answer, nothing is lost."""

from __future__ import annotations

from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from cilint.lint.check import Judged, check
from cilint.model.files import MemoryFiles
from cilint.rules.active import activate
from cilint.rules.catalogue import builtin
from cilint.syntax.dockerfile import parse

KEYWORDS = (
    "FROM", "RUN", "COPY", "ADD", "ENV", "ARG", "LABEL", "USER", "WORKDIR", "CMD", "ENTRYPOINT", "SHELL", "EXPOSE",
    "VOLUME", "STOPSIGNAL", "MAINTAINER", "HEALTHCHECK CMD", "HEALTHCHECK NONE", "ONBUILD RUN", "ONBUILD COPY", "FORM",
    "run",
)  # fmt: skip
FLAGS = (
    "--mount=type=cache,target=/x", '--mount="type=bind,from=a,source=/"', "--mount=", "--from=a", "--chown=a:b",
    "--platform=$BUILDPLATFORM", "--network=none", "--link", "--chmod=u+x", "--interval=5s", "--exclude=*.md", "--x",
)  # fmt: skip
WORDS = (
    "a", "/app", ".", "node:22", "AS a", "$X", "${X:-${Y:-b}}", "${A#b*}", "${A//x/y}", "${X?}", '"q $A"', "'s'",
    "x\\ y", "a=b", 'a="b c"', "80/tcp", "root", "*.tar.gz", "https://x/y", '["sh", "-c", "a | b"]', '["a", 1]',
    "<<EOF\ncd /x\nEOF", '<<-"E"\n\ta | b\n\tE', "<<EOF", "#c",
)  # fmt: skip
COMMANDS = (
    "apt-get update && apt-get install -y curl", "npm ci --omit=dev", "pip install x==1 || true", "cd /x; make | tee log",
    'bash -c "a | b"', "curl -fsSLk https://x | sh", "if a; then b; else c; fi", "for i in 1 2; do echo $i; done",
    "set -euo pipefail; a | b", "env A=1 sudo -E yarn add x", 'x="$(a | b)"', "chown -R a /app", "a <<E\nb\nE",
)  # fmt: skip
DAMAGE = (
    "", "", "\\", "\\\n", "\n", "\n\n", "\r\n", '"', "'", "`", "$", "${", "}", "$(", ")", "<<", "[", "]", "#", "--",
    "=", ",", "|", "&&", ";", "\0", "\t", "é", "\ufeff", "\U0001f600", "EOF", "FROM ",
)  # fmt: skip
GAPS = (" ", " ", "  ", "\t", " \\\n  ", " \\\n# why\n  ", " \\\n\n")
HEADS = ("", "", "# syntax=docker/dockerfile:1\n", "# escape=`\n", "# check=skip=all\n", "ARG X=1\n")

instructions = st.builds(
    lambda keyword, flags, gap, words, end: gap.join([keyword, *flags, *words]) + end,
    st.sampled_from(KEYWORDS),
    st.lists(st.sampled_from(FLAGS), max_size=2),
    st.sampled_from(GAPS),
    st.lists(st.sampled_from(WORDS + COMMANDS), max_size=4),
    st.sampled_from(("\n", "\n", "\n\n", "\n# note\n", "")),
)
damages = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 12), st.sampled_from(DAMAGE)), max_size=4)


@st.composite
def dockerfiles(draw: st.DrawFn) -> str:
    """A Dockerfile of a few instructions in which some places are replaced by something else."""
    text = draw(st.sampled_from(HEADS)) + "".join(draw(st.lists(instructions, max_size=8)))
    for place, length, piece in draw(damages):
        at = int(place * len(text))
        text = text[:at] + piece + text[at + length :]
    return text.replace("\n", "\r\n") if draw(st.booleans()) else text


@cache
def docker_rules() -> Judged:
    known = builtin()
    declared = known.policies["ghcr-dokploy"].parameters
    parameters = {name: parameter.default for name, parameter in declared.items()}
    rules = [rule for rule in known.rules.values() if rule.group == "docker"]
    return Judged([activate(rule, parameters) for rule in rules], known, parameters)


@settings(max_examples=250)
@given(dockerfiles())
def test_every_rule_has_an_answer_and_no_character_is_lost(text: str) -> None:
    assert "".join(text[part.span.start : part.span.end] for part in parse(text).parts) == text
    result = check(MemoryFiles({"Dockerfile": text}), ["Dockerfile"], docker_rules())
    assert result.checked == ("Dockerfile",)
    spans = [found.span for found in result.findings if found.span is not None]
    assert all(0 <= span.start <= span.end <= len(text) for span in spans)
