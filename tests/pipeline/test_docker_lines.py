"""Dockerfiles instruction by instruction: stages, names, ports, variables, copies, processes, pipelines."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import TypeVar

import pytest

from cilint.model.dockerfile import Dockerfile
from cilint.model.dockerignore import ignored_by, read_patterns
from cilint.model.files import MemoryFiles
from cilint.model.project import Project
from cilint.pipeline.effects.docker_commands import run_commands
from cilint.pipeline.effects.docker_copies import copies
from cilint.pipeline.effects.docker_froms import froms, image_uses
from cilint.pipeline.effects.docker_labels import problem
from cilint.pipeline.effects.docker_lines import is_kept, lines
from cilint.pipeline.effects.docker_ports import exposed
from cilint.pipeline.effects.docker_processes import folders, processes, users
from cilint.pipeline.effects.docker_runs import runs
from cilint.pipeline.effects.docker_settings import settings
from cilint.pipeline.effects.docker_variables import undefined
from cilint.pipeline.effects.package_installs import package_commands
from cilint.text.source import SourceFile, Span

T = TypeVar("T")


def read(function: Callable[[Dockerfile], Iterable[T]], text: str) -> list[T]:
    return list(function(Dockerfile(SourceFile("Dockerfile", text))))


def cut(text: str, span: Span | None) -> str:
    return text[span.start : span.end] if span else ""


def test_lines_without_a_stage_and_under_onbuild() -> None:
    found = read(lines, "ARG A\nRUN x\nFROM a\nONBUILD COPY b c\nNONSENSE\n")
    assert [(line.name, line.in_stage, line.onbuild) for line in found] == [
        ("ARG", False, False),
        ("RUN", False, False),
        ("FROM", True, False),
        ("ONBUILD", True, False),
        ("COPY", True, True),
    ]
    assert [line.name for line in found if line.comes_too_early] == ["RUN"]


def test_a_file_without_from_is_judged_as_on_an_unknown_image() -> None:
    (line,) = read(lines, "RUN x\n")
    assert is_kept(line.stage)
    assert line.stage.base == "\0"


def test_the_last_line_of_an_instruction() -> None:
    text = "FROM a\nRUN x \\\n\n  y\nENV A=1 \\\n\n"
    assert [cut(text, line.last_line).strip() for line in read(lines, text)] == ["FROM a", "y", ""]


@pytest.mark.parametrize(
    ("text", "constant", "redundant", "of_the_build"),
    [
        ("FROM --platform=linux/amd64 a", True, False, False),
        ("FROM --platform=linux/amd64 a AS x-amd64", False, False, False),
        ("FROM --platform=linux/aarch64 a AS arm64", False, False, False),
        ("FROM --platform=nonsense a", False, False, False),
        ("FROM --platform=$TARGETPLATFORM a", False, True, True),
        ("FROM --platform=${TARGETPLATFORM:-x} a", False, True, True),
        ("FROM --platform=x$TARGETPLATFORM a", False, False, True),
        ("FROM --platform=$BUILDPLATFORM a", False, False, True),
    ],
)
def test_platforms(text: str, constant: bool, redundant: bool, of_the_build: bool) -> None:
    (from_,) = read(partial(froms, Project(MemoryFiles({}))), text + "\n")
    found = (from_.platform_is_constant, from_.platform_is_redundant, from_.platform_is_of_the_build)
    assert found == (constant, redundant, of_the_build)


def test_images_and_registries() -> None:
    text = "FROM a AS b\nFROM b\nCOPY --from=ghcr.io/x/y:1 a b\n"
    text += "RUN --mount=from=q.io/z:1,target=/z z\nFROM scratch\n"
    uses = read(image_uses, text)
    assert [use.image.host for use in uses] == ["docker.io", "ghcr.io", "q.io"]
    assert [use.comes_from(["hub.docker.com", "*.io"]) for use in uses] == [True, True, True]
    assert [use.comes_from(["gh*"]) for use in uses] == [False, True, False]


def test_ports() -> None:
    text = "FROM a\nENV P=70000 Q=53/UDP\nEXPOSE $P $Q 1:2:3/tcp 80-65536 ${X}\n"
    ports = read(exposed, text)
    assert [port.is_too_high for port in ports] == [True, False, False, True, False]
    assert [port.protocol for port in ports] == ["", "UDP", "tcp", "", ""]
    assert [port.is_mapping for port in ports] == [False, False, True, False, False]
    assert ports[2].container_port == "3/tcp"


@pytest.mark.parametrize(
    ("name", "secret", "hints"),
    [
        ("DB_PASSWORD", True, False),
        ("PASSWORD_FILE", False, True),
        ("PUBLIC_KEY", False, False),
        ("KEYBOARD", False, False),
        ("PGPASSWORD", False, True),
        ("TOKENIZERS_PARALLELISM", False, False),
        ("Api_Key", True, False),
    ],
)
def test_names_of_secrets(name: str, secret: bool, hints: bool) -> None:
    (setting,) = read(settings, f"FROM a\nENV {name}=1\n")
    assert (setting.is_secret, setting.hints_at_secret) == (secret, hints)


@pytest.mark.parametrize(
    ("value", "kind", "ends"),
    [
        ("", "text", "empty"),
        ("https://example.com/a", "url", ""),
        ("example", "url", "a URL"),
        ("1.2.3-rc.1+x", "semver", ""),
        ("1.2", "semver", "1.2.3"),
        ("0123abc", "hash", ""),
        ("0123ABC", "hash", "digits"),
        ("2025-01-31T08:00:00Z", "rfc3339", ""),
        ("2025-01-31T08:00:00", "rfc3339", "08:00:00Z"),
        ("2025-13-31T08:00:00Z", "rfc3339", "08:00:00Z"),
        ("(MIT OR Apache-2.0) AND GPL-2.0-only WITH Classpath-exception-2.0", "spdx", ""),
        ("MIT Apache-2.0", "spdx", "MIT"),
        ("Apache2", "spdx", "MIT"),
        ("a@example.com", "email", ""),
        ("a@example", "email", "address"),
        ("a\0", "email", ""),
        ("anything", "whatever", ""),
    ],
)
def test_values_of_labels(value: str, kind: str, ends: str) -> None:
    said = problem(value, kind)
    assert said.endswith(ends)
    assert bool(said) == bool(ends)


def test_undefined_variables() -> None:
    text = "ARG G=1\nFROM --platform=$X alpine:3.22\nARG A=$B\nENV C=$C D=${A}$G\n"
    text += "COPY --chown=$U a $PATH\nRUN $R\n"
    found = read(undefined, text)
    assert [(each.name, cut(text, each.span)) for each in found] == [
        (n, n) for n in ("X", "B", "C", "G", "U")
    ]
    assert read(undefined, "FROM unknown/image\nCOPY $A b\n") == []
    (near,) = read(undefined, "FROM scratch\nARG SOURCE\nCOPY $SORCE b\n")
    assert near.near == "SOURCE"


def test_hints_are_not_given_without_end() -> None:
    text = "FROM scratch\n" + "".join(f"ARG NAME_{n}\nCOPY $NOME_{n} b\n" for n in range(300))
    found = read(undefined, text)
    assert len(found) == 300
    assert sum(bool(each.near) for each in found) == 50


@pytest.mark.parametrize(
    ("line", "relative", "folder", "unknown", "plain"),
    [
        ("COPY a b", True, False, False, False),
        ("COPY a /b", False, False, False, False),
        ('COPY a b "$C"/d', False, True, False, False),
        ("COPY a b .", True, False, False, False),
        ("COPY --from=x a /b", False, False, True, False),
        ("COPY --from=x/y a /b", False, False, False, False),
        ("ADD a /b", False, False, False, True),
        ("ADD a.tar.xz /b", False, False, False, False),
        ("ADD git@example.com:a /b", False, False, False, False),
    ],
)
def test_copies(line: str, relative: bool, folder: bool, unknown: bool, plain: bool) -> None:
    (copy,) = read(copies, f"FROM a\n{line}\n")
    assert (copy.is_relative, copy.needs_a_folder) == (relative, folder)
    assert (copy.origin_is_unknown, copy.only_copies) == (unknown, plain)


@pytest.mark.parametrize(
    ("command", "json"),
    [
        ("node 'a b'", '["node", "a b"]'),
        ("node $A", ""),
        ("node *.js", ""),
        ("exec node", ""),
        ("a && b", ""),
        ("a > b", ""),
        ("A=1 node", ""),
        ("cd /x", ""),
    ],
)
def test_commands_as_json(command: str, json: str) -> None:
    (process,) = read(processes, f"FROM a\nCMD {command}\n")
    assert process.as_json == json


def test_folders_and_users() -> None:
    text = "FROM a AS b\nWORKDIR x\nWORKDIR y\nUSER root\nUSER 5:x\nFROM b\nWORKDIR z\nUSER x\n"
    assert [(each.is_relative, each.is_first) for each in read(folders, text)] == [
        (True, True),
        (True, False),
        (True, False),
    ]
    assert [(each.is_last, each.is_root, each.has_a_name) for each in read(users, text)] == [
        (False, True, True),
        (True, False, False),
        (True, False, True),
    ]


@pytest.mark.parametrize(
    ("line", "piped"),
    [
        ("RUN a | b", True),
        ("RUN a || b", False),
        ("RUN x $(a |& b)", True),
        ("RUN <<EOF\na | b\nEOF", True),
        ("RUN a | while read x; do b; done", True),
        ("RUN a | (b; c)", True),
        ("RUN set -o pipefail; a | b", False),
        ("RUN set -euxo pipefail && (a | b)", False),
        ("RUN a | b; set -o pipefail", True),
        ("RUN set -o pipefail; set +o pipefail; a | b", True),
        ("RUN bash -c 'a | b'", True),
        ("RUN bash -o pipefail -c 'a | b'", False),
        ("RUN set -o pipefail; bash -c 'a | b'", True),
        ("RUN set -o pipefail; eval 'a | b'", False),
        ("RUN bash -c 'set -o pipefail'; a | b", True),
        ("RUN bash -eo pipefail <<EOF\na | b\nEOF", False),
        ('RUN ["a", "|"]', False),
        ('RUN ["echo", "a | b"]', False),
        ('RUN ["bash", "-c", "a | b"]', True),
        ('RUN ["bash", "-euo", "pipefail", "-c", "a | b"]', False),
        ('SHELL ["/usr/bin/env", "bash", "-o", "pipefail", "-c"]\nRUN a | b', False),
        ('SHELL ["/bin/bash", "-eo", "pipefail", "-c"]\nRUN a | b', False),
        ('SHELL ["/bin/bash", "-c"]\nRUN a | b', True),
        ('SHELL ["cmd.exe", "/c"]\nRUN a | b', False),
    ],
)
def test_pipes(line: str, piped: bool) -> None:
    text = f"FROM a\n{line}\n"
    (run,) = read(runs, text)
    assert cut(text, run.unguarded_pipe)[:1] == ("|" if piped else "")


def test_commands_behind_others() -> None:
    text = "FROM a\nRUN sudo -u x wget y && ls | xargs -n1 /usr/bin/curl\nONBUILD RUN cd z\n"
    found = read(run_commands, text)
    assert [(each.name, cut(text, each.program_span)) for each in found] == [
        ("wget", "wget"),
        ("ls", "ls"),
        ("curl", "/usr/bin/curl"),
        ("cd", "cd"),
    ]
    assert [cut(text, each.sudo_span) for each in found] == ["sudo", "", "", ""]
    assert [each.is_other_downloader for each in found] == [False, False, True, False]


@pytest.mark.parametrize(
    ("patterns", "path", "found"),
    [
        ("dist\n", "dist/a/b", "dist"),
        ("/dist/\n", "dist", "dist"),
        ("**/x\n", "x", "**/x"),
        ("a/**/x\n", "a/b/c/x/y", "a/**/x"),
        ("*.md\n", "docs/a.md", ""),
        ("*\n", ".", "*"),
        ("# x\n\n", "x", ""),
        ("dist\n!dist\n", "dist", ""),
    ],
)
def test_ignored_paths(patterns: str, path: str, found: str) -> None:
    pattern = ignored_by(path, read_patterns(SourceFile(".dockerignore", patterns)))
    assert (pattern.text if pattern else "") == found


@pytest.mark.parametrize(
    "text",
    [
        "COPY $A{0} b\n" * 3000,
        "ENV " + " ".join(f"A{n}=$A{n - 1}" for n in range(3000)),
        "CMD a\n" * 4000,
        "RUN " + " && ".join(["A=1", "pip install $A", "yum install $B"] * 900),
        "COPY a.tar /x\nRUN tar xf a.tar\n" * 700,
    ],
    ids=range(5),
)
def test_hostile_files_take_no_time(text: str) -> None:
    start = time.process_time()
    dockerfile = Dockerfile(SourceFile("Dockerfile", f"FROM alpine:3.22\n{text}\n"))
    for copy in copies(dockerfile):
        assert copy.unpacked_by is None or copy.unpacked_archive
    for variable in undefined(dockerfile):
        assert variable.span
        assert variable.near or not variable.corrected
    for setting in settings(dockerfile):
        assert setting.used_sibling or setting.position == 0
    for process in processes(dockerfile):
        assert process.in_shell_form
        assert not process.removal
    for command in package_commands(dockerfile):
        assert command.assumes_yes is False
        assert not command.with_cleaning
    assert time.process_time() - start < 30
