"""What a build would refuse of a Dockerfile."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cilint.model.dockerfile import Dockerfile
from cilint.model.dockerfile_origins import origin_problem
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
        ("ONBUILD --x RUN a", "x", "unknown flag --x of ONBUILD"),
        ("SHELL bash -c", "bash -c", "JSON array"),
        ("SHELL []", "[]", "JSON array"),
        ("HEALTHCHECK NONE a", "HEALTHCHECK NONE a", "no arguments"),
        ("HEALTHCHECK CMD", "HEALTHCHECK CMD", "needs a command"),
        ("HEALTHCHECK curl x", "curl x", "unknown type CURL"),
        ("HEALTHCHECK --interval=5 CMD a", "--interval=5", "invalid value 5"),
        ("HEALTHCHECK --interval=1us CMD a", "--interval=1us", "invalid value"),
        ("HEALTHCHECK --retries=-1 CMD a", "--retries=-1", "invalid value"),
        ("EXPOSE 300.0.0.1:80:80", "300.0.0.1:80:80", "no IP address"),
        ("EXPOSE 70000:80", "70000:80", "no port of the host"),
        ("EXPOSE 1-3:80-81", "1-3:80-81", "different lengths"),
        ("EXPOSE /tcp", "/tcp", "invalid port"),
        ("EXPOSE 1-2-3", "1-2-3", "invalid port"),
        ("EXPOSE 80/http", "80/http", "invalid port"),
        ("EXPOSE 9-8", "9-8", "invalid port"),
        ("STOPSIGNAL SIGFOO", "SIGFOO", "unknown signal"),
        ("STOPSIGNAL 0", "0", "unknown signal"),
        ("COPY --chmod=9 a b", "9", "invalid mode 9"),
        ("COPY --chmod=10000 a b", "10000", "invalid mode"),
        ("COPY --chmod=u+y a b", "u+y", "invalid mode"),
        ("COPY --chown=${a a b", "${a", "missing '}'"),
        ("COPY <<E /b\n${a\nE", "<<E", "unsupported modifier"),
        ("COPY https://x/y /z", "https://x/y", "ADD can"),
        ("COPY git@x:y.git /z", "git@x:y.git", "ADD can"),
        ("ADD --checksum=sha256:1 https://x /y", "sha256:1", "all of its digits"),
        ("ADD --checksum=sha256:1 x /y", "--checksum=sha256:1", "a URL or a Git repository"),
        ("ADD --checksum=sha256:1 https://x https://y /z/", "--checksum=sha256:1", "one source"),
        ("ENV ${A=b", "${A", "missing '}'"),
        ("RUN --network=hots ls", "--network=hots", "default, none or host"),
        ("RUN --security=none ls", "--security=none", "sandbox or insecure"),
        ("RUN --mount=required,type=secret,id=a ls", "required", "must come after type=secret"),
        ("RUN --mount=type=tmpfs,target=/x,size=big ls", "size=big", "number of bytes"),
        ("RUN --mount=type=secret,env=A ls", "--mount=type=secret,env=A", "needs an id"),
        ("RUN --mount=target=/x,source=${a ls", "source=${a", "missing '}'"),
        ("RUN --mount=type=secret,id=a,uid=4294967296 ls", "uid=4294967296", "below 2^32"),
        ("RUN --mount=type=secret,id=a,gid=-1 ls", "gid=-1", "below 2^32"),
        ("RUN --mount=type=secret,id=a,mode=8 ls", "mode=8", "octal"),
        ("RUN --mount=from=last,target=/x ls", "from=last", "not finished"),
        ("RUN --mount=from=Other,target=/x ls", "from=Other", "no image can be called so"),
        ("WORKDIR /\nRUN --mount=type=cache ls", "--mount=type=cache", "cannot have /"),
        ("COPY a <<E\nE", "<<E", "destination"),
        ('VOLUME [""]', '""', "empty"),
        ("VOLUME []", "VOLUME []", "needs an argument"),
        ("FROM alpine\nVOLUME $NOWHERE", "$NOWHERE", "empty"),
        ("FROM alpine\nSTOPSIGNAL $NOWHERE", "$NOWHERE", "unknown signal"),
        ("FROM alpine\nEXPOSE ${NOWHERE}/tcp", "${NOWHERE}/tcp", "invalid port"),
        ("FROM node\nENV A=${NODE_VERSION:?no} B=${NOWHERE:?gone}", "${NOWHERE:?gone}", "gone"),
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
    ],
)
def test_one_problem_of_an_instruction(line: str, place: str, message: str) -> None:
    [(where, what)] = found(f"FROM a AS first\nFROM b AS last\n{line}\n")
    assert where == place
    assert message in what


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("FORM a\n", "FORM", "did you mean FROM?"),
        ("ARG A=1\n", "ARG A=1", "no FROM"),
        ("FROM a b\n", "FROM a b", "AS and a name"),
        ("FROM\n", "FROM", "AS and a name"),
        ("FROM a AS 1x\n", "1x", "invalid stage name"),
        ("FROM $A\n", "$A", "is empty"),
        ("FROM a AS base\nFROM Base\n", "Base", "in lower case only"),
        ("FROM --platform=lniux a\n", "lniux", "unknown platform"),
        ("FROM --platform=a/b/c/d a\n", "a/b/c/d", "unknown platform"),
        ("FROM A\nFROM b\n", "A", "invalid image reference A"),
        ("FROM a AS x\nRUN --mount=from=y,target=/z ls\nFROM b AS y\n", "from=y", "comes after this one"),
        ("FROM debian\nRUN --mount=type=bind ls\n", "--mount=type=bind", "cannot have /"),
        ("FROM scratch\nSTOPSIGNAL $A\n", "$A", "unknown signal"),
        ("FROM scratch\nVOLUME $A\n", "$A", "a VOLUME is empty"),
        ("# check=skip=all;eror=true\nFROM a\n", "skip=all;eror=true", "did you mean error?"),
        ("# check=error=maybe\nFROM a\n", "error=maybe", "true or false"),
        ("FROM --platform=$TARGETPLATFROM a\n", "--platform=$TARGETPLATFROM", "is empty"),
        ("FROM ${A?}\n", "${A?}", "A: is not allowed to be unset"),
    ],
)
def test_one_problem_of_a_stage(text: str, place: str, message: str) -> None:
    [(where, what)] = found(text)
    assert where == place
    assert message in what


@pytest.mark.parametrize(
    ("name", "numbers", "message"),
    [
        ("first", True, ""),
        ("FIRST", True, ""),
        ("0", True, ""),
        ("nginx:1", True, ""),
        ("ghcr.io/a/b@sha256:" + "0" * 64, True, ""),
        ("middle", True, "not finished"),
        ("1", True, "not finished"),
        ("1", False, ""),
        ("last", True, "comes after this one"),
        ("2", True, "comes after this one"),
        ("3", True, "numbered from 0 to 2"),
        ("-1", True, "no stage -1"),
        ("Firts", True, "no image can be called so"),
    ],
)
def test_what_can_be_copied_from(name: str, numbers: bool, message: str) -> None:
    file = Dockerfile(SourceFile("Dockerfile", "FROM a AS First\nFROM b AS middle\nFROM c AS last\n"))
    problem = origin_problem(file.stages[1], name, numbers=numbers)
    assert (message in problem) if message else not problem


@pytest.mark.parametrize(
    "line",
    [
        "COPY --link --parents --exclude=a --exclude=b --chmod=u+x --from=first c d",
        f"ADD --keep-git-dir=TRUE --checksum=sha256:{'0' * 64} --unpack https://x /y",
        "ADD --checksum=0123abc git@x:y.git#main /z",
        "COPY --chmod=0755 --chown=$A a b",
        "COPY --chmod=u=rwX,go-w a b",
        "COPY --chmod=$A a b",
        "HEALTHCHECK --interval=1m30s --timeout=0s --start-period=.5h --start-interval=1ms --retries=0 CMD a",
        "HEALTHCHECK NONE",
        "EXPOSE 80 81/udp 90-99/SCTP 127.0.0.1:80:80 [::1]:80:80 8000-8010:80 0080 80/ $A 70000",
        "STOPSIGNAL RTMIN+3",
        "STOPSIGNAL sigterm",
        "STOPSIGNAL 9",
        "STOPSIGNAL 1000",
        "STOPSIGNAL $A",
        "RUN --mount=type=bind ls",
        "WORKDIR /a\nRUN --mount=type=cache ls",
        "RUN --mount=type=tmpfs,target=/x,size=1.5GiB --mount=from=nginx:1,target=/y ls",
        "VOLUME $A",
        "RUN --mount=type=cache,dst=/x,sharing=locked,uid=1,mode=0755 --mount=type=ssh,required ls",
        "RUN --mount=type=$A,target=/x,sharing=locked --mount=type=secret,id=a,env=B ls",
        "RUN --network=none --security=insecure ls",
        "ENV A=${B:-${C}} 'D'=e",
        "ARG a b=1",
        "RUN",
        "CMD []",
        "ONBUILD COPY --from=x a b",
        "VOLUME /a /b",
        "RUN echo ${A:=b} 'c",
        "LABEL a=$B",
    ],
)
def test_what_is_right(line: str) -> None:
    assert found(f"ARG X\nFROM a:$X AS first\nFROM --platform=$TARGETPLATFORM first\n{line}\n") == []


@pytest.mark.parametrize("value", ["skip=all", "skip=A,B ; error=TRUE;experimental=all", ""])
def test_options_of_checks(value: str) -> None:
    assert found(f"# check={value}\nFROM a\n") == []


@given(st.text(alphabet="FROMCPYUN \n-=,\"'[]${}<a1/", max_size=60))
def test_any_text_has_an_answer(text: str) -> None:
    assert all(message for _, message in found("FROM a\n" + text))
