"""Stages, state, copies and ports of Dockerfiles."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cilint.model.dockerfile import Dockerfile, Stage
from cilint.syntax.dockerfile import Instruction
from cilint.text.source import SourceFile


def read(text: str) -> Dockerfile:
    return Dockerfile(SourceFile("Dockerfile", text))


def final(text: str) -> Stage:
    stage = read(text).final
    assert stage
    return stage


def last(stage: Stage, name: str) -> Instruction:
    found = stage.last(name)
    assert found
    return found


def test_stages_have_names_bases_and_numbers() -> None:
    file = read("ARG V=22\nFROM node:${V} AS Deps\nFROM deps AS b\nFROM Deps\nFROM scratch\n")
    assert [(stage.name, stage.base) for stage in file.stages] == [
        ("deps", "node:22"),
        ("b", "deps"),
        (None, "Deps"),
        (None, "scratch"),
    ]
    deps, b, third, scratch = file.stages
    assert b.base_stage is deps
    assert b.image is None
    assert third.base_stage is None  # FROM compares names as they are written
    assert scratch.image is None
    assert scratch.is_final
    assert not deps.is_final
    assert file.stage("DEPS") is deps
    assert file.stage("1") is b
    assert file.stage("9") is None
    assert file.source.slice(deps.name_span or deps.span) == "Deps"


@pytest.mark.parametrize(
    ("preamble", "base", "expected"),
    [
        ("ARG A=1\nARG B=${A}.2", "x:$B", "x:1.2"),
        ("ARG A", "x:$A", "x:\0"),
        ("ARG A", "x:${A:-3}", "x:3"),
        ("", "x:$A", "x:"),
        ("", "x-$TARGETARCH", "x-\0"),
        ("ARG A='q'", '"$A"', "q"),
        ("ARG A=1 B=$A", "x:$B", "x:1"),
    ],
)
def test_the_base_with_argument_defaults(preamble: str, base: str, expected: str) -> None:
    assert final(f"{preamble}\nFROM {base}").base == expected


def test_a_later_stage_of_the_same_name_is_what_from_and_copy_mean() -> None:
    file = read("FROM a AS x\nFROM b AS x\nFROM x\nCOPY --from=x a b\n")
    assert file.stages[2].base_stage is file.stages[1]
    assert file.stages[2].copies[0].stage is file.stages[1]


def test_state_follows_the_instructions_and_the_chain() -> None:
    text = """\
ARG G=global
FROM example.com/x AS base
WORKDIR /app
ENV A=1 B=$A
USER node
SHELL ["/bin/bash", "-c"]
FROM base
ARG G
ARG OWN=$A
WORKDIR sub
ENV C=$B$G$OWN
RUN x
USER $C
"""
    stage = final(text)
    state = stage.state(last(stage, "RUN"))
    assert dict(state.env) == {"A": "1", "B": "\0", "C": "\0global1"}
    assert dict(state.args) == {"G": "global", "OWN": "1"}
    assert (state.workdir, state.user, state.shell) == ("/app/sub", "node", ("/bin/bash", "-c"))
    assert state.user_from
    assert state.user_from.line == 5
    assert stage.final_state.user == "\0global1"
    assert stage.state(stage.instructions[0]).env.get("C") is None


def test_what_onbuild_holds_finds_what_the_image_and_the_onbuilds_before_leave() -> None:
    stage = final(
        "FROM scratch\nARG a=1\nENV e=2\nWORKDIR /w\nONBUILD ARG b=3\nONBUILD ENV f=$a-$b-$e\n"
        'ONBUILD RUN x\nONBUILD WORKDIR y\nONBUILD RUN y\nENV e=4\nSHELL ["bash", "-c"]\nRUN z\n'
    )
    held = [each.nested for each in stage.instructions if each.nested and each.nested.name == "RUN"]
    first, second = (stage.state(each) for each in held)
    assert dict(first.values) == {"b": "3", "e": "4", "f": "-3-4"}
    assert (first.workdir, second.workdir, first.shell) == ("/w", "/w/y", ("bash", "-c"))
    own = stage.state(last(stage, "RUN"))
    assert (dict(own.values), own.workdir) == ({"a": "1", "e": "4"}, "/w")


def test_env_wins_over_arg_and_the_latest_of_each_wins() -> None:
    stage = final("FROM scratch\nENV A=env\nARG A=arg\nARG B=1\nARG B=2\nRUN $A")
    assert stage.expand("$A$B$C", last(stage, "RUN")) == "env2"


def test_global_arguments_are_not_seen_in_stages_without_arg() -> None:
    stage = final("ARG A=1\nFROM scratch\nRUN a\nARG A\nRUN b\nARG TARGETARCH\nARG NONE\nRUN c")
    first, second, third = (each for each in stage.instructions if each.name == "RUN")
    assert stage.expand("x$A", first) == "x"
    assert stage.expand("x$A", second) == "x1"
    assert stage.expand("$TARGETARCH-$NONE-${NONE:-d}", third) == "\0-\0-d"


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        ("example.com/x", ("\0", None, "\0\0\0")),
        ("node:22", ("\0", None, "\0\0")),
        ("scratch", ("/", "", "\0")),
    ],
)
def test_nothing_is_known_of_an_image_some_of_an_official_one_and_all_of_scratch(
    base: str, expected: tuple[str, str | None, str]
) -> None:
    stage = final(f"FROM {base}\nRUN a")
    state = stage.final_state
    text = stage.expand("$PATH$NODE_VERSION$OTHER", stage.instructions[0])
    assert (state.workdir, state.user, text) == expected


@pytest.mark.parametrize(
    ("workdirs", "expected"),
    [
        ("/a|b", "/a/b"),
        ("a", "\0/a"),
        ("/a/|../c/", "/c"),
        ("$X/a|b", "\0/a/b"),
        ("/a|/b", "/b"),
        ("//a", "/a"),
    ],
)
def test_working_directories(workdirs: str, expected: str) -> None:
    text = "".join(f"WORKDIR {workdir}\n" for workdir in workdirs.split("|"))
    assert final(f"FROM example.com/x\n{text}").final_state.workdir == expected


COPIES = """\
FROM node AS b
FROM node
WORKDIR /app
COPY package.json ./
COPY --from=b /app/node_modules ./node_modules
COPY --from=0 app/ .
COPY --from=B --parents /app/x /y/
COPY --from=nginx:1 /etc/a /etc/b /conf/
COPY <<E /f
E
"""


def test_copies() -> None:
    stage = final(COPIES)
    b = stage.dockerfile.stages[0]
    assert [(copy.stage, copy.sources, copy.destination, copy.into) for copy in stage.copies] == [
        (None, ("package.json",), "/app", True),
        (b, ("/app/node_modules",), "/app/node_modules", False),
        (b, ("/app",), "/app", True),
        (b, ("/app/x",), "/y", True),
        (None, ("/etc/a", "/etc/b"), "/conf", True),
        (None, (), "/f", False),
    ]
    image = stage.copies[4].image
    assert image
    assert image.path == "nginx"


def test_where_a_copied_path_comes_from() -> None:
    manifest, modules, app, parents, several, _ = final(COPIES).copies
    assert modules.origins("/app/node_modules/x") == ["/app/node_modules/x"]
    assert app.origins("/app/node_modules") == ["/app/node_modules"]
    assert manifest.origins("/app/package.json") == ["package.json/package.json", "package.json"]
    assert modules.origins("/app") == []
    assert modules.brings("/app")
    assert not modules.brings("/app/dist")
    assert parents.origins("/y/app/x/z") == ["/app/x/z"]
    assert several.origins("/conf/b") == ["/etc/a/b", "/etc/b/b", "/etc/b"]


def test_reachable_stages() -> None:
    text = (
        "FROM a AS one\nFROM b AS two\nFROM c AS three\nFROM one\nCOPY --from=d x y\nRUN --mount=from=two\n"
    )
    assert [stage.is_reachable for stage in read(text).stages] == [True, True, False, True]


def test_what_is_in_force_comes_from_the_nearest_stage() -> None:
    text = (
        'FROM a AS x\nHEALTHCHECK CMD a\nCMD ["x"]\nEXPOSE 80\nFROM x AS y\nENV P=81\nEXPOSE $P/UDP 82-84\n'
    )
    stage = final(text)
    assert stage.healthcheck
    assert stage.healthcheck.line == 2
    assert stage.command
    assert [(port.first, port.last, port.protocol) for port in stage.ports] == [
        (80, 80, "tcp"),
        (81, 81, "udp"),
        (82, 84, "tcp"),
    ]
    assert [port.covers(83) for port in stage.ports] == [False, False, True]
    other = final(text + "ENTRYPOINT z\nHEALTHCHECK NONE\n")
    assert other.command is None
    assert other.healthcheck
    assert other.healthcheck.health_type == "NONE"
    assert other.entrypoint


def test_the_stage_of_an_instruction() -> None:
    file = read("ARG A\nFROM a\nRUN b\nFROM c\nRUN d\n")
    stages = [file.stage_of(each) for each in file.instructions]
    assert [stage.index if stage else None for stage in stages] == [None, 0, 0, 1, 1]


def test_the_root_image_and_the_platform() -> None:
    stage = final("FROM node:22 AS a\nFROM a AS b\nUSER x\nFROM --platform=$BUILDPLATFORM b\nRUN y\n")
    assert [each.name for each in stage.chain] == ["b", "a"]
    assert stage.root_image
    assert stage.root_image.tag == "22"
    assert stage.platform == "\0"
    assert [each.name for each in stage.lineage] == ["USER", "RUN"]


LINES = [
    "FROM a AS b",
    "FROM b",
    "FROM $X",
    "FROM",
    "ARG X=${X:-$Y}",
    "ARG X",
    "ENV X=$X$X Y=",
    "WORKDIR $X/..",
    "COPY --from=b . ..",
    "COPY --from=1 a",
    "EXPOSE $X 1-",
    "USER '",
    "CMD x",
    "RUN --mount=from=b,type= ls",
]


@given(st.lists(st.sampled_from(LINES), max_size=14))
def test_any_file_has_a_model(lines: list[str]) -> None:
    file = read("\n".join(lines))
    for stage in file.stages:
        assert all(copy.destination for copy in stage.copies)
        assert all(port.instruction in list(stage.lineage) for port in stage.ports)
        assert stage.final_state.workdir.startswith(("/", "\0"))
        assert all(used in file.stages for used in stage.uses)
        assert stage.chain == (
            () if stage.base_stage is None else (stage.base_stage, *stage.base_stage.chain)
        )
    assert not file.stages or file.final in file.reachable


@pytest.mark.parametrize(
    "text",
    [
        "FROM a\n" + "ENV A=$A$A$Ax\n" * 3000,
        "FROM a AS s0\n" + "".join(f"FROM s{at} AS s{at + 1}\n" for at in range(3000)),
        "FROM a\n" + "".join(f"ENV A{at}={at}\nRUN $A{at}\n" for at in range(4000)),
        "FROM a AS s\n" + "COPY --from=s a b\n" * 4000,
    ],
    ids=range(4),
)
def test_hostile_files_take_no_time(text: str) -> None:
    start = time.process_time()
    file = read(text)
    for stage in file.stages[-200:]:
        for instruction in stage.instructions:
            stage.expand("$A$B", instruction)
    assert file.reachable
    assert time.process_time() - start < 30


@pytest.mark.parametrize(
    ("text", "words"),
    [("FROM a\n" + "RUN true\n" * 120_000, "more than 1,048,576 characters"), ("FROM a\n\0\1\2", "binary")],
)
def test_what_is_no_text_or_too_long_is_one_error(text: str, words: str) -> None:
    dockerfile = Dockerfile(SourceFile("Dockerfile", text))
    assert dockerfile.stages == ()
    assert [words in error.message for error in dockerfile.document.errors] == [True]


def test_a_nul_character_alone_is_no_reason_to_refuse_a_file() -> None:
    dockerfile = Dockerfile(SourceFile("Dockerfile", 'FROM a\nLABEL b="\0"\n'))
    assert dockerfile.unreadable is None
    assert len(dockerfile.stages) == 1
