"""Fixes of Dockerfiles that depend on more than the place they change."""

from __future__ import annotations

import pytest

from cilint.model.files import MemoryFiles
from cilint.model.project import Project
from cilint.pipeline.pipeline import Pipeline
from cilint.text.edit import apply_edits


def pipeline(text: str, files: dict[str, str] | None = None) -> Pipeline:
    return Pipeline(Project(MemoryFiles({"Dockerfile": text, **(files or {})})), targets=["Dockerfile"])


# -- tags ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("image", "above", "files", "tag"),
    [
        ("node", "FROM node:22 AS a\n", {}, "22"),
        ("node:latest", "FROM docker.io/library/node:22 AS a\n", {}, "22"),
        ("node", "FROM node:22 AS a\nFROM node:20 AS b\n", {}, ""),
        ("node", "FROM node:22 AS a\n", {"b/Dockerfile": "FROM node:20\n"}, "22"),
        ("node", "", {"b/Dockerfile": "FROM node:20\n", "c/Dockerfile": "FROM node:latest\n"}, "20"),
        ("node", "", {"b/Dockerfile": "FROM node:20\n", "c/Dockerfile": "FROM node:22\n"}, ""),
        ("a.example/node", "FROM node:22 AS a\n", {}, ""),
        ("redis", "", {"compose.yaml": "services: {a: {image: 'redis:8'}, b: {image: redis}}"}, "8"),
        ("redis", "", {"compose.yaml": "services: {a: {image: 'redis:${TAG}'}}"}, ""),
        ("node", "ARG T\nFROM node:$T AS a\n", {}, ""),
        ("node", "FROM node@sha256:" + "0" * 64 + " AS a\n", {}, ""),
    ],
)
def test_the_tag_that_an_image_has_elsewhere(image: str, above: str, files: dict[str, str], tag: str) -> None:
    text = f"{above}FROM {image}\n"
    found = [*pipeline(text, files).from_instructions][-1].with_known_tag
    name = image.removesuffix(":latest")
    assert apply_edits(text, found) == (f"{above}FROM {name}:{tag}\n" if tag else text)


# -- archives ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rest", "mended"),
    [
        ("COPY a.tgz /x/\nRUN tar xzf /x/a.tgz -C /y\n", "ADD a.tgz /y/\n"),
        ("WORKDIR /w\nCOPY d/a.tar .\nRUN tar -xf a.tar && rm -f a.tar\n", "WORKDIR /w\nADD d/a.tar /w/\n"),
        ("COPY a.tar /b.tar\nRUN tar -x --file=/b.tar\n", None),  # ADD would name it a.tar
        ("COPY a.tgz /x/\nRUN cd /x && tar xzf a.tgz\n", "ADD a.tgz /x/\n"),
        ("COPY a.tgz /x/\nRUN tar xzf /x/a.tgz\n", None),  # of the image's own WORKDIR nothing is known
        ("COPY a.tgz b.tgz /x/\nRUN tar xzf /x/a.tgz -C /y\n", None),
        ("COPY *.tgz /x/\nRUN tar xzf /x/a.tgz -C /y\n", None),
        ("COPY a.zip /x/\nRUN unzip /x/a.zip\n", None),
        ("COPY a.gz /x/\nRUN gunzip /x/a.gz\n", None),
        ("COPY a.tgz /x/\nRUN tar xzf /x/a.tgz -C /y one\n", None),
        ("COPY a.tgz /x/\nRUN tar xzf /x/a.tgz -C /y --strip 1\n", None),
        ("COPY a.tgz /x/\nRUN tar xzf /x/a.tgz -C /y || true\n", None),
        ("COPY a.tgz /x/\nRUN tar xzf /x/a.tgz -C /y && make\n", None),
        ("COPY a.tgz /x/\nRUN tar xzf /x/a.tgz -C /y && rm -r /x\n", None),
        ("COPY a.tgz /x/\nRUN tar xzf /x/a.tgz -C $HOME\n", None),
        ("COPY a.tgz /x/\nRUN --mount=type=cache,target=/y tar xzf /x/a.tgz -C /y\n", None),
        ("COPY a.tgz /x/\nRUN sha256sum /x/a.tgz\nRUN tar xzf /x/a.tgz -C /y\n", None),
        ("COPY a.tgz /x/\nRUN tar xzf /x/a.tgz -C /y\nFROM b\nCOPY --from=0 /x/a.tgz /\n", None),
    ],
)
def test_add_takes_the_place_of_a_run_that_only_unpacks(rest: str, mended: str | None) -> None:
    text = f"FROM a\n{rest}"
    copy = pipeline(text).copy_instructions[0]
    assert apply_edits(text, copy.with_add) == (f"FROM a\n{mended}" if mended else text)


# -- users ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("FROM node:22\nUSER root\n", "FROM node:22\nUSER node\n"),
        ("FROM node:22\nUSER root\nRUN a\nCMD b\n", "FROM node:22\nUSER root\nRUN a\nUSER node\nCMD b\n"),
        ("FROM a\nUSER app\nUSER 0\nRUN a\n", "FROM a\nUSER app\nUSER 0\nRUN a\nUSER app\n"),
        ("FROM a AS b\nUSER 1000\nFROM b\nUSER root\n", "FROM a AS b\nUSER 1000\nFROM b\nUSER 1000\n"),
        ("FROM a\nARG U\nUSER $U\nUSER root\n", None),
        ("FROM a\nUSER root\n", None),
    ],
)
def test_a_stage_ends_as_who_it_was_before(text: str, mended: str | None) -> None:
    user = pipeline(text).container_users[-1]
    assert apply_edits(text, user.unprivileged) == (mended or text)


# -- operators -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "mended"),
    [
        ('CMD ["a", "&&", "b"]', 'CMD ["sh", "-c", "a && b"]'),
        ('CMD ["a", "it\'s", "|", "b"]', """CMD ["sh", "-c", "a 'it'\\"'\\"'s' | b"]"""),
        ('HEALTHCHECK --retries=2 CMD ["a", "||", "exit", "1"]', None),
        ('RUN --network=none ["a", ">", "b"]', None),
        ('ENTRYPOINT ["a", "$HOME", "&&", "b"]', ""),  # the variable would be one of the shell
        ('RUN ["sh", "-c", "a", "&&", "b"]', ""),
    ],
)
def test_a_shell_runs_what_operators_were_written_in(command: str, mended: str | None) -> None:
    text = f"FROM a\n{command}\n"
    (found,) = pipeline(text).exec_operators
    changed = apply_edits(text, found.in_shell)
    if mended:
        assert changed == f"FROM a\n{mended}\n"
    assert (changed == text) == (mended == "")
    assert (list(pipeline(changed).exec_operators) == []) == (mended != "")


@pytest.mark.parametrize(
    "command", ['CMD ["&&"]', 'RUN ["test", "a", ">", "b"]', 'CMD ["a", "b&&c"]', "RUN a && b"]
)
def test_what_is_no_operator(command: str) -> None:
    assert pipeline(f"FROM a\n{command}\n").exec_operators == ()
