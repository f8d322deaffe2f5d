"""Compose files: which they are, what is read of them, and that no file takes long."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cilint.lint.check import Judged, Result, check
from cilint.model.compose import Compose
from cilint.model.compose_schema import flaws
from cilint.model.files import MemoryFiles
from cilint.model.kinds import kind_of
from cilint.model.project import Project
from cilint.rules.active import activate
from cilint.rules.catalogue import builtin
from cilint.text.edit import apply_edits
from cilint.text.source import SourceFile


def judged(text: str, path: str = "compose.yaml") -> Result:
    catalogue = builtin()
    active = [
        activate(rule, {})
        for rule in catalogue.rules.values()
        if rule.group in ("compose", "suppress") and rule.enabled
    ]
    return check(MemoryFiles({path: text}), [path], Judged(active, catalogue))


def found(text: str) -> list[str]:
    return [finding.rule for finding in judged(text).findings]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("compose.yaml", "compose"),
        ("deploy/compose.prod.yml", "compose"),
        ("docker-compose.yml", "compose"),
        ("docker-compose-dev.yaml", "compose"),
        ("docker-compose.json", None),
        ("docker-composer.yml", None),
        ("compose-dev.yaml", "compose"),
        ("compose.override.yaml", "compose"),
        ("local.docker-compose.yml", "compose"),
        ("my-compose.yml", "compose"),
        ("mycompose.yml", None),
        ("compose.yaml.bak", None),
        (".github/workflows/compose.yml", "workflow"),
    ],
)
def test_names(path: str, kind: str | None) -> None:
    assert kind_of(path) == kind


def test_services_with_what_is_merged_into_them() -> None:
    text = "x-a: &a {image: a:1}\nx-b: &b {image: b:1, restart: always}\nservices:\n  web: {<<: [*a, *b], build: .}\n"
    file = Project(MemoryFiles({"compose.yaml": text})).compose("compose.yaml")
    assert file is not None
    [web] = file.services
    assert (web.name, web.text("image"), web.text("restart"), web.has("ports")) == (
        "web",
        "a:1",
        "always",
        False,
    )


def test_a_file_is_checked_and_comments_count() -> None:
    result = judged(
        "services:\n  a:\n    image: x  # cilint: ignore[compose/loose-image] ours\n    privileged: true\n"
    )
    assert [finding.rule for finding in result.findings] == ["compose/privileged"]
    assert (result.checked, result.suppressed, result.unparsed) == (("compose.yaml",), 1, frozenset())
    assert judged("services: [\n").unparsed == {"compose.yaml"}


@pytest.mark.parametrize(
    "text", ["", "- a", "services:", "services: []", "services: {a: , b: []}", "a: &a [*a]"]
)
def test_odd_files_are_only_told_of(text: str) -> None:
    assert set(found(text)) <= {"compose/syntax"}


def test_tags_of_compose_are_known() -> None:
    assert (
        found("services: !reset\n  a: {image: 'a:1', ports: !override ['1:1'], environment: !reset null}\n")
        == []
    )


def test_no_file_takes_long() -> None:
    ports = "services:\n  a:\n    image: a:1\n    ports:\n" + "      - 1-65535:1-65535\n" * 5000
    images = "services:\n" + "".join(
        f"  s{n}: {{image: 's', container_name: c, depends_on: [s0]}}\n" for n in range(3000)
    )
    merges = (
        "x: &x {a: b}\ny: &y {<<: ["
        + "*x, " * 500
        + "]}\nz: &z {<<: ["
        + "*y, " * 20
        + "]}\nservices: {a: {<<: *z}}\n"
    )
    holes = "services: {a: {image: '" + "${" * 200_000 + "'}}\n"
    for text in (ports, images, merges, holes):
        started = time.process_time()
        judged(text)
        assert time.process_time() - started < 30


@pytest.mark.parametrize(
    ("service", "wrong"),
    [
        ("user: '1000'", []),
        ("user: 1000", ["1000"]),
        ("working_dir: 1.5", ["1.5"]),
        ("image: true", ["true"]),
        ("command: [sleep, 10, 'a', false]", ["10", "false"]),
        ("dns: [1.1, 1.1.1.1]", ["1.1"]),
        ("privileged: 'YES'", []),
        ("privileged: maybe", ["maybe"]),
        ("privileged: 1", ["1"]),
        ("privileged: '${X}'", []),
        ("attach: maybe", []),  # of which it is not known what Compose makes
        ("scale: 2", []),
        ("scale: 2.5", ["2.5"]),
        ("scale: '2'", []),
        ("scale: two", ["two"]),
        ("cpus: '.5'", []),
        ("cpus: half", ["half"]),
        ("mem_limit: true", ["true"]),
        ("expose: [80, '81', true]", ["true"]),
        ("environment: {A: 1, B: true, C: }", []),
        ("environment: [A=1, 2]", ["2"]),
        ("healthcheck: {interval: 1h1m1.5s, timeout: '0', start_period: 5}", ["5"]),
        ("healthcheck: {interval: '5', timeout: 5 s}", ["'5'", "5 s"]),
        ("stop_grace_period: !reset null", []),
        ("ulimits: {nofile: 5, nproc: {soft: 1, hard: many}}", ["many"]),
        ("networks: {a: {priority: '5'}}", ["'5'"]),
        ("deploy: {replicas: true, resources: {limits: {memory: 5, cpus: 5}}}", ["true", "5"]),
    ],
)
def test_scalars_of_the_types_that_compose_takes(service: str, wrong: list[str]) -> None:
    text = f"services:\n  web:\n    {service}\n"
    (root,) = Compose(SourceFile("compose.yaml", text)).roots
    found = [flaw for flaw in flaws("compose.yaml", (root,)) if flaw.kind == "type"]
    assert [text[flaw.span.start : flaw.span.end] for flaw in found] == wrong


@given(st.one_of(st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False)))
def test_what_is_quoted_is_taken(value: object) -> None:
    text = f"services:\n  web:\n    user: {str(value).lower()}\n"
    (root,) = Compose(SourceFile("compose.yaml", text)).roots
    (flaw,) = flaws("compose.yaml", (root,))
    mended = apply_edits(text, [each.edit for each in flaw.mended])
    (root,) = Compose(SourceFile("compose.yaml", mended)).roots
    assert flaws("compose.yaml", (root,)) == []
