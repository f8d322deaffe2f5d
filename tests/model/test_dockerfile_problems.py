"""What a build would refuse of a Dockerfile."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cilint.model.dockerfile import Dockerfile
from cilint.model.dockerfile_problems import problems
from cilint.text.source import SourceFile


def found(text: str) -> list[tuple[str, str]]:
    """The places and messages of all problems."""
    file = Dockerfile(SourceFile("Dockerfile", text))
    return [(file.source.slice(problem.span), problem.message) for problem in problems(file)]


@pytest.mark.parametrize(
    ("line", "place", "message"),
    [
        ("COYP a b", "COYP", "did you mean COPY?"),
        ("COPY --form=a b c", "form", "did you mean --from?"),
        ("CMD --x y", "x", "unknown flag --x of CMD"),
        ("COPY --chown=a --chown=b c d", "--chown=b", "given twice"),
        ("COPY --chown a b", "--chown", "needs a value"),
        ("COPY --link=maybe a b", "--link=maybe", "true or false"),
        ("COPY a", "COPY a", "a source and a destination"),
        ("ENV", "ENV", "needs an argument"),
        ("WORKDIR ", "WORKDIR", "needs an argument"),
        ("ONBUILD", "ONBUILD", "needs an argument"),
        ("ENV =a", "=a", "blank"),
        ("ARG =a", "=a", "blank"),
        ("ONBUILD ONBUILD RUN a", "ONBUILD", "not allowed under ONBUILD"),
        ("ONBUILD from x", "from", "not allowed under ONBUILD"),
        ("SHELL bash -c", "bash -c", "JSON array"),
        ("SHELL []", "[]", "JSON array"),
        ("HEALTHCHECK NONE a", "HEALTHCHECK NONE a", "no arguments"),
        ("HEALTHCHECK CMD", "HEALTHCHECK CMD", "needs a command"),
        ("HEALTHCHECK curl x", "curl x", "unknown type CURL"),
        ("HEALTHCHECK --interval=5 CMD a", "--interval=5", "invalid value 5"),
        ("HEALTHCHECK --interval=1us CMD a", "--interval=1us", "invalid value"),
        ("HEALTHCHECK --retries=-1 CMD a", "--retries=-1", "invalid value"),
        ("EXPOSE 80 70000", "70000", "invalid port 70000"),
        ("EXPOSE 80/http", "80/http", "invalid port"),
        ("EXPOSE 9-8", "9-8", "invalid port"),
        ("STOPSIGNAL SIGFOO", "SIGFOO", "unknown signal"),
        ("COPY a <<E\nE", "<<E", "destination"),
        ('VOLUME [""]', '""', "empty"),
        ("ENV A=${B:=c}", "${B:=c}", "unsupported modifier"),
        ("WORKDIR '/a", "'/a", "single-quote"),
        ("RUN --mount=type=cash ls", "type=cash", "did you mean cache?"),
        ("RUN --mount=type=cache,tgt=/x ls", "tgt=/x", "unknown mount option tgt"),
        ("RUN --mount=type=cache,target=/x,sharing=lock ls", "sharing=lock", "did you mean locked?"),
        ("RUN --mount=target=/x,sharing=locked ls", "sharing=locked", "only for mounts of type cache"),
        ("RUN --mount=type=bind,target ls", "target", "needs a value"),
        ("RUN --mount=type=bind,target=/x,ro=maybe ls", "ro=maybe", "true or false"),
        ("RUN --mount=from=$A,target=/x ls", "from=$A", "no variables"),
        ("RUN --mount=type=cache,target=/ ls", "target=/", "cannot have /"),
        ("RUN --mount=type=cache,target=/x,mode=9 ls", "mode=9", "octal"),
        ("RUN --mount=type=secret ls", "--mount=type=secret", "needs an id"),
        ("RUN --mount=type=secret,id=a,from=b ls", "--mount=type=secret,id=a,from=b", "no from"),
        ("RUN --device=x ls", "device", "labs"),
        ("COPY --from=$A a b", "$A", "no variables"),
        ("COPY --from=last a b", "last", "copies from itself"),
        ("COPY --from=5 a b", "5", "numbered from 0 to 1"),
    ],
)
def test_one_problem_of_an_instruction(line: str, place: str, message: str) -> None:
    [(where, what)] = found(f"FROM a AS first\nFROM b AS last\n{line}\n")
    assert where == place
    assert message in what


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("ENV A=1\nFROM a\n", "ENV", "before the first FROM"),
        ("FORM a\n", "FORM", "did you mean FROM?"),
        ("ARG A=1\n", "ARG A=1", "no FROM"),
        ("FROM a b\n", "FROM a b", "AS and a name"),
        ("FROM\n", "FROM", "AS and a name"),
        ("FROM a AS 1x\n", "1x", "invalid stage name"),
        ("FROM $A\n", "$A", "is empty"),
        ("FROM a AS base\nFROM Base\n", "Base", "in lower case only"),
        ("FROM --platform=$TARGETPLATFROM a\n", "--platform=$TARGETPLATFROM", "is empty"),
        ("FROM ${A?}\n", "${A?}", "A: is not allowed to be unset"),
    ],
)
def test_one_problem_of_a_stage(text: str, place: str, message: str) -> None:
    [(where, what)] = found(text)
    assert where == place
    assert message in what


def test_stages_that_need_each_other() -> None:
    [(where, what)] = found("FROM a AS x\nCOPY --from=y a b\nFROM x AS y\n")
    assert (where, what) == ("y", "stage y needs this stage itself")


@pytest.mark.parametrize(
    "line",
    [
        "COPY --link --parents --exclude=a --exclude=b --chmod=u+x --from=first c d",
        "ADD --keep-git-dir=TRUE --checksum=sha256:1 --unpack https://x /y",
        "HEALTHCHECK --interval=1m30s --timeout=0s --start-period=.5h --start-interval=1ms --retries=0 CMD a",
        "HEALTHCHECK NONE",
        "EXPOSE 80 81/udp 90-99/SCTP 127.0.0.1:80:80 $A",
        "STOPSIGNAL RTMIN+3",
        "STOPSIGNAL sigterm",
        "STOPSIGNAL 9",
        "RUN --mount=type=cache,dst=/x,sharing=locked,uid=1,mode=0755 --mount=type=ssh,required ls",
        "RUN --mount=type=$A,target=/x,sharing=locked --mount=type=secret,id=a,env=B ls",
        "RUN --network=none --security=insecure ls",
        "ENV A=${B:-${C}} 'D'=e",
        "ARG a b=1",
        "RUN",
        "CMD []",
        "ONBUILD COPY --from=x a b",
        "VOLUME /a /b",
        "COPY --from=nginx:1 a b",
        "RUN echo ${A:=b} 'c",
        "LABEL a=$B",
    ],
)
def test_what_is_right(line: str) -> None:
    assert found(f"ARG X\nFROM a:$X AS first\nFROM --platform=$TARGETPLATFORM first\n{line}\n") == []


def test_an_image_of_a_stage_that_is_not_built_is_not_judged() -> None:
    assert found("FROM A\nFROM b\n") == []


@given(st.text(alphabet="FROMCPYUN \n-=,\"'[]${}<a1/", max_size=60))
def test_any_text_has_an_answer(text: str) -> None:
    assert all(message for _, message in found("FROM a\n" + text))
