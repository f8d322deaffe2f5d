"""Package managers in RUN instructions: verbs, answers, versions, and what stays in the layer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cilint.model.dockerfile import Dockerfile
from cilint.pipeline.effects.package_installs import PackageCommand, package_commands
from cilint.syntax.dockerfile import parse
from cilint.text.edit import apply_edits
from cilint.text.source import SourceFile


def commands(text: str) -> tuple[PackageCommand, ...]:
    return package_commands(Dockerfile(SourceFile("Dockerfile", text)))


def last(line: str, before: str = "") -> PackageCommand:
    return commands(f"FROM debian:13.1\n{before}{line}\n")[-1]


@pytest.mark.parametrize(
    ("line", "program", "verb"),
    [
        ("RUN apt-get -y install curl", "apt-get", "install"),
        ("RUN sudo -E /usr/bin/apt-get install curl", "apt-get", "install"),
        ("RUN echo curl | xargs apt-get install -y", "apt-get", "install"),
        ('RUN ["apt-get", "install", "curl"]', "apt-get", "install"),
        ("RUN bash -c 'apk add curl'", "apk", "add"),
        ("RUN <<EOF\nif true; then dnf in curl; fi\nEOF", "dnf", "install"),
        ("ONBUILD RUN yum update -y", "yum", "upgrade"),
        ("RUN zypper -n dup", "zypper", "dist-upgrade"),
        ("RUN microdnf module install nginx", "microdnf", "module-install"),
        ("RUN python3.13 -m pip install flask", "pip", "install"),
        ("RUN pip3.13 install flask", "pip", "install"),
        ("RUN pip-3.13 install flask", "pip", "install"),
        ("RUN gem i rake", "gem", "install"),
        ("RUN yarn", "yarn", "install"),
        ("RUN yarn --version", "yarn", "help"),
    ],
)
def test_every_spelling_is_read(line: str, program: str, verb: str) -> None:
    command = last(line)
    assert (command.program, command.verb) == (program, verb)


@pytest.mark.parametrize(
    "line", ["RUN pipenv install x", "RUN notdnf install x", "RUN python -m venv pip", "CMD apk add x"]
)
def test_other_programs_are_none(line: str) -> None:
    assert commands(f"FROM debian:13.1\n{line}\n") == ()


@pytest.mark.parametrize(
    ("line", "answered"),
    [
        ("RUN apt-get install x", False),
        ("RUN apt-get install -q x", False),
        ("RUN apt-get install -qy x", True),
        ("RUN apt-get -q install --quiet x", True),
        ("RUN apt-get install -q=2 x", True),
        ("RUN apt-get install -o APT::Get::Assume-Yes=true x", True),
        ("RUN yes | apt-get install x", True),
        ("RUN dnf --setopt=assumeyes=True install x", True),
        ("RUN yum install x --assumeyes", True),
        ("RUN zypper --non-interactive in x", True),
        ("RUN zypper in x", False),
    ],
)
def test_who_answers(line: str, answered: bool) -> None:
    assert last(line).assumes_yes is answered


@pytest.mark.parametrize(
    ("line", "unpinned"),
    [
        ("RUN apt-get install -t sid a=1 b c/sid ./d.deb e-", ["b"]),
        ("RUN apt-get install $UNKNOWN", []),
        ("RUN P='a=1 b' && apt-get install $P", ["b"]),
        ("RUN apk add -t .deps a b~1 'c<2' !d e.apk", ["a"]),
        (
            "RUN dnf install java-21-openjdk gcc-c++-15.1 rpm-sign git-2.51.0-2.fc42 @core",
            ["java-21-openjdk", "rpm-sign"],
        ),
        ("RUN dnf module install nginx:1.26 ruby", ["ruby"]),
        ("RUN dnf groupinstall tools", []),
        ("RUN zypper in a=1 b 'c>2' d.rpm", ["b"]),
        ("RUN pip install -r r.txt flask", []),
        (
            "RUN pip install -U pip 'a[x]' b==1 c~=2 ./d e.whl git+https://h/x git+https://u@h/x@v1",
            ["pip", "a[x]", "git+https://h/x"],
        ),
        ("RUN npm i -g a @b/c @b/c@1 d@2 ./e f/g f/g#1 h.tgz", ["a", "@b/c", "f/g"]),
        ("RUN npm ci", []),
        ("RUN gem install a:1 b c.gem -- d", ["b"]),
        ("RUN gem install a b --version 1", []),
        ("RUN go install -tags x a/b a/c@latest a/d@v1 ./e", ["a/b", "a/c@latest"]),
        ("RUN go run a/b@v1 c d", []),
        ("RUN go run main.go", []),
    ],
)
def test_which_packages_have_no_version(line: str, unpinned: list[str]) -> None:
    assert list(last(line).unpinned_names) == unpinned


def test_a_version_may_come_from_a_variable_that_somebody_sets() -> None:
    assert last("RUN yum install git-$V").unpinned_names == ("git-\0",)
    assert last("RUN yum install git-$V", "ARG V\n").unpinned == ()
    assert last("RUN yum install git-$V", "ENV V=2.43\n").unpinned == ()
    elsewhere = "FROM debian:13.1 AS a\nENV V=1\nFROM debian:13.1\nRUN yum install git-$V\n"
    assert commands(elsewhere)[-1].unpinned_names == ("git-\0",)


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("RUN apt-get update", True),
        ("RUN apt-get update; rm -r /var/lib/apt/lists/*", False),
        ("RUN apt-get update && rm -rf /tmp/*", True),
        ("RUN apt-get update && apt-get dist-clean", False),
        ("RUN apt-get install x", False),
        ("RUN --mount=type=cache,target=/var/lib/apt apt-get update", True),
        ("RUN --mount=type=tmpfs,dst=/var/lib/apt/lists/ apt-get update", False),
        ("RUN apk add x", True),
        ("RUN apk add --no-cache x", False),
        ("RUN --mount=type=cache,target=/var/cache apk add x", False),
        ("RUN yum install x && yum clean all", False),
        ("RUN yum clean all && yum install x", True),
        ("RUN dnf install x && microdnf clean all", True),
        ("RUN dnf remove x", False),
        ("RUN zypper in x && rm -rf /var/cache/zypp", False),
        ("RUN pip install x", True),
        ("RUN PIP_NO_CACHE_DIR=1 pip install x", False),
        ("RUN export PIP_NO_CACHE_DIR=off; pip install x", True),
        ("RUN pip install x && rm -rf ~/.cache/pip", False),
        ("RUN --mount=type=cache,target=/home/me/.cache/pip pip install x", False),
        ("RUN yarn install && yarn cache clean", False),
        ("RUN yarn add x", True),
    ],
)
def test_what_stays_in_the_layer(line: str, left: bool) -> None:
    found = commands(f"FROM debian:13.1\n{line}\n")
    command = next((each for each in found if each.downloads or each.verb == "update"), found[0])
    assert command.leaves_cache is left


def test_only_stages_that_are_shipped_keep_anything() -> None:
    text = (
        "FROM debian:13.1 AS a\nRUN apk add x\nFROM a AS b\nRUN apk add x\nFROM debian:13.1\nRUN apk add x\n"
    )
    assert [each.is_kept for each in commands(text)] == [True, False, True]


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("RUN yum install x", "RUN yum install x && yum clean all"),
        (
            "RUN a \\\n  && yum install x \\\n  && b",
            "RUN a \\\n  && yum install x \\\n  && b \\\n  && yum clean all",
        ),
        ("RUN yum install x > log", "RUN yum install x > log && yum clean all"),
        ("RUN yum install x; b", None),
        ("RUN if a; then yum install x; fi", None),
        ('RUN ["yum", "install", "x"]', None),
    ],
)
def test_cleaning_is_added_to_plain_chains_only(text: str, cleaned: str | None) -> None:
    source = f"FROM rockylinux:9\n{text}\n"
    command = commands(source)[0]
    edits = list(command.with_cleaning)
    assert (apply_edits(source, edits) if edits else None) == (cleaned and f"FROM rockylinux:9\n{cleaned}\n")


@given(
    st.lists(
        st.sampled_from(
            ["apt-get", "install", "-y", "pip", "&&", ";", "|", "x", "$A", "-q=2", "(", ")", "\\\n", "'"]
        ),
        max_size=12,
    )
)
def test_no_command_line_is_too_odd(words: list[str]) -> None:
    source = "FROM debian:13.1\nRUN " + " ".join(words) + "\n"
    for command in commands(source):
        for edits in (command.with_cleaning, command.with_option("-y")):
            mended = apply_edits(source, list(edits))
            assert len(parse(mended).instructions) == len(parse(source).instructions)
        assert isinstance(command.assumes_yes, bool)
        assert all(source[package.span.start : package.span.end] for package in command.packages)
